-- Playbooks: a lost client is walked through steps that nobody can skip.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text, no_calls boolean DEFAULT false);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON purchase (client);
CREATE INDEX ON call (client);
INSERT INTO customer SELECT i, CASE WHEN i % 2 = 1 THEN 'ann' ELSE 'bob' END FROM generate_series(1, 9) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 * i FROM generate_series(1, 8) i;
INSERT INTO purchase VALUES (9, 9, '2024-06-01 12:00', 100);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT tasks_opened FROM winback.sweep();
CREATE VIEW todo AS
SELECT client_id AS client, kind, assignee, due_on, process_id AS process, step FROM winback.open_tasks;
CREATE VIEW going AS
SELECT process_id AS process, client_id AS client, state, step, wakes_at, waits_for FROM winback.process;
-- Does the open task of a client's process.
CREATE FUNCTION does(client int, outcome text, call_id text DEFAULT NULL, note text DEFAULT NULL) RETURNS void
LANGUAGE sql AS 'SELECT winback.complete_task(task_id, $2, $3, $4) FROM winback.task
                  WHERE client_id = $1 AND status = ''open'' AND process_id IS NOT NULL';

-- A process takes the place of the client's call task.
SELECT client, kind FROM todo ORDER BY client;
SELECT winback.start_process(1, 'return');
SELECT * FROM todo WHERE client = 1;
SELECT kind, status, outcome FROM winback.task WHERE client_id = 1 ORDER BY task_id;
SELECT tasks_opened FROM winback.sweep();

-- A bad product. The cause that is found is that of the loss; nothing is done before it is fixed.
SELECT does(1, 'bad_weather');
UPDATE winback.task SET status = 'done', outcome = 'done' WHERE client_id = 1 AND status = 'open';
SELECT does(1, 'product_quality', note => 'the lid breaks');
SELECT cause, cause_note FROM winback.loss WHERE client_id = 1;
SELECT * FROM going WHERE client = 1;
SELECT count(*) FROM todo WHERE client = 1;
SET winback.as_of = '2024-06-20 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 1;
-- Setting the day continues the clients that were lost for that cause, and nobody else.
SELECT winback.start_process(2, 'return'), winback.start_process(3, 'return');
SELECT does(2, 'service'), does(3, 'product_quality');
UPDATE winback.cause SET fixed_on = '2024-06-21' WHERE cause = 'product_quality';
SELECT count(*) FROM winback.sweep();
SELECT * FROM going ORDER BY process;
SET winback.as_of = '2024-06-21 00:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT * FROM going ORDER BY process;
SELECT * FROM todo WHERE process IS NOT NULL ORDER BY client;
-- Who comes to it after that does not wait.
SELECT winback.start_process(4, 'return');
SELECT does(4, 'product_quality');
SELECT * FROM going WHERE client = 4;
-- Guarantee, meeting, the offer is made, and the client buys.
SELECT does(1, 'accepted');
SELECT does(1, 'held');
SELECT * FROM going WHERE client = 1;
INSERT INTO purchase VALUES (20, 1, '2024-06-21 10:00', 500);
SELECT * FROM going WHERE client = 1;
SELECT number, step, outcome, entered_at, left_at FROM winback.process_step WHERE process_id = 1 ORDER BY number;
SELECT result, cause FROM winback.loss WHERE client_id = 1;

-- Price: a special offer. It is not answered in time, so the client is called; that takes a real call.
SELECT winback.start_process(5, 'return');
SELECT does(5, 'price');
SELECT does(5, 'made');
SELECT * FROM going WHERE client = 5;
SET winback.as_of = '2024-07-21 00:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT * FROM todo WHERE client = 5;
SELECT does(5, 'thinks_it_over');
INSERT INTO call VALUES (1, 5, '2024-07-21 00:00:00', 20), (2, 5, '2024-07-21 00:00', 21);
SELECT does(5, 'thinks_it_over', '1');
SELECT does(5, 'thinks_it_over', '2');
SELECT * FROM going WHERE client = 5;

-- A survey is needed: the branch is that of the answer.
SELECT winback.start_process(6, 'return');
SELECT does(6, 'survey_needed');
SELECT script, node, question FROM winback.task t CROSS JOIN winback.survey_next(t.task_id)
 WHERE client_id = 6 AND status = 'open';
INSERT INTO call VALUES (3, 6, '2024-07-21 00:00', 20), (4, 6, '2024-07-21 00:00', 21);
SELECT does(6, 'competitor', '3', 'Acme');
SELECT does(6, 'competitor', '4');
SELECT does(6, 'competitor', '4', ' : 10 % off');
SELECT does(6, 'competitor', '4', 'Acme : 10 % off: all year ');
SELECT cause, competitor, competitor_offer, cause_note FROM winback.loss WHERE client_id = 6;
SELECT * FROM going WHERE client = 6;

-- How processes end otherwise: barred, written off, cancelled by a supervisor, given up, merged.
UPDATE customer SET no_calls = true WHERE id = 6;
SELECT winback.write_off(3, 'moved abroad');
SELECT winback.cancel_task(task_id, 'not worth it') FROM winback.task WHERE client_id = 4 AND status = 'open';
SELECT winback.merge_clients(2, 8);
SELECT * FROM going WHERE state <> 'running' ORDER BY process;
SELECT client_id, kind, status, outcome FROM winback.task WHERE client_id IN (3, 4, 6) AND status = 'cancelled'
 ORDER BY task_id;
SET winback.as_of = '2024-08-20 00:00:00+00';
SELECT count(*) FROM winback.sweep();
INSERT INTO call VALUES (5, 5, '2024-08-20 00:00', 60);
SELECT does(5, 'gone_for_good', '5');
SELECT client_id, status FROM winback.clients WHERE client_id = 5;
SELECT state FROM winback.process WHERE client_id = 5;

-- Who cannot be brought back.
INSERT INTO purchase VALUES (21, 9, '2024-08-19 12:00', 1);
SELECT winback.start_process(9, 'return');
SELECT winback.start_process(6, 'return');
SELECT winback.start_process(99, 'return');
SELECT winback.start_process(7, 'nothing');
SELECT winback.start_process(NULL::int, 'return');
INSERT INTO winback.process (client_id, playbook) VALUES (7, 'return') RETURNING state, step;
SELECT winback.start_process(7, 'return');

-- What is told of it.
SELECT at, what, detail, who IS NOT NULL AS by_somebody FROM winback.life_cycle
 WHERE client_id = 5 AND (what LIKE 'process%' OR what LIKE 'task%' OR what = 'cause stated') ORDER BY position;
SELECT sentence FROM winback.explain(7) WHERE topic = 'process';
SELECT b ->> 'step' AS step, b ->> 'outcome' AS outcome, b -> 'cost' AS cost
  FROM jsonb_array_elements(winback.client_card(5) #> '{processes,0,steps}') b;
SELECT lane, style, label, title FROM winback._life_marks('5') WHERE lane = 'steps';
SELECT lane, style, label FROM unnest('{1,2,4}'::text[]) c (client), winback._life_marks(client) WHERE lane = 'steps';

-- A playbook of one's own is checked when it is saved.
INSERT INTO winback.playbook VALUES ('short', 'Two calls');
BEGIN;
INSERT INTO winback.playbook VALUES ('short', 'Two calls');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES ('short', 'first', 1, 'call');
COMMIT;
BEGIN;
INSERT INTO winback.playbook VALUES ('short', 'Two calls');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES ('short', 'first', 1, 'telepathy');
INSERT INTO winback.playbook_path VALUES ('short', 'first', 'reached', NULL, 'gave_up');
COMMIT;
BEGIN;
INSERT INTO winback.playbook VALUES ('short', 'Two calls');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES
    ('short', 'first', 1, 'call'), ('short', 'pause', 2, 'wait'), ('short', 'second', 3, 'call');
INSERT INTO winback.playbook_path VALUES
    ('short', 'first', 'reached', NULL, 'gave_up'), ('short', 'first', 'not reached', 'pause', NULL),
    ('short', 'pause', 'elapsed', 'first', NULL), ('short', 'second', 'reached', NULL, 'gave_up');
SAVEPOINT a;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO a;
-- A task may be done long before it is due; what waits for a cause to be fixed may find it so.
UPDATE winback.playbook_step SET due_after = '7 days' WHERE playbook = 'short' AND step = 'first';
UPDATE winback.playbook_step SET kind = 'wait_until_fixed' WHERE playbook = 'short' AND step = 'pause';
UPDATE winback.playbook_path SET outcome = 'fixed' WHERE playbook = 'short' AND step = 'pause';
INSERT INTO winback.playbook_path VALUES ('short', 'first', 'busy', 'second', NULL);
SAVEPOINT g;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO a;
UPDATE winback.playbook_path SET next_step = 'second' WHERE playbook = 'short' AND step = 'pause';
UPDATE winback.playbook_path SET next_step = 'first', end_state = NULL WHERE playbook = 'short' AND step = 'second';
SAVEPOINT b;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO b;
DELETE FROM winback.playbook_path WHERE playbook = 'short' AND step = 'first' AND outcome = 'reached';
SAVEPOINT c;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO c;
UPDATE winback.playbook_step SET due_after = '7 days' WHERE playbook = 'short' AND step = 'pause';
INSERT INTO winback.playbook_path VALUES ('short', 'pause', 'bored', NULL, 'gave_up');
SAVEPOINT d;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO d;
DELETE FROM winback.playbook_path WHERE playbook = 'short' AND outcome = 'bored';
UPDATE winback.playbook_path SET cause = 'competitor' WHERE playbook = 'short' AND step = 'pause';
SAVEPOINT f;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO f;
UPDATE winback.playbook_path SET cause = NULL WHERE playbook = 'short' AND step = 'pause';
INSERT INTO winback.playbook_path VALUES ('short', 'second', 'refused', NULL, 'gave_up');
UPDATE winback.playbook_step SET script = 'thirty questions' WHERE playbook = 'short' AND step = 'second';
SAVEPOINT e;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO e;
UPDATE winback.playbook_step SET script = 'nps' WHERE playbook = 'short' AND step = 'second';
UPDATE winback.script SET enabled = false WHERE script = 'nps';
SAVEPOINT h;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO h;
UPDATE winback.script SET enabled = true WHERE script = 'nps';
COMMIT;
SELECT playbook, version, definition ->> 'first' AS first FROM winback.playbook_version ORDER BY playbook, version;

-- A playbook in use may be changed: who walks it finishes on the version that it began with.
UPDATE customer SET no_calls = false WHERE id = 6;
SELECT winback.cancel_process(6, 'by the new playbook');
SELECT winback.start_process(6, 'short');
UPDATE winback.playbook_path SET outcome = 'no answer' WHERE playbook = 'short' AND outcome = 'not reached';
UPDATE winback.playbook_step SET due_after = '14 days' WHERE playbook = 'short' AND step = 'pause';
INSERT INTO call VALUES (6, 6, '2024-08-20 00:00', 60);
SELECT does(6, 'no answer', '6');
SELECT does(6, 'not reached', '6');
SELECT * FROM going WHERE client = 6 AND state = 'running';
SELECT playbook, version FROM winback.playbook_version WHERE playbook = 'short' ORDER BY version;
DELETE FROM winback.playbook WHERE playbook = 'short';
SET winback.as_of = '2024-08-27 00:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT * FROM going WHERE client = 6 AND state = 'running';
SELECT script, node FROM winback.task t CROSS JOIN winback.survey_next(t.task_id)
 WHERE client_id = 6 AND status = 'open';
SELECT winback.start_process(8, 'short');

-- The script by which it is asked stays until then.
UPDATE winback.script SET enabled = false WHERE script = 'nps';
DELETE FROM winback.script WHERE script = 'nps';
UPDATE winback.script SET enabled = false WHERE script = 'return_survey';
TRUNCATE winback.script CASCADE;
UPDATE winback.script SET title = 'Would you recommend us?' WHERE script = 'nps';

-- A cause may be renamed while processes are about it, and taken out of use while an outcome states it; not removed.
SELECT winback.start_process(8, 'return');
SELECT does(8, 'service');
UPDATE winback.cause SET cause = 'bad_service' WHERE cause = 'service';
UPDATE winback.cause SET enabled = false WHERE cause = 'price';
SELECT waits_for FROM winback.process WHERE client_id = 8 AND state = 'running';
SELECT definition #>> '{steps,survey_call,outcomes,service,cause}' AS cause FROM winback.playbook_version
 WHERE playbook = 'return' ORDER BY version;
DELETE FROM winback.cause WHERE cause = 'bad_service';
-- Another cause that is stated is gone by instead: waited for, where its branch begins so; else its branch is taken.
SELECT winback.state_cause(8, 'manager_changed');
SELECT waits_for FROM winback.process WHERE client_id = 8 AND state = 'running';
UPDATE winback.cause SET fixed_on = '2024-08-27' WHERE cause = 'manager_changed';
SELECT count(*) FROM winback.sweep();
SELECT step FROM winback.process WHERE client_id = 8 AND state = 'running';
SELECT winback.cancel_task(task_id, 'no use') FROM winback.process WHERE client_id = 8 AND state = 'running';
SELECT s.step, s.outcome, s.cost FROM winback.process_step s JOIN winback.process p USING (process_id)
 WHERE p.client_id = 8 ORDER BY s.process_id DESC, number DESC LIMIT 1;

-- Of a client that is only at risk there is no loss yet: the process keeps the cause.
UPDATE winback.rule SET after = '1 day' WHERE rule = 'slowing';
SET winback.as_of = '2024-08-28 12:00:00+00';
SELECT status FROM winback.clients WHERE client_id = 9;
SELECT winback.start_process(9, 'return');
SELECT does(9, 'price');
SELECT cause, step FROM winback.process WHERE client_id = 9;
SELECT count(*) FROM winback.loss WHERE client_id = 9 AND cause IS NOT NULL;

-- A process that cannot go on keeps no other.
INSERT INTO winback.task_kind VALUES ('fax', false, 'Send a fax');
BEGIN;
INSERT INTO winback.playbook VALUES ('by fax', 'A fax'), ('later', 'Later');
INSERT INTO winback.playbook_step (playbook, step, position, kind, due_after) VALUES
    ('by fax', 'pause', 1, 'wait', '1 day'), ('by fax', 'fax', 2, 'fax', '0'),
    ('later', 'pause', 1, 'wait', '1 day'), ('later', 'call', 2, 'call', '0');
INSERT INTO winback.playbook_path VALUES
    ('by fax', 'pause', 'elapsed', 'fax', NULL), ('by fax', 'fax', 'sent', NULL, 'gave_up'),
    ('later', 'pause', 'elapsed', 'call', NULL), ('later', 'call', 'reached', NULL, 'gave_up');
COMMIT;
SELECT winback.start_process(8, 'by fax'), winback.start_process(8, 'later');
CREATE FUNCTION jammed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the fax is jammed'; END $$;
CREATE TRIGGER jammed BEFORE INSERT ON winback.task FOR EACH ROW WHEN (NEW.kind = 'fax') EXECUTE FUNCTION jammed();
SET winback.as_of = '2024-08-29 12:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT playbook, step FROM winback.process WHERE client_id = 8 AND state = 'running' ORDER BY playbook;
DROP TRIGGER jammed ON winback.task;
-- What is in use, or has happened, stays; a playbook that is renamed keeps its past.
DELETE FROM winback.task_kind WHERE kind = 'fax';
DELETE FROM winback.process;
TRUNCATE winback.process_step;
DELETE FROM winback.playbook_version;
UPDATE winback.playbook SET playbook = 'later on' WHERE playbook = 'later';
SELECT playbook, version, state FROM winback.process WHERE client_id = 8 AND state = 'running' ORDER BY playbook;
UPDATE winback.playbook SET playbook = 'later' WHERE playbook = 'later on';
SELECT playbook, max(version) FROM winback.playbook_version WHERE playbook ~ 'later' GROUP BY 1;
-- Rows that move to another playbook change both; nothing is truncated.
UPDATE winback.playbook_path SET playbook = 'by fax', step = 'fax', outcome = 'other'
 WHERE playbook = 'later' AND step = 'call';
TRUNCATE winback.playbook_path;
-- The call task that is opened without a playbook is none of its steps.
BEGIN;
UPDATE winback.playbook_step SET kind = 'call_lost_client' WHERE playbook = 'later' AND step = 'call';
COMMIT;

SELECT winback.cancel_task(task_id, 'enough') FROM winback.process WHERE client_id = 8 AND task_id IS NOT NULL;

-- Agents start processes and do their tasks; the rest is not theirs to write.
CREATE ROLE regress_winback_agent_p;
SELECT winback.grant_agent('regress_winback_agent_p');
SET ROLE regress_winback_agent_p;
SELECT winback.start_process(8, 'return');
SELECT does(8, 'price');
UPDATE winback.task SET process_id = NULL WHERE client_id = 8 AND status = 'open';
SELECT step, started_by FROM winback.process WHERE client_id = 8 AND state = 'running';
UPDATE winback.process SET state = 'returned';
INSERT INTO winback.process (client_id, playbook, state) VALUES (8, 'return', 'returned');
DELETE FROM winback.playbook;
RESET ROLE;

-- An erased client's processes are counted on without it.
DELETE FROM purchase WHERE client = 7;
DELETE FROM customer WHERE id = 7;
SELECT winback.erase_client(7);
SELECT client_id, playbook, state, step FROM winback.process WHERE client_id IS NULL;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase, call CASCADE;
DROP FUNCTION does;
DROP ROLE regress_winback_agent_p;
