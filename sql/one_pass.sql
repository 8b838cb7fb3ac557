-- One pass over everybody, against plain SQL: more facts than fit into memory, and amounts of every size.
CREATE EXTENSION winback;
SET timezone = 'UTC';
SET winback.as_of = '2026-06-01 12:00+00';
SET work_mem = '64kB';
CREATE TABLE clients (customer text PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer text, placed_at timestamptz, amount numeric);
CREATE TABLE calls (id int PRIMARY KEY, customer text, started_at timestamptz, seconds int);
CREATE INDEX ON orders (customer);

-- 2000 clients; some keys are long, and some names are larger than any block that is read at once.
CREATE FUNCTION customer(i int) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN 'c' || i || repeat('x', CASE WHEN i % 50 = 0 THEN 1000 ELSE 0 END);
INSERT INTO clients SELECT customer(i), i || repeat('-', CASE WHEN i % 100 = 0 THEN 40000 ELSE 3 END)
  FROM generate_series(1, 2000) i;
INSERT INTO orders
SELECT n * 10000 + i, customer(i), timestamptz '2026-05-31 10:00+00' - (i % 150 + 40 * n) * interval '1 day',
       i * 0.01 * n
  FROM generate_series(0, 4) n, generate_series(1, 2000) i;
INSERT INTO calls SELECT i, customer(i), '2026-05-01 10:00+00', 100 FROM generate_series(1, 2000, 3) i;

-- Amounts: of so many digits and places that they fit into a number, or do not; and none.
CREATE TABLE amounts (n serial, amount numeric);
INSERT INTO amounts (amount) VALUES
    (0), (0.00), (NULL), (1), (-1), (0.1), (0.10), (10000), (100000000), (99999999.99), (1234567890123456.78),
    (12345678901234567890.12), (9223372036854775807), (92233720368547758.07), (-92233720368547758.08),
    (1e15), (1e18), (1e19), (1e40), (1e300), (-1e300), (0.0001), (0.00010), (1e-15), (1e-18), (1e-20), (1e-60),
    (1e-70), (0.5e-300), (123.456789012345678901234567890), (-0.01), (100000000000000.0000000000);
INSERT INTO amounts (amount) SELECT i * 10::numeric ^ (i % 37 - 18) FROM generate_series(-40, 40) i;
-- Every amount by itself, and with every other.
INSERT INTO orders SELECT 100000 + n, 'one ' || n, '2026-05-01 10:00+00', amount FROM amounts;
INSERT INTO orders
SELECT 200000 + a.n * 1000 + b.n * 2 + o.second, 'two ' || a.n || ' ' || b.n, '2026-05-01 10:00+00',
       CASE o.second WHEN 0 THEN a.amount ELSE b.amount END
  FROM amounts a JOIN amounts b ON b.n > a.n CROSS JOIN generate_series(0, 1) AS o(second)
 WHERE a.amount >= 0 AND (a.n + b.n) % 3 = 0;

SELECT winback.watch_orders('orders', 'customer', 'placed_at', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started_at', 'seconds');
SELECT winback.watch_clients('clients', 'customer', name => 'name');

CREATE VIEW computed AS
SELECT coalesce(c.customer, o.customer) AS client_id, c.name, coalesce(o.orders, 0) AS orders,
       coalesce(o.revenue, 0) AS revenue, o.last_order_at, k.last_contact_at
  FROM clients c
  FULL JOIN (SELECT customer, count(*) FILTER (WHERE amount >= 0 OR amount IS NULL) AS orders,
                    coalesce(sum(amount), 0) AS revenue,
                    max(placed_at) FILTER (WHERE amount >= 0 OR amount IS NULL) AS last_order_at
               FROM orders GROUP BY customer) o ON o.customer = c.customer
  LEFT JOIN (SELECT customer, max(started_at) AS last_contact_at FROM calls GROUP BY customer) k
         ON k.customer = c.customer;
CREATE VIEW differences AS
SELECT coalesce(l.client_id, c.client_id) AS client_id, l.orders AS orders, c.orders AS computed_orders,
       l.revenue AS revenue, c.revenue AS computed_revenue
  FROM winback.client l
  FULL JOIN computed c ON c.client_id = l.client_id
 WHERE (l.name, l.orders, l.last_order_at, l.last_contact_at)
       IS DISTINCT FROM (c.name, c.orders, c.last_order_at, c.last_contact_at)
    OR c.orders > 0 AND l.revenue::text IS DISTINCT FROM c.revenue::text;  -- to the last decimal place
SELECT count(*) FROM winback.clients;
SELECT * FROM differences;
SELECT * FROM winback.verify();
SELECT winback.rebuild();
SELECT * FROM differences;

-- What a commit adds comes to the same as what a pass computes, and is to the bit what it writes.
UPDATE orders SET amount = amount + 0.00100 WHERE id < 10000;
INSERT INTO orders SELECT 900000 + n, 'one ' || n, '2026-05-02 10:00+00', 0.5 FROM amounts;
SELECT * FROM differences;
SELECT * FROM winback.verify();
CREATE TABLE places AS SELECT client_id, ctid AS place FROM winback.client;
SELECT winback.rebuild();
SELECT count(*) FROM winback.client c JOIN places p USING (client_id) WHERE c.ctid <> p.place;

-- The classes' ends are those of the window function.
SELECT class, count(*) FROM (
    SELECT c.abc AS class, winback.abc(c.period_revenue) OVER (ORDER BY c.period_revenue DESC, c.client_id) AS own
      FROM winback.clients c WHERE c.orders > 0) r
 WHERE class = own GROUP BY class ORDER BY class;
SELECT count(*) FROM winback.clients WHERE abc IS NOT NULL;
