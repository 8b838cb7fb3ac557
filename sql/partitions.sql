-- Partitioned tables, inheritance, and columns that are called like anything.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-01 00:00:00+00';

-- Rows count whether they come through the parent or a leaf, whatever order a leaf has its columns in, and in leaves that
-- come later. A column may be called like the alias of a query, and an expression may name the table.
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

-- A leaf that is truncated, attached or detached with rows tells nobody: rebuild() sees what there is.
INSERT INTO purchase VALUES (6, 6, '2026-02-01', 9);
ALTER TABLE purchase DETACH PARTITION purchase_3;
SELECT count(*) > 0 AS differs FROM winback.verify();
SELECT winback.rebuild() \g /dev/null
SELECT * FROM winback.verify();

-- Tables that inherit are watched each by itself.
CREATE TABLE parent (id int, client int, at timestamptz);
CREATE TABLE child () INHERITS (parent);
CREATE INDEX ON parent (client);
CREATE INDEX ON child (client);
INSERT INTO child VALUES (1, 7, '2026-02-01');
SET client_min_messages = notice;
SELECT winback.watch_orders('parent', 'parent.client', 'at', NULL, 'id');
SET client_min_messages = warning;
SELECT count(*) FROM winback.clients WHERE client_id = 7;
SELECT winback.watch_orders('child', 'client', 'at', NULL, 'id');
INSERT INTO parent VALUES (2, 7, '2026-02-02');
SELECT orders FROM winback.clients WHERE client_id = 7;
UPDATE parent SET client = 8;
SELECT client_id, orders FROM winback.clients WHERE client_id IN (7, 8);
SELECT * FROM winback.verify();
