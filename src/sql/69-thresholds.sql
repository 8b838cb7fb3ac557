-- Thresholds from data: after which silence clients are lost indeed.
--
--   a silence                                      counts, by Kaplan-Meier, as
--   --------------------------------------------   ---------------------------------------------------------------
--   between two purchase days of a client          ended after so many days
--   since its last one                             unfinished: it lasts so many days at least
--   in which a task of that client was done        unfinished from the first such day on: whether it would have come
--                                                  back by itself nobody knows
--
-- Days are those of policy.timezone. Of the silences that last longer than d days those still return that end within
-- the next w days:
--
--   still return(d) = 1 - S(d + w) / S(d),   S(d): the share of all silences that last longer than d days
--
-- w is the same for every d, for with less and less time left to be seen ever fewer return: a year, or half of the
-- longest silence, where that is less. So the longest threshold that can be found is the other half. Where clients buy
-- at intervals that are longer than w, few return within w of a short silence, and most of a longer one: a silence is
-- none to go by while of a longer one surely more return (the lower limit is above the share).
--
-- Sources: Kaplan, Meier 1958, JASA 53:457-481; the variance of ln S(d + w) - ln S(d) is the sum of
-- ended / (n * (n - ended)) over the days after d up to d + w (Greenwood 1926); the limits are by its log-log transform
-- (Kalbfleisch, Prentice 1980).

CREATE FUNCTION winback._purchase_days(until timestamptz, OUT client_id text, OUT days date[])
    RETURNS SETOF record LANGUAGE c STRICT ROWS 10000 AS 'MODULE_PATHNAME', 'winback_purchase_days';
COMMENT ON FUNCTION winback._purchase_days(timestamptz) IS
    'the days on which each client bought up to an instant, ascending, in policy.timezone; none of a frozen client';

CREATE FUNCTION winback._silences(until timestamptz)
    RETURNS TABLE (client_id text, days int, ended boolean, silent int)
LANGUAGE plpgsql STABLE STRICT ROWS 100000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone  CONSTANT text := winback._timezone();
    today CONSTANT date := (until AT TIME ZONE zone)::date;
BEGIN
    RETURN QUERY EXECUTE format('
        WITH worked AS (
            SELECT winback._present_client(t.client_id::text)::%2$s AS client_id,
                   array_agg(DISTINCT (t.closed_at AT TIME ZONE $3)::date) AS days
              FROM winback.task t
             WHERE t.status = ''done'' AND NOT t.evidence_withdrawn AND t.client_id IS DISTINCT FROM NULL
               AND t.closed_at <= $1
             GROUP BY 1)
        SELECT g.client_id, coalesce(g.worked, g.next, $2) - g.day, g.next IS NOT NULL AND g.worked IS NULL,
               CASE WHEN g.next IS NULL THEN $2 - g.day END
          FROM (SELECT p.client_id, u.day, u.next,
                       CASE WHEN k.days IS NOT NULL
                            THEN (SELECT min(w) FROM unnest(k.days) w
                                   WHERE w > u.day AND w < coalesce(u.next, $2 + 1)) END AS worked
                  FROM winback._purchase_days($1) p
                  LEFT JOIN worked k ON k.client_id %1$s p.client_id::%2$s
                 CROSS JOIN LATERAL unnest(p.days, p.days[2:]) u (day, next)
                OFFSET 0) g',
        winback._client_equals(), winback._client_type()) USING until, today, zone;
END $$;
COMMENT ON FUNCTION winback._silences(timestamptz) IS
    'every silence of every client after a purchase day, up to an instant: how many days it was seen, and whether it '
    'ended by itself then; of those that last: for how many days the client has been silent';

-- A curve day by day from 0 on, to be read by day: the first of each array is of day 0.
CREATE FUNCTION winback._survival(curve winback.km_curve,
    OUT survival double precision[], OUT variance double precision[], OUT beyond bigint[])
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(d.survival ORDER BY d.day), array_agg(d.variance ORDER BY d.day),
           array_agg(d.beyond ORDER BY d.day)
      FROM (SELECT g.day, coalesce(min(k.survival) OVER upto, 1) AS survival,
                   coalesce(max((k.std_error / nullif(k.survival, 0)) ^ 2) OVER upto, 0) AS variance,
                   coalesce(min(k.at_risk - k.ended - k.censored) OVER upto,
                            (SELECT sum(e) FROM unnest(curve.ended || curve.censored) e))::bigint AS beyond
              FROM generate_series(0, curve.durations[cardinality(curve.durations)]::int) g (day)
              LEFT JOIN winback.km_table(curve) k ON k.duration = g.day
            WINDOW upto AS (ORDER BY g.day)) d
$$;
COMMENT ON FUNCTION winback._survival(winback.km_curve) IS
    'of a curve of winback.km(), for each day from 0 on: the share that lasts longer, the variance of its logarithm '
    '(Greenwood), and how many were seen longer';

-- How many people share the work.
CREATE FUNCTION winback._workforce() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT greatest(1, count(*))
              FROM (SELECT c.manager FROM winback.client c WHERE c.manager IS NOT NULL
                     UNION
                    SELECT m.manager FROM winback.return_manager m WHERE m.enabled) w);
END $$;
COMMENT ON FUNCTION winback._workforce() IS
    'the number of managers: those of clients, and the enabled ones of winback.return_manager; at least 1';

-- How often clients are called.
CREATE FUNCTION winback._days_between_contacts(interaction_status text) RETURNS numeric
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT greatest(1, extract(epoch FROM i.contact_every) / 86400)
              FROM winback.interaction_status i WHERE i.name = _days_between_contacts.interaction_status);
END $$;
COMMENT ON FUNCTION winback._days_between_contacts(text) IS
    'the days after which a lost client is contacted again; a month has 30';

-- The choices: for each share the least silence after which no more of the clients still return, nor surely after any
-- longer one. Flagged are the
-- clients who would be lost by it at this moment; those of them who are expected to return are counted each by its own
-- silence. Compiling the query would take longer than running it.
CREATE FUNCTION winback.suggest_silence(INOUT share numeric DEFAULT 0.2, within interval DEFAULT NULL,
    OUT scope text, OUT name text, OUT choice text, OUT silence int, OUT still_return numeric, OUT low numeric,
    OUT high numeric, OUT watched int, OUT silences bigint, OUT flagged bigint, OUT false_alarms numeric,
    OUT revenue_at_stake numeric, OUT tasks_a_manager_a_day numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    asked   CONSTANT numeric := share;
    today   CONSTANT date := (winback.now() AT TIME ZONE winback._timezone())::date;
    ahead   CONSTANT int := (today + within)::date - today;
    present CONSTANT int := (SELECT (today + r.after)::date - today FROM winback.rule r WHERE r.rule = 'silence');
    a_day   CONSTANT numeric := (SELECT 7.0 / cardinality(p.working_days) / winback._workforce()
                                   FROM winback.policy p);
BEGIN
    IF asked IS NULL OR asked <= 0 OR asked >= 1 THEN
        RAISE EXCEPTION 'share must be greater than 0 and less than 1'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give 0.2 for 20 %.';
    ELSIF ahead <= 0 THEN
        RAISE EXCEPTION 'within must be a day at least'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a length like interval ''6 months''.';
    END IF;
    RETURN QUERY EXECUTE format('
        WITH silence AS MATERIALIZED (
            SELECT s.client_id::%2$s AS client_id, s.days, s.ended, s.silent
              FROM winback._silences(winback.now()) s),
        reach AS (
            SELECT coalesce($3, least(365, max(s.days) / 2)) AS ahead FROM silence s),
        pace AS (
            SELECT i.name, 1 / winback._days_between_contacts(i.name) AS contacts FROM winback.interaction_status i),
        client AS MATERIALIZED (
            SELECT c.client_id, c.abc, c.period_revenue, c.status <> ''written_off'' AS counts,
                   CASE WHEN c.do_not_contact THEN 0 ELSE coalesce(p.contacts, 0) END AS contacts
              FROM winback.clients c LEFT JOIN pace p ON p.name = c.interaction_status),
        member AS (
            SELECT ''all'' AS scope, '''' AS name, c.* FROM client c
             UNION ALL
            SELECT ''class'', c.abc, c.* FROM client c WHERE c.abc IS NOT NULL
             UNION ALL
            SELECT ''segment'', f.segment, c.* FROM winback.segment_fit f
              JOIN client c ON c.client_id %1$s f.client_id),
        present AS (
            SELECT m.scope, m.name, s.silent, count(*) AS clients, sum(m.period_revenue) AS revenue,
                   sum(m.contacts) AS contacts
              FROM silence s JOIN member m ON m.client_id %1$s s.client_id AND m.counts
             WHERE s.silent IS NOT NULL GROUP BY m.scope, m.name, s.silent),
        by_day AS MATERIALIZED (
            SELECT c.abc, s.days, count(*) FILTER (WHERE s.ended) AS ended,
                   count(*) FILTER (WHERE NOT s.ended) AS censored
              FROM silence s JOIN client c ON c.client_id %1$s s.client_id GROUP BY c.abc, s.days),
        of_scope AS (
            SELECT ''all'' AS scope, '''' AS name, b.days, sum(b.ended)::bigint AS ended,
                   sum(b.censored)::bigint AS censored
              FROM by_day b GROUP BY b.days
             UNION ALL
            SELECT ''class'', b.abc, b.days, b.ended, b.censored FROM by_day b WHERE b.abc IS NOT NULL
             UNION ALL
            SELECT m.scope, m.name, s.days, count(*) FILTER (WHERE s.ended), count(*) FILTER (WHERE NOT s.ended)
              FROM silence s JOIN member m ON m.client_id %1$s s.client_id AND m.scope = ''segment''
             GROUP BY m.scope, m.name, s.days),
        curve AS MATERIALIZED (
            SELECT d.scope, d.name, d.last_day, k.survival, k.variance, k.beyond
              FROM (SELECT o.scope, o.name, max(o.days) AS last_day,
                           ROW (array_agg(o.days::double precision ORDER BY o.days),
                                array_agg(o.ended ORDER BY o.days),
                                array_agg(o.censored ORDER BY o.days))::winback.km_curve AS curve
                      FROM of_scope o GROUP BY o.scope, o.name) d
             CROSS JOIN LATERAL winback._survival(d.curve) k),
        further AS MATERIALIZED (
            SELECT s.*, 1 - l.high AS low, 1 - l.low AS high, coalesce(1 - l.high, 1 - s.q) AS surely
              FROM (SELECT c.scope, c.name, d.day, c.beyond[d.day + 1] AS beyond,
                           c.survival[d.day + r.ahead + 1] / c.survival[d.day + 1] AS q,
                           c.variance[d.day + r.ahead + 1] - c.variance[d.day + 1] AS v
                      FROM curve c CROSS JOIN reach r
                     CROSS JOIN LATERAL generate_series(1, c.last_day - r.ahead) d (day)
                     WHERE c.survival[d.day + 1] > 0) s
             CROSS JOIN LATERAL (SELECT winback._z95() * sqrt(s.v) / nullif(-ln(nullif(s.q, 0)), 0) AS reach) e
             CROSS JOIN LATERAL (SELECT s.q ^ exp(e.reach) AS low, s.q ^ exp(-e.reach) AS high) l),
        flagged AS MATERIALIZED (
            SELECT p.scope, p.name, p.silent, p.clients, p.revenue, p.contacts,
                   p.clients * coalesce(1 - c.survival[least(p.silent + r.ahead, c.last_day) + 1]
                                            / nullif(c.survival[least(p.silent, c.last_day) + 1], 0), 0) AS returns
              FROM present p JOIN curve c ON c.scope = p.scope AND c.name = p.name CROSS JOIN reach r),
        choice AS (
            SELECT c.scope, c.name, w.choice, w.share,
                   CASE WHEN w.share IS NULL THEN $4
                        ELSE (SELECT min(g.day) FROM further g
                               WHERE g.scope = c.scope AND g.name = c.name AND round((1 - g.q)::numeric, 12) <= w.share
                                 AND g.day > (SELECT coalesce(max(b.day), 0) FROM further b
                                               WHERE b.scope = c.scope AND b.name = c.name AND b.surely > w.share))
                   END AS silence
              FROM curve c
             CROSS JOIN (SELECT ''asked'' AS choice, $1 AS share
                          UNION ALL
                         SELECT ''other'', o FROM unnest(''{0.05,0.1,0.2,0.3,0.4,0.5}''::numeric[]) o WHERE o <> $1
                          UNION ALL
                         SELECT ''rule silence'', NULL WHERE $4 IS NOT NULL) w)
        SELECT w.share, w.scope, nullif(w.name, ''''), w.choice, w.silence, round((1 - g.q)::numeric, 4),
               round(g.low::numeric, 4), round(g.high::numeric, 4), r.ahead, g.beyond, n.clients,
               round(n.returns::numeric, 1), n.revenue, round(n.contacts * $2, 2)
          FROM choice w CROSS JOIN reach r
          LEFT JOIN further g ON g.scope = w.scope AND g.name = w.name AND g.day = w.silence
          LEFT JOIN LATERAL (
               SELECT coalesce(sum(f.clients), 0)::bigint AS clients, coalesce(sum(f.returns), 0) AS returns,
                      coalesce(sum(f.revenue), 0) AS revenue, coalesce(sum(f.contacts), 0) AS contacts
                 FROM flagged f
                WHERE f.scope = w.scope AND f.name = w.name AND f.silent > w.silence) n
            ON w.silence IS NOT NULL
         WHERE w.choice <> ''other''
            OR w.silence IS NOT NULL
               AND NOT EXISTS (SELECT FROM choice x WHERE x.scope = w.scope AND x.name = w.name
                                  AND x.silence = w.silence AND x.share < w.share)
         ORDER BY w.scope, w.name, array_position(''{asked,rule silence,other}'', w.choice), w.share',
        winback._client_equals(), winback._client_type()) USING asked, a_day, ahead, present;
END $$;
COMMENT ON FUNCTION winback.suggest_silence(numeric, interval) IS
    'the silence, in days, after which at most this share of clients still return by themselves (choice asked), beside '
    'that of the rule silence and of other shares; of all clients, by class and by segment, whatever the status of its '
    'clients now. still_return: the share of the silences that last longer which end within the next watched days, '
    'with low and high of 95 %; silences: how many were seen longer. Now flagged would be so many clients, with that '
    'period revenue at stake; false_alarms of them are expected to return by themselves; tasks_a_manager_a_day: the '
    'calls a working day of each manager, if all of them are called at the pace of winback.interaction_status. Nor do '
    'surely more of them return after any longer silence; silence is null where the data do not reach so far. watched '
    'is a year or half of the longest silence, if less, unless within says otherwise';
