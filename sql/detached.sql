-- A watched table that is dropped: its clients stay as they were until a table of its name is there again, or the watch
-- is ended.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-10 00:00:00+00';
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON call (client);
INSERT INTO purchase VALUES (1, 1, '2025-10-01', 10), (2, 2, '2026-02-01', 20), (3, NULL, '2026-02-01', 1),
    (4, 5, '2026-02-01', 'NaN');
INSERT INTO call VALUES (1, 1, '2026-02-02', 60), (2, 3, '2026-02-03', 60), (3, 3, '2026-02-04', 60);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
CREATE VIEW watch AS SELECT kind, name, state, frozen, rejected FROM winback.source_status WHERE kind <> 'events'
 ORDER BY source_id;
CREATE VIEW known AS SELECT client_id, status, orders, revenue, last_contact_at, stale FROM winback.clients;

SET client_min_messages = notice;
DROP TABLE purchase;
SET client_min_messages = warning;
SELECT * FROM watch;
SELECT * FROM known ORDER BY client_id;
-- Clients that are frozen stay as they were, and are listed where they should have been computed. What can be added to
-- their row is; other clients are as if nothing had happened.
INSERT INTO call VALUES (4, 2, '2026-02-05', 60);
DELETE FROM call WHERE id IN (1, 3);
SELECT * FROM known ORDER BY client_id;
SELECT client_id, reason FROM winback.stale;
SELECT stale_settled, skipped FROM winback.sweep();
SELECT winback.rebuild();
UPDATE winback.policy SET contact_seconds = 30;
SELECT * FROM known ORDER BY client_id;
SELECT client_id, reason FROM winback.stale;
SELECT * FROM winback.verify();
-- Time goes on for them.
SET winback.as_of = '2026-05-10 00:00:00+00';
SELECT client_id, status FROM winback.clients ORDER BY client_id;
SELECT status_changes FROM winback.sweep();
SELECT client_id, to_status, changed_at FROM winback.status_change ORDER BY client_id, changed_at;
SET winback.as_of = '2026-03-10 00:00:00+00';
-- Other tables are watched meanwhile.
CREATE TABLE happening (client int, at timestamptz);
CREATE INDEX ON happening (client);
INSERT INTO happening VALUES (3, '2026-02-01'), (2, '2026-02-01');
SELECT winback.watch_events('happening', 'client', $$'inquiry'$$, 'at');
SELECT winback.unwatch('happening');
SELECT * FROM winback.verify();
-- No table, nothing to reattach.
\set VERBOSITY terse
SELECT winback.reattach(relation) FROM winback.source_status WHERE state = 'detached' \g /dev/null
\set VERBOSITY default
SELECT * FROM watch;

-- A table of that name that does not fit is not the one; it may grow into it.
CREATE VIEW purchase AS SELECT 1 AS client;
DROP VIEW purchase;
CREATE TEMP TABLE purchase (id int, client int, at timestamptz, amount numeric);
DROP TABLE purchase;
CREATE TABLE public.purchase (id int, client int);
SELECT state FROM watch WHERE kind = 'orders';
\set VERBOSITY terse
SELECT winback.reattach('purchase');
\set VERBOSITY default
SET client_min_messages = notice;
ALTER TABLE purchase ADD at date, ADD amount int;
SET client_min_messages = warning;
SELECT * FROM watch;
SELECT * FROM known ORDER BY client_id;
INSERT INTO purchase VALUES (1, 1, '2026-02-01', 10), (2, 2, '2026-03-01', 20);
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.sweep() \g /dev/null
SELECT * FROM winback.verify();

-- Rebuilt in one transaction: made anew under another name, filled, and put in the place of the old one.
BEGIN;
CREATE TABLE purchase_new (id int, client int, at timestamptz, amount numeric, more text);
INSERT INTO purchase_new SELECT * FROM purchase;
INSERT INTO purchase_new VALUES (3, 3, '2026-03-02', 30), (4, 4, '2026-03-02', 'NaN');
DROP TABLE purchase;
ALTER TABLE purchase_new RENAME TO purchase;
COMMIT;
SELECT * FROM watch;
SELECT * FROM known ORDER BY client_id;
SELECT row ->> 'id' AS id, reason FROM winback.rejected;
SELECT * FROM winback.verify();
INSERT INTO purchase VALUES (5, 3, '2026-03-03', 3);
-- The old one first gets another name, and the watch goes with it until it is dropped: then the name counts by which it
-- was watched.
ALTER TABLE purchase RENAME TO purchase_old;
CREATE TABLE purchase AS SELECT * FROM purchase_old WHERE client < 3;
SELECT name, state FROM watch WHERE kind = 'orders';
DROP TABLE purchase_old;
SELECT count(*) FROM winback.frozen;
SELECT name, state FROM watch WHERE kind = 'orders';
ALTER TABLE purchase ADD COLUMN of_no_meaning int;
SELECT name, state FROM watch WHERE kind = 'orders';
SELECT * FROM known ORDER BY client_id;
SELECT * FROM winback.verify();
-- A rollback takes all of it back.
BEGIN;
DROP TABLE purchase;
SELECT name, state, frozen FROM watch WHERE kind = 'orders';
ROLLBACK;
SELECT name, state, frozen FROM watch WHERE kind = 'orders';
BEGIN;
INSERT INTO purchase (id, client, at, amount) VALUES (6, 6, '2026-03-03', 6);
SAVEPOINT s;
DROP TABLE purchase;
ROLLBACK TO s;
INSERT INTO purchase (id, client, at, amount) VALUES (7, 6, '2026-03-03', 7);
COMMIT;
SELECT * FROM known WHERE client_id = 6;
SELECT * FROM winback.verify();

-- Tasks that were done with calls of a table stay done with those of the one in its place: no call serves twice.
SET winback.as_of = '2026-06-10 12:00:00+00';
SELECT * FROM winback.sweep() \g /dev/null
INSERT INTO call VALUES (9, 6, '2026-06-10 12:05+00', 60);
SELECT t.kind, t.status FROM winback.task t WHERE client_id = 6;
SELECT winback.complete_task((SELECT task_id FROM winback.task WHERE client_id = 6), 'talked', '9');
BEGIN;
CREATE TABLE call_new (LIKE call INCLUDING ALL);
INSERT INTO call_new SELECT * FROM call;
DROP TABLE call;
ALTER TABLE call_new RENAME TO call;
COMMIT;
SELECT status, call_source, call_id, evidence_withdrawn FROM winback.task WHERE client_id = 6;
DELETE FROM call WHERE id = 9;
SELECT status, call_source, call_id FROM winback.task WHERE client_id = 6;
SELECT * FROM winback.verify();

-- With a schema, an owner, or what it depends on.
CREATE SCHEMA shop;
ALTER TABLE purchase SET SCHEMA shop;
DROP SCHEMA shop CASCADE;
CREATE ROLE regress_winback_clerk;
ALTER TABLE call OWNER TO regress_winback_clerk;
DROP OWNED BY regress_winback_clerk;
DROP ROLE regress_winback_clerk;
SELECT kind, name, state, frozen > 0 AS frozen FROM watch;
SELECT * FROM winback.verify();
-- The watch of a table that is gone is ended by its number, or by the table that has its name now.
CREATE TABLE call (nothing int);
SELECT winback.unwatch('call');
SELECT winback.unwatch(relation) FROM (SELECT DISTINCT relation FROM winback.source_status
                                        WHERE state = 'detached') gone \g /dev/null
SELECT * FROM watch;
SELECT client_id, orders, last_contact_at, stale FROM winback.clients ORDER BY client_id;
SELECT count(*) FROM winback.frozen;
SELECT * FROM winback.verify();
DROP TABLE call, happening CASCADE;
