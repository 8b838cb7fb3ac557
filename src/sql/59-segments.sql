-- Who enters a segment has its playbook begun.
--
--   a client enters by                                   found by
--   --------------------------------------------------   --------------------------------------------------------------
--   a fact of its own, a change of its row in the CRM    the commit of that
--   being put there by hand                              the commit of that
--   the clock                                            the sweep that records the change of status
--   a change of the classes (classify()), of the         the next sweep: winback.segment.examined is false until then
--     segment, its playbook, the rules or the policy
--
-- At REPEATABLE READ and SERIALIZABLE a commit leaves it to the next sweep, for which the client is due at once.
--
-- What is looked at at commit costs nothing as long as no segment with a playbook has the status of the client: then
-- one look at winback.segment_entrants by its key. See work/settle.cpp.

-- Begins a playbook for a client, if it is to enter a segment.
CREATE FUNCTION winback._enter_segment(client text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    begun bigint;
BEGIN
    EXECUTE format('INSERT INTO winback.process (client_id, playbook, segment)
                    SELECT e.client_id, e.playbook, e.segment
                      FROM winback.segment_entrants e WHERE e.client_id %s $1::%s
                        ON CONFLICT DO NOTHING  -- somebody begins it by hand at this moment
                    RETURNING process_id', winback._client_equals(), winback._client_type())
       INTO begun USING client;
    RETURN (SELECT count(*) FROM winback.task t WHERE t.process_id = begun);
END $$;
COMMENT ON FUNCTION winback._enter_segment(text) IS
    'begins the playbook of the segment that a client is to enter, if there is one; returns how many tasks that opened';

CREATE FUNCTION winback._examine_segments(only_by_class boolean DEFAULT false) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_examine_segments';
COMMENT ON FUNCTION winback._examine_segments(boolean) IS
    'has the next sweep look who has entered a segment with a playbook; by class: one that asks for classes';

-- The row of a segment that has changed is to be looked at. One for the image is of members by hand, unless it is said
-- otherwise: without a condition it would take every lost client.
CREATE FUNCTION winback._segment_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.by_hand := coalesce(NEW.by_hand, NEW.ground = 'image', false);
    IF TG_OP = 'UPDATE' THEN
        NEW.examined := NEW.examined AND to_jsonb(NEW) - 'examined' = to_jsonb(OLD) - 'examined';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._segment_change() IS
    'trigger of winback.segment: the next sweep looks who has entered it; fills in by_hand';

CREATE FUNCTION winback._segments_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._read_settings_again();
    PERFORM winback._wake_at(winback.now());
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._segments_changed() IS
    'trigger of winback.segment: lets every session know, and the worker look who has entered';

-- Whoever is put into a segment by hand is looked at at commit.
CREATE FUNCTION winback._member_added() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.added_at := winback.now();
    NEW.added_by := winback._acting_role();
    PERFORM winback._note_client(winback._present_client(NEW.client_id::text));
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._member_added() IS
    'trigger of winback.segment_member: says when and by whom; the client is looked at at commit';

CREATE FUNCTION winback._playbook_enabled() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._examine_segments();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._playbook_enabled() IS
    'trigger of winback.playbook: whoever is in a segment of a playbook that is in use again may enter';
