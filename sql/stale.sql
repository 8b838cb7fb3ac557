-- Which clients winback.clients calls stale, and what class it gives them: by the marks and the limits that each
-- statement sees.
SET client_min_messages = warning;
CREATE EXTENSION winback;
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01';

CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE TABLE line (purchase int, amount numeric);
CREATE TABLE phone (number text, client int);
CREATE INDEX ON purchase (client);
CREATE INDEX ON line (purchase);
CREATE INDEX ON phone (client);
CREATE INDEX ON phone (number);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
SELECT winback.watch_order_lines('line', 'purchase', 'purchase', 'amount');
SELECT winback.watch_aliases('phone', 'number', 'client');
INSERT INTO purchase VALUES (10, 1, '2024-05-01', 80), (20, 2, '2024-05-01', 15), (30, 3, '2024-05-01', 5);
INSERT INTO phone VALUES ('555', 2), ('555', 3), ('777', 1);
PREPARE mark (int, regclass, text) AS INSERT INTO winback.stale VALUES ($1, 'for this test', winback.now(), $2, $3);
PREPARE stale AS SELECT client_id, stale FROM winback.clients WHERE $1 IN (0, client_id) ORDER BY client_id;

-- Nobody; a client; an order's client; those with an alias; everybody. The same prepared statement sees each of them.
SET plan_cache_mode = force_generic_plan;
EXECUTE stale(0);
EXECUTE mark(2, NULL, NULL);
EXECUTE stale(0);
EXECUTE stale(1);
EXECUTE stale(2);
TRUNCATE winback.stale;
EXECUTE mark(NULL, 'purchase', '30');
EXECUTE stale(0);
DELETE FROM winback.stale;
EXECUTE mark(NULL, NULL, '555');
EXECUTE stale(0);
UPDATE phone SET client = 1 WHERE client = 2;
EXECUTE stale(0);
DELETE FROM winback.stale;
EXECUTE stale(0);
EXECUTE mark(NULL, NULL, NULL);
EXECUTE stale(0);
TRUNCATE winback.stale;
-- Marks of clients and names that nobody is or has, twice, and one that meets somebody.
EXECUTE mark(99, NULL, NULL);
EXECUTE mark(NULL, 'purchase', '99');
EXECUTE mark(NULL, NULL, 'x');
EXECUTE mark(1, NULL, NULL);
EXECUTE mark(1, NULL, NULL);
EXECUTE stale(0);
INSERT INTO winback.stale SELECT c, 'for this test', winback.now() FROM generate_series(1000, 3, -1) c;
SELECT count(*) FROM winback.stale;
EXECUTE stale(0);
TRUNCATE winback.stale;

-- A transaction sees its own marks, until a savepoint takes them back; a cursor those that there were when it was
-- opened.
BEGIN;
DECLARE earlier CURSOR FOR SELECT client_id, stale FROM winback.clients ORDER BY client_id;
SAVEPOINT s;
EXECUTE mark(1, NULL, NULL);
EXECUTE stale(1);
FETCH 1 FROM earlier;
ROLLBACK TO s;
EXECUTE stale(1);
COMMIT;
-- A client that is not there is not stale, but unknown.
EXECUTE mark(NULL, NULL, NULL);
SELECT v.id, c.stale, c.status, c.abc FROM (VALUES (1), (4)) v (id) LEFT JOIN winback.clients c ON c.client_id = v.id
 ORDER BY v.id;
TRUNCATE winback.stale;

-- Limits that are drawn anew count from the next statement on, and not if they are taken back.
PREPARE class AS SELECT client_id, abc FROM winback.clients WHERE $1 IN (0, client_id) ORDER BY client_id;
EXECUTE class(0);
BEGIN;
DECLARE earlier CURSOR FOR SELECT client_id, abc FROM winback.clients ORDER BY client_id;
SELECT class, clients FROM winback.classify();
EXECUTE class(0);
EXECUTE class(3);
FETCH ALL FROM earlier;
ROLLBACK;
EXECUTE class(0);
SELECT class, clients FROM winback.classify();
EXECUTE class(0);
SELECT * FROM winback.verify();

-- The tables of a ledger that is made anew, in the same session, are found: also those of one that is then taken back.
DROP EXTENSION winback CASCADE;
DROP SCHEMA winback CASCADE;
CREATE EXTENSION winback;
BEGIN;
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
SELECT class, clients FROM winback.classify();
SELECT client_id, abc, stale FROM winback.clients ORDER BY client_id;
ROLLBACK;
SELECT winback.init('int');
ALTER TABLE winback.stale ADD COLUMN more int, DROP COLUMN since, ADD COLUMN since timestamptz;
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
INSERT INTO winback.stale (client_id, reason) VALUES (2, 'for this test');
SELECT client_id, abc, stale FROM winback.clients ORDER BY client_id;
ALTER TABLE winback.stale DROP COLUMN order_table, ADD COLUMN order_table regclass;
SELECT client_id, abc, stale FROM winback.clients ORDER BY client_id;

DROP TABLE purchase, line, phone CASCADE;
DROP EXTENSION winback CASCADE;
DROP SCHEMA winback CASCADE;
