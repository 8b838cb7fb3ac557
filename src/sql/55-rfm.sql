-- Quintiles of recency, frequency and monetary value. Source: Hughes 1994, Strategic Database Marketing.

CREATE TYPE winback.rfm_score AS (r int, f int, m int, cell text);
COMMENT ON TYPE winback.rfm_score IS 'what winback.rfm() returns';
COMMENT ON COLUMN winback.rfm_score.r IS 'quintile of recency: 5 bought last; null where recency is null';
COMMENT ON COLUMN winback.rfm_score.f IS 'quintile of frequency: 5 bought most often; null where frequency is null';
COMMENT ON COLUMN winback.rfm_score.m IS 'quintile of monetary value: 5 paid most; null where that is null';
COMMENT ON COLUMN winback.rfm_score.cell IS 'the three as one word, ''543''; null where one of them is';

CREATE FUNCTION winback.rfm(recency timestamptz, frequency double precision, monetary numeric)
    RETURNS winback.rfm_score LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_rfm_at';
COMMENT ON FUNCTION winback.rfm(timestamptz, double precision, numeric) IS
    'quintiles, 1 to 5 (best), of each client within its partition: by when it last bought (the later the better), how '
    'often (the more the better) and what it paid (the more the better). Cut as ntile(5) does; equal values share one, '
    'that of the lowest among them. Errors (22003): a number or time that is not finite. Source: Hughes 1994';
CREATE FUNCTION winback.rfm(recency interval, frequency double precision, monetary numeric)
    RETURNS winback.rfm_score LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_rfm_since';
COMMENT ON FUNCTION winback.rfm(interval, double precision, numeric) IS
    'quintiles as by rfm(timestamptz, ...), recency being the time since the client last bought: the shorter the '
    'better';
CREATE FUNCTION winback.rfm(recency double precision, frequency double precision, monetary numeric)
    RETURNS winback.rfm_score LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_rfm_number';
COMMENT ON FUNCTION winback.rfm(double precision, double precision, numeric) IS
    'quintiles as by rfm(timestamptz, ...), recency being the time since the client last bought, in any unit: the '
    'shorter the better. It is not the recency of purchase_summary(), of which the greater is the later';
