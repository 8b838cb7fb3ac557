-- Scripts are checked at commit, answers at once; what of answers is read.

-- Constraint triggers cannot be replaced. A script's own row needs no look when it goes: its questions go with it.
DROP TRIGGER IF EXISTS script_added ON winback.script;
CREATE CONSTRAINT TRIGGER script_added AFTER INSERT ON winback.script DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION winback._script_changed();
DROP TRIGGER IF EXISTS script_changed ON winback.script;
CREATE CONSTRAINT TRIGGER script_changed AFTER UPDATE ON winback.script DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION winback._script_changed();
DROP TRIGGER IF EXISTS node_changed ON winback.script_node;
CREATE CONSTRAINT TRIGGER node_changed AFTER INSERT OR UPDATE OR DELETE ON winback.script_node
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._script_changed();
DROP TRIGGER IF EXISTS answer_changed ON winback.script_answer;
CREATE CONSTRAINT TRIGGER answer_changed AFTER INSERT OR UPDATE OR DELETE ON winback.script_answer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._script_changed();
CREATE OR REPLACE TRIGGER node_truncated AFTER TRUNCATE ON winback.script_node
    FOR EACH STATEMENT EXECUTE FUNCTION winback._script_changed();
CREATE OR REPLACE TRIGGER answer_truncated AFTER TRUNCATE ON winback.script_answer
    FOR EACH STATEMENT EXECUTE FUNCTION winback._script_changed();
COMMENT ON TRIGGER script_added ON winback.script IS 'refuses at commit a script that cannot be used';
COMMENT ON TRIGGER script_changed ON winback.script IS 'refuses at commit a script that cannot be used';
COMMENT ON TRIGGER node_changed ON winback.script_node IS 'refuses at commit a script that cannot be used';
COMMENT ON TRIGGER answer_changed ON winback.script_answer IS 'refuses at commit a script that cannot be used';
COMMENT ON TRIGGER node_truncated ON winback.script_node IS 'refuses scripts that cannot be used';
COMMENT ON TRIGGER answer_truncated ON winback.script_answer IS 'refuses scripts that cannot be used';

CREATE OR REPLACE TRIGGER answer_check BEFORE INSERT OR UPDATE ON winback.survey_answer
    FOR EACH ROW EXECUTE FUNCTION winback._check_answer();
CREATE OR REPLACE TRIGGER answer_event AFTER INSERT OR UPDATE OR DELETE ON winback.survey_answer
    FOR EACH ROW EXECUTE FUNCTION winback._answer_event();
CREATE OR REPLACE TRIGGER answer_event_truncate AFTER TRUNCATE ON winback.survey_answer
    FOR EACH STATEMENT EXECUTE FUNCTION winback._answer_event();
COMMENT ON TRIGGER answer_check ON winback.survey_answer IS 'refuses what is no answer to its question';
COMMENT ON TRIGGER answer_event ON winback.survey_answer IS 'an answer of kind nps is an event of its client';
COMMENT ON TRIGGER answer_event_truncate ON winback.survey_answer IS 'the events of answers go with them';

CREATE OR REPLACE VIEW winback.survey_answers AS
SELECT a.answer_id, coalesce(m.present, a.client_id) AS client_id, a.task_id, a.script, a.node, a.question, a.kind,
       CASE WHEN a.kind = 'text' THEN a.said WHEN a.kind IN ('score', 'nps') THEN a.score::text
            ELSE array_to_string(a.titles, ', ') END AS words,
       a.answers, a.titles, a.score, a.note, a.answered_at, a.answered_by
  FROM winback.survey_answer a
  LEFT JOIN (SELECT f.client_id, winback._present_client(f.client_id::text)::@client_type@ AS present
               FROM winback.merged f) m ON m.client_id @client_equals@ a.client_id;
COMMENT ON VIEW winback.survey_answers IS 'what clients answered, in words; of merged clients: under the present one';
COMMENT ON COLUMN winback.survey_answers.answer_id IS 'number of the answer in winback.survey_answer';
COMMENT ON COLUMN winback.survey_answers.client_id IS 'the client that answered, or the one that it was merged into';
COMMENT ON COLUMN winback.survey_answers.task_id IS 'the task in which it was asked; null: outside of any task';
COMMENT ON COLUMN winback.survey_answers.script IS 'the script asked by';
COMMENT ON COLUMN winback.survey_answers.node IS 'the question of that script';
COMMENT ON COLUMN winback.survey_answers.question IS 'the question as it was asked';
COMMENT ON COLUMN winback.survey_answers.kind IS 'text, choice, several, score or nps';
COMMENT ON COLUMN winback.survey_answers.words IS
    'the answer in words: what was said, the titles chosen, or the score';
COMMENT ON COLUMN winback.survey_answers.answers IS 'names of the answers chosen, or of the range that the score is in';
COMMENT ON COLUMN winback.survey_answers.titles IS 'titles of those answers as they were then';
COMMENT ON COLUMN winback.survey_answers.score IS 'score, nps: the score';
COMMENT ON COLUMN winback.survey_answers.note IS 'remark of the one who asked';
COMMENT ON COLUMN winback.survey_answers.answered_at IS 'when the client answered';
COMMENT ON COLUMN winback.survey_answers.answered_by IS 'the role that recorded the answer';

CREATE OR REPLACE VIEW winback.survey_results AS
SELECT u.script, u.node, u.kind, u.answer, max(u.title) AS title, u.month, count(*) AS times_given,
       count(DISTINCT u.client_id) AS clients, avg(u.score) AS mean_score
  FROM (SELECT s.script, s.node, s.kind, c.answer, coalesce(n.title, c.title) AS title, s.client_id, s.score,
               date_trunc('month', s.answered_at AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date AS month
          FROM winback.survey_answers s
         CROSS JOIN LATERAL unnest(s.answers, s.titles) c (answer, title)
          LEFT JOIN winback.script_answer n ON n.script = s.script AND n.node = s.node AND n.answer = c.answer) u
 GROUP BY u.script, u.node, u.kind, u.answer, u.month;
COMMENT ON VIEW winback.survey_results IS
    'how often each answer was given, by month; where several were chosen each of them counts';
COMMENT ON COLUMN winback.survey_results.script IS 'the script asked by';
COMMENT ON COLUMN winback.survey_results.node IS 'the question of that script';
COMMENT ON COLUMN winback.survey_results.kind IS 'text, choice, several, score or nps';
COMMENT ON COLUMN winback.survey_results.answer IS 'the answer; of scores: the range';
COMMENT ON COLUMN winback.survey_results.title IS 'its title now; of one that the script no longer has: as it was then';
COMMENT ON COLUMN winback.survey_results.month IS 'first day of the month in which it was given, in policy.timezone';
COMMENT ON COLUMN winback.survey_results.times_given IS 'how often';
COMMENT ON COLUMN winback.survey_results.clients IS 'by how many clients';
COMMENT ON COLUMN winback.survey_results.mean_score IS 'of scores: their mean within this range; else null';
