-- What clients are worth: A, B or C by their share of the period's revenue.

-- Draws the limits between the classes anew. A client's class is not stored: the view winback.clients tells it from the
-- client's own revenue and the limits, so nothing but the two limits is written here, and nobody is waited for but
-- another classify().
CREATE FUNCTION winback._draw_limits() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE winback.abc_limit IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM winback.abc_limit;
    INSERT INTO winback.abc_limit (class, revenue, client_id)
    SELECT r.class, r.period_revenue, r.client_id
      FROM (SELECT c.client_id, c.period_revenue,
                   winback._abc_end(c.period_revenue) OVER (ORDER BY c.period_revenue DESC, c.client_id) AS class
              FROM winback.client c WHERE c.orders > 0 AND c.period_revenue > 0) r
     WHERE r.class IS NOT NULL
        ON CONFLICT (class) DO NOTHING;  -- with limits that are later than this snapshot: a serialization failure
    PERFORM winback._examine_segments(true);
END $$;
COMMENT ON FUNCTION winback._draw_limits() IS 'draws the limits of the classes A, B and C anew';

CREATE FUNCTION winback.classify(OUT class text, OUT clients bigint, OUT revenue numeric) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._client_type();
    PERFORM winback._draw_limits();
    RETURN QUERY
    SELECT c.abc, count(*), sum(c.period_revenue) FROM winback.clients c WHERE c.abc IS NOT NULL GROUP BY c.abc
     ORDER BY c.abc;
END $$;
COMMENT ON FUNCTION winback.classify() IS
    'draws the limits of the classes A, B and C anew; returns clients and period revenue of each class';
