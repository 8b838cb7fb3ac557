-- What clients say, by area and by whose they were when they said it. winback.survey_results has the answers by month
-- alone.

-- Answers with the dimensions of their clients at that time.
CREATE OR REPLACE VIEW winback.survey_areas AS
SELECT a.script, a.node, a.kind, a.month, a.channel, a.region, a.department, a.manager, c.answer,
       max(coalesce(n.title, c.title)) AS title, count(*) AS times_given, count(DISTINCT a.client_id) AS clients
  FROM (SELECT s.answer_id, s.client_id, s.script, s.node, s.kind, s.answers, s.titles,
               date_trunc('month', s.answered_at AT TIME ZONE o.timezone)::date AS month,
               w.channel, w.region, w.department, w.manager
          FROM winback.survey_answers s
         CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) o
          LEFT JOIN LATERAL (
               SELECT u.channel, u.region, u.department, u.manager
                 FROM (SELECT v.withdrawn_at, v.channel, v.region, v.department, v.manager
                         FROM winback.client_version v
                        WHERE v.client_id @client_equals@ s.client_id AND v.withdrawn_at > s.answered_at
                       UNION ALL
                       SELECT 'infinity', k.channel, k.region, k.department, k.manager
                         FROM winback.client k WHERE k.client_id @client_equals@ s.client_id) u
                ORDER BY u.withdrawn_at LIMIT 1) w ON true
         WHERE s.kind <> 'text') a
 CROSS JOIN LATERAL unnest(a.answers, a.titles) c (answer, title)
  LEFT JOIN winback.script_answer n ON n.script = a.script AND n.node = a.node AND n.answer = c.answer
 GROUP BY a.script, a.node, a.kind, a.month, a.channel, a.region, a.department, a.manager, c.answer;
COMMENT ON VIEW winback.survey_areas IS
    'how often each answer was given, by month and by whose the clients were when they gave it; where several were '
    'chosen each of them counts';
COMMENT ON COLUMN winback.survey_areas.script IS 'the script asked by';
COMMENT ON COLUMN winback.survey_areas.node IS 'the question of that script';
COMMENT ON COLUMN winback.survey_areas.kind IS 'choice, several, score or nps';
COMMENT ON COLUMN winback.survey_areas.month IS 'first day of the month in which it was given, in policy.timezone';
COMMENT ON COLUMN winback.survey_areas.channel IS 'the clients'' channel at that time';
COMMENT ON COLUMN winback.survey_areas.region IS 'the clients'' region at that time';
COMMENT ON COLUMN winback.survey_areas.department IS 'the clients'' department at that time';
COMMENT ON COLUMN winback.survey_areas.manager IS 'the clients'' manager at that time';
COMMENT ON COLUMN winback.survey_areas.answer IS 'the answer: the area that was named; of scores: the range';
COMMENT ON COLUMN winback.survey_areas.title IS 'its title now; of one that the script no longer has: as it was then';
COMMENT ON COLUMN winback.survey_areas.times_given IS 'how often';
COMMENT ON COLUMN winback.survey_areas.clients IS 'by how many clients';

-- Reichheld 2003, Harvard Business Review 81(12): the share of promoters (9, 10) less that of detractors (0 to 6), in
-- points. By the scores themselves, however a script may divide them.
CREATE OR REPLACE VIEW winback.nps_by_month AS
SELECT date_trunc('month', s.answered_at AT TIME ZONE o.timezone)::date AS month, s.script, s.node, count(*) AS scores,
       count(*) FILTER (WHERE s.score >= 9) AS promoters, count(*) FILTER (WHERE s.score BETWEEN 7 AND 8) AS passives,
       count(*) FILTER (WHERE s.score <= 6) AS detractors,
       round(100.0 * (count(*) FILTER (WHERE s.score >= 9) - count(*) FILTER (WHERE s.score <= 6)) / count(*), 1) AS nps
  FROM winback.survey_answers s CROSS JOIN (SELECT p.timezone FROM winback.policy p LIMIT 1) o
 WHERE s.kind = 'nps'
 GROUP BY 1, s.script, s.node;
COMMENT ON VIEW winback.nps_by_month IS 'the net promoter score of each month, from the answers of surveys';
COMMENT ON COLUMN winback.nps_by_month.month IS 'its first day, in policy.timezone';
COMMENT ON COLUMN winback.nps_by_month.script IS 'the script asked by';
COMMENT ON COLUMN winback.nps_by_month.node IS 'the question of that script';
COMMENT ON COLUMN winback.nps_by_month.scores IS 'how many scores were given';
COMMENT ON COLUMN winback.nps_by_month.promoters IS 'of these, 9 or 10';
COMMENT ON COLUMN winback.nps_by_month.passives IS '7 or 8';
COMMENT ON COLUMN winback.nps_by_month.detractors IS '0 to 6';
COMMENT ON COLUMN winback.nps_by_month.nps IS '100 x (promoters - detractors) / scores: -100 to 100';
