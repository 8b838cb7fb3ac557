-- The border between C++ and the server: errors pass it ten thousand times in one session, and nothing stays behind.
SET client_min_messages = error;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01';
CREATE TABLE purchase (id int, client text, at timestamptz, amount numeric);
SELECT winback.init('int');
SELECT winback.watch_orders('purchase', 'client::int', 'at', '1 / amount', 'id');
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON call (client);
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
INSERT INTO winback.task (client_id, kind) VALUES (1, 'call');

-- Does something wrong so often; says how often it failed, and the last words.
CREATE FUNCTION fail(statement text, times int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    failures int := 0;
    words    text;
BEGIN
    FOR i IN 1..times LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN OTHERS THEN
            failures := failures + 1;
            words := SQLSTATE || ' ' || SQLERRM;
        END;
    END LOOP;
    RETURN failures || ' times ' || coalesce(words, 'nothing');
END $$;
-- How much memory a session's contexts grow by when it does something wrong so often.
CREATE FUNCTION memory() RETURNS bigint LANGUAGE sql AS
    'SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts';
CREATE FUNCTION grows(statement text, times int) RETURNS TABLE (what text, grown text) LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    PERFORM fail(statement, 200);
    before := memory();
    what := fail(statement, times);
    grown := CASE WHEN memory() - before < 512 * 1024 THEN 'not noticeably' ELSE pg_size_pretty(memory() - before) END;
    RETURN NEXT;
END $$;

-- Errors of ours, raised in C++.
SELECT * FROM grows($$SELECT winback._check_source('orders', 'purchase', '{"client": "id"}', 'pg_catalog', 'UTC')$$,
    10000);
SELECT * FROM grows($$SELECT winback.sweep('infinity')$$, 10000);
SELECT * FROM grows($$SELECT winback._capture_row()$$, 10000);
-- Errors of the server's, raised below our C++ and passed through it.
SELECT * FROM grows($$SELECT winback._check_source('orders', 'purchase', '{"client": "no_column", "placed_at": "at"}',
    'pg_catalog, public', 'UTC')$$, 10000);
SELECT * FROM grows($$SELECT * FROM winback._client_calls('no number')$$, 10000);
SELECT * FROM grows($$SELECT winback._check_source('nothing', 'purchase', '{}', '', 'Nowhere/Town')$$, 10000);
-- Errors of the server's in PL/pgSQL called from there.
SELECT * FROM grows($$SELECT winback.complete_task(1, 'reached', 4711)$$, 2000);
-- Errors that are caught and end in winback.rejected; rolled back with the savepoint.
SELECT * FROM grows($$WITH bad AS (INSERT INTO purchase VALUES (1, 'x', '2024-01-01', 1), (2, '2', '2024-01-01', 0)
    RETURNING 1)
                      SELECT 1 / (count(*) - 2) FROM bad$$, 5000);
-- Notes of facts in savepoints that are rolled back, and fold() in them.
SELECT * FROM grows($$WITH good AS (INSERT INTO purchase VALUES (1, '1', '2024-05-01', 1) RETURNING 1)
    SELECT 1 / (count(*) - 1) FROM good$$, 5000);
SELECT * FROM grows($$DO 'BEGIN
    INSERT INTO purchase VALUES (1, ''1'', ''2024-05-01'', 1); PERFORM winback.fold(); PERFORM 1 / 0;
END'$$, 1000);

-- The session is as good as new.
INSERT INTO purchase VALUES (1, '1', '2024-05-01', 0.5);
SELECT client_id, status, revenue, open_tasks FROM winback.clients;
SELECT count(*) FROM winback.rejected;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase, call CASCADE;
