-- Surveys: scripts that lead from question to question, and the answers of clients.
--
-- Where a client stands in a survey is not stored. It follows from its answers: the question to ask is the first on the
-- way that has none, so answers may come in any order, be corrected or be taken back.
--
--   asked             a survey is                              begins anew
--   ----------------  ---------------------------------------  -------------------------------------------------------
--   in a task         the answers that name the task           never: an answer to a question once answered corrects it
--   outside of tasks  the answers since the latest one to      with another answer to the first question
--                     the script's first question

-- What an answer must say, by the kind of its question, and which of the question's answers it comes to:
--
--   kind         to be given                     returned
--   -----------  ------------------------------  -----------------------------
--   choice       answers: one of the question's  that one
--   several      answers: one or more of them    these, in the script's order
--   score, nps   score, within one of the ranges that range
--   text         said, not blank                 the question's one answer
--
-- The other columns stay null, but for answers, which is filled in where the kind asks for something else.
CREATE FUNCTION winback._fitting_answers(asked_script text, asked_node text, kind text, answers text[],
                                         score numeric, said text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    takes   CONSTANT text := CASE WHEN kind IN ('score', 'nps') THEN 'score' WHEN kind = 'text' THEN 'said'
                                  ELSE 'answers' END;
    flaw    text;
    fitting text[];
BEGIN
    IF takes = 'answers' THEN
        SELECT format('knows no answer %s', coalesce('"' || u.answer || '"', 'null')) INTO flaw
          FROM unnest(answers) WITH ORDINALITY u (answer, place)
         WHERE NOT EXISTS (SELECT FROM winback.script_answer a
                            WHERE a.script = asked_script AND a.node = asked_node AND a.answer = u.answer)
         ORDER BY u.place LIMIT 1;
        SELECT array_agg(a.answer ORDER BY a.position) INTO fitting FROM winback.script_answer a
         WHERE a.script = asked_script AND a.node = asked_node AND a.answer = ANY (answers);
        IF kind = 'choice' AND flaw IS NULL AND cardinality(fitting) > 1 THEN
            flaw := 'takes one answer only';
        END IF;
    ELSE
        SELECT array_agg(a.answer) INTO fitting FROM winback.script_answer a
         WHERE a.script = asked_script AND a.node = asked_node
           AND (takes = 'said' OR score BETWEEN a.at_least AND a.at_most);
        flaw := CASE WHEN fitting IS NULL AND score IS NOT NULL THEN format('takes no score of %s', score) END;
    END IF;
    flaw := CASE
        WHEN takes <> 'score' AND score IS NOT NULL THEN 'takes no score'
        WHEN takes <> 'said' AND said IS NOT NULL THEN 'takes no text'
        WHEN takes = 'said' AND coalesce(btrim(said), '') = '' THEN 'needs some text'
        WHEN fitting IS NULL AND flaw IS NULL THEN
            CASE takes WHEN 'score' THEN 'needs a score' ELSE 'needs an answer' END
        ELSE flaw END;
    IF flaw IS NULL THEN
        RETURN fitting;
    END IF;
    RAISE EXCEPTION 'question "%" of script "%" %', asked_node, asked_script, flaw
        USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'survey_answer', COLUMN = takes,
              DETAIL = format('It is of kind %s.', kind),
              HINT = CASE WHEN takes = 'said' THEN 'Give what the client said, in column said.'
                          ELSE (SELECT format('Column %s takes %s.', takes,
                                              CASE takes WHEN 'score' THEN format('%s to %s', min(a.at_least),
                                                                                  max(a.at_most))
                                              ELSE string_agg(a.answer, ', ' ORDER BY a.position) END)
                                  FROM winback.script_answer a
                                 WHERE a.script = asked_script AND a.node = asked_node) END;
END $$;
COMMENT ON FUNCTION winback._fitting_answers(text, text, text, text[], numeric, text) IS
    'the answers of a script that a given answer comes to; an error that says what would do';

-- The client that a task is about, as text; an error where it is not the one named, nor merged with it: an answer is
-- kept under the task's own key, so that it goes along when they are parted.
-- Tasks are never deleted and never change their client, so this need not be held by a foreign key.
CREATE FUNCTION winback._client_of_task(task_id bigint, client text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_task text;
    is_same boolean;
    tasks   int;
BEGIN
    EXECUTE format('SELECT t.client_id::text, winback._present_client(t.client_id::text)::%1$s
                                              %2$s winback._present_client($2)::%1$s
                      FROM winback.task t WHERE t.task_id = $1',
                   winback._client_type(), winback._client_equals())
       INTO of_task, is_same USING task_id, client;
    GET DIAGNOSTICS tasks = ROW_COUNT;
    IF tasks = 0 THEN
        RAISE EXCEPTION 'there is no task %', coalesce(task_id::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Open tasks are listed in winback.open_tasks.';
    ELSIF of_task IS NULL THEN
        RAISE EXCEPTION 'the client of task % has been erased', task_id
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Nothing is asked in that task any more.';
    ELSIF NOT is_same THEN
        RAISE EXCEPTION 'task % is not one of client "%"', task_id, client
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'survey_answer', COLUMN = 'task_id',
                  DETAIL = format('It is one of client "%s".', of_task),
                  HINT = 'Leave out client_id where a task is named.';
    END IF;
    RETURN of_task;
END $$;
COMMENT ON FUNCTION winback._client_of_task(bigint, text) IS
    'the client of a task; an error where there is none, or where it is not the client named';

-- Every row of winback.survey_answer passes here. A change that leaves the answer what it was is let through as it
-- comes: the script may have changed since.
CREATE FUNCTION winback._check_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM winback._require_script(NEW.script);
        NEW.answered_at := coalesce(NEW.answered_at, winback.now());
    ELSIF (NEW.client_id::text, NEW.task_id, NEW.script, NEW.node, NEW.answers, NEW.score, NEW.said)
          IS NOT DISTINCT FROM
          (OLD.client_id::text, OLD.task_id, OLD.script, OLD.node, OLD.answers, OLD.score, OLD.said) THEN
        RETURN NEW;
    END IF;
    IF NEW.score <> trunc(NEW.score) THEN
        RAISE EXCEPTION 'a score must be a whole number, but is %', NEW.score
            USING ERRCODE = 'invalid_parameter_value', SCHEMA = 'winback', TABLE = 'survey_answer', COLUMN = 'score',
                  HINT = 'It is not rounded, for that might make another answer of it: ask again, or give the number '
                         'that the client named.';
    END IF;
    NEW.score := trunc(NEW.score);
    IF NOT isfinite(NEW.answered_at) THEN
        RAISE EXCEPTION 'answered_at must be a finite time, but is "%"', NEW.answered_at
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave it out for an answer of this moment.';
    END IF;
    SELECT n.question, n.kind INTO asked
      FROM winback.script_node n WHERE n.script = NEW.script AND n.node = NEW.node;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'script % has no question %', coalesce('"' || NEW.script || '"', 'null'),
                        coalesce('"' || NEW.node || '"', 'null')
            USING ERRCODE = 'foreign_key_violation',
                  HINT = format('Its questions are rows of winback.script_node: %s.',
                                coalesce((SELECT string_agg(n.node, ', ' ORDER BY n.position)
                                            FROM winback.script_node n WHERE n.script = NEW.script), 'none'));
    END IF;
    IF NEW.task_id IS NOT NULL THEN
        NEW.client_id := winback._client_of_task(NEW.task_id, NEW.client_id::text);
    ELSIF NEW.client_id IS NULL THEN
        RAISE EXCEPTION 'an answer needs a client'
            USING ERRCODE = 'not_null_violation', SCHEMA = 'winback', TABLE = 'survey_answer', COLUMN = 'client_id',
                  HINT = 'Name the client, or the task in which it was asked.';
    END IF;
    NEW.question := asked.question;
    NEW.kind := asked.kind;
    NEW.answers := winback._fitting_answers(NEW.script, NEW.node, asked.kind, NEW.answers, NEW.score, NEW.said);
    SELECT array_agg(a.title ORDER BY a.position) INTO NEW.titles FROM winback.script_answer a
     WHERE a.script = NEW.script AND a.node = NEW.node AND a.answer = ANY (NEW.answers);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._check_answer() IS
    'trigger of survey_answer: refuses what is no answer to its question, and keeps the question as it was asked';

-- An answer to a question of kind nps is an event of its client, and stays one as long as it stands:
--
--   the answer is   given   corrected   removed   no nps any more, or one now
--   the event is    made    corrected   removed   removed, or made
--
-- Runs as its owner: who answers need not be able to change events.
CREATE FUNCTION winback._answer_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM winback.event e WHERE e.answer_id IS NOT NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.kind = 'nps' AND NEW.kind = 'nps' THEN
        UPDATE winback.event e
           SET client_id = NEW.client_id, happened_at = NEW.answered_at, value = NEW.score, note = NEW.note
         WHERE e.answer_id = NEW.answer_id;
    ELSE
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM winback.event e WHERE e.answer_id = OLD.answer_id;
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.kind = 'nps' THEN
            INSERT INTO winback.event (client_id, kind, happened_at, value, note, recorded_by, answer_id)
            VALUES (NEW.client_id, 'nps', NEW.answered_at, NEW.score, NEW.note, NEW.answered_by, NEW.answer_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._answer_event() IS
    'trigger of survey_answer: an answer to a question of kind nps is an event nps of the client';

-- The script by which the client of a task is asked: the one by which it has been, else that of the playbook's step,
-- else the three questions.
CREATE FUNCTION winback._script_of_task(task_id bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._client_of_task(task_id);
    RETURN coalesce((SELECT g.script FROM winback.survey_answer g WHERE g.task_id = _script_of_task.task_id
                      ORDER BY g.answered_at DESC, g.answer_id DESC LIMIT 1),
                    (SELECT winback._step_definition(p.playbook, p.version, t.step) ->> 'script'
                       FROM winback.task t JOIN winback.process p USING (process_id)
                      WHERE t.task_id = _script_of_task.task_id),
                    'return_survey');
END $$;
COMMENT ON FUNCTION winback._script_of_task(bigint) IS 'the script by which the client of a task is asked';

-- The first question on the way through a script without one of these answers. An answer that the script no longer
-- knows leads nowhere, so that it is asked again.
CREATE FUNCTION winback._next_node(asked text, given bigint[]) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_node text;
BEGIN
    PERFORM winback._require_script(asked);
    WITH RECURSIVE
    onward (node, next) AS (  -- the way on from each question that has an answer: by the latest
        SELECT DISTINCT ON (g.node) g.node, a.next
          FROM winback.survey_answer g
          JOIN winback.script_answer a ON a.script = g.script AND a.node = g.node AND a.answer = ANY (g.answers)
         WHERE g.answer_id = ANY (given) AND g.script = asked
         ORDER BY g.node, g.answered_at DESC, g.answer_id DESC, a.position),
    way (node) AS (
        (SELECT n.node FROM winback.script_node n WHERE n.script = asked ORDER BY n.position LIMIT 1)
         UNION
        SELECT o.next FROM way w JOIN onward o ON o.node = w.node WHERE o.next IS NOT NULL)
    SELECT w.node INTO next_node FROM way w WHERE NOT EXISTS (SELECT FROM onward o WHERE o.node = w.node);
    RETURN next_node;
END $$;
COMMENT ON FUNCTION winback._next_node(text, bigint[]) IS
    'the question to ask next by a script after these answers (of winback.survey_answer); null: the end';

CREATE FUNCTION winback._question(asked text, asked_node text,
    OUT script text, OUT node text, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT n.script, n.node, n.question, n.kind,
           (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('answer', a.answer, 'title', a.title,
                                                                  'at_least', a.at_least, 'at_most', a.at_most))
                             ORDER BY a.position)
              FROM winback.script_answer a WHERE a.script = n.script AND a.node = n.node AND n.kind <> 'text')
      FROM winback.script_node n WHERE n.script = asked AND n.node = asked_node;
END $$;
COMMENT ON FUNCTION winback._question(text, text) IS
    'a question as it is asked: its words, kind and choices as an array of answer, title, and of scores the range';

CREATE FUNCTION winback.survey_next(task_id bigint,
    OUT script text, OUT node text, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked CONSTANT text := winback._script_of_task(task_id);
BEGIN
    RETURN QUERY
    SELECT q.* FROM winback._question(asked, winback._next_node(asked, ARRAY(
        SELECT g.answer_id FROM winback.survey_answer g
         WHERE g.task_id = survey_next.task_id AND g.script = asked))) q;
END $$;
COMMENT ON FUNCTION winback.survey_next(bigint) IS
    'the question to ask next in a task, by the script of its answers so far, else return_survey; no row: the end';

CREATE FUNCTION winback.survey_next(client text, INOUT script text, since timestamptz DEFAULT '-infinity',
    OUT node text, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given bigint[];
BEGIN
    EXECUTE format(
        'WITH given AS (SELECT a.* FROM unnest($1) k (key)
                          JOIN winback.survey_answer a ON a.client_id %s k.key::%s AND a.script = $2),
              began AS (SELECT b.answer_id, b.answered_at, b.task_id FROM given b
                         WHERE b.answered_at >= $3 AND b.node = (SELECT n.node FROM winback.script_node n
                                                                  WHERE n.script = $2 ORDER BY n.position LIMIT 1)
                         ORDER BY b.answered_at DESC, b.answer_id DESC LIMIT 1)
         SELECT array_agg(g.answer_id) FROM given g JOIN began b
             ON g.task_id = b.task_id
             OR g.task_id IS NULL AND b.task_id IS NULL
                AND (g.answered_at, g.answer_id) >= (b.answered_at, b.answer_id)',
        winback._client_equals(), winback._client_type(client))
       INTO given USING winback._keys_of_client(winback._present_client(client)), script, since;
    RETURN QUERY SELECT q.* FROM winback._question(script, winback._next_node(script, given)) q;
END $$;
COMMENT ON FUNCTION winback.survey_next(text, text, timestamptz) IS
    'the question to ask a client next by a script, in the latest survey begun since then; no row: the end';

CREATE FUNCTION winback.survey_next(client anyelement, INOUT script text, since timestamptz DEFAULT '-infinity',
    OUT node text, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT q.* FROM winback.survey_next(client::text, script, since) q;
END $$;
COMMENT ON FUNCTION winback.survey_next(anyelement, text, timestamptz) IS
    'the question to ask a client next by a script, in the latest survey begun since then; no row: the end';

-- Writes an answer given in a task into the column that its question asks for. Two sessions that answer one question
-- meet in one_answer_a_question: the later one waits, and corrects the earlier.
CREATE FUNCTION winback._record_answer(of_task bigint, of_script text, of_node text, given text[], remark text)
    RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind CONSTANT text := (SELECT n.kind FROM winback.script_node n WHERE n.script = of_script AND n.node = of_node);
    scored CONSTANT boolean := coalesce(kind IN ('score', 'nps'), false);
BEGIN
    IF (scored OR kind = 'text') AND cardinality(given) > 1 THEN
        RAISE EXCEPTION 'question "%" of script "%" takes one answer only', of_node, of_script
            USING ERRCODE = 'check_violation', DETAIL = format('It is of kind %s.', kind), HINT = 'Give one.';
    ELSIF scored AND given[1] !~ '^\s*[-+]?\d{1,9}\s*$' THEN
        RAISE EXCEPTION 'question "%" of script "%" takes no score of %', of_node, of_script, given[1]
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is of kind %s.', kind),
                  HINT = 'Give a whole number.';
    END IF;
    INSERT INTO winback.survey_answer AS a (task_id, script, node, answers, score, said, note)
    VALUES (of_task, of_script, of_node, CASE WHEN NOT scored AND kind <> 'text' THEN given END,
            CASE WHEN scored THEN given[1]::int END, CASE WHEN kind = 'text' THEN given[1] END, remark)
        ON CONFLICT (task_id, script, node) WHERE task_id IS NOT NULL DO UPDATE
       SET answers = excluded.answers, score = excluded.score, said = excluded.said,
           note = coalesce(excluded.note, a.note);
END $$;
COMMENT ON FUNCTION winback._record_answer(bigint, text, text, text[], text) IS
    'writes an answer given in a task as a row of winback.survey_answer, or corrects the one that is there';

CREATE FUNCTION winback.answer(task_id bigint, answers text[], note text DEFAULT NULL,
    OUT script text, INOUT node text DEFAULT NULL, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked CONSTANT text := winback._script_of_task(task_id);
BEGIN
    node := coalesce(node, (SELECT q.node FROM winback.survey_next(task_id) q));
    IF node IS NULL THEN
        RAISE EXCEPTION 'the survey of task % is at its end', task_id
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Its script is "%s".', asked),
                  HINT = 'To correct an answer name its question, for example node => '
                         || (SELECT quote_literal(n.node) FROM winback.script_node n WHERE n.script = asked
                              ORDER BY n.position LIMIT 1) || '.';
    END IF;
    PERFORM winback._record_answer(task_id, asked, node, answers, note);
    RETURN QUERY SELECT q.* FROM winback.survey_next(task_id) q;
END $$;
COMMENT ON FUNCTION winback.answer(bigint, text[], text, text) IS
    'records the answers to the question that a task is at, or to the one named; returns the next question, no row: '
    'the end';

CREATE FUNCTION winback.answer(task_id bigint, answer text, note text DEFAULT NULL,
    OUT script text, INOUT node text DEFAULT NULL, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT q.* FROM winback.answer(task_id, ARRAY[answer], note, node) q;
END $$;
COMMENT ON FUNCTION winback.answer(bigint, text, text, text) IS
    'records one answer: the name of a choice, the words of the client, or a score';

CREATE FUNCTION winback.answer(task_id bigint, score numeric, note text DEFAULT NULL,
    OUT script text, INOUT node text DEFAULT NULL, OUT question text, OUT kind text, OUT choices jsonb)
    RETURNS SETOF record LANGUAGE plpgsql ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT q.* FROM winback.answer(task_id, ARRAY[score::text], note, node) q;
END $$;
COMMENT ON FUNCTION winback.answer(bigint, numeric, text, text) IS 'records a score given as a number';
