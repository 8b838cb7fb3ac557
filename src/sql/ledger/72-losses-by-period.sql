-- Losses and returns over time, for BI tools: as events, and in sums that may be added up. Days, months and quarters
-- are those of policy.timezone. LIMIT 1: the planner cannot know that winback.policy has one row.

-- Of an event the dimensions are those when it was recorded: a return counts for who had the client then, whoever lost
-- it. An end that belongs to no loss is an erased client's.
CREATE OR REPLACE VIEW winback.loss_event AS
SELECT e.event, e.at, (e.at AT TIME ZONE o.timezone)::date AS day,
       date_trunc('month', e.at AT TIME ZONE o.timezone)::date AS month,
       date_trunc('quarter', e.at AT TIME ZONE o.timezone)::date AS quarter,
       e.client_id, e.loss_id, e.lost_at, e.rule, e.cause, e.manager, e.channel, e.region, e.department
  FROM (SELECT x.event, x.at, l.client_id, l.loss_id, l.lost_at, l.rule, l.cause, x.manager, x.channel, x.region,
               x.department
          FROM (SELECT i.*, row_number() OVER (PARTITION BY i.client_id ORDER BY i.lost_at, i.loss_id) AS number
                  FROM winback.loss i) l
          LEFT JOIN (SELECT s.*, row_number() OVER (PARTITION BY s.client_id ORDER BY s.changed_at, s.change_id)
                            AS number
                       FROM winback.status_change s
                      WHERE s.loss IN ('returned', 'recovered') AND s.withdrawn_at IS NULL) r
                 ON r.client_id @client_equals@ l.client_id AND r.number = l.number
         CROSS JOIN LATERAL (VALUES ('lost', l.lost_at, l.manager, l.channel, l.region, l.department),
                                    (r.loss, r.changed_at, r.manager, r.channel, r.region, r.department))
                            AS x (event, at, manager, channel, region, department)
         WHERE x.at IS NOT NULL
        UNION ALL
        SELECT s.loss, s.changed_at, NULL, NULL, NULL, NULL, NULL, s.manager, s.channel, s.region, s.department
          FROM winback.status_change s
         WHERE s.client_id IS NULL AND s.loss IN ('returned', 'recovered') AND s.withdrawn_at IS NULL) e
 CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) o;
COMMENT ON VIEW winback.loss_event IS
    'every loss and every end of one, to be counted over any period: one row each';
COMMENT ON COLUMN winback.loss_event.event IS
    'lost; or how a loss ended: returned (by a purchase), recovered (otherwise)';
COMMENT ON COLUMN winback.loss_event.at IS 'when';
COMMENT ON COLUMN winback.loss_event.day IS 'the day of it, in policy.timezone';
COMMENT ON COLUMN winback.loss_event.month IS 'the first day of its month, in policy.timezone';
COMMENT ON COLUMN winback.loss_event.quarter IS 'the first day of its quarter, in policy.timezone';
COMMENT ON COLUMN winback.loss_event.client_id IS 'the client; null: it has been erased';
COMMENT ON COLUMN winback.loss_event.loss_id IS
    'the loss, as in winback.loss; null: no sweep has recorded it yet, or the client has been erased';
COMMENT ON COLUMN winback.loss_event.lost_at IS 'when the client was lost; null: the end of an erased client''s loss';
COMMENT ON COLUMN winback.loss_event.rule IS 'the rule by which it was lost; null: likewise';
COMMENT ON COLUMN winback.loss_event.cause IS 'why it was lost, as last stated; null: not known';
COMMENT ON COLUMN winback.loss_event.manager IS
    'the client''s manager when the event was recorded; channel, region and department likewise';
COMMENT ON COLUMN winback.loss_event.channel IS 'see manager';
COMMENT ON COLUMN winback.loss_event.region IS 'see manager';
COMMENT ON COLUMN winback.loss_event.department IS 'see manager';

CREATE OR REPLACE VIEW winback.losses_by_month AS
SELECT e.month, e.quarter, e.channel, e.region, e.department, e.manager, e.rule, e.cause,
       count(*) FILTER (WHERE e.event = 'lost') AS lost, count(*) FILTER (WHERE e.event = 'returned') AS returned,
       count(*) FILTER (WHERE e.event = 'recovered') AS recovered
  FROM winback.loss_event e
 GROUP BY e.month, e.quarter, e.channel, e.region, e.department, e.manager, e.rule, e.cause;
COMMENT ON VIEW winback.losses_by_month IS
    'how many clients were lost, and came back, in each month, by whose they were then, rule and cause; may be added '
    'up';
COMMENT ON COLUMN winback.losses_by_month.month IS 'its first day, in policy.timezone';
COMMENT ON COLUMN winback.losses_by_month.quarter IS 'the first day of its quarter';
COMMENT ON COLUMN winback.losses_by_month.channel IS 'the clients'' channel when it was recorded';
COMMENT ON COLUMN winback.losses_by_month.region IS 'the clients'' region when it was recorded';
COMMENT ON COLUMN winback.losses_by_month.department IS 'the clients'' department when it was recorded';
COMMENT ON COLUMN winback.losses_by_month.manager IS 'the clients'' manager when it was recorded';
COMMENT ON COLUMN winback.losses_by_month.rule IS 'the rule by which they were lost; of returns: had been';
COMMENT ON COLUMN winback.losses_by_month.cause IS 'why they were lost, as last stated; null: not known';
COMMENT ON COLUMN winback.losses_by_month.lost IS 'losses; a client that was lost twice is two';
COMMENT ON COLUMN winback.losses_by_month.returned IS 'losses, of whatever month, that a purchase ended in this one';
COMMENT ON COLUMN winback.losses_by_month.recovered IS 'likewise, that ended otherwise: a signal or a rule is gone';

CREATE OR REPLACE VIEW winback.losses_by_quarter AS
SELECT m.quarter, m.channel, m.region, m.department, m.manager, m.rule, m.cause, sum(m.lost)::bigint AS lost,
       sum(m.returned)::bigint AS returned, sum(m.recovered)::bigint AS recovered
  FROM winback.losses_by_month m
 GROUP BY m.quarter, m.channel, m.region, m.department, m.manager, m.rule, m.cause;
COMMENT ON VIEW winback.losses_by_quarter IS
    'how many clients were lost, and came back, in each quarter, by whose they were then, rule and cause; may be added '
    'up';
COMMENT ON COLUMN winback.losses_by_quarter.quarter IS 'its first day, in policy.timezone';
COMMENT ON COLUMN winback.losses_by_quarter.channel IS 'the clients'' channel when it was recorded';
COMMENT ON COLUMN winback.losses_by_quarter.region IS 'the clients'' region when it was recorded';
COMMENT ON COLUMN winback.losses_by_quarter.department IS 'the clients'' department when it was recorded';
COMMENT ON COLUMN winback.losses_by_quarter.manager IS 'the clients'' manager when it was recorded';
COMMENT ON COLUMN winback.losses_by_quarter.rule IS 'the rule by which they were lost; of returns: had been';
COMMENT ON COLUMN winback.losses_by_quarter.cause IS 'why they were lost, as last stated; null: not known';
COMMENT ON COLUMN winback.losses_by_quarter.lost IS 'losses; a client that was lost twice is two';
COMMENT ON COLUMN winback.losses_by_quarter.returned IS
    'losses, of whatever quarter, that a purchase ended in this one';
COMMENT ON COLUMN winback.losses_by_quarter.recovered IS 'likewise, that ended otherwise: a signal or a rule is gone';

-- A client is there at the start of a year when it is active or at risk then, as winback.clients_as_of() says of that
-- instant. Of the clients that are lost within a year some have come only after its start: the rate that is usual
-- counts them, and may exceed 1 where clients come fast; the other one leaves them out.
--
-- Every status counts in the first year that starts within or after it, and no more in the first one after its end: the
-- sums of these are who is there.
CREATE OR REPLACE VIEW winback.loss_rate AS
WITH period AS MATERIALIZED (SELECT p.* FROM winback.status_period p)  -- made once
SELECT r.year, r.active_at_start, r.clients_lost, r.lost_of_active,
       round(r.clients_lost::numeric / nullif(r.active_at_start, 0), 4) AS loss_rate,
       round(r.lost_of_active::numeric / nullif(r.active_at_start, 0), 4) AS share_lost, r.is_over
  FROM (SELECT y.begins::date AS year, (sum(coalesce(a.number, 0)) OVER (ORDER BY y.begins))::bigint AS active_at_start,
               coalesce(l.clients, 0) AS clients_lost, coalesce(l.of_active, 0) AS lost_of_active,
               (y.begins + interval '1 year') AT TIME ZONE o.timezone <= winback.now() AS is_over
          FROM (SELECT p.timezone FROM winback.policy p LIMIT 1) o
         CROSS JOIN LATERAL (
               SELECT date_trunc('year', min(c.began_at) AT TIME ZONE o.timezone) AS first FROM winback.client c) f
         CROSS JOIN LATERAL winback._starts('1 year', f.first, winback.now() AT TIME ZONE o.timezone) y (begins)
          LEFT JOIN (SELECT b.begins, sum(e.number)::bigint AS number
                       FROM period s
                      CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) z
                      CROSS JOIN LATERAL (VALUES (s.since, 1), (s.until, -1)) e (at, number)
                      CROSS JOIN LATERAL (
                            SELECT date_trunc('year', e.at AT TIME ZONE z.timezone - interval '1 microsecond')
                                   + interval '1 year') b (begins)
                      WHERE s.status IN ('active', 'at_risk') GROUP BY b.begins) a ON a.begins = y.begins
          LEFT JOIN (SELECT d.begins, count(*) AS clients, count(*) FILTER (WHERE d.was_there) AS of_active
                       FROM (SELECT b.begins, s.client_id,
                                    bool_or(t.since <= b.begins AT TIME ZONE z.timezone
                                            AND t.until > b.begins AT TIME ZONE z.timezone) AS was_there
                               FROM period s
                              CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) z
                              CROSS JOIN LATERAL (
                                    SELECT date_trunc('year', s.since AT TIME ZONE z.timezone)) b (begins)
                               LEFT JOIN period t
                                      ON t.client_id @client_equals@ s.client_id AND t.status IN ('active', 'at_risk')
                              WHERE s.begins_loss GROUP BY b.begins, s.client_id) d
                      GROUP BY d.begins) l ON l.begins = y.begins) r;
COMMENT ON VIEW winback.loss_rate IS
    'for each year, how many of the clients there were at its start are lost; by what is known now';
COMMENT ON COLUMN winback.loss_rate.year IS 'its first day, in policy.timezone';
COMMENT ON COLUMN winback.loss_rate.active_at_start IS
    'clients that were active or at risk at the first instant of the year';
COMMENT ON COLUMN winback.loss_rate.clients_lost IS
    'clients that were lost within the year, each once; those that came only within it included';
COMMENT ON COLUMN winback.loss_rate.lost_of_active IS 'of active_at_start, lost within the year';
COMMENT ON COLUMN winback.loss_rate.loss_rate IS 'clients_lost / active_at_start; of the present year: so far';
COMMENT ON COLUMN winback.loss_rate.share_lost IS 'lost_of_active / active_at_start; of the present year: so far';
COMMENT ON COLUMN winback.loss_rate.is_over IS 'the year is over';
