-- Fitting models of when clients buy and leave, and of what their orders are worth.

CREATE FUNCTION winback._fit(model text, until timestamptz, unit interval,
    OUT clients bigint, OUT parameters text, OUT log_likelihood double precision, OUT standard_errors text,
    OUT status text, OUT message text, OUT gradient_norm double precision)
    RETURNS SETOF record LANGUAGE c STRICT ROWS 1 AS 'MODULE_PATHNAME', 'winback_fit';
COMMENT ON FUNCTION winback._fit(text, timestamptz, interval) IS
    'a model fitted to the purchases of the watched tables up to an instant';

-- What it is fitted to:
--
--   purchases of one day of policy.timezone     are one
--   returns (negative amounts)                  are no purchases
--   clients of a table that was dropped         are left out until it is there again
--   gamma/gamma                                 the mean value of the days after the first, of clients that have such
--                                               a day, and paid something
CREATE FUNCTION winback.fit(
    OUT fit_id bigint, INOUT model text DEFAULT 'mbg/nbd', INOUT until timestamptz DEFAULT winback.now(),
    INOUT unit interval DEFAULT '7 days', OUT clients bigint, OUT parameters jsonb,
    OUT log_likelihood double precision, OUT standard_errors jsonb, OUT status text, OUT message text,
    OUT gradient_norm double precision, OUT fitted_at timestamptz)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF model IS NULL OR until IS NULL OR unit IS NULL THEN
        RAISE EXCEPTION '% must not be null',
                        CASE WHEN model IS NULL THEN 'model' WHEN until IS NULL THEN 'until' ELSE 'unit' END
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Leave it out for the default.';
    ELSIF isfinite(until) AND until > winback.now() THEN
        RAISE EXCEPTION 'until % is yet to come', until
            USING ERRCODE = 'datetime_field_overflow',
                  DETAIL = 'All the time up to then would count as silence.',
                  HINT = 'Leave it out to fit to all that happened up to winback.now().';
    END IF;
    SELECT f.clients, f.parameters::jsonb, f.log_likelihood, f.standard_errors::jsonb, f.status, f.message,
           f.gradient_norm
      INTO clients, parameters, log_likelihood, standard_errors, status, message, gradient_norm
      FROM winback._fit(model, until, unit) f;
    INSERT INTO winback.model_fit AS m (model, until, unit, clients, parameters, log_likelihood, standard_errors,
                                        status, message, gradient_norm)
    VALUES (model, until, unit, clients, parameters, log_likelihood, standard_errors, status, message, gradient_norm)
    RETURNING m.fit_id, m.fitted_at INTO fit_id, fitted_at;
    -- It takes the place of one of the same model that knows no more, or is the first; any other is put there by hand.
    IF status = 'converged' AND model <> 'gamma/gamma' THEN
        UPDATE winback.rule r SET fit_id = fit.fit_id
         WHERE r.rule = 'model'
           AND NOT EXISTS (SELECT FROM winback.model_fit f
                            WHERE f.fit_id = r.fit_id AND (f.model <> fit.model OR f.until > fit.until));
    END IF;
END $$;
COMMENT ON FUNCTION winback.fit(text, timestamptz, interval) IS
    'fits a model to the purchases of the watched tables up to an instant that has come, in a unit of days, and '
    'returns the new row of winback.model_fit. The day of that instant counts as a whole one of each client''s age: of '
    'a past day, give its last instant. Refused (55000) below 100 clients of whom 20 bought on a second day; '
    'gamma/gamma: below 50 who did, for more than 0. Look at the status: only what has converged can be asked for scores. A fit of orders '
    'that has converged comes into force (winback.fit_in_force), unless one of another model, or to later purchases, '
    'is';
