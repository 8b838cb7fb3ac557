-- Scripts of questions for those who call clients, and what clients answered.
--
-- An answer keeps the question as it was asked and its choices as they were titled, and refers to no script: a script
-- may be changed or removed at any time, and history stays what it was.

CREATE TABLE winback.script (
    script  text PRIMARY KEY CHECK (btrim(script) <> ''),
    title   text NOT NULL,
    enabled boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE winback.script IS
    'surveys: scripts of questions, each with its answers and where they lead; an enabled one is checked at commit';
COMMENT ON COLUMN winback.script.script IS 'name of the script';
COMMENT ON COLUMN winback.script.title IS 'what it is for';
COMMENT ON COLUMN winback.script.enabled IS 'false: nobody is asked by it, and it may be half written';

CREATE TABLE winback.script_node (
    script   text NOT NULL REFERENCES winback.script ON DELETE CASCADE,
    node     text NOT NULL CHECK (btrim(node) <> ''),
    position int NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('text', 'choice', 'several', 'score', 'nps')),
    question text NOT NULL CHECK (btrim(question) <> ''),
    PRIMARY KEY (script, node),
    UNIQUE (script, position) DEFERRABLE
);
COMMENT ON TABLE winback.script_node IS 'the questions of a script';
COMMENT ON COLUMN winback.script_node.script IS 'the script it belongs to';
COMMENT ON COLUMN winback.script_node.node IS 'name of the question';
COMMENT ON COLUMN winback.script_node.position IS
    'place in lists; the question with the least is asked first, from there on answers lead';
COMMENT ON COLUMN winback.script_node.kind IS
    'text: any words; choice: one of its answers; several: one or more of them; score: a whole number; '
    'nps: a score from 0 to 10, which becomes an event nps of the client';
COMMENT ON COLUMN winback.script_node.question IS 'what is asked, in the words of the one who asks';

CREATE TABLE winback.script_answer (
    script   text NOT NULL,
    node     text NOT NULL,
    answer   text NOT NULL CHECK (btrim(answer) <> ''),
    position int NOT NULL,
    title    text NOT NULL,
    at_least int,
    at_most  int,
    next     text,
    PRIMARY KEY (script, node, answer),
    UNIQUE (script, node, position) DEFERRABLE,
    FOREIGN KEY (script, node) REFERENCES winback.script_node ON DELETE CASCADE,
    CHECK ((at_least IS NULL) = (at_most IS NULL)),
    CHECK (at_least <= at_most)
);
COMMENT ON TABLE winback.script_answer IS
    'the answers to a question and where they lead: the choices; of a score its ranges; of a text one row for any text';
COMMENT ON COLUMN winback.script_answer.script IS 'the script';
COMMENT ON COLUMN winback.script_answer.node IS 'the question';
COMMENT ON COLUMN winback.script_answer.answer IS 'name of the answer';
COMMENT ON COLUMN winback.script_answer.position IS
    'place in lists; where several are chosen the one with the least says where they lead';
COMMENT ON COLUMN winback.script_answer.title IS 'the answer in words';
COMMENT ON COLUMN winback.script_answer.at_least IS 'of scores: the lowest of this range; null: no score';
COMMENT ON COLUMN winback.script_answer.at_most IS 'of scores: the highest of this range; null: no score';
COMMENT ON COLUMN winback.script_answer.next IS 'the question that comes next, of the same script; null: the end';

INSERT INTO winback.script (script, title) VALUES
    ('return_survey', 'Three questions to a client that has left'),
    ('nps', 'Would the client recommend us?');
INSERT INTO winback.script_node (script, node, position, kind, question) VALUES
    ('return_survey', 'liked',     1, 'text',    'What did you like about working with us?'),
    ('return_survey', 'disliked',  2, 'text',    'What did you not like?'),
    ('return_survey', 'better',    3, 'several', 'What should be better?'),
    ('nps',           'recommend', 1, 'nps',
     'How likely are you to recommend us to a friend or colleague, from 0 (not at all) to 10 (certainly)?'),
    ('nps',           'reason',    2, 'text',    'What is the main reason for your score?');
INSERT INTO winback.script_answer (script, node, answer, position, title, at_least, at_most, next) VALUES
    ('return_survey', 'liked',     'said',       1, 'Any answer',                    NULL, NULL, 'disliked'),
    ('return_survey', 'disliked',  'said',       1, 'Any answer',                    NULL, NULL, 'better'),
    ('return_survey', 'better',    'price',      1, 'Price',                         NULL, NULL, NULL),
    ('return_survey', 'better',    'goods',      2, 'The goods themselves',          NULL, NULL, NULL),
    ('return_survey', 'better',    'assortment', 3, 'Assortment',                    NULL, NULL, NULL),
    ('return_survey', 'better',    'services',   4, 'Extra services',                NULL, NULL, NULL),
    ('return_survey', 'better',    'managers',   5, 'The service of the managers',   NULL, NULL, NULL),
    ('nps',           'recommend', 'detractor',  1, 'Detractor',                     0,    6,    'reason'),
    ('nps',           'recommend', 'passive',    2, 'Passive',                       7,    8,    'reason'),
    ('nps',           'recommend', 'promoter',   3, 'Promoter',                      9,    10,   'reason'),
    ('nps',           'reason',    'said',       1, 'Any answer',                    NULL, NULL, NULL);

CREATE TABLE winback.survey_answer (
    answer_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    client_id   @client_type@ NOT NULL,
    task_id     bigint,
    script      text NOT NULL,
    node        text NOT NULL,
    question    text NOT NULL,
    kind        text NOT NULL,
    answers     text[] NOT NULL,
    titles      text[] NOT NULL,
    score       numeric,
    said        text,
    note        text,
    answered_at timestamptz NOT NULL CHECK (isfinite(answered_at)),
    answered_by text NOT NULL DEFAULT current_user
);
CREATE INDEX survey_answer_client ON winback.survey_answer (client_id, script);
CREATE UNIQUE INDEX one_answer_a_question ON winback.survey_answer (task_id, script, node) WHERE task_id IS NOT NULL;
COMMENT ON TABLE winback.survey_answer IS
    'what clients answered, one row a question: give client_id or task_id, script, node, and answers, score or said';
COMMENT ON COLUMN winback.survey_answer.answer_id IS 'number of the answer';
COMMENT ON COLUMN winback.survey_answer.client_id IS 'the client; left out where a task is named: the client of that';
COMMENT ON COLUMN winback.survey_answer.task_id IS
    'the task in which the client was asked; a question has one answer in a task. Null: outside of any task';
COMMENT ON COLUMN winback.survey_answer.script IS 'the script asked by';
COMMENT ON COLUMN winback.survey_answer.node IS 'the question of that script';
COMMENT ON COLUMN winback.survey_answer.question IS 'the question as it was asked; filled in by winback';
COMMENT ON COLUMN winback.survey_answer.kind IS 'kind of the question as it was asked; filled in by winback';
COMMENT ON COLUMN winback.survey_answer.answers IS
    'choice, several: the chosen answers; else filled in by winback: the range of the score, or the one row of a text';
COMMENT ON COLUMN winback.survey_answer.titles IS 'titles of answers as they were then; filled in by winback';
COMMENT ON COLUMN winback.survey_answer.score IS 'score, nps: the score, a whole number';
COMMENT ON COLUMN winback.survey_answer.said IS 'text: the words of the client';
COMMENT ON COLUMN winback.survey_answer.note IS 'remark of the one who asked';
COMMENT ON COLUMN winback.survey_answer.answered_at IS 'when the client answered; left out: the clock''s time';
COMMENT ON COLUMN winback.survey_answer.answered_by IS 'the role that recorded the answer';
