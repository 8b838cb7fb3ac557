-- The Kaplan-Meier curve of the silences between purchases: the share that lasts longer than so many days.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'days', t.duration, 'at_risk', t.at_risk, 'ended', t.ended, 'survival', round(t.survival::numeric, 4)::text,
           'lower', round(t.lower::numeric, 4)::text, 'upper', round(t.upper::numeric, 4)::text)
       ORDER BY t.duration), '[]')
  FROM (SELECT winback.km(s.days::double precision, s.ended) AS curve FROM winback._silences(winback.now()) s) k
 CROSS JOIN LATERAL winback.km_table(k.curve) t;
