-- Who does a task, and when.
--
--   an open task                                   who changes that        to whom, or until when
--   --------------------------------------------   ---------------------   ------------------------------------------
--   of a client that has a manager                 (opened so)             that manager, whatever he has to do
--   of a client that has none                      (opened so)             nobody: it is in the pool
--   in the pool, due                               the sweep               a member of winback.return_manager who is
--                                                                          not away and has room: see work/managers.hpp
--   in the pool                                    take_task, next_task,   a manager; a member only if he is not away
--                                                  UPDATE                  and has less than his capacity
--   of a manager who is away, due by his last      the sweep               his deputy if that one is there, else the
--     day away                                                             pool
--   that an absence has brought into the pool,     the sweep               that manager again
--     the manager is back, and nobody has it yet
--   of anybody                                     hand_over, UPDATE       anybody, or the pool
--
--   a day moved           by whom                   is
--   -------------------   -----------------------   -------------------------------------------------------------------
--   later                 snooze_task, UPDATE       refused without a reason, more than policy.snooze_limit times, to a
--                                                   day that has passed, to no day, or more than policy.snooze_days
--                                                   ahead; else moved on to a working day
--   earlier               UPDATE                    free
--   any other day         the UPDATE that closes    refused: whether it was done in time is said by the day before
--
-- Every change of assignee stands in winback.task_assignment, every putting off in winback.task_snooze. The rules are
-- kept by a trigger of winback.task, so for plain SQL too; a reason is given in change_reason of the same UPDATE.
--
-- Capacity holds between sessions: whoever takes from the pool for a member, and the sweep that deals to him, first
-- locks his row of winback.return_manager, and counts his tasks with a snapshot taken after that. The sweep does not
-- wait for that lock, so it stands in nobody's circle; nor does a commit, which never asks for it.

CREATE FUNCTION winback._working_day(day date) RETURNS date
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    look_ahead CONSTANT int := 3660;  -- as in the library
    works      boolean;
BEGIN
    FOR days IN 0 .. look_ahead - 1 LOOP
        SELECT coalesce((SELECT c.working FROM winback.calendar c WHERE c.day = _working_day.day + days),
                        extract(isodow FROM _working_day.day + days)::int = ANY (p.working_days))
          INTO works FROM winback.policy p;
        IF works THEN
            RETURN day + days;
        END IF;
    END LOOP;
    RETURN day;
END $$;
COMMENT ON FUNCTION winback._working_day(date) IS
    'the first working day from this day on, by winback.calendar and policy.working_days; if there is none, this day';

-- Out of the quiet hours may lead into a day off, and that into quiet hours again; then it is over.
CREATE FUNCTION winback._callable_from(at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    policy   record;
    here     timestamp;
    is_quiet boolean;
    moved    boolean := false;
BEGIN
    SELECT p.timezone, p.quiet_from, p.quiet_to INTO policy FROM winback.policy p;
    here := at AT TIME ZONE policy.timezone;
    LOOP
        is_quiet := coalesce(CASE WHEN policy.quiet_from < policy.quiet_to
                                  THEN here::time >= policy.quiet_from AND here::time < policy.quiet_to
                                  ELSE here::time >= policy.quiet_from OR here::time < policy.quiet_to END, false);
        IF winback._working_day(here::date) > here::date THEN
            here := winback._working_day(here::date);
        ELSIF is_quiet THEN
            here := here::date + CASE WHEN here::time < policy.quiet_to THEN 0 ELSE 1 END + policy.quiet_to;
        ELSE
            EXIT;
        END IF;
        moved := true;
    END LOOP;
    RETURN CASE WHEN moved THEN here AT TIME ZONE policy.timezone ELSE at END;
END $$;
COMMENT ON FUNCTION winback._callable_from(timestamptz) IS
    'the first instant from this one on that is on a working day and not in the quiet hours of the policy';

CREATE FUNCTION winback._open_tasks_of(manager text) RETURNS bigint
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_open_tasks_of';
COMMENT ON FUNCTION winback._open_tasks_of(text) IS
    'how many open tasks a manager has now, whatever the transaction''s snapshot';

-- Locks the member first, so that of two who give him tasks the second counts those of the first.
CREATE FUNCTION winback._require_room(manager text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    most   int;
    has    bigint;
    away   date;
BEGIN
    SELECT m.capacity INTO most FROM winback.return_manager m
     WHERE m.manager = _require_room.manager FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT a.absent_to INTO away
      FROM winback.absence a CROSS JOIN winback.policy p
     WHERE a.manager = _require_room.manager
       AND (winback.now() AT TIME ZONE p.timezone)::date BETWEEN a.absent_from AND a.absent_to;
    IF FOUND THEN
        RAISE EXCEPTION 'manager "%" is away until %', manager, away
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'room',
                  HINT = 'Whoever is back early says so in winback.absence.';
    END IF;
    has := winback._open_tasks_of(manager);
    IF has >= most THEN
        RAISE EXCEPTION 'manager "%" has no room for another task', manager
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'room',
                  DETAIL = format('Open tasks: %s. Capacity: %s.', has, most),
                  HINT = 'First close one of them; or a supervisor raises the capacity in winback.return_manager.';
    END IF;
END $$;
COMMENT ON FUNCTION winback._require_room(text) IS
    'an error where a member of winback.return_manager is away or has as many open tasks as he may have; holds his row';

-- Holds the putting off of a task against the policy.
CREATE FUNCTION winback._require_snooze(task_id bigint, until date, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    policy record;
    times  bigint;
BEGIN
    SELECT p.snooze_limit, p.snooze_days, (winback.now() AT TIME ZONE p.timezone)::date AS today INTO policy
      FROM winback.policy p;
    SELECT count(*) INTO times FROM winback.task_snooze s WHERE s.task_id = _require_snooze.task_id;
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'task % is put off only with a reason', task_id
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'snooze',
                  HINT = 'Say why: winback.snooze_task(task_id, until, reason), or SET due_on = ..., '
                         'change_reason = ....';
    ELSIF times >= policy.snooze_limit THEN
        RAISE EXCEPTION 'task % cannot be put off again', task_id
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'snooze',
                  DETAIL = format('It has been put off %s times; the policy''s snooze_limit is %s.', times,
                                  policy.snooze_limit),
                  HINT = 'Do it, hand it over, or have a supervisor cancel it.';
    ELSIF until IS NULL OR until NOT BETWEEN policy.today AND policy.today + policy.snooze_days THEN
        RAISE EXCEPTION 'task % cannot be put off to %', task_id, coalesce(until::text, 'no day at all')
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'snooze',
                  DETAIL = format('The policy''s snooze_days allow a day from %s to %s.', policy.today,
                                  policy.today + policy.snooze_days);
    END IF;
END $$;
COMMENT ON FUNCTION winback._require_snooze(bigint, date, text) IS
    'an error where a task may not be put off to this day, or not for want of a reason';

-- Counting snoozes needs no lock of its own: whoever puts a task off has its row.
CREATE FUNCTION winback._task_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    actor text := winback._acting_role();
    today date;
BEGIN
    SELECT (winback.now() AT TIME ZONE p.timezone)::date INTO today FROM winback.policy p;
    IF NEW.status <> 'open' AND NEW.due_on IS DISTINCT FROM OLD.due_on THEN
        RAISE EXCEPTION 'task % cannot be closed and moved to another day at once', NEW.task_id
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'due_on',
                  DETAIL = format('It is due on %s: by that it is done in time, or late.',
                                  coalesce(OLD.due_on::text, 'any day')),
                  HINT = 'Leave due_on as it is.';
    END IF;
    IF NEW.due_on > coalesce(OLD.due_on, today) OR (NEW.due_on IS NULL AND OLD.due_on IS NOT NULL) THEN
        PERFORM winback._require_snooze(NEW.task_id, NEW.due_on, NEW.change_reason);
        NEW.due_on := winback._working_day(NEW.due_on);
        INSERT INTO winback.task_snooze (task_id, snoozed_at, snoozed_by, due_on, until, reason)
        VALUES (NEW.task_id, winback.now(), actor, OLD.due_on, NEW.due_on, NEW.change_reason);
    END IF;
    IF NEW.assignee IS DISTINCT FROM OLD.assignee THEN
        IF OLD.assignee IS NULL AND NEW.status = 'open' THEN
            PERFORM winback._require_room(NEW.assignee);
        END IF;
        INSERT INTO winback.task_assignment (task_id, assigned_at, assigned_by, from_assignee, to_assignee, reason)
        VALUES (NEW.task_id, winback.now(), actor, OLD.assignee, NEW.assignee, NEW.change_reason);
    END IF;
    NEW.change_reason := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._task_moved() IS
    'trigger of winback.task: keeps the rules of putting off and of taking from the pool, and writes down both';

CREATE FUNCTION winback.snooze_task(task_id bigint, until date, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' AS $$
DECLARE
    due date;
BEGIN
    UPDATE winback.task t SET due_on = until, change_reason = reason
     WHERE t.task_id = snooze_task.task_id AND t.status = 'open' AND (t.due_on < until OR t.due_on IS NULL);
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT t.due_on INTO due FROM winback.task t WHERE t.task_id = snooze_task.task_id AND t.status = 'open';
    IF NOT FOUND THEN
        PERFORM winback._refuse_not_open(task_id);
    END IF;
    RAISE EXCEPTION 'task % cannot be put off to %', task_id, coalesce(until::text, 'no day at all')
        USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is due on %s.', due),
              HINT = 'Name a later day.';
END $$;
COMMENT ON FUNCTION winback.snooze_task(bigint, date, text) IS
    'puts a task off to a later day, with a reason; at most policy.snooze_limit times, and policy.snooze_days ahead';

-- Refuses a manager without a name.
CREATE FUNCTION winback._require_manager(manager text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF btrim(manager) <> '' THEN RETURN; END IF;
    RAISE EXCEPTION 'manager must not be empty, but is %', coalesce('"' || manager || '"', 'null')
        USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the manager as winback.task.assignee does.';
END $$;
COMMENT ON FUNCTION winback._require_manager(text) IS 'an error where a manager''s name is null or blank';

-- The member's row before the task's, as the sweep does.
CREATE FUNCTION winback.take_task(task_id bigint, manager text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    other text;
BEGIN
    PERFORM winback._require_manager(manager);
    PERFORM winback._require_room(manager);
    UPDATE winback.task t SET assignee = manager
     WHERE t.task_id = take_task.task_id AND t.status = 'open' AND t.assignee IS NULL;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT t.assignee INTO other FROM winback.task t WHERE t.task_id = take_task.task_id AND t.status = 'open';
    IF NOT FOUND THEN
        PERFORM winback._refuse_not_open(task_id);
    END IF;
    RAISE EXCEPTION 'task % is not in the pool', task_id
        USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Manager "%s" has it.', other),
              HINT = 'The pool: SELECT * FROM winback.open_tasks WHERE assignee IS NULL.';
END $$;
COMMENT ON FUNCTION winback.take_task(bigint, text) IS 'gives a task of the pool to a manager who has room for it';

CREATE FUNCTION winback.next_task(manager text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen bigint;
BEGIN
    PERFORM winback._require_manager(manager);
    PERFORM winback._require_room(manager);
    -- Others may be taking the first ones at this moment.
    FOR chosen IN SELECT w.task_id FROM winback.work_list w WHERE w.assignee IS NULL ORDER BY w.rank LOOP
        PERFORM FROM winback.task t
          WHERE t.task_id = chosen AND t.status = 'open' AND t.assignee IS NULL FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        UPDATE winback.task t SET assignee = manager WHERE t.task_id = chosen;
        RETURN chosen;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback.next_task(text) IS
    'gives a manager the next task of the pool that is to be done now, as steps of processes are, in the order of '
    'winback.work_list, and returns it; null: there is none';

CREATE FUNCTION winback.hand_over("from" text, "to" text, reason text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    handed bigint;
BEGIN
    PERFORM winback._require_manager("from");
    IF "to" IS NOT NULL THEN
        PERFORM winback._require_manager("to");
    END IF;
    UPDATE winback.task t SET assignee = "to", change_reason = reason
     WHERE t.assignee = "from" AND t.status = 'open' AND t.assignee IS DISTINCT FROM "to";
    GET DIAGNOSTICS handed = ROW_COUNT;
    RETURN handed;
END $$;
COMMENT ON FUNCTION winback.hand_over(text, text, text) IS
    'gives all open tasks of a manager to another, whatever that one has to do, or (null) to the pool; returns how '
    'many';
