-- Control groups: a share of those who enter a playbook, drawn by chance, is never worked.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-01-20 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON purchase (client);
CREATE INDEX ON call (client);
INSERT INTO customer SELECT i, 'ann' FROM generate_series(1, 200) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 FROM generate_series(1, 200) i;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');

-- The key is drawn by init(), another one in each database; for this test it is a known one.
SELECT length(key) FROM winback.holdout_key;
UPDATE winback.holdout_key SET key = '\x00';
INSERT INTO winback.task_kind (kind, needs_call, title) VALUES ('deliver', false, 'Deliver');
INSERT INTO winback.task (client_id, kind) SELECT i, 'deliver' FROM generate_series(1, 200) i;

-- A fifth of those who enter.
UPDATE winback.playbook SET holdout = 20 WHERE playbook = 'return';
UPDATE winback.segment SET abc = NULL, playbook = 'return' WHERE name = 'desired_returners';
SET winback.as_of = '2024-04-20 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT held_out, state, number, count(*), min(holdout) AS holdout FROM winback.process GROUP BY 1, 2, 3 ORDER BY 1;
CREATE TABLE held AS SELECT client_id AS client FROM winback.process WHERE held_out;
-- A playbook that is changed makes a version of it; its share does not.
SELECT playbook, max(version) FROM winback.playbook_version GROUP BY 1;
-- What has nothing to do with the loss stays; there is nothing else to do for them.
SELECT t.kind, t.client_id IN (TABLE held) AS held_out, t.status, count(*)
  FROM winback.task t GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT min(client) AS client FROM held \gset

-- No task, by whatever way, until the loss is over.
INSERT INTO winback.task (client_id, kind) VALUES (:client, 'call');
COPY winback.task (client_id, kind) FROM stdin;
6	deliver
\.
SELECT winback.start_process(:client, 'return');
INSERT INTO winback.task_kind (kind, needs_call, title) VALUES ('visit', false, 'Visit');
BEGIN;
INSERT INTO winback.playbook (playbook, title) VALUES ('visit', 'Visit');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES ('visit', 'visit', 1, 'visit');
INSERT INTO winback.playbook_path (playbook, step, outcome, end_state) VALUES ('visit', 'visit', 'done', 'gave_up');
COMMIT;
SELECT winback.start_process(:client, 'visit');
INSERT INTO winback.segment (name, playbook) VALUES ('all of them', 'visit');
SET winback.as_of = '2024-05-20 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT t.kind, t.status, count(*) FROM winback.task t WHERE t.client_id IN (TABLE held) GROUP BY 1, 2;
-- A call that is made all the same is a contact, and no task.
INSERT INTO call VALUES (1, :client, '2024-05-20 12:00', 60);
SELECT last_contact_at, next_contact_on, open_tasks FROM winback.clients WHERE client_id = :client;
SELECT topic, sentence FROM winback.explain(:client) WHERE topic IN ('contact', 'process');
SELECT what FROM jsonb_to_recordset(winback.client_card(:client) -> 'next') n (what text);
SELECT count(*) FROM winback._life_marks(:'client') WHERE style = 'ahead';
-- Nor does an administrator take it out of the control group: processes are begun and cancelled, but not written.
CREATE ROLE regress_winback_admin_h;
SELECT winback.grant_admin('regress_winback_admin_h');
SET ROLE regress_winback_admin_h;
UPDATE winback.process SET held_out = false WHERE client_id = :client;
UPDATE winback.process SET state = 'gave_up' WHERE client_id = :client AND state = 'running';
UPDATE winback.process_step SET cost = 1000;
INSERT INTO winback.process (client_id, playbook, held_out) VALUES (:client, 'return', false);
SELECT winback.cancel_process(process_id, 'x') FROM winback.process WHERE client_id = :client;
RESET ROLE;

-- They come back by themselves, or do not; whoever is lost another time has another lot.
INSERT INTO purchase SELECT 1000 + client, client, '2024-05-20 12:00', 50 FROM held;
SELECT held_out, state, count(*) FROM winback.process GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FROM winback.process_step JOIN winback.process USING (process_id) WHERE held_out;
INSERT INTO winback.task (client_id, kind) VALUES (:client, 'call');
SET winback.as_of = '2024-09-20 12:00:00+00';
SELECT tasks_opened FROM winback.sweep();
SELECT held_out, count(*) FROM winback.process WHERE started_at = winback.now() GROUP BY 1 ORDER BY 1;

-- The same lot for the same loss: whoever is begun by hand cannot choose.
SELECT count(*) FROM winback.open_tasks t CROSS JOIN LATERAL winback.cancel_task(t.task_id, 'try again')
 WHERE t.step IS NOT NULL AND t.client_id <= 50;
SELECT count(winback.start_process(client_id, 'return'))
  FROM winback.process p
 WHERE state = 'gave_up' AND NOT EXISTS (SELECT FROM winback.process r
                                          WHERE r.client_id = p.client_id AND r.state = 'running');
SELECT count(*) FILTER (WHERE held_out) AS held_out, count(*) FROM winback.process
 WHERE started_at = winback.now() AND segment IS NULL;
-- A client that is being worked already draws no lot.
DELETE FROM winback.segment WHERE name = 'all of them';
UPDATE winback.playbook SET holdout = 90 WHERE playbook = 'visit';
SELECT min(client_id) AS client FROM winback.process WHERE state = 'running' AND NOT held_out \gset
SELECT winback.start_process(:client, 'visit') IS NOT NULL AS started;
SELECT holdout, held_out FROM winback.process WHERE client_id = :client AND playbook = 'visit' AND state = 'running';

-- Written off, barred or merged, a client of the control group is so, too.
SELECT min(client_id) AS first, max(client_id) AS last FROM winback.process WHERE state = 'running' AND held_out \gset
SELECT winback.write_off(:first, 'gone');
SELECT winback.merge_clients(:last, 1);
SELECT state, held_out FROM winback.process
 WHERE client_id IN (:first, :last) AND held_out AND started_at = winback.now() ORDER BY 1;

-- Who may do everything may not foresee a lot.
CREATE ROLE winback_holdout_admin;
SELECT winback.grant_admin('winback_holdout_admin');
SET ROLE winback_holdout_admin;
SELECT * FROM winback.holdout_key;
RESET ROLE;
DROP OWNED BY winback_holdout_admin;
DROP ROLE winback_holdout_admin;
UPDATE winback.playbook SET holdout = 95 WHERE playbook = 'return';
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;
DROP OWNED BY regress_winback_admin_h;
DROP ROLE regress_winback_admin_h;
