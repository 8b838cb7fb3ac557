-- Of the clients of each month of first orders, the share that was lost at the end of each month since: the latest 24.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'cohort', to_char(m.cohort, 'YYYY-MM'), 'months_since', m.months_since, 'clients', m.clients,
           'lost', m.lost, 'share_lost', m.share_lost::text) ORDER BY m.cohort, m.months_since), '[]')
  FROM winback.cohort_months m
 WHERE m.months_since <= 24
   AND m.cohort > (SELECT date_trunc('month', winback.now() AT TIME ZONE p.timezone) - interval '24 months'
                     FROM winback.policy p);
