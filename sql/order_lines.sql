-- Where the amount stands on the lines: an order amounts to its own amount (freight, a discount) and those of its lines
-- that count, whichever of them comes first, changes or goes.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE sale (id bigint PRIMARY KEY, customer int, placed timestamptz, freight numeric,
    cancelled boolean NOT NULL DEFAULT false);
CREATE INDEX ON sale (customer);
CREATE TABLE sale_line (id int PRIMARY KEY, sale int, price numeric, quantity int,
                        deleted boolean NOT NULL DEFAULT false);
-- There before anything is watched: lines without an order, and an order without lines.
INSERT INTO sale_line VALUES (1, 10, 5, 2), (2, 11, 7, 1);
INSERT INTO sale VALUES (20, 2, '2024-05-02', 4);

-- Lines need orders that are watched, with their ids, of a type that goes together.
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale', 'price * quantity');
SELECT winback.watch_orders('sale', 'customer', 'placed', 'freight');
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale', 'price * quantity');
SELECT winback.unwatch('sale');
SELECT winback.watch_orders('sale', 'customer', 'placed', 'freight', 'id', 'NOT cancelled');
SELECT winback.watch_order_lines('sale_line', NULL, 'sale', 'price');
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale::text', 'price');
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale', NULL);
-- An index that is missing is said. An integer is cast to bigint, so the column's plain index would serve.
SET client_min_messages = notice;
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale', 'price * quantity', 'NOT deleted');
SELECT winback.watch_order_lines('sale_line', 'sale', 'sale', 'price * quantity', 'NOT deleted');
SET client_min_messages = warning;
CREATE INDEX ON sale_line (sale);
SELECT relation, kind, order_table, expressions FROM winback.source_status WHERE kind = 'lines';

CREATE VIEW known AS
SELECT client_id::text, status, orders, revenue, first_order_at::date AS first, last_order_at::date AS last
  FROM winback.clients
UNION ALL
SELECT 'DIFFERS: ' || client_id, column_name || ': ' || stored || ' / ' || expected, NULL, NULL, NULL, NULL
  FROM winback.verify()
 ORDER BY 1;
SELECT * FROM known;

-- Lines first, then the order; the order first, then its lines; both in one transaction.
INSERT INTO sale VALUES (10, 1, '2024-05-01', NULL);
INSERT INTO sale_line VALUES (3, 20, 100, 1), (4, 20, 0.5, 3);
BEGIN;
INSERT INTO sale VALUES (30, 3, '2024-05-03', 1);
INSERT INTO sale_line VALUES (5, 30, 9, 1), (6, 30, NULL, 1);
COMMIT;
SELECT * FROM known;
-- A line of no order that is known, one of no order at all, and one that does not count.
INSERT INTO sale_line VALUES (7, 99, 1000, 1, false), (8, NULL, 1000, 1, false), (9, 30, 1000, 1, true);
SELECT * FROM known;

-- A line changes: its price, whether it counts, its order. One that goes.
UPDATE sale_line SET price = price + 1 WHERE id = 5;
UPDATE sale_line SET deleted = NOT deleted WHERE id IN (3, 9);
UPDATE sale_line SET sale = 10 WHERE id = 9;
SELECT * FROM known;
DELETE FROM sale_line WHERE id IN (4, 9);
UPDATE sale_line SET price = 2 WHERE id = 7;
SELECT * FROM known;
-- An order changes: its client, its id, whether it counts. One that goes; its lines stay, and count again with it.
UPDATE sale SET customer = 2 WHERE id = 30;
UPDATE sale SET id = 99 WHERE id = 20;
UPDATE sale SET cancelled = true WHERE id = 10;
SELECT * FROM known;
DELETE FROM sale WHERE id = 30;
UPDATE sale SET cancelled = false WHERE id = 10;
SELECT * FROM known;
INSERT INTO sale VALUES (30, 3, '2024-05-03', 1);
SELECT * FROM known;

-- The total's sign says whether it is a return; and it lowers the revenue of a client that has bought.
INSERT INTO sale VALUES (40, 3, '2024-05-05', 0);
INSERT INTO sale_line VALUES (20, 40, -4, 1), (21, 40, 1, 1);
SELECT * FROM known WHERE client_id = '3';
SELECT at::date, what, amount, item_id FROM winback.life_cycle WHERE client_id = 3 ORDER BY position;
UPDATE sale_line SET price = 4 WHERE id = 21;
SELECT * FROM known WHERE client_id = '3';

-- Two orders that share an id are facts of their own, and each has the lines.
ALTER TABLE sale DROP CONSTRAINT sale_pkey;
INSERT INTO sale VALUES (40, 4, '2024-05-06', 10);
SELECT * FROM known WHERE client_id IN ('3', '4');
UPDATE sale_line SET price = price + 1 WHERE id = 21;
SELECT * FROM known WHERE client_id IN ('3', '4');

-- What cannot be an amount is rejected, and left out until it is mended.
INSERT INTO sale_line VALUES (30, 40, 'NaN', 1), (31, 40, 1, 1);
SELECT source, reason FROM winback.rejected;
SELECT * FROM known WHERE client_id = '4';
UPDATE sale_line SET price = 1 WHERE id = 30;
SELECT count(*) FROM winback.rejected;
SELECT * FROM known WHERE client_id = '4';

-- Savepoints: what is rolled back leaves nothing. fold() shows what is written so far.
BEGIN;
SAVEPOINT s;
INSERT INTO sale_line VALUES (40, 10, 1000, 1);
ROLLBACK TO s;
INSERT INTO sale_line VALUES (41, 10, 1, 1);
SELECT winback.fold();
SELECT * FROM known WHERE client_id = '1';
UPDATE sale_line SET price = 2 WHERE id = 41;
COMMIT;
SELECT * FROM known WHERE client_id = '1';

-- Many lines at once: beyond some the orders' space is locked as a whole. All of them, and none.
INSERT INTO sale SELECT i, 100 + i % 3, '2024-05-07', 0 FROM generate_series(1001, 1200) i;
INSERT INTO sale_line SELECT i, i, 1, 2 FROM generate_series(1001, 1200) i;
SELECT * FROM known WHERE client_id > '1' AND client_id < '2';
SELECT winback.rebuild();
SELECT * FROM known;
TRUNCATE sale_line;
SELECT * FROM known;

-- Lines in another table besides, with ids of a type of its own; and orders whose ids are numeric.
CREATE TABLE extra (sale numeric, amount money);
INSERT INTO extra VALUES (10, 1), (10.00, 2), (10.5, 3);
SELECT winback.watch_order_lines('extra', 'sale', 'sale', 'amount');
SELECT winback.watch_order_lines('extra', 'sale', 'sale::bigint', 'amount', 'sale = 10');
SELECT * FROM known WHERE client_id = '1';
CREATE TABLE deal (no numeric, buyer int, at date);
CREATE TABLE deal_line (deal numeric, amount int);
SELECT winback.watch_orders('deal', 'buyer', 'at', NULL, 'no');
SELECT winback.watch_order_lines('deal_line', 'deal', 'deal', 'amount');
INSERT INTO deal_line VALUES (1, 10), (1.00, 20);
INSERT INTO deal VALUES (1.0, 7, '2024-05-08');
SELECT * FROM known WHERE client_id = '7';
-- Orders that are watched later must go together with the lines, too.
SELECT winback.watch_orders('deal', 'buyer', 'at', NULL, 'no::int');

-- Unwatched, lines count no more; with their orders they go themselves.
SELECT winback.unwatch('extra');
SELECT * FROM known WHERE client_id = '1';
SET client_min_messages = notice;
SELECT winback.unwatch('deal');
SET client_min_messages = warning;
SELECT relation, kind, order_table FROM winback.source_status ORDER BY source_id;
SELECT tgrelid::regclass, count(*) FROM pg_trigger
 WHERE tgname LIKE 'winback%' AND tgrelid::regclass::text NOT LIKE 'winback%' GROUP BY 1 ORDER BY 1;
SELECT * FROM known WHERE client_id IN ('1', '7');

-- Orders from before a column that was added with a default have it in every pass, as when they are read by client.
CREATE TABLE job (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON job (client);
CREATE TABLE job_line (job int, amount numeric);
INSERT INTO job VALUES (1, 8, '2024-05-09', 10), (2, 9, '2024-05-09', 'NaN');
INSERT INTO job_line VALUES (1, 5);
ALTER TABLE job ADD COLUMN deleted boolean DEFAULT false;
SELECT winback.watch_orders('job', 'client', 'at', 'amount', 'id', 'NOT deleted');
SELECT winback.watch_order_lines('job_line', 'job', 'job', 'amount');
SELECT * FROM known WHERE client_id = '8' OR client_id LIKE 'D%';
SELECT row, reason FROM winback.rejected WHERE source = 'job'::regclass;
INSERT INTO job_line VALUES (1, 6);
SELECT * FROM known WHERE client_id = '8' OR client_id LIKE 'D%';
SELECT winback.rebuild();
SELECT * FROM known WHERE client_id = '8' OR client_id LIKE 'D%';
