--
-- Tasks: how they come, who may do what with them, and how they go.
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
INSERT INTO customers
VALUES (1, 'Abel', 'ann'), (2, 'Baker', 'bob'), (3, 'Cook', 'ann'), (4, 'Dyer', 'bob'), (5, 'Eden', NULL);
INSERT INTO orders VALUES (1, 1, '2024-01-10 12:00', 500), (2, 2, '2024-01-10 12:00', 100),
                          (3, 3, '2024-01-10 12:00', 50), (4, 4, '2024-01-10 12:00', 40),
                          (5, 5, '2024-03-20 12:00', 30);
SET winback.as_of = '2024-03-25 12:00';
SELECT winback.watch_clients('customers', 'id', 'name', 'manager', do_not_contact => 'silent');
SELECT winback.watch_orders('orders', 'customer', 'placed', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started', 'seconds', 'agent');

--
-- A lost client gets one open task, of its manager.
--
SELECT tasks_opened FROM winback.sweep();
SET winback.as_of = '2024-04-12 09:00';
SELECT tasks_opened FROM winback.sweep();
SELECT tasks_opened FROM winback.sweep();
SELECT task_id, client_id, name, kind, title, assignee, due_on, overdue, opened_at, reopened FROM winback.open_tasks;
SELECT client_id, client_status, client_status_since, lost_by, abc, period_revenue, revenue, orders, last_order_at,
       last_contact_at
  FROM winback.open_tasks;
INSERT INTO winback.task (client_id) VALUES (1);

-- How a manager tried, and how late it is by now; the columns of calls cost nothing where nobody asks for them.
INSERT INTO calls VALUES (1, 1, '2024-01-05 10:00', 60, 'ann'), (2, 1, '2024-04-12 09:30', 5, 'ann'),
                         (3, 1, '2024-04-12 09:40', 90, 'ann');
SET winback.as_of = '2024-04-15 00:30';
SELECT client_id, overdue, last_call_at, calls, calls_since_opening, attempts FROM winback.open_tasks;
SELECT client_id, call_source, call_id, started_at, seconds, agent FROM winback.task_calls;
CREATE FUNCTION reads_calls(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        IF line LIKE '%calls_for_task%' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;
SELECT reads_calls('SELECT task_id, name, overdue, revenue FROM winback.open_tasks') AS without,
       reads_calls('SELECT task_id, calls FROM winback.open_tasks') AS with;

--
-- How tasks go: done with a call, or cancelled when there is no need any more.
--
SELECT winback.complete_task(task_id, 'will order', 3, 'wants blue') FROM winback.open_tasks WHERE client_id = 1;
INSERT INTO orders VALUES (6, 2, '2024-04-14 12:00', 10);
UPDATE customers SET silent = true WHERE id = 3;
-- Open again for want of its call, and cancelled, for the client is not to be called: at once.
UPDATE customers SET silent = true WHERE id = 1;
BEGIN;
DELETE FROM calls WHERE id = 3;
SELECT winback.fold();
SELECT status, outcome FROM winback.task WHERE client_id = 1;
SELECT client_id, reason FROM winback.stale;
ROLLBACK;
UPDATE customers SET silent = false WHERE id = 1;
SELECT winback.write_off(4, 'closed down');
SELECT client_id, status, outcome, closed_at, call_id, note FROM winback.task ORDER BY client_id;
SELECT client_id, open_tasks FROM winback.clients ORDER BY client_id;

--
-- Tasks of one's own
--
INSERT INTO winback.task (client_id, kind, title, assignee, due_on, opened_at, closed_by, evidence_withdrawn)
VALUES (5, 'other', NULL, 'ann', '2024-04-01', '2000-01-01', 'me', true)
RETURNING title, status, opened_at, closed_by, evidence_withdrawn;
SELECT overdue FROM winback.open_tasks WHERE client_id = 5;
SET winback.as_of = '2024-04-16 00:30';
SELECT overdue FROM winback.open_tasks WHERE client_id = 5;
UPDATE winback.task SET title = 'Send a card', assignee = 'bob', due_on = '2024-04-30', note = 'red',
                        change_reason = 'asked for it in May'
 WHERE client_id = 5;
-- What is a step of a process is said by that.
UPDATE winback.task SET process_id = 1, step = 'card' WHERE client_id = 5;
INSERT INTO winback.task (client_id, kind, process_id, step) VALUES (5, 'other', 1, 'card');
SELECT title, assignee, due_on, overdue, note, process_id, step FROM winback.open_tasks WHERE client_id = 5;
INSERT INTO winback.task (client_id, kind) VALUES (5, 'dance');
INSERT INTO winback.task (client_id, kind, outcome) VALUES (5, 'other', 'done before it began');
INSERT INTO winback.task (client_id, kind, status) VALUES (5, 'other', 'done');
INSERT INTO winback.task (client_id, kind, status, outcome) VALUES (5, 'other', 'done', 'sent')
RETURNING status, closed_at;

INSERT INTO winback.task (client_id, kind, due_on) VALUES (5, 'other', 'infinity');

-- What never changes
UPDATE winback.task SET client_id = 1 WHERE client_id = 5;
UPDATE winback.task SET opened_at = '2000-01-01', kind = 'call' WHERE client_id = 5;
UPDATE winback.task SET outcome = 'x' WHERE client_id = 5 AND status = 'open';
UPDATE winback.task SET evidence_withdrawn = true WHERE client_id = 5 AND status = 'open';
UPDATE winback.task SET status = 'open' WHERE client_id = 1;
UPDATE winback.task SET outcome = 'will not order' WHERE client_id = 1;
UPDATE winback.task SET note = 'wants green' WHERE client_id = 1;
DELETE FROM winback.task WHERE client_id = 1;
TRUNCATE winback.task;

-- Only supervisors cancel, with a reason; no plain UPDATE does, not even the owner's.
SELECT task_id AS card FROM winback.open_tasks WHERE client_id = 5 \gset
UPDATE winback.task SET status = 'cancelled', outcome = 'no card' WHERE task_id = :card;
INSERT INTO winback.task (client_id, kind, status, outcome) VALUES (5, 'other', 'cancelled', 'no card');
SELECT winback.cancel_task(:card, '');
SELECT winback.cancel_task(0, 'no card');
BEGIN;
SAVEPOINT permit;
SELECT winback.cancel_task(:card, 'no card');
ROLLBACK TO permit;
UPDATE winback.task SET status = 'cancelled', outcome = 'no card' WHERE task_id = :card;
ROLLBACK;
SELECT winback.cancel_task(:card, 'no card');
SELECT winback.cancel_task(:card, 'no card');
SELECT status, outcome, closed_by = current_user AS by_me FROM winback.task WHERE task_id = :card;

-- A call task that a supervisor has cancelled does not come again before its client would be called again.
BEGIN;
SELECT winback.record_event(77, 'conflict') IS NOT NULL AS recorded, winback.fold();
SELECT winback.cancel_task(task_id, 'our lawyer talks to them') FROM winback.open_tasks WHERE client_id = 77;
SELECT count(*) AS swept FROM winback.sweep(winback.now() + interval '13 days');
SELECT status, outcome, due_on FROM winback.task WHERE client_id = 77 ORDER BY task_id;
SELECT count(*) AS swept FROM winback.sweep(winback.now() + interval '14 days');
SELECT status, outcome, due_on FROM winback.task WHERE client_id = 77 ORDER BY task_id;
ROLLBACK;

--
-- Roles: an agent works tasks, and is named by its own role; a supervisor has cancel_task besides.
--
CREATE ROLE regress_winback_agent;
CREATE ROLE regress_winback_supervisor;
CREATE ROLE regress_winback_nobody;
SELECT winback.grant_agent('regress_winback_agent');
SELECT winback.grant_agent('regress_winback_supervisor');
GRANT EXECUTE ON FUNCTION winback.cancel_task TO regress_winback_supervisor;
SET ROLE regress_winback_agent;
INSERT INTO winback.task (client_id, kind) VALUES (5, 'other'), (5, 'other'), (5, 'call');
SELECT client_id, name, kind, calls FROM winback.open_tasks;
SELECT winback.complete_task(min(task_id), 'sent') FROM winback.open_tasks;
SELECT winback.complete_task(max(task_id), 'reached', 3) FROM winback.open_tasks;
SELECT winback.cancel_task(min(task_id), 'no card') FROM winback.open_tasks;
DELETE FROM winback.task;
SET ROLE regress_winback_supervisor;
SELECT winback.cancel_task(min(task_id), 'no card') FROM winback.open_tasks;
SET ROLE regress_winback_nobody;
SELECT * FROM winback.open_tasks;
SELECT winback.complete_task(1, 'x');
RESET ROLE;
SELECT status, outcome, closed_by FROM winback.task WHERE closed_by LIKE 'regress%' ORDER BY task_id;

-- Every column says what it is.
SELECT c.oid::regclass, a.attname
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid IN ('winback.task'::regclass, 'winback.task_kind'::regclass, 'winback.open_tasks'::regclass,
                 'winback.task_calls'::regclass)
   AND col_description(c.oid, a.attnum) IS NULL;

-- Only a purchase is a return: whose one order is taken away is not lost any more, and has not returned.
INSERT INTO orders VALUES (20, 20, '2023-01-10 12:00', 1);
SELECT kind, due_on FROM winback.open_tasks WHERE client_id = 20;
DELETE FROM orders WHERE id = 20;
SELECT status, outcome FROM winback.task WHERE client_id = 20;

-- A client of whom there is no more than a task has a row, also where everybody is computed in the same commit.
BEGIN;
INSERT INTO winback.task (client_id, kind) VALUES (30, 'other');
UPDATE winback.policy SET contact_seconds = 21;
COMMIT;
SELECT client_id, status, orders, open_tasks FROM winback.clients WHERE client_id = 30;
UPDATE winback.policy SET contact_seconds = 20;

SELECT * FROM winback.verify();
DROP SCHEMA winback CASCADE;
DROP FUNCTION reads_calls(text);
DROP TABLE customers, orders, calls;
DROP ROLE regress_winback_agent, regress_winback_supervisor, regress_winback_nobody;
