-- Processes: a client is walked through a playbook.
--
--   when                                             the process
--   ----------------------------------------------   ---------------------------------------------------------------
--   a row is inserted into winback.process           begins at the first step of the newest version; or, where the lot
--                                                    makes its client one of the control group, does nothing
--   it comes to a step that is a kind of task        opens that task, and stays until it is closed
--   ... to a wait                                    rests until due_after has passed; the sweep lets it go on
--   ... to wait_until_fixed                          rests until winback.cause.fixed_on of its cause has come, and its
--                                                    manager has room (57-pace.sql); does not rest where it has, or no
--                                                    cause is known
--   its task is done, with one of the outcomes of    goes on in the same statement: along the path of that outcome to
--     the step (with another it cannot be done)      the next step, or to the end
--   its task is cancelled by a supervisor            ends: gave_up
--   the client buys, recovers, is written off, is    ends at that commit: returned, recovered, written_off,
--     not to be contacted any more, or merged        not_to_be_contacted, merged; its open task is cancelled
--   ... and that turns out to be wrong (the order    goes on at that commit, at the step at which it was
--     is cancelled), or ends (it is taken back)
--
-- The last two lines are work/processes.cpp; it never waits, and so may leave a client stale whose process is just
-- being moved on. Here a process is moved on with its row locked, after that of its task. A sweep passes over a process
-- that is locked. Whoever closes a task has the row of the task first, so that of two who close it the second finds it
-- closed, and the process goes on once.
--
-- A control group is kept from tasks in three places: the guard of winback.task refuses new ones, none is begun here,
-- and at commit, when the client is held, those that were opened since it was lost are cancelled: so it does not matter
-- which of a task and a process that are begun at the same moment is committed first.
--
-- The functions run as their owner: those who work tasks need not be able to write processes.

CREATE FUNCTION winback._wake_at(at timestamptz) RETURNS void
LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_wake_at';
COMMENT ON FUNCTION winback._wake_at(timestamptz) IS 'from the commit on, the worker knows that a sweep is due then';

-- What a process is told of the step at which it is.
CREATE FUNCTION winback._step_definition(playbook text, version int, step text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT v.definition -> 'steps' -> _step_definition.step
              FROM winback.playbook_version v
             WHERE v.playbook = _step_definition.playbook AND v.version = _step_definition.version);
END $$;
COMMENT ON FUNCTION winback._step_definition(text, int, text) IS 'a step of a version of a playbook, with its outcomes';

-- Whether a process is just about to open the task of a step. Nobody else sees one so: it rests, or has a task.
CREATE FUNCTION winback._enters_step(process_id bigint, step text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM winback.process p
                    WHERE p.process_id = _enters_step.process_id AND p.step = _enters_step.step AND p.state = 'running'
                      AND num_nonnulls(p.task_id, p.wakes_at, p.waits_for) = 0 AND NOT p.held_out);
END $$;
COMMENT ON FUNCTION winback._enters_step(bigint, text) IS
    'whether a process is at a step whose task it has not opened yet';

-- Brings a process, whose row is locked, to a step, and on from steps at which there is nothing to wait for.
CREATE FUNCTION winback._enter_step(process_id bigint, step text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clock   CONSTANT timestamptz := winback.now();
    policy  record;
    process record;
    told    jsonb;
    due     timestamptz;
    missing text;
    task    bigint;
BEGIN
    SELECT p.timezone INTO policy FROM winback.policy p;
    EXECUTE format('SELECT p.playbook, p.version, c.manager
                      FROM winback.process p LEFT JOIN winback.client c ON c.client_id %s p.client_id
                     WHERE p.process_id = $1', winback._client_equals())
       INTO process USING process_id;
    told := winback._step_definition(process.playbook, process.version, step);
    -- Days by the calendar there; no time at all is none, also in an hour that comes twice.
    due := CASE WHEN (told ->> 'due_after')::interval = interval '0' THEN clock
                ELSE ((clock AT TIME ZONE policy.timezone) + (told ->> 'due_after')::interval)
                     AT TIME ZONE policy.timezone END;
    UPDATE winback.process p
       SET step = _enter_step.step, number = p.number + 1, entered_at = clock, task_id = NULL, wakes_at = NULL,
           waits_for = NULL
     WHERE p.process_id = _enter_step.process_id;

    CASE told ->> 'kind'
    WHEN 'wait' THEN
        IF due <= clock THEN
            PERFORM winback._leave_step(process_id, 'elapsed');
        ELSE
            UPDATE winback.process p SET wakes_at = due WHERE p.process_id = _enter_step.process_id;
            PERFORM winback._wake_at(due);
        END IF;
    WHEN 'wait_until_fixed' THEN
        missing := winback._unfixed_cause(process_id);
        IF missing IS NULL THEN
            PERFORM winback._leave_step(process_id, 'fixed');
        ELSE
            UPDATE winback.process p SET waits_for = missing WHERE p.process_id = _enter_step.process_id;
        END IF;
    ELSE
        INSERT INTO winback.task (client_id, kind, title, assignee, due_on, instructions, process_id, step)
        SELECT p.client_id, told ->> 'kind', told ->> 'title',
               CASE told ->> 'assignee' WHEN 'manager' THEN process.manager WHEN 'pool' THEN NULL
                                        ELSE told ->> 'assignee' END,
               winback._working_day((due AT TIME ZONE policy.timezone)::date), told ->> 'instructions',
               p.process_id, _enter_step.step
          FROM winback.process p WHERE p.process_id = _enter_step.process_id
        RETURNING task_id INTO task;
        UPDATE winback.process p SET task_id = task WHERE p.process_id = _enter_step.process_id;
    END CASE;
END $$;
COMMENT ON FUNCTION winback._enter_step(bigint, text) IS 'brings a process to a step: opens its task, or lets it rest';

-- The cause that the company has yet to fix before this process may go on; null: there is none.
CREATE FUNCTION winback._unfixed_cause(process_id bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.cause
              FROM winback.process p JOIN winback.cause c ON c.cause = p.cause CROSS JOIN winback.policy o
             WHERE p.process_id = _unfixed_cause.process_id
               AND (c.fixed_on > (winback.now() AT TIME ZONE o.timezone)::date) IS NOT FALSE);
END $$;
COMMENT ON FUNCTION winback._unfixed_cause(bigint) IS
    'the cause that a process is about, where it is not fixed yet; null: it is, or no cause is known';

-- Ends a process, whose row is locked.
CREATE FUNCTION winback._end_process(process_id bigint, state text, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE winback.process p
       SET state = _end_process.state, reason = _end_process.reason, ended_at = winback.now(), task_id = NULL,
           wakes_at = NULL, waits_for = NULL
     WHERE p.process_id = _end_process.process_id;
    PERFORM winback._note_client((SELECT p.client_id::text FROM winback.process p
                                   WHERE p.process_id = _end_process.process_id));
END $$;
COMMENT ON FUNCTION winback._end_process(bigint, text, text) IS
    'ends a process, and has its client looked at at commit';

-- The competitor that a note names, up to the first colon, and what it offers, after that.
CREATE FUNCTION winback._named_competitor(note text, OUT name text, OUT offer text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT nullif(btrim(split_part(note, ':', 1)), ''),
           nullif(btrim(substr(note, nullif(strpos(note, ':'), 0) + 1)), '')
$$;
COMMENT ON FUNCTION winback._named_competitor(text) IS
    'the competitor named in a note, "name" or "name: what it offers", and that offer; null: none';

-- What a step has found out: the cause of the loss, where the client is lost.
CREATE FUNCTION winback._find_cause(process_id bigint, cause text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_out record;
    is_lost   boolean;
BEGIN
    SELECT p.client_id, t.note, c.names_competitor INTO found_out
      FROM winback.process p
      JOIN winback.cause c ON c.cause = _find_cause.cause
      LEFT JOIN winback.task t ON t.task_id = p.task_id
     WHERE p.process_id = _find_cause.process_id;
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.loss l WHERE l.client_id %s $1::%s AND l.ended_at IS NULL)',
                   winback._client_equals(), winback._client_type())
       INTO is_lost USING found_out.client_id;
    IF is_lost THEN
        -- Where the cause asks for a competitor, the note of the task names it: "name", or "name: what it offers".
        INSERT INTO winback.loss_cause (client_id, cause, competitor, competitor_offer, note, task_id)
        SELECT p.client_id, _find_cause.cause, n.name, n.offer, found_out.note, p.task_id
          FROM winback.process p
          LEFT JOIN winback._named_competitor(found_out.note) n ON found_out.names_competitor
         WHERE p.process_id = _find_cause.process_id;
    ELSE
        UPDATE winback.process p SET cause = _find_cause.cause WHERE p.process_id = _find_cause.process_id;
    END IF;
END $$;
COMMENT ON FUNCTION winback._find_cause(bigint, text) IS
    'keeps the cause that a process has found out, and states it of the loss of its client, if that is lost';

-- Puts the step at which a process is behind it.
CREATE FUNCTION winback._write_step(process_id bigint, outcome text, cost numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO winback.process_step (process_id, number, step, task_id, entered_at, left_at, outcome, cost)
    SELECT p.process_id, p.number, p.step, p.task_id, p.entered_at, winback.now(), _write_step.outcome, _write_step.cost
      FROM winback.process p WHERE p.process_id = _write_step.process_id;
END $$;
COMMENT ON FUNCTION winback._write_step(bigint, text, numeric) IS
    'writes down the step that a process leaves, with what came of it and what it cost';

-- Brings a process, whose row is locked, to where a path leads: to a step, or to its end.
CREATE FUNCTION winback._follow_path(process_id bigint, path jsonb, outcome text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
BEGIN
    IF path ->> 'next' IS NOT NULL THEN
        PERFORM winback._enter_step(process_id, path ->> 'next');
        RETURN;
    END IF;
    SELECT p.playbook, p.client_id::text AS client INTO process
      FROM winback.process p WHERE p.process_id = _follow_path.process_id;
    PERFORM winback._end_process(process_id, path ->> 'end');
    IF path ->> 'end' = 'written_off' AND NOT winback._is_written_off(process.client) THEN
        PERFORM winback.write_off(process.client, format('playbook %s: %s', process.playbook, outcome));
    END IF;
END $$;
COMMENT ON FUNCTION winback._follow_path(bigint, jsonb, text) IS
    'brings a process to where the path of an outcome leads: to the next step, or to its end';

-- Moves a process, whose row is locked, along the path of an outcome.
CREATE FUNCTION winback._leave_step(process_id bigint, outcome text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
    told    jsonb;
    path    jsonb;
BEGIN
    SELECT p.playbook, p.version, p.step INTO process
      FROM winback.process p WHERE p.process_id = _leave_step.process_id;
    told := winback._step_definition(process.playbook, process.version, process.step);
    path := told -> 'outcomes' -> outcome;
    PERFORM winback._write_step(process_id, outcome, (told ->> 'cost')::numeric);
    IF path ->> 'cause' IS NOT NULL THEN
        PERFORM winback._find_cause(process_id, path ->> 'cause');
    END IF;
    PERFORM winback._follow_path(process_id, path, outcome);
END $$;
COMMENT ON FUNCTION winback._leave_step(bigint, text) IS
    'writes down what came of the step at which a process is, and moves it along the path of that outcome';

-- Has a process, whose row is locked and which waits for a cause to be fixed, go by another cause: along the path that
-- states it from a step that it has behind it; where there is none, it waits for that cause to be fixed.
CREATE FUNCTION winback._turn_to_cause(process_id bigint, cause text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    path jsonb;
BEGIN
    SELECT o.path INTO path
      FROM winback.process p
      JOIN winback.process_step s ON s.process_id = p.process_id
     CROSS JOIN LATERAL jsonb_each(winback._step_definition(p.playbook, p.version, s.step) -> 'outcomes')
                        o (outcome, path)
     WHERE p.process_id = _turn_to_cause.process_id AND o.path ->> 'cause' = _turn_to_cause.cause
     ORDER BY s.number DESC, o.outcome LIMIT 1;
    IF path IS NULL THEN
        UPDATE winback.process p SET waits_for = _turn_to_cause.cause
         WHERE p.process_id = _turn_to_cause.process_id;
    ELSE
        PERFORM winback._write_step(process_id, 'cause_changed', 0);
        PERFORM winback._follow_path(process_id, path, 'cause_changed');
    END IF;
END $$;
COMMENT ON FUNCTION winback._turn_to_cause(bigint, text) IS
    'has a process that waits for a cause to be fixed take the branch of another cause, or wait for that';

-- Refuses to do the task of a step with what is no outcome of that step.
CREATE FUNCTION winback._check_step_outcome() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
    known   jsonb;
BEGIN
    SELECT p.playbook, p.version, p.step INTO process
      FROM winback.process p WHERE p.task_id = NEW.task_id AND p.state = 'running';
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    known := winback._step_definition(process.playbook, process.version, process.step) -> 'outcomes';
    IF known ? NEW.outcome THEN
        IF (winback._named_competitor(NEW.note)).name IS NULL AND EXISTS (
               SELECT FROM winback.cause c WHERE c.cause = known -> NEW.outcome ->> 'cause' AND c.names_competitor) THEN
            RAISE EXCEPTION 'task % is done with outcome "%" only with a note', NEW.task_id, NEW.outcome
                USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'note',
                      HINT = 'The note names the competitor, and after a colon what it offers: "Acme: 10 % off".';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'task % is not done with outcome "%"', NEW.task_id, NEW.outcome
        USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'outcome',
              DETAIL = format('It is step "%s" of playbook "%s".', process.step, process.playbook),
              HINT = format('Its outcomes are %s.',
                            (SELECT string_agg(format('"%s"', k), ', ' ORDER BY k) FROM jsonb_object_keys(known) k));
END $$;
COMMENT ON FUNCTION winback._check_step_outcome() IS
    'trigger of winback.task: the task of a step is done with one of its outcomes';

-- Moves on the process whose task has been closed.
CREATE FUNCTION winback._step_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process bigint;
BEGIN
    SELECT p.process_id INTO process
      FROM winback.process p WHERE p.task_id = NEW.task_id AND p.state = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NEW.status = 'done' THEN
        PERFORM winback._leave_step(process, NEW.outcome);
    ELSE
        PERFORM winback._write_step(process, 'gave_up', 0);
        PERFORM winback._end_process(process, 'gave_up', NEW.outcome);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._step_closed() IS 'trigger of winback.task: the process goes on, or ends, with its task';
