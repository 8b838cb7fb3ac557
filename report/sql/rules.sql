-- By which rules clients were lost.
SELECT coalesce(jsonb_agg(jsonb_build_object('rule', r.rule, 'lost', r.lost) ORDER BY r.lost DESC, r.rule), '[]')
  FROM (SELECT m.rule, sum(m.lost) AS lost FROM winback.losses_by_month m GROUP BY m.rule HAVING sum(m.lost) > 0) r;
