-- One person under two keys: merged, all that is known of one is known of the other; parted, all is as it was.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE person (id int PRIMARY KEY, name text, manager text, since date, barred boolean);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE TABLE item (purchase int, amount numeric);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE TABLE phone (number text, client int);
CREATE TABLE cdr (id int PRIMARY KEY, number text, at timestamptz, seconds int);
SELECT winback.watch_clients('person', 'id', name => 'name', manager => 'manager', registered_at => 'since',
    do_not_contact => 'barred');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
SELECT winback.watch_order_lines('item', 'purchase', 'purchase', 'amount');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT winback.watch_aliases('phone', 'number', 'client');
SELECT winback.watch_calls('cdr', 'id', 'number', 'at', 'seconds', by_alias => true);
INSERT INTO person VALUES (1, 'Anna', NULL, '2023-01-01', false), (2, 'Anna Berg', 'mia', '2022-01-01', false),
    (3, 'A. Berg', 'tom', NULL, false);
INSERT INTO purchase VALUES (1, 1, '2024-05-01', 10), (2, 2, '2024-01-02', 20), (3, 2, '2024-01-03', 0),
    (4, 3, '2023-05-01', 40);
INSERT INTO item VALUES (3, 5);
INSERT INTO phone VALUES ('22', 2);
INSERT INTO cdr VALUES (1, '22', '2024-01-20', 60);
SELECT status_changes > 0 AS swept FROM winback.sweep();
CREATE VIEW known AS
SELECT client_id::text, name, manager, status, orders, revenue, first_order_at::date AS first,
       last_order_at::date AS last, last_contact_at::date AS contact, open_tasks AS tasks, registered_at::date AS since
  FROM winback.clients
UNION ALL
SELECT 'DIFFERS: ' || client_id, column_name, NULL, stored || ' / ' || expected, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL
  FROM winback.verify()
 ORDER BY 1;
SELECT * FROM known;
SELECT client_id, status, outcome FROM winback.task ORDER BY 1, 2;

-- What cannot be merged.
SELECT winback.merge_clients(2, 2);
SELECT winback.merge_clients(4, 1);
SELECT winback.merge_clients(NULL, '1');
SELECT winback.merge_clients('two', '1');
SELECT winback.unmerge_client(2);

-- 2 is 1: its orders and lines, its calls by telephone, its manager, where 1 has none of its own. Its task is
-- cancelled.
SELECT winback.merge_clients(2, 1);
SELECT * FROM known;
SELECT client_id, status, outcome FROM winback.task ORDER BY 1, 2;
SELECT client_id, from_status, to_status, changed_at::date, withdrawn_at IS NULL AS stands FROM winback.status_change
 WHERE client_id IN (1, 2) ORDER BY client_id, changed_at, change_id;
SELECT winback.status(1), winback.status(2), winback.status('2');
SELECT client_id, into_client, merged_at, merged_by = session_user AS by_me FROM winback.merged;
SELECT at::date, what, amount FROM winback.life_cycle WHERE client_id = 1 AND source IS NOT NULL ORDER BY position;
SELECT at::date, what, detail FROM winback.life_cycle WHERE client_id = 2 AND what LIKE 'task%' ORDER BY position;

-- What comes later under the old key, by any way.
INSERT INTO purchase VALUES (5, 2, '2024-05-20', 100);
INSERT INTO item VALUES (5, 1);
INSERT INTO cdr VALUES (2, '22', '2024-05-21', 60);
SELECT winback.record_event(2, 'complaint');
SELECT * FROM known WHERE client_id IN ('1', '2');
SELECT interaction_status FROM winback.clients WHERE client_id = 1;
SELECT winback.set_interaction_status(2, 'warm');
SELECT interaction_status FROM winback.clients WHERE client_id = 1;
UPDATE purchase SET client = 3 WHERE id = 5;
UPDATE person SET name = NULL WHERE id = 1;
UPDATE person SET barred = true WHERE id = 2;
SELECT * FROM known;
SELECT do_not_contact FROM winback.clients WHERE client_id = 1;
UPDATE person SET barred = false WHERE id = 2;

-- On to a third: all of it goes along. Circles are refused, also between three.
SELECT winback.merge_clients(1, 3);
SELECT * FROM known;
SELECT winback.merge_clients(3, 2);
SELECT winback.merge_clients(2, 3);
SELECT winback.status(2) = winback.status(3) AS same;
INSERT INTO winback.merged (client_id, into_client) VALUES (3, 4), (4, 3);
SELECT winback.rebuild();
SELECT * FROM known;
-- Parted at the far end, then at the near one.
SELECT winback.unmerge_client(1);
SELECT * FROM known;
SELECT winback.unmerge_client('2');
SELECT * FROM known;
SELECT count(*) FROM winback.merged;

-- In one transaction: facts noted before count where they belong at the end; what is rolled back has never been.
BEGIN;
INSERT INTO purchase VALUES (6, 2, '2024-05-22', 7);
SELECT winback.merge_clients(2, 3);
INSERT INTO purchase VALUES (7, 2, '2024-05-23', 8);
COMMIT;
SELECT * FROM known;
BEGIN;
SELECT winback.unmerge_client(2);
SELECT winback.fold();
SELECT * FROM known;
ROLLBACK;
SELECT * FROM known;
INSERT INTO purchase VALUES (8, 2, '2024-05-24', 9);
SELECT * FROM known;

-- Tasks. One of a merged client is closed with a call of the client that it is now, and open again without it.
SELECT winback.unmerge_client(2);
DELETE FROM purchase WHERE id > 4;
INSERT INTO winback.task (client_id, kind, title) VALUES (2, 'call', 'Ask about the parcel');
SELECT winback.merge_clients(2, 3);
SET winback.as_of = '2024-06-03 12:00:00+00';
INSERT INTO call VALUES (10, 3, '2024-06-02 10:00', 60);
SELECT task_id, client_id, call_id FROM winback.task_calls WHERE client_id = 2;
SELECT winback.complete_task(task_id, 'found', '10') FROM winback.task WHERE client_id = 2 AND status = 'open';
SELECT kind, status, outcome, evidence_withdrawn FROM winback.task WHERE client_id = 2 ORDER BY task_id;
UPDATE call SET seconds = 5;
SELECT kind, status, outcome, evidence_withdrawn FROM winback.task WHERE client_id = 2 ORDER BY task_id;
SELECT * FROM known;

-- An alias of several clients is that of the one with the least key, wherever that one has gone to.
INSERT INTO phone VALUES ('30', 3), ('30', 2);
INSERT INTO cdr VALUES (3, '30', '2024-06-03', 60);
SELECT * FROM known;
SELECT winback.unmerge_client(2);
SELECT * FROM known;
-- The CRM joins its records by itself: through the triggers.
UPDATE purchase SET client = 1 WHERE client = 2;
UPDATE call SET client = 1 WHERE client = 2;
UPDATE phone SET client = 1 WHERE client = 2;
DELETE FROM person WHERE id = 2;
SELECT * FROM known;
-- A row of the table is as good as the function. All of them at once.
INSERT INTO winback.merged (client_id, into_client) VALUES (1, 3);
SELECT * FROM known;
UPDATE winback.merged SET into_client = 9;
SELECT * FROM known;
-- Parted, none keeps a task that was done with a call of the other.
INSERT INTO winback.task (client_id, kind) VALUES (9, 'call');
INSERT INTO call VALUES (20, 1, '2024-06-03 12:00', 60);
SELECT winback.complete_task(task_id, 'found', '20') FROM winback.task WHERE client_id = 9;
SELECT status, evidence_withdrawn FROM winback.task WHERE client_id = 9;
TRUNCATE winback.merged;
SELECT status, evidence_withdrawn FROM winback.task WHERE client_id = 9;
SELECT * FROM known;
