-- Partitioned tables: however their rows come, move and go; and columns that are called like anything.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-01 00:00:00+00';

-- Rows count whether they come through the parent or a leaf, whatever order a leaf has its columns in, and in leaves
-- that come later. A column may be called like the alias of a query, and an expression may name the table.
CREATE TABLE purchase (id int, c int, t timestamptz, a numeric) PARTITION BY RANGE (t);
CREATE TABLE purchase_1 PARTITION OF purchase FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE purchase_2 (gone int, a numeric, t timestamptz, c int, id int);
ALTER TABLE purchase_2 DROP COLUMN gone;
ALTER TABLE purchase ATTACH PARTITION purchase_2 FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
CREATE INDEX ON purchase (c);
INSERT INTO purchase VALUES (1, 1, '2025-02-01', 10), (2, 2, '2025-08-01', 20);
SELECT winback.watch_orders('purchase', 'c', 't', 'a', 'id');
SELECT client_id, status, orders, revenue FROM winback.clients ORDER BY client_id;
INSERT INTO purchase VALUES (3, 1, '2025-03-01', 5);
INSERT INTO purchase_2 (id, c, t, a) VALUES (4, 3, '2025-09-01', 7);
UPDATE purchase SET t = '2025-10-01' WHERE id = 1;
DELETE FROM purchase_2 WHERE id = 2;
CREATE TABLE purchase_3 PARTITION OF purchase FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO purchase_3 VALUES (5, 4, '2026-02-01', 9);
SELECT client_id, status, orders, revenue, last_order_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
TRUNCATE purchase;
SELECT client_id, orders FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- Parts that come and go with rows in them. What of them can be no fact is listed under the watched table, however it
-- came.
CREATE VIEW known AS SELECT client_id, orders, revenue FROM winback.clients WHERE orders > 0;
CREATE VIEW listed AS SELECT source, row ->> 'id' AS id, reason FROM winback.rejected;
INSERT INTO purchase VALUES (6, 6, '2026-02-01', 9), (7, 7, '2025-02-01', 1), (8, 6, '2025-08-01', 2);
INSERT INTO purchase_2 (id, c, t, a) VALUES (9, 8, '2025-09-01', 'NaN');
CREATE TABLE later (a numeric, c int, id int, t timestamptz NOT NULL);
INSERT INTO later VALUES (10, 6, 10, '2027-02-01'), (20, 9, 11, '2027-02-01'), ('Infinity', 9, 12, '2027-03-01');
ALTER TABLE purchase ATTACH PARTITION later FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
SELECT * FROM known ORDER BY client_id;
SELECT * FROM listed ORDER BY id;
SELECT * FROM winback.verify();
SELECT winback.rebuild();
SELECT * FROM listed ORDER BY id;
INSERT INTO later VALUES (1, 9, 13, '2027-04-01');
TRUNCATE purchase_3;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
ALTER TABLE purchase DETACH PARTITION later;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM listed ORDER BY id;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'later'::regclass;
SELECT * FROM winback.verify();
-- From now on it is nobody's.
INSERT INTO later VALUES (1, 9, 14, '2027-04-01');
TRUNCATE later;
SELECT * FROM known ORDER BY client_id;
DROP TABLE purchase_2;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM listed ORDER BY id;
SELECT * FROM winback.verify();
-- In a transaction, and one that is rolled back.
INSERT INTO later VALUES (1, 7, 15, '2027-04-01'), (1, 10, 16, '2027-04-01');
BEGIN;
ALTER TABLE purchase ATTACH PARTITION later FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
SELECT winback.fold();
SELECT * FROM known ORDER BY client_id;
SAVEPOINT s;
DROP TABLE later;
SELECT winback.fold();
SELECT * FROM known ORDER BY client_id;
ROLLBACK TO s;
INSERT INTO later VALUES (1, 7, 17, '2027-04-02');
COMMIT;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
BEGIN;
ALTER TABLE purchase DETACH PARTITION later;
DROP TABLE purchase_1;
ROLLBACK;
SELECT * FROM known ORDER BY client_id;
SELECT state FROM winback.source_status WHERE kind = 'orders';
SELECT * FROM winback.verify();
ALTER TABLE purchase DETACH PARTITION later CONCURRENTLY;
SELECT * FROM known ORDER BY client_id;
SELECT stale_settled, skipped FROM winback.sweep();
SELECT * FROM winback.verify();
DROP TABLE purchase, later CASCADE;
SELECT winback.unwatch(relation) FROM (SELECT DISTINCT relation FROM winback.source_status
                                        WHERE state = 'detached') gone \g /dev/null

-- Two levels; by list, then by hash. Whole branches come and go.
CREATE TABLE sale (id int, shop text, client int, at timestamptz, amount numeric) PARTITION BY LIST (shop);
CREATE TABLE sale_north PARTITION OF sale FOR VALUES IN ('north') PARTITION BY HASH (client);
CREATE TABLE sale_north_0 PARTITION OF sale_north FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE sale_north_1 PARTITION OF sale_north FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE sale_rest PARTITION OF sale DEFAULT;
CREATE INDEX ON sale (client);
INSERT INTO sale SELECT i, (ARRAY['north', 'south'])[i % 2 + 1], i % 5 + 1, '2026-01-01 00:00+00', 1
  FROM generate_series(1, 20) i;
SELECT winback.watch_orders('sale', 'client', 'at', 'amount', 'id', $$sale.shop <> 'test'$$);
SELECT * FROM known ORDER BY client_id;
UPDATE sale SET shop = 'north' WHERE id IN (1, 3);
UPDATE sale_north SET client = client + 1 WHERE id = 2;
UPDATE sale SET shop = 'test' WHERE id = 4;
COPY sale_north FROM stdin WITH (DELIMITER ',');
30,north,1,2026-01-02 00:00+00,100
31,north,2,2026-01-02 00:00+00,100
\.
MERGE INTO sale s USING (VALUES (5, 7), (99, 8)) v (id, client) ON s.id = v.id
 WHEN MATCHED THEN UPDATE SET client = v.client
 WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'west', v.client, '2026-01-03', 9);
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
CREATE TABLE sale_south (LIKE sale) PARTITION BY RANGE (id);
CREATE TABLE sale_south_1 PARTITION OF sale_south FOR VALUES FROM (0) TO (1000);
INSERT INTO sale_south VALUES (200, 'south', 1, '2026-01-04', 1000), (201, 'south', 10, '2026-01-04', 1000);
DELETE FROM sale WHERE shop = 'south';
ALTER TABLE sale ATTACH PARTITION sale_south FOR VALUES IN ('south');
CREATE TABLE sale_south_2 PARTITION OF sale_south FOR VALUES FROM (1000) TO (2000);
INSERT INTO sale_south_2 VALUES (1001, 'south', 11, '2026-01-04', 1000);
INSERT INTO sale VALUES (1002, 'south', 11, '2026-01-05', 1000);
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
TRUNCATE sale_south_2;
SELECT * FROM known WHERE client_id = 11;
TRUNCATE sale_north;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
INSERT INTO sale_south_2 VALUES (1001, 'south', 11, '2026-01-04', 1000);
ALTER TABLE sale DETACH PARTITION sale_south;
SELECT * FROM known ORDER BY client_id;
SELECT count(*) FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'sale\_south%';
SELECT * FROM winback.verify();
ALTER TABLE sale ATTACH PARTITION sale_south FOR VALUES IN ('south');
SELECT * FROM known ORDER BY client_id;
DROP TABLE sale_south;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
-- A leaf may be watched by itself, but its rows are not counted twice for the same.
SELECT winback.watch_calls('sale', 'id', 'client', 'at', 'amount');
SELECT winback.watch_calls('sale_rest', 'id', 'client', 'at', 'amount');
SELECT winback.watch_events('sale_rest', 'client', $$'inquiry'$$, 'at');
INSERT INTO sale VALUES (300, 'west', 12, '2026-01-04', 12);
SELECT what FROM winback.life_cycle WHERE client_id = 12 ORDER BY what;
SELECT winback.unwatch('sale_rest');
INSERT INTO sale VALUES (301, 'west', 12, '2026-01-04', 12);
SELECT what FROM winback.life_cycle WHERE client_id = 12 ORDER BY what;
SELECT kind, state FROM winback.source_status WHERE kind = 'orders';
-- Names of columns are followed, types too, and a trigger that is switched off on a leaf is missed.
ALTER TABLE sale RENAME client TO buyer;
ALTER TABLE sale ALTER amount TYPE int USING amount * 2;
SELECT * FROM known ORDER BY client_id;
ALTER TABLE sale DROP COLUMN at;
ALTER TABLE sale_rest DISABLE TRIGGER ALL;
SELECT kind, state FROM winback.source_status WHERE kind = 'orders';
SELECT winback.reattach('sale');
SELECT kind, state FROM winback.source_status WHERE kind = 'orders';
-- Dropped whole, its clients stay, those of a part that went before it do not.
INSERT INTO sale VALUES (400, 'north', 13, '2026-01-04', 13), (401, 'north', 14, '2026-01-04', 13),
    (402, 'test', 14, '2026-01-04', 13);
BEGIN;
DROP TABLE sale_rest;
DROP TABLE sale;
COMMIT;
SELECT DISTINCT client_id FROM winback.frozen ORDER BY client_id;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT winback.unwatch(relation) FROM (SELECT DISTINCT relation FROM winback.source_status
                                        WHERE state = 'detached') gone \g /dev/null

-- Calls: what shows that a task was done is gone with a row that is truncated, not with a part that is put away.
SET winback.as_of = '2026-03-01 00:00:00+00';
CREATE TABLE buy (client int, at timestamptz);
CREATE INDEX ON buy (client);
INSERT INTO buy SELECT i, '2025-01-01' FROM generate_series(1, 5) i;
CREATE TABLE call (id int, client int, at timestamptz, seconds int) PARTITION BY LIST (client);
CREATE TABLE call_1 PARTITION OF call FOR VALUES IN (1);
CREATE TABLE call_2 PARTITION OF call FOR VALUES IN (2);
CREATE TABLE call_3 PARTITION OF call FOR VALUES IN (3) PARTITION BY RANGE (id);
CREATE TABLE call_3_old PARTITION OF call_3 FOR VALUES FROM (0) TO (10);
CREATE TABLE call_4 PARTITION OF call FOR VALUES IN (4);
CREATE TABLE call_5 PARTITION OF call FOR VALUES IN (5);
CREATE INDEX ON call (client);
SELECT winback.watch_orders('buy', 'client', 'at');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT * FROM winback.sweep() \g /dev/null
INSERT INTO call SELECT i, i, '2026-03-01 10:00+00', 60 FROM generate_series(1, 5) i;
SELECT winback.complete_task(task_id, 'no answer', client_id::text) FROM winback.task WHERE status = 'open' \g /dev/null
TRUNCATE call_1;
ALTER TABLE call DETACH PARTITION call_2;
ALTER TABLE call DETACH PARTITION call_3;
DROP TABLE call_4;
-- The task names the table in which the call is now; one that is gone has no name.
CREATE VIEW closed AS
SELECT t.client_id, t.status, t.call_id, c.relname, t.evidence_withdrawn
  FROM winback.task t LEFT JOIN pg_class c ON c.oid = t.call_source
 WHERE t.client_id < 6 AND t.status <> 'cancelled';
SELECT * FROM closed ORDER BY client_id, status;
SELECT * FROM winback.verify();
-- Nor is it gone when these clients are looked at again for another reason, one by one or with everybody.
INSERT INTO winback.stale (client_id, reason, since) SELECT i, 'a test', '2026-03-01' FROM generate_series(1, 5) i;
SELECT stale_settled FROM winback.sweep();
INSERT INTO winback.stale (reason, since) VALUES ('a test', '2026-03-01');
SELECT stale_settled FROM winback.sweep();
SELECT * FROM closed ORDER BY client_id, status;
-- Attached again, a part says again what shows that a task was done, or no longer does.
ALTER TABLE call ATTACH PARTITION call_2 FOR VALUES IN (2);
UPDATE call_3_old SET seconds = 1;
ALTER TABLE call ATTACH PARTITION call_3 FOR VALUES IN (3);
SELECT * FROM closed ORDER BY client_id, status;
DELETE FROM call WHERE client = 2;
SELECT * FROM closed WHERE client_id = 2 ORDER BY status;
-- What a command would have dropped that failed, and was rolled back, the next command puts away as little.
CREATE TABLE scratch ();
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d WHERE d.object_name = 'call_5') THEN
        RAISE EXCEPTION 'refused';
    END IF;
END $$;
CREATE EVENT TRIGGER refuse ON sql_drop EXECUTE FUNCTION refuse();
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
DROP TABLE call_5;
ROLLBACK TO a;
DROP TABLE scratch;
COMMIT;
DROP EVENT TRIGGER refuse;
DROP FUNCTION refuse();
SELECT * FROM closed WHERE client_id = 5 ORDER BY status;
-- Also in a transaction that has everybody computed afresh before.
BEGIN;
UPDATE winback.policy SET contact_seconds = 30;
TRUNCATE call_5;
COMMIT;
SELECT * FROM closed WHERE client_id = 5 ORDER BY status;
SELECT * FROM winback.verify();
