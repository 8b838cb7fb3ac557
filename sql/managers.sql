--
-- Who does the tasks, and when: dealing, capacity, absence, hand-over, putting off, being late.
--
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Europe/Berlin';
CREATE EXTENSION winback;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';

CREATE TABLE customers (id int PRIMARY KEY, name text, manager text, silent boolean NOT NULL DEFAULT false);
CREATE TABLE orders (id int PRIMARY KEY, customer int, placed timestamptz, amount numeric);
CREATE TABLE calls (id int PRIMARY KEY, customer int, started timestamptz, seconds int, agent text);
CREATE INDEX ON orders (customer);
CREATE INDEX ON calls (customer);
SET winback.as_of = '2024-02-01 12:00';
SELECT winback.watch_clients('customers', 'id', 'name', 'manager', do_not_contact => 'silent');
SELECT winback.watch_orders('orders', 'customer', 'placed', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started', 'seconds', 'agent');

-- Calls each open task's client and closes it with that call.
CREATE FUNCTION work_off(worker text, most int DEFAULT 1000) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    task record;
    done bigint := 0;
BEGIN
    FOR task IN SELECT t.task_id, t.client_id FROM winback.task t
                 WHERE t.assignee = worker AND t.status = 'open' ORDER BY t.task_id LIMIT most LOOP
        INSERT INTO calls VALUES ((SELECT count(*) FROM calls) + 1, task.client_id, winback.now(), 60, worker);
        PERFORM winback.complete_task(task.task_id, 'will think', (SELECT count(*) FROM calls));
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
-- Who has how many open tasks, of which clients.
CREATE VIEW shares AS
SELECT coalesce(t.assignee, 'the pool') AS whose, count(*), array_agg(t.client_id ORDER BY t.client_id) AS clients
  FROM winback.task t WHERE t.status = 'open' GROUP BY t.assignee ORDER BY t.assignee NULLS LAST;

--
-- Forty losses of one day, the later ones the more valuable; one client has a manager of its own.
--
INSERT INTO customers SELECT i, 'Client ' || i, CASE WHEN i = 1 THEN 'ann' END FROM generate_series(1, 40) i;
INSERT INTO orders SELECT i, i, '2024-01-10 12:00', i * 10 FROM generate_series(1, 40) i;
SET winback.as_of = '2024-04-12 09:00';
-- Without members all stay in the pool.
SELECT tasks_opened, tasks_dealt FROM winback.sweep();
SELECT whose, count FROM shares;

-- Two managers, capacity 5: the most valuable clients first, in even shares; ann's own client takes room.
INSERT INTO winback.return_manager (manager, capacity) VALUES ('ann', 5), ('bob', 5);
SELECT tasks_opened, tasks_dealt FROM winback.sweep();
SELECT * FROM shares WHERE whose <> 'the pool';
SELECT tasks_dealt FROM winback.sweep();
-- The next portion comes when the last is worked off, not before.
SELECT work_off('bob', 4);
SELECT tasks_dealt FROM winback.sweep();
SELECT work_off('bob');
SELECT tasks_dealt FROM winback.sweep();
SELECT * FROM shares WHERE whose <> 'the pool';
UPDATE winback.return_manager SET refill_at = 2 WHERE manager = 'bob';
SELECT work_off('bob', 3);
SELECT tasks_dealt FROM winback.sweep();
SELECT whose, count FROM shares;

-- Who has no room takes nothing either, whichever way; a member's shortage is no one else's.
SELECT min(task_id) AS pooled FROM winback.task WHERE assignee IS NULL \gset
SELECT winback.take_task(:pooled, 'bob');
UPDATE winback.task SET assignee = 'bob' WHERE task_id = :pooled;
UPDATE winback.task SET assignee = 'ann' WHERE assignee IS NULL;
SELECT winback.next_task('bob');
SELECT winback.next_task('') IS NULL;
SELECT winback.take_task(:pooled, 'carol');
SELECT winback.take_task(:pooled, 'dora');
SELECT winback.take_task(0, 'dora');
-- The next task of the pool, in the order of the work list.
SELECT winback.next_task('carol') AS next \gset
SELECT client_id FROM winback.task WHERE task_id = :next;
SELECT from_assignee, to_assignee, assigned_by = session_user AS by_us, reason
  FROM winback.task_assignment WHERE to_assignee = 'carol' ORDER BY assignment_id;
-- What is not due yet is not dealt; what is nobody's client is not lost on the way.
INSERT INTO winback.task (client_id, kind, due_on) VALUES (40, 'other', '2024-05-12'), (39, 'other', NULL);
UPDATE winback.return_manager SET capacity = NULL, refill_at = 0;
INSERT INTO winback.return_manager VALUES ('zoe', 10, 0, false);
SELECT tasks_dealt FROM winback.sweep();
SELECT whose, count FROM shares;
SELECT assignee FROM winback.task WHERE client_id >= 39 AND kind = 'other' ORDER BY client_id;

--
-- Away: what is due meanwhile goes to the deputy, or to the pool, from which it comes back if nobody takes it.
--
UPDATE winback.return_manager SET enabled = false;
INSERT INTO winback.absence
VALUES ('ann', '2024-04-15', '2024-04-19', NULL), ('carol', '2024-04-15', '2024-04-19', 'dora'),
       ('dora', '2024-04-15', '2024-04-16', 'carol'), ('eve', '2024-04-15', '2024-04-16', 'zoe');
INSERT INTO winback.task (client_id, kind, due_on, assignee) VALUES (37, 'other', '2024-04-16', 'eve');
\set VERBOSITY terse
INSERT INTO winback.absence VALUES ('ann', '2024-04-19', '2024-04-30');
\set VERBOSITY default
INSERT INTO winback.absence VALUES ('bob', '2024-04-19', '2024-04-18');
INSERT INTO winback.absence VALUES ('bob', '2024-04-19', '2024-04-20', 'bob');
INSERT INTO winback.task (client_id, kind, due_on, assignee) VALUES (38, 'other', '2024-04-20', 'ann');
SELECT work_off('ann', 4), work_off('bob');
SELECT * FROM shares;
SELECT tasks_dealt FROM winback.sweep('2024-04-14 23:59');
SELECT whose, count FROM shares;
SELECT tasks_dealt FROM winback.sweep('2024-04-15 00:00');
-- With ann is what is due when she is back; carol's deputy is away himself.
SELECT whose, count FROM shares;
SET winback.as_of = '2024-04-17 09:00';
SELECT winback.take_task(task_id, 'ann') FROM winback.task WHERE assignee IS NULL ORDER BY task_id LIMIT 1;
SELECT winback.next_task('dora') AS next \gset
SELECT client_id FROM winback.task WHERE task_id = :next;
SELECT tasks_dealt FROM winback.sweep();
SELECT whose, count FROM shares;
SELECT tasks_dealt FROM winback.sweep('2024-04-20 00:00');
SELECT whose, count FROM shares;
SELECT from_assignee, to_assignee, assigned_by, reason, count(*)
  FROM winback.task_assignment WHERE assigned_by IS NULL AND reason <> 'dealt' GROUP BY 1, 2, 3, 4 ORDER BY 4, 1, 2;

-- Taken over, with what was said of it.
SET winback.as_of = '2024-04-20 09:00';
SELECT winback.hand_over('ann', 'eve', 'ann has left');
SELECT winback.hand_over('ann', 'eve');
SELECT winback.hand_over(NULL, 'eve');
SELECT whose, count FROM shares;
SELECT DISTINCT from_assignee, to_assignee, assigned_by = session_user AS by_us, reason, assigned_at
  FROM winback.task_assignment WHERE to_assignee = 'eve';
SELECT count(*) FROM winback.task WHERE change_reason IS NOT NULL;

--
-- Putting off: with a reason, three times at most, and to a working day.
--
UPDATE winback.policy SET working_days = '{1,2,3,4,5}';
INSERT INTO winback.calendar VALUES ('2024-04-29', false, 'a holiday'), ('2024-05-11', true, 'a working Saturday');
SELECT task_id AS put_off FROM winback.task WHERE assignee = 'eve' AND status = 'open' ORDER BY task_id LIMIT 1 \gset
SELECT winback.snooze_task(:put_off, '2024-04-24', '  ');
UPDATE winback.task SET due_on = '2024-04-24' WHERE task_id = :put_off;
UPDATE winback.task SET due_on = NULL, change_reason = 'some day' WHERE task_id = :put_off;
SELECT winback.snooze_task(:put_off, '2024-05-05', 'in a fortnight and a day');
SELECT winback.snooze_task(:put_off, '2024-04-19', 'yesterday');
SELECT winback.snooze_task(:put_off, '2024-04-10', 'earlier');
SELECT winback.snooze_task(0, '2024-04-24', 'no such task');
SELECT winback.snooze_task(:put_off, '2024-04-24', 'not at home');
UPDATE winback.task SET due_on = '2024-04-27', change_reason = 'still not at home' WHERE task_id = :put_off;
UPDATE winback.task SET due_on = '2024-04-23' WHERE task_id = :put_off;
SELECT winback.snooze_task(:put_off, '2024-05-04', 'asked to be called in May');
SELECT winback.snooze_task(:put_off, '2024-05-01', 'a fourth time');
SELECT winback.snooze_task(:put_off, '2024-05-10', 'a fourth time');
WITH later AS (SELECT '2024-05-03'::date AS on_day)
MERGE INTO winback.task t USING later ON t.task_id = :put_off
 WHEN MATCHED THEN UPDATE SET due_on = later.on_day + 4, change_reason = 'a fourth time';
SELECT due_on, until, snoozed_at, snoozed_by = session_user AS by_us, reason
  FROM winback.task_snooze ORDER BY snooze_id;
SELECT due_on, snoozes, overdue FROM winback.open_tasks WHERE task_id = :put_off;
-- A task without a day is put off by being given a later one than today.
INSERT INTO winback.task (client_id, kind, assignee) VALUES (37, 'other', 'eve') RETURNING task_id AS undated \gset
UPDATE winback.task SET due_on = '2024-04-22' WHERE task_id = :undated;
UPDATE winback.task SET due_on = '2024-04-20' WHERE task_id = :undated;
SELECT due_on, change_reason FROM winback.task WHERE task_id = :undated;
-- Done late, it is not made to be in time.
UPDATE winback.task SET status = 'done', outcome = 'sent', due_on = '2024-04-26', change_reason = 'x'
 WHERE task_id = :undated;
UPDATE winback.task SET status = 'done', outcome = 'sent', due_on = '2024-04-19' WHERE task_id = :undated;
SELECT winback.complete_task(:undated, 'sent');
SELECT winback.snooze_task(:undated, '2024-04-24', 'too late');
UPDATE winback.task SET change_reason = 'why' WHERE task_id = :undated;

--
-- Attempts: calls too short to count.
--
SELECT client_id AS tried FROM winback.task WHERE task_id = :put_off \gset
INSERT INTO calls VALUES (1001, :tried, '2024-04-20 08:00', 7, 'eve'), (1002, :tried, '2024-04-20 08:10', 20, 'eve'),
                         (1003, :tried, '2024-01-20 08:00', 7, 'ann');
SELECT attempts, last_attempt_at, calls FROM winback.open_tasks WHERE task_id = :put_off;

--
-- Quiet hours, over midnight, and days off.
--
CREATE VIEW when_to_call AS
SELECT due_on, callable_from, callable_now FROM winback.open_tasks WHERE task_id = :put_off;
SELECT * FROM when_to_call;
UPDATE winback.task SET due_on = '2024-04-19' WHERE task_id = :put_off;
UPDATE winback.policy SET quiet_from = '20:00', quiet_to = '08:30';
SET winback.as_of = '2024-04-19 07:00';
SELECT * FROM when_to_call;
SET winback.as_of = '2024-04-19 08:30';
SELECT * FROM when_to_call;
SET winback.as_of = '2024-04-18 19:59:59';
SELECT * FROM when_to_call;
SET winback.as_of = '2024-04-18 20:00';
SELECT * FROM when_to_call;
-- Friday night, before a weekend and a holiday.
SET winback.as_of = '2024-04-26 22:00';
SELECT * FROM when_to_call;
UPDATE winback.policy SET quiet_from = '12:00', quiet_to = '24:00';
SET winback.as_of = '2024-04-26 12:00';
SELECT * FROM when_to_call;
UPDATE winback.policy SET quiet_from = '00:00', quiet_to = '24:00';
UPDATE winback.policy SET quiet_from = '12:00', quiet_to = NULL;
UPDATE winback.policy SET quiet_from = NULL, quiet_to = NULL;
INSERT INTO winback.task (client_id, kind, due_on, assignee) VALUES (36, 'other', '5874897-12-31', 'never');
SELECT callable_from > '9999-12-30' AS far FROM winback.open_tasks WHERE assignee = 'never';

--
-- Overdue: the supervisor is told once when it comes to that, and again after a week.
--
DELETE FROM winback.calendar;
UPDATE winback.policy SET working_days = '{1,2,3,4,5,6,7}';
UPDATE customers SET silent = true;
DO $$ BEGIN PERFORM winback.complete_task(task_id, 'dropped') FROM winback.open_tasks; END $$;
SET winback.as_of = '2024-04-27 09:00';
INSERT INTO winback.task (client_id, kind, assignee, due_on)
VALUES (35, 'other', 'bob', '2024-04-30'), (34, 'other', NULL, '2024-04-01'), (33, 'other', 'bob', NULL);
CREATE VIEW notices AS
SELECT t.client_id, n.days, n.noticed_at, n.assignee, n.due_on
  FROM winback.overdue_notice n JOIN winback.task t USING (task_id)
 WHERE n.noticed_at >= '2024-04-28' ORDER BY n.notice_id;
SELECT skipped FROM winback.sweep('2024-04-29 23:59');
SELECT * FROM notices;
SELECT skipped FROM winback.sweep('2024-04-30 00:00');
SELECT skipped FROM winback.sweep('2024-04-30 12:00');
SELECT skipped FROM winback.sweep('2024-05-03 12:00');
SELECT skipped FROM winback.sweep('2024-05-06 12:00');
SELECT skipped FROM winback.sweep('2024-05-07 00:00');
SELECT * FROM notices;
SET winback.as_of = '2024-05-07 09:00';
SELECT client_id, assignee, due_on, overdue, attempts, snoozes, times_noticed, last_noticed_at
  FROM winback.overdue_tasks;
-- Put off, it is another day that it is late for.
SELECT winback.snooze_task(task_id, '2024-05-08', 'will be in on Wednesday')
  FROM winback.overdue_tasks WHERE client_id = 35;
SELECT skipped FROM winback.sweep('2024-05-10 12:00');
SELECT skipped FROM winback.sweep('2024-05-11 12:00');
SELECT * FROM notices WHERE noticed_at >= '2024-05-08';
-- Not again, where nobody wants that.
UPDATE winback.policy SET overdue_again_days = NULL;
SELECT skipped FROM winback.sweep('2024-06-11 12:00');
SELECT count(*) FROM notices WHERE client_id IN (34, 35);

--
-- Nothing of why stays when a client is forgotten.
--
DELETE FROM orders WHERE customer = 35;
DELETE FROM calls WHERE customer = 35;
DELETE FROM customers WHERE id = 35;
UPDATE winback.task SET assignee = 'bob', change_reason = 'Mrs. Five and thirty asked for him'
 WHERE client_id = 35 AND status = 'open';
UPDATE winback.task SET assignee = 'eve', change_reason = 'Mrs. Five and thirty changed her mind'
 WHERE client_id = 35 AND status = 'open';
SELECT winback.erase_client(35);
SELECT reason, count(*) FROM winback.task_snooze WHERE until = '2024-05-08' GROUP BY reason;
SELECT count(*) FROM winback.task_assignment WHERE reason LIKE 'Mrs.%';
SELECT * FROM winback.verify();

SET client_min_messages = warning;
DROP EXTENSION winback CASCADE;
DROP SCHEMA winback CASCADE;
