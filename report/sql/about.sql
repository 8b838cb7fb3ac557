-- Which database at which instant, by whose eyes, and the settings that the figures depend on.
SELECT jsonb_build_object(
           'database', current_database(), 'role', current_user,
           'at', to_char(winback.now() AT TIME ZONE p.timezone, 'YYYY-MM-DD HH24:MI'), 'timezone', p.timezone,
           'month', to_char(winback.now() AT TIME ZONE p.timezone, 'YYYY-MM'),
           'value_period', p.value_period::text, 'cost_per_lead', p.cost_per_lead::text,
           'silence', (SELECT r.after::text FROM winback.rule r WHERE r.rule = 'silence' AND r.enabled))
  FROM winback.policy p;
