-- Processes: a client is walked through a playbook.
--
--   when                                             the process
--   ----------------------------------------------   ---------------------------------------------------------------
--   a row is inserted into winback.process           begins at the first step of the newest version
--   it comes to a step that is a kind of task        opens that task, and stays until it is closed
--   ... to a wait                                    rests until due_after has passed; the sweep lets it go on
--   ... to wait_until_fixed                          rests until winback.cause.fixed_on of its client's cause has
--                                                    come; does not rest where it has, or no cause is known
--   its task is done, with one of the outcomes of    goes on in the same statement: along the path of that outcome to
--     the step (with another it cannot be done)      the next step, or to the end
--   its task is cancelled by a supervisor            ends: gave_up
--   the client buys, recovers, is written off, is    ends at that commit: returned, recovered, written_off,
--     not to be contacted any more, or merged        not_to_be_contacted, merged; its open task is cancelled
--
-- The last line is work/processes.cpp; it never waits, and so may leave a client stale whose process is just being
-- moved on. Here a process is moved on with its row locked, after that of its task. A sweep passes over a process that
-- is locked. Whoever closes a task has the row of the task first, so that of two who close it the second finds it
-- closed, and the process goes on once.
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
    due := ((clock AT TIME ZONE policy.timezone) + (told ->> 'due_after')::interval) AT TIME ZONE policy.timezone;
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
DECLARE
    stated text;
BEGIN
    EXECUTE format('SELECT l.cause FROM winback.process p JOIN winback.loss l ON l.client_id %s p.client_id
                     WHERE p.process_id = $1 ORDER BY l.lost_at DESC, l.loss_id DESC LIMIT 1', winback._client_equals())
       INTO stated USING process_id;
    RETURN (SELECT c.cause FROM winback.cause c CROSS JOIN winback.policy p
             WHERE c.cause = stated
               AND (c.fixed_on > (winback.now() AT TIME ZONE p.timezone)::date) IS NOT FALSE);
END $$;
COMMENT ON FUNCTION winback._unfixed_cause(bigint) IS
    'the cause of the loss that a process is about, where it is not fixed yet; null: it is, or no cause is known';

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
    INSERT INTO winback.process_step (process_id, number, step, task_id, entered_at, left_at, outcome, cost)
    SELECT p.process_id, p.number, p.step, p.task_id, p.entered_at, winback.now(), _leave_step.outcome,
           (told ->> 'cost')::numeric
      FROM winback.process p WHERE p.process_id = _leave_step.process_id;
    IF path ->> 'cause' IS NOT NULL THEN
        -- Where the cause asks for a competitor, the note of the task names it.
        INSERT INTO winback.loss_cause (client_id, cause, competitor, note)
        SELECT p.client_id, c.cause, CASE WHEN c.names_competitor THEN t.note END, t.note
          FROM winback.process p
          JOIN winback.cause c ON c.cause = path ->> 'cause'
          LEFT JOIN winback.task t ON t.task_id = p.task_id
         WHERE p.process_id = _leave_step.process_id;
    END IF;
    IF path ->> 'next' IS NOT NULL THEN
        PERFORM winback._enter_step(process_id, path ->> 'next');
    ELSE
        PERFORM winback._end_process(process_id, path ->> 'end');
        IF path ->> 'end' = 'written_off' THEN
            PERFORM winback.write_off((SELECT p.client_id::text FROM winback.process p
                                        WHERE p.process_id = _leave_step.process_id),
                                      format('playbook %s: %s', process.playbook, outcome));
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION winback._leave_step(bigint, text) IS
    'moves a process along the path of an outcome: to the next step, or to its end';

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
        IF coalesce(btrim(NEW.note), '') = '' AND EXISTS (
               SELECT FROM winback.cause c WHERE c.cause = known -> NEW.outcome ->> 'cause' AND c.names_competitor) THEN
            RAISE EXCEPTION 'task % is done with outcome "%" only with a note', NEW.task_id, NEW.outcome
                USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'note',
                      HINT = 'The note names the competitor, and what it offers.';
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
        PERFORM winback._end_process(process, 'gave_up', NEW.outcome);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._step_closed() IS 'trigger of winback.task: the process goes on, or ends, with its task';

-- Begins a process: what the row that is inserted does not say.
CREATE FUNCTION winback._process_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    latest  record;
    client  record;
    running bigint;
BEGIN
    IF NEW.client_id IS NULL THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client to bring back.';
    END IF;
    SELECT b.enabled, v.version, v.definition ->> 'first' AS first_step INTO latest
      FROM winback.playbook b LEFT JOIN winback.playbook_version v ON v.playbook = b.playbook
     WHERE b.playbook = NEW.playbook ORDER BY v.version DESC LIMIT 1;
    IF NOT FOUND OR NOT latest.enabled OR latest.version IS NULL THEN
        RAISE EXCEPTION 'playbook % %', coalesce('"' || NEW.playbook || '"', 'null'),
                        CASE WHEN latest.enabled IS NULL THEN 'does not exist'
                             WHEN NOT latest.enabled THEN 'is not in use'
                             ELSE 'has not been saved yet' END
            USING ERRCODE = 'invalid_parameter_value', HINT = 'See winback.playbook. A playbook is saved at commit.';
    END IF;
    EXECUTE format('SELECT c.status, c.do_not_contact FROM winback.clients c WHERE c.client_id %s $1::%s',
                   winback._client_equals(), winback._client_type())
       INTO client USING NEW.client_id;
    IF client.status IS NULL OR client.status NOT IN ('lost', 'at_risk') OR client.do_not_contact THEN
        RAISE EXCEPTION 'client "%" %', NEW.client_id,
                        CASE WHEN client.status IS NULL THEN 'is not known'
                             WHEN client.do_not_contact THEN 'is not to be contacted'
                             ELSE 'is neither lost nor at risk, but ' || client.status END
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Processes bring clients back: see winback.lost_clients.';
    END IF;
    EXECUTE format('SELECT p.process_id FROM winback.process p
                     WHERE p.client_id %s $1::%s AND p.playbook = $2 AND p.state = ''running''',
                   winback._client_equals(), winback._client_type())
       INTO running USING NEW.client_id, NEW.playbook;
    IF running IS NOT NULL THEN
        RAISE EXCEPTION 'client "%" is in process % of playbook "%" already', NEW.client_id, running, NEW.playbook
            USING ERRCODE = 'unique_violation', SCHEMA = 'winback', TABLE = 'process',
                  CONSTRAINT = 'one_process_a_playbook', HINT = 'See winback.process.';
    END IF;
    NEW.version := latest.version;
    NEW.state := 'running';
    NEW.step := latest.first_step;
    NEW.number := 0;
    NEW.entered_at := winback.now();
    NEW.started_at := winback.now();
    NEW.started_by := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
    NEW.task_id := NULL;
    NEW.wakes_at := NULL;
    NEW.waits_for := NULL;
    NEW.ended_at := NULL;
    NEW.reason := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._process_begins() IS
    'trigger of winback.process: only a lost client is brought back, by a playbook that is in use';

CREATE FUNCTION winback._process_begun() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._note_client(NEW.client_id::text);  -- its call task gives way
    PERFORM winback._enter_step(NEW.process_id, NEW.step);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._process_begun() IS 'trigger of winback.process: begins at the first step';

CREATE FUNCTION winback.start_process(client text, playbook text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started bigint;
BEGIN
    EXECUTE format('INSERT INTO winback.process (client_id, playbook) VALUES ($1::%s, $2) RETURNING process_id',
                   winback._client_type(client))
       INTO started USING winback._present_client(client), playbook;
    RETURN started;
END $$;
COMMENT ON FUNCTION winback.start_process(text, text) IS
    'begins to bring a lost client back by a playbook, whose first step it opens; returns the number of the process';

CREATE FUNCTION winback.start_process(client anyelement, playbook text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback.start_process(client::text, playbook);
END $$;
COMMENT ON FUNCTION winback.start_process(anyelement, text) IS
    'begins to bring a lost client back by a playbook, whose first step it opens; returns the number of the process';

-- A cause that is fixed lets the processes go on that wait for it.
CREATE FUNCTION winback._cause_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._wake_at(greatest(winback.now(), NEW.fixed_on::timestamp AT TIME ZONE p.timezone))
       FROM winback.policy p;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._cause_fixed() IS
    'trigger of winback.cause: on the day from which a cause is fixed, the sweep lets its processes go on';

-- The next instant later than this one at which a process is to go on.
CREATE FUNCTION winback._next_wake(clock timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT least((SELECT min(p.wakes_at) FROM winback.process p
                           WHERE p.state = 'running' AND p.wakes_at > clock),
                         (SELECT min(c.fixed_on::timestamp AT TIME ZONE o.timezone)
                            FROM winback.cause c CROSS JOIN winback.policy o
                           WHERE c.fixed_on::timestamp AT TIME ZONE o.timezone > clock)));
END $$;
COMMENT ON FUNCTION winback._next_wake(timestamptz) IS
    'the next instant at which a wait of a process is over, or a cause is fixed; null: none';

-- Lets processes go on for which it is time, or whose cause has been fixed: the most valuable client first.
CREATE FUNCTION winback._wake_processes(clock timestamptz) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
    woken   int := 0;
BEGIN
    FOR process IN EXECUTE format('
        WITH ready AS (
            SELECT p.process_id, p.waits_for, p.client_id FROM winback.process p
             WHERE p.state = ''running'' AND p.wakes_at <= $1
            UNION ALL
            SELECT p.process_id, p.waits_for, p.client_id
              FROM winback.policy o
              JOIN winback.cause c ON c.fixed_on <= ($1 AT TIME ZONE o.timezone)::date
              JOIN winback.process p ON p.waits_for = c.cause AND p.state = ''running'')
        SELECT p.process_id, p.waits_for
          FROM ready r
          JOIN winback.process p ON p.process_id = r.process_id
                                AND (p.wakes_at <= $1 OR p.waits_for = r.waits_for) AND p.state = ''running''
          LEFT JOIN winback.client v ON v.client_id %s r.client_id
         ORDER BY v.period_revenue DESC NULLS LAST, p.process_id
           FOR UPDATE OF p SKIP LOCKED', winback._client_equals()) USING clock
    LOOP
        PERFORM winback._leave_step(process.process_id,
                                    CASE WHEN process.waits_for IS NULL THEN 'elapsed' ELSE 'fixed' END);
        woken := woken + 1;
    END LOOP;
    RETURN woken;
END $$;
COMMENT ON FUNCTION winback._wake_processes(timestamptz) IS
    'lets processes go on whose wait is over by this instant, or whose cause is fixed; returns how many';
