-- At what pace the processes go on whose cause has been fixed: no faster than their managers can work them.
--
--   a client's manager is                            its process goes on
--   ----------------------------------------------   ---------------------------------------------------------------
--   an enabled member of winback.return_manager      while he is not away, and has fewer open tasks than his capacity
--   ... without a capacity                           while he is not away
--   nobody: the task will be in the pool             while the members have more room together than is for those of
--                                                    their own clients that go on, and for the tasks of the pool
--   nobody, and a member who is there has no         at once
--     capacity
--   anybody else; or there is no enabled member      at once
--
-- Where room is limited, those go on first of whose clients most is expected, as in winback.work_list.
--
-- Members: the enabled ones. Of the pool those tasks count that are due, or a step of a process. Tasks that the sweep
-- has just opened count for whoever has got them. Those who are left over go on at a later sweep, to which the worker
-- is called when there may be room:
--
--   there may be room when                                         told by
--   ------------------------------------------------------------   ----------------------------------------------
--   a task of a member, or of the pool, is closed or handed over   a trigger of winback.task
--   members or their absences are changed                          triggers of those tables
--   an absence is over                                             winback._next_wake
--   anything else: a client buys, so its task is cancelled         nobody; the worker looks every ten minutes
--
-- Two sweeps cannot both give away the same room: each first locks the members with a capacity, and counts their tasks
-- with a snapshot taken after that. Whom another session has locked counts as one without room. So nobody waits here.

-- Whether a process rests although its cause has been fixed.
CREATE FUNCTION winback._is_released(clock timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM winback.policy o
                     JOIN winback.cause c ON c.fixed_on <= (clock AT TIME ZONE o.timezone)::date
                     JOIN winback.process p ON p.waits_for = c.cause AND p.state = 'running');
END $$;
COMMENT ON FUNCTION winback._is_released(timestamptz) IS
    'whether a process rests that waits for a cause which is fixed at this instant';

-- The room of each member, and under '' that of the pool. Null: no limit; not there: neither.
CREATE FUNCTION winback._hold_room(clock timestamptz) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today    CONSTANT date := (SELECT (clock AT TIME ZONE p.timezone)::date FROM winback.policy p);
    held     text[];
    pooled   bigint;
    released jsonb;  -- by manager, how many processes wait that might go on
    room     jsonb;
BEGIN
    IF NOT winback._is_released(clock) THEN
        RETURN '{}';
    END IF;
    SELECT array_agg(h.manager) INTO held
      FROM (SELECT m.manager FROM winback.return_manager m WHERE m.enabled AND m.capacity IS NOT NULL
               FOR NO KEY UPDATE SKIP LOCKED) h;
    SELECT count(*) INTO pooled FROM winback.task t
     WHERE t.status = 'open' AND t.assignee IS NULL
       AND (t.due_on IS NULL OR t.due_on <= today OR t.process_id IS NOT NULL);
    EXECUTE format('SELECT jsonb_object_agg(w.manager, w.processes)
                      FROM (SELECT v.manager, count(*) AS processes
                              FROM winback.cause c
                              JOIN winback.process p ON p.waits_for = c.cause AND p.state = ''running''
                              JOIN winback.client v ON v.client_id %s p.client_id
                             WHERE c.fixed_on <= $1 AND v.manager IS NOT NULL GROUP BY v.manager) w',
                   winback._client_equals())
       INTO released USING today;
    SELECT jsonb_object_agg(r.manager, r.room)
           || jsonb_build_object('', CASE WHEN NOT bool_or(r.room IS NULL)
                                          THEN sum(greatest(r.room - coalesce((released ->> r.manager)::bigint, 0), 0))
                                               - pooled END)
      INTO room
      FROM (SELECT m.manager,
                   CASE WHEN EXISTS (SELECT FROM winback.absence a
                                      WHERE a.manager = m.manager AND today BETWEEN a.absent_from AND a.absent_to)
                        THEN 0
                        WHEN m.manager = ANY (held) THEN greatest(m.capacity - winback._open_tasks_of(m.manager), 0)
                        WHEN m.capacity IS NOT NULL THEN 0 END AS room
              FROM winback.return_manager m WHERE m.enabled) r;
    RETURN coalesce(room, '{}');
END $$;
COMMENT ON FUNCTION winback._hold_room(timestamptz) IS
    'how many more tasks each member of winback.return_manager can have, and under an empty name the pool (null: any '
    'number), if processes go on by that; holds the members';

-- Calls the worker when there may be room again.
CREATE FUNCTION winback._room_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        IF NOT EXISTS (SELECT FROM winback.return_manager m WHERE m.manager = coalesce(OLD.assignee, m.manager)) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF winback._is_released(winback.now()) THEN
        PERFORM winback._wake_at(winback.now());
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._room_made() IS
    'trigger of tasks, members and absences: has the sweep let processes go on that were left over for want of room';
