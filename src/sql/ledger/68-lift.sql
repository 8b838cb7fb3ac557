-- What the work brings about: those who entered a playbook, worked or held out as the lot fell, whatever became of
-- their processes afterwards (intention to treat).
--
--   who enters                                         counts
--   -------------------------------------------------  ---------------------------------------------------------------
--   with a lot drawn, policy.lift_after ago or before  once each time that the client was lost, as the first lot fell
--   later than that                                    not yet, but in entered_since: nobody knows whether it returns
--   without a lot (no holdout, or in a process before) not: there is nobody to compare it with
--   and was erased since                               not: its orders are not known any more
--
-- Returned has who bought within policy.lift_after: the purchase counts, not how the process ended. Both groups are
-- looked at for the same length of time.
--
-- A share that is changed begins a comparison of its own: with the share the mixture of the months changes in one of
-- the groups, and that would look like an effect.
CREATE OR REPLACE VIEW winback.lift AS
SELECT g.playbook, g.holdout, g.worked_clients, g.control_clients, m.more AS more_needed, g.entered_since,
       CASE WHEN m.more = 0 THEN g.worked_returned END AS worked_returned,
       CASE WHEN m.more = 0 THEN g.control_returned END AS control_returned,
       CASE WHEN m.more = 0 THEN round(g.worked_returned::numeric / g.worked_clients, 4) END AS worked_share,
       CASE WHEN m.more = 0 THEN round(g.control_returned::numeric / g.control_clients, 4) END AS control_share,
       round(d.difference::numeric, 4) AS difference, round(d.low::numeric, 4) AS difference_low,
       round(d.high::numeric, 4) AS difference_high,
       CASE WHEN m.more = 0 THEN round(g.worked_revenue, 2) END AS worked_revenue,
       CASE WHEN m.more = 0 THEN round(g.control_revenue, 2) END AS control_revenue,
       round(w.difference, 2) AS revenue_difference, round(w.low, 2) AS revenue_low, round(w.high, 2) AS revenue_high,
       winback._lift_words(m.more, g.entered_since, d.difference, d.low, d.high) AS says
  FROM (SELECT b.playbook, b.holdout, count(*) FILTER (WHERE e.part = 'worked') AS worked_clients,
               count(*) FILTER (WHERE e.part = 'control') AS control_clients,
               count(*) FILTER (WHERE e.part = 'later') AS entered_since,
               count(*) FILTER (WHERE e.part = 'worked' AND e.returned) AS worked_returned,
               count(*) FILTER (WHERE e.part = 'control' AND e.returned) AS control_returned,
               avg(e.revenue) FILTER (WHERE e.part = 'worked') AS worked_revenue,
               avg(e.revenue) FILTER (WHERE e.part = 'control') AS control_revenue,
               var_samp(e.revenue) FILTER (WHERE e.part = 'worked') AS worked_variance,
               var_samp(e.revenue) FILTER (WHERE e.part = 'control') AS control_variance
          FROM (SELECT y.playbook, y.holdout FROM winback.playbook y WHERE y.holdout > 0
                UNION
                SELECT x.playbook, x.holdout FROM winback.process x WHERE x.holdout > 0) b
          LEFT JOIN (SELECT n.playbook, n.holdout, f.returned, f.revenue,
                            CASE WHEN n.until > winback.now() THEN 'later' WHEN n.held_out THEN 'control'
                                 ELSE 'worked' END AS part
                       FROM (SELECT DISTINCT ON (p.playbook, p.client_id, p.since)
                                    p.playbook, p.holdout, p.held_out, p.client_id, p.started_at,
                                    (p.started_at AT TIME ZONE o.timezone + o.lift_after) AT TIME ZONE o.timezone
                                        AS until
                               FROM winback.process p
                              CROSS JOIN (SELECT y.timezone, y.lift_after FROM winback.policy y LIMIT 1) o
                              WHERE p.holdout > 0 AND p.client_id IS DISTINCT FROM NULL
                              ORDER BY p.playbook, p.client_id, p.since, p.started_at, p.process_id) n
                      CROSS JOIN LATERAL (
                            SELECT bool_or(a.kind = 'order') IS TRUE AS returned, coalesce(sum(a.amount), 0) AS revenue
                              FROM winback._client_facts(CASE WHEN n.until <= winback.now()
                                                              THEN winback._present_client(n.client_id::text) END) a
                             WHERE a.kind IN ('order', 'return') AND a.at > n.started_at AND a.at <= n.until
                               AND a.source IN (SELECT s.relation FROM winback.source s WHERE s.kind = 'orders')) f) e
                 ON e.playbook = b.playbook AND e.holdout = b.holdout
         GROUP BY b.playbook, b.holdout) g
 CROSS JOIN LATERAL winback._more_clients(g.worked_clients, g.control_clients, g.control_returned,
                                          (SELECT y.lift_effect::double precision FROM winback.policy y),
                                          g.holdout::double precision) m (more)
  LEFT JOIN LATERAL winback._newcombe(g.worked_returned, g.worked_clients, g.control_returned, g.control_clients) d
         ON m.more = 0
  LEFT JOIN LATERAL winback._welch(g.worked_revenue, g.worked_variance, g.worked_clients,
                                   g.control_revenue, g.control_variance, g.control_clients) w ON m.more = 0;
COMMENT ON VIEW winback.lift IS
    'by playbook and share held out: how many more clients come back, and what they bring, with the work than without; '
    'figures are null until there are enough clients. The intervals hold for one look at the number asked for';
COMMENT ON COLUMN winback.lift.playbook IS 'the playbook';
COMMENT ON COLUMN winback.lift.holdout IS 'so many percent of those who entered were held out';
COMMENT ON COLUMN winback.lift.worked_clients IS
    'who entered policy.lift_after ago or longer, and was not held out; once for each time that it was lost';
COMMENT ON COLUMN winback.lift.control_clients IS 'likewise, and was held out';
COMMENT ON COLUMN winback.lift.more_needed IS
    'about how many are missing before a difference of policy.lift_effect is found in 80 of 100 cases; 0: there are '
    'enough';
COMMENT ON COLUMN winback.lift.entered_since IS
    'how many of those have entered already, less than policy.lift_after ago: they are in no other column yet';
COMMENT ON COLUMN winback.lift.worked_returned IS 'of worked_clients, bought within policy.lift_after of entering';
COMMENT ON COLUMN winback.lift.control_returned IS 'of control_clients, bought within policy.lift_after of entering';
COMMENT ON COLUMN winback.lift.worked_share IS 'worked_returned / worked_clients';
COMMENT ON COLUMN winback.lift.control_share IS
    'control_returned / control_clients: who comes back without any work';
COMMENT ON COLUMN winback.lift.difference IS 'worked_share - control_share: what the work brings about';
COMMENT ON COLUMN winback.lift.difference_low IS
    'lower end of its 95 % interval, by Newcombe''s hybrid score method (Statistics in Medicine 1998, 17:873-890, '
    'method 10)';
COMMENT ON COLUMN winback.lift.difference_high IS 'upper end of it';
COMMENT ON COLUMN winback.lift.worked_revenue IS
    'mean sum of orders and returns within policy.lift_after of entering, of worked_clients';
COMMENT ON COLUMN winback.lift.control_revenue IS 'likewise, of control_clients';
COMMENT ON COLUMN winback.lift.revenue_difference IS 'worked_revenue - control_revenue';
COMMENT ON COLUMN winback.lift.revenue_low IS 'lower end of its 95 % interval, by Welch''s method';
COMMENT ON COLUMN winback.lift.revenue_high IS 'upper end of it';
COMMENT ON COLUMN winback.lift.says IS
    'in words: how many clients are missing; or whether a difference of the shares is shown, and how large';
