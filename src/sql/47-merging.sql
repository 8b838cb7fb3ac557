-- Clients that are merged: one person under two keys.
--
--   of two clients a and b, a merged into b      becomes
--   -------------------------------------------  ---------------------------------------------------------------------
--   facts of a, those by alias too               facts of b, as long as that stands; those that come later too
--   what watch_clients says of a                 what b's own rows do not say
--   a's row in winback.clients                   goes, but for its history: changes of status (withdrawn) and tasks
--   a's open task call_lost_client               is cancelled: merged; b has one if b is lost
--   other tasks of a                             stay; a call of b closes them
--   what is asked or decided of a                is answered for b
--
-- A row of winback.merged says so, whoever writes it. At commit both ends are computed afresh, under the lock that a
-- rebuild takes: whoever commits later has read the new map, whoever committed earlier is in what is computed. It is
-- all undone by taking the row away.

CREATE FUNCTION winback._present_client(client text) RETURNS text
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_present_client';
COMMENT ON FUNCTION winback._present_client(text) IS
    'the client that the facts of this one belong to: itself, or the one that it was merged into';

CREATE FUNCTION winback._note_merge(client text, into_client text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_note_merge';
COMMENT ON FUNCTION winback._note_merge(text, text) IS
    'both are computed afresh at commit, and nobody commits meanwhile';

CREATE FUNCTION winback._check_merges() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_check_merges';
COMMENT ON FUNCTION winback._check_merges() IS
    'makes sessions read winback.merged again; an error where it leads round in a circle';

-- Merges come one after the other: two that are right by themselves may lead round in a circle.
CREATE FUNCTION winback._merged_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE winback.merged IN SHARE ROW EXCLUSIVE MODE;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._merged_change() IS
    'trigger of winback.merged, before a statement: waits for other changes';

CREATE FUNCTION winback._merged_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM winback._note_merge(OLD.client_id::text, OLD.into_client::text);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM winback._note_merge(NEW.client_id::text, NEW.into_client::text);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._merged_row() IS 'trigger of winback.merged: both clients are computed afresh at commit';

CREATE FUNCTION winback._merged_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._check_merges();
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM winback._redate_at_commit(evidence => true);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._merged_changed() IS 'trigger of winback.merged, after a statement: refuses circles';

CREATE FUNCTION winback.merge_clients("from" text, "into" text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text := winback._client_type();
    equals   text := winback._client_equals();
    merged   CONSTANT text := winback._client_type("from");  -- errors that name the client
    target   CONSTANT text := winback._client_type("into");
    present  text;
    known    boolean;
BEGIN
    IF num_nulls("from", "into") > 0 THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client to merge, and the one that it is.';
    END IF;
    EXECUTE format('SELECT m.into_client::text FROM winback.merged m WHERE m.client_id %s $1::%s', equals, key_type)
       INTO present USING "from";
    IF present IS NOT NULL THEN
        RAISE EXCEPTION 'client "%" is merged into "%" already', "from", present
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Part them first: winback.unmerge_client(%L).', "from");
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.client c WHERE c.client_id %s $1::%s)', equals, key_type)
       INTO known USING "from";
    IF NOT known THEN
        RAISE EXCEPTION 'client "%" is not known', "from"
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'A client is known from its first fact on; what this transaction has written counts after '
                         'SELECT winback.fold().';
    END IF;
    EXECUTE format('INSERT INTO winback.merged (client_id, into_client, merged_at) VALUES ($1::%1$s, $2::%1$s, $3)',
                   key_type)
      USING "from", "into", winback.now();
END $$;
COMMENT ON FUNCTION winback.merge_clients(text, text) IS
    'merges a client into another: all its facts, also those to come, belong to that one; see winback.unmerge_client';

CREATE FUNCTION winback.merge_clients("from" anyelement, "into" anyelement) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.merge_clients("from"::text, "into"::text);
END $$;
COMMENT ON FUNCTION winback.merge_clients(anyelement, anyelement) IS
    'merges a client into another: all its facts, also those to come, belong to that one; see winback.unmerge_client';

CREATE FUNCTION winback.unmerge_client(client text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parted int;
BEGIN
    EXECUTE format('DELETE FROM winback.merged m WHERE m.client_id %s $1::%s', winback._client_equals(),
                   winback._client_type(client)) USING client;
    GET DIAGNOSTICS parted = ROW_COUNT;
    IF parted = 0 THEN
        RAISE EXCEPTION 'client % is not merged into another', coalesce('"' || client || '"', 'null')
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'See winback.merged.';
    END IF;
END $$;
COMMENT ON FUNCTION winback.unmerge_client(text) IS
    'undoes winback.merge_clients: the client has its facts again';

CREATE FUNCTION winback.unmerge_client(client anyelement) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.unmerge_client(client::text);
END $$;
COMMENT ON FUNCTION winback.unmerge_client(anyelement) IS
    'undoes winback.merge_clients: the client has its facts again';
