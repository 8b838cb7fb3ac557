-- The sweep does what time has made due, once; what a commit makes due is done in that commit.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Berlin';
SET winback.as_of = '2024-01-20';
-- Without a ledger there is nothing to sweep.
SELECT * FROM winback.sweep();
SELECT winback.fold();
SELECT winback.rebuild();
SELECT * FROM winback.verify();
CREATE TABLE customer (id int PRIMARY KEY, manager text, silent boolean);
CREATE TABLE purchase (customer int, at timestamptz, amount numeric);
CREATE TABLE call (id int, customer int, at timestamptz, seconds int);
CREATE INDEX ON purchase (customer);
CREATE INDEX ON call (customer);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
SELECT winback.watch_clients('customer', 'id', manager => 'manager', do_not_contact => 'silent');
SELECT winback.watch_orders('purchase', 'customer', 'at', 'amount');
SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'seconds');
INSERT INTO customer SELECT i, 'ann' FROM generate_series(1, 6) i;
INSERT INTO purchase SELECT i, timestamptz '2024-01-10 12:00' + i * interval '1 day', i FROM generate_series(1, 6) i;
CREATE VIEW tasks AS
SELECT task_id, client_id, status, outcome, due_on, opened_at, closed_at, closed_by FROM winback.task ORDER BY task_id;

SELECT * FROM winback.sweep();
SELECT * FROM winback.sweep(NULL);
-- An instant before, at the first deadline, and again: nothing is left then.
SET winback.as_of = '2024-03-11 11:59:59.999999';
SELECT * FROM winback.sweep();
SET winback.as_of = '2024-03-11 12:00';
SELECT client_id, status FROM winback.clients ORDER BY 1;
SELECT * FROM winback.sweep();
SELECT * FROM winback.sweep();
-- A sweep of an instant ahead of the clock, or behind it.
SELECT * FROM winback.sweep('2024-03-12 12:00');
SELECT * FROM winback.sweep('2024-01-01');
SELECT winback.sweep('infinity');
SELECT winback.sweep('-infinity');
-- Late, it does all that is due: two changes of a client at their own instants.
SET winback.as_of = '2024-04-13 08:00';
SELECT * FROM winback.sweep();
SELECT client_id, from_status, to_status, changed_at, recorded_at FROM winback.status_change
 ORDER BY client_id, changed_at;
SELECT * FROM tasks;
SELECT * FROM winback.verify();

-- A transaction that began before a deadline may commit after the sweep that told of it: what is told stays told.
SET winback.as_of = '2024-04-11 12:30';
INSERT INTO call VALUES (90, 2, '2024-04-11 12:00', 5);
SET winback.as_of = '2024-04-13 08:00';
SELECT status, outcome FROM tasks WHERE client_id = 2;
DELETE FROM call WHERE id = 90;

-- A conflict that is reported makes a task in that commit; so does a call that comes out as too short.
INSERT INTO customer VALUES (7, 'bob');
INSERT INTO purchase VALUES (7, '2024-04-12 12:00', 5);
SELECT winback.record_event(7, 'conflict');
SELECT * FROM tasks WHERE client_id = 7;
INSERT INTO call VALUES (1, 3, '2024-04-13 07:00', 60);
SET winback.as_of = '2024-04-13 12:00';
SELECT client_id, status, next_contact_on FROM winback.clients WHERE client_id = 3;
SELECT tasks_opened FROM winback.sweep();
UPDATE call SET seconds = 6 WHERE id = 1;
SELECT client_id, status, next_contact_on FROM winback.clients WHERE client_id = 3;
SELECT * FROM tasks WHERE client_id = 3;

-- Why a task is not needed any more: returned, recovered, not_to_be_contacted, written_off. One that was opened by hand
-- stays.
SET winback.as_of = '2024-04-30 08:00';
SELECT tasks_opened FROM winback.sweep();
INSERT INTO winback.task (client_id, kind, title) VALUES (1, 'call', 'Thank him');
INSERT INTO purchase VALUES (1, '2024-04-30 07:00', 1);
UPDATE customer SET silent = true WHERE id = 2;
SELECT winback.write_off(4, 'closed down');
SELECT winback.record_event(5, 'nps', value => 10);
INSERT INTO purchase VALUES (5, '2024-02-20 12:00', 1);
UPDATE winback.event SET happened_at = '2024-02-01' WHERE client_id = 7;
DELETE FROM winback.event WHERE client_id = 7;
SELECT * FROM tasks;
SELECT client_id, status, open_tasks FROM winback.clients ORDER BY 1;
-- Lost again: the next task is another one.
SET winback.as_of = '2024-08-01 08:00';
SELECT * FROM winback.sweep();
SELECT client_id, count(*) FROM winback.task WHERE kind = 'call_lost_client' GROUP BY 1 ORDER BY 1;
SELECT * FROM winback.verify();

-- A sweep sees what its own transaction has written.
BEGIN;
INSERT INTO purchase VALUES (8, '2024-01-01', 1);
SELECT status_changes, tasks_opened FROM winback.sweep();
SELECT client_id, status, open_tasks FROM winback.clients WHERE client_id = 8;
ROLLBACK;
SELECT count(*) FROM winback.clients WHERE client_id = 8;

-- Nothing is written where nothing may be.
BEGIN READ ONLY;
SAVEPOINT refused;
SELECT winback.sweep('2030-01-01');
ROLLBACK TO refused;
SELECT winback.rebuild();
ROLLBACK TO refused;
SELECT winback._note_client('1');
ROLLBACK TO refused;
SELECT winback._redate_at_commit();
ROLLBACK TO refused;
SELECT * FROM winback.verify();
COMMIT;
-- What was written before is worked in all the same.
BEGIN;
INSERT INTO purchase VALUES (9, '2024-07-30', 1);
SET TRANSACTION READ ONLY;
COMMIT;
SELECT orders FROM winback.clients WHERE client_id = 9;
DELETE FROM purchase WHERE customer = 9;

-- A source that cannot be read: the application's commit goes on with a WARNING, the client is stale until it can be.
-- (The event triggers would not let it come to that.)
ALTER EVENT TRIGGER winback_command_starts DISABLE;
ALTER EVENT TRIGGER winback_command_ends DISABLE;
ALTER TABLE purchase DROP COLUMN amount;
ALTER EVENT TRIGGER winback_command_starts ENABLE ALWAYS;
ALTER EVENT TRIGGER winback_command_ends ENABLE ALWAYS;
INSERT INTO purchase VALUES (1, '2024-07-31');
DELETE FROM purchase WHERE customer = 2;
SELECT count(*) FROM purchase WHERE customer IN (1, 2);
SELECT client_id, reason, since FROM winback.stale ORDER BY 1;
SELECT client_id, stale FROM winback.clients WHERE stale ORDER BY 1;
SELECT stale_settled, skipped FROM winback.sweep();
ALTER TABLE purchase ADD COLUMN amount numeric DEFAULT 3;
SELECT stale_settled, skipped FROM winback.sweep();
SELECT count(*) FROM winback.stale;
SELECT client_id, status, orders, revenue, stale FROM winback.clients WHERE client_id IN (1, 2, 3) ORDER BY 1;
SELECT * FROM winback.verify();

-- A watched table that is dropped is told of as detached; its clients stay as they were.
DROP TABLE call;
SELECT kind, name, state FROM winback.source_status WHERE kind = 'calls';
INSERT INTO purchase VALUES (1, '2024-07-31 12:00', 4);
SELECT client_id, status, orders, revenue, stale FROM winback.clients WHERE client_id = 1;
\set VERBOSITY terse
DELETE FROM purchase WHERE at = '2024-07-31 12:00';
\set VERBOSITY default
SELECT client_id, status, orders, revenue, stale FROM winback.clients WHERE client_id = 1;
-- What can still be read is shown all the same.
SELECT count(*) AS orders FROM winback.life_cycle WHERE client_id = 1 AND what = 'order';
SELECT winback.unwatch(relation) FROM winback.source_status WHERE state = 'detached';
SELECT client_id, status, orders, revenue, stale FROM winback.clients WHERE client_id = 1;
SELECT * FROM winback.verify();
-- Triggers that somebody has switched off are told of too.
ALTER TABLE purchase DISABLE TRIGGER winback_capture_row;
SELECT kind, name, state FROM winback.source_status WHERE kind = 'orders';

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
