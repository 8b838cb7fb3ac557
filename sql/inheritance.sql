-- Tables that others inherit from: rows of the children are rows of the watched table, whenever the children come.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-01 00:00:00+00';
CREATE TABLE purchase (id int, client int, at timestamptz, amount numeric);
CREATE TABLE web_purchase (page text) INHERITS (purchase);
CREATE TABLE ad_purchase (campaign text) INHERITS (web_purchase);
CREATE INDEX ON purchase (client);
CREATE INDEX ON web_purchase (client);
CREATE INDEX ON ad_purchase (client);
INSERT INTO purchase VALUES (1, 1, '2026-02-01', 1);
INSERT INTO web_purchase VALUES (2, 2, '2026-02-02', 2, '/');
INSERT INTO ad_purchase VALUES (3, 2, '2026-02-03', 3, '/', 'spring');
SELECT winback.watch_orders('purchase', 'purchase.client', 'at', 'amount', 'id');
CREATE VIEW known AS SELECT client_id, orders, revenue, stale FROM winback.clients;
SELECT * FROM known ORDER BY client_id;

-- Written to through the parent or the child.
INSERT INTO web_purchase VALUES (4, 1, '2026-02-04', 4, '/');
UPDATE purchase SET amount = amount * 10 WHERE id = 3;
DELETE FROM purchase WHERE id = 2;
COPY ad_purchase FROM stdin WITH (DELIMITER ',');
5,3,2026-02-05 00:00+00,5,/,spring
\.
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
-- A child that comes later, empty or with rows; and goes.
CREATE TABLE phone_purchase (number text) INHERITS (purchase);
INSERT INTO phone_purchase VALUES (6, 4, '2026-02-06', 6, '112');
CREATE TABLE old_purchase (at timestamptz, note text, amount numeric, id int, client int);
INSERT INTO old_purchase VALUES ('2026-01-01', 'kept', 7, 7, 4), ('2026-01-01', 'kept', 8, 8, 5),
    ('2026-01-01', 'strange', 'NaN', 9, 5);
ALTER TABLE old_purchase INHERIT purchase;
SELECT * FROM known ORDER BY client_id;
SELECT source, row, reason FROM winback.rejected;
INSERT INTO old_purchase VALUES ('2026-01-02', 'late', 9, 10, 5), ('2026-01-02', 'strange', 'NaN', 11, 5);
UPDATE purchase SET amount = 0 WHERE id IN (9, 11);
SELECT * FROM known ORDER BY client_id;
SELECT count(*) FROM winback.rejected;
SELECT state FROM winback.source_status WHERE kind = 'orders';
SELECT * FROM winback.verify();
ALTER TABLE old_purchase NO INHERIT purchase;
SELECT * FROM known ORDER BY client_id;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'old_purchase'::regclass;
INSERT INTO old_purchase VALUES ('2026-01-03', 'nobody''s', 9, 12, 5);
SELECT * FROM winback.verify();
ALTER TABLE old_purchase INHERIT web_purchase;
ALTER TABLE old_purchase ADD page text;
ALTER TABLE old_purchase INHERIT web_purchase;
SELECT * FROM known ORDER BY client_id;
TRUNCATE web_purchase;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
INSERT INTO ad_purchase VALUES (20, 6, '2026-02-03', 3, '/', 'spring');
INSERT INTO purchase VALUES (21, 6, '2026-02-03', 'NaN');
INSERT INTO ad_purchase VALUES (22, 6, '2026-02-03', 'NaN', '/', 'spring');
TRUNCATE ONLY purchase;
SELECT * FROM known ORDER BY client_id;
SELECT row ->> 'id' AS rejected FROM winback.rejected;
SELECT * FROM winback.verify();
-- What cannot be a fact leaves the list with its part, also where everybody is to be computed anyway.
BEGIN;
UPDATE winback.policy SET contact_seconds = 30;
TRUNCATE ad_purchase;
SELECT count(*) AS rejected FROM winback.rejected;
ROLLBACK;
DELETE FROM ad_purchase WHERE id = 22;
DROP TABLE phone_purchase;
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
-- A child of two parents, of which one is watched twice over.
CREATE TABLE gift (id int, client int, at timestamptz, amount numeric, giver text);
CREATE TABLE web_gift () INHERITS (web_purchase, gift);
INSERT INTO web_gift VALUES (30, 7, '2026-02-03', 3, '/', 'aunt');
SELECT winback.watch_events('gift', 'client', $$'gift'$$, 'at');
INSERT INTO web_gift VALUES (31, 7, '2026-02-04', 3, '/', 'uncle');
SELECT what, count(*) FROM winback.life_cycle WHERE client_id = 7 GROUP BY what ORDER BY what;
ALTER TABLE web_gift NO INHERIT web_purchase;
SELECT what, count(*) FROM winback.life_cycle WHERE client_id = 7 GROUP BY what ORDER BY what;
INSERT INTO web_gift VALUES (32, 7, '2026-02-05', 3, '/', 'uncle');
SELECT what, count(*) FROM winback.life_cycle WHERE client_id = 7 GROUP BY what ORDER BY what;
SELECT kind, name, state FROM winback.source_status WHERE name <> 'winback.event' ORDER BY source_id;
SELECT * FROM winback.verify();
-- Names are followed on all of them, and what is used is kept.
ALTER TABLE purchase RENAME client TO buyer;
INSERT INTO ad_purchase VALUES (21, 6, '2026-02-03', 4, '/', 'spring');
SELECT * FROM known WHERE client_id = 6;
ALTER TABLE purchase DROP COLUMN buyer CASCADE;
-- Temporary children are nobody else's: their rows do not count.
CREATE TEMP TABLE draft () INHERITS (purchase);
INSERT INTO draft VALUES (40, 6, '2026-02-03', 100);
DELETE FROM ad_purchase WHERE id = 20;
SELECT * FROM known WHERE client_id = 6;
SELECT * FROM winback.verify();
DROP TABLE draft;
-- An expression that may fail on some rows, in a child without an index.
SELECT winback.watch_calls('web_gift', 'id', '(giver || 1)::int', 'at', 'amount');
SELECT count(*) FROM winback.rejected;
SELECT winback.unwatch('web_gift');
SELECT count(*) FROM winback.rejected;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'web_gift'::regclass ORDER BY 1;
SELECT winback.unwatch('gift');
SELECT winback.unwatch('purchase');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'winback\_capture%' AND tgrelid <> 'winback.event'::regclass;
SELECT * FROM winback.verify();
DROP TABLE purchase, gift CASCADE;
