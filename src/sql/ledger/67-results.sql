-- What came of the work, loss by loss and in sums.
--
-- Which loss a process is about:
--
--   its client                                     the process is about
--   --------------------------------------------   ------------------------------------------------------------
--   was lost when it was started                   that loss
--   had bought by then, which came to light later  likewise: the loss that was under way at process.since
--   was at risk, and was lost while it ran         that loss
--   was at risk, and was not                       none
--
-- Of several processes about one loss the last one that was begun is taken, for its playbook, segment, step and whether
-- it holds the client out; the cost is that of all.
--
-- Worked is a loss when a task of its client was done before the loss ended: waiting is no work, and what is done after
-- the return has not brought it about.
--
-- The second lifetime goes from the return (inclusive) to the next loss (exclusive): no order is in two.
CREATE OR REPLACE VIEW winback.loss_result AS
SELECT l.loss_id, l.client_id, l.lost_at, l.rule, l.manager, l.channel, l.region, l.department, l.cause, l.result,
       l.ended_at, coalesce(p.processes, 0) AS processes, p.process_id, p.playbook, p.segment, p.holdout,
       coalesce(p.held_out, false) AS held_out, CASE WHEN NOT p.held_out THEN p.step END AS step,
       EXISTS (SELECT FROM unnest(winback._keys_of_client(l.client_id::text)) k (key)
                 JOIN winback.task t ON t.client_id @client_equals@ k.key::@client_type@
                WHERE t.status = 'done' AND NOT t.evidence_withdrawn AND t.closed_at >= least(l.lost_at, p.since)
                  AND (t.closed_at <= l.ended_at OR l.ended_at IS NULL)) AS was_worked,
       coalesce(p.cost, 0) AS cost,
       CASE WHEN l.result = 'returned'
            THEN ((l.ended_at AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date
                  - (l.lost_at AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date)::numeric
       END AS days_to_return,
       r.revenue AS revenue_since_return
  FROM (SELECT i.*, lag(i.lost_at) OVER w AS previous_lost_at, lag(i.ended_at) OVER w AS previous_ended_at,
               lead(i.lost_at) OVER w AS next_lost_at
          FROM winback.loss i
        WINDOW w AS (PARTITION BY i.client_id ORDER BY i.lost_at, i.loss_id)) l
  LEFT JOIN LATERAL (
       SELECT a.process_id, a.playbook, a.since, a.segment, a.holdout, a.held_out, a.step,
              count(*) OVER () AS processes, sum(s.cost) OVER () AS cost
         FROM unnest(winback._keys_of_client(l.client_id::text)) k (key)
         JOIN winback.process a ON a.client_id @client_equals@ k.key::@client_type@
         LEFT JOIN LATERAL (SELECT sum(b.cost) AS cost FROM winback.process_step b
                             WHERE b.process_id = a.process_id) s ON true
        WHERE CASE WHEN greatest(a.started_at, a.since) >= l.lost_at
                   THEN (a.started_at < l.next_lost_at OR l.next_lost_at IS NULL)
                        AND (a.since < l.ended_at OR l.ended_at IS NULL)
                   ELSE (a.since >= l.previous_ended_at OR l.previous_lost_at IS NULL)
                        AND (a.ended_at >= l.lost_at OR a.ended_at IS NULL) END
        ORDER BY a.started_at DESC, a.process_id DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (
       SELECT coalesce(sum(f.amount), 0) AS revenue
         FROM winback._client_facts(CASE WHEN l.result = 'returned' THEN l.client_id::text END) f
        WHERE f.kind IN ('order', 'return') AND f.at >= l.ended_at
          AND (f.at < l.next_lost_at OR l.next_lost_at IS NULL)) r ON l.result = 'returned';
COMMENT ON VIEW winback.loss_result IS
    'one row each time a client is lost: what was done about it, and what came of it';
COMMENT ON COLUMN winback.loss_result.loss_id IS
    'number of the change of status that began it; null until a sweep has recorded that';
COMMENT ON COLUMN winback.loss_result.client_id IS 'the client; null: it has been erased, and with it what was done';
COMMENT ON COLUMN winback.loss_result.lost_at IS 'since when the client was lost';
COMMENT ON COLUMN winback.loss_result.rule IS 'the rule by which it was lost';
COMMENT ON COLUMN winback.loss_result.manager IS
    'the client''s manager when the loss was recorded; channel, region and department likewise';
COMMENT ON COLUMN winback.loss_result.channel IS 'see manager';
COMMENT ON COLUMN winback.loss_result.region IS 'see manager';
COMMENT ON COLUMN winback.loss_result.department IS 'see manager';
COMMENT ON COLUMN winback.loss_result.cause IS 'why, as last stated; null: not known';
COMMENT ON COLUMN winback.loss_result.result IS
    'returned (by a purchase), recovered (otherwise), written_off, erased; null: the client is lost still';
COMMENT ON COLUMN winback.loss_result.ended_at IS 'until when the client was lost; null: it still is';
COMMENT ON COLUMN winback.loss_result.processes IS 'how many processes were about this loss';
COMMENT ON COLUMN winback.loss_result.process_id IS
    'the last of them that was begun, of which the next five columns tell';
COMMENT ON COLUMN winback.loss_result.playbook IS 'the playbook that it walks; null: there was no process';
COMMENT ON COLUMN winback.loss_result.segment IS 'the segment that the client had entered; null: begun by hand';
COMMENT ON COLUMN winback.loss_result.holdout IS
    'how many percent of those who entered were held out then; null: no lot was drawn';
COMMENT ON COLUMN winback.loss_result.held_out IS 'the client was of the control group';
COMMENT ON COLUMN winback.loss_result.step IS 'the step at which it is, or ended; null: none was begun';
COMMENT ON COLUMN winback.loss_result.was_worked IS 'a task of this client was done between the loss and its end';
COMMENT ON COLUMN winback.loss_result.cost IS 'what the steps of its processes cost, in the currency of the orders';
COMMENT ON COLUMN winback.loss_result.days_to_return IS
    'returned: days from the loss to the purchase, in policy.timezone';
COMMENT ON COLUMN winback.loss_result.revenue_since_return IS
    'returned: the second lifetime value, the sum of orders and returns from that purchase on, until the client is '
    'lost again';

-- Sums of the above. The control group has rows of its own; counts and money can be added up over any of the groups.
CREATE OR REPLACE VIEW winback.results AS
SELECT g.playbook, g.cause, g.step, g.manager, g.month, g.held_out, g.lost, g.worked, g.returned, g.worked_returned,
       g.days_to_return, g.revenue_since_return, g.cost, round(g.cost / nullif(g.worked_returned, 0), 2)
       AS cost_per_returned, (SELECT p.cost_per_lead FROM winback.policy p) AS cost_per_lead,
       CASE WHEN g.controlled THEN 'see winback.lift' ELSE 'not causal' END AS says
  FROM (SELECT r.playbook, r.cause, r.step, r.manager,
               date_trunc('month', r.lost_at AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date AS month,
               r.held_out,
               count(*) AS lost, count(*) FILTER (WHERE r.was_worked) AS worked,
               count(*) FILTER (WHERE r.result = 'returned') AS returned,
               count(*) FILTER (WHERE r.result = 'returned' AND r.was_worked) AS worked_returned,
               round(avg(r.days_to_return), 1) AS days_to_return,
               coalesce(sum(r.revenue_since_return), 0) AS revenue_since_return, sum(r.cost) AS cost,
               bool_and(coalesce(r.holdout, 0) > 0) AS controlled
          FROM winback.loss_result r
         GROUP BY r.playbook, r.cause, r.step, r.manager, month, r.held_out) g;
COMMENT ON VIEW winback.results IS
    'what came of the losses of each month, by playbook, cause, step and manager; counts and money may be added up';
COMMENT ON COLUMN winback.results.playbook IS
    'the playbook of the last process that was begun about the loss; null: there was no process';
COMMENT ON COLUMN winback.results.cause IS 'why the clients were lost, as last stated; null: not known';
COMMENT ON COLUMN winback.results.step IS 'the step at which that process is, or ended; null: none was begun';
COMMENT ON COLUMN winback.results.manager IS 'the clients'' manager when the loss was recorded';
COMMENT ON COLUMN winback.results.month IS 'first day of the month in which the clients were lost, in policy.timezone';
COMMENT ON COLUMN winback.results.held_out IS 'true: these are the control group, false: all the others';
COMMENT ON COLUMN winback.results.lost IS 'losses; a client that was lost twice is two';
COMMENT ON COLUMN winback.results.worked IS 'of these, with a task that was done between the loss and its end';
COMMENT ON COLUMN winback.results.returned IS 'of all these losses, ended by a purchase';
COMMENT ON COLUMN winback.results.worked_returned IS 'of those that were worked, ended by a purchase';
COMMENT ON COLUMN winback.results.days_to_return IS
    'mean number of days from the loss to the return of those that returned: to add up, weigh it with returned';
COMMENT ON COLUMN winback.results.revenue_since_return IS
    'of those that returned: the second lifetime value, the sum of orders and returns until they were lost again';
COMMENT ON COLUMN winback.results.cost IS
    'what the steps of all their processes cost, also of those that did not return, in the currency of the orders';
COMMENT ON COLUMN winback.results.cost_per_returned IS
    'cost / worked_returned: who came back without any work does not make the work cheaper';
COMMENT ON COLUMN winback.results.cost_per_lead IS 'policy.cost_per_lead beside it: what a new client costs';
COMMENT ON COLUMN winback.results.says IS
    'not causal: there was no control group to all of these, so nobody knows who would have come back anyway; '
    'see winback.lift: there was';
