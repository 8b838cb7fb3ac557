-- How steady amounts are from period to period.

CREATE FUNCTION winback._xyz_add(internal, amount numeric) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz_add';
COMMENT ON FUNCTION winback._xyz_add(internal, numeric) IS 'transition of xyz() and cv()';
CREATE FUNCTION winback._xyz_add(internal, amount numeric, x_limit numeric, y_limit numeric) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz_add';
COMMENT ON FUNCTION winback._xyz_add(internal, numeric, numeric, numeric) IS 'transition of xyz() with limits';
CREATE FUNCTION winback._xyz_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz_combine';
COMMENT ON FUNCTION winback._xyz_combine(internal, internal) IS 'one state of xyz() or cv() of two';
CREATE FUNCTION winback._xyz_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz_serialize';
COMMENT ON FUNCTION winback._xyz_serialize(internal) IS 'a state of xyz() or cv() as bytes';
CREATE FUNCTION winback._xyz_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz_deserialize';
COMMENT ON FUNCTION winback._xyz_deserialize(bytea, internal) IS 'a state of xyz() or cv() from bytes';
CREATE FUNCTION winback._xyz(internal) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_xyz';
COMMENT ON FUNCTION winback._xyz(internal) IS 'the class by a state of xyz()';
CREATE FUNCTION winback._cv(internal) RETURNS double precision
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_cv';
COMMENT ON FUNCTION winback._cv(internal) IS 'the coefficient of variation by a state of cv()';

CREATE AGGREGATE winback.xyz(amount numeric) (
    SFUNC = winback._xyz_add, STYPE = internal, SSPACE = 160, FINALFUNC = winback._xyz,
    COMBINEFUNC = winback._xyz_combine, SERIALFUNC = winback._xyz_serialize,
    DESERIALFUNC = winback._xyz_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.xyz(numeric) IS
    'class X, Y or Z of the amounts of periods, one row each: X where their coefficient of variation is at most 0.10, '
    'Y where at most 0.25, else Z, also where their mean is not positive; null below two periods. A period without an '
    'amount is a row with 0; nulls are ignored. Errors (22003): an amount that is not finite';
CREATE AGGREGATE winback.xyz(amount numeric, x_limit numeric, y_limit numeric) (
    SFUNC = winback._xyz_add, STYPE = internal, SSPACE = 160, FINALFUNC = winback._xyz,
    COMBINEFUNC = winback._xyz_combine, SERIALFUNC = winback._xyz_serialize,
    DESERIALFUNC = winback._xyz_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.xyz(numeric, numeric, numeric) IS
    'class X, Y or Z as by xyz(amount), with limits of one''s own, the same in all rows of a group. Errors: an amount '
    'that is not finite (22003); a limit that is null (22004) or not positive, or changes (22023)';
CREATE AGGREGATE winback.cv(amount numeric) (
    SFUNC = winback._xyz_add, STYPE = internal, SSPACE = 160, FINALFUNC = winback._cv,
    COMBINEFUNC = winback._xyz_combine, SERIALFUNC = winback._xyz_serialize,
    DESERIALFUNC = winback._xyz_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE winback.cv(numeric) IS
    'coefficient of variation of the amounts of periods: stddev_pop(amount) / avg(amount); null below two periods, and '
    'where the mean is not positive. Errors (22003): an amount that is not finite';
