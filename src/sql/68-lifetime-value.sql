-- What a client is still worth: the orders that are expected of it, later ones discounted, times what one is worth,
-- times the margin.

CREATE FUNCTION winback.clv(model text, parameters jsonb, value_parameters jsonb, frequency double precision,
    recency double precision, age double precision, mean_value double precision, horizon double precision,
    margin double precision, discount_rate double precision) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    orders CONSTANT double precision :=
        winback.discounted_orders(model, parameters, frequency, recency, age, horizon, discount_rate);
BEGIN
    -- None of them is worth nothing, also where the mean value is not finite.
    IF orders = 0 OR margin = 0 THEN RETURN 0; END IF;
    RETURN (margin * orders
            * winback.expected_value('gamma/gamma', value_parameters, frequency, mean_value))::numeric;
END $$;
COMMENT ON FUNCTION winback.clv(
    text, jsonb, jsonb, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision) IS
    'margin * discounted_orders(model, parameters, frequency, recency, age, horizon, discount_rate) * '
    'expected_value(''gamma/gamma'', value_parameters, frequency, mean_value); the rate is that of one unit of time';

CREATE FUNCTION winback.clv(fit_id bigint, value_fit_id bigint, frequency double precision, recency double precision,
    age double precision, mean_value double precision, horizon double precision,
    margin double precision DEFAULT NULL, discount_rate double precision DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    orders double precision;
    years  double precision;
BEGIN
    IF margin IS NULL OR discount_rate IS NULL THEN
        PERFORM winback._client_type();
        SELECT coalesce(clv.margin, p.margin), coalesce(clv.discount_rate, p.discount_rate)
          INTO margin, discount_rate FROM winback.policy p;
    END IF;
    SELECT extract(epoch FROM f.unit) / (365.25 * 86400) INTO years FROM winback.model_fit f
     WHERE f.fit_id = clv.fit_id;
    orders := winback.discounted_orders(fit_id, frequency, recency, age, horizon,
                                        power(1 + discount_rate, coalesce(years, 1)) - 1);
    IF orders = 0 OR margin = 0 THEN RETURN 0; END IF;
    RETURN (margin * orders * winback.expected_value(value_fit_id, frequency, mean_value))::numeric;
END $$;
COMMENT ON FUNCTION winback.clv(
    bigint, bigint, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision) IS
    'customer lifetime value: the margin that a client is expected to bring within the horizon, in units of the fit, '
    'in money of today: margin * discounted_orders() by the fit * expected_value() by the other, of gamma/gamma. The '
    'margin is a share of revenue and the discount rate one a year; left out, those of winback.policy';
