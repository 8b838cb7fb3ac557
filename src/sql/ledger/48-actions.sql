-- Which kinds of action fit whom: what winback.suggest_actions knows beforehand, for the user to refine.

CREATE TABLE winback.action_fit (
    kind   text NOT NULL REFERENCES winback.task_kind ON UPDATE CASCADE ON DELETE CASCADE,
    cause  text REFERENCES winback.cause ON UPDATE CASCADE ON DELETE CASCADE,
    script text,
    node   text,
    answer text,
    points numeric NOT NULL CHECK (points BETWEEN -10 AND 10),
    UNIQUE NULLS NOT DISTINCT (kind, cause, script, node, answer),
    CHECK (num_nonnulls(script, node, answer) = CASE WHEN cause IS NULL THEN 3 ELSE 0 END)
);
COMMENT ON TABLE winback.action_fit IS
    'how well kinds of action fit causes and answers: each row is about a cause, or about an answer of a script';
COMMENT ON COLUMN winback.action_fit.kind IS 'the kind of action, a row of winback.task_kind';
COMMENT ON COLUMN winback.action_fit.cause IS
    'of clients lost for this cause, or for a case of it that has no row for the kind; null: an answer is meant';
COMMENT ON COLUMN winback.action_fit.script IS 'of clients that gave an answer: the script; null: a cause is meant';
COMMENT ON COLUMN winback.action_fit.node IS 'the question of that script';
COMMENT ON COLUMN winback.action_fit.answer IS 'the answer to that question, among others perhaps';
COMMENT ON COLUMN winback.action_fit.points IS
    'above 0: it fits, below 0: it rarely does; 1 point makes the kind count twice as much as one without points';

INSERT INTO winback.action_fit (kind, cause, points) VALUES
    ('guarantee',     'pushed_away',      2),
    ('meeting',       'pushed_away',      1),
    ('video_message', 'manager_changed',  1),
    ('special_offer', 'pulled_away',      2),
    ('new_products',  'pulled_away',      1),
    ('special_offer', 'bought_away',      2),
    ('letter',        'moved_away',       2),
    ('video_message', 'moved_away',       1),
    ('meeting',       'moved_away',      -0.5),
    ('new_products',  'need_ended',       2),
    ('gift',          'need_ended',       1),
    ('special_offer', 'money_trouble',    2),
    ('new_products',  'money_trouble',   -0.5),
    ('gift',          'money_trouble',    0),
    ('letter',        'other',            1);
INSERT INTO winback.action_fit (kind, script, node, answer, points) VALUES
    ('special_offer', 'return_survey', 'better', 'price',      2),
    ('guarantee',     'return_survey', 'better', 'goods',      2),
    ('new_products',  'return_survey', 'better', 'goods',      1),
    ('new_products',  'return_survey', 'better', 'assortment', 2),
    ('special_offer', 'return_survey', 'better', 'services',   1),
    ('gift',          'return_survey', 'better', 'services',   1),
    ('meeting',       'return_survey', 'better', 'managers',   2),
    ('guarantee',     'return_survey', 'better', 'managers',   1),
    ('video_message', 'return_survey', 'better', 'managers',   1);
