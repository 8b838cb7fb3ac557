-- Saving a playbook. It is checked as a whole at the end of the transaction that changes it, so that it may be written
-- row by row; what passes becomes a version.
--
--   what must hold                                                  constraint named in the error
--   -------------------------------------------------------------   -----------------------------
--   it has a step                                                   has_a_step
--   the kind of each step is a kind of task but call_lost_client,   known_kind
--     or a wait
--   the script of a step exists, and is enabled                     known_script
--   each step has an outcome; a wait has only "elapsed", and        outcomes
--     wait_until_fixed only "fixed"
--   no outcome of a wait states a cause that names a competitor:    competitor_named
--     there is no task in whose note to name it
--   each step can be reached from the first                         reachable
--   an end can be reached from each step                            no_dead_end
--   each loop leads through a step that rests: a wait of some       no_loop_without_time
--     length. The due_after of a task is the day by which it is
--     to be done, so it may be done at once; and wait_until_fixed
--     does not rest where the cause is fixed, or not known

-- Refuses a playbook.
CREATE FUNCTION winback._refuse_playbook(playbook text, constraint_name text, why text, hint text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'playbook "%" cannot be walked: %', playbook, why
        USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'playbook', CONSTRAINT = constraint_name,
              HINT = hint;
END $$;
COMMENT ON FUNCTION winback._refuse_playbook(text, text, text, text) IS 'an error that says why a playbook is none';

-- Checks a playbook as it stands.
CREATE FUNCTION winback._check_playbook(playbook text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bad text;
BEGIN
    IF NOT EXISTS (SELECT FROM winback.playbook_step s WHERE s.playbook = _check_playbook.playbook) THEN
        PERFORM winback._refuse_playbook(playbook, 'has_a_step', 'it has no step',
                                         'Steps are rows of winback.playbook_step.');
    END IF;

    SELECT format('step "%s" is of the kind "%s"', s.step, s.kind) INTO bad
      FROM winback.playbook_step s
     WHERE s.playbook = _check_playbook.playbook AND s.kind NOT IN ('wait', 'wait_until_fixed')
       AND (s.kind = 'call_lost_client' OR NOT EXISTS (SELECT FROM winback.task_kind k WHERE k.kind = s.kind))
     ORDER BY s.position LIMIT 1;
    IF FOUND THEN
        PERFORM winback._refuse_playbook(playbook, 'known_kind', bad || ', which is none of a step',
                                         'Kinds are wait, wait_until_fixed, and the rows of winback.task_kind but '
                                         'call_lost_client, which is opened without a playbook.');
    END IF;

    -- Whoever takes one of its scripts away at this moment comes later, and finds the playbook: as in _check_script.
    UPDATE winback.script c SET enabled = c.enabled
     WHERE c.script IN (SELECT s.script FROM winback.playbook_step s WHERE s.playbook = _check_playbook.playbook);
    SELECT format('step "%s" asks by the script "%s", which %s', s.step, s.script,
                  CASE WHEN c.enabled IS NULL THEN 'does not exist' ELSE 'is not enabled' END)
      INTO bad
      FROM winback.playbook_step s LEFT JOIN winback.script c ON c.script = s.script
     WHERE s.playbook = _check_playbook.playbook AND s.script IS NOT NULL AND c.enabled IS NOT TRUE
     ORDER BY s.position LIMIT 1;
    IF FOUND THEN
        PERFORM winback._refuse_playbook(playbook, 'known_script', bad,
                                         'Scripts are rows of winback.script; a step asks by one that is enabled.');
    END IF;

    SELECT CASE WHEN o.outcomes IS NULL THEN format('step "%s" has no outcome', s.step)
                ELSE format('step "%s", a %s, has the outcomes %s', s.step, s.kind, o.outcomes) END
      INTO bad
      FROM winback.playbook_step s
      LEFT JOIN LATERAL (SELECT string_agg(format('"%s"', p.outcome), ', ' ORDER BY p.outcome) AS outcomes
                           FROM winback.playbook_path p WHERE (p.playbook, p.step) = (s.playbook, s.step)) o ON true
     WHERE s.playbook = _check_playbook.playbook
       AND (o.outcomes IS NULL OR s.kind = 'wait' AND o.outcomes <> '"elapsed"'
            OR s.kind = 'wait_until_fixed' AND o.outcomes <> '"fixed"')
     ORDER BY s.position LIMIT 1;
    IF FOUND THEN
        PERFORM winback._refuse_playbook(playbook, 'outcomes', bad,
                                         'What follows an outcome is a row of winback.playbook_path. The only outcome '
                                         'of a wait is "elapsed", that of a wait_until_fixed "fixed".');
    END IF;

    SELECT format('step "%s", a %s, would state the cause "%s" without the competitor''s name', s.step, s.kind, p.cause)
      INTO bad
      FROM winback.playbook_step s
      JOIN winback.playbook_path p ON (p.playbook, p.step) = (s.playbook, s.step)
      JOIN winback.cause c ON c.cause = p.cause AND c.names_competitor
     WHERE s.playbook = _check_playbook.playbook AND s.kind IN ('wait', 'wait_until_fixed')
     ORDER BY s.position LIMIT 1;
    IF FOUND THEN
        PERFORM winback._refuse_playbook(playbook, 'competitor_named', bad,
                                         'The competitor is named in the note of a task: state the cause at one.');
    END IF;

    WITH RECURSIVE reached (step) AS (
        (SELECT s.step FROM winback.playbook_step s
          WHERE s.playbook = _check_playbook.playbook ORDER BY s.position LIMIT 1)
        UNION
        SELECT p.next_step FROM reached r
          JOIN winback.playbook_path p ON p.playbook = _check_playbook.playbook AND p.step = r.step
         WHERE p.next_step IS NOT NULL)
    SELECT string_agg(format('"%s"', s.step), ', ' ORDER BY s.position) INTO bad
      FROM winback.playbook_step s
     WHERE s.playbook = _check_playbook.playbook AND s.step NOT IN (SELECT r.step FROM reached r);
    IF bad IS NOT NULL THEN
        PERFORM winback._refuse_playbook(playbook, 'reachable', 'nothing leads to ' || bad,
                                         'The first step is the one with the least position.');
    END IF;

    WITH RECURSIVE ends (step) AS (
        SELECT p.step FROM winback.playbook_path p
         WHERE p.playbook = _check_playbook.playbook AND p.end_state IS NOT NULL
        UNION
        SELECT p.step FROM ends e
          JOIN winback.playbook_path p ON p.playbook = _check_playbook.playbook AND p.next_step = e.step)
    SELECT string_agg(format('"%s"', s.step), ', ' ORDER BY s.position) INTO bad
      FROM winback.playbook_step s
     WHERE s.playbook = _check_playbook.playbook AND s.step NOT IN (SELECT e.step FROM ends e);
    IF bad IS NOT NULL THEN
        PERFORM winback._refuse_playbook(playbook, 'no_dead_end', 'there is no end after ' || bad,
                                         'Give a path of it an end_state: returned, gave_up or written_off.');
    END IF;

    -- Along steps at which nobody has to rest, no step may come to itself.
    WITH RECURSIVE hurried AS (
        SELECT p.step, p.next_step
          FROM winback.playbook_path p
          JOIN winback.playbook_step s ON (s.playbook, s.step) = (p.playbook, p.step)
         WHERE p.playbook = _check_playbook.playbook AND p.next_step IS NOT NULL
           AND NOT (s.kind = 'wait' AND s.due_after > interval '0')),
    walk (start, step) AS (
        SELECT h.step, h.next_step FROM hurried h
        UNION
        SELECT w.start, h.next_step FROM walk w JOIN hurried h ON h.step = w.step)
    SELECT string_agg(format('"%s"', s.step), ', ' ORDER BY s.position) INTO bad
      FROM winback.playbook_step s
     WHERE s.playbook = _check_playbook.playbook
       AND EXISTS (SELECT FROM walk w WHERE w.start = s.step AND w.step = s.step);
    IF bad IS NOT NULL THEN
        PERFORM winback._refuse_playbook(playbook, 'no_loop_without_time',
                                         bad || ' may follow each other for ever without time going by',
                                         'Let a step of the loop be a wait, with a due_after. That of a task is no '
                                         'wait: it may be done before.');
    END IF;
END $$;
COMMENT ON FUNCTION winback._check_playbook(text) IS 'an error where a playbook cannot be walked to an end';

-- A playbook as one value.
CREATE FUNCTION winback._playbook_definition(playbook text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT jsonb_build_object(
                       'first', (array_agg(s.step ORDER BY s.position))[1],
                       'steps', jsonb_object_agg(s.step, jsonb_build_object(
                           'kind', s.kind, 'title', s.title, 'instructions', s.instructions,
                           'due_after', s.due_after::text, 'assignee', s.assignee, 'cost', s.cost, 'script', s.script,
                           'outcomes', (SELECT jsonb_object_agg(p.outcome, jsonb_build_object(
                                                   'next', p.next_step, 'end', p.end_state, 'cause', p.cause,
                                                   'reaction', p.reaction))
                                          FROM winback.playbook_path p
                                         WHERE (p.playbook, p.step) = (s.playbook, s.step)))))
              FROM winback.playbook_step s WHERE s.playbook = _playbook_definition.playbook);
END $$;
COMMENT ON FUNCTION winback._playbook_definition(text) IS 'a playbook with its steps and paths as one value';

-- Makes a version of a playbook, if it has changed.
CREATE FUNCTION winback._save_playbook(saved text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET intervalstyle = 'postgres' AS $$
DECLARE
    latest record;
    made   jsonb;
BEGIN
    -- Two sessions that change one playbook come here one after the other, and the second sees what the first has done.
    PERFORM FROM winback.playbook b WHERE b.playbook = saved FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;  -- it is gone; its versions stay for the processes that walk them
    END IF;
    made := winback._playbook_definition(saved);
    SELECT * INTO latest FROM winback.playbook_version v WHERE v.playbook = saved ORDER BY v.version DESC LIMIT 1;
    IF latest.definition IS NOT DISTINCT FROM made AND made IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM winback._check_playbook(saved);
    INSERT INTO winback.playbook_version (playbook, version, definition, made_at)
    VALUES (saved, coalesce(latest.version, 0) + 1, made, winback.now());
    -- At REPEATABLE READ whoever locks the row after this is told to try again, instead of making the same version.
    UPDATE winback.playbook b SET title = b.title WHERE b.playbook = saved;
END $$;
COMMENT ON FUNCTION winback._save_playbook(text) IS 'checks a playbook that has changed, and makes a version of it';

-- What a renamed playbook has been goes on under its new name, and so do its processes.
CREATE FUNCTION winback._playbook_renamed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE winback.playbook_version v SET playbook = NEW.playbook WHERE v.playbook = OLD.playbook;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._playbook_renamed() IS 'trigger of winback.playbook: its versions follow its name';

-- A kind of task stays as long as a playbook, or a version that somebody still walks, names it.
CREATE FUNCTION winback._kind_gone() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named text;
BEGIN
    IF EXISTS (SELECT FROM winback.task_kind k WHERE k.kind = OLD.kind) THEN
        RETURN NULL;
    END IF;
    SELECT format('Step "%s" of playbook "%s" is of that kind.', u.step, u.playbook) INTO named
      FROM (SELECT s.playbook, s.step FROM winback.playbook_step s WHERE s.kind = OLD.kind
            UNION ALL
            SELECT v.playbook, d.step
              FROM winback.playbook_version v
             CROSS JOIN LATERAL jsonb_each(v.definition -> 'steps') d (step, told)
             WHERE d.told ->> 'kind' = OLD.kind
               AND EXISTS (SELECT FROM winback.process p
                            WHERE (p.playbook, p.version) = (v.playbook, v.version) AND p.state = 'running')) u
     ORDER BY u.playbook, u.step LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'kind of task "%" is in use', OLD.kind
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'winback', TABLE = 'task_kind', DETAIL = named,
                  HINT = 'Give that step another kind; those who walk an earlier version finish on it.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._kind_gone() IS
    'trigger of winback.task_kind: a kind that a playbook names is neither removed nor renamed';

-- A script stays, and enabled, as long as clients are asked by it: by a playbook, by a version that somebody still
-- walks, or in a task that is not done yet.
CREATE FUNCTION winback._script_gone() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    used record;
BEGIN
    SELECT u.script, u.why INTO used
      FROM (SELECT s.script, format('Step "%s" of playbook "%s" asks by it.', s.step, s.playbook)
              FROM winback.playbook_step s
            UNION ALL
            SELECT d.told ->> 'script', format('Step "%s" of playbook "%s" asks by it, in version %s, which runs.',
                                               d.step, v.playbook, v.version)
              FROM winback.playbook_version v
             CROSS JOIN LATERAL jsonb_each(v.definition -> 'steps') d (step, told)
             WHERE EXISTS (SELECT FROM winback.process p
                            WHERE (p.playbook, p.version) = (v.playbook, v.version) AND p.state = 'running')
            UNION ALL
            SELECT a.script, format('In task %s, which is open, the client has been asked by it.', t.task_id)
              FROM winback.survey_answer a JOIN winback.task t ON t.task_id = a.task_id AND t.status = 'open')
           u (script, why)
     WHERE u.script = coalesce(OLD.script, u.script)  -- emptied, winback.script is looked at as a whole
       AND NOT EXISTS (SELECT FROM winback.script s WHERE s.script = u.script AND s.enabled)
     ORDER BY u.why LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'script "%" is in use', used.script
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'winback', TABLE = 'script', DETAIL = used.why,
                  HINT = 'Give that step another script; those who walk an earlier version, and open tasks, finish '
                         'with this one.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._script_gone() IS
    'trigger of winback.script: one by which clients are asked is neither removed nor renamed nor disabled';

-- What has happened stays.
CREATE FUNCTION winback._refuse_removal() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of winback.% stay as they are', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported',
              DETAIL = 'They tell what was done for clients, and by what plan.',
              HINT = 'A process is ended by a supervisor who cancels its task; a client is forgotten by '
                     'winback.erase_client().';
END $$;
COMMENT ON FUNCTION winback._refuse_removal() IS 'trigger: an error that says why rows of this table are not removed';

-- At commit, for each row that has changed; one that has moved to another playbook has changed both.
CREATE FUNCTION winback._playbook_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'winback.% cannot be truncated', TG_TABLE_NAME
            USING ERRCODE = 'feature_not_supported', HINT = 'Remove rows with DELETE: so playbooks are checked.';
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM winback._save_playbook(OLD.playbook);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM winback._save_playbook(NEW.playbook);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._playbook_changed() IS
    'trigger of playbooks, at commit: checks what has changed, and makes a version of it';
