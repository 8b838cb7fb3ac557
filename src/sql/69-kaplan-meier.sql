-- How long something lasts, where of some cases it is only known that they last still: from a purchase to the next one,
-- from a client's first purchase to its loss. Source: Kaplan, Meier 1958.
--
--   SELECT q.* FROM (SELECT winback.km(days, ended) AS curve FROM gap) g, winback.km_quantile(g.curve, 0.5) q;

CREATE TYPE winback.km_curve AS (durations double precision[], ended bigint[], censored bigint[]);
COMMENT ON TYPE winback.km_curve IS
    'what winback.km() returns: cases by duration, from which km_table(), km_quantile() and km_survival() read';
COMMENT ON COLUMN winback.km_curve.durations IS 'the different durations, ascending';
COMMENT ON COLUMN winback.km_curve.ended IS 'how many cases ended after each';
COMMENT ON COLUMN winback.km_curve.censored IS 'how many cases had not ended when they were last seen, after each';

-- A state is a bytea and not internal: Citus combines only such states of its nodes.
CREATE FUNCTION winback._km_add(bytea, duration double precision, ended boolean) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_add';
COMMENT ON FUNCTION winback._km_add(bytea, double precision, boolean) IS 'transition of km(double precision, boolean)';
CREATE FUNCTION winback._km_add(bytea, duration interval, ended boolean) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_add_interval';
COMMENT ON FUNCTION winback._km_add(bytea, interval, boolean) IS 'transition of km(interval, boolean)';
CREATE FUNCTION winback._km_combine(bytea, bytea) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_combine';
COMMENT ON FUNCTION winback._km_combine(bytea, bytea) IS 'one state of km() of two';
CREATE FUNCTION winback._km_final(bytea) RETURNS winback.km_curve
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_final';
COMMENT ON FUNCTION winback._km_final(bytea) IS 'the curve by a state of km()';

CREATE AGGREGATE winback.km(duration double precision, ended boolean) (
    SFUNC = winback._km_add, STYPE = bytea, SSPACE = 512, FINALFUNC = winback._km_final,
    COMBINEFUNC = winback._km_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.km(double precision, boolean) IS
    'cases by duration, in any unit: ended where the duration is over, not ended (censored) where it was last seen '
    'going on. Rows with a null are ignored; null without a row. Errors (22023): a duration that is negative or not '
    'finite; more than 33,554,432 different durations. Source: Kaplan, Meier 1958';
CREATE AGGREGATE winback.km(duration interval, ended boolean) (
    SFUNC = winback._km_add, STYPE = bytea, SSPACE = 512, FINALFUNC = winback._km_final,
    COMBINEFUNC = winback._km_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.km(interval, boolean) IS
    'cases by duration, in days of 24 hours. Errors (22023): as of km(double precision, boolean); a duration with '
    'months or years, as age() gives it: subtract timestamps instead';

CREATE FUNCTION winback.km_table(curve winback.km_curve, confidence double precision DEFAULT 0.95,
    OUT duration double precision, OUT at_risk bigint, OUT ended bigint, OUT censored bigint,
    OUT survival double precision, OUT std_error double precision, OUT lower double precision,
    OUT upper double precision)
    RETURNS SETOF record LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_table';
COMMENT ON FUNCTION winback.km_table(winback.km_curve, double precision) IS
    'the Kaplan-Meier table: for each duration how many cases lasted at least so long (at_risk), ended then and were '
    'last seen then; the share that lasts longer (survival), its standard error (Greenwood 1926; null at 0), and the '
    'limits of its interval by log(-log(survival)), null at 0 and 1. Errors (22023): a confidence not between 0 and 1';
CREATE FUNCTION winback.km_quantile(curve winback.km_curve, quantile double precision,
    confidence double precision DEFAULT 0.95, OUT duration double precision, OUT lower double precision,
    OUT upper double precision)
    RETURNS record LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_quantile';
COMMENT ON FUNCTION winback.km_quantile(winback.km_curve, double precision, double precision) IS
    'the duration within which that share of the cases ends (0.5: the median): the least one at which survival is at '
    'most 1 - quantile, and its interval by the limits of survival (Brookmeyer, Crowley 1982). Null where too few '
    'cases were seen to end. Errors (22023): a quantile not in (0, 1], a confidence not between 0 and 1';
CREATE FUNCTION winback.km_survival(curve winback.km_curve, at double precision,
    confidence double precision DEFAULT 0.95, OUT survival double precision, OUT lower double precision,
    OUT upper double precision)
    RETURNS record LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_km_survival';
COMMENT ON FUNCTION winback.km_survival(winback.km_curve, double precision, double precision) IS
    'the share of cases that last longer than a duration, with its interval; null beyond the longest duration that was '
    'seen, unless all have ended by then. Errors (22023): a negative duration, a confidence not between 0 and 1';
