-- What to offer a client: the kinds of action, ranked.
--
--   score = share * (1 + points) * reaction
--
--   share      of the processes with that kind of action done those that brought the client back
--              (winback.action_results): of those about the same cause, shrunk to that of all, which is shrunk to 0.30
--   points     of winback.action_fit for the cause of the loss that lasts, or of the running process, and for the last
--              answer to each question of a survey; the sum is not below -1
--   reaction   2 where the client accepted such an action the last time that it reacted to one, 0.25 where it refused;
--              else 1. What says so is playbook_path.reaction, in the version of the playbook that was walked
--
-- At equal scores the first by name.

-- Whether a process says something of whether the work brings clients back: merging, erasing and a signal that is taken
-- back end one, too.
CREATE FUNCTION winback._is_tried(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN state IN ('running', 'returned', 'gave_up', 'written_off', 'not_to_be_contacted');
COMMENT ON FUNCTION winback._is_tried(text) IS
    'whether a process that is in this state is one that was tried: with success (returned), or without, by now';

-- Who returns does so early, who refuses late: of processes that have only just begun, those that have ended are mostly
-- returns. So all are given the same time, and all that have had it are counted, also those that are still running. A
-- return that came after it is none: those that began long ago have had more time for such.
CREATE FUNCTION winback._tried_by() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT (winback.now() AT TIME ZONE p.timezone - p.lift_after) AT TIME ZONE p.timezone
              FROM winback.policy p);
END $$;
COMMENT ON FUNCTION winback._tried_by() IS
    'processes that began by then have had their time to bring a client back: policy.lift_after before winback.now()';

-- A share of few tries says little: so it is taken together with what was expected before, as if that had been seen in
-- ten tries (the mean of a beta-binomial model with the prior 10 * prior, 10 * (1 - prior)).
CREATE FUNCTION winback._shrunk_share(returned numeric, tried numeric, prior numeric DEFAULT 0.30) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (returned + 10 * prior) / (tried + 10);
COMMENT ON FUNCTION winback._shrunk_share(numeric, numeric, numeric) IS
    'the share of clients that are expected to return after so many of those tried have, the prior counting as ten';

-- What fits the cause, and the answers; of a wider cause what the narrower says nothing of.
CREATE FUNCTION winback._action_points(client text, cause text)
    RETURNS TABLE (kind text, points numeric, words text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('
        WITH RECURSIVE line AS (
            SELECT c.cause, c.parent, format(''the cause "%%s"'', c.title) AS words, 0 AS far
              FROM winback.cause c WHERE c.cause = $2
             UNION ALL
            SELECT c.cause, c.parent, format(''%%s, a case of "%%s"'', l.words, c.title), l.far + 1
              FROM line l JOIN winback.cause c ON c.cause = l.parent),
        of_cause AS (
            SELECT DISTINCT ON (f.kind) f.kind, f.points, l.words AS what, '''' AS place
              FROM line l JOIN winback.action_fit f ON f.cause = l.cause ORDER BY f.kind, l.far),
        answered AS (
            SELECT DISTINCT ON (a.script, a.node) a.*
              FROM unnest($1) k (key) JOIN winback.survey_answer a ON a.client_id %s k.key::%s
             ORDER BY a.script, a.node, a.answered_at DESC, a.answer_id DESC),
        of_answers AS (
            SELECT f.kind, f.points, format(''the answer "%%s" to "%%s"'', u.title, a.question),
                   concat_ws(''/'', a.script, a.node, u.answer)
              FROM answered a
             CROSS JOIN LATERAL unnest(a.answers, a.titles) u (answer, title)
              JOIN winback.action_fit f ON (f.script, f.node, f.answer) = (a.script, a.node, u.answer)),
        fits AS (SELECT 1 AS topic, o.* FROM of_cause o UNION ALL SELECT 2, o.* FROM of_answers o)
        SELECT f.kind, sum(f.points),
               string_agg(format(CASE WHEN f.points > 0 THEN ''Fits %%s (+%%s).'' ELSE ''Rarely fits %%s (%%s).'' END,
                                 f.what, trim_scale(f.points)),
                          '' '' ORDER BY f.topic, f.place)
          FROM fits f WHERE f.points <> 0 GROUP BY f.kind', winback._client_equals(), winback._client_type())
      USING winback._keys_of_client(client), cause;
END $$;
COMMENT ON FUNCTION winback._action_points(text, text) IS
    'the points of winback.action_fit that kinds of action have for a client lost for a cause, and why, in words';

-- The last reaction to each kind of action. What is said later in a process, at a call say, is said of its last action.
CREATE FUNCTION winback._action_reactions(client text)
    RETURNS TABLE (kind text, reaction text, outcome text, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('
        WITH step AS (
            SELECT p.process_id, s.number, s.outcome, s.left_at,
                   d.told #>> ARRAY[''outcomes'', s.outcome, ''reaction''] AS reaction,
                   a.kind, count(a.kind) OVER (PARTITION BY p.process_id ORDER BY s.number) AS action
              FROM unnest($1) k (key)
              JOIN winback.process p ON p.client_id %s k.key::%s
              JOIN winback.process_step s ON s.process_id = p.process_id
             CROSS JOIN LATERAL winback._step_definition(p.playbook, p.version, s.step) d (told)
              LEFT JOIN winback.task_kind a ON a.kind = d.told ->> ''kind'' AND a.is_action)
        SELECT DISTINCT ON (a.kind) a.kind, s.reaction, s.outcome, s.left_at
          FROM step s JOIN step a ON a.process_id = s.process_id AND a.action = s.action AND a.kind IS NOT NULL
         WHERE s.reaction IS NOT NULL
         ORDER BY a.kind, s.left_at DESC, s.process_id DESC, s.number DESC',
        winback._client_equals(), winback._client_type()) USING winback._keys_of_client(client);
END $$;
COMMENT ON FUNCTION winback._action_reactions(text) IS
    'how a client reacted the last time to each kind of action, by which outcome and when';

CREATE FUNCTION winback.suggest_actions(client text,
    OUT rank int, OUT kind text, OUT title text, OUT score numeric, OUT reason text, OUT share numeric,
    OUT points numeric, OUT reaction text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT ROWS 7 SET search_path = pg_catalog, pg_temp
    SET datestyle = 'ISO' AS $$
DECLARE
    key_type CONSTANT text := winback._client_type(client);
    present  CONSTANT text := winback._present_client(client);
    why      text;
    known    boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM winback.client c WHERE c.client_id %s $1::%s)',
                   winback._client_equals(), key_type)
       INTO known USING present;
    IF NOT known THEN
        RETURN;
    END IF;
    why := winback._present_cause(present);
    RETURN QUERY
    WITH results AS MATERIALIZED (SELECT a.* FROM winback.action_results a)
    SELECT row_number() OVER (ORDER BY w.score DESC, w.kind)::int, w.kind, w.title, round(w.score, 3),
           concat_ws(' ', w.fits, w.reacted, w.worked), round(w.share, 3), w.points, w.reaction
      FROM (SELECT k.kind, coalesce(k.title, k.kind) AS title, h.share, coalesce(f.points, 0) AS points, r.reaction,
                   h.share * greatest(1 + coalesce(f.points, 0), 0)
                           * CASE r.reaction WHEN 'accepted' THEN 2 WHEN 'refused' THEN 0.25 ELSE 1 END AS score,
                   f.words AS fits,
                   initcap(r.reaction) || format(' on %s ("%s").', (r.at AT TIME ZONE o.timezone)::date, r.outcome)
                       AS reacted,
                   CASE WHEN n.tried > 0
                        THEN format('%s of %s clients lost for this cause came back after it, %s of %s in all.',
                                    n.returned, n.tried, n.all_returned, n.all_tried)
                        WHEN n.all_tried > 0
                        THEN format('%s of %s clients came back after it.', n.all_returned, n.all_tried)
                        ELSE 'Nothing is known yet of what comes of it.' END AS worked
              FROM winback.task_kind k
             CROSS JOIN winback.policy o
              LEFT JOIN winback._action_points(present, why) f ON f.kind = k.kind
              LEFT JOIN winback._action_reactions(present) r ON r.kind = k.kind
             CROSS JOIN LATERAL (
                   SELECT coalesce(sum(a.processes) FILTER (WHERE a.cause = why), 0) AS tried,
                          coalesce(sum(a.returned) FILTER (WHERE a.cause = why), 0) AS returned,
                          coalesce(sum(a.processes), 0) AS all_tried, coalesce(sum(a.returned), 0) AS all_returned
                     FROM results a WHERE a.kind = k.kind) n
             CROSS JOIN LATERAL (
                   SELECT winback._shrunk_share(n.returned, n.tried,
                                                winback._shrunk_share(n.all_returned, n.all_tried)) AS share) h
             WHERE k.is_action) w
     ORDER BY 1;
END $$;
COMMENT ON FUNCTION winback.suggest_actions(text) IS
    'the kinds of action ranked for a client: by its answers and the cause of its loss (points), what it accepted or '
    'refused (reaction), and the share of clients that came back after it; the score is share * (1 + points), doubled '
    'if accepted, a quarter if refused';

CREATE FUNCTION winback.suggest_actions(client anyelement,
    OUT rank int, OUT kind text, OUT title text, OUT score numeric, OUT reason text, OUT share numeric,
    OUT points numeric, OUT reaction text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT ROWS 7 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT a.* FROM winback.suggest_actions(client::text) a;
END $$;
COMMENT ON FUNCTION winback.suggest_actions(anyelement) IS
    'the kinds of action ranked for a client: by its answers and the cause of its loss (points), what it accepted or '
    'refused (reaction), and the share of clients that came back after it; the score is share * (1 + points), doubled '
    'if accepted, a quarter if refused';
