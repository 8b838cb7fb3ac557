-- What the figures are computed from and kept in. Variables: key_type, the type of client keys; zone, the time zone.

CREATE SCHEMA figures;

-- Facts as the files and the planting rules give them; a fact is known at instants later than known_from.
CREATE TABLE figures.order_row (client :key_type, at timestamptz, amount numeric, known_from timestamptz);
CREATE TABLE figures.call_row (client :key_type, at timestamptz, seconds numeric, known_from timestamptz);
CREATE TABLE figures.event_row (client :key_type, kind text, at timestamptz, value numeric, known_from timestamptz);
CREATE TABLE figures.person (client :key_type PRIMARY KEY, name text, manager text, channel text, region text,
                             department text, do_not_contact boolean NOT NULL);
CREATE TABLE figures.holiday (day date PRIMARY KEY);

-- The time zone of days and months.
CREATE TABLE figures.setting AS SELECT :'zone'::text AS zone;

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
    purchase_days      int,
    mean_gap           interval,
    abc                text,
    times_lost         int,
    times_returned     int,
    open_tasks         int,
    stale              boolean
);

-- The changes of status up to the latest instant.
CREATE TABLE figures.change (client_id :key_type, from_status text, to_status text, changed_at timestamptz);

-- What was compared.
CREATE TABLE figures.result (instant timestamptz, item text, compared bigint, differing bigint);
