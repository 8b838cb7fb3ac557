-- Cohorts: the clients whose first order was in the same month, in policy.timezone, and what has become of them.

CREATE OR REPLACE VIEW winback.cohorts AS
SELECT date_trunc('month', c.first_order_at AT TIME ZONE o.timezone)::date AS cohort, count(*) AS clients,
       sum(c.orders)::bigint AS orders, sum(c.revenue) AS revenue, round(avg(c.revenue), 2) AS mean_revenue,
       count(*) FILTER (WHERE c.status = 'active') AS active, count(*) FILTER (WHERE c.status = 'at_risk') AS at_risk,
       count(*) FILTER (WHERE c.status = 'lost') AS lost,
       count(*) FILTER (WHERE c.status = 'written_off') AS written_off,
       count(*) FILTER (WHERE c.times_lost > 0) AS ever_lost,
       count(*) FILTER (WHERE c.times_returned > 0) AS ever_returned
  FROM winback.clients c CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) o
 WHERE c.first_order_at IS NOT NULL
 GROUP BY cohort;
COMMENT ON VIEW winback.cohorts IS 'clients by the month of their first order, and how they stand now';
COMMENT ON COLUMN winback.cohorts.cohort IS 'the first day of the month of the first order, in policy.timezone';
COMMENT ON COLUMN winback.cohorts.clients IS 'clients whose first order was in that month';
COMMENT ON COLUMN winback.cohorts.orders IS 'their purchases, of all time';
COMMENT ON COLUMN winback.cohorts.revenue IS 'their orders and returns, of all time, in the currency of the orders';
COMMENT ON COLUMN winback.cohorts.mean_revenue IS 'revenue / clients';
COMMENT ON COLUMN winback.cohorts.active IS 'of the clients, active now';
COMMENT ON COLUMN winback.cohorts.at_risk IS 'at risk now';
COMMENT ON COLUMN winback.cohorts.lost IS 'lost now';
COMMENT ON COLUMN winback.cohorts.written_off IS 'written off now';
COMMENT ON COLUMN winback.cohorts.ever_lost IS 'of the clients, lost once or more in their lives, now or before';
COMMENT ON COLUMN winback.cohorts.ever_returned IS 'of these, come back by a purchase once or more';

-- Where the clients of a cohort stood at the end of each month since. Every status that a client comes to, and leaves,
-- is counted in its month, what was before the first order in month 0; their sums up to a month are who stands so at
-- the end of it. So it costs what the changes of status are.
CREATE OR REPLACE VIEW winback.cohort_months AS
SELECT m.cohort, m.months_since, m.clients, m.active, m.at_risk, m.lost, m.written_off, m.returns,
       round(m.lost::numeric / m.clients, 4) AS share_lost
  FROM (SELECT b.cohort, (row_number() OVER w - 1)::int AS months_since, b.clients,
               coalesce(sum(d.active) OVER w, 0)::bigint AS active,
               coalesce(sum(d.at_risk) OVER w, 0)::bigint AS at_risk,
               coalesce(sum(d.lost) OVER w, 0)::bigint AS lost,
               coalesce(sum(d.written_off) OVER w, 0)::bigint AS written_off,
               coalesce(sum(d.returns) OVER w, 0)::bigint AS returns
          FROM winback.cohorts b
         CROSS JOIN LATERAL winback._starts('1 month', b.cohort::timestamp, winback.now() AT TIME ZONE (
                                                SELECT p.timezone FROM winback.policy p)) g (month)
          LEFT JOIN (SELECT f.cohort, greatest(f.cohort::timestamp, e.month) AS month,
                            sum(e.number) FILTER (WHERE s.status = 'active') AS active,
                            sum(e.number) FILTER (WHERE s.status = 'at_risk') AS at_risk,
                            sum(e.number) FILTER (WHERE s.status = 'lost') AS lost,
                            sum(e.number) FILTER (WHERE s.status = 'written_off') AS written_off,
                            count(*) FILTER (WHERE s.is_return AND e.number = 1) AS returns
                       FROM winback.status_period s
                       JOIN winback.client c ON c.client_id @client_equals@ s.client_id
                      CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) o
                      CROSS JOIN LATERAL (
                            SELECT date_trunc('month', c.first_order_at AT TIME ZONE o.timezone)::date) f (cohort)
                      CROSS JOIN LATERAL (
                            SELECT date_trunc('month', v.at AT TIME ZONE o.timezone), v.number
                              FROM (VALUES (coalesce(s.since, c.first_order_at), 1), (s.until, -1)) v (at, number)
                             WHERE v.at IS NOT NULL) e (month, number)
                      WHERE f.cohort IS NOT NULL
                      GROUP BY f.cohort, greatest(f.cohort::timestamp, e.month)) d
                 ON d.cohort = b.cohort AND d.month = g.month
        WINDOW w AS (PARTITION BY b.cohort ORDER BY g.month)) m;
COMMENT ON VIEW winback.cohort_months IS
    'clients by the month of their first order, and how they stood at the end of each month since; of the present '
    'month: now. By what is known now';
COMMENT ON COLUMN winback.cohort_months.cohort IS 'the first day of the month of the first order, in policy.timezone';
COMMENT ON COLUMN winback.cohort_months.months_since IS '0: that month; 1: the next one ...';
COMMENT ON COLUMN winback.cohort_months.clients IS 'clients whose first order was in the cohort''s month';
COMMENT ON COLUMN winback.cohort_months.active IS 'of these, active at the end of that month';
COMMENT ON COLUMN winback.cohort_months.at_risk IS 'at risk then';
COMMENT ON COLUMN winback.cohort_months.lost IS 'lost then';
COMMENT ON COLUMN winback.cohort_months.written_off IS 'written off then';
COMMENT ON COLUMN winback.cohort_months.returns IS 'how often a purchase had ended a loss of theirs up to then';
COMMENT ON COLUMN winback.cohort_months.share_lost IS 'lost / clients';
