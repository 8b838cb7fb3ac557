-- Scripts of surveys: rows that are checked at commit.

-- What an enabled script must not be, by the question at fault. That it is said at commit lets a script be written as
-- rows in any order.
--
--   kind of question        refused
--   ----------------------  -------------------------------------------------------------------------------
--   text                    none, or several rows of answers; a range
--   choice, several         no answer; a range
--   score, nps              no answer; one without a range; ranges that overlap or leave a gap between them
--   nps                     ranges that are not 0 to 10 in all
--   any                     an answer that leads to no question of the script; a way back to itself (a loop);
--                           no way to it from the first question
CREATE FUNCTION winback._script_flaw(checked text, OUT node text, OUT flaw text) RETURNS record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH RECURSIVE
    nodes AS (SELECT n.node, n.position, n.kind, n.kind IN ('score', 'nps') AS scored,
                     row_number() OVER (ORDER BY n.position) = 1 AS is_first
                FROM winback.script_node n WHERE n.script = checked),
    answers AS (SELECT a.node, a.answer, a.at_least, a.at_most, a.next,
                       lag(a.at_most) OVER (PARTITION BY a.node ORDER BY a.at_least, a.at_most)::bigint + 1 AS expected
                  FROM winback.script_answer a WHERE a.script = checked),
    later (node, later) AS (SELECT a.node, a.next FROM answers a WHERE a.next IS NOT NULL
                             UNION
                            SELECT l.node, a.next FROM later l JOIN answers a ON a.node = l.later
                             WHERE a.next IS NOT NULL),
    flaws (node, flaw) AS (
        SELECT n.node, 'has no answers'
          FROM nodes n WHERE NOT EXISTS (SELECT FROM answers a WHERE a.node = n.node)
         UNION ALL
        SELECT n.node, 'takes any text, and has more than one row of answers'
          FROM nodes n WHERE n.kind = 'text' AND (SELECT count(*) FROM answers a WHERE a.node = n.node) > 1
         UNION ALL
        SELECT a.node, format('has answer "%s" %s', a.answer,
                              CASE WHEN n.scored THEN 'without a range of scores' ELSE 'with a range of scores' END)
          FROM nodes n JOIN answers a ON a.node = n.node WHERE n.scored = (a.at_least IS NULL)
         UNION ALL
        SELECT a.node, CASE WHEN a.expected < a.at_least THEN format('has no answer for a score of %s', a.expected)
                            ELSE format('has two answers for a score of %s', a.at_least) END
          FROM answers a WHERE a.expected <> a.at_least
         UNION ALL
        SELECT n.node, format('is of kind nps, but its answers run from %s to %s', min(a.at_least), max(a.at_most))
          FROM nodes n JOIN answers a ON a.node = n.node WHERE n.kind = 'nps'
         GROUP BY n.node HAVING min(a.at_least) <> 0 OR max(a.at_most) <> 10
         UNION ALL
        SELECT a.node, format('has answer "%s", which leads to "%s": there is no such question', a.answer, a.next)
          FROM answers a WHERE a.next IS NOT NULL AND NOT EXISTS (SELECT FROM nodes n WHERE n.node = a.next)
         UNION ALL
        SELECT l.node, 'leads back to itself' FROM later l WHERE l.later = l.node
         UNION ALL
        SELECT n.node, 'is never asked: no answer leads to it'
          FROM nodes n
         WHERE NOT n.is_first AND NOT EXISTS (SELECT FROM later l JOIN nodes f ON f.node = l.node AND f.is_first
                                               WHERE l.later = n.node))
    SELECT f.node, f.flaw INTO _script_flaw.node, _script_flaw.flaw
      FROM flaws f JOIN nodes n ON n.node = f.node ORDER BY n.position, f.flaw LIMIT 1;
END $$;
COMMENT ON FUNCTION winback._script_flaw(text) IS
    'the first question of a script that cannot be asked or answered as it stands, and why; nulls: all can';

-- Two sessions may each change a script in a way that is right by itself: changing its row, if to what it is, makes the
-- later one wait, and look at what the earlier one has committed; where its snapshot hides that, it fails to serialize.
-- The row is changed of a script that is not enabled, too: just now another session may be enabling it.
CREATE FUNCTION winback._check_script(checked text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_enabled boolean;
    at_fault   record;
    hint       CONSTANT text := 'Rows of a script may be written in any order within a transaction; a script with '
                                'enabled = false may be half written.';
BEGIN
    UPDATE winback.script s SET enabled = s.enabled WHERE s.script = checked RETURNING s.enabled INTO is_enabled;
    IF is_enabled IS NOT TRUE THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM winback.script_node n WHERE n.script = checked) THEN
        RAISE EXCEPTION 'script "%" has no questions', checked
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'script', HINT = hint;
    END IF;
    SELECT f.node, f.flaw INTO at_fault FROM winback._script_flaw(checked) f;
    IF at_fault.flaw IS NOT NULL THEN
        RAISE EXCEPTION 'question "%" of script "%" %', at_fault.node, checked, at_fault.flaw
            USING ERRCODE = 'check_violation', SCHEMA = 'winback', TABLE = 'script_node', HINT = hint;
    END IF;
END $$;
COMMENT ON FUNCTION winback._check_script(text) IS 'an error where a script is enabled and cannot be used';

CREATE FUNCTION winback._script_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM winback._check_script(s.script) FROM winback.script s ORDER BY s.script;
        RETURN NULL;
    END IF;
    PERFORM winback._check_script(c.script)
       FROM (SELECT OLD.script UNION SELECT NEW.script) c (script) WHERE c.script IS NOT NULL ORDER BY c.script;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._script_changed() IS
    'trigger of script, script_node and script_answer, at commit: refuses a script that cannot be used';

-- An error where nobody may be asked by a script.
CREATE FUNCTION winback._require_script(asked text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_enabled boolean;
BEGIN
    SELECT s.enabled INTO is_enabled FROM winback.script s WHERE s.script = asked;
    IF is_enabled THEN
        RETURN;
    ELSIF is_enabled IS NULL THEN
        RAISE EXCEPTION 'there is no script %', coalesce('"' || asked || '"', 'null')
            USING ERRCODE = 'foreign_key_violation',
                  HINT = format('Scripts are rows of winback.script: %s.',
                                (SELECT string_agg(s.script, ', ' ORDER BY s.script) FROM winback.script s));
    END IF;
    RAISE EXCEPTION 'script "%" is not enabled', asked
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = format('UPDATE winback.script SET enabled = true WHERE script = %L.', asked);
END $$;
COMMENT ON FUNCTION winback._require_script(text) IS 'an error where a script does not exist or is not enabled';
