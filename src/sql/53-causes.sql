-- Stating why a client was lost.
--
--   way                                            which loss is meant
--   --------------------------------------------   -----------------------------------------------------------
--   winback.state_cause(client, cause, ...)        the last one of that client
--   INSERT INTO winback.loss_cause                 likewise, or the one that was under way at `about`
--   UPDATE winback.loss SET cause = ...            that one
--   a step of a playbook finds it out              the one that lasts; of a client at risk the process keeps it
--
-- A statement is never changed by a later one: both are kept, and the later one holds.

-- Refuses causes that are, along their parents, a case of themselves.
CREATE FUNCTION winback._check_cause() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    line  text[] := ARRAY[NEW.cause];
    above text := NEW.parent;
BEGIN
    -- Two sessions could close a circle together. No lock on the table: those who have written to it would block each
    -- other.
    PERFORM pg_advisory_xact_lock('winback.cause'::regclass::oid::int, 0);
    WHILE above IS NOT NULL LOOP
        IF above = ANY (line) THEN
            RAISE EXCEPTION 'cause "%" would be a case of itself', NEW.cause
                USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'cause', COLUMN = 'parent',
                      DETAIL = format('%s.', array_to_string(line || above, ', a case of ')),
                      HINT = 'Name a wider cause as its parent.';
        END IF;
        line := line || above;
        SELECT c.parent INTO above FROM winback.cause c WHERE c.cause = above;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._check_cause() IS 'trigger of winback.cause: no cause is a case of itself';

-- Whether the client is walked through a version of a playbook that knows a cause: it may be stated to the end, also
-- where it is not in use any more.
CREATE FUNCTION winback._is_walked(client text, cause text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    walked boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.process p
                                     JOIN winback.playbook_version v USING (playbook, version)
                                    WHERE p.client_id %s $1::%s AND p.state = ''running''
                                      AND winback._names_cause(v.definition, $2))',
                   winback._client_equals(), winback._client_type())
       INTO walked USING winback._present_client(client), cause;
    RETURN walked;
END $$;
COMMENT ON FUNCTION winback._is_walked(text, text) IS
    'whether a running process of a client may come to an outcome that states this cause';

-- Whether an outcome of a saved playbook states a cause.
CREATE FUNCTION winback._names_cause(definition jsonb, cause text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_path_exists(definition, '$.steps.*.outcomes.*.cause ? (@ == $cause)', jsonb_build_object('cause', cause));
COMMENT ON FUNCTION winback._names_cause(jsonb, text) IS 'whether an outcome of a saved playbook states this cause';

-- A cause that saved playbooks name goes by its new name there, too; and cannot go.
CREATE FUNCTION winback._cause_renamed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM winback.playbook_version v WHERE winback._names_cause(v.definition, OLD.cause)) THEN
            RAISE EXCEPTION 'cause "%" cannot be removed', OLD.cause
                USING ERRCODE = 'foreign_key_violation', SCHEMA = 'winback', TABLE = 'playbook_version',
                      DETAIL = 'Outcomes of playbooks that have been saved state it.',
                      HINT = format('Take it out of use: UPDATE winback.cause SET enabled = false WHERE cause = %L.',
                                    OLD.cause);
        END IF;
        RETURN OLD;
    END IF;
    UPDATE winback.playbook_version v
       SET definition = jsonb_set(v.definition, '{steps}', (
               SELECT jsonb_object_agg(s.step, jsonb_set(s.told, '{outcomes}', (
                          SELECT jsonb_object_agg(o.outcome, CASE WHEN o.path ->> 'cause' = OLD.cause
                                                                  THEN o.path || jsonb_build_object('cause', NEW.cause)
                                                                  ELSE o.path END)
                            FROM jsonb_each(s.told -> 'outcomes') o (outcome, path))))
                 FROM jsonb_each(v.definition -> 'steps') s (step, told)))
     WHERE winback._names_cause(v.definition, OLD.cause);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._cause_renamed() IS
    'trigger of winback.cause: saved playbooks follow a cause that is renamed, and keep one from being removed';

-- Checks a statement about a loss, and completes it.
CREATE FUNCTION winback._check_statement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stated record;
    meant  record;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.client_id IS NULL OR (NEW.client_id, NEW.about, NEW.cause, NEW.competitor)
                             IS NOT DISTINCT FROM (OLD.client_id, OLD.about, OLD.cause, OLD.competitor)) THEN
        RETURN NEW;
    END IF;
    IF NEW.client_id IS NULL THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client whose loss is meant.';
    END IF;
    SELECT c.enabled OR winback._is_walked(NEW.client_id::text, c.cause) AS enabled, c.names_competitor INTO stated
      FROM winback.cause c WHERE c.cause = NEW.cause;
    IF NOT FOUND OR NOT stated.enabled THEN
        RAISE EXCEPTION 'cause % %', coalesce('"' || NEW.cause || '"', 'null'),
                        CASE WHEN stated.enabled IS NULL THEN 'does not exist' ELSE 'is not in use' END
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'winback', TABLE = 'loss_cause', COLUMN = 'cause',
                  HINT = format('Causes are rows of winback.cause: %s.',
                                (SELECT string_agg(c.cause, ', ' ORDER BY c.cause) FROM winback.cause c
                                  WHERE c.enabled));
    ELSIF stated.names_competitor AND coalesce(btrim(NEW.competitor), '') = '' THEN
        RAISE EXCEPTION 'cause "%" needs the name of the competitor', NEW.cause
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'loss_cause', COLUMN = 'competitor',
                  HINT = 'Say to whom the client went in competitor, and what for in competitor_offer.';
    END IF;

    -- The last loss, or the last that had begun at the time that is meant.
    EXECUTE format('SELECT l.lost_at, l.ended_at FROM winback.loss l
                     WHERE l.client_id %s $1::%s AND (l.lost_at <= $2 OR $2 IS NULL)
                     ORDER BY l.lost_at DESC, l.loss_id DESC LIMIT 1',
                   winback._client_equals(), winback._client_type())
       INTO meant USING winback._present_client(NEW.client_id::text), NEW.about;
    IF meant.lost_at IS NULL THEN
        RAISE EXCEPTION 'client "%" %', NEW.client_id,
                        CASE WHEN NEW.about IS NULL THEN 'was never lost' ELSE 'was not lost by then' END
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Causes are stated of losses: see winback.loss.';
    END IF;
    -- Within the loss however its ends may move: as late as it can be said now.
    NEW.about := coalesce(meant.ended_at - interval '1 microsecond', greatest(winback.now(), meant.lost_at));
    IF TG_OP = 'INSERT' THEN
        NEW.stated_at := winback.now();
        NEW.stated_by := winback._acting_role();
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._check_statement() IS
    'trigger of winback.loss_cause: the cause must be in use, and the client have been lost';

-- UPDATE winback.loss SET cause = ...
CREATE FUNCTION winback._state_cause_of_loss() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stated  CONSTANT text[] := '{cause,competitor,competitor_offer,cause_note}';
    changed text;
BEGIN
    SELECT string_agg(n.key, ', ' ORDER BY n.key) INTO changed
      FROM jsonb_each(to_jsonb(NEW)) n
     WHERE n.key <> ALL (stated) AND n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key;
    IF changed IS NOT NULL THEN
        RAISE EXCEPTION 'cannot change % of a loss', changed
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'The rest follows from the client''s facts.',
                  HINT = 'Of a loss, cause, competitor, competitor_offer and cause_note are stated.';
    END IF;
    INSERT INTO winback.loss_cause (client_id, about, cause, competitor, competitor_offer, note)
    VALUES (NEW.client_id, OLD.lost_at, NEW.cause, NEW.competitor, NEW.competitor_offer, NEW.cause_note);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._state_cause_of_loss() IS 'trigger of winback.loss: states the cause of a loss';

-- Processes go by the cause that is stated last, those too that wait for another one to be fixed.
CREATE FUNCTION winback._statement_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
BEGIN
    FOR process IN EXECUTE format('UPDATE winback.process p SET cause = $2
                                    WHERE p.client_id %s $1::%s AND p.state = ''running'' AND p.started_at <= $3
                                RETURNING p.process_id, p.waits_for <> $2 AS is_elsewhere',
                                  winback._client_equals(), winback._client_type())
      USING winback._present_client(NEW.client_id::text), NEW.cause, NEW.about
    LOOP
        IF process.is_elsewhere THEN
            PERFORM winback._turn_to_cause(process.process_id, NEW.cause);
        END IF;
    END LOOP;
    PERFORM winback._wake_at(winback.now());
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._statement_made() IS
    'trigger of winback.loss_cause: running processes of the client are about the cause that is stated last';

CREATE FUNCTION winback.state_cause(client text, cause text, competitor text DEFAULT NULL,
                                    competitor_offer text DEFAULT NULL, note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO winback.loss_cause (client_id, cause, competitor, competitor_offer, note)
                    VALUES ($1::%s, $2, $3, $4, $5)', winback._client_type(client))
      USING client, cause, competitor, competitor_offer, note;
END $$;
COMMENT ON FUNCTION winback.state_cause(text, text, text, text, text) IS
    'states why a client was lost, of its last loss; see winback.cause for the causes, winback.loss for the result';

CREATE FUNCTION winback.state_cause(client anyelement, cause text, competitor text DEFAULT NULL,
                                    competitor_offer text DEFAULT NULL, note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.state_cause(client::text, cause, competitor, competitor_offer, note);
END $$;
COMMENT ON FUNCTION winback.state_cause(anyelement, text, text, text, text) IS
    'states why a client was lost, of its last loss; see winback.cause for the causes, winback.loss for the result';

-- Why this client went: the cause of its present loss, else that which its process has found out.
CREATE FUNCTION winback._present_cause(client text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_cause text;
BEGIN
    EXECUTE format('SELECT coalesce((SELECT l.cause FROM winback.loss l
                                      WHERE l.client_id %1$s $1::%2$s AND l.ended_at IS NULL
                                      ORDER BY l.lost_at DESC LIMIT 1),
                                    (SELECT p.cause FROM winback.process p
                                      WHERE p.client_id %1$s $1::%2$s AND p.state = ''running'' AND p.cause IS NOT NULL
                                      ORDER BY p.process_id DESC LIMIT 1))',
                   winback._client_equals(), winback._client_type())
       INTO found_cause USING client;
    RETURN found_cause;
END $$;
COMMENT ON FUNCTION winback._present_cause(text) IS
    'the cause of a client''s loss that lasts, or of the process by which it is being brought back; null: not known';
