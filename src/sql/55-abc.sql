-- Classes by value.

CREATE FUNCTION winback.abc(value numeric) RETURNS text
    LANGUAGE c WINDOW STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_abc';
COMMENT ON FUNCTION winback.abc(numeric) IS
    'class A, B or C of a value within its partition: A while the share of the total before it, in descending order, '
    'is under policy.abc_a (0.80 without a ledger), B while under policy.abc_b (0.95), else C; C for what is not '
    'positive, null for null. Equal values go by the order of the window. Errors (22003): a value that is not finite';

CREATE FUNCTION winback._abc_end(value numeric) RETURNS text
    LANGUAGE c WINDOW STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_abc_end';
COMMENT ON FUNCTION winback._abc_end(numeric) IS
    'the class A or B of the last value of it, null elsewhere: of a window in descending order of the value';
