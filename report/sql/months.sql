-- Losses and what ended them, month by month, those in which nothing happened included.
WITH month AS MATERIALIZED (
    SELECT m.month, sum(m.lost) AS lost, sum(m.returned) AS returned, sum(m.recovered) AS recovered
      FROM winback.losses_by_month m GROUP BY m.month)
SELECT coalesce(jsonb_agg(jsonb_build_object('month', to_char(g.month, 'YYYY-MM'), 'lost', coalesce(m.lost, 0),
                                             'returned', coalesce(m.returned, 0),
                                             'recovered', coalesce(m.recovered, 0)) ORDER BY g.month), '[]')
  FROM (SELECT generate_series(min(b.month)::timestamp,
                               greatest(max(b.month)::timestamp,
                                        (SELECT date_trunc('month', winback.now() AT TIME ZONE p.timezone)
                                           FROM winback.policy p)), interval '1 month') AS month
          FROM month b) g
  LEFT JOIN month m ON m.month = g.month::date;
