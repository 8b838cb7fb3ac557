-- A transaction that changes very many clients: they are computed by one pass over the watched tables, and come out as
-- if each had been computed by itself.
CREATE EXTENSION winback;
SET timezone = 'UTC';
SET winback.as_of = '2026-06-01 12:00+00';
CREATE TABLE orders (id int PRIMARY KEY, customer text, placed_at timestamptz, amount numeric);
CREATE INDEX ON orders (customer);
CREATE TABLE calls (id int PRIMARY KEY, customer text, started_at timestamptz, seconds int);
CREATE INDEX ON calls (customer);
SELECT winback.watch_orders('orders', 'customer', 'placed_at', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started_at', 'seconds');

-- 1500 clients with two orders each; the last ones lie 1 to 150 days back.
INSERT INTO orders
SELECT i * 10 + n, 'c' || i, timestamptz '2026-05-31 10:00+00' - (i % 150 + 40 * n) * interval '1 day', i
  FROM generate_series(1, 1500) i, generate_series(0, 1) n;
SELECT status, count(*), sum(revenue) FROM winback.clients GROUP BY status ORDER BY status;

-- Everybody's orders change; some go to another client, some clients lose all of theirs, new ones come, and what a
-- savepoint takes back does not count.
BEGIN;
UPDATE orders SET amount = amount + 0.50;
UPDATE orders SET customer = 'c1' WHERE customer IN ('c2', 'c3');
DELETE FROM orders WHERE customer IN ('c4', 'c5');
SAVEPOINT mistake;
DELETE FROM orders;
ROLLBACK TO mistake;
INSERT INTO orders SELECT 20000 + i, 'new' || i, '2026-05-01 10:00+00', 7 FROM generate_series(1, 3) i;
COMMIT;
SELECT status, count(*), sum(revenue) FROM winback.clients GROUP BY status ORDER BY status;
SELECT client_id, status, orders, revenue FROM winback.clients
 WHERE client_id IN ('c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'new1') ORDER BY client_id;
SELECT * FROM winback.verify();

-- The evidence of tasks is looked at, too: a task whose call goes is open again.
SELECT count(*) FROM winback.open_tasks;
INSERT INTO calls SELECT 1, client_id, '2026-06-01 12:00+00', 21 FROM winback.open_tasks ORDER BY client_id LIMIT 1;
SELECT winback.complete_task(t.task_id, 'reached', '1') FROM winback.task t JOIN calls c ON c.customer = t.client_id;
SELECT t.status, t.outcome FROM winback.task t JOIN calls c ON c.customer = t.client_id;
BEGIN;
UPDATE calls SET seconds = 20;
UPDATE orders SET amount = amount * 2;
COMMIT;
SELECT t.status, t.note FROM winback.task t JOIN calls c ON c.customer = t.client_id;
SELECT sum(revenue) FROM winback.clients;
SELECT * FROM winback.verify();

-- fold() does the same in mid-transaction, and a rollback takes it back.
BEGIN;
UPDATE orders SET placed_at = placed_at - interval '1 year';
SELECT winback.fold();
SELECT status, count(*) FROM winback.clients GROUP BY status ORDER BY status;
ROLLBACK;
SELECT count(*) FROM winback.clients WHERE status = 'active';
SELECT * FROM winback.verify();
