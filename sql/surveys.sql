-- Surveys: scripts that lead from question to question, what clients answered, and a bad score that loses a client at
-- once.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-03 10:00:00+00';
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
INSERT INTO purchase VALUES (1, 1, '2024-05-01', 10), (2, 2, '2024-05-02', 20), (3, 3, '2024-05-03', 30);
INSERT INTO winback.task (client_id, kind, title) VALUES (1, 'other', 'Ask why'), (2, 'other', 'Ask why');
SELECT task_id AS task FROM winback.task WHERE client_id = 1 \gset
SELECT task_id AS other_task FROM winback.task WHERE client_id = 2 \gset

--
-- The three questions that are shipped, asked one after the other in a task.
--
SELECT * FROM winback.survey_next(:task);
SELECT * FROM winback.answer(:task, 'the quick delivery');
SELECT node, question, kind, jsonb_pretty(choices) AS choices FROM winback.answer(:task, 'the gift');
-- Answered by mistake, and corrected: the survey stays where it was.
SELECT node FROM winback.answer(:task, 'the rude courier', node => 'disliked', note => 'twice');
SELECT node FROM winback.answer(:task, 'cheaper');
SELECT node FROM winback.answer(:task, ARRAY[]::text[]);
SELECT node FROM winback.answer(:task, ARRAY['goods', 'price'], note => 'wants a discount');
SELECT * FROM winback.survey_next(:task);
SELECT winback.answer(:task, 'once more');
SELECT client_id, task_id = :task AS of_task, script, node, question, words, answers, note, answered_at,
       answered_by = current_user AS by_me
  FROM winback.survey_answers ORDER BY answer_id;
SELECT at, what, detail FROM winback.life_cycle WHERE client_id = 1 AND what = 'answer' ORDER BY position;

--
-- Plain INSERT is held to the same rules, whatever is written and in whatever order.
--
INSERT INTO winback.survey_answer (task_id, script, node, answers)
VALUES (:other_task, 'return_survey', 'better', '{cheaper}');
INSERT INTO winback.survey_answer (task_id, script, node) VALUES (:other_task, 'return_survey', 'better');
INSERT INTO winback.survey_answer (task_id, script, node, answers)
VALUES (:other_task, 'return_survey', 'better', '{price,NULL}');
INSERT INTO winback.survey_answer (task_id, script, node, said)
VALUES (:other_task, 'return_survey', 'better', 'price');
INSERT INTO winback.survey_answer (task_id, script, node, answers, score)
VALUES (:other_task, 'return_survey', 'better', '{price}', 1);
INSERT INTO winback.survey_answer (task_id, script, node, said) VALUES (:other_task, 'return_survey', 'liked', ' ');
INSERT INTO winback.survey_answer (task_id, script, node, said) VALUES (:other_task, 'return_survey', 'loved', 'all');
INSERT INTO winback.survey_answer (task_id, script, node, said) VALUES (:other_task, 'no_survey', 'liked', 'all');
INSERT INTO winback.survey_answer (task_id, script, node, said) VALUES (0, 'return_survey', 'liked', 'all');
INSERT INTO winback.survey_answer (client_id, task_id, script, node, said)
VALUES (1, :other_task, 'return_survey', 'liked', 'all');
INSERT INTO winback.survey_answer (script, node, said) VALUES ('return_survey', 'liked', 'all');
INSERT INTO winback.survey_answer (client_id, script, node, said, answered_at)
VALUES (1, 'return_survey', 'liked', 'all', 'infinity');
INSERT INTO winback.survey_answer (task_id, script, node, answers, question, titles, kind)
VALUES (:other_task, 'return_survey', 'better', '{price,goods,price}', 'Who is to blame?', '{me,you}', 'text')
RETURNING client_id, question, kind, answers, titles;
INSERT INTO winback.survey_answer (task_id, script, node, answers)
VALUES (:other_task, 'return_survey', 'better', '{price}');
SELECT node FROM winback.survey_next(:other_task);
SELECT node FROM winback.answer(:other_task, 'nothing');
SELECT node FROM winback.answer(:other_task, 'everything');
-- Taken back, it is asked again.
DELETE FROM winback.survey_answer WHERE task_id = :other_task AND node = 'liked';
SELECT node FROM winback.survey_next(:other_task);
SELECT node FROM winback.survey_next(0);
SELECT node FROM winback.answer(:other_task, 'all', node => 'loved');

--
-- A score from 0 to 10 is an event of the client: whoever would not recommend us is lost at that commit.
--
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 11);
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 6.5);
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 'NaN');
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES (3, 'nps', 'recommend', '{promoter}');
SELECT node, kind, jsonb_path_query(choices, '$[*]') AS choice FROM winback.survey_next(3, 'nps');
INSERT INTO winback.survey_answer (client_id, script, node, score, note) VALUES (3, 'nps', 'recommend', 6, 'sighed')
RETURNING answer_id AS nps_answer \gset
SELECT status, lost_by FROM winback.clients WHERE client_id = 3;
SELECT client_id, kind, happened_at, value, note, answer_id = :nps_answer AS of_answer FROM winback.event;
SELECT node, question FROM winback.survey_next('3', 'nps');
-- Corrected, moved to another client, removed: so is the event, and the client is what it would have been.
UPDATE winback.survey_answer SET score = 9 WHERE answer_id = :nps_answer RETURNING answers, titles;
SELECT status, (SELECT value FROM winback.event) FROM winback.clients WHERE client_id = 3;
-- By COPY as any other way.
COPY winback.survey_answer (client_id, script, node, score) FROM stdin;
1	nps	recommend	10
1	nps	recommend	12
\.
UPDATE winback.survey_answer SET score = -1 WHERE answer_id = :nps_answer;
UPDATE winback.survey_answer SET score = 0, client_id = 2, answered_at = '2024-06-02' WHERE answer_id = :nps_answer;
SELECT client_id, status, status_since FROM winback.clients WHERE client_id IN (2, 3) ORDER BY 1;
DELETE FROM winback.survey_answer WHERE answer_id = :nps_answer;
SELECT client_id, status FROM winback.clients WHERE client_id IN (2, 3) ORDER BY 1;
SELECT count(*) FROM winback.event;
-- A question that is of kind nps no more, and is again: the answer is what it was, until it is given anew.
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 5);
UPDATE winback.script_node SET kind = 'score' WHERE (script, node) = ('nps', 'recommend');
SELECT kind, (SELECT count(*) FROM winback.event) AS events FROM winback.survey_answer WHERE client_id = 3;
UPDATE winback.survey_answer SET score = 4 WHERE client_id = 3 RETURNING kind;
SELECT client_id, status, (SELECT count(*) FROM winback.event) AS events FROM winback.clients WHERE client_id = 3;
UPDATE winback.script_node SET kind = 'nps' WHERE (script, node) = ('nps', 'recommend');
UPDATE winback.survey_answer SET score = 5 WHERE client_id = 3 RETURNING kind;
SELECT client_id, status, (SELECT count(*) FROM winback.event) AS events FROM winback.clients WHERE client_id = 3;
DELETE FROM winback.survey_answer WHERE kind = 'nps';
SELECT * FROM winback.verify();

-- Asked again and again outside of tasks: each answer to the first question begins anew.
INSERT INTO winback.survey_answer (client_id, script, node, score, said) VALUES (3, 'nps', 'recommend', 8, NULL),
    (3, 'nps', 'reason', NULL, 'good cake');
SELECT node FROM winback.survey_next(3, 'nps');
SET winback.as_of = '2024-07-01 00:30:00+00';
SELECT node FROM winback.survey_next(3, 'nps', since => winback.now() - interval '3 months');
SELECT node FROM winback.survey_next(3, 'nps', since => winback.now() - interval '1 day');
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 10);
SELECT node FROM winback.survey_next(3, 'nps');
-- In a task the script is the one of the answers that are there.
INSERT INTO winback.task (client_id, kind) VALUES (3, 'other') RETURNING task_id AS nps_task \gset
INSERT INTO winback.survey_answer (task_id, script, node, score) VALUES (:nps_task, 'nps', 'recommend', 7);
SELECT node FROM winback.answer(:nps_task, 3, node => 'recommend');
SELECT node FROM winback.answer(:nps_task, 'very good', node => 'recommend');
SELECT node FROM winback.answer(:nps_task, 7.5, node => 'recommend');
SELECT node FROM winback.answer(:nps_task, 10::numeric, node => 'recommend');
SELECT node FROM winback.survey_next(3, 'nps');
SELECT value FROM winback.event ORDER BY event_id;
TRUNCATE winback.survey_answer;
SELECT count(*) FROM winback.event;

--
-- A script of one's own, in one transaction and any order: branches, a choice, a score.
--
BEGIN;
INSERT INTO winback.script (script, title) VALUES ('visit', 'After a visit');
INSERT INTO winback.script_node (script, node, position, kind, question) VALUES
    ('visit', 'bought', 10, 'choice', 'Did you buy?'), ('visit', 'rating', 20, 'score', 'How was it, from 1 to 5?'),
    ('visit', 'what', 30, 'several', 'What was wrong?'), ('visit', 'why', 40, 'text', 'Why not?');
INSERT INTO winback.script_answer (script, node, answer, position, title, at_least, at_most, next) VALUES
    ('visit', 'bought', 'yes', 1, 'Yes', NULL, NULL, 'rating'), ('visit', 'bought', 'no', 2, 'No', NULL, NULL, 'why'),
    ('visit', 'rating', 'bad', 1, 'Bad', 1, 3, 'what'), ('visit', 'rating', 'good', 2, 'Good', 4, 5, NULL),
    ('visit', 'what', 'seller', 1, 'The seller', NULL, NULL, 'why'),
    ('visit', 'what', 'wait', 2, 'The waiting', NULL, NULL, NULL),
    ('visit', 'why', 'said', 1, 'Text', NULL, NULL, NULL);
COMMIT;
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES (1, 'visit', 'bought', '{yes,no}');
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES (1, 'visit', 'bought', '{yes}');
SELECT node, jsonb_path_query(choices, '$[*]') AS choice FROM winback.survey_next(1, 'visit');
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (1, 'visit', 'rating', 4);
SELECT node FROM winback.survey_next(1, 'visit');
UPDATE winback.survey_answer SET score = 1.0 WHERE node = 'rating' RETURNING score;
SELECT node FROM winback.survey_next(1, 'visit');
-- Of several the one further up says where they lead.
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES (1, 'visit', 'what', '{wait}');
SELECT node FROM winback.survey_next(1, 'visit');
UPDATE winback.survey_answer SET answers = '{wait,seller}' WHERE node = 'what' RETURNING answers, titles;
SELECT node FROM winback.survey_next(1, 'visit');
-- Back at the first question another branch is taken; what was answered on the old one does not lead any more.
UPDATE winback.survey_answer SET answers = '{no}' WHERE node = 'bought';
SELECT node FROM winback.survey_next(1, 'visit');

--
-- What a script must not be, said at commit with the question's name.
--
INSERT INTO winback.script (script, title) VALUES ('empty', 'No questions');
INSERT INTO winback.script_node VALUES ('visit', 'lonely', 50, 'choice', 'Anybody there?');
INSERT INTO winback.script_answer VALUES ('visit', 'why', 'more', 2, 'More', NULL, NULL, NULL);
INSERT INTO winback.script_answer VALUES ('visit', 'bought', 'maybe', 3, 'Perhaps', NULL, NULL, 'later');
INSERT INTO winback.script_answer VALUES ('visit', 'bought', 'maybe', 3, 'Perhaps', 1, 2, 'why');
INSERT INTO winback.script_answer VALUES ('visit', 'bought', 'maybe', 3, 'Perhaps', 2, 1, 'why');
INSERT INTO winback.script_answer VALUES ('visit', 'rating', 'superb', 3, 'Superb', NULL, NULL, NULL);
INSERT INTO winback.script_answer VALUES ('visit', 'rating', 'superb', 3, 'Superb', 5, 9, NULL);
INSERT INTO winback.script_answer VALUES ('visit', 'rating', 'superb', 3, 'Superb', 7, 9, NULL);
UPDATE winback.script_answer SET next = 'bought' WHERE (script, node) = ('visit', 'why');
UPDATE winback.script_answer SET next = 'why' WHERE (script, node) = ('visit', 'why');
UPDATE winback.script_answer SET next = NULL WHERE (script, node, answer) = ('visit', 'rating', 'bad');
UPDATE winback.script_answer SET next = 'recommend' WHERE (script, node, answer) = ('visit', 'rating', 'bad');
DELETE FROM winback.script_node WHERE node = 'what';
DELETE FROM winback.script_answer WHERE (script, node) = ('visit', 'why');
UPDATE winback.script_answer SET at_most = 9 WHERE (script, node, answer) = ('nps', 'recommend', 'passive');
UPDATE winback.script_answer SET at_most = 100 WHERE (script, node, answer) = ('nps', 'recommend', 'promoter');
UPDATE winback.script_node SET kind = 'nps' WHERE (script, node) = ('visit', 'rating');
UPDATE winback.script_node SET kind = 'text' WHERE (script, node) = ('visit', 'rating');
UPDATE winback.script_node SET kind = 'guess' WHERE (script, node) = ('visit', 'rating');
TRUNCATE winback.script_answer;
-- Another first question: by it alone the others are not reached.
UPDATE winback.script_node SET position = 5 WHERE (script, node) = ('visit', 'why');
-- One that is not enabled may be anything; nobody is asked by it.
BEGIN;
INSERT INTO winback.script (script, title, enabled) VALUES ('draft', 'Half written', false);
INSERT INTO winback.script_node VALUES ('draft', 'a', 1, 'choice', 'A?'), ('draft', 'b', 2, 'choice', 'B?');
INSERT INTO winback.script_answer VALUES ('draft', 'a', 'to b', 1, 'B', NULL, NULL, 'b'),
    ('draft', 'b', 'to a', 1, 'A', NULL, NULL, 'a');
COMMIT;
SELECT * FROM winback.survey_next(1, 'draft');
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES (1, 'draft', 'a', '{to b}');
UPDATE winback.script SET enabled = true WHERE script = 'draft';
-- Not yet refused, and no endless walk.
BEGIN;
UPDATE winback.script SET enabled = true WHERE script = 'draft';
INSERT INTO winback.survey_answer (client_id, script, node, answers)
VALUES (1, 'draft', 'a', '{to b}'), (1, 'draft', 'b', '{to a}');
SELECT * FROM winback.survey_next(1, 'draft');
COMMIT;
DELETE FROM winback.script WHERE script = 'draft';
SELECT * FROM winback.survey_next(1, 'draft');

--
-- Scripts change, history does not.
--
SELECT node, question, words FROM winback.survey_answers ORDER BY answer_id;
BEGIN;
UPDATE winback.script_node SET question = 'Have you bought?' WHERE (script, node) = ('visit', 'bought');
UPDATE winback.script_answer SET answer = 'nothing', title = 'Nothing'
 WHERE (script, node, answer) = ('visit', 'bought', 'no');
UPDATE winback.script_answer SET next = NULL WHERE (script, node, answer) = ('visit', 'rating', 'bad');
DELETE FROM winback.script_node WHERE (script, node) = ('visit', 'what');
COMMIT;
SELECT node, question, words FROM winback.survey_answers ORDER BY answer_id;
-- What the script does not know any more is asked again; what is not asked any more cannot be corrected, but noted on.
SELECT node FROM winback.survey_next(1, 'visit');
UPDATE winback.survey_answer SET answers = '{seller}' WHERE node = 'what';
UPDATE winback.survey_answer SET note = 'he was new' WHERE node = 'what';
UPDATE winback.survey_answer SET answers = '{nothing}' WHERE node = 'bought' RETURNING question, titles;
DELETE FROM winback.script WHERE script = 'visit';
SELECT node, question, words, note FROM winback.survey_answers ORDER BY answer_id;

--
-- In figures: by question, answer and month of the policy's time zone.
--
SET winback.as_of = '2024-06-30 23:30:00+00';
UPDATE winback.policy SET timezone = 'Europe/Berlin';
INSERT INTO winback.survey_answer (client_id, script, node, answers)
VALUES (1, 'return_survey', 'better', '{price,managers}'), (2, 'return_survey', 'better', '{price}'),
       (2, 'return_survey', 'better', '{price}');
INSERT INTO winback.survey_answer (client_id, script, node, score)
VALUES (1, 'nps', 'recommend', 9), (2, 'nps', 'recommend', 10), (3, 'nps', 'recommend', 7);
INSERT INTO winback.survey_answer (client_id, script, node, score, answered_at)
VALUES (2, 'nps', 'recommend', 10, '2024-05-31 21:59:59+00'), (2, 'nps', 'recommend', 9, '2024-05-31 22:00:00+00');
SELECT script, node, kind, answer, title, month, times_given, clients, round(mean_score, 2) AS mean
  FROM winback.survey_results ORDER BY script, node, answer, month;

--
-- Clients that are merged, and a client that is forgotten.
--
SELECT winback.merge_clients(2, 1);
SELECT client_id, node, words FROM winback.survey_answers WHERE script = 'nps' ORDER BY answer_id;
SELECT clients FROM winback.survey_results WHERE node = 'better' AND answer = 'price';
SELECT what, detail FROM winback.life_cycle WHERE client_id = 1 AND what IN ('answer', 'nps') ORDER BY position;
-- The latest by its date: what is known of earlier years may come later.
SELECT node FROM winback.survey_next(2, 'nps');
INSERT INTO winback.survey_answer (client_id, script, node, said) VALUES (1, 'nps', 'reason', 'the gift');
SELECT count(*) FROM winback.survey_next(2, 'nps');
INSERT INTO winback.survey_answer (client_id, task_id, script, node, said)
VALUES (1, :other_task, 'return_survey', 'liked', 'that I am one') RETURNING client_id;
UPDATE winback.survey_answer SET client_id = 3 WHERE task_id = :other_task;
SELECT winback.unmerge_client(2);
DELETE FROM purchase WHERE client = 1;
SELECT winback.erase_client(1);
SELECT client_id, node, words FROM winback.survey_answers ORDER BY answer_id;
SELECT client_id, value FROM winback.event ORDER BY event_id;
INSERT INTO winback.survey_answer (task_id, script, node, said) VALUES (:task, 'return_survey', 'liked', 'all');
-- A client of whom there is an answer and no more.
INSERT INTO winback.survey_answer (client_id, script, node, said) VALUES (9, 'return_survey', 'liked', 'all');
SELECT winback.erase_client(9);
SELECT count(*) FROM winback.survey_answer WHERE client_id = 9;
SELECT * FROM winback.verify();

--
-- Who may what: readers read, agents answer, administrators write scripts.
--
CREATE ROLE regress_winback_survey_reader;
CREATE ROLE regress_winback_survey_agent;
CREATE ROLE regress_winback_survey_admin;
SELECT winback.grant_reader('regress_winback_survey_reader');
SELECT winback.grant_agent('regress_winback_survey_agent');
SELECT winback.grant_admin('regress_winback_survey_admin');
SET winback.as_of = '2024-07-02 09:00:00+00';
SET ROLE regress_winback_survey_reader;
SELECT t.node, c.node AS of_client FROM winback.survey_next(:nps_task) t, winback.survey_next(3, 'nps') c;
SELECT count(*) FROM winback.survey_answers, winback.survey_results;
SELECT winback.answer(:nps_task, 'all');
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 7);
SET ROLE regress_winback_survey_agent;
SELECT node FROM winback.answer(:nps_task, 'all');
SELECT node FROM winback.answer(:nps_task, 'nearly all', node => 'liked');
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES (3, 'nps', 'recommend', 2);
UPDATE winback.survey_answer SET score = 3 WHERE score = 2;
INSERT INTO winback.survey_answer (client_id, script, node, score, answered_by)
VALUES (3, 'nps', 'recommend', 2, 'him');
UPDATE winback.survey_answer SET client_id = 2 WHERE score = 3;
DELETE FROM winback.survey_answer;
UPDATE winback.script_node SET question = '?';
RESET ROLE;
SELECT node, words, answered_by FROM winback.survey_answers WHERE answered_by LIKE 'regress%' ORDER BY answer_id;
SELECT value, recorded_by FROM winback.event WHERE recorded_by LIKE 'regress%';
SELECT winback.status(3);
SET ROLE regress_winback_survey_admin;
UPDATE winback.script_node SET question = question || '!' WHERE (script, node) = ('nps', 'reason');
DELETE FROM winback.survey_answer WHERE score = 3;
RESET ROLE;
SELECT winback.status(3);

-- Made anew, the triggers hold as before. Every column says what it is.
SELECT winback.init(NULL);
DELETE FROM winback.script_answer WHERE script = 'nps';
SELECT c.oid::regclass, a.attname
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid IN ('winback.script'::regclass, 'winback.script_node'::regclass, 'winback.script_answer'::regclass,
                 'winback.survey_answer'::regclass, 'winback.survey_answers'::regclass,
                 'winback.survey_results'::regclass)
   AND col_description(c.oid, a.attnum) IS NULL;
SELECT * FROM winback.verify();
DROP SCHEMA winback CASCADE;
DROP TABLE purchase;
DROP ROLE regress_winback_survey_reader, regress_winback_survey_agent, regress_winback_survey_admin;
