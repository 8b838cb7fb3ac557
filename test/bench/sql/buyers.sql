-- Orders of clients that buy and leave as the MBG/NBD has it, over three years, and a watch on them.
--   variables: clients
--
-- A client orders at a rate gamma(1, 8) a week, and leaves after any order with a chance beta(1, 4): quantiles of both
-- are had by logarithms and powers. It came at any time of these three years.
SELECT setseed(0.5);
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
    id        bigint GENERATED ALWAYS AS IDENTITY,
    client_id bigint NOT NULL,
    placed_at timestamptz NOT NULL,
    amount    numeric(12, 2) NOT NULL
);
CREATE TABLE buyer AS
SELECT c.client_id, c.weeks, c.rate,
       least(1 + floor(ln(c.luck) / ln(1 - c.leaves)), 20 + 4 * c.rate * c.weeks)::int AS orders
  FROM (SELECT g AS client_id, 156 * random() AS weeks, -ln(1 - random()) / 8 AS rate,
               greatest(1 - power(1 - random(), 0.25), 1e-9) AS leaves, 1 - random() AS luck
          FROM generate_series(1, :clients) g) c;
INSERT INTO shop.orders (client_id, placed_at, amount)
SELECT o.client_id, date_trunc('day', now()) - o.weeks * interval '7 days', (1000 + 99000 * random())::int / 100.0
  FROM (SELECT b.client_id, b.weeks - sum(CASE WHEN n > 1 THEN -ln(1 - random()) / b.rate ELSE 0 END)
                                      OVER (PARTITION BY b.client_id ORDER BY n) AS weeks
          FROM buyer b, generate_series(1, b.orders) n) o
 WHERE o.weeks > 0
 ORDER BY o.weeks DESC;
DROP TABLE buyer;
ALTER TABLE shop.orders ADD PRIMARY KEY (id);
CREATE INDEX ON shop.orders (client_id, placed_at);
CREATE EXTENSION winback;
SET client_min_messages = warning;
SELECT winback.watch_orders('shop.orders', client => 'client_id', placed_at => 'placed_at', amount => 'amount',
                            order_id => 'id');
VACUUM ANALYZE;
