-- Whether the managers' tasks are done in time: those that were due within the last twelve months.
SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('share_in_time', m.share_in_time::text)
                          ORDER BY m.tasks DESC, m.manager), '[]')
  FROM (SELECT d.manager, sum(d.tasks) AS tasks, sum(d.done_in_time) AS done_in_time, sum(d.done_late) AS done_late,
               sum(d.open_in_time) AS open_in_time, sum(d.open_overdue) AS open_overdue,
               sum(d.cancelled) AS cancelled, sum(d.without_evidence) AS without_evidence,
               sum(d.times_put_off) AS times_put_off, sum(d.refused_closings) AS refused_closings,
               round(sum(d.done_in_time)::numeric
                     / nullif(sum(d.done_in_time) + sum(d.done_late) + sum(d.open_overdue), 0), 4) AS share_in_time
          FROM winback.manager_discipline d
         WHERE d.month > (SELECT date_trunc('month', winback.now() AT TIME ZONE p.timezone) - interval '12 months'
                            FROM winback.policy p)
         GROUP BY d.manager) m;
