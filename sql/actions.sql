-- What to offer a client, whom to let go for good, and who has gone.
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
INSERT INTO customer SELECT i, 'ann' FROM generate_series(1, 40) i;
INSERT INTO purchase SELECT i, i, '2024-01-10 12:00', 100 * i FROM generate_series(1, 30) i;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC', lift_after = '1 day';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT status_changes FROM winback.sweep();
-- Does the open task of a client's process.
CREATE FUNCTION does(client int, VARIADIC outcomes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    outcome text;
    task    record;
BEGIN
    FOREACH outcome IN ARRAY outcomes LOOP
        SELECT t.task_id, k.needs_call INTO task FROM winback.task t JOIN winback.task_kind k USING (kind)
         WHERE t.client_id = client AND t.status = 'open' AND t.process_id IS NOT NULL;
        IF task.needs_call THEN
            INSERT INTO call SELECT count(*) + 1, does.client, winback.now(), 60 FROM call;
            PERFORM winback.complete_task(task.task_id, outcome, (SELECT count(*)::text FROM call));
        ELSE
            PERFORM winback.complete_task(task.task_id, outcome);
        END IF;
    END LOOP;
END
$$;

-- Of a client of whom nothing is known every kind is as good: they come by name.
SELECT rank, kind, title, score, reason FROM winback.suggest_actions(1);
-- The price: a special offer first. It said so in a survey, too.
SELECT winback.state_cause(1, 'price');
SELECT rank, kind, score, reason FROM winback.suggest_actions(1) WHERE rank <= 2;
INSERT INTO winback.survey_answer (client_id, script, node, answers, answered_at)
VALUES (1, 'return_survey', 'better', '{assortment}', '2024-05-01'),
       (1, 'return_survey', 'better', '{price,services}', '2024-06-01');
SELECT rank, kind, score, points, reason FROM winback.suggest_actions(1) WHERE rank <= 3;
-- A cause of one's own is a case of a wider one, until it has rows of its own.
INSERT INTO winback.cause (cause, parent, title) VALUES ('late_delivery', 'service', 'Late delivery');
SELECT winback.state_cause(2, 'late_delivery');
SELECT rank, kind, score, reason FROM winback.suggest_actions(2) WHERE rank <= 3;
INSERT INTO winback.action_fit (kind, cause, points)
VALUES ('gift', 'late_delivery', 5), ('guarantee', 'late_delivery', -1), ('meeting', 'late_delivery', 0);
SELECT rank, kind, score, reason FROM winback.suggest_actions(2);
-- What cannot be: about a cause and an answer, about neither, twice, beyond all measure.
\set VERBOSITY terse
INSERT INTO winback.action_fit VALUES ('gift', 'price', 'return_survey', 'better', 'price', 1);
INSERT INTO winback.action_fit VALUES ('gift', NULL, 'return_survey', 'better', NULL, 1);
INSERT INTO winback.action_fit VALUES ('guarantee', 'pushed_away', NULL, NULL, NULL, 1);
INSERT INTO winback.action_fit VALUES ('letter', 'price', NULL, NULL, NULL, 11);
UPDATE winback.playbook_path SET reaction = 'amused' WHERE outcome = 'held';
\set VERBOSITY default
-- A kind of one's own is ranked once it is marked as an action.
INSERT INTO winback.task_kind (kind, needs_call, title) VALUES ('picnic', false, 'Go for a picnic');
SELECT count(*) FROM winback.suggest_actions(3);
UPDATE winback.task_kind SET is_action = true WHERE kind = 'picnic';
SELECT count(*), bool_or(kind = 'picnic') AS picnic FROM winback.suggest_actions('3');

-- Who refused a meeting before, is not asked first again; who accepted a guarantee, is.
SELECT winback.start_process(4, 'return');
SELECT does(4, 'conflict', 'accepted');
SELECT rank, kind, score, reaction FROM winback.suggest_actions(4) WHERE rank <= 3;
SELECT does(4, 'declined');
SELECT rank, kind, score, reaction, reason FROM winback.suggest_actions(4) WHERE rank = 1 OR reaction IS NOT NULL;
-- What is said at the call is said of the last action: here the video message.
SELECT does(4, 'sent');
SET winback.as_of = '2024-07-04 12:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT does(4, 'refused');
SELECT rank, kind, score, reaction, reason FROM winback.suggest_actions(4) WHERE reaction IS NOT NULL;
-- A changed playbook does not change what was meant then.
UPDATE winback.playbook_path SET reaction = NULL WHERE playbook = 'return' AND step = 'meeting';
SELECT kind, reaction FROM winback.suggest_actions(4) WHERE kind = 'meeting';
SELECT playbook, version, definition #>> '{steps,meeting,outcomes,declined,reaction}' AS reaction
  FROM winback.playbook_version ORDER BY version;
-- Two clients become one: what either of them said counts.
SELECT winback.merge_clients(4, 5);
SELECT kind, reaction FROM winback.suggest_actions(5) WHERE reaction IS NOT NULL ORDER BY kind;
SELECT kind, reaction FROM winback.suggest_actions(4) WHERE reaction IS NOT NULL ORDER BY kind;
SELECT winback.unmerge_client(4);
SELECT count(*) FROM winback.suggest_actions(5) WHERE reaction IS NOT NULL;

-- What worked for others. Of eight clients who left for the price four come back after a special offer; of four whose
-- need ended nobody does after new products.
SELECT winback.start_process(i, 'return') IS NOT NULL AS started FROM generate_series(11, 22) i GROUP BY 1;
SELECT count(does(i, 'price', 'made')) FROM generate_series(11, 18) i;
SELECT count(does(i, 'one_time_purchase', 'shown')) FROM generate_series(19, 22) i;
SELECT * FROM winback.action_results WHERE kind IN ('special_offer', 'new_products');
SET winback.as_of = '2024-07-04 13:00:00+00';
INSERT INTO purchase SELECT 100 + i, i, '2024-07-04 13:00', 10 FROM generate_series(11, 14) i;
SET winback.as_of = '2024-08-05 12:00:00+00';
SELECT count(*) FROM winback.sweep();
-- Who comes back later than policy.lift_after after the beginning counts as one who did not.
BEGIN;
INSERT INTO purchase VALUES (115, 15, '2024-08-05 12:00', 10);
SELECT winback.fold();
SELECT state FROM winback.process WHERE client_id = 15;
SELECT processes, returned FROM winback.action_results WHERE kind = 'special_offer';
ROLLBACK;
SELECT count(does(i, 'refused')) FROM generate_series(15, 22) i;
SELECT * FROM winback.action_results ORDER BY kind, cause;
-- The same cause: (4 + 10 * share of all) / (8 + 10), that of all being (4 + 10 * 0.30) / (8 + 10).
SELECT rank, kind, share, score, reason FROM winback.suggest_actions(1) WHERE kind IN ('special_offer', 'new_products');
SELECT round((4 + 10 * (4 + 3) / 18.0) / 18, 3) AS share, round((0 + 10 * 0.30) / 14, 3) AS of_new_products;
-- Another cause, and none.
SELECT rank, kind, share, score, reason FROM winback.suggest_actions(2) WHERE kind = 'special_offer';
SELECT rank, kind, share, score, reason FROM winback.suggest_actions(6) WHERE rank <= 2;

-- Nobody, and nobody known.
SELECT count(*) FROM winback.suggest_actions(99);
SELECT count(*) FROM winback.suggest_actions(NULL::int);
SELECT * FROM winback.suggest_actions('nobody');

-- Who should go for good: nobody, as long as nothing is known to cost anything.
SELECT count(*) FROM winback.let_go;
-- What the playbook costs before a process that cost anything has ended: the cheapest way.
UPDATE winback.playbook_step SET cost = CASE kind WHEN 'call' THEN 5 WHEN 'meeting' THEN 100 ELSE 20 END
 WHERE kind NOT IN ('wait', 'wait_until_fixed');
SELECT DISTINCT playbook, cost FROM winback.let_go;
SELECT winback._cheapest_way(definition) FROM winback.playbook_version ORDER BY version;
-- All 13 processes that have ended began within half a year of silence, of which 40 % are to be expected: 5.2. By now
-- the clients have been silent for longer, of which 30 % are, and of such nothing is known but how the 4 that returned
-- compare with these: P(return) is 0.30 * (4 + 3) / (5.2 + 3) = 0.2561.
SELECT client_id, period_revenue, expected_gain, cost FROM winback.let_go;
UPDATE winback.policy SET margin = 0.2;
SELECT client_id, period_revenue, playbook, expected_gain, cost, reason FROM winback.let_go;
SELECT round(0.3 * 7 / 8.2 * 800 * 0.2, 2) - 45 AS the_eighth, round(0.3 * 7 / 8.2 * 900 * 0.2, 2) - 45 AS the_ninth;
UPDATE winback.policy SET margin = 1.01;
UPDATE winback.policy SET margin = NULL;
-- When a process has ended that could cost something, its cost counts; of a client in another playbook, that of it.
SELECT winback.start_process(30, 'return');
SELECT does(30, 'conflict', 'accepted', 'held');
SET winback.as_of = '2024-09-05 12:00:00+00';
SELECT count(*) FROM winback.sweep();
SELECT does(30, 'refused');
SELECT sum(cost) FROM winback.process_step;
SELECT DISTINCT playbook, cost FROM winback.let_go;
BEGIN;
INSERT INTO winback.playbook VALUES ('visit', 'A visit');
INSERT INTO winback.playbook_step (playbook, step, position, kind, cost) VALUES
    ('visit', 'visit', 1, 'meeting', 100), ('visit', 'again', 2, 'meeting', 50), ('visit', 'last', 3, 'meeting', 200),
    ('visit', 'rest', 4, 'wait', 0);
UPDATE winback.playbook_step SET due_after = '1 day' WHERE playbook = 'visit';
INSERT INTO winback.playbook_path (playbook, step, outcome, next_step, end_state) VALUES
    ('visit', 'visit', 'not at home', 'again', NULL), ('visit', 'visit', 'at home', 'last', NULL),
    ('visit', 'again', 'not at home', 'rest', NULL), ('visit', 'again', 'moved', NULL, 'gave_up'),
    ('visit', 'rest', 'elapsed', 'visit', NULL),
    ('visit', 'last', 'done', NULL, 'gave_up');
COMMIT;
SELECT winback.start_process(10, 'visit');
SELECT client_id, playbook, expected_gain, cost FROM winback.let_go WHERE playbook = 'visit';
-- Who is of a control group is left alone, who never bought and who must not be called are not proposed.
SELECT count(*) FROM winback.let_go WHERE client_id = 1;
BEGIN;
UPDATE winback.process SET held_out = true, client_id = 1 WHERE client_id = 10;
SELECT count(*) FROM winback.let_go WHERE client_id = 1;
ROLLBACK;
BEGIN;
UPDATE customer SET no_calls = true WHERE id = 1;
SELECT winback.fold();
SELECT status, do_not_contact FROM winback.clients WHERE client_id = 1;
SELECT count(*) FROM winback.let_go WHERE client_id = 1;
ROLLBACK;
SELECT winback.record_event(40, 'conflict') > 0;
SELECT status, orders FROM winback.clients WHERE client_id = 40;
SELECT count(*) FROM winback.let_go WHERE client_id = 40;

-- The proposal is passed on, and may be taken back.
SELECT count(winback.write_off(client_id, reason)) FROM winback.let_go WHERE client_id IN (1, 10);
SELECT client_id, since, reason, recorded_by = session_user AS by_us, period_revenue FROM winback.written_off_clients;
SELECT state FROM winback.process WHERE client_id = 10;
SELECT winback.take_back(10, 'the boss knows them');
SELECT client_id FROM winback.written_off_clients;
SELECT winback.merge_clients(1, 2);
SELECT client_id, status FROM winback.clients WHERE client_id IN (1, 2);
SELECT client_id, since, reason IS NOT NULL AS has_reason FROM winback.written_off_clients;
SELECT winback.unmerge_client(1);

-- Readers read all that; an erased client is not in it, but counts on.
CREATE ROLE regress_winback_reader_a;
SELECT winback.grant_reader('regress_winback_reader_a');
SET ROLE regress_winback_reader_a;
SELECT kind FROM winback.suggest_actions(3) WHERE rank = 1;
SELECT count(*) > 0 AS some FROM winback.let_go;
SELECT count(*) FROM winback.written_off_clients;
INSERT INTO winback.action_fit VALUES ('gift', 'price', NULL, NULL, NULL, 1);
RESET ROLE;
DELETE FROM purchase WHERE client IN (1, 15);
DELETE FROM call WHERE client IN (1, 15);
DELETE FROM customer WHERE id IN (1, 15);
SELECT winback.erase_client(1), winback.erase_client(15);
SELECT count(*) FROM winback.suggest_actions(15);
SELECT client_id FROM winback.written_off_clients;
SELECT processes, returned FROM winback.action_results WHERE kind = 'special_offer';
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase, call CASCADE;
DROP FUNCTION does;
DROP ROLE regress_winback_reader_a;
