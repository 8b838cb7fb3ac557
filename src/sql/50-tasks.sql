-- Tasks and the closing rule: a call task is done only with a real call.
--
--   from \ to    open                          done                             cancelled
--   -----------  ----------------------------  -------------------------------  ----------------------------
--   (insert)     opened at the clock's time    an outcome, and a real call      refused
--                                              where the kind needs one
--   open         title, assignee, due_on,      likewise                         by cancel_task, with a reason
--                note, process_id, step, by
--                the rules of 52-managers.sql
--   done         refused (winback itself       only the note may change         refused
--                reopens)
--   cancelled    refused                       refused                          only the note may change
--
-- A real call is one of a watched calls table that counts, belongs to the task's client, is a contact (lasted more
-- than policy.contact_seconds), began at or after the opening of the task, and closed no other task. Whoever names a
-- call is held to this, also where the kind needs none: what a task says of its evidence is true.
--
-- The rule is kept in three places, each for what only it can do: a row trigger says no in words; the unique index
-- one_call_closes_one_task holds between sessions that close at the same moment; and every closing leaves a note, so
-- that the evidence is looked at again at commit, and whenever a call of that client changes later.
--
-- The trigger runs as its owner, for those who work tasks need not be able to read calls, policy or other tasks.

-- Who acts, by name.
CREATE FUNCTION winback._acting_role() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
COMMENT ON FUNCTION winback._acting_role() IS
    'who acts, SET ROLE included; where a function runs as its owner, current_user would be that';

CREATE FUNCTION winback._permit_cancel(task_id bigint) RETURNS void
LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_permit_cancel';
COMMENT ON FUNCTION winback._permit_cancel(bigint) IS
    'lets the next UPDATE of this task in this transaction or savepoint cancel it; for winback.cancel_task only';

CREATE FUNCTION winback._use_cancel_permit(task_id bigint) RETURNS boolean
LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_use_cancel_permit';
COMMENT ON FUNCTION winback._use_cancel_permit(bigint) IS 'takes the permit back, and says whether there was one';

CREATE FUNCTION winback._task_closed_by(call_source regclass, call_id text) RETURNS bigint
LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_task_closed_by';
COMMENT ON FUNCTION winback._task_closed_by(regclass, text) IS
    'the done task whose evidence this call is, whatever the snapshot; waits for a session that is just closing or '
    'reopening a task with it';

-- Every call of a client as seen from a task opened at that instant: the one definition of a real call.
CREATE FUNCTION winback._calls_for_task(client text, opened_at timestamptz)
RETURNS TABLE (call_source regclass, call_id text, started_at timestamptz, seconds numeric, agent text,
               is_contact boolean, in_time boolean, flaw text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' ROWS 10
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.call_source, c.call_id, c.started_at, c.seconds, c.agent, r.is_contact, r.in_time,
           nullif(concat_ws(' ',
               CASE WHEN NOT r.is_contact
                    THEN format('%s; a call of more than %s s is needed.',
                                coalesce('It lasted ' || trim_scale(c.seconds) || ' s', 'Its length is not known'),
                                trim_scale(p.contact_seconds)) END,
               CASE WHEN NOT r.in_time AND c.is_date
                    THEN format('It began on %s, before the day on which the task was opened, %s.',
                                l.began::date, l.opened::date)
                    WHEN NOT r.in_time
                    THEN format('It began %s, before the task was opened, %s.', l.began, l.opened) END,
               CASE WHEN d.task_id IS NOT NULL
                    THEN format('It has closed task %s already.', d.task_id) END), '')
      FROM winback._client_calls(_calls_for_task.client) c
     CROSS JOIN winback.policy p
     CROSS JOIN LATERAL (SELECT c.started_at AT TIME ZONE p.timezone,
                                _calls_for_task.opened_at AT TIME ZONE p.timezone) l (began, opened)
     CROSS JOIN LATERAL (SELECT coalesce(c.is_contact, false),
                                CASE WHEN c.is_date THEN l.began::date >= l.opened::date
                                     ELSE c.started_at >= _calls_for_task.opened_at END) r (is_contact, in_time)
      -- A call that became another client's is free again; one that was gone and is back is not.
      LEFT JOIN LATERAL (
           SELECT min(t.task_id) AS task_id FROM winback.task t
            WHERE t.call_source = c.call_source AND t.call_id = c.call_id AND t.status = 'done'
              AND (NOT t.evidence_withdrawn OR t.client_id::text = _calls_for_task.client)) d ON true;
END
$$;
COMMENT ON FUNCTION winback._calls_for_task(text, timestamptz) IS
    'the calls of a client that count, as seen from a task opened at that instant; flaw says why a call cannot close '
    'it (null: it can)';

-- The calls that would do, in words; not the one just refused, which an old snapshot may still show as good.
CREATE FUNCTION winback._closing_hint(client text, opened_at timestamptz, refused_source regclass DEFAULT NULL,
                                      refused_id text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    listed CONSTANT int := 5;
    calls  bigint;
    words  text;
BEGIN
    SELECT count(*), string_agg(
               format('"%s" (%s%s, %s s)', c.call_id, CASE WHEN c.several_sources THEN c.call_source || ', ' END,
                      c.started_at AT TIME ZONE p.timezone, trim_scale(c.seconds)), ', ' ORDER BY c.place)
               FILTER (WHERE c.place <= listed)
      INTO calls, words
      FROM (SELECT a.*, row_number() OVER (ORDER BY a.started_at, a.call_source, a.call_id) AS place,
                   min(a.call_source::oid) OVER () <> max(a.call_source::oid) OVER () AS several_sources
              FROM winback._calls_for_task(client, opened_at) a
             WHERE a.flaw IS NULL
               AND (a.call_source, a.call_id) IS DISTINCT FROM (refused_source, refused_id)) c
     CROSS JOIN winback.policy p;
    IF calls = 0 THEN
        RETURN format('No call of client %s would do yet: call, then close the task with that call.', client);
    END IF;
    RETURN format('Calls that would do: %s%s.', words,
                  CASE WHEN calls > listed THEN format(', and %s more', calls - listed) END);
END
$$;
COMMENT ON FUNCTION winback._closing_hint(text, timestamptz, regclass, text) IS
    'says which calls of a client would close a task opened at that instant';

-- Holds the named call against the rule: returns its table, or refuses and says exactly why.
CREATE FUNCTION winback._evidence(task_id bigint, client text, opened_at timestamptz, call_id text,
                                  call_source regclass) RETURNS regclass
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    sources regclass[];
    found   record;
    why     text;
BEGIN
    -- An id that is not unique within its table names several calls: one good one is enough.
    SELECT array_agg(DISTINCT c.call_source), (array_agg(c.flaw ORDER BY c.flaw NULLS FIRST))[1] INTO sources, why
      FROM winback._calls_for_task(client, opened_at) c
     WHERE c.call_id = _evidence.call_id AND (_evidence.call_source IS NULL OR c.call_source = _evidence.call_source);

    IF cardinality(sources) > 1 THEN
        PERFORM winback._note_refusal(task_id, winback._acting_role(), 'wrong call');
        RAISE EXCEPTION 'call "%" is ambiguous for task %', call_id, task_id
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'real_call',
                  DETAIL = format('Client %s has a call of that id in %s.', client,
                                  array_to_string(sources, ' and in ')),
                  HINT = format('Say which one is meant, for example call_source => %L.', sources[1]);
    ELSIF cardinality(sources) = 1 AND why IS NULL THEN
        -- Asked last, for it may wait: what other sessions are closing just now, no snapshot shows.
        SELECT format('It has closed task %s already.', other) INTO why
          FROM winback._task_closed_by(sources[1], call_id) other WHERE other IS NOT NULL;
        IF why IS NULL THEN
            RETURN sources[1];
        END IF;
    ELSIF sources IS NULL THEN
        SELECT f.* INTO found
          FROM winback._find_call(call_id) f
         WHERE _evidence.call_source IS NULL OR f.call_source = _evidence.call_source
         ORDER BY f.counts DESC, f.call_source LIMIT 1;
        why := CASE
            WHEN found.counts THEN format('It belongs to client %s.', found.client_id)
            WHEN found.call_source IS NOT NULL
                THEN format('It does not count: it fails the condition under which %s is watched, or lacks a client or '
                            'a time.', found.call_source)
            WHEN call_source IS NULL THEN 'No watched calls table has a call of that id.'
            ELSE format('%s has no call of that id, or is not watched for calls.', call_source) END;
    END IF;

    PERFORM winback._note_refusal(task_id, winback._acting_role(), 'wrong call');
    RAISE EXCEPTION 'call "%" does not close task %', call_id, task_id
        USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'real_call',
              DETAIL = why, HINT = winback._closing_hint(client, opened_at, sources[1], call_id);
END
$$;
COMMENT ON FUNCTION winback._evidence(bigint, text, timestamptz, text, regclass) IS
    'the calls table of the call that is to close a task; where that call will not do, an error that says why';

-- Refuses, by name, to change columns that are not the user's to change.
CREATE FUNCTION winback._refuse_changes(old_task jsonb, new_task jsonb, kept text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed text;
BEGIN
    SELECT string_agg(u.k, ', ' ORDER BY u.place) INTO changed
      FROM unnest(kept) WITH ORDINALITY u (k, place)
     WHERE old_task -> u.k IS DISTINCT FROM new_task -> u.k;
    IF changed IS NULL THEN
        RETURN;
    ELSIF old_task ->> 'status' <> 'open' THEN
        RAISE EXCEPTION 'cannot change % of task %', changed, old_task ->> 'task_id'
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = format('That task is %s: only its note may change.', old_task ->> 'status'),
                  HINT = 'Open another task for that client.';
    ELSE
        RAISE EXCEPTION 'cannot change % of task %', changed, old_task ->> 'task_id'
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'Of an open task title, assignee, due_on and note may change.',
                  HINT = 'What came of a task is said when it is closed: '
                         'winback.complete_task(task_id, outcome, call_id, note).';
    END IF;
END
$$;
COMMENT ON FUNCTION winback._refuse_changes(jsonb, jsonb, text[]) IS
    'an error that names those of the kept columns that an UPDATE of a task would change';

CREATE FUNCTION winback._task_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    identity CONSTANT text[] := '{task_id,client_id,kind,opened_at,process_id,step,evidence_withdrawn,needed_seconds,'
                                'closed_in}';
    closing  CONSTANT text[] := '{closed_at,closed_by,outcome,call_id,call_source}';
    working  CONSTANT text[] := '{status,title,assignee,due_on,instructions,change_reason}';
    of_kind  record;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'tasks are not deleted'
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'A supervisor may cancel an open task: winback.cancel_task(task_id, reason).';
    END IF;

    SELECT k.needs_call, k.title INTO of_kind FROM winback.task_kind k WHERE k.kind = NEW.kind;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no kind of task "%"', NEW.kind
            USING ERRCODE = 'foreign_key_violation',
                  HINT = format('Kinds are rows of winback.task_kind: %s.',
                                (SELECT string_agg(k.kind, ', ' ORDER BY k.kind) FROM winback.task_kind k));
    END IF;

    IF TG_OP = 'INSERT' THEN
        IF NEW.client_id IS NULL THEN
            RAISE EXCEPTION 'a task needs a client'
                USING ERRCODE = 'not_null_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'client_id',
                      HINT = 'Name the client it is about.';
        END IF;
        PERFORM winback._refuse_held_out(NEW.client_id::text);
        IF num_nonnulls(NEW.process_id, NEW.step) > 0 AND NOT winback._enters_step(NEW.process_id, NEW.step) THEN
            RAISE EXCEPTION 'a task cannot be made a step of a process'
                USING ERRCODE = 'feature_not_supported',
                      DETAIL = 'Processes open the tasks of their steps by themselves.',
                      HINT = 'Leave out process_id and step, or start a process: winback.start_process().';
        END IF;
        NEW.opened_at := winback.now();
        NEW.evidence_withdrawn := false;
        NEW.needed_seconds := NULL;
        NEW.closed_in := NULL;
        NEW.change_reason := NULL;
        NEW.title := coalesce(NEW.title, of_kind.title);
        NEW.closed_at := NULL;
        NEW.closed_by := NULL;
        IF NEW.status = 'open' AND num_nonnulls(NEW.outcome, NEW.call_id, NEW.call_source) > 0 THEN
            RAISE EXCEPTION 'a task that is open has no outcome and no call yet'
                USING ERRCODE = 'check_violation',
                      HINT = 'They come with its closing: winback.complete_task(task_id, outcome, call_id, note).';
        END IF;
    ELSIF OLD.status = 'open' THEN
        PERFORM winback._refuse_changes(to_jsonb(OLD), to_jsonb(NEW),
                                        CASE NEW.status WHEN 'open' THEN identity || closing ELSE identity END);
    ELSE
        PERFORM winback._refuse_changes(to_jsonb(OLD), to_jsonb(NEW), identity || closing || working);
        RETURN NEW;
    END IF;

    CASE NEW.status
    WHEN 'open' THEN
        RETURN NEW;
    WHEN 'done' THEN
        IF coalesce(btrim(NEW.outcome), '') = '' THEN
            PERFORM winback._note_refusal(NEW.task_id, winback._acting_role(), 'no outcome');
            RAISE EXCEPTION 'task % is done only with an outcome', NEW.task_id
                USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'outcome',
                      HINT = 'Say what came of it: winback.complete_task(task_id, outcome, call_id, note).';
        ELSIF NEW.call_id IS NOT NULL THEN
            NEW.call_source := winback._evidence(NEW.task_id, NEW.client_id::text, NEW.opened_at,
                                                 NEW.call_id, NEW.call_source);
            SELECT p.contact_seconds, p.timezone INTO NEW.needed_seconds, NEW.closed_in FROM winback.policy p;
        ELSIF of_kind.needs_call THEN
            PERFORM winback._note_refusal(NEW.task_id, winback._acting_role(), 'no call');
            RAISE EXCEPTION 'task % is done only with a call', NEW.task_id
                USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', CONSTRAINT = 'real_call',
                      DETAIL = format('A task of kind %s needs the call_id of a real call of client %s.',
                                      NEW.kind, NEW.client_id),
                      HINT = winback._closing_hint(NEW.client_id::text, NEW.opened_at);
        ELSE
            NEW.call_source := NULL;
        END IF;
    WHEN 'cancelled' THEN
        IF TG_OP = 'INSERT' OR NOT winback._use_cancel_permit(NEW.task_id) THEN
            RAISE EXCEPTION 'task % cannot be set to cancelled', NEW.task_id
                USING ERRCODE = 'feature_not_supported',
                      DETAIL = 'Tasks are cancelled by winback itself and by supervisors only.',
                      HINT = 'A supervisor may cancel it: winback.cancel_task(task_id, reason).';
        END IF;
        NEW.call_id := NULL;
        NEW.call_source := NULL;
    ELSE
        RAISE EXCEPTION 'task % cannot have the status "%"', NEW.task_id, NEW.status
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'task', COLUMN = 'status',
                  HINT = 'A task is open, done or cancelled.';
    END CASE;

    NEW.evidence_withdrawn := false;
    NEW.closed_at := winback.now();
    NEW.closed_by := winback._acting_role();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION winback._task_guard() IS 'trigger: keeps the closing rule, and stamps opening and closing';

CREATE FUNCTION winback._task_noted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM winback._note_task(NEW.client_id::text, NEW.call_source, NEW.call_id);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION winback._task_noted() IS
    'trigger: has the client looked at again at commit, its open tasks and the evidence of its done ones included';

-- Says why a task that was to be closed is not open.
CREATE FUNCTION winback._refuse_not_open(task_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    task record;
BEGIN
    SELECT t.status, t.closed_by, t.call_id, t.outcome, t.closed_at AT TIME ZONE p.timezone AS closed_at INTO task
      FROM winback.task t CROSS JOIN winback.policy p
     WHERE t.task_id = _refuse_not_open.task_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no task %', coalesce(task_id::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Open tasks are listed in winback.open_tasks.';
    END IF;
    RAISE EXCEPTION 'task % is % already', task_id, task.status
        USING ERRCODE = 'check_violation',
              DETAIL = format('%s closed it %s%s: %s', coalesce(task.closed_by, 'winback'), task.closed_at,
                              CASE WHEN task.call_id IS NOT NULL THEN format(' with call "%s"', task.call_id) END,
                              task.outcome),
              HINT = 'Open tasks are listed in winback.open_tasks.';
END
$$;
COMMENT ON FUNCTION winback._refuse_not_open(bigint) IS
    'an error that says why a task cannot be closed: there is none, or it is closed already';

CREATE FUNCTION winback.complete_task(task_id bigint, outcome text, call_id text DEFAULT NULL, note text DEFAULT NULL,
                                      call_source regclass DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE winback.task t
       SET status = 'done', outcome = complete_task.outcome, call_id = complete_task.call_id,
           call_source = complete_task.call_source, note = coalesce(complete_task.note, t.note)
     WHERE t.task_id = complete_task.task_id AND t.status = 'open';
    IF NOT FOUND THEN
        PERFORM winback._refuse_not_open(task_id);
    END IF;
END
$$;
COMMENT ON FUNCTION winback.complete_task(bigint, text, text, text, regclass) IS
    'closes a task as done, a call task only with a real call of its client; call_source says of which calls table '
    'call_id is, where two have that id';

CREATE FUNCTION winback.complete_task(task_id bigint, outcome text, call_id anyelement, note text DEFAULT NULL,
                                      call_source regclass DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM winback.complete_task(task_id, outcome, call_id::text, note, call_source);
END
$$;
COMMENT ON FUNCTION winback.complete_task(bigint, text, anyelement, text, regclass) IS
    'closes a task as done, with the id of the call in the type that its table has';

CREATE FUNCTION winback.cancel_task(task_id bigint, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'task % is cancelled only with a reason', coalesce(task_id::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The reason becomes the outcome of the task.';
    END IF;
    PERFORM winback._permit_cancel(task_id);
    UPDATE winback.task t SET status = 'cancelled', outcome = reason
     WHERE t.task_id = cancel_task.task_id AND t.status = 'open';
    IF NOT FOUND THEN
        PERFORM winback._refuse_not_open(task_id);
    END IF;
END
$$;
COMMENT ON FUNCTION winback.cancel_task(bigint, text) IS
    'cancels an open task, the reason becoming its outcome; for supervisors: EXECUTE is granted to nobody';
