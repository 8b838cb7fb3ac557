-- What is expected of bringing clients back: by silence, cause and class, and which work comes first.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text);
CREATE TABLE purchase (client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
INSERT INTO customer SELECT i, CASE WHEN i % 2 = 0 THEN 'ann' END FROM generate_series(1, 31) i;
-- One to three are what it lives on, and those up to twenty have been silent for 145 days, the others for longer.
INSERT INTO purchase SELECT i, '2024-01-10 12:00', CASE WHEN i <= 3 THEN 10000 ELSE 100 * i END
  FROM generate_series(1, 20) i;
INSERT INTO purchase SELECT i, '2023-10-01 12:00', 1000 FROM generate_series(21, 25) i;
INSERT INTO purchase SELECT i, '2023-02-01 12:00', 1000 FROM generate_series(26, 29) i;
INSERT INTO purchase VALUES (31, '2024-05-20 12:00', 10);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC', lift_after = '1 second', margin = 0.5, abc_a = 0.5, abc_b = 0.95;
SELECT winback.watch_clients('customer', 'id', NULL, 'manager');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT winback.record_event(30, 'conflict') > 0;
SELECT * FROM winback.classify();
SELECT status_changes FROM winback.sweep();

-- Before anything is known the prior of the silence counts: of 145 days 0.40, of 246 days 0.30, of longer ones, and of
-- who never bought, 0.20. What a client is worth is half of its revenue. No cost is known.
SELECT client_id, cause, abc, silent_days, prior, p_return, second_lifetime_value, cost, expected_gain
  FROM winback.expected_gain WHERE client_id IN (1, 20, 21, 26, 30) ORDER BY client_id;
SELECT count(*) FROM winback.let_go;
-- Of a client that has begun to buy again nothing is expected, it is back.
BEGIN;
INSERT INTO purchase VALUES (1, '2024-06-01 12:00', 1);
SELECT winback.fold();
SELECT count(*) FROM winback.expected_gain WHERE client_id = 1;
ROLLBACK;

-- Twelve were tried: six about the price, two of class A who both came back, and four others, of whom two did; six
-- about conflicts, of whom nobody did; one is held out, and one was merged away, which says nothing.
CREATE FUNCTION tried(client int, cause text, state text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    process bigint;
BEGIN
    PERFORM winback.state_cause(client, cause);
    process := winback.start_process(client, 'return');
    UPDATE winback.process p SET state = tried.state, ended_at = winback.now() WHERE p.process_id = process;
END $$;
SELECT count(tried(i, 'price', 'returned')) FROM generate_series(1, 5) i WHERE i <> 3;
SELECT count(tried(i, 'price', 'gave_up')) FROM generate_series(6, 7) i;
SELECT count(tried(i, 'conflict', 'gave_up')) FROM generate_series(8, 13) i;
SELECT tried(14, 'price', 'merged');
SELECT tried(15, 'price', 'returned');
UPDATE winback.process SET held_out = true WHERE client_id = 15;
SELECT client_id, cause, abc, silent_days, state, held_out FROM winback.process ORDER BY process_id;
-- They count when they have had policy.lift_after to bring their client back.
SELECT level, tried FROM winback.return_results;
SET winback.as_of = '2024-06-03 12:00:01+00';
-- 4 of 12 returned, all after such a silence: (4 + 10 * 0.40) / (12 + 10) = 0.3636. About the price: the others of such
-- a silence are those about conflicts, (0 + 10 * 0.40) / (6 + 10) = 0.25, so (4 + 10 * 0.25) / (6 + 10) = 0.4063. Of
-- these class A: the others are (2 + 10 * 0.25) / (4 + 10) = 0.3214, so (2 + 10 * 0.3214) / (2 + 10) = 0.4345; class C:
-- (2 + 2.5) / 12 = 0.375, so (2 + 3.75) / 14 = 0.4107. About conflicts: (4 + 4) / 16 = 0.5, so (0 + 5) / 16 = 0.3125;
-- that all these are of class B adds nothing.
SELECT level, prior, cause, abc, tried, returned, expected, round(own_results, 4) AS own_results,
       round(p_return, 4) AS p_return
  FROM winback.return_results ORDER BY level, cause, abc;
-- Who returns later than policy.lift_after, by the calendar, counts as one who did not, however long ago that was: here
-- each time one of the four that ended as returned.
BEGIN;
UPDATE winback.process SET ended_at = started_at + interval '1 second' WHERE client_id = 4;
UPDATE winback.process SET ended_at = started_at + interval '1.000001 seconds' WHERE client_id = 5;
SET LOCAL winback.as_of = '2025-06-03';
SELECT cause, tried, returned FROM winback.return_results WHERE level = 2 ORDER BY cause;
UPDATE winback.policy SET timezone = 'Europe/Berlin', lift_after = '2 months';
UPDATE winback.process SET started_at = '2024-01-31 12:00+01',
                           ended_at = CASE client_id WHEN 4 THEN timestamptz '2024-03-31 12:00:01+02'
                                                     ELSE '2024-03-31 12:00+02' END
 WHERE state = 'returned';
SELECT cause, tried, returned FROM winback.return_results WHERE level = 2 ORDER BY cause;
ROLLBACK;
-- For other silences, of which nothing is known, the priors are corrected by how many returned of those expected,
-- (4 + 3) / (12 * 0.40 + 3) = 0.8974: after 246 days 0.30 * 0.8974 = 0.2692, after 488 days 0.20 * 0.8974 = 0.1795.
-- A client has the chance of the narrowest group with results: the third, of class A as well, that of the price and A;
-- the sixteenth, gone for a cause of which nothing is known, that of its silence.
SELECT winback.state_cause(3, 'price'), winback.state_cause(16, 'need_ended'), winback.state_cause(17, 'conflict');
SELECT client_id, cause, abc, p_return, second_lifetime_value, expected_gain FROM winback.expected_gain
 WHERE client_id IN (3, 16, 17, 18, 21, 26) ORDER BY client_id;
-- What a client's own process has found out is its cause, too, where none was stated.
BEGIN;
SELECT winback.start_process(18, 'return') > 0;
UPDATE winback.process SET cause = 'conflict' WHERE client_id = 18 AND state = 'running';
SELECT cause, p_return FROM winback.expected_gain WHERE client_id = 18;
ROLLBACK;

-- Bringing one back costs 300 at least: that is taken off, and who is not worth it is proposed to be let go, with the
-- reason: by one and the same figure.
UPDATE winback.playbook_step SET cost = 300 WHERE kind = 'call' AND playbook = 'return';
SELECT * FROM winback.playbook_cost;
SELECT client_id, p_return, second_lifetime_value, cost, expected_gain FROM winback.expected_gain
 WHERE client_id IN (3, 17, 18, 20, 21) ORDER BY client_id;
\x on
SELECT client_id, expected_gain, reason FROM winback.let_go WHERE client_id IN (17, 21);
\x off
SELECT count(*) = count(*) FILTER (WHERE l.expected_gain = g.expected_gain) AS same
  FROM winback.let_go l JOIN winback.expected_gain g USING (client_id);
SELECT count(*) FROM winback.let_go WHERE client_id = 30;

-- The work list: of whom most is expected comes first, whenever the task was due; before them clients that are not lost
-- yet, who can still be kept. Ann works two at a time, and what is nobody's waits for bob, who has room for three.
INSERT INTO winback.return_manager (manager, capacity) VALUES ('ann', 2), ('bob', 3);
INSERT INTO winback.task (client_id, kind, title, assignee) VALUES (31, 'other', 'Congratulate', 'ann');
SELECT count(*) FROM winback.task WHERE status = 'open' AND assignee IS NULL;
SELECT assignee, rank, within_capacity, client_id, kind, p_return, expected_gain FROM winback.work_list WHERE rank <= 4;
-- A sweep deals him the three of the pool of which most is expected.
SELECT tasks_dealt FROM winback.sweep();
SELECT rank, within_capacity, client_id, expected_gain FROM winback.work_list WHERE assignee = 'bob';
SELECT rank, within_capacity, client_id FROM winback.work_list WHERE assignee IS NULL AND rank <= 2;
-- Somebody without a limit can do it all.
UPDATE winback.return_manager SET capacity = NULL WHERE manager = 'bob';
SELECT bool_and(within_capacity) AS all_of_them FROM winback.work_list WHERE assignee IS NULL OR assignee = 'bob';
INSERT INTO winback.absence (manager, absent_from, absent_to) VALUES ('bob', '2024-06-01', '2024-06-30');
SELECT bool_or(within_capacity) AS any FROM winback.work_list WHERE assignee IS NULL;

-- Readers read it all.
CREATE ROLE regress_winback_gain;
SELECT winback.grant_reader('regress_winback_gain');
SET ROLE regress_winback_gain;
SELECT count(*) > 0 AS some, count(expected_gain) = count(*) AS all_of_them FROM winback.expected_gain;
SELECT count(*) > 0 AS some FROM winback.work_list;
SELECT count(*) > 0 AS some FROM winback.let_go;
RESET ROLE;
-- Who is erased counts on among the results.
SELECT winback.merge_clients(4, 5);
DELETE FROM purchase WHERE client = 1;
DELETE FROM customer WHERE id = 1;
SELECT winback.erase_client(1);
SELECT level, tried, returned FROM winback.return_results WHERE level <= 1;

DROP OWNED BY regress_winback_gain;
DROP ROLE regress_winback_gain;
DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
DROP FUNCTION tried;
