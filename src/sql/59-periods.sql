-- Rows for every year or month of a span, for views that show those in which nothing happened, too. A function of its
-- own because of ROWS: the planner takes generate_series() for a thousand, and plans (and compiles) for millions then.
CREATE FUNCTION winback._starts(step interval, first timestamp, last timestamp) RETURNS SETOF timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12 SET search_path = pg_catalog, pg_temp AS $$
    SELECT generate_series(first, last, step)
$$;
COMMENT ON FUNCTION winback._starts(interval, timestamp, timestamp) IS
    'the first instant, and every step after it, up to the last';
