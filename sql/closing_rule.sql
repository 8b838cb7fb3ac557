--
-- A call task is done only with a real call.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Europe/Berlin';
CREATE EXTENSION winback;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';

CREATE TABLE calls (
    call_id  int PRIMARY KEY,
    customer int,
    started  timestamptz,
    seconds  int,
    agent    text,
    test     boolean NOT NULL DEFAULT false
);
CREATE INDEX ON calls (customer);
SELECT winback.watch_calls('calls', 'call_id', 'customer', 'started', 'seconds', 'agent', 'NOT test');

SET winback.as_of = '2024-03-01 10:00';
INSERT INTO winback.task (client_id, kind) VALUES (1, 'call'), (1, 'call'), (2, 'call');
INSERT INTO calls (call_id, customer, started, seconds, agent, test) VALUES
    (10, 1, '2024-03-01 09:59:59', 60,   'ann', false),
    (11, 1, '2024-03-01 10:00',    20,   'ann', false),
    (12, 1, '2024-03-01 10:00',    21,   'ann', false),
    (13, 2, '2024-03-01 11:00',    100,  'bob', false),
    (14, 1, '2024-03-01 11:00',    100,  'bob', true),
    (15, 1, '2024-03-01 11:00',    NULL, 'bob', false),
    (16, NULL, '2024-03-01 11:00', 100,  'bob', false),
    (17, 1, '2024-02-01 11:00',    3,    'bob', false);
SET winback.as_of = '2024-03-02 10:00';
SELECT * FROM winback.task_calls ORDER BY task_id, call_id;

--
-- What will not do, and why
--
SELECT winback.complete_task(1, 'reached');
SELECT winback.complete_task(1, 'reached', NULL);
SELECT winback.complete_task(1, 'reached', 10);
SELECT winback.complete_task(1, 'reached', 11);
SELECT winback.complete_task(1, 'reached', 13);
SELECT winback.complete_task(1, 'reached', 14);
SELECT winback.complete_task(1, 'reached', 15);
SELECT winback.complete_task(1, 'reached', 16);
SELECT winback.complete_task(1, 'reached', 17);
SELECT winback.complete_task(1, 'reached', 'no such call');
SELECT winback.complete_task(1, ' ', 12);
SELECT winback.complete_task(1, NULL, 12);
SELECT winback.complete_task(1, 'reached', 12, call_source => 'winback.task');
SELECT winback.complete_task(4711, 'reached', 12);
SELECT winback.complete_task(NULL, 'reached', 12);

-- Nor by any other way.
UPDATE winback.task SET status = 'done' WHERE task_id = 1;
UPDATE winback.task SET status = 'done', outcome = 'reached' WHERE task_id = 1;
UPDATE winback.task SET status = 'done', outcome = 'reached', call_id = '11', closed_at = now(), closed_by = 'me'
 WHERE task_id = 1;
UPDATE winback.task SET status = 'done', outcome = 'reached', call_id = '10', opened_at = '2024-01-01'
 WHERE task_id = 1;
UPDATE winback.task SET status = 'done', outcome = 'reached', call_id = '13', client_id = 2 WHERE task_id = 1;
UPDATE winback.task SET status = 'done', outcome = 'reached', kind = 'other' WHERE task_id = 1;
UPDATE winback.task SET status = 'finished' WHERE task_id = 1;
MERGE INTO winback.task t USING (VALUES (1, '11')) v (task_id, call_id) ON t.task_id = v.task_id
    WHEN MATCHED THEN UPDATE SET status = 'done', outcome = 'reached', call_id = v.call_id;
INSERT INTO winback.task (task_id, client_id, kind) VALUES (1, 1, 'call')
    ON CONFLICT (task_id) DO UPDATE SET status = 'done', outcome = 'reached', call_id = '11';
INSERT INTO winback.task (client_id, kind, status, outcome, call_id, opened_at)
VALUES (1, 'call', 'done', 'reached', '12', '2024-01-01');
COPY winback.task (client_id, kind, status, outcome, call_id, opened_at) FROM stdin;
1	call	done	reached	12	2024-01-01
\.
-- One call cannot close two tasks, not even in one statement.
UPDATE winback.task SET status = 'done', outcome = 'reached', call_id = '12' WHERE task_id IN (1, 2);
SELECT task_id, status, outcome, call_id FROM winback.task ORDER BY task_id;

--
-- What will
--
SELECT winback.complete_task(1, 'reached', 12, 'will order in May');
SELECT task_id, status, closed_at, closed_by = current_user AS by_me, outcome, call_id, call_source, note
  FROM winback.task WHERE task_id = 1;
SELECT winback.complete_task(1, 'reached', 12);
SELECT winback.complete_task(2, 'reached', 12);
SELECT * FROM winback.task_calls ORDER BY task_id, call_id;

-- By other ways too; the id may have any type, and its table be named.
UPDATE winback.task SET status = 'done', outcome = 'reached', call_id = '13' WHERE task_id = 3;
INSERT INTO winback.task (client_id, kind) VALUES (1, 'call'), (1, 'call'), (1, 'call'), (1, 'call');
INSERT INTO calls VALUES (21, 1, '2024-03-02 10:01', 30), (22, 1, '2024-03-02 10:02', 30),
                         (23, 1, '2024-03-02 10:03', 30), (24, 1, '2024-03-02 10:04', 30.4);
SELECT winback.complete_task(t.task_id, 'reached', call_id => c.call_id)
  FROM winback.task t JOIN calls c ON c.call_id = 21 WHERE t.task_id = (SELECT min(task_id) FROM winback.open_tasks);
SELECT winback.complete_task(min(task_id), 'reached', '22'::varchar, call_source => 'calls') FROM winback.open_tasks;
SELECT winback.complete_task(min(task_id), 'reached', 23::numeric) FROM winback.open_tasks;
MERGE INTO winback.task t USING (SELECT min(task_id), '24' FROM winback.open_tasks) v (task_id, call_id)
    ON t.task_id = v.task_id
    WHEN MATCHED THEN UPDATE SET status = 'done', outcome = 'reached', call_id = v.call_id;
SELECT status, call_id, call_source FROM winback.task ORDER BY task_id;

-- A task that needs no call needs an outcome all the same, and the call it names must be a real one.
INSERT INTO winback.task (client_id, kind, title) VALUES (1, 'other', 'Send the catalogue')
RETURNING task_id AS other \gset
SELECT winback.complete_task(:other, '');
SELECT winback.complete_task(:other, 'sent', 11);
SELECT winback.complete_task(:other, 'sent');

--
-- A start that is a mere date is held against the day of opening; two tables may have the same id.
--
CREATE TABLE phone_log (id text PRIMARY KEY, customer int, day date, length interval);
CREATE INDEX ON phone_log (customer);
SELECT winback.watch_calls('phone_log', 'id', 'customer', 'day', 'length');
INSERT INTO winback.task (client_id, kind) VALUES (3, 'call'), (3, 'call');
SELECT min(task_id) AS first, max(task_id) AS second FROM winback.open_tasks WHERE client_id = 3 \gset
INSERT INTO phone_log VALUES ('31', 3, '2024-03-01', '1 min'), ('32', 3, '2024-03-02', '1 min');
INSERT INTO calls VALUES (32, 3, '2024-03-02 10:30', 45);
SELECT winback.complete_task(:first, 'reached', 31);
SELECT winback.complete_task(:first, 'reached', 32);
SELECT winback.complete_task(:first, 'reached', 32, call_source => 'phone_log');
SELECT winback.complete_task(:second, 'reached', 32, call_source => 'phone_log');
SELECT winback.complete_task(:second, 'reached', 32, call_source => 'calls');
SELECT call_id, call_source, status FROM winback.task WHERE task_id IN (:first, :second) ORDER BY task_id;

-- The hint lists five calls at most.
INSERT INTO winback.task (client_id, kind) VALUES (4, 'call') RETURNING task_id AS many \gset
INSERT INTO calls
    SELECT 40 + i, 4, timestamptz '2024-03-02 11:00' + i * interval '1 min', 60 FROM generate_series(1, 7) i;
SELECT winback.complete_task(:many, 'reached');

--
-- A call written in the same transaction serves, if it still does at commit.
--
SELECT winback.record_event(5, 'nps', value => 3) IS NOT NULL AS lost;
SELECT task_id AS lost FROM winback.open_tasks WHERE client_id = 5 AND kind = 'call_lost_client' \gset
CREATE VIEW state AS
    SELECT status, call_id, call_source, closed_at IS NOT NULL AS closed, evidence_withdrawn
      FROM winback.task WHERE client_id = 5 ORDER BY task_id;
BEGIN;
INSERT INTO calls VALUES (51, 5, '2024-03-02 12:00', 60);
SELECT winback.complete_task(:lost, 'reached', 51);
DELETE FROM calls WHERE call_id = 51;
COMMIT;
SELECT * FROM state;
SELECT reopened FROM winback.open_tasks WHERE task_id = :lost;
BEGIN;
INSERT INTO calls VALUES (51, 5, '2024-03-02 12:00', 60);
SELECT winback.complete_task(:lost, 'reached', 51);
COMMIT;
SELECT * FROM state;

-- Evidence that is lost later opens the task again: shortened, re-keyed, no longer counting, deleted.
UPDATE calls SET seconds = 20 WHERE call_id = 51;
SELECT status FROM state;
SELECT winback.complete_task(:lost, 'reached', 51);
UPDATE calls SET seconds = 21 WHERE call_id = 51;
SELECT winback.complete_task(:lost, 'reached', 51);
UPDATE calls SET customer = 6 WHERE call_id = 51;
SELECT status FROM state;
SELECT winback.complete_task(:lost, 'reached', 51);
UPDATE calls SET customer = 5 WHERE call_id = 51;
SELECT winback.complete_task(:lost, 'reached', 51);
UPDATE calls SET call_id = 52 WHERE call_id = 51;
SELECT status FROM state;
SELECT winback.complete_task(:lost, 'reached', 52);
UPDATE calls SET test = true WHERE call_id = 52;
SELECT status FROM state;
UPDATE calls SET test = false WHERE call_id = 52;
SELECT winback.complete_task(:lost, 'reached', 52);
DELETE FROM calls WHERE call_id = 52;
SELECT status FROM state;
-- So does what winback could not see, once it reads all again.
INSERT INTO calls VALUES (54, 5, '2024-03-02 12:00', 60);
SELECT winback.complete_task(:lost, 'reached', 54);
ALTER TABLE calls DISABLE TRIGGER USER;
DELETE FROM calls WHERE call_id = 54;
SELECT status FROM state;
SELECT winback.reattach('calls');
SELECT status FROM state;
INSERT INTO calls VALUES (54, 5, '2024-03-02 12:00', 60);
SELECT winback.complete_task(:lost, 'reached', 54);
BEGIN;
ALTER TABLE calls ALTER seconds TYPE numeric USING seconds / 10.0;
COMMIT;
SELECT status FROM state;
DELETE FROM calls WHERE call_id = 54;

-- One call task a client is open: where one is, another that lost its evidence is only marked.
INSERT INTO calls VALUES (55, 5, '2024-03-02 12:00', 60);
INSERT INTO winback.task (client_id, kind, status, outcome, call_id)
VALUES (5, 'call_lost_client', 'done', 'reached beside it', '55');
DELETE FROM calls WHERE call_id = 55;
SELECT * FROM state;
-- That call is back, and has closed a task still; as another client's it is free.
INSERT INTO calls VALUES (55, 5, '2024-03-02 12:00', 60);
INSERT INTO winback.task (client_id, kind) VALUES (5, 'call'), (6, 'call');
SELECT winback.complete_task(task_id, 'reached', 55) FROM winback.task WHERE client_id = 5 AND kind = 'call';
UPDATE calls SET customer = 6 WHERE call_id = 55;
SELECT winback.complete_task(task_id, 'reached', 55) FROM winback.task WHERE client_id = 6;
SELECT client_id, kind, status, evidence_withdrawn FROM winback.task WHERE call_id = '55' ORDER BY client_id;
SELECT client_id, reason FROM winback.stale;
SELECT winback.rebuild() > 0 AS rebuilt;

-- What does not touch the evidence opens nothing; nor does a change of the policy.
INSERT INTO calls VALUES (53, 5, '2024-03-02 12:00', 60);
SELECT winback.complete_task(:lost, 'reached', 53);
UPDATE calls SET agent = 'cid', seconds = 30 WHERE call_id = 53;
UPDATE winback.policy SET contact_seconds = 1000;
SELECT * FROM state;
UPDATE winback.policy SET contact_seconds = 20;

-- Once that loss is over the task stays done, and is marked.
SET winback.as_of = '2024-03-03 10:00';
SELECT winback.record_event(5, 'nps', value => 9) IS NOT NULL AS recovered;
DELETE FROM calls WHERE call_id = 53;
SELECT * FROM state;

-- The end of a watch takes no evidence away.
SELECT winback.unwatch('phone_log');
SELECT status, call_id, call_source, evidence_withdrawn FROM winback.task WHERE task_id = :first;

--
-- Every refusal has a class that an application can tell, and a hint.
--
DO $$
DECLARE
    attempt text;
    state   text;
    hint    text;
BEGIN
    INSERT INTO winback.task (client_id, kind) VALUES (3, 'call');
    FOREACH attempt IN ARRAY ARRAY[
        'SELECT winback.complete_task(max(task_id), ''x'') FROM winback.open_tasks',
        'SELECT winback.complete_task(max(task_id), ''x'', 32) FROM winback.open_tasks',
        'SELECT winback.complete_task(max(task_id), ''x'', ''none'') FROM winback.open_tasks',
        'SELECT winback.complete_task(max(task_id), NULL) FROM winback.open_tasks',
        'SELECT winback.complete_task(0, ''x'')',
        'SELECT winback.complete_task(1, ''x'')',
        'SELECT winback.cancel_task(1, ''x'')',
        'SELECT winback.cancel_task(0, ''x'')',
        'SELECT winback.cancel_task(1, NULL)',
        'INSERT INTO winback.task (client_id, kind) VALUES (1, ''dance'')',
        'INSERT INTO winback.task (client_id, kind, outcome) VALUES (1, ''call'', ''x'')',
        'INSERT INTO winback.task (client_id, kind, status) VALUES (1, ''call'', ''cancelled'')',
        'UPDATE winback.task SET status = ''cancelled'' WHERE status = ''open''',
        'UPDATE winback.task SET status = ''open'' WHERE status = ''done''',
        'UPDATE winback.task SET outcome = ''x'' WHERE status = ''done''',
        'UPDATE winback.task SET opened_at = opened_at - interval ''1 day''',
        'DELETE FROM winback.task',
        'TRUNCATE winback.task']
    LOOP
        BEGIN
            EXECUTE attempt;
            RAISE WARNING 'not refused: %', attempt;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
            IF left(state, 2) NOT IN ('22', '23', '42', '0A') OR hint = '' THEN
                RAISE WARNING '% [%] %', attempt, state, hint;
            END IF;
        END;
    END LOOP;
END
$$;

--
-- A call goes by the same name however the session that removes it writes bytes and days
--
CREATE TABLE radio (id bytea, customer int, started timestamptz, seconds int);
CREATE TABLE visit (id date, customer int, started timestamptz, seconds int);
CREATE INDEX ON radio (customer);
CREATE INDEX ON visit (customer);
SELECT winback.watch_calls('radio', 'id', 'customer', 'started', 'seconds');
SELECT winback.watch_calls('visit', 'id', 'customer', 'started', 'seconds');
INSERT INTO winback.task (client_id, kind) VALUES (40, 'call'), (41, 'call');
INSERT INTO radio VALUES ('\x01ff', 40, winback.now(), 60);
INSERT INTO visit VALUES ('2024-03-05', 41, winback.now(), 60);
SELECT winback.complete_task(task_id, 'reached', '\x01ff') FROM winback.task WHERE client_id = 40;
SELECT winback.complete_task(task_id, 'reached', '2024-03-05') FROM winback.task WHERE client_id = 41;
SET bytea_output = 'escape';
SET DateStyle = 'German';
DELETE FROM radio;
DELETE FROM visit;
RESET bytea_output;
RESET DateStyle;
SELECT client_id, status, call_id, evidence_withdrawn FROM winback.task WHERE client_id IN (40, 41) ORDER BY task_id;

--
-- What was refused above left nothing behind; the next sweep writes it down, once, and not before it commits
--
SELECT count(*) FROM winback.refused_closing;
BEGIN;
SAVEPOINT before;
SELECT 1 FROM winback.sweep();
SELECT count(*) > 0 AS some FROM winback.refused_closing;
ROLLBACK TO before;
COMMIT;
BEGIN;
SAVEPOINT before;
SELECT 1 FROM winback.sweep();
RELEASE before;
ROLLBACK;
SELECT count(*) FROM winback.refused_closing;
SELECT 1 FROM winback.sweep();
SELECT 1 FROM winback.sweep();
SELECT t.client_id, t.kind, r.why, count(*), count(*) FILTER (WHERE r.refused_by = session_user) AS by_us,
       min(r.refused_at), max(r.refused_at)
  FROM winback.refused_closing r JOIN winback.task t USING (task_id)
 GROUP BY t.client_id, t.kind, r.why ORDER BY t.client_id, t.kind, r.why;
SELECT month, manager, kind, tasks, refused_closings FROM winback.manager_discipline ORDER BY month, manager, kind;

--
-- A call without a time zone closes a task in the policy's; that the policy has another one later reopens nothing, but
-- a call that is gone does
--
CREATE TABLE local_call (id int, customer int, started timestamp, seconds int);
CREATE TABLE daily_call (id int, customer int, started date, seconds int);
CREATE TABLE cast_call (id int, customer int, started timestamp, seconds int);
CREATE INDEX ON local_call (customer);
CREATE INDEX ON daily_call (customer);
CREATE INDEX ON cast_call (customer);
SELECT winback.watch_calls('local_call', 'id', 'customer', 'started', 'seconds');
SELECT winback.watch_calls('daily_call', 'id', 'customer', 'started', 'seconds');
SELECT winback.watch_calls('cast_call', 'id', 'customer', 'started::timestamptz', 'seconds');
SET winback.as_of = '2024-03-05 03:00+00';
UPDATE winback.policy SET timezone = 'America/New_York';
SELECT winback.record_event(c, 'nps', value => 0) > 0 AS lost FROM generate_series(50, 52) c;
SELECT 1 FROM winback.sweep();
INSERT INTO local_call VALUES (1, 50, '2024-03-04 22:00', 60);
INSERT INTO daily_call VALUES (2, 51, '2024-03-04', 60);
INSERT INTO cast_call VALUES (3, 52, '2024-03-04 22:00', 60);
SELECT winback.complete_task(task_id, 'reached', (client_id - 49)::text) FROM winback.task
 WHERE client_id BETWEEN 50 AND 52;
UPDATE winback.policy SET timezone = 'Asia/Tokyo';
SELECT winback.rebuild() > 0 AS rebuilt;
UPDATE local_call SET seconds = 61;
UPDATE daily_call SET seconds = 61;
UPDATE cast_call SET seconds = 61;
SELECT client_id, status, evidence_withdrawn FROM winback.task WHERE client_id BETWEEN 50 AND 52 ORDER BY client_id;
UPDATE local_call SET seconds = 1;
DELETE FROM daily_call;
UPDATE cast_call SET customer = 50;
SELECT client_id, status, evidence_withdrawn FROM winback.task WHERE client_id BETWEEN 50 AND 52 ORDER BY client_id;

DROP VIEW state;
DROP SCHEMA winback CASCADE;
DROP TABLE calls, phone_log, radio, visit, local_call, daily_call, cast_call;
