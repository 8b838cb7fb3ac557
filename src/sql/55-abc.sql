-- Classes by value.

CREATE FUNCTION winback.abc(value numeric) RETURNS text
    LANGUAGE c WINDOW STABLE AS 'MODULE_PATHNAME', 'winback_abc';
COMMENT ON FUNCTION winback.abc(numeric) IS
    'class A, B or C of a value within its partition: A while the share of the total before it, in descending order, '
    'is under policy.abc_a, B while under policy.abc_b, else C; C for what is null or not positive';

CREATE FUNCTION winback._abc_end(value numeric) RETURNS text
    LANGUAGE c WINDOW STABLE AS 'MODULE_PATHNAME', 'winback_abc_end';
COMMENT ON FUNCTION winback._abc_end(numeric) IS
    'the class A or B of the last value of it, null elsewhere: of a window in descending order of the value';
