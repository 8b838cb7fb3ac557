-- What the figures are computed from and kept in. Variables: key_type, the type of client keys; zone, the time zone.

CREATE SCHEMA figures;

-- Facts as the files and the planting rules give them; a fact is known at instants later than known_from.
CREATE TABLE figures.order_row (client :key_type, at timestamptz, amount numeric, known_from timestamptz);
CREATE TABLE figures.call_row (client :key_type, at timestamptz, seconds numeric, known_from timestamptz);
CREATE TABLE figures.event_row (client :key_type, kind text, at timestamptz, value numeric, note text,
                                known_from timestamptz);
CREATE TABLE figures.person (client :key_type PRIMARY KEY, name text, manager text, channel text, region text,
                             department text, do_not_contact boolean NOT NULL, registered_at timestamptz);
-- Clients of whom no fact is left, but a change of status or a task.
CREATE TABLE figures.remembered (client :key_type);

-- Policy, days, ways of approach and rules, as they are shipped; of each version of the rules, all of them.
CREATE TABLE figures.setting AS
SELECT :'zone'::text AS zone, numeric '20' AS contact_seconds, interval '12 months' AS value_period,
       numeric '0.80' AS abc_a, numeric '0.95' AS abc_b, '{1,2,3,4,5,6,7}'::int[] AS working_days;
CREATE TABLE figures.day (day date PRIMARY KEY, working boolean NOT NULL);
CREATE TABLE figures.approach (name text PRIMARY KEY, contact_every interval NOT NULL);
INSERT INTO figures.approach VALUES ('warm', '14 days'), ('cold', '30 days');
CREATE TABLE figures.rule (valid_from timestamptz, rule text, position int, enabled boolean, after interval,
                           factor double precision, floor interval, ceiling interval, at_most numeric, more_than int,
                           PRIMARY KEY (valid_from, rule));
INSERT INTO figures.rule VALUES
    ('-infinity', 'silence', 1, true, '3 months', NULL, NULL, NULL, NULL, NULL),
    ('-infinity', 'slowing', 2, true, '2 months', 1.5, NULL, NULL, NULL, NULL),
    ('-infinity', 'detractor', 3, true, NULL, NULL, NULL, NULL, 6, NULL),
    ('-infinity', 'conflict', 4, true, NULL, NULL, NULL, NULL, NULL, NULL),
    ('-infinity', 'fruitless', 5, true, NULL, NULL, NULL, NULL, NULL, 3),
    ('-infinity', 'unanswered_offer', 6, true, '3 months', NULL, NULL, NULL, NULL, NULL),
    ('-infinity', 'own_cadence', 7, false, NULL, 3, '1 month', '1 year', NULL, NULL),
    ('-infinity', 'usage_drop', 9, false, '1 month', 0.5, NULL, NULL, NULL, NULL);

-- Calendar arithmetic on local time, in the session's time zone.
CREATE FUNCTION figures.later(at timestamptz, length interval) RETURNS timestamptz
LANGUAGE sql STABLE RETURN (at::timestamp + length)::timestamptz;

-- The open task of a lost client, carried from one instant to the next: it stays as long as its loss does.
CREATE TABLE figures.task (client :key_type PRIMARY KEY, lost_since timestamptz NOT NULL);

-- The figures at the latest instant: the columns of winback.clients.
CREATE TABLE figures.client (
    client_id          :key_type PRIMARY KEY,
    name               text,
    manager            text,
    channel            text,
    region             text,
    department         text,
    do_not_contact     boolean,
    status             text,
    status_since       timestamptz,
    lost_by            text,
    at_risk_at         timestamptz,
    lost_at            timestamptz,
    interaction_status text,
    last_contact_at    timestamptz,
    next_contact_on    date,
    first_order_at     timestamptz,
    last_order_at      timestamptz,
    orders             bigint,
    revenue            numeric,
    period_revenue     numeric,
    unrepeated_revenue numeric,
    purchase_days      int,
    mean_gap           interval,
    abc                text,
    times_lost         int,
    times_returned     int,
    open_tasks         int,
    stale              boolean
);

-- The changes of status, and those to come after the latest instant.
CREATE TABLE figures.change (client_id :key_type, from_status text, to_status text, changed_at timestamptz, rule text,
                             to_come boolean);

-- What was compared.
CREATE TABLE figures.result (instant timestamptz, item text, compared bigint, differing bigint);
