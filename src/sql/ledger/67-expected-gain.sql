-- What is expected of bringing a client back, and in which order that is done.
--
--   expected gain = P(return) * second lifetime value - cost
--
--   P(return)               the share of processes that have brought their client back within policy.lift_after, of
--                           those that began so long ago or before, control groups aside: of those at such a silence;
--                           of these those about this cause; of these those with clients of this class. Each share is
--                           shrunk to that of the others of the group before it, so that each result counts once; the
--                           first to the prior of that silence (winback._return_prior) * own results, 1 at most
--   shrunk                  (returned + 10 * share of the others) / (tried + 10): the mean of a beta-binomial model
--                           whose prior counts as ten processes (Gelman and others 2013, Bayesian Data Analysis,
--                           section 5.3)
--   own results             (returned + 3) / (expected + 3): how many of all processes returned, by how many should
--                           have by the priors of their silences, as if 3 of 3 had been seen before (indirect
--                           standardisation): what is known of one silence bears on all of them
--   second lifetime value   the client's own period revenue * policy.margin: what it brought in the time before it left
--   cost                    see winback.playbook_cost; 0 while none is known

CREATE OR REPLACE VIEW winback.playbook_cost AS
SELECT v.playbook, b.enabled IS TRUE AS enabled,
       round(coalesce(nullif(e.cost, 0), nullif(winback._cheapest_way(v.definition), 0)), 2) AS cost
  FROM (SELECT DISTINCT ON (w.playbook) w.* FROM winback.playbook_version w
         ORDER BY w.playbook, w.version DESC) v
  LEFT JOIN winback.playbook b ON b.playbook = v.playbook
  LEFT JOIN (SELECT p.playbook, avg(coalesce(s.cost, 0)) AS cost
               FROM winback.process p
               JOIN winback.playbook_version x ON x.playbook = p.playbook AND x.version = p.version
                AND jsonb_path_exists(x.definition, '$.steps.*.cost ? (@ > 0)')
               LEFT JOIN (SELECT y.process_id, sum(y.cost) AS cost FROM winback.process_step y
                           GROUP BY y.process_id) s ON s.process_id = p.process_id
              WHERE winback._is_tried(p.state) AND p.ended_at IS NOT NULL AND NOT p.held_out
              GROUP BY p.playbook) e ON e.playbook = v.playbook;
COMMENT ON VIEW winback.playbook_cost IS 'what bringing a client back costs by each playbook';
COMMENT ON COLUMN winback.playbook_cost.playbook IS 'the playbook';
COMMENT ON COLUMN winback.playbook_cost.enabled IS 'it is in use';
COMMENT ON COLUMN winback.playbook_cost.cost IS
    'the mean of its ended processes, by those of its versions in which a step costs something; where none has ended, '
    'the cheapest way through it; null: no cost is known. In the currency of the orders';

-- In groups that go into each other. A group without results is that which holds it: its share is the same.
CREATE OR REPLACE VIEW winback.return_results AS
WITH result AS MATERIALIZED (
    SELECT 3 - grouping(t.prior) - grouping(t.cause) - grouping(t.abc) AS level, t.prior, t.cause, t.abc,
           count(*) AS tried, count(*) FILTER (WHERE t.returned) AS returned,
           coalesce(sum(t.prior), 0) AS expected
      FROM (SELECT winback._return_prior(p.silent_days) AS prior, p.cause, p.abc,
                   p.state = 'returned'
                   AND p.ended_at <= (p.started_at AT TIME ZONE o.timezone + o.lift_after) AT TIME ZONE o.timezone
                       AS returned
              FROM winback.process p
             CROSS JOIN (SELECT y.timezone, y.lift_after FROM winback.policy y LIMIT 1) o
             WHERE winback._is_tried(p.state) AND p.started_at <= (SELECT winback._tried_by()) AND NOT p.held_out) t
     GROUP BY GROUPING SETS ((), (t.prior), (t.prior, t.cause), (t.prior, t.cause, t.abc)))
SELECT r.level, r.prior, r.cause, r.abc, r.tried, r.returned, r.expected,
       (o.returned + 3) / (o.expected + 3) AS own_results,
       CASE r.level WHEN 1 THEN winback._shrunk_share(r.returned, r.tried, silence.share)
                    WHEN 2 THEN winback._shrunk_share(r.returned, r.tried, cause.share)
                    WHEN 3 THEN winback._shrunk_share(r.returned, r.tried, class.share) END AS p_return
  FROM result r
  JOIN result o ON o.level = 0
  LEFT JOIN result s ON s.level = 1 AND s.prior = r.prior
  LEFT JOIN result c ON c.level = 2 AND r.level >= 2 AND c.prior = r.prior AND c.cause IS NOT DISTINCT FROM r.cause
 CROSS JOIN LATERAL (
       SELECT least(1, r.prior * (o.returned - s.returned + 3) / (o.expected - s.expected + 3)) AS share) silence
 CROSS JOIN LATERAL (
       SELECT winback._shrunk_share(s.returned - c.returned, s.tried - c.tried, silence.share) AS share) cause
 CROSS JOIN LATERAL (
       SELECT winback._shrunk_share(c.returned - r.returned, c.tried - r.tried, cause.share) AS share) class;
COMMENT ON VIEW winback.return_results IS
    'how many processes have brought their client back within policy.lift_after, of those that began so long ago or '
    'before, control groups aside; not causal: see winback.lift';
COMMENT ON COLUMN winback.return_results.level IS
    '0: all; 1: those that began at such a silence; 2: of these those about this cause; 3: of these those with clients '
    'of this class; the sums of one level hold those of the next';
COMMENT ON COLUMN winback.return_results.prior IS
    'stands for the silence at which they began: the share expected before anything is known, by '
    'winback._return_prior()';
COMMENT ON COLUMN winback.return_results.cause IS 'the cause that they were about; null at levels 2 and 3: not known';
COMMENT ON COLUMN winback.return_results.abc IS
    'the class of their clients when they began; null at level 3: these had never bought';
COMMENT ON COLUMN winback.return_results.tried IS
    'processes that run, or ended as returned, gave_up, written_off or not_to_be_contacted';
COMMENT ON COLUMN winback.return_results.returned IS
    'those of them that ended as returned, within policy.lift_after of their beginning';
COMMENT ON COLUMN winback.return_results.expected IS 'how many of them should have, by the priors of their silences';
COMMENT ON COLUMN winback.return_results.own_results IS
    '(returned + 3) / (expected + 3) of level 0: how one''s own results compare with the priors';
COMMENT ON COLUMN winback.return_results.p_return IS
    'the chance that another one of them returns: (returned + 10 * s) / (tried + 10), s being the same of the others '
    'in the group of the level before; at level 1 the prior * (returned + 3) / (expected + 3) of the other silences: '
    'the mean of a beta-binomial model (Gelman and others 2013, section 5.3); null at level 0';

CREATE OR REPLACE VIEW winback.expected_gain AS
WITH result AS MATERIALIZED (SELECT x.* FROM winback.return_results x),
cost AS MATERIALIZED (SELECT x.* FROM winback.playbook_cost x WHERE x.cost IS NOT NULL)
SELECT c.client_id, c.name, c.manager, c.do_not_contact, coalesce(r.held_out, false) AS held_out,
       c.status_since AS lost_since, c.orders, w.cause, c.abc, d.silent_days, d.prior, coalesce(a3.tried, 0) AS tried,
       coalesce(a3.returned, 0) AS returned, round(p.share, 4) AS p_return, c.period_revenue,
       v.value AS second_lifetime_value, k.playbook, k.cost, g.gain AS expected_gain,
       pg_catalog.format('expected gain %s = P(return) %s x %s revenue x %s margin - %s%s; P(return): %s after such a '
                         'silence, %s of %s processes returned (%s expected), after such a silence %s of %s, with '
                         'cause %s %s of %s, in class %s %s of %s',
                         g.gain, round(p.share, 4), c.period_revenue, o.margin, coalesce(k.cost, 0),
                         ' by playbook ' || k.playbook, d.prior, a0.returned, a0.tried, a0.expected,
                         coalesce(a1.returned, 0), coalesce(a1.tried, 0), coalesce(w.cause, 'not known'),
                         coalesce(a2.returned, 0), coalesce(a2.tried, 0), coalesce(c.abc, 'none'),
                         coalesce(a3.returned, 0), coalesce(a3.tried, 0)) AS reason
  FROM winback.clients c
 CROSS JOIN (SELECT p.timezone, p.margin::numeric AS margin, (winback.now() AT TIME ZONE p.timezone)::date AS today
               FROM winback.policy p LIMIT 1) o
  LEFT JOIN LATERAL (SELECT p.playbook, p.held_out, p.cause FROM winback.process p
                      WHERE p.client_id @client_equals@ c.client_id AND p.state = 'running'
                      ORDER BY p.held_out DESC, p.process_id DESC LIMIT 1) r ON true
  LEFT JOIN LATERAL (SELECT b.playbook, b.cost FROM cost b
                      WHERE b.playbook = r.playbook OR r.playbook IS NULL AND b.enabled
                      ORDER BY b.cost, b.playbook LIMIT 1) k ON true
 -- Of most clients no cause was ever stated: then there is no need to look up their loss.
 CROSS JOIN LATERAL (
       SELECT coalesce(CASE WHEN EXISTS (SELECT FROM unnest(winback._keys_of_client(c.client_id::text)) k (key)
                                           JOIN winback.loss_cause y
                                             ON y.client_id @client_equals@ k.key::@client_type@)
                            THEN (SELECT l.cause FROM winback.loss l
                                   WHERE l.client_id @client_equals@ c.client_id AND l.ended_at IS NULL
                                   ORDER BY l.lost_at DESC LIMIT 1) END,
                       r.cause) AS cause
       OFFSET 0) w  -- it is looked up once, and so is the prior
 CROSS JOIN LATERAL (SELECT s.silent_days, winback._return_prior(s.silent_days) AS prior
                       FROM (SELECT o.today - (c.last_order_at AT TIME ZONE o.timezone)::date) s (silent_days)
                     OFFSET 0) d
  JOIN result a0 ON a0.level = 0
  LEFT JOIN result a1 ON a1.level = 1 AND a1.prior = d.prior
  LEFT JOIN result a2 ON a2.level = 2 AND a2.prior = d.prior AND a2.cause IS NOT DISTINCT FROM w.cause
  LEFT JOIN result a3 ON a3.level = 3 AND a3.prior = d.prior AND a3.cause IS NOT DISTINCT FROM w.cause
        AND a3.abc IS NOT DISTINCT FROM c.abc
 CROSS JOIN LATERAL (
       SELECT coalesce(a3.p_return, a2.p_return, a1.p_return, least(1, d.prior * a0.own_results)) AS share) p
 CROSS JOIN LATERAL (SELECT round(c.period_revenue * o.margin, 2) AS value) v
 CROSS JOIN LATERAL (SELECT round(p.share * v.value, 2) - coalesce(k.cost, 0) AS gain) g
 WHERE c.status = 'lost';
COMMENT ON VIEW winback.expected_gain IS
    'what is expected of bringing each lost client back: P(return given cause, class and silence) * second lifetime '
    'value - cost';
COMMENT ON COLUMN winback.expected_gain.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.expected_gain.name IS 'name of the client';
COMMENT ON COLUMN winback.expected_gain.manager IS 'the manager of the client';
COMMENT ON COLUMN winback.expected_gain.do_not_contact IS 'the client does not want to be contacted';
COMMENT ON COLUMN winback.expected_gain.held_out IS 'it is of a control group: nothing is done';
COMMENT ON COLUMN winback.expected_gain.lost_since IS 'the instant of the fact or deadline by which it is lost';
COMMENT ON COLUMN winback.expected_gain.orders IS 'number of its purchases';
COMMENT ON COLUMN winback.expected_gain.cause IS
    'why it was lost, as last stated, or as its process has found out; null: not known';
COMMENT ON COLUMN winback.expected_gain.abc IS 'its class; null: it never bought';
COMMENT ON COLUMN winback.expected_gain.silent_days IS
    'days since its last purchase, in policy.timezone; null: it never bought';
COMMENT ON COLUMN winback.expected_gain.prior IS
    'the share of such clients that return, before anything is known: winback._return_prior(), 0.20 to 0.40';
COMMENT ON COLUMN winback.expected_gain.tried IS
    'processes of which return_results tells, of clients of this class, about this cause, begun at such a silence';
COMMENT ON COLUMN winback.expected_gain.returned IS
    'those of them that brought the client back within policy.lift_after';
COMMENT ON COLUMN winback.expected_gain.p_return IS
    'the chance that it returns within policy.lift_after: p_return of winback.return_results, of the narrowest group '
    'with results that the client belongs to; where there is none the prior * own_results';
COMMENT ON COLUMN winback.expected_gain.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.expected_gain.second_lifetime_value IS
    'what it is taken to bring once it is back: period_revenue * policy.margin, in the currency of the orders';
COMMENT ON COLUMN winback.expected_gain.playbook IS
    'the playbook by which it is being brought back; else the one in use that costs the least; null: no cost is known';
COMMENT ON COLUMN winback.expected_gain.cost IS 'what that costs: see winback.playbook_cost; null: not known';
COMMENT ON COLUMN winback.expected_gain.expected_gain IS
    'p_return * second_lifetime_value - cost, an unknown cost being 0';
COMMENT ON COLUMN winback.expected_gain.reason IS 'the same in words';

-- The due tasks, by what is expected of their clients, as far as the capacity of their managers goes. In this order the
-- sweep deals those of the pool. Those of clients who are not lost come first: they can still be kept.
--
--   a task of                                 is within capacity
--   ---------------------------------------   ---------------------------------------------------------------------
--   a member of winback.return_manager        while its rank is not above his capacity
--   a member without a capacity, or anybody   always
--     else
--   nobody                                    while its rank is not above what the enabled members who are not away
--                                             have room for; always if one of them has no capacity, or there is none
CREATE OR REPLACE VIEW winback.work_list AS
WITH member AS (
    SELECT m.manager, m.capacity, m.enabled AND NOT EXISTS (
               SELECT FROM winback.absence a
                WHERE a.manager = m.manager AND o.today BETWEEN a.absent_from AND a.absent_to) AS shares,
           (SELECT count(*) FROM winback.task t WHERE t.assignee = m.manager AND t.status = 'open') AS has
      FROM winback.return_manager m
     CROSS JOIN (SELECT (winback.now() AT TIME ZONE p.timezone)::date AS today FROM winback.policy p LIMIT 1) o),
room AS (
    SELECT CASE WHEN bool_or(m.capacity IS NULL) IS FALSE THEN sum(greatest(m.capacity - m.has, 0)) END AS tasks
      FROM member m WHERE m.shares)
SELECT t.assignee, t.rank, coalesce(t.rank <= CASE WHEN t.assignee IS NULL THEN r.tasks ELSE m.capacity END, true)
       AS within_capacity,
       t.task_id, t.client_id, t.name, t.kind, t.title, t.due_on, t.process_id, t.step, t.cause, t.abc, t.silent_days,
       t.p_return, t.second_lifetime_value, t.cost, t.expected_gain, t.reason
  FROM (SELECT w.assignee,
               row_number() OVER (PARTITION BY w.assignee
                                  ORDER BY g.expected_gain DESC NULLS FIRST, c.period_revenue DESC NULLS LAST,
                                           w.due_on, w.task_id) AS rank,
               w.task_id, w.client_id, c.name, w.kind, w.title, w.due_on, w.process_id, w.step, g.cause, c.abc,
               g.silent_days, g.p_return, g.second_lifetime_value, g.cost, g.expected_gain, g.reason
          FROM winback.task w
         CROSS JOIN (SELECT (winback.now() AT TIME ZONE p.timezone)::date AS today FROM winback.policy p LIMIT 1) o
          LEFT JOIN winback.clients c ON c.client_id @client_equals@ w.client_id
          LEFT JOIN winback.expected_gain g ON g.client_id @client_equals@ w.client_id
         WHERE w.status = 'open' AND (w.process_id IS NOT NULL OR w.due_on <= o.today OR w.due_on IS NULL)) t
 CROSS JOIN room r
  LEFT JOIN member m ON m.manager = t.assignee
 ORDER BY t.assignee, t.rank;
COMMENT ON VIEW winback.work_list IS
    'the open tasks that are due, of each manager those first of which most is expected, and which of them are within '
    'his capacity; the sweep deals those of the pool in this order';
COMMENT ON COLUMN winback.work_list.assignee IS 'who is to do it; null: it is in the pool';
COMMENT ON COLUMN winback.work_list.rank IS
    'its place among his due tasks, or those of the pool: first those of clients that are not lost, by period revenue; '
    'then by expected gain';
COMMENT ON COLUMN winback.work_list.within_capacity IS
    'the manager''s capacity in winback.return_manager is not used up before it; of the pool: the room that the '
    'members have together';
COMMENT ON COLUMN winback.work_list.task_id IS 'number of the task';
COMMENT ON COLUMN winback.work_list.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.work_list.name IS 'name of the client';
COMMENT ON COLUMN winback.work_list.kind IS 'kind of task, a row of winback.task_kind';
COMMENT ON COLUMN winback.work_list.title IS 'what is to be done';
COMMENT ON COLUMN winback.work_list.due_on IS 'the day on which it is to be done; null: any day';
COMMENT ON COLUMN winback.work_list.process_id IS 'the process that the task is a step of';
COMMENT ON COLUMN winback.work_list.step IS 'the step of that process';
COMMENT ON COLUMN winback.work_list.cause IS 'as in winback.expected_gain; so are the columns after it';
COMMENT ON COLUMN winback.work_list.abc IS 'class of the client; null: it never bought';
COMMENT ON COLUMN winback.work_list.silent_days IS 'days since the client''s last purchase';
COMMENT ON COLUMN winback.work_list.p_return IS 'the chance that the client returns';
COMMENT ON COLUMN winback.work_list.second_lifetime_value IS 'what it is taken to bring once it is back';
COMMENT ON COLUMN winback.work_list.cost IS 'what bringing it back costs; null: not known';
COMMENT ON COLUMN winback.work_list.expected_gain IS
    'p_return * second_lifetime_value - cost; null: the client is not lost';
COMMENT ON COLUMN winback.work_list.reason IS 'the same in words';
