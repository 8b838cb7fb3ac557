-- What is taken to hold before anything is known: the chance to bring a client back, and what that costs by a playbook.
--
-- Of lost clients 20 to 40 % can be sold to again (Griffin, Lowenstein 2001, Customer Winback). Which of them is our
-- own choice: the longer the silence, the fewer.
--
--   days since the last purchase    prior
--   ----------------------------    -----
--   0 to 182                        0.40
--   183 to 365                      0.30
--   more, or there was none         0.20

CREATE FUNCTION winback._return_prior(silent_days int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN silent_days <= 182 THEN 0.40 WHEN silent_days <= 365 THEN 0.30 ELSE 0.20 END;
COMMENT ON FUNCTION winback._return_prior(int) IS
    'the share of lost clients that can be brought back, before anything is known of one''s own: 0.20 to 0.40 '
    '(Griffin, Lowenstein 2001), by how long they have been silent; each share stands for one stretch of silence';

-- The least that a playbook costs from its first step to an end. Sums only fall from round to round, and those of a way
-- without a loop are found after as many rounds as there are steps; no cost is negative, so it comes to rest.
CREATE FUNCTION winback._cheapest_way(definition jsonb) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reached jsonb := '{}';  -- what it costs to come to each step, and to be through with it
    further jsonb := jsonb_build_object(definition ->> 'first',
                                        definition #> ARRAY['steps', definition ->> 'first', 'cost']);
BEGIN
    WHILE further <> reached LOOP
        reached := further;
        SELECT jsonb_object_agg(w.step, w.cost) INTO further
          FROM (SELECT u.step, min(u.cost) AS cost
                  FROM (SELECT r.key AS step, r.value::numeric AS cost FROM jsonb_each_text(reached) r
                         UNION ALL
                        SELECT o.path ->> 'next',
                               r.value::numeric
                               + (definition #>> ARRAY['steps', o.path ->> 'next', 'cost'])::numeric
                          FROM jsonb_each_text(reached) r
                         CROSS JOIN jsonb_each(definition #> ARRAY['steps', r.key, 'outcomes']) o (outcome, path)
                         WHERE o.path ->> 'next' IS NOT NULL) u
                 GROUP BY u.step) w;
    END LOOP;
    RETURN (SELECT min(r.value::numeric)
              FROM jsonb_each_text(reached) r
             CROSS JOIN jsonb_each(definition #> ARRAY['steps', r.key, 'outcomes']) o (outcome, path)
             WHERE o.path ->> 'end' IS NOT NULL);
END $$;
COMMENT ON FUNCTION winback._cheapest_way(jsonb) IS
    'what the cheapest way through a version of a playbook costs, from the first step to an end';
