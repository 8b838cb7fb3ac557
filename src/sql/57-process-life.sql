-- How processes begin, and when those that rest go on: see 56-processes.sql.

-- Draws whether a client is held out: as many percent are, by chance, but each time the same for one loss.
CREATE FUNCTION winback._is_held_out(client text, since timestamptz, holdout numeric) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT ('x' || encode(substr(sha256(k.key || convert_to(client, 'UTF8') || timestamptz_send(since)), 1, 4),
                                  'hex'))::bit(32)::bigint < holdout / 100 * 4294967296
              FROM winback.holdout_key k);
END $$;
COMMENT ON FUNCTION winback._is_held_out(text, timestamptz, numeric) IS
    'whether a client lost since then is of the control group, where that has so many percent; by SHA-256 with '
    'winback.holdout_key';

-- Refuses work on a client of a control group.
CREATE FUNCTION winback._refuse_held_out(client text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held record;
BEGIN
    EXECUTE format('SELECT p.process_id, p.playbook FROM winback.process p
                     WHERE p.client_id %s $1::%s AND p.held_out AND p.state = ''running''',
                   winback._client_equals(), winback._client_type())
       INTO held USING client;
    IF held.process_id IS NULL THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'client "%" is held out', client
        USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'process', CONSTRAINT = 'held_out',
              DETAIL = format('It is of the control group of playbook "%s" (process %s), which shows who comes back '
                              'without any work.', held.playbook, held.process_id),
              HINT = 'It may be worked again when it has come back, and is lost another time.';
END $$;
COMMENT ON FUNCTION winback._refuse_held_out(text) IS 'an error where a client is of the control group of a playbook';

-- Refuses a second process of one playbook for a client.
CREATE FUNCTION winback._refuse_second_process(client text, playbook text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first bigint;
BEGIN
    EXECUTE format('SELECT p.process_id FROM winback.process p
                     WHERE p.client_id %s $1::%s AND p.state = ''running'' AND p.playbook = $2',
                   winback._client_equals(), winback._client_type())
       INTO first USING client, playbook;
    RAISE EXCEPTION 'client "%" is in process % of playbook "%" already', client, first, playbook
        USING ERRCODE = 'unique_violation', SCHEMA = 'winback', TABLE = 'process',
              CONSTRAINT = 'one_process_a_playbook', HINT = 'See winback.process.';
END $$;
COMMENT ON FUNCTION winback._refuse_second_process(text, text) IS
    'an error that names the process in which a client is already';

-- Begins a process: what the row that is inserted does not say.
CREATE FUNCTION winback._process_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    latest  record;
    client  record;
    running record;
BEGIN
    IF NEW.client_id IS NULL THEN
        RAISE EXCEPTION 'client must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name the client to bring back.';
    END IF;
    SELECT b.enabled, b.holdout, v.version, v.definition ->> 'first' AS first_step INTO latest
      FROM winback.playbook b LEFT JOIN winback.playbook_version v ON v.playbook = b.playbook
     WHERE b.playbook = NEW.playbook ORDER BY v.version DESC LIMIT 1;
    IF NOT FOUND OR NOT latest.enabled OR latest.version IS NULL THEN
        RAISE EXCEPTION 'playbook % %', coalesce('"' || NEW.playbook || '"', 'null'),
                        CASE WHEN latest.enabled IS NULL THEN 'does not exist'
                             WHEN NOT latest.enabled THEN 'is not in use'
                             ELSE 'has not been saved yet' END
            USING ERRCODE = 'invalid_parameter_value', HINT = 'See winback.playbook. A playbook is saved at commit.';
    END IF;
    EXECUTE format('SELECT c.status, c.status_since, c.do_not_contact, c.abc,
                           (winback.now() AT TIME ZONE o.timezone)::date
                           - (c.last_order_at AT TIME ZONE o.timezone)::date AS silent_days
                      FROM winback.clients c CROSS JOIN winback.policy o WHERE c.client_id %s $1::%s',
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
    -- The one that stands in the way, if any.
    EXECUTE format('SELECT p.process_id, p.playbook, p.held_out FROM winback.process p
                     WHERE p.client_id %s $1::%s AND p.state = ''running''
                     ORDER BY p.held_out DESC, p.playbook <> $2 LIMIT 1',
                   winback._client_equals(), winback._client_type())
       INTO running USING NEW.client_id, NEW.playbook;
    IF running.held_out THEN
        PERFORM winback._refuse_held_out(NEW.client_id::text);
    ELSIF running.playbook = NEW.playbook THEN
        PERFORM winback._refuse_second_process(NEW.client_id::text, NEW.playbook);
    END IF;
    NEW.version := latest.version;
    NEW.state := 'running';
    NEW.step := latest.first_step;
    NEW.number := 0;
    NEW.entered_at := winback.now();
    NEW.started_at := winback.now();
    NEW.started_by := CASE WHEN NEW.segment IS NULL THEN winback._acting_role() END;
    NEW.since := client.status_since;
    NEW.abc := client.abc;
    NEW.silent_days := client.silent_days;
    NEW.holdout := CASE WHEN running IS NULL THEN latest.holdout END;
    NEW.held_out := coalesce(winback._is_held_out(NEW.client_id::text, NEW.since, NEW.holdout), false);
    NEW.task_id := NULL;
    NEW.wakes_at := NULL;
    NEW.waits_for := NULL;
    NEW.cause := winback._present_cause(NEW.client_id::text);
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
    IF NOT NEW.held_out THEN
        PERFORM winback._enter_step(NEW.process_id, NEW.step);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._process_begun() IS
    'trigger of winback.process: begins at the first step, unless the client is held out';

CREATE FUNCTION winback.start_process(client text, playbook text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    started bigint;
BEGIN
    EXECUTE format('INSERT INTO winback.process (client_id, playbook) VALUES ($1::%s, $2)
                        ON CONFLICT DO NOTHING RETURNING process_id', winback._client_type(client))
       INTO started USING winback._present_client(client), playbook;
    IF started IS NULL THEN  -- another session has begun it meanwhile
        PERFORM winback._refuse_second_process(winback._present_client(client), playbook);
    END IF;
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

-- Lets a process go on that was cut short, at the step at which it was; one that had come to an end of its playbook
-- stays there, and so does one beside which another has been begun instead.
CREATE FUNCTION winback._resume_process(process_id bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended record;
BEGIN
    EXECUTE format('SELECT p.* FROM winback.process p
                     WHERE p.process_id = $1 AND p.state <> ''running''
                       AND (p.held_out OR EXISTS (
                            SELECT FROM winback.process_step s LEFT JOIN winback.task t ON t.task_id = s.task_id
                             WHERE s.process_id = p.process_id AND s.number = p.number AND s.outcome = p.state
                               AND t.status IS DISTINCT FROM ''done''))
                       AND NOT EXISTS (
                           SELECT FROM winback.process r
                            WHERE r.client_id %s p.client_id AND r.state = ''running''
                              AND (r.playbook = p.playbook OR r.held_out OR p.held_out))
                       FOR UPDATE', winback._client_equals())
       INTO ended USING process_id;
    IF ended.process_id IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE winback.process p SET state = 'running', ended_at = NULL WHERE p.process_id = ended.process_id;
    IF NOT ended.held_out THEN
        PERFORM winback._enter_step(ended.process_id, ended.step);
    END IF;
    RETURN (SELECT count(p.task_id) FROM winback.process p WHERE p.process_id = ended.process_id);
END $$;
COMMENT ON FUNCTION winback._resume_process(bigint) IS
    'lets a process go on that ended with what became of its client, which no longer holds; returns how many tasks '
    'that opened';

-- Ends a process by hand. The task comes first where it has one, as for whoever does it.
CREATE FUNCTION winback.cancel_process(process_id bigint, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    process record;
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'process % is cancelled only with a reason', coalesce(process_id::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It is kept in winback.process.reason.';
    END IF;
    SELECT p.task_id INTO process FROM winback.process p
     WHERE p.process_id = cancel_process.process_id AND p.state = 'running';
    IF process.task_id IS NOT NULL THEN
        PERFORM winback.cancel_task(process.task_id, reason);
        RETURN;
    END IF;
    SELECT p.state, p.client_id::text AS client, p.held_out, p.task_id INTO process FROM winback.process p
     WHERE p.process_id = cancel_process.process_id FOR UPDATE;
    IF process.state IS NULL THEN
        RAISE EXCEPTION 'there is no process % to cancel', coalesce(process_id::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'See winback.process.';
    ELSIF process.state <> 'running' THEN
        RAISE EXCEPTION 'process % is % already', process_id, process.state
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'See winback.process.';
    ELSIF process.held_out THEN
        PERFORM winback._refuse_held_out(process.client);
    ELSIF process.task_id IS NOT NULL THEN
        RAISE EXCEPTION 'process % has gone on meanwhile', process_id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('It has opened task %s.', process.task_id),
                  HINT = 'Look at it, and cancel it again.';
    END IF;
    PERFORM winback._write_step(process_id, 'gave_up', 0);
    PERFORM winback._end_process(process_id, 'gave_up', reason);
END $$;
COMMENT ON FUNCTION winback.cancel_process(bigint, text) IS
    'ends a process as gave_up, with its open task, for supervisors. Errors: no reason, no such process (22023); it '
    'has ended (55000); a control group (23514)';

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
                           WHERE c.fixed_on::timestamp AT TIME ZONE o.timezone > clock),
                         (SELECT min((a.absent_to + 1)::timestamp AT TIME ZONE o.timezone)
                            FROM winback.absence a CROSS JOIN winback.policy o
                           WHERE (a.absent_to + 1)::timestamp AT TIME ZONE o.timezone > clock
                             AND winback._is_released(clock))));
END $$;
COMMENT ON FUNCTION winback._next_wake(timestamptz) IS
    'the next instant at which a wait of a process is over, a cause is fixed, or a manager is back for whom processes '
    'wait whose cause is; null: none';

-- Lets processes go on for which it is time, or whose cause has been fixed and whose manager has room (57-pace.sql):
-- those first of whose clients most is expected, as in winback.work_list. That is worked out only where room is
-- limited: the others all go on. Each for itself: one that cannot go on, or that another session holds, keeps no other.
CREATE FUNCTION winback._wake_processes(clock timestamptz, most int, OUT woken int, OUT opened int, OUT failed int,
    OUT skipped int)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    room    jsonb := winback._hold_room(clock);
    process record;
BEGIN
    woken := 0;
    opened := 0;
    failed := 0;
    skipped := 0;
    FOR process IN EXECUTE format('
        WITH ready AS (
            SELECT p.process_id, p.client_id, p.waits_for FROM winback.process p
             WHERE p.state = ''running'' AND p.wakes_at <= $1
            UNION ALL
            SELECT p.process_id, p.client_id, p.waits_for
              FROM winback.policy o
              JOIN winback.cause c ON c.fixed_on <= ($1 AT TIME ZONE o.timezone)::date
              JOIN winback.process p ON p.waits_for = c.cause AND p.state = ''running''),
        able AS (
            SELECT r.process_id, r.client_id, r.waits_for, coalesce(v.manager, '''') AS manager, v.period_revenue,
                   r.waits_for IS NOT NULL AND m.tasks IS NOT NULL AS is_ranked
              FROM ready r LEFT JOIN winback.client v ON v.client_id %1$s r.client_id
             CROSS JOIN LATERAL (SELECT ($2 ->> coalesce(v.manager, ''''))::bigint AS tasks) m
             WHERE r.waits_for IS NULL OR (m.tasks < 1) IS NOT TRUE)
        SELECT a.process_id, a.waits_for, a.manager
          FROM able a
          LEFT JOIN winback.expected_gain g  -- of these clients only, not of all that are lost
                 ON g.client_id %1$s a.client_id
                AND g.client_id %1$s ANY (ARRAY(SELECT b.client_id FROM able b WHERE b.is_ranked))
         ORDER BY g.expected_gain DESC NULLS FIRST, a.period_revenue DESC NULLS LAST, a.process_id',
        winback._client_equals()) USING clock, room
    LOOP
        EXIT WHEN woken >= most;
        CONTINUE WHEN process.waits_for IS NOT NULL AND (room ->> process.manager)::bigint < 1;
        BEGIN
            -- Another sweep may have let it go on meanwhile, to where it rests again.
            PERFORM FROM winback.process p
             WHERE p.process_id = process.process_id AND p.state = 'running'
               AND (p.wakes_at <= clock OR p.waits_for = process.waits_for)
               FOR UPDATE SKIP LOCKED;
            IF NOT FOUND THEN
                skipped := skipped + (SELECT count(*) FROM winback.process p
                                       WHERE p.process_id = process.process_id AND p.state = 'running'
                                         AND (p.wakes_at <= clock OR p.waits_for = process.waits_for));
                CONTINUE;
            END IF;
            PERFORM winback._leave_step(process.process_id,
                                        CASE WHEN process.waits_for IS NULL THEN 'elapsed' ELSE 'fixed' END);
            room := room || coalesce((SELECT jsonb_build_object(r.key, r.value::bigint - 1)
                                        FROM winback.process p
                                        JOIN winback.task t ON t.task_id = p.task_id
                                        JOIN jsonb_each_text(room) r ON r.key = coalesce(t.assignee, '')
                                       WHERE p.process_id = process.process_id AND r.value IS NOT NULL), '{}');
            opened := opened + (SELECT count(p.task_id) FROM winback.process p
                                 WHERE p.process_id = process.process_id);
            woken := woken + 1;
        EXCEPTION WHEN OTHERS THEN
            failed := failed + 1;
            RAISE WARNING 'winback cannot let process % go on: %', process.process_id, SQLERRM
                USING ERRCODE = SQLSTATE, HINT = 'It is tried again at every sweep.';
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._wake_processes(timestamptz, int) IS
    'lets at most so many processes go on whose wait is over by this instant, or whose cause is fixed, as far as their '
    'managers have room; returns how many did, how many tasks that opened, how many failed, and how many another '
    'session holds';
