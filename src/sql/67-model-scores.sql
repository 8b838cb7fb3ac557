-- What a fitted model says of a client. Each function has two forms: with the number of a fit, and with the model and
-- its parameters instead; the second is IMMUTABLE. With both go, in the standard meaning,
--
--   frequency    days with a purchase, after the first
--   recency      age at the last of them
--   age          now; both ages count from the first purchase day, in the unit of the fit
--
-- Sources: Fader, Hardie, Lee 2005, "Counting your customers" the easy way (bg/nbd); Batislam, Denizel, Filiztekin 2007
-- (mbg/nbd); Schmittlein, Morrison, Colombo 1987 (pareto/nbd); Fader, Hardie 2013, The Gamma-Gamma model (gamma/gamma).

CREATE FUNCTION winback.p_alive(fit_id bigint, frequency double precision, recency double precision,
    age double precision)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_p_alive';
COMMENT ON FUNCTION winback.p_alive(bigint, double precision, double precision, double precision) IS
    'the chance that a client has not left, 0 to 1. mbg/nbd, bg/nbd: 1 / (1 + a / (b + x - 1) * ((alpha + age) / '
    '(alpha + recency)) ^ (r + frequency)) with x = frequency + 1 and frequency; bg/nbd says 1 of who bought once, '
    'whatever the silence. Errors (22023): arguments that no client can have.';
CREATE FUNCTION winback.p_alive(model text, parameters jsonb, frequency double precision, recency double precision,
    age double precision)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_p_alive';
COMMENT ON FUNCTION winback.p_alive(text, jsonb, double precision, double precision, double precision) IS
    'the chance that a client has not left, 0 to 1: as by a fit, with the model and its parameters given';

CREATE FUNCTION winback.p_no_order(fit_id bigint, frequency double precision, recency double precision,
    age double precision, horizon double precision)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_p_no_order';
COMMENT ON FUNCTION winback.p_no_order(
    bigint, double precision, double precision, double precision, double precision) IS
    'the chance that a client does not order within the horizon, in the unit of the fit: because it has left, or '
    'leaves before, or is merely silent. Errors (22023): arguments that no client can have.';
CREATE FUNCTION winback.p_no_order(model text, parameters jsonb, frequency double precision, recency double precision,
    age double precision, horizon double precision)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_p_no_order';
COMMENT ON FUNCTION winback.p_no_order(
    text, jsonb, double precision, double precision, double precision, double precision) IS
    'the chance that a client does not order within the horizon, in the unit of the fit: as by a fit, with the model '
    'and its parameters given';

CREATE FUNCTION winback.expected_orders(fit_id bigint, frequency double precision, recency double precision,
    age double precision, horizon double precision)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_expected_orders';
COMMENT ON FUNCTION winback.expected_orders(
    bigint, double precision, double precision, double precision, double precision) IS
    'the expected number of days with an order within the horizon, in the unit of the fit. Errors (22023): arguments '
    'that no client can have.';
CREATE FUNCTION winback.expected_orders(model text, parameters jsonb, frequency double precision,
    recency double precision, age double precision, horizon double precision)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_expected_orders';
COMMENT ON FUNCTION winback.expected_orders(
    text, jsonb, double precision, double precision, double precision, double precision) IS
    'the expected number of days with an order within the horizon, in the unit of the fit: as by a fit, with the '
    'model and its parameters given';

CREATE FUNCTION winback.discounted_orders(fit_id bigint, frequency double precision, recency double precision,
    age double precision, horizon double precision, discount_rate double precision)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_discounted_orders';
COMMENT ON FUNCTION winback.discounted_orders(
    bigint, double precision, double precision, double precision, double precision, double precision) IS
    'expected_orders(), an order after t units counting (1 + discount_rate) ^ -t; the rate is that of one unit. '
    'Errors (22023): arguments that no client can have.';
CREATE FUNCTION winback.discounted_orders(model text, parameters jsonb, frequency double precision,
    recency double precision, age double precision, horizon double precision, discount_rate double precision)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'winback_discounted_orders';
COMMENT ON FUNCTION winback.discounted_orders(
    text, jsonb, double precision, double precision, double precision, double precision, double precision) IS
    'expected_orders(), an order after t units counting (1 + discount_rate) ^ -t: as by a fit, with the model and its '
    'parameters given';

CREATE FUNCTION winback.next_order_in(fit_id bigint, frequency double precision, recency double precision,
    age double precision, quantile double precision DEFAULT 0.5)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_next_order_in';
COMMENT ON FUNCTION winback.next_order_in(
    bigint, double precision, double precision, double precision, double precision) IS
    'the time from now, in the unit of the fit, within which the next order comes with the chance quantile, of a '
    'client that has not left and does not before: (alpha + age) * ((1 - quantile) ^ (-1 / (r + frequency)) - 1). '
    '0.5: the median; 0.1 and 0.9: an interval of 80 %; Infinity: beyond all numbers. Errors (22023): arguments that '
    'no client can have.';
CREATE FUNCTION winback.next_order_in(model text, parameters jsonb, frequency double precision,
    recency double precision, age double precision, quantile double precision DEFAULT 0.5)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_next_order_in';
COMMENT ON FUNCTION winback.next_order_in(
    text, jsonb, double precision, double precision, double precision, double precision) IS
    'the time from now, in the unit of the fit, within which the next order comes with the chance quantile, of a '
    'client that has not left and does not before: as by a fit, with the model and its parameters given';

CREATE FUNCTION winback.age_at_p_alive(fit_id bigint, frequency double precision, recency double precision,
    threshold double precision DEFAULT 0.2)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_age_at_p_alive';
COMMENT ON FUNCTION winback.age_at_p_alive(bigint, double precision, double precision, double precision) IS
    'the age, in the unit of the fit, at which p_alive() falls to the threshold if no order comes; recency where it '
    'is no greater from the start; Infinity: never, as of who bought once in bg/nbd. Errors (22023): arguments that '
    'no client can have.';
CREATE FUNCTION winback.age_at_p_alive(model text, parameters jsonb, frequency double precision,
    recency double precision, threshold double precision DEFAULT 0.2)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_age_at_p_alive';
COMMENT ON FUNCTION winback.age_at_p_alive(text, jsonb, double precision, double precision, double precision) IS
    'the age, in the unit of the fit, at which p_alive() falls to the threshold if no order comes: as by a fit, with '
    'the model and its parameters given';

CREATE FUNCTION winback.expected_value(fit_id bigint, frequency double precision, mean_value double precision)
    RETURNS double precision LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_expected_value';
COMMENT ON FUNCTION winback.expected_value(bigint, double precision, double precision) IS
    'what an order day of a client is worth on average, by gamma/gamma: p * (gamma + frequency * mean_value) / (p * '
    'frequency + q - 1), mean_value being that of the days after the first (of no matter at frequency 0); Infinity '
    'where p * frequency + q <= 1: the mean has no finite value then. Errors (22023): arguments that no client can '
    'have.';
CREATE FUNCTION winback.expected_value(model text, parameters jsonb, frequency double precision,
    mean_value double precision)
    RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_expected_value';
COMMENT ON FUNCTION winback.expected_value(text, jsonb, double precision, double precision) IS
    'what an order day of a client is worth on average, by gamma/gamma: as by a fit, with the model and its '
    'parameters given';
