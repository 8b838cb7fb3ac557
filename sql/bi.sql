-- A year and a half of a shop for the head of sales: how many are lost, why, what that costs, and how the work goes.
-- Beside every view stands plain SQL on the tables of the shop.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2023-01-02 12:00+01';
CREATE TABLE customer (id int PRIMARY KEY, manager text, channel text, region text, department text);
CREATE TABLE purchase (id int PRIMARY KEY, customer int, at timestamptz, amount numeric);
CREATE TABLE call (id int PRIMARY KEY, customer int, at timestamptz, seconds int);
CREATE INDEX ON purchase (customer);
CREATE INDEX ON call (customer);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin', cost_per_lead = 40;
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', 'channel', 'region', 'department');
SELECT winback.watch_orders('purchase', 'customer', 'at', 'amount');
SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'seconds');
-- Twelve customers of two managers. Each buys on some 10th; who is three months silent is lost.
INSERT INTO customer
SELECT i, CASE WHEN i <= 6 THEN 'ann' ELSE 'bob' END, CASE WHEN i % 3 = 0 THEN 'shop' ELSE 'web' END,
       CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END, 'retail' FROM generate_series(1, 12) i;
CREATE VIEW local_purchase AS SELECT customer, at AT TIME ZONE 'Europe/Berlin' AS at, amount FROM purchase;
CREATE FUNCTION buys(customer int, at timestamp, amount numeric) RETURNS void LANGUAGE sql AS $$
    INSERT INTO purchase SELECT coalesce(max(id), 0) + 1, $1, $2 AT TIME ZONE 'Europe/Berlin', $3 FROM purchase
$$;
-- Every month by hand: the clock, the purchases of the month, the sweep.
DO $$
BEGIN
    FOR month IN 0..17 LOOP
        PERFORM set_config('winback.as_of', (timestamp '2023-01-10 13:00' + month * interval '1 month')::text || '+01',
                           false);
        PERFORM buys(i, timestamp '2023-01-10 12:00' + month * interval '1 month', 10 * i)
           FROM generate_series(1, 12) i
          WHERE CASE WHEN i IN (1, 2) THEN true                         -- always
                     WHEN i IN (3, 4) THEN month < 4                    -- until April: lost in July
                     WHEN i = 5 THEN month < 3 OR month > 8             -- a gap of seven months: lost, and back
                     WHEN i = 6 THEN month IN (2, 7, 12)                -- lost, back, lost, back, lost
                     WHEN i IN (7, 8) THEN month BETWEEN 5 AND 9        -- comes in June, lost in January
                     WHEN i = 9 THEN month = 11                         -- one purchase
                     WHEN i = 10 THEN month >= 12                       -- comes in the second year
                     WHEN i = 11 THEN month BETWEEN 1 AND 14            -- lost in June
                     ELSE false END;
        IF month = 8 THEN
            UPDATE customer SET manager = 'bob', region = 'west' WHERE id IN (4, 5);
        END IF;
        PERFORM winback.fold();
        PERFORM winback.sweep();
    END LOOP;
END $$;
SET winback.as_of = '2024-06-12 12:00+02';
CREATE ROLE regress_winback_bi;
SELECT winback.grant_reader('regress_winback_bi');
SET ROLE regress_winback_bi;

-- Losses and returns as events, by plain SQL on the purchases: a silence of three months from the one before.
CREATE TEMP VIEW gap AS
SELECT customer, at, lead(at) OVER (PARTITION BY customer ORDER BY at) AS next,
       at + interval '3 months' AS lost_at FROM public.local_purchase;
RESET ROLE;
GRANT SELECT ON local_purchase, purchase, customer TO regress_winback_bi;
SET ROLE regress_winback_bi;
CREATE TEMP VIEW turn AS
SELECT 'lost' AS event, lost_at AS at, customer FROM gap
 WHERE (next > lost_at OR next IS NULL) AND lost_at <= '2024-06-12 12:00'
UNION ALL
SELECT 'returned', next, customer FROM gap WHERE next > lost_at;
SELECT event, count(*) FROM winback.loss_event GROUP BY 1 ORDER BY 1;
(SELECT event, at AT TIME ZONE 'Europe/Berlin', client_id FROM winback.loss_event EXCEPT TABLE turn)
UNION ALL (TABLE turn EXCEPT SELECT event, at AT TIME ZONE 'Europe/Berlin', client_id FROM winback.loss_event);
SELECT event, day, month, quarter, client_id, lost_at, rule, cause, manager, region FROM winback.loss_event
 WHERE client_id IN (4, 5, 6) ORDER BY client_id, at;

-- By month and quarter, whose they were then; the sums are those of the events.
SELECT month, quarter, sum(lost) AS lost, sum(returned) AS returned FROM winback.losses_by_month GROUP BY 1, 2
 ORDER BY 1;
SELECT quarter, manager, sum(lost) AS lost, sum(returned) AS returned FROM winback.losses_by_quarter GROUP BY 1, 2
 ORDER BY 1, 2;
SELECT (SELECT sum(lost) FROM winback.losses_by_quarter WHERE channel = 'web' AND department = 'retail') AS lost_on_web,
       (SELECT count(*) FROM turn JOIN public.customer c ON c.id = turn.customer
         WHERE event = 'lost' AND c.channel = 'web') AS by_plain_sql;
-- The number in a period.
SELECT count(*) FILTER (WHERE event = 'lost') AS lost, count(*) FILTER (WHERE event = 'returned') AS returned
  FROM winback.loss_event WHERE day BETWEEN '2023-08-01' AND '2024-01-31';
SELECT count(*) FILTER (WHERE event = 'lost') AS lost, count(*) FILTER (WHERE event = 'returned') AS returned
  FROM turn WHERE at >= '2023-08-01' AND at < '2024-02-01';

-- The rate of a year: who was lost within it, of those there at its start.
SELECT * FROM winback.loss_rate ORDER BY year;
SELECT y.year, count(DISTINCT a.customer) AS active_at_start, count(DISTINCT l.customer) AS clients_lost,
       count(DISTINCT l.customer) FILTER (WHERE l.customer = a.customer) AS lost_of_active
  FROM (VALUES (timestamp '2023-01-01'), ('2024-01-01')) y (year)
  LEFT JOIN (SELECT DISTINCT customer, s.year FROM gap, (VALUES (timestamp '2023-01-01'), ('2024-01-01')) s (year)
              WHERE at <= s.year AND least(next, lost_at) > s.year) a USING (year)
  FULL JOIN (SELECT DISTINCT customer, date_trunc('year', at) AS year FROM turn WHERE event = 'lost') l
         ON l.year = y.year AND (l.customer = a.customer OR NOT EXISTS (
            SELECT FROM gap g WHERE g.customer = l.customer AND g.at <= l.year AND least(g.next, g.lost_at) > l.year))
 GROUP BY y.year ORDER BY y.year;
SELECT status, count(*) FROM winback.clients_as_of('2024-01-01 00:00+01') GROUP BY 1 ORDER BY 1;

-- Why, and what it costs twice. What a client brought in the year up to its last purchase is missing.
RESET ROLE;
SELECT winback.state_cause(3, 'price'), winback.state_cause(4, 'price'), winback.state_cause(6, 'service'),
       winback.state_cause(7, 'moved_city'), winback.state_cause(5, 'price');
SET ROLE regress_winback_bi;
SELECT client_id, lost_at, month, cause, manager, lost_revenue FROM winback.lost_revenue ORDER BY client_id;
SELECT p.customer, sum(p.amount) AS lost_revenue
  FROM public.local_purchase p
  JOIN (SELECT customer, max(at) AS at FROM public.local_purchase GROUP BY 1
        HAVING max(at) + interval '3 months' <= '2024-06-12 12:00') l ON l.customer = p.customer
   AND p.at > l.at - interval '12 months'
 GROUP BY 1 ORDER BY 1;
SELECT manager, sum(clients) AS clients, sum(lost_revenue) AS lost_revenue, sum(replacement_cost) AS replacement_cost,
       sum(double_loss) AS double_loss FROM winback.double_loss GROUP BY 1 ORDER BY 1;
SELECT month, rule, cause, region, clients, lost_revenue, replacement_cost, double_loss FROM winback.double_loss
 WHERE manager = 'ann' ORDER BY month, region;
SELECT cause, title, parent, losses, clients, lasting, lost_revenue, rank_by_losses AS by_losses, share,
       cumulative_share, rank_by_revenue AS by_revenue, revenue_share, cumulative_revenue_share AS cumulative_revenue
  FROM winback.cause_pareto ORDER BY rank_by_losses;
SELECT sum(losses) = (SELECT count(*) FROM winback.loss) AS all_losses,
       sum(lost_revenue) = (SELECT sum(lost_revenue) FROM winback.lost_revenue) AS all_revenue,
       sum(share) AS shares, max(cumulative_share) AS last FROM winback.cause_pareto;
SELECT month, manager, cause, lost, returned FROM winback.losses_by_month WHERE cause = 'price' ORDER BY 1, 2;
RESET ROLE;
-- Another time of value, and none: revenue is that of a year still.
UPDATE winback.policy SET value_period = '6 months';
SELECT client_id, lost_revenue FROM winback.lost_revenue WHERE client_id IN (6, 11) ORDER BY 1;
SELECT customer, sum(amount) * 2 AS lost_revenue FROM local_purchase p
 WHERE customer IN (6, 11)
   AND at > (SELECT max(at) FROM local_purchase WHERE customer = p.customer) - interval '6 months'
 GROUP BY 1 ORDER BY 1;
UPDATE winback.policy SET value_period = NULL;
SELECT client_id, lost_revenue FROM winback.lost_revenue WHERE client_id IN (6, 9, 11) ORDER BY 1;
SELECT customer, round(sum(amount) / greatest(1, extract(epoch FROM max(at) - min(at)) / (365.25 * 86400)), 2)
           AS lost_revenue
  FROM local_purchase WHERE customer IN (6, 9, 11) GROUP BY 1 ORDER BY 1;
UPDATE winback.policy SET value_period = '12 months', cost_per_lead = NULL;
SELECT sum(lost_revenue) AS lost_revenue, sum(replacement_cost) AS replacement_cost, sum(double_loss) AS double_loss
  FROM winback.double_loss;

-- Cohorts by the month of the first order, in policy.timezone: 13 buys in the first night of 2024 there; in UTC it is
-- 2023 still.
SELECT buys(13, '2024-01-01 00:30', 7);
SET ROLE regress_winback_bi;
SELECT * FROM winback.cohorts ORDER BY cohort;
SELECT cohort, months_since, clients, active, at_risk, lost, returns, share_lost FROM winback.cohort_months
 WHERE cohort IN ('2023-01-01', '2023-03-01', '2024-01-01') ORDER BY 1, 2;
-- The same from what was said of the end of each month.
CREATE TEMP VIEW stood AS
SELECT date_trunc('month', c.first_order_at AT TIME ZONE 'Europe/Berlin')::date AS cohort,
       (extract(year FROM age(e.month, date_trunc('month', c.first_order_at AT TIME ZONE 'Europe/Berlin'))) * 12
        + extract(month FROM age(e.month, date_trunc('month', c.first_order_at AT TIME ZONE 'Europe/Berlin'))))::int
           AS months_since, a.status, a.times_returned
  FROM winback.clients c,
       generate_series(timestamp '2023-01-01', '2024-06-01', interval '1 month') e (month),
       winback.clients_as_of(least((e.month + interval '1 month') AT TIME ZONE 'Europe/Berlin'
                                   - interval '1 microsecond', winback.now())) a
 WHERE a.client_id = c.client_id AND e.month >= date_trunc('month', c.first_order_at AT TIME ZONE 'Europe/Berlin');
CREATE TEMP VIEW stood_sums AS
SELECT cohort, months_since, count(*) FILTER (WHERE status = 'active') AS active,
       count(*) FILTER (WHERE status = 'at_risk') AS at_risk, count(*) FILTER (WHERE status = 'lost') AS lost,
       sum(times_returned)::bigint AS returns FROM stood GROUP BY 1, 2;
SELECT count(*) FROM stood_sums;
(TABLE stood_sums EXCEPT SELECT cohort, months_since, active, at_risk, lost, returns FROM winback.cohort_months)
UNION ALL
(SELECT cohort, months_since, active, at_risk, lost, returns FROM winback.cohort_months EXCEPT TABLE stood_sums);
RESET ROLE;

-- The work: tasks done in time and late, and what is due.
SELECT client_id, assignee, due_on, overdue FROM winback.open_tasks ORDER BY client_id;
INSERT INTO call VALUES (1, 3, '2024-06-12 11:00+02', 100), (2, 9, '2024-06-12 11:30+02', 100);
SELECT winback.complete_task(task_id, 'reached', 1, call_source => 'call') FROM winback.open_tasks WHERE client_id = 3;
SELECT winback.complete_task(task_id, 'reached', 2, call_source => 'call') FROM winback.open_tasks WHERE client_id = 11;
INSERT INTO call VALUES (3, 11, '2024-06-12 11:40+02', 100);
SELECT winback.complete_task(task_id, 'reached', 3, call_source => 'call') FROM winback.open_tasks WHERE client_id = 11;
INSERT INTO winback.task (client_id, kind, assignee) VALUES (1, 'other', 'ann');
SELECT winback.snooze_task(task_id, '2024-06-14', 'at the fair') FROM winback.open_tasks WHERE client_id = 9;
DELETE FROM call WHERE id = 3;
SELECT month, manager, kind, tasks, done_in_time AS in_time, done_late AS late, open_in_time AS open,
       open_overdue AS overdue, cancelled, without_evidence AS no_evidence, times_put_off AS put_off, mean_days_late,
       share_in_time
  FROM winback.manager_discipline ORDER BY month, manager, kind;
SELECT sum(tasks) = (SELECT count(*) FROM winback.task) AS all_tasks,
       sum(open_overdue) = (SELECT count(*) FROM winback.open_tasks WHERE overdue > 0) AS all_overdue,
       bool_and(tasks = done_in_time + done_late + open_in_time + open_overdue + cancelled) AS sums
  FROM winback.manager_discipline;

-- Steps, and where processes stall.
SELECT winback.start_process(c, 'return') FROM unnest(ARRAY[3, 4, 6, 7]) c;
SET winback.as_of = '2024-06-13 12:00+02';
SELECT winback.complete_task(t.task_id, 'product_quality') FROM winback.task t
 WHERE t.client_id = 3 AND t.status = 'open' AND t.process_id IS NOT NULL;
SET winback.as_of = '2024-06-15 12:00+02';
SELECT winback.complete_task(t.task_id, 'service') FROM winback.task t
 WHERE t.client_id = 4 AND t.status = 'open' AND t.process_id IS NOT NULL;
SELECT * FROM winback.step_times ORDER BY playbook, step;
SELECT s.step, s.left_at - s.entered_at AS took FROM winback.process_step s ORDER BY s.process_id, s.number;
SELECT client_id, step, days_at_step, median_days, assignee, due_on, overdue, waits_for, why
  FROM winback.stalled_processes ORDER BY client_id;
-- Who is at a step for longer than nine in ten were: ten of a playbook of one step have passed it.
BEGIN;
INSERT INTO winback.playbook VALUES ('card', 'Send a card');
INSERT INTO winback.playbook_step (playbook, step, position, kind, due_after)
VALUES ('card', 'send', 1, 'other', '30 days'), ('card', 'rest', 2, 'wait', '30 days');
INSERT INTO winback.playbook_path (playbook, step, outcome, next_step, end_state)
VALUES ('card', 'send', 'sent', 'rest', NULL), ('card', 'rest', 'elapsed', NULL, 'gave_up');
COMMIT;
DO $$
BEGIN
    FOR day IN 1..10 LOOP
        PERFORM set_config('winback.as_of', (timestamptz '2024-07-01 12:00+02' + day * interval '5 days')::text, false);
        PERFORM winback.start_process(8, 'card');
        PERFORM set_config('winback.as_of', (winback.now() + least(day, 4) * interval '1 day')::text, false);
        PERFORM winback.complete_task(task_id, 'sent') FROM winback.task WHERE status = 'open' AND step = 'send';
        UPDATE winback.process SET state = 'gave_up', ended_at = winback.now(), wakes_at = NULL
         WHERE playbook = 'card' AND state = 'running';
    END LOOP;
    PERFORM winback.start_process(8, 'card');
    PERFORM set_config('winback.as_of', (winback.now() + interval '5 days')::text, false);
END $$;
SELECT playbook, step, passed, mean_days, median_days, days_of_nine_in_ten, at_step, longest_days_so_far
  FROM winback.step_times WHERE playbook = 'card';
SELECT client_id, playbook, step, days_at_step, overdue, why FROM winback.stalled_processes WHERE playbook = 'card';

-- Answers, by whose the clients were when they gave them.
INSERT INTO winback.survey_answer (client_id, script, node, said, answered_at)
VALUES (3, 'return_survey', 'liked', 'all', '2023-05-01'), (5, 'return_survey', 'liked', 'much', '2023-07-01');
INSERT INTO winback.survey_answer (client_id, script, node, said, answered_at)
VALUES (3, 'return_survey', 'disliked', 'price', '2023-05-01'), (5, 'return_survey', 'disliked', 'no', '2023-07-01');
INSERT INTO winback.survey_answer (client_id, script, node, answers, answered_at)
VALUES (3, 'return_survey', 'better', '{price,goods}', '2023-05-31 23:00+00'),
       (5, 'return_survey', 'better', '{price}', '2023-07-01');
INSERT INTO winback.survey_answer (client_id, script, node, score, answered_at)
VALUES (1, 'nps', 'recommend', 10, '2024-02-01'), (2, 'nps', 'recommend', 9, '2024-02-01'),
       (10, 'nps', 'recommend', 8, '2024-02-02'), (13, 'nps', 'recommend', 0, '2024-02-03');
SET ROLE regress_winback_bi;
SELECT node, month, region, manager, answer, title, times_given, clients FROM winback.survey_areas
 WHERE script = 'return_survey' ORDER BY month, answer;
SELECT * FROM winback.nps_by_month;
SELECT sum(times_given) FROM winback.survey_areas;
SELECT sum(times_given) FROM winback.survey_results WHERE kind <> 'text';

-- Who is removed from the shop's tables and erased leaves the figures, as an order does that is removed.
RESET ROLE;
SET winback.as_of = '2024-10-01 12:00+02';
SELECT winback.record_event(12, 'conflict');
SELECT winback.fold();
SELECT month, sum(lost) AS lost, sum(recovered) AS recovered FROM winback.losses_by_month WHERE rule = 'conflict'
 GROUP BY 1;
DELETE FROM customer WHERE id = 12;
SELECT winback.erase_client(12);
SELECT month, sum(lost) AS lost, sum(recovered) AS recovered FROM winback.losses_by_month WHERE rule = 'conflict'
 GROUP BY 1;
SELECT count(*) FROM winback.client_version WHERE client_id = 12;
SELECT * FROM winback.verify();

-- Every view is a plain SELECT to who may read; no view reads an order.
SET ROLE regress_winback_bi;
BEGIN;
CREATE TEMP VIEW scans AS SELECT relname, seq_scan + coalesce(idx_scan, 0) AS number FROM pg_stat_xact_user_tables;
CREATE TEMP TABLE scans_before ON COMMIT DROP AS TABLE scans;
SELECT (SELECT count(*) FROM winback.loss_event) > 0 AND (SELECT count(*) FROM winback.losses_by_quarter) > 0
       AND (SELECT count(*) FROM winback.loss_rate) > 0 AND (SELECT count(*) FROM winback.double_loss) > 0
       AND (SELECT count(*) FROM winback.cause_pareto) > 0 AND (SELECT count(*) FROM winback.step_times) > 0
       AND (SELECT count(*) FROM winback.stalled_processes) > 0
       AND (SELECT count(*) FROM winback.manager_discipline) > 0
       AND (SELECT count(*) FROM winback.cohorts) > 0 AND (SELECT count(*) FROM winback.cohort_months) > 0
       AND (SELECT count(*) FROM winback.survey_areas) > 0 AND (SELECT count(*) FROM winback.nps_by_month) > 0 AS read;
SELECT s.relname, s.number - b.number AS scans FROM scans s JOIN scans_before b USING (relname)
 WHERE relname = 'purchase';
COMMIT;
RESET ROLE;

DROP VIEW local_purchase CASCADE;
DROP TABLE customer, purchase, call;
DROP FUNCTION buys(int, timestamp, numeric);
DROP SCHEMA winback CASCADE;
DROP OWNED BY regress_winback_bi;
DROP ROLE regress_winback_bi;
