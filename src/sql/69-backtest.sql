-- Whether thresholds and models hold: a rule judged by the past, and a model by what came after its fit.

-- A rule by the past. What it would have flagged is asked of each client's facts in their order, so nothing that
-- happens later changes it; what became of whom is asked of the facts up to the end. Facts that the CRM has recorded
-- late count as if they had been known at their time.
CREATE FUNCTION winback._backtest_flags(rule text, "from" timestamptz, "to" timestamptz, fit_id bigint,
    OUT client_id text, OUT flagged_at timestamptz, OUT period_revenue numeric, OUT bought_at timestamptz)
    RETURNS SETOF record LANGUAGE c ROWS 1000 AS 'MODULE_PATHNAME', 'winback_backtest_flags';
COMMENT ON FUNCTION winback._backtest_flags(text, timestamptz, timestamptz, bigint) IS
    'whom a rule would have flagged, and when; what the client was worth then, and when it bought again up to the end. '
    'The rule model: by a fit';

-- The fit that could have been in force then: of the model that is in force, where one is.
CREATE FUNCTION winback._fit_of_then(at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    SELECT f.fit_id INTO found FROM winback.model_fit f
     WHERE f.status = 'converged' AND f.model <> 'gamma/gamma' AND f.until <= at
       AND f.model = coalesce((SELECT i.model FROM winback.fit_in_force i), f.model)
     ORDER BY f.until DESC, f.fit_id DESC LIMIT 1;
    IF found IS NULL THEN
        RAISE EXCEPTION 'there is no fit that could have been in force on %', at::date
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'It must have converged, and be one to purchases up to then at the latest'
                           || coalesce(', of model ' || (SELECT i.model FROM winback.fit_in_force i), '') || '.',
                  HINT = format('Make one: SELECT * FROM winback.fit(%suntil => %L).',
                                (SELECT quote_literal(i.model) || ', ' FROM winback.fit_in_force i), at);
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION winback._fit_of_then(timestamptz) IS
    'the newest fit of orders to purchases up to an instant, of the model that is in force; an error: there is none';

CREATE FUNCTION winback.backtest_flags(rule text, "from" timestamptz, "to" timestamptz DEFAULT winback.now())
    RETURNS TABLE (client_id text, flagged_at timestamptz, period_revenue numeric, bought_at timestamptz,
                   worked_at timestamptz, is_false_alarm boolean)
LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    until  CONSTANT timestamptz := least("to", winback.now());
    fit_id bigint;
BEGIN
    PERFORM winback._client_type();
    IF rule IS NULL OR NOT EXISTS (SELECT FROM winback.rule r WHERE r.rule = backtest_flags.rule) THEN
        RAISE EXCEPTION 'rule % does not exist', coalesce('"' || rule || '"', 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Rules are listed in winback.rule.';
    ELSIF "from" IS NULL OR "to" IS NULL OR NOT isfinite("from") OR "from" >= until THEN
        RAISE EXCEPTION 'there is no time from % to %', coalesce("from"::text, 'null'), coalesce("to"::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give two instants, the earlier one first, in the past.';
    END IF;
    IF rule = 'model' THEN
        fit_id := winback._fit_of_then("from");
    END IF;
    RETURN QUERY EXECUTE format('
        WITH flag AS MATERIALIZED (SELECT f.* FROM winback._backtest_flags($1, $2, $3, $4) f),
        worked AS MATERIALIZED (
            SELECT winback._present_client(t.client_id::text)::%2$s AS client_id, t.closed_at
              FROM winback.task t
             WHERE t.status = ''done'' AND NOT t.evidence_withdrawn AND t.client_id IS DISTINCT FROM NULL
               AND t.closed_at >= $2 AND t.closed_at <= $3)
        SELECT f.client_id, f.flagged_at, f.period_revenue, f.bought_at, min(w.closed_at),
               f.bought_at IS NOT NULL AND min(w.closed_at) IS NULL
          FROM flag f
          LEFT JOIN worked w ON w.client_id %1$s f.client_id::%2$s AND w.closed_at >= f.flagged_at
           AND (w.closed_at < f.bought_at OR f.bought_at IS NULL)
         GROUP BY f.client_id, f.flagged_at, f.period_revenue, f.bought_at
         ORDER BY f.flagged_at, f.client_id',
        winback._client_equals(), winback._client_type()) USING rule, "from", until, fit_id;
END $$;
COMMENT ON FUNCTION winback.backtest_flags(text, timestamptz, timestamptz) IS
    'whom a rule of winback.rule, with its present parameters and alone in force, would have flagged in the past, from '
    'one instant up to another, enabled or not: when; its period revenue then; when it bought again, up to the latter; '
    'when a task of that client was first done in between; is_false_alarm: it bought again without one. The rule model '
    'judges by the newest fit to purchases up to the former instant';

CREATE FUNCTION winback.backtest(rule text, "from" timestamptz, "to" timestamptz DEFAULT winback.now(),
    OUT month date, OUT flagged bigint, OUT clients bigint, OUT returned bigint, OUT false_alarms bigint,
    OUT false_alarm_share numeric, OUT low numeric, OUT high numeric, OUT revenue_at_stake numeric,
    OUT tasks_a_manager_a_day numeric)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 13 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    zone     CONSTANT text := winback._timezone();
    until    CONSTANT timestamptz := least("to", winback.now());
    last_day CONSTANT date := ((until - interval '1 microsecond') AT TIME ZONE zone)::date;
BEGIN
    RETURN QUERY EXECUTE format('
        WITH flag AS MATERIALIZED (
            SELECT f.*, (f.flagged_at AT TIME ZONE $4)::date AS day,
                   coalesce((f.bought_at AT TIME ZONE $4)::date, $5 + 1) AS until,
                   CASE WHEN NOT c.do_not_contact THEN e.every END AS every
              FROM winback.backtest_flags($1, $2, $3) f
              LEFT JOIN winback.client c ON c.client_id %1$s f.client_id::%2$s
              LEFT JOIN (SELECT i.name, winback._days_between_contacts(i.name) AS every
                           FROM winback.interaction_status i) e ON e.name = c.interaction_status),
        period AS (
            SELECT NULL::date AS month, ($2 AT TIME ZONE $4)::date AS begins, $5 + 1 AS ends
             UNION ALL
            SELECT m::date, greatest(m::date, ($2 AT TIME ZONE $4)::date),
                   least((m + interval ''1 month'')::date, $5 + 1)
              FROM generate_series(date_trunc(''month'', $2 AT TIME ZONE $4), $5::timestamp, interval ''1 month'') m),
        judged AS (
            SELECT p.month, count(f.client_id) AS flagged, count(DISTINCT f.client_id) AS clients,
                   count(f.bought_at) AS returned, count(*) FILTER (WHERE f.is_false_alarm) AS false_alarms,
                   coalesce(sum(f.period_revenue), 0) AS revenue
              FROM period p
              LEFT JOIN flag f ON p.month IS NULL OR date_trunc(''month'', f.day)::date = p.month
             GROUP BY p.month),
        work AS (
            SELECT p.month,
                   coalesce(sum(greatest(0, ceil((least(p.ends, f.until) - f.day) / f.every))
                                - greatest(0, ceil((least(p.begins, f.until) - f.day) / f.every))), 0)
                   / nullif((SELECT count(*) FROM generate_series(p.begins, p.ends - 1, interval ''1 day'') d
                              CROSS JOIN winback.policy o
                               LEFT JOIN winback.calendar k ON k.day = d::date
                              WHERE coalesce(k.working, extract(isodow FROM d) = ANY (o.working_days))), 0) AS tasks
              FROM period p LEFT JOIN flag f ON f.day < p.ends AND f.until > p.begins
             GROUP BY p.month, p.begins, p.ends)
        SELECT j.month, j.flagged, j.clients, j.returned, j.false_alarms,
               round(j.false_alarms::numeric / nullif(j.flagged, 0), 4), round(i.low::numeric, 4),
               round(i.high::numeric, 4), j.revenue, round(w.tasks / winback._workforce(), 2)
          FROM judged j JOIN work w ON w.month IS NOT DISTINCT FROM j.month
         CROSS JOIN LATERAL winback._wilson(j.false_alarms, j.flagged) i
         ORDER BY j.month NULLS FIRST',
        winback._client_equals(), winback._client_type()) USING rule, "from", until, zone, last_day;
END $$;
COMMENT ON FUNCTION winback.backtest(text, timestamptz, timestamptz) IS
    'what a rule of winback.rule, with its present parameters and alone in force, would have done in the past, in all '
    '(month null) and by month in policy.timezone: how often it had flagged a client, and how many clients; how often '
    'that client returned by the end of the time, and did so by itself, with no task done before (false_alarms, their '
    'share with low and high of 95 %, Wilson); the period revenue that those flagged had then; the calls a working day '
    'of each of today''s managers, a client being called when flagged and then at the pace of '
    'winback.interaction_status until it returned. Who was flagged late has had little time to return';

-- What a model predicted, beside what came.
CREATE FUNCTION winback.calibration(INOUT fit_id bigint DEFAULT NULL, until timestamptz DEFAULT winback.now(),
    OUT model text, OUT horizon double precision, OUT decile int, OUT clients bigint, OUT p_alive double precision,
    OUT predicted_orders double precision, OUT observed_orders bigint, OUT predicted_buyers double precision,
    OUT observed_buyers bigint)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    zone   CONSTANT text := winback._timezone();
    ends   CONSTANT timestamptz := least(until, winback.now());
    wanted CONSTANT bigint := fit_id;
    fit    record;
BEGIN
    SELECT f.fit_id, f.model, f.until, (f.until AT TIME ZONE zone)::date AS day,
           extract(epoch FROM f.unit)::double precision / 86400 AS unit
      INTO fit FROM winback.model_fit f
     WHERE f.status = 'converged' AND f.model <> 'gamma/gamma' AND (f.fit_id = wanted OR wanted IS NULL)
       AND (f.until AT TIME ZONE zone + f.unit) <= ends AT TIME ZONE zone
     ORDER BY f.fit_id DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', CASE WHEN wanted IS NULL
                                  THEN 'there is no fit of a model of orders to be judged by what came after it'
                                  ELSE format('fit %s cannot be judged by what came after it', wanted) END
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'It must be of a model of orders, have converged, and leave at least one unit of its time '
                           || 'up to ' || coalesce(ends::text, 'null') || '.',
                  HINT = 'Fit one to a part of the past: SELECT * FROM winback.fit(until => winback.now() - '
                         || 'interval ''6 months'').';
    END IF;
    horizon := ((ends AT TIME ZONE zone)::date - fit.day) / fit.unit;
    RETURN QUERY EXECUTE format('
        SELECT $1, $2, $5, s.decile, count(*), avg(s.p_alive), sum(s.expected), sum(s.orders)::bigint,
               sum(s.buys), count(*) FILTER (WHERE s.orders > 0)
          FROM (SELECT v.*, ntile(10) OVER (ORDER BY v.expected DESC, v.client_id) AS decile
                  FROM (SELECT b.client_id, winback.p_alive($1, b.frequency, b.recency, b.age) AS p_alive,
                               winback.expected_orders($1, b.frequency, b.recency, b.age, $5) AS expected,
                               1 - winback.p_no_order($1, b.frequency, b.recency, b.age, $5) AS buys,
                               (SELECT count(*) FROM unnest(a.days) d WHERE d > $4) AS orders
                          FROM (SELECT p.client_id, cardinality(p.days) - 1 AS frequency,
                                       (p.days[cardinality(p.days)] - p.days[1]) / $6 AS recency,
                                       ($4 - p.days[1]) / $6 AS age
                                  FROM winback._purchase_days($3) p) b
                          LEFT JOIN winback._purchase_days($7) a
                            ON a.client_id::%2$s %1$s b.client_id::%2$s) v) s
         GROUP BY s.decile ORDER BY s.decile',
        winback._client_equals(), winback._client_type())
      USING fit.fit_id, fit.model, fit.until, fit.day, horizon, fit.unit, ends;
END $$;
COMMENT ON FUNCTION winback.calibration(bigint, timestamptz) IS
    'what a fit of a model of orders predicted beside what came, clients by tenths of the orders expected of them, '
    'most first; the newest converged fit with at least one unit of its time after it, or a given one. horizon: the '
    'time from the fit to until, in its unit, by days of policy.timezone; p_alive: the mean at the fit; '
    'predicted_orders, observed_orders: days with an order within the horizon; predicted_buyers, observed_buyers: '
    'clients with one at least';
