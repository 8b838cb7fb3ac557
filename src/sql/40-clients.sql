-- What a person says about one client. Every function here only writes a row of winback.event, which is a watched
-- table like any other: the client's ledger row follows at commit, or at winback.fold().
--
-- A client is given as any type or as text. Both meet in text, which the ledger's own type then reads: so 42.7 is no
-- integer key.

-- The type of the ledger's keys, ready to stand in SQL; an error where there is no ledger yet.
CREATE FUNCTION winback._client_type() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text;
BEGIN
    IF to_regclass('winback.ledger') IS NOT NULL THEN
        -- With a type modifier of -1, format_type() says bpchar where a plain name would mean character(1).
        SELECT format_type(l.client_type, -1) INTO key_type FROM winback.ledger l;
    END IF;
    IF key_type IS NULL THEN
        RAISE EXCEPTION 'winback has no ledger in this database'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Watch a table, or call winback.init() with the type of your client keys.';
    END IF;
    RETURN key_type;
END $$;
COMMENT ON FUNCTION winback._client_type() IS 'the type of the ledger''s keys as SQL text';

CREATE FUNCTION winback._timezone() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._client_type();  -- an error where there is no ledger
    RETURN (SELECT p.timezone FROM winback.policy p);
END $$;
COMMENT ON FUNCTION winback._timezone() IS 'policy.timezone';

-- The same, where this client can be of that type; else an error that says which type it is.
CREATE FUNCTION winback._client_type(client text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text := winback._client_type();
BEGIN
    EXECUTE format('SELECT $1::%s', key_type) USING client;
    RETURN key_type;
EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
    RAISE EXCEPTION 'client "%" is not of type %', client, key_type
        USING ERRCODE = SQLSTATE, DETAIL = SQLERRM, HINT = 'Give the key as it stands in winback.clients.client_id.';
END $$;
COMMENT ON FUNCTION winback._client_type(text) IS
    'the type of the ledger''s keys as SQL text; an error where this text is none';

-- The operator that compares two keys of the ledger, ready to stand in SQL.
CREATE FUNCTION winback._client_equals() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback._key_equals(winback._client_type()::regtype);
END $$;
COMMENT ON FUNCTION winback._client_equals() IS 'the equality operator of the ledger''s keys as SQL text';

-- The status of one client at the moment of reading.
CREATE FUNCTION winback.status(client text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_status text;
BEGIN
    EXECUTE format('SELECT c.status FROM winback.clients c WHERE c.client_id %s $1::%s', winback._client_equals(),
                   winback._client_type(client))
       INTO found_status USING winback._present_client(client);
    RETURN found_status;
END $$;
COMMENT ON FUNCTION winback.status(text) IS 'the status of a client at winback.now(); null: no such client';

CREATE FUNCTION winback.status(client anyelement) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback.status(client::text);
END $$;
COMMENT ON FUNCTION winback.status(anyelement) IS 'the status of a client at winback.now(); null: no such client';

-- Records a fact the CRM has no table for; winback._check_event() says what is refused.
CREATE FUNCTION winback.record_event(client text, kind text, happened_at timestamptz DEFAULT winback.now(),
                                     value numeric DEFAULT NULL, note text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id bigint;
BEGIN
    EXECUTE format('INSERT INTO winback.event (client_id, kind, happened_at, value, note)
                    VALUES ($1::%s, $2, $3, $4, $5) RETURNING event_id', winback._client_type(client))
       INTO new_id USING client, kind, happened_at, value, note;
    RETURN new_id;
END $$;
COMMENT ON FUNCTION winback.record_event(text, text, timestamptz, numeric, text) IS
    'records a fact about a client that the CRM has no table for; returns its event_id';

CREATE FUNCTION winback.record_event(client anyelement, kind text, happened_at timestamptz DEFAULT winback.now(),
                                     value numeric DEFAULT NULL, note text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback.record_event(client::text, kind, happened_at, value, note);
END $$;
COMMENT ON FUNCTION winback.record_event(anyelement, text, timestamptz, numeric, text) IS
    'records a fact about a client that the CRM has no table for; returns its event_id';

-- Records what somebody decided about a known client. A decision outdates every earlier one of its kinds, also one of
-- this very instant: the clock stands still within a transaction, so it is dated a microsecond later then.
CREATE FUNCTION winback._record_decision(client text, decision text, outdates text[], note text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text := winback._client_type(client);
    equals   text := winback._client_equals();
    known    boolean;
BEGIN
    client := winback._present_client(client);
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.client c WHERE c.client_id %s $1::%s)', equals, key_type)
       INTO known USING client;
    IF NOT known THEN
        RAISE EXCEPTION 'client % is not known', coalesce('"' || client || '"', 'null')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'A client is known from its first fact on; what this transaction has written counts after '
                         'SELECT winback.fold().';
    END IF;
    -- Later than what it outdates, also where that is dated at this very instant or ahead of the clock: its earlier
    -- events of those kinds, and its purchases, which would take it back.
    EXECUTE format('INSERT INTO winback.event (client_id, kind, happened_at, note)
                    SELECT $1::%1$s, $2, greatest(winback.now(), max(o.at) + interval ''1 microsecond''), $4
                      FROM (SELECT e.happened_at FROM winback.event e
                             WHERE e.client_id %2$s $1::%1$s AND e.kind = ANY ($3)
                            UNION ALL
                            SELECT c.last_order_at FROM winback.client c
                             WHERE c.client_id %2$s $1::%1$s AND $2 = ''write_off'') o (at)', key_type, equals)
      USING client, decision, outdates, note;
END $$;
COMMENT ON FUNCTION winback._record_decision(text, text, text[], text) IS
    'writes an event about a known client that outdates its earlier events of some kinds';

-- Whether a client is written off, by its last decision where that may not be in the ledger yet, else by the ledger.
CREATE FUNCTION winback._is_written_off(client text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written_off boolean;
BEGIN
    EXECUTE format('SELECT coalesce(e.kind = ''write_off'', c.written_off_since IS NOT NULL)
                      FROM winback.client c
                      LEFT JOIN LATERAL (SELECT d.kind, d.happened_at FROM winback.event d
                                          WHERE d.client_id %2$s c.client_id
                                            AND d.kind IN (''write_off'', ''take_back'')
                                          ORDER BY d.happened_at DESC, d.kind LIMIT 1) e
                             ON e.happened_at >= coalesce(c.last_fact_at, ''-infinity'')
                     WHERE c.client_id %2$s $1::%1$s', winback._client_type(client), winback._client_equals())
       INTO written_off USING winback._present_client(client);
    RETURN written_off;
END $$;
COMMENT ON FUNCTION winback._is_written_off(text) IS 'whether a client is written off; null: no such client';

-- Refuses a decision without a reason.
CREATE FUNCTION winback._require_reason(reason text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF btrim(reason) <> '' THEN RETURN; END IF;
    RAISE EXCEPTION 'reason must not be empty, but is %', coalesce('"' || reason || '"', 'null')
        USING ERRCODE = 'invalid_parameter_value', HINT = 'Say in a few words why; it stays in the client''s story.';
END $$;
COMMENT ON FUNCTION winback._require_reason(text) IS 'an error where a reason is null or blank';

-- Moves a client out of the work.
CREATE FUNCTION winback.write_off(client text, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._require_reason(reason);
    IF winback._is_written_off(client) THEN
        RAISE EXCEPTION 'client "%" is already written off', client
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'It comes back by a purchase, or by winback.take_back().';
    END IF;
    PERFORM winback._record_decision(client, 'write_off', '{write_off,take_back}', reason);
END $$;
COMMENT ON FUNCTION winback.write_off(text, text) IS 'moves a client out of the work, until it buys or is taken back';

CREATE FUNCTION winback.write_off(client anyelement, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.write_off(client::text, reason);
END $$;
COMMENT ON FUNCTION winback.write_off(anyelement, text) IS
    'moves a client out of the work, until it buys or is taken back';

-- Moves a written-off client back into the work: its status is what the rules say of it.
CREATE FUNCTION winback.take_back(client text, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._require_reason(reason);
    IF NOT winback._is_written_off(client) THEN
        RAISE EXCEPTION 'client "%" is not written off', client
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Only a client that winback.write_off() moved out of the work can be taken back.';
    END IF;
    PERFORM winback._record_decision(client, 'take_back', '{write_off,take_back}', reason);
END $$;
COMMENT ON FUNCTION winback.take_back(text, text) IS 'moves a written-off client back into the work';

CREATE FUNCTION winback.take_back(client anyelement, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.take_back(client::text, reason);
END $$;
COMMENT ON FUNCTION winback.take_back(anyelement, text) IS 'moves a written-off client back into the work';

-- Says by hand how a client is to be approached, until a complaint or a purchase says otherwise.
CREATE FUNCTION winback.set_interaction_status(client text, name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._record_decision(client, 'interaction_status', '{interaction_status,complaint}', name);
END $$;
COMMENT ON FUNCTION winback.set_interaction_status(text, text) IS
    'sets how a client is to be approached: warm, cold or another row of winback.interaction_status';

CREATE FUNCTION winback.set_interaction_status(client anyelement, name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.set_interaction_status(client::text, name);
END $$;
COMMENT ON FUNCTION winback.set_interaction_status(anyelement, text) IS
    'sets how a client is to be approached: warm, cold or another row of winback.interaction_status';

-- Every row of winback.event passes here, whoever writes it. What is refused:
--
--   no client, kind or time; a time that never comes; a value that is no number
--   order, return, call                   facts of watched tables: here they would count for nothing
--   NPS, Complaint ...                    a known kind in another spelling: no rule would look at it
--   nps, usage without a value            or an nps score below 0
--   interaction_status                    with a note that names none
--   write_off, take_back                  by who may not execute the function of that name
CREATE FUNCTION winback._check_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known_kinds CONSTANT text[] :=
        '{nps,conflict,complaint,inquiry,offer,usage,write_off,take_back,interaction_status}';
    plain_kind  CONSTANT text := lower(btrim(NEW.kind));
BEGIN
    IF NEW.client_id IS NULL THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client whose event this is.';
    ELSIF plain_kind IS NULL OR plain_kind = '' THEN
        RAISE EXCEPTION 'kind must not be empty, but is %', coalesce('"' || NEW.kind || '"', 'null')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Known are %s; any other word is kept, but no rule looks at it.',
                                array_to_string(known_kinds, ', '));
    ELSIF plain_kind IN ('order', 'return', 'call') THEN
        RAISE EXCEPTION 'events of kind "%" cannot be recorded', NEW.kind
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Orders, returns and calls are rows of watched tables: see winback.watch_orders and '
                         'winback.watch_calls.';
    ELSIF plain_kind = ANY (known_kinds) AND plain_kind <> NEW.kind THEN
        RAISE EXCEPTION 'unknown spelling "%" of event kind "%"', NEW.kind, plain_kind
            USING ERRCODE = 'invalid_parameter_value', HINT = format('Write "%s".', plain_kind);
    ELSIF NEW.happened_at IS NULL OR NOT isfinite(NEW.happened_at) THEN
        RAISE EXCEPTION 'happened_at must be a finite time, but is %',
                        coalesce('"' || NEW.happened_at || '"', 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave it out for an event of this moment.';
    ELSIF NEW.value IN ('NaN', 'infinity', '-infinity') THEN
        RAISE EXCEPTION 'value must be a finite number, but is "%"', NEW.value
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave it out where there is none.';
    ELSIF NEW.kind IN ('nps', 'usage') AND NEW.value IS NULL THEN
        RAISE EXCEPTION 'an event of kind "%" needs a value', NEW.kind
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the score (nps) or the amount used (usage).';
    ELSIF NEW.kind = 'nps' AND NEW.value < 0 THEN
        RAISE EXCEPTION 'an nps score must not be negative, but is "%"', NEW.value
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Scores run from 0 to 10.';
    ELSIF NEW.kind = 'interaction_status'
          AND NOT EXISTS (SELECT FROM winback.interaction_status s WHERE s.name = NEW.note) THEN
        RAISE EXCEPTION 'interaction status % does not exist', coalesce('"' || NEW.note || '"', 'null')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Known are %s; others are added to winback.interaction_status.',
                                (SELECT string_agg(s.name, ', ' ORDER BY s.name) FROM winback.interaction_status s));
    ELSIF NEW.kind IN ('write_off', 'take_back')
          AND NOT has_function_privilege(current_user, format('winback.%s(text, text)', NEW.kind), 'EXECUTE') THEN
        RAISE EXCEPTION 'permission denied to record events of kind "%"', NEW.kind
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('It takes EXECUTE on winback.%s().', NEW.kind);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._check_event() IS 'trigger of winback.event: refuses what can be no fact';
