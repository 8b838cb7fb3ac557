-- Why clients left: the list of causes, and what has been stated of a client's loss.

CREATE TABLE winback.cause (
    cause            text PRIMARY KEY CHECK (cause <> ''),
    parent           text REFERENCES winback.cause ON UPDATE CASCADE CHECK (parent <> cause),
    title            text NOT NULL,
    names_competitor boolean NOT NULL DEFAULT false,
    fixed_on         date CHECK (isfinite(fixed_on)),
    enabled          boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE winback.cause IS
    'why clients leave: a tree to be refined; each cause belongs to a wider one, of which those that belong to none '
    'say how a client went: pushed, pulled, bought or moved away, or its need ended';
COMMENT ON COLUMN winback.cause.cause IS 'name of the cause';
COMMENT ON COLUMN winback.cause.parent IS 'the wider cause that it is a case of; null: none';
COMMENT ON COLUMN winback.cause.title IS 'what managers read';
COMMENT ON COLUMN winback.cause.names_competitor IS 'whoever states it also says to which competitor the client went';
COMMENT ON COLUMN winback.cause.fixed_on IS
    'the day on which the company has done away with it; null: not yet. Set on a new day when that comes to light';
COMMENT ON COLUMN winback.cause.enabled IS 'may be stated of a loss';

INSERT INTO winback.cause (cause, parent, title, names_competitor) VALUES
    ('pushed_away', NULL, 'Pushed away', false),
    ('pulled_away', NULL, 'Pulled away', false),
    ('bought_away', NULL, 'Bought away', false),
    ('moved_away',  NULL, 'Moved away', false),
    ('need_ended',  NULL, 'Need ended', false),
    ('product_quality',   'pushed_away', 'Product quality', false),
    ('service',           'pushed_away', 'Service', false),
    ('conflict',          'pushed_away', 'Conflict with the company', false),
    ('manager_changed',   'pushed_away', 'Manager changed, theirs or ours', false),
    ('competitor',        'pulled_away', 'Went to a competitor', true),
    ('price',             'bought_away', 'Price', false),
    ('moved_city',        'moved_away',  'Moved to another city', false),
    ('business_changed',  'need_ended',  'Changed or left the business', false),
    ('one_time_purchase', 'need_ended',  'Finished a one-time purchase', false),
    ('money_trouble',     'need_ended',  'Own money trouble', false),
    ('other',             NULL,          'Other', false);

-- A statement holds of the loss that was under way at `about`: facts that come late move a loss, or part it in two, and
-- what was said of it goes with it.
CREATE TABLE winback.loss_cause (
    statement_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    client_id        @client_type@,
    about            timestamptz NOT NULL CHECK (isfinite(about)),
    cause            text NOT NULL REFERENCES winback.cause ON UPDATE CASCADE,
    competitor       text,
    competitor_offer text,
    note             text,
    stated_at        timestamptz NOT NULL,
    stated_by        text,
    task_id          bigint
);
CREATE INDEX loss_cause_client ON winback.loss_cause (client_id, about);
COMMENT ON TABLE winback.loss_cause IS
    'what was stated of why a client was lost; the last statement about a loss is its cause in winback.loss';
COMMENT ON COLUMN winback.loss_cause.client_id IS 'the client; null: it has been erased';
COMMENT ON COLUMN winback.loss_cause.about IS
    'an instant of the loss that is meant (left out: the last one); kept as late within that loss as can be';
COMMENT ON COLUMN winback.loss_cause.cause IS 'the cause';
COMMENT ON COLUMN winback.loss_cause.competitor IS 'the competitor to whom the client went';
COMMENT ON COLUMN winback.loss_cause.competitor_offer IS 'what that competitor offers';
COMMENT ON COLUMN winback.loss_cause.note IS 'free text';
COMMENT ON COLUMN winback.loss_cause.stated_at IS 'when it was stated, by the clock';
COMMENT ON COLUMN winback.loss_cause.stated_by IS 'the role that stated it; null: winback itself';
COMMENT ON COLUMN winback.loss_cause.task_id IS
    'the task of a playbook that found it out; null: it was stated otherwise';
