-- What the user sets: policy, rules, interaction statuses, working days.

CREATE TABLE winback.ledger (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    version     text NOT NULL,
    client_type regtype NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE winback.ledger IS 'one row: the version that made this ledger, and the type of its client keys';
COMMENT ON COLUMN winback.ledger.version IS 'version of winback whose layout this ledger has';
COMMENT ON COLUMN winback.ledger.client_type IS 'type of client_id in every table and view';

CREATE TABLE winback.policy (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    timezone        text NOT NULL CHECK ((timestamptz '2000-01-01 00:00:00+00' AT TIME ZONE timezone) IS NOT NULL),
    contact_seconds numeric NOT NULL DEFAULT 20 CHECK (contact_seconds >= 0 AND contact_seconds < 'Infinity'),
    value_period    interval DEFAULT '12 months'
                    CHECK (value_period > interval '0' AND value_period <= interval '100 years'),
    abc_a           numeric NOT NULL DEFAULT 0.80 CHECK (abc_a > 0),
    abc_b           numeric NOT NULL DEFAULT 0.95 CHECK (abc_b <= 1),
    working_days    int[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}'
                    CHECK (working_days <@ '{1,2,3,4,5,6,7}' AND cardinality(working_days) > 0),
    quiet_from      time,
    quiet_to        time,
    snooze_limit    int NOT NULL DEFAULT 3 CHECK (snooze_limit >= 0),
    snooze_days     int NOT NULL DEFAULT 14 CHECK (snooze_days BETWEEN 1 AND 3650),
    overdue_days    int NOT NULL DEFAULT 3 CHECK (overdue_days BETWEEN 1 AND 3650),
    overdue_again_days int DEFAULT 7 CHECK (overdue_again_days BETWEEN 1 AND 3650),
    cost_per_lead   numeric CHECK (cost_per_lead >= 0 AND cost_per_lead < 'Infinity'),
    lift_after      interval NOT NULL DEFAULT '3 months'
                    CHECK (lift_after > interval '0' AND lift_after <= interval '10 years'),
    lift_effect     numeric NOT NULL DEFAULT 0.15 CHECK (lift_effect BETWEEN 0.01 AND 0.5),
    margin          double precision NOT NULL DEFAULT 1 CHECK (margin > 0 AND margin <= 1),
    discount_rate   double precision NOT NULL DEFAULT 0.1 CHECK (discount_rate >= 0 AND discount_rate <= 10),
    horizon         interval NOT NULL DEFAULT '12 months'
                    CHECK (horizon >= interval '1 day' AND horizon <= interval '100 years'),
    refit_growth    numeric DEFAULT 0.1 CHECK (refit_growth >= 0 AND refit_growth < 'Infinity'),
    CHECK (abc_a <= abc_b),
    CONSTRAINT quiet_hours CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)
                                  AND quiet_to - quiet_from NOT IN (interval '0', interval '24 hours'))
);
COMMENT ON TABLE winback.policy IS 'one row of knobs; change it with UPDATE';
COMMENT ON COLUMN winback.policy.timezone IS 'time zone of days, months and of timestamps without one';
COMMENT ON COLUMN winback.policy.contact_seconds IS 'a call of more than this many seconds is a contact';
COMMENT ON COLUMN winback.policy.value_period IS
    'revenue later than the last purchase minus this is period_revenue; null: all time';
COMMENT ON COLUMN winback.policy.abc_a IS 'clients are A while the share of revenue before them is under this';
COMMENT ON COLUMN winback.policy.abc_b IS 'clients are B while the share of revenue before them is under this';
COMMENT ON COLUMN winback.policy.margin IS 'share of revenue that is margin, for winback.clv() and winback.let_go';
COMMENT ON COLUMN winback.policy.discount_rate IS
    'by how much money of a year later is worth less, for winback.clv(): 0.1 is 10 % a year';
COMMENT ON COLUMN winback.policy.horizon IS 'so far ahead winback.clients.expected_orders and clv look';
COMMENT ON COLUMN winback.policy.refit_growth IS
    'by this share the clients of a fit in force must have grown for winback.refit() to make it anew: 0.1 is 10 %, 0 is '
    'one more; null: never';
COMMENT ON COLUMN winback.policy.working_days IS 'ISO week days (1 Monday to 7 Sunday) on which clients are contacted';
COMMENT ON COLUMN winback.policy.quiet_from IS
    'from this time of the day on clients are not called, in policy.timezone; may be later than quiet_to: over '
    'midnight. Null: there are no quiet hours';
COMMENT ON COLUMN winback.policy.quiet_to IS 'from this time on they are called again';
COMMENT ON COLUMN winback.policy.snooze_limit IS 'a task may be put off so many times';
COMMENT ON COLUMN winback.policy.snooze_days IS 'a task may be put off to a day at most so many days ahead';
COMMENT ON COLUMN winback.policy.overdue_days IS
    'a task that is overdue by so many days is shown in winback.overdue_tasks and noticed';
COMMENT ON COLUMN winback.policy.overdue_again_days IS
    'and noticed again each time that so many more have passed; null: not again';
COMMENT ON COLUMN winback.policy.cost_per_lead IS
    'what a new client costs, in the currency of the orders, beside what one that is won back costs; null: not known';
COMMENT ON COLUMN winback.policy.lift_after IS
    'so long after a client entered a playbook winback.lift looks whether it has bought, and the process counts in '
    'winback.action_results and return_results';
COMMENT ON COLUMN winback.policy.lift_effect IS
    'the difference of the shares that come back which winback.lift is to find: the smaller, the more clients it needs';

CREATE TABLE winback.rule (
    rule      text PRIMARY KEY,
    position  int NOT NULL UNIQUE DEFERRABLE,
    status    text NOT NULL CHECK (status IN ('at_risk', 'lost')),
    enabled   boolean NOT NULL,
    after     interval CHECK (after > interval '0' AND after <= interval '100 years'),
    factor    double precision CHECK (factor > 0 AND factor <= 100),
    floor     interval CHECK (floor >= interval '0' AND floor <= interval '100 years'),
    ceiling   interval CHECK (ceiling > interval '0' AND ceiling <= interval '100 years'),
    at_most   numeric CHECK (at_most >= 0 AND at_most < 'Infinity'),
    more_than int CHECK (more_than >= 0),
    threshold double precision CHECK (threshold > 0 AND threshold < 1),
    fit_id    bigint CHECK (fit_id IS NULL OR rule = 'model'),
    CHECK (floor IS NULL OR ceiling IS NULL OR floor <= ceiling)
);
COMMENT ON TABLE winback.rule IS
    'when a client is at risk or lost; the earliest enabled rule to fire wins, at a tie the one with the smaller '
    'position; change it with UPDATE. A rule that lacks what it goes by (after, factor, threshold: null) never fires';
COMMENT ON COLUMN winback.rule.position IS 'place in the list, which decides between rules that fire at one instant';
COMMENT ON COLUMN winback.rule.after IS 'length of silence (usage_drop: of the time whose use is compared)';
COMMENT ON COLUMN winback.rule.factor IS
    'multiple of the client''s mean gap between purchase days (usage_drop: share of the usage before)';
COMMENT ON COLUMN winback.rule.floor IS 'own_cadence: never earlier than this after the last purchase';
COMMENT ON COLUMN winback.rule.ceiling IS 'own_cadence: never later than this after the last purchase';
COMMENT ON COLUMN winback.rule.at_most IS 'detractor: the highest score that counts as bad';
COMMENT ON COLUMN winback.rule.more_than IS 'fruitless: this many inquiries are still fine';
COMMENT ON COLUMN winback.rule.threshold IS 'model: the P(alive) at which a client is lost';
COMMENT ON COLUMN winback.rule.fit_id IS
    'model: the fit of winback.model_fit by which clients are judged and scored; winback.fit() puts a newer one of the '
    'same model there';

INSERT INTO winback.rule (rule, position, status, enabled, after, factor, floor, ceiling, at_most, more_than, threshold)
VALUES
    ('silence',          1, 'lost',    true,  '3 months', NULL, NULL, NULL, NULL, NULL, NULL),
    ('slowing',          2, 'at_risk', true,  '2 months', 1.5,  NULL, NULL, NULL, NULL, NULL),
    ('detractor',        3, 'lost',    true,  NULL, NULL, NULL, NULL, 6,    NULL, NULL),
    ('conflict',         4, 'lost',    true,  NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('fruitless',        5, 'lost',    true,  NULL, NULL, NULL, NULL, NULL, 3,    NULL),
    ('unanswered_offer', 6, 'lost',    true,  '3 months', NULL, NULL, NULL, NULL, NULL, NULL),
    ('own_cadence',      7, 'lost',    false, NULL, 3, '1 month', '1 year', NULL, NULL, NULL),
    ('model',            8, 'lost',    false, NULL, NULL, NULL, NULL, NULL, NULL, 0.2),
    ('usage_drop',       9, 'at_risk', false, '1 month', 0.5, NULL, NULL, NULL, NULL, NULL);

-- A change of a rule acts from that moment on, so the rules of every moment are kept: a client's past is
-- replayed by the rules of its time.
CREATE TABLE winback.rule_history (
    valid_from timestamptz NOT NULL,
    LIKE winback.rule,
    PRIMARY KEY (valid_from, rule)
);
COMMENT ON TABLE winback.rule_history IS
    'the rules as they stood from each moment on; written by winback when winback.rule changes';
INSERT INTO winback.rule_history SELECT '-infinity', r.* FROM winback.rule r;

CREATE TABLE winback.interaction_status (
    name          text PRIMARY KEY,
    contact_every interval NOT NULL CHECK (contact_every > interval '0' AND contact_every <= interval '100 years')
);
COMMENT ON TABLE winback.interaction_status IS
    'how a client is to be approached; a client starts warm, a complaint makes it cold, the next purchase warm';
COMMENT ON COLUMN winback.interaction_status.contact_every IS
    'a lost client is contacted again this long after its last contact';
INSERT INTO winback.interaction_status VALUES ('warm', '14 days'), ('cold', '30 days');

CREATE TABLE winback.calendar (
    day     date PRIMARY KEY,
    working boolean NOT NULL DEFAULT false,
    note    text
);
COMMENT ON TABLE winback.calendar IS
    'days that differ from policy.working_days: holidays (working false) and extra working days (true); none shipped, '
    'so every day works';
