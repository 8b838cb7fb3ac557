-- Forgetting a client. The CRM removes its rows first: what stands in watched tables would bring the client back.

CREATE FUNCTION winback._keys_of_client(client text) RETURNS text[]
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_keys_of_client';
COMMENT ON FUNCTION winback._keys_of_client(text) IS
    'a client and those that were merged into it; none if it is merged itself';

CREATE FUNCTION winback._tables_with(client text) RETURNS regclass[]
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_tables_with';
COMMENT ON FUNCTION winback._tables_with(text) IS
    'the watched tables that have facts, aliases or rejected rows under this key, winback.event aside';

CREATE FUNCTION winback._erase(client text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_erase';
COMMENT ON FUNCTION winback._erase(text) IS
    'forgets what the ledger has under this key, but for what can be counted without it';

-- As the owner: nobody else writes processes.
CREATE FUNCTION winback._forget_processes(keys text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('UPDATE winback.process p
                       SET client_id = NULL, reason = NULL, task_id = NULL, wakes_at = NULL, waits_for = NULL,
                           state = CASE p.state WHEN ''running'' THEN ''erased'' ELSE p.state END,
                           ended_at = coalesce(p.ended_at, winback.now())
                      FROM unnest($1) k (key) WHERE p.client_id %s k.key::%s',
                   winback._client_equals(), winback._client_type()) USING keys;
END $$;
COMMENT ON FUNCTION winback._forget_processes(text[]) IS
    'ends the processes of a client that is being erased, and takes its key and what was said of it out of them';

CREATE FUNCTION winback.erase_client(client text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text := winback._client_type();
    equals   text := winback._client_equals();
    keys     text[];
    key      text;
    present  text;
    tables   text;
    known    boolean := false;
    of_key   boolean;
    in_limit boolean;
    own      text;
    tasks    bigint[];
BEGIN
    IF client IS NULL THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client to forget.';
    END IF;
    PERFORM winback._client_type(client);  -- an error that names the client
    PERFORM winback.fold();  -- what this transaction has removed is gone
    present := winback._present_client(client);
    keys := winback._keys_of_client(client);
    IF keys = '{}' THEN
        RAISE EXCEPTION 'client "%" is merged into "%"', client, present
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Erase that one, and both are forgotten; or part them first: '
                                'winback.unmerge_client(%L).', client);
    END IF;
    FOREACH key IN ARRAY keys LOOP
        SELECT string_agg(DISTINCT t::text, ', ') INTO tables FROM unnest(winback._tables_with(key)) t;
        IF tables IS NOT NULL THEN
            RAISE EXCEPTION 'client "%" cannot be erased while watched tables know it', key
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It has rows in %s.', tables),
                      HINT = format('Remove or re-key its rows in %s first.', tables);
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM winback.client c WHERE c.client_id %1$s $1::%2$s)
                            OR EXISTS (SELECT FROM winback.event e WHERE e.client_id %1$s $1::%2$s)
                            OR EXISTS (SELECT FROM winback.survey_answer a WHERE a.client_id %1$s $1::%2$s)',
                       equals, key_type)
           INTO of_key USING key;
        known := known OR of_key;
    END LOOP;
    IF NOT known THEN
        RAISE EXCEPTION 'client "%" is not known', client
            USING ERRCODE = 'invalid_parameter_value', HINT = 'There is nothing to forget.';
    END IF;
    -- Not = ANY (array of keys): a key may be an array itself.
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.abc_limit a JOIN unnest($1) k (key)
                                           ON a.client_id %s k.key::%s)', equals, key_type)
       INTO in_limit USING keys;
    PERFORM winback._forget_processes(keys);
    EXECUTE format('UPDATE winback.loss_cause a
                       SET client_id = NULL, competitor = NULL, competitor_offer = NULL, note = NULL
                      FROM unnest($1) k (key) WHERE a.client_id %s k.key::%s', equals, key_type) USING keys;
    FOREACH own IN ARRAY '{event,survey_answer,segment_member,merged,client_version}'::text[] LOOP
        CONTINUE WHEN own = 'merged' AND cardinality(keys) = 1;
        EXECUTE format('DELETE FROM winback.%I t USING unnest($1) k (key) WHERE t.client_id %s k.key::%s', own,
                       equals, key_type) USING keys;
    END LOOP;
    EXECUTE format('SELECT array_agg(t.task_id) FROM winback.task t JOIN unnest($1) k (key)
                                                ON t.client_id %s k.key::%s', equals, key_type)
       INTO tasks USING keys;
    FOREACH key IN ARRAY keys LOOP
        PERFORM winback._erase(key);
    END LOOP;
    -- Now that the tasks are held: why they were put off, or given to another.
    UPDATE winback.task_snooze s SET reason = 'erased' WHERE s.task_id = ANY (tasks);
    UPDATE winback.task_assignment a SET reason = 'erased'
     WHERE a.task_id = ANY (tasks) AND a.reason IS NOT NULL AND a.assigned_by IS NOT NULL;
    IF in_limit THEN
        PERFORM winback._draw_limits();
    END IF;
END $$;
COMMENT ON FUNCTION winback.erase_client(text) IS
    'forgets a client whom the CRM has removed, and those merged into it: its row, events, answers and marks go, its '
    'changes of status and its tasks stay without its key, to be counted';

CREATE FUNCTION winback.erase_client(client anyelement) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.erase_client(client::text);
END $$;
COMMENT ON FUNCTION winback.erase_client(anyelement) IS
    'forgets a client whom the CRM has removed, and those merged into it: its row, events, answers and marks go, its '
    'changes of status and its tasks stay without its key, to be counted';
