-- What models are told of a client, of any table of purchases.
--
-- In the standard meaning (Fader, Hardie, Lee 2005; Fader, Hardie 2013), as winback.fit() has it: purchases of one day
-- are one; a null amount is 0; a negative one is a return and no purchase. Days are those of policy.timezone, or,
-- without a ledger, of the session's TimeZone; a date is a day already.

CREATE TYPE winback.purchase_figures AS (
    frequency int, recency double precision, age double precision, monetary_value numeric);
COMMENT ON TYPE winback.purchase_figures IS 'what winback.purchase_summary() returns';
COMMENT ON COLUMN winback.purchase_figures.frequency IS 'days with a purchase after the first such day';
COMMENT ON COLUMN winback.purchase_figures.recency IS
    'age at the last of them, in the unit: time from the first purchase day to the last; 0 of one day';
COMMENT ON COLUMN winback.purchase_figures.age IS 'time from the first purchase day to until, in the unit';
COMMENT ON COLUMN winback.purchase_figures.monetary_value IS
    'mean amount of the days after the first, what is bought on one day being one amount; 0 where frequency is 0';

CREATE TYPE winback.cadence_figures AS (
    purchase_days int, first_day date, last_day date, mean_gap interval, median_gap interval, stddev_gap interval,
    shortest_gap interval, longest_gap interval, cv double precision);
COMMENT ON TYPE winback.cadence_figures IS 'what winback.cadence() returns';
COMMENT ON COLUMN winback.cadence_figures.purchase_days IS 'distinct days with a purchase';
COMMENT ON COLUMN winback.cadence_figures.first_day IS 'the first of them';
COMMENT ON COLUMN winback.cadence_figures.last_day IS 'the last of them';
COMMENT ON COLUMN winback.cadence_figures.mean_gap IS
    'mean time from one of them to the next: (last_day - first_day) / (purchase_days - 1); null below two';
COMMENT ON COLUMN winback.cadence_figures.median_gap IS 'median of these gaps; null below two days';
COMMENT ON COLUMN winback.cadence_figures.stddev_gap IS
    'standard deviation of these gaps, as of a sample; null below three days';
COMMENT ON COLUMN winback.cadence_figures.shortest_gap IS 'the shortest of these gaps; null below two days';
COMMENT ON COLUMN winback.cadence_figures.longest_gap IS 'the longest of these gaps; null below two days';
COMMENT ON COLUMN winback.cadence_figures.cv IS
    'coefficient of variation, stddev_gap / mean_gap: near 0 of who buys like clockwork; null below three days';

CREATE FUNCTION winback._purchase_add(internal, placed_at timestamptz, amount numeric) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_add';
COMMENT ON FUNCTION winback._purchase_add(internal, timestamptz, numeric) IS
    'transition of purchase_summary(timestamptz, numeric)';
CREATE FUNCTION winback._purchase_add(internal, placed_at timestamptz, amount numeric, until timestamptz,
    unit interval) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_add';
COMMENT ON FUNCTION winback._purchase_add(internal, timestamptz, numeric, timestamptz, interval) IS
    'transition of purchase_summary(timestamptz, numeric, timestamptz, interval)';
CREATE FUNCTION winback._purchase_add(internal, placed_on date, amount numeric) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_add_day';
COMMENT ON FUNCTION winback._purchase_add(internal, date, numeric) IS 'transition of purchase_summary(date, numeric)';
CREATE FUNCTION winback._purchase_add(internal, placed_on date, amount numeric, until date, unit interval)
    RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_add_day';
COMMENT ON FUNCTION winback._purchase_add(internal, date, numeric, date, interval) IS
    'transition of purchase_summary(date, numeric, date, interval)';
CREATE FUNCTION winback._purchase_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_combine';
COMMENT ON FUNCTION winback._purchase_combine(internal, internal) IS 'one state of purchase_summary() of two';
CREATE FUNCTION winback._purchase_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_serialize';
COMMENT ON FUNCTION winback._purchase_serialize(internal) IS 'a state of purchase_summary() as bytes';
CREATE FUNCTION winback._purchase_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_deserialize';
COMMENT ON FUNCTION winback._purchase_deserialize(bytea, internal) IS 'a state of purchase_summary() from bytes';
CREATE FUNCTION winback._purchase_summary(internal) RETURNS winback.purchase_figures
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_purchase_summary';
COMMENT ON FUNCTION winback._purchase_summary(internal) IS 'the figures by a state of purchase_summary()';

CREATE AGGREGATE winback.purchase_summary(placed_at timestamptz, amount numeric, until timestamptz, unit interval) (
    SFUNC = winback._purchase_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._purchase_summary,
    COMBINEFUNC = winback._purchase_combine, SERIALFUNC = winback._purchase_serialize,
    DESERIALFUNC = winback._purchase_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.purchase_summary(timestamptz, numeric, timestamptz, interval) IS
    'frequency, recency, age and monetary value of a client by its purchases up to until, times in the unit (of days): '
    'what p_alive(), expected_orders(), clv() and their like take. Null without a purchase; rows without placed_at are '
    'ignored. Errors: a null until or unit (22004); until and unit that change within a group, a unit that is not of '
    'days (22023); a time (22008) or an amount (22003) that is not finite. Source: Fader, Hardie, Lee 2005';
CREATE AGGREGATE winback.purchase_summary(placed_at timestamptz, amount numeric) (
    SFUNC = winback._purchase_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._purchase_summary,
    COMBINEFUNC = winback._purchase_combine, SERIALFUNC = winback._purchase_serialize,
    DESERIALFUNC = winback._purchase_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.purchase_summary(timestamptz, numeric) IS
    'purchase_summary(placed_at, amount, winback.now(), interval ''7 days'')';
CREATE AGGREGATE winback.purchase_summary(placed_on date, amount numeric, until date, unit interval) (
    SFUNC = winback._purchase_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._purchase_summary,
    COMBINEFUNC = winback._purchase_combine, SERIALFUNC = winback._purchase_serialize,
    DESERIALFUNC = winback._purchase_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.purchase_summary(date, numeric, date, interval) IS
    'purchase_summary() of days that are cut already, until the end of a day';
CREATE AGGREGATE winback.purchase_summary(placed_on date, amount numeric) (
    SFUNC = winback._purchase_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._purchase_summary,
    COMBINEFUNC = winback._purchase_combine, SERIALFUNC = winback._purchase_serialize,
    DESERIALFUNC = winback._purchase_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.purchase_summary(date, numeric) IS
    'purchase_summary() of days that are cut already, until the day of winback.now(), with weeks for the unit';

CREATE FUNCTION winback._cadence_add(internal, placed_at timestamptz) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence_add';
COMMENT ON FUNCTION winback._cadence_add(internal, timestamptz) IS 'transition of cadence(timestamptz)';
CREATE FUNCTION winback._cadence_add(internal, placed_on date) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence_add_day';
COMMENT ON FUNCTION winback._cadence_add(internal, date) IS 'transition of cadence(date)';
CREATE FUNCTION winback._cadence_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence_combine';
COMMENT ON FUNCTION winback._cadence_combine(internal, internal) IS 'one state of cadence() of two';
CREATE FUNCTION winback._cadence_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence_serialize';
COMMENT ON FUNCTION winback._cadence_serialize(internal) IS 'a state of cadence() as bytes';
CREATE FUNCTION winback._cadence_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence_deserialize';
COMMENT ON FUNCTION winback._cadence_deserialize(bytea, internal) IS 'a state of cadence() from bytes';
CREATE FUNCTION winback._cadence(internal) RETURNS winback.cadence_figures
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cadence';
COMMENT ON FUNCTION winback._cadence(internal) IS 'the figures by a state of cadence()';

CREATE AGGREGATE winback.cadence(placed_at timestamptz) (
    SFUNC = winback._cadence_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._cadence,
    COMBINEFUNC = winback._cadence_combine, SERIALFUNC = winback._cadence_serialize,
    DESERIALFUNC = winback._cadence_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.cadence(timestamptz) IS
    'how regularly a client buys: its purchase days, and mean, median, spread and extremes of the gaps between them. '
    'Null without a purchase; nulls are ignored. Errors (22008): a time that is not finite';
CREATE AGGREGATE winback.cadence(placed_on date) (
    SFUNC = winback._cadence_add, STYPE = internal, SSPACE = 256, FINALFUNC = winback._cadence,
    COMBINEFUNC = winback._cadence_combine, SERIALFUNC = winback._cadence_serialize,
    DESERIALFUNC = winback._cadence_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.cadence(date) IS
    'cadence() of days that are cut already';
