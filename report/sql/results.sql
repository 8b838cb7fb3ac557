-- What was done about the losses, and what came of it: of all time, and of those of the last twelve months. The control
-- group is left out of what counts the work.
WITH loss AS MATERIALIZED (
    SELECT r.lost_at >= p.year_ago AS late, r.ended_at >= p.year_ago AS ended_late,
           r.held_out, r.processes > 0 AS begun, r.was_worked, coalesce(r.result = 'returned', false) AS returned,
           r.cost, r.revenue_since_return AS revenue
      FROM winback.loss_result r
     CROSS JOIN (SELECT (winback.now() AT TIME ZONE o.timezone - interval '12 months') AT TIME ZONE o.timezone
                            AS year_ago
                   FROM winback.policy o LIMIT 1) p)
SELECT jsonb_build_object(
           'losses', count(*), 'returned', count(*) FILTER (WHERE l.returned),
           'revenue', coalesce(sum(l.revenue) FILTER (WHERE l.returned), 0)::text,
           'returned_late', count(*) FILTER (WHERE l.returned AND l.ended_late),
           'revenue_late', coalesce(sum(l.revenue) FILTER (WHERE l.returned AND l.ended_late), 0)::text,
           'cost', coalesce(sum(l.cost), 0)::text,
           'lost', count(*) FILTER (WHERE l.late AND NOT l.held_out),
           'begun', count(*) FILTER (WHERE l.late AND NOT l.held_out AND (l.begun OR l.was_worked)),
           'worked', count(*) FILTER (WHERE l.late AND NOT l.held_out AND l.was_worked),
           'worked_returned', count(*) FILTER (WHERE l.late AND NOT l.held_out AND l.was_worked AND l.returned),
           'unworked_returned', count(*) FILTER (WHERE l.late AND NOT l.held_out AND NOT l.was_worked AND l.returned),
           'held_out', count(*) FILTER (WHERE l.late AND l.held_out),
           'held_out_returned', count(*) FILTER (WHERE l.late AND l.held_out AND l.returned))
  FROM loss l;
