-- What clients are worth: A, B or C by their share of the period's revenue.

-- Draws the limits between the classes anew and gives every client its class. It waits for no commit:
--
--   another classify()                       waited for: the lock on winback.abc_limit, which commits only read
--   a client whose class stays               not touched
--   a client that another session holds      skipped and marked in winback.stale: that session may not know the
--                                            new limits
--
-- The classes follow from the limits rather than from the ranking, as they do at commit: so a client written in the
-- meantime gets the class that its own next commit would give it.
CREATE FUNCTION winback.classify(OUT class text, OUT clients bigint, OUT revenue numeric) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    -- A limit is the last client of its class, in descending order of revenue, then by client_id. Before the first
    -- classification every revenue is A.
    misclassified CONSTANT text :=
        'FROM winback.client c
         LEFT JOIN winback.abc_limit a ON a.class = ''A''
         LEFT JOIN winback.abc_limit b ON b.class = ''B''
        CROSS JOIN LATERAL (SELECT CASE
              WHEN c.orders = 0 THEN NULL
              WHEN c.period_revenue <= 0 THEN ''C''
              WHEN a.class IS NULL OR (c.period_revenue, a.client_id) >= (a.revenue, c.client_id) THEN ''A''
              WHEN (c.period_revenue, b.client_id) >= (b.revenue, c.client_id) THEN ''B''
              ELSE ''C'' END AS class) n
        WHERE n.class IS DISTINCT FROM c.abc';
BEGIN
    PERFORM winback._client_type();
    LOCK TABLE winback.abc_limit IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM winback.abc_limit;
    INSERT INTO winback.abc_limit (class, revenue, client_id)
    SELECT DISTINCT ON (r.class) r.class, r.period_revenue, r.client_id
      FROM (SELECT c.client_id, c.period_revenue,
                   winback.abc(c.period_revenue) OVER (ORDER BY c.period_revenue DESC, c.client_id) AS class
              FROM winback.client c WHERE c.orders > 0 AND c.period_revenue > 0) r
     WHERE r.class IN ('A', 'B')
     ORDER BY r.class, r.period_revenue, r.client_id DESC;

    EXECUTE 'UPDATE winback.client u SET abc = held.class
               FROM (SELECT c.client_id, n.class ' || misclassified || '
                      ORDER BY c.client_id FOR NO KEY UPDATE OF c SKIP LOCKED) held
              WHERE u.client_id = held.client_id';
    EXECUTE 'INSERT INTO winback.stale (client_id, reason, since)
             SELECT c.client_id, ''held by another session during classify()'', winback.now() ' || misclassified;

    RETURN QUERY
    SELECT c.abc, count(*), sum(c.period_revenue) FROM winback.client c WHERE c.abc IS NOT NULL GROUP BY c.abc
     ORDER BY c.abc;
END $$;
COMMENT ON FUNCTION winback.classify() IS
    'draws the limits of the classes A, B and C anew; returns clients and period revenue of each class';
