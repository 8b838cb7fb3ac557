-- Where processes stall, and why.
SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.processes DESC, s.playbook, s.step), '[]')
  FROM (SELECT x.playbook, x.step, count(*) AS processes,
               count(*) FILTER (WHERE x.why = 'task overdue') AS overdue,
               count(*) FILTER (WHERE x.why = 'cause not fixed') AS not_fixed,
               count(*) FILTER (WHERE x.why = 'no room yet') AS no_room,
               count(*) FILTER (WHERE x.why = 'slow') AS slow
          FROM winback.stalled_processes x GROUP BY x.playbook, x.step) s;
