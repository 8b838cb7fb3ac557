-- Segments: who is wanted back, and what is begun at the moment a client enters.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text, region text, no_calls boolean DEFAULT false);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric, cancelled boolean DEFAULT false);
CREATE INDEX ON purchase (client);
-- 1 to 4 are lost since April, 5 to 9 have bought in May.
INSERT INTO customer SELECT i, 'ann', 'north' FROM generate_series(1, 9) i;
INSERT INTO purchase SELECT i, i, CASE WHEN i < 5 THEN timestamptz '2024-01-10 12:00' ELSE '2024-05-30 12:00' END,
                            (ARRAY[900, 600, 50, 10, 800, 700, 60, 5, 5])[i]
  FROM generate_series(1, 9) i;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', region => 'region', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', counts_when => 'NOT cancelled');
SELECT * FROM winback.classify();
SELECT tasks_opened FROM winback.sweep();
CREATE VIEW going AS
SELECT process_id AS process, client_id AS client, playbook, segment, state, started_at::date AS started, started_by
  FROM winback.process;
CREATE VIEW todo AS SELECT client_id AS client, kind, process_id AS process FROM winback.open_tasks ORDER BY 1;
INSERT INTO winback.task_kind (kind, needs_call, title) VALUES ('visit', false, 'Visit');
BEGIN;
INSERT INTO winback.playbook (playbook, title) VALUES ('visit', 'Visit');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES ('visit', 'visit', 1, 'visit');
INSERT INTO winback.playbook_path (playbook, step, outcome, end_state) VALUES ('visit', 'visit', 'done', 'gave_up');
COMMIT;

-- Shipped: the lost clients of class A, for whom nothing is begun until a playbook is named.
SELECT name, title, ground, status, abc, playbook FROM winback.segment;
SELECT client_id, abc, period_revenue FROM winback.lost_clients;
SELECT segment, client_id, since::date, abc, playbook FROM winback.segment_clients ORDER BY client_id;
SELECT * FROM winback.segment_entrants;
SELECT * FROM todo;

-- Once it is, those who are in it already come first: at the next sweep, instead of their call.
UPDATE winback.segment SET playbook = 'return' WHERE name = 'desired_returners';
SELECT client_id, segment, playbook FROM winback.segment_entrants ORDER BY client_id;
SELECT tasks_opened, tasks_cancelled FROM winback.sweep();
SELECT * FROM going;
SELECT * FROM todo;
SELECT tasks_opened FROM winback.sweep();

-- From then on a client enters at the moment it is lost: by a fact, in that commit; by the clock, in the sweep.
SELECT winback.record_event(5, 'conflict') IS NOT NULL AS recorded;
SELECT winback.record_event(7, 'conflict') IS NOT NULL AS recorded;
SELECT * FROM going WHERE client > 4;
SELECT * FROM todo WHERE client > 4;
SET winback.as_of = '2024-09-01 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 6;
SELECT * FROM todo WHERE client > 5;

-- Once each time it is lost: a process that has ended is not begun again.
SELECT winback.cancel_task(task_id, 'not worth it') FROM winback.open_tasks WHERE client_id = 6;
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 6;
SELECT * FROM todo WHERE client = 6;
-- Whoever comes back and is lost another time enters anew; but not within the limit of the segment.
INSERT INTO purchase VALUES (16, 6, '2024-09-01 12:00', 700), (15, 5, '2024-09-01 12:00', 700);
SELECT state, count(*) FROM going GROUP BY state ORDER BY state;
SELECT winback.record_event(6, 'conflict', '2024-09-01 12:00:01+00') IS NOT NULL AS recorded;
SET winback.as_of = '2024-09-01 12:00:01+00';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 6;
UPDATE winback.segment SET reentry_after = '6 months' WHERE name = 'desired_returners';
SELECT winback.record_event(5, 'conflict') IS NOT NULL AS recorded;
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 5;
SELECT * FROM todo WHERE client = 5;

-- A desired returner enters by the cancelling of an order: not his own, but one that changes the classes.
SELECT client_id, abc FROM winback.lost_clients WHERE client_id IN (3, 7) ORDER BY 1;
UPDATE purchase SET cancelled = true WHERE id IN (1, 2, 5, 6, 15, 16);
SELECT client_id, abc FROM winback.lost_clients WHERE client_id IN (3, 7) ORDER BY 1;
SELECT count(*) FROM winback.segment_entrants;
SELECT * FROM winback.classify();
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client IN (3, 7);

-- By hand, for the image: whatever they are worth, in the commit that puts them there.
INSERT INTO winback.segment (name, title, ground, playbook)
VALUES ('famous', 'Names to be shown', 'image', 'visit') RETURNING by_hand;
SELECT tasks_opened FROM winback.sweep();
COPY winback.segment_member (segment, client_id, note) FROM stdin;
famous	4	on television
famous	9	her brother
\.
SELECT segment, client_id, note, added_at, added_by = current_user AS by_me FROM winback.segment_member;
SELECT * FROM going WHERE client IN (4, 9);
SELECT segment, client_id, by_hand FROM winback.segment_clients WHERE ground = 'image' ORDER BY client_id;

-- By what they buy and where they are; the segment with the least position comes first.
SET winback.as_of = '2024-11-03 12:00:00+00';
INSERT INTO customer VALUES (21, 'ann', 'south'), (22, 'ann', 'south'), (23, 'bob', 'north');
INSERT INTO purchase SELECT 100 + i, 21 + i / 3, '2024-10-30 12:00', 1 + i FROM generate_series(0, 8) i;
INSERT INTO winback.segment (name, position, ground, least_orders, regions, managers, playbook)
VALUES ('frequent', 11, 'frequency', 3, '{south}', '{ann}', 'visit'),
       ('large', 10, 'order_size', NULL, NULL, NULL, 'return');
UPDATE winback.segment SET least_average_order = 5 WHERE name = 'large';
SELECT name, position, by_hand FROM winback.segment ORDER BY position;
SELECT tasks_opened FROM winback.sweep();
SELECT count(winback.record_event(i, 'conflict')) FROM generate_series(21, 23) i;
SELECT segment, client_id, orders, average_order FROM winback.segment_clients WHERE client_id > 20 ORDER BY 2, 1;
SELECT * FROM going WHERE client > 20;
-- A client that moves enters by that.
INSERT INTO customer VALUES (24, 'ann', 'north');
INSERT INTO purchase SELECT 200 + i, 24, '2024-10-30 12:00', 1 FROM generate_series(0, 2) i;
SELECT winback.record_event(24, 'conflict') IS NOT NULL AS recorded;
SELECT count(*) FROM going WHERE client = 24;
UPDATE customer SET region = 'south' WHERE id = 24;
SELECT * FROM going WHERE client = 24;

-- A loss that is dated ahead of the clock is entered once, too.
INSERT INTO customer VALUES (27, 'ann', 'south');
INSERT INTO purchase SELECT 600 + i, 27, '2024-10-30 12:00', 1 FROM generate_series(0, 2) i;
SELECT winback.record_event(27, 'conflict', '2024-12-24 12:00+00') IS NOT NULL AS recorded;
SELECT * FROM going WHERE client = 27;
SELECT winback.cancel_task(task_id, 'known to be away') FROM winback.open_tasks WHERE client_id = 27;
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 27;
SELECT * FROM todo WHERE client = 27;

-- Whoever is not to be contacted does not enter, until he may be.
INSERT INTO customer VALUES (25, 'ann', 'south', true);
INSERT INTO purchase SELECT 300 + i, 25, '2024-10-30 12:00', 1 FROM generate_series(0, 2) i;
SELECT winback.record_event(25, 'conflict') IS NOT NULL AS recorded;
SELECT count(*) FROM going WHERE client = 25;
UPDATE customer SET no_calls = false WHERE id = 25;
SELECT * FROM going WHERE client = 25;
-- Neither does anybody while the playbook is not in use.
UPDATE winback.playbook SET enabled = false WHERE playbook = 'visit';
INSERT INTO customer VALUES (26, 'ann', 'south');
INSERT INTO purchase SELECT 400 + i, 26, '2024-10-30 12:00', 1 FROM generate_series(0, 2) i;
SELECT winback.record_event(26, 'conflict') IS NOT NULL AS recorded;
SELECT * FROM todo WHERE client = 26;
UPDATE winback.playbook SET enabled = true WHERE playbook = 'visit';
SELECT tasks_opened, tasks_cancelled FROM winback.sweep();
SELECT * FROM going WHERE client = 26;

-- At risk, too; and what began before the loss goes on after it.
INSERT INTO winback.segment (name, status, playbook) VALUES ('slowing', 'at_risk', 'visit');
INSERT INTO customer VALUES (30, 'ann', 'west');
INSERT INTO purchase VALUES (500, 30, '2024-10-30 12:00', 1);
SET winback.as_of = '2024-12-30 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 30;
SET winback.as_of = '2025-01-30 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT status FROM winback.clients WHERE client_id = 30;
SELECT * FROM going WHERE client = 30;

-- What no segment can be.
INSERT INTO winback.segment (name, status, playbook) VALUES ('buyers', 'active', 'visit');
INSERT INTO winback.segment (name, abc) VALUES ('second', '{D}');
INSERT INTO winback.segment (name, playbook) VALUES ('unknown', 'none');
INSERT INTO winback.segment (name, ground) VALUES ('liked', 'sympathy');

-- A client that is forgotten is no member any more; one that is merged is its successor's.
SELECT winback.merge_clients(9, 8);
SELECT winback.record_event(8, 'conflict') IS NOT NULL AS recorded;
SELECT * FROM going WHERE client IN (8, 9) ORDER BY process;
DELETE FROM purchase WHERE client = 4;
DELETE FROM customer WHERE id = 4;
SELECT winback.erase_client(4);
SELECT client_id FROM winback.segment_member ORDER BY 1;
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;
