-- A cause is fixed: the clients lost for it are worked on at the pace that the managers' capacity allows.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
-- Of forty clients the odd ones are ann's, but for the last ten, who are nobody's; each is worth more than the one
-- before.
INSERT INTO customer
SELECT i, CASE WHEN i > 30 THEN NULL WHEN i % 2 = 1 THEN 'ann' WHEN i % 4 = 0 THEN 'bob' ELSE 'carl' END
  FROM generate_series(1, 40) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 * i FROM generate_series(1, 40) i;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT status_changes FROM winback.sweep();
-- Every client has a process that waits: for the product, the last two of all, for the service.
SELECT count(winback.start_process(i, 'return')) FROM generate_series(1, 40) i;
SELECT count(winback.complete_task(task_id, CASE WHEN client_id > 38 THEN 'service' ELSE 'product_quality' END))
  FROM winback.task WHERE status = 'open';
CREATE VIEW going_on AS
SELECT coalesce(c.manager, 'the pool') AS whose, count(*) FILTER (WHERE p.waits_for IS NOT NULL) AS waiting,
       array_agg(p.client_id ORDER BY p.client_id DESC) FILTER (WHERE p.waits_for IS NULL) AS clients
  FROM winback.process p JOIN winback.client c USING (client_id) WHERE p.state = 'running'
 GROUP BY c.manager ORDER BY c.manager;
CREATE VIEW tasks AS
SELECT coalesce(t.assignee, 'the pool') AS whose, count(*) FROM winback.task t WHERE t.status = 'open'
 GROUP BY t.assignee ORDER BY t.assignee;

-- Two managers, of capacity 5 and 3. Bob has a task already. Carl is no member: his clients wait for nobody.
INSERT INTO winback.return_manager (manager, capacity) VALUES ('ann', 5), ('bob', 3);
INSERT INTO winback.task (client_id, kind, assignee) VALUES (4, 'other', 'bob');
UPDATE winback.cause SET fixed_on = '2024-06-03' WHERE cause = 'product_quality';
SELECT skipped FROM winback.sweep();
-- After the same silence the most valuable first, of each as many as there is room for. The pool gets what both have
-- left, which is nothing.
SELECT * FROM going_on;
SELECT * FROM tasks;
SELECT skipped FROM winback.sweep();
SELECT * FROM tasks;
SELECT more, processes_woken, next_due_at FROM winback._sweep_batch(3);

-- What is said of a client whose cause is fixed, and of one whose cause is not.
SELECT client_id, sentence FROM unnest('{1,31,40}'::int[]) c (client_id), winback.explain(client_id)
 WHERE topic = 'process' ORDER BY client_id;
SELECT waits_for, why, count(*) FROM winback.stalled_processes GROUP BY 1, 2 ORDER BY 1, 2;

-- A task that is done makes no room, for the next step is hers, too. The next portion when there is: here for two.
SELECT count(winback.complete_task(task_id, 'declined')) FROM winback.task
 WHERE assignee = 'ann' AND status = 'open' AND client_id IN (25, 23);
SELECT processes_woken FROM winback._sweep_batch(100);
SELECT winback.write_off(29, 'closed down'), winback.write_off(27, 'moved abroad');
SELECT * FROM tasks;
SELECT processes_woken FROM winback._sweep_batch(100);
SELECT * FROM going_on;
SELECT * FROM tasks;

-- More room for bob, of which the pool gets what his own clients leave; ann is away, and has none.
INSERT INTO winback.absence VALUES ('ann', '2024-06-03', '2024-06-05');
UPDATE winback.return_manager SET capacity = 20;
SELECT next_due_at FROM winback._sweep_batch(100);
SELECT * FROM going_on;
SELECT * FROM tasks;
-- She is back.
SET winback.as_of = '2024-06-06 00:00:00+00';
SELECT more, processes_woken, next_due_at FROM winback._sweep_batch(100);
SELECT * FROM going_on;

-- In batches: those who have no room fill none. Ann's clients come first, and have no room.
UPDATE winback.return_manager SET capacity = 1;
UPDATE winback.cause SET fixed_on = NULL WHERE cause = 'product_quality';
DELETE FROM winback.absence;
INSERT INTO customer SELECT i, CASE WHEN i > 55 THEN 'ann' ELSE 'carl' END FROM generate_series(51, 60) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 * i FROM generate_series(51, 60) i;
SELECT status_changes FROM winback.sweep();
SELECT count(winback.start_process(i, 'return')) FROM generate_series(51, 60) i;
SELECT count(winback.complete_task(task_id, 'service')) FROM winback.task WHERE client_id > 50 AND status = 'open';
UPDATE winback.cause SET fixed_on = '2024-06-06' WHERE cause = 'service';
SELECT more, processes_woken FROM winback._sweep_batch(2);
SELECT more, processes_woken FROM winback._sweep_batch(2);
SELECT more, processes_woken FROM winback._sweep_batch(2);
SELECT more, processes_woken FROM winback._sweep_batch(2);
SELECT client_id, waits_for, step FROM winback.process WHERE client_id > 38 AND state = 'running' ORDER BY client_id;
-- One that cannot go on takes no room from others, and is counted.
CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF NEW.client_id = 60 THEN RAISE EXCEPTION ''not this one''; END IF; RETURN NEW; END';
CREATE TRIGGER aa_refuses BEFORE INSERT ON winback.task FOR EACH ROW EXECUTE FUNCTION refuses();
UPDATE winback.return_manager r SET capacity = 1 + (SELECT count(*) FROM winback.task t
                                                     WHERE t.assignee = r.manager AND t.status = 'open')
 WHERE manager = 'ann';
SELECT processes_woken, skipped, failed FROM winback._sweep_batch(100);
SELECT client_id FROM winback.process WHERE client_id > 55 AND waits_for IS NULL ORDER BY client_id;
DROP TRIGGER aa_refuses ON winback.task;

-- A member without a capacity: no limit for her clients, nor for the pool. Each goes on once.
UPDATE winback.return_manager SET capacity = NULL WHERE manager = 'ann';
SELECT processes_woken FROM winback._sweep_batch(100);
SELECT processes_woken FROM winback._sweep_batch(100);

-- Of those for whom there is not room at once, those first of whom most is expected: not who was worth the most before
-- a long silence.
INSERT INTO customer VALUES (61, 'dave'), (62, 'dave'), (63, 'dave');
INSERT INTO purchase VALUES (61, 61, '2022-01-10 12:00', 500), (62, 62, '2024-01-10 12:00', 300),
                            (63, 63, '2024-01-10 12:00', 200);
UPDATE winback.cause SET fixed_on = NULL;
SELECT status_changes FROM winback.sweep();
SELECT count(winback.start_process(i, 'return')) FROM generate_series(61, 63) i;
SELECT count(winback.complete_task(task_id, 'service')) FROM winback.task WHERE client_id > 60 AND status = 'open';
SELECT client_id, period_revenue, p_return, expected_gain FROM winback.expected_gain WHERE client_id > 60 ORDER BY 1;
INSERT INTO winback.return_manager (manager, capacity) VALUES ('dave', 1);
UPDATE winback.cause SET fixed_on = '2024-06-06' WHERE cause = 'service';
SELECT processes_woken FROM winback._sweep_batch(100);
SELECT client_id, waits_for FROM winback.process WHERE client_id > 60 AND state = 'running' ORDER BY client_id;
UPDATE winback.return_manager SET capacity = 2 WHERE manager = 'dave';
SELECT processes_woken FROM winback._sweep_batch(100);
SELECT client_id, waits_for FROM winback.process WHERE client_id > 60 AND state = 'running' ORDER BY client_id;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
DROP FUNCTION refuses;
