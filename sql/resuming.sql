-- Processes that were cut short go on when the reason turns out to be wrong, or ends; and what ends them by hand.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text, no_calls boolean DEFAULT false);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric, cancelled boolean DEFAULT false);
CREATE INDEX ON purchase (client);
INSERT INTO customer SELECT i, 'ann' FROM generate_series(1, 12) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 * i FROM generate_series(1, 9) i;
INSERT INTO purchase VALUES (10, 10, '2024-05-20 12:00', 100);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', counts_when => 'NOT cancelled');
SELECT tasks_opened FROM winback.sweep();
CREATE VIEW going AS
SELECT process_id AS process, client_id AS client, state, step, number, waits_for, reason FROM winback.process;
CREATE VIEW todo AS SELECT client_id AS client, kind, assignee, process_id AS process, step FROM winback.open_tasks;
CREATE FUNCTION does(client int, outcome text) RETURNS void
LANGUAGE sql AS 'SELECT winback.complete_task(task_id, $2) FROM winback.task
                  WHERE client_id = $1 AND status = ''open'' AND process_id IS NOT NULL';
BEGIN;
INSERT INTO winback.playbook (playbook, title) VALUES ('ask', 'Ask once');
INSERT INTO winback.playbook_step (playbook, step, position, kind) VALUES ('ask', 'ask', 1, 'letter');
INSERT INTO winback.playbook_path (playbook, step, outcome, end_state) VALUES
    ('ask', 'ask', 'gone', 'written_off'), ('ask', 'ask', 'silent', 'gave_up');
COMMIT;

-- An order ends the process: returned. It is cancelled: the client is lost as before, and is worked on where it was.
SELECT winback.start_process(1, 'return');
SELECT does(1, 'price');
SELECT * FROM going WHERE client = 1;
INSERT INTO purchase VALUES (101, 1, '2024-06-03 09:00', 50);
SELECT * FROM going WHERE client = 1;
SELECT status, times_returned FROM winback.clients WHERE client_id = 1;
UPDATE purchase SET cancelled = true WHERE id = 101;
SELECT * FROM going WHERE client = 1;
SELECT * FROM todo WHERE client = 1;
SELECT number, step, outcome, cost FROM winback.process_step WHERE process_id = 1 ORDER BY number;
SELECT returned, at_work FROM winback.campaign WHERE cause = 'price';
SELECT tasks_opened FROM winback.sweep();
-- The order is taken up again, and the next loss is another one.
UPDATE purchase SET cancelled = false WHERE id = 101;
SELECT * FROM going WHERE client = 1;
SELECT winback.record_event(1, 'conflict', '2024-06-03 10:00+00') IS NOT NULL AS recorded;
SELECT * FROM going WHERE client = 1;
SELECT * FROM todo WHERE client = 1;

-- Barred from contact, and free again; written off, and taken back.
SELECT winback.start_process(2, 'return'), winback.start_process(3, 'return');
UPDATE customer SET no_calls = true WHERE id = 2;
SELECT winback.write_off(3, 'moved abroad');
SELECT * FROM going WHERE client IN (2, 3) ORDER BY client;
UPDATE customer SET no_calls = false WHERE id = 2;
SELECT winback.take_back(3, 'a mistake');
SELECT * FROM going WHERE client IN (2, 3) ORDER BY client;
SELECT * FROM todo WHERE client IN (2, 3) ORDER BY client;
-- What the playbook itself has ended stays so, and what a supervisor has given up.
SELECT winback.start_process(4, 'ask');
SELECT does(4, 'gone');
SELECT winback.cancel_task(task_id, 'no use') FROM winback.task WHERE client_id = 2 AND status = 'open';
SELECT winback.take_back(4, 'he wrote to us');
UPDATE customer SET no_calls = NOT no_calls WHERE id = 2;
UPDATE customer SET no_calls = NOT no_calls WHERE id = 2;
SELECT * FROM going WHERE client IN (2, 4) ORDER BY client;
SELECT * FROM todo WHERE client IN (2, 4) ORDER BY client;

-- A control group stays one: neither a bar that is lifted nor an order that is cancelled brings its clients a task.
UPDATE winback.holdout_key SET key = '\x01';
UPDATE winback.playbook SET holdout = 90 WHERE playbook = 'return';
SELECT count(winback.start_process(client, 'return')) FROM generate_series(5, 9) client;
SELECT min(client_id) AS held FROM winback.process WHERE held_out \gset
SELECT count(*) FROM winback.process WHERE held_out AND state = 'running' AND client_id = :held;
UPDATE customer SET no_calls = true WHERE id = :held;
UPDATE customer SET no_calls = false WHERE id = :held;
INSERT INTO purchase VALUES (105, :held, '2024-06-03 09:00', 50);
DELETE FROM purchase WHERE id = 105;
SELECT winback.write_off(:held, 'x');
SELECT winback.take_back(:held, 'y');
SELECT tasks_opened FROM winback.sweep();
SELECT count(*) FROM winback.process WHERE held_out AND state = 'running' AND client_id = :held;
SELECT count(*) FROM todo WHERE client = :held;
UPDATE winback.playbook SET holdout = 0 WHERE playbook = 'return';

-- A process that waits for one cause to be fixed takes the branch of another one that is stated.
SELECT does(3, 'product_quality');
SELECT * FROM going WHERE client = 3;
SELECT winback.state_cause(3, 'price');
SELECT * FROM going WHERE client = 3;
SELECT * FROM todo WHERE client = 3;
SELECT number, step, outcome FROM winback.process_step WHERE process_id = 3 ORDER BY number;
UPDATE winback.cause SET fixed_on = '2024-06-03' WHERE cause = 'product_quality';
SELECT count(*) FROM winback.sweep();
SELECT * FROM going WHERE client = 3;

-- By hand, by a supervisor, and with a reason: also where there is no task to cancel.
SELECT does(3, 'made');
SELECT step, task_id IS NULL AS rests FROM winback.process WHERE process_id = 3;
SELECT winback.cancel_process(3, ' ');
SELECT winback.cancel_process(3, 'closed down');
SELECT * FROM going WHERE client = 3;
SELECT winback.cancel_process(3, 'again');
SELECT winback.cancel_process(999, 'x');
SELECT winback.cancel_process(process_id, 'x') FROM winback.process WHERE held_out AND client_id = :held;
SELECT winback.cancel_process(winback.start_process(3, 'return'), 'by mistake');
SELECT * FROM going WHERE client = 3 ORDER BY process;
SELECT status, outcome, closed_by IS NOT NULL AS by_hand FROM winback.task WHERE client_id = 3
 ORDER BY task_id DESC LIMIT 1;

-- What is found out and done while a client is but at risk is the loss's, too, when it is lost.
SET winback.as_of = '2024-07-25 12:00:00+00';
SELECT status FROM winback.clients WHERE client_id = 10;
SELECT winback.start_process(10, 'return') > 0 AS started;
SELECT does(10, 'service');
SET winback.as_of = '2024-08-25 12:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT lost_at, cause, stated_at FROM winback.loss WHERE client_id = 10;
SELECT result, processes, was_worked FROM winback.loss_result WHERE client_id = 10;

-- The sweep counts the tasks of the processes that it lets go on; the pool's are dealt when they are opened.
INSERT INTO customer VALUES (20);
INSERT INTO purchase VALUES (20, 20, '2024-01-10 12:00', 100);
SELECT winback.start_process(20, 'return') > 0 AS started;
INSERT INTO winback.return_manager (manager) VALUES ('zoe');
SELECT tasks_dealt FROM winback._sweep_batch(1000);
SELECT * FROM todo WHERE client = 20;
SELECT does(20, 'service');
UPDATE winback.cause SET fixed_on = '2024-08-25' WHERE cause = 'service';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM going WHERE client = 20;
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
DROP FUNCTION does;
