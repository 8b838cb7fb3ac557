-- Fitting anew what is in force, once there are many more clients.
--
--   a fit in force                                         is made anew, of the same model in the same unit
--   ----------------------------------------------------   ---------------------------------------------------------
--   there is none                                          no: the first one is somebody's decision
--   is to purchases up to an instant to come               no
--   is less than a day old                                 no
--   has been tried to be made anew less than a day ago     no: what fails is tried again the next day
--   policy.refit_growth is null, or its clients have not   no
--     grown by so much
--   else                                                   yes, to the purchases up to winback.now()
--
-- What it locks: fit() reads the watched tables, and holds back nobody who writes there, nor a sweep. Once it has
-- converged it changes winback.rule; where clients are judged by it, that dates them anew at commit, like any change of
-- the rules (see work/commit.cpp).

CREATE FUNCTION winback._refit(in_force bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old     record;
    growth  numeric;
    clients bigint;
    made    record;
    why     text;
    detail  text;
BEGIN
    -- One session at a time: whoever comes second leaves it to the first, and after that sees what came of it.
    SELECT f.model, f.until, f.unit, f.clients INTO old
      FROM winback.model_fit f WHERE f.fit_id = in_force FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND OR old.until > winback.now() THEN RETURN NULL; END IF;
    SELECT p.refit_growth INTO growth FROM winback.policy p;
    IF growth IS NULL OR EXISTS (SELECT FROM winback.model_fit f
                                  WHERE f.model = old.model AND f.until >= old.until
                                    AND f.fitted_at > winback.now() - interval '24 hours') THEN
        RETURN NULL;
    END IF;
    -- Those whose table is gone are fitted to nothing.
    SELECT count(*) - (SELECT count(DISTINCT z.client_id) FROM winback.frozen z) INTO clients
      FROM winback.client c
     WHERE CASE old.model WHEN 'gamma/gamma' THEN c.purchase_days > 1 AND c.revenue > c.unrepeated_revenue
                          ELSE c.first_order_at <= winback.now() END;
    IF clients <= old.clients OR clients < old.clients * (1 + growth) THEN RETURN NULL; END IF;
    BEGIN
        SELECT f.fit_id, f.status, f.message INTO made FROM winback.fit(old.model, winback.now(), old.unit) f;
    EXCEPTION WHEN OTHERS THEN  -- being cancelled is none of them
        GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
        INSERT INTO winback.model_fit AS f (model, until, unit, clients, status, message)
        VALUES (old.model, winback.now(), old.unit, clients, 'failed', concat_ws(': ', why, nullif(detail, '')))
        RETURNING f.fit_id, f.status, f.message INTO made;
    END;
    IF made.status <> 'converged' THEN
        RAISE WARNING 'model "%" could not be fitted anew', old.model
            USING DETAIL = made.message,
                  HINT = format('Fit %s stays in force, and is made anew a day later. See fit %s in winback.model_fit.',
                                in_force, made.fit_id);
    END IF;
    RETURN made.fit_id;
END $$;
COMMENT ON FUNCTION winback._refit(bigint) IS
    'makes a fit anew if it is in force, a day old, and its clients have grown by policy.refit_growth; the new row of '
    'winback.model_fit, null: it is not time';

CREATE FUNCTION winback.refit(OUT fit_id bigint, OUT value_fit_id bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._client_type();
    fit_id := winback._refit((SELECT f.fit_id FROM winback.fit_in_force f));
    value_fit_id := winback._refit((SELECT f.fit_id FROM winback.value_fit_in_force f));
END $$;
COMMENT ON FUNCTION winback.refit() IS
    'makes the fits in force anew (fit_id: of orders, value_fit_id: of gamma/gamma), each if it is a day old and the '
    'clients that it is fitted to have grown by policy.refit_growth; null: it is not time. They are the numbers of the '
    'new rows of winback.model_fit; one that has not converged is told in a WARNING, and tried again a day later. The '
    'worker calls it once a day';
