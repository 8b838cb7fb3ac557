-- The ledger proper: one row a client, its changes of status, and the clients to be looked at again.

CREATE TABLE winback.client (
    client_id          @client_type@ PRIMARY KEY,
    due_at             timestamptz,  -- early, because every update looks whether an indexed column changes
    -- as mapped from the CRM's table of clients
    name               text,
    manager            text,
    channel            text,
    region             text,
    department         text,
    registered_at      timestamptz,
    do_not_contact     boolean NOT NULL,
    -- orders
    first_order_at     timestamptz,
    last_order_at      timestamptz,
    orders             bigint NOT NULL,
    revenue            numeric NOT NULL,
    period_revenue     numeric NOT NULL,
    period_first_at    timestamptz,
    first_day          date,
    last_day           date,
    purchase_days      int NOT NULL,
    -- calls and how to approach the client
    interaction_status text NOT NULL,
    interaction_since  timestamptz,
    last_contact_at    timestamptz,
    contact_due_on     date,
    -- where the client's life stands after its last fact
    began_at           timestamptz,
    first_status       text NOT NULL,
    last_fact_at       timestamptz,
    base_status        text NOT NULL,
    base_since         timestamptz,
    idle_since         timestamptz,
    at_risk_since      timestamptz,
    by_fact            boolean NOT NULL,
    loss_open          boolean NOT NULL,
    times_lost         int NOT NULL,
    times_returned     int NOT NULL,
    detractor_since    timestamptz,
    conflict_since     timestamptz,
    fruitless_since    timestamptz,
    inquiries          int NOT NULL,
    offer_since        timestamptz,
    written_off_since  timestamptz,
    usage_drop_at      timestamptz,
    -- what the clock will make of it
    at_risk_at         timestamptz,
    at_risk_by         text,
    lost_at            timestamptz,
    lost_by            text,
    recorded_status    text NOT NULL,
    unrepeated_revenue numeric NOT NULL,  -- here, because most orders leave all from here on as it is
    open_tasks         int NOT NULL,
    recorded_at        timestamptz
) USING heap WITH (fillfactor = 50);  -- room for another version of every row: updates stay heap-only
CREATE INDEX client_due ON winback.client (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE winback.client IS 'one row a client, kept by winback: read winback.clients instead';
COMMENT ON COLUMN winback.client.period_first_at IS
    'the earliest row in period_revenue: while it stays, a new order need only be added';
COMMENT ON COLUMN winback.client.unrepeated_revenue IS
    'the part of revenue that is not of purchases on days after the first: those of the first day, and all returns';
COMMENT ON COLUMN winback.client.began_at IS
    'the first fact of any kind, or the registration: since when the client is there; null: nothing dated is known';
COMMENT ON COLUMN winback.client.first_status IS
    'its status before any change: active where the first fact of all was a purchase, else prospect';
COMMENT ON COLUMN winback.client.base_status IS
    'status right after the last fact; time alone makes it at_risk at at_risk_at and lost at lost_at';
COMMENT ON COLUMN winback.client.idle_since IS
    'when it last became prospect or active: what it is again for a clock that is before its deadlines';
COMMENT ON COLUMN winback.client.at_risk_since IS
    'when it became at_risk after that: what it is again for a clock that is before lost_at; null: it has not yet';
COMMENT ON COLUMN winback.client.by_fact IS
    'lost or written off by something reported, not by silence: no date changes it';
COMMENT ON COLUMN winback.client.loss_open IS 'the last loss has not ended';
COMMENT ON COLUMN winback.client.usage_drop_at IS
    'when its use fell by the rule usage_drop, or will if it uses nothing any more; null: it does not, or the rule is '
    'not enabled';
COMMENT ON COLUMN winback.client.contact_due_on IS
    'the day of the next contact once the client is lost; null: it will not be, is written off or not to be contacted';
COMMENT ON COLUMN winback.client.recorded_status IS 'the status that the last row of winback.status_change leads to';
COMMENT ON COLUMN winback.client.due_at IS
    'the instant at which the sweep is to look at this client, no later than anything becomes due; null: nothing will';
COMMENT ON COLUMN winback.client.recorded_at IS
    'since when, by the clock, this row says what winback.client_version keeps: see there';

-- What no change of status tells, so that what was known at any time can be asked again.
CREATE TABLE winback.client_version (
    client_id    @client_type@ NOT NULL,
    began_at     timestamptz,
    first_status text NOT NULL,
    manager      text,
    channel      text,
    region       text,
    department   text,
    recorded_at  timestamptz NOT NULL,
    withdrawn_at timestamptz NOT NULL
);
CREATE INDEX client_version_client ON winback.client_version (client_id, withdrawn_at);
COMMENT ON TABLE winback.client_version IS
    'what winback.client said of a client before it said otherwise: since when it is there, and whose it was';
COMMENT ON COLUMN winback.client_version.client_id IS 'the client';
COMMENT ON COLUMN winback.client_version.began_at IS
    'the first fact of any kind, or the registration, as was known; null: nothing dated was';
COMMENT ON COLUMN winback.client_version.first_status IS 'the status in which it began, as was known';
COMMENT ON COLUMN winback.client_version.manager IS
    'the client''s manager then; channel, region and department likewise';
COMMENT ON COLUMN winback.client_version.channel IS 'see manager';
COMMENT ON COLUMN winback.client_version.region IS 'see manager';
COMMENT ON COLUMN winback.client_version.department IS 'see manager';
COMMENT ON COLUMN winback.client_version.recorded_at IS 'since when, by the clock, winback.client said so';
COMMENT ON COLUMN winback.client_version.withdrawn_at IS 'since when it says otherwise, or the client has no row';

CREATE TABLE winback.status_change (
    change_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    client_id    @client_type@,
    from_status  text NOT NULL,
    to_status    text NOT NULL,
    changed_at   timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    rule         text,
    manager      text,
    channel      text,
    region       text,
    department   text,
    withdrawn_at timestamptz,
    loss         text CHECK (loss IN ('lost', 'returned', 'recovered'))
);
CREATE INDEX status_change_client ON winback.status_change (client_id, changed_at);
COMMENT ON TABLE winback.status_change IS 'every change of a client''s status; rows are never deleted, only withdrawn';
COMMENT ON COLUMN winback.status_change.client_id IS 'the client; null: it has been erased';
COMMENT ON COLUMN winback.status_change.changed_at IS 'the instant at which the change took effect';
COMMENT ON COLUMN winback.status_change.recorded_at IS 'when winback recorded it';
COMMENT ON COLUMN winback.status_change.rule IS 'the rule that made the client at risk or lost; null for other changes';
COMMENT ON COLUMN winback.status_change.manager IS
    'the client''s manager when the change was recorded; channel, region and department likewise';
COMMENT ON COLUMN winback.status_change.loss IS
    'lost: a loss begins; returned, recovered: it ends, by a purchase or otherwise; null: it begins or ends none';
COMMENT ON COLUMN winback.status_change.withdrawn_at IS 'when later facts contradicted this row; null: it stands';

CREATE TABLE winback.stale (
    client_id   @client_type@,
    reason      text NOT NULL,
    since       timestamptz NOT NULL,
    order_table regclass,
    name        text CHECK (name IS NULL OR client_id IS NULL)
);
COMMENT ON TABLE winback.stale IS
    'clients that could not be brought up to date at a commit; the worker or the next sweep does it';
COMMENT ON COLUMN winback.stale.client_id IS
    'the client; null: whoever has that name, or where there is none every client';
COMMENT ON COLUMN winback.stale.order_table IS 'the name is the id of an order of this table; null: it is an alias';
COMMENT ON COLUMN winback.stale.name IS
    'an order''s id or an alias: what a row hangs on whose client could not be looked up';

CREATE TABLE winback.abc_limit (
    class     text PRIMARY KEY CHECK (class IN ('A', 'B')),
    revenue   numeric NOT NULL,
    client_id @client_type@ NOT NULL
);
COMMENT ON TABLE winback.abc_limit IS
    'where the classes end: the last client of A and of B as of the last classify(), in descending order of period '
    'revenue, then by client_id. A client''s own class follows from its revenue and these, at reading';
COMMENT ON COLUMN winback.abc_limit.class IS 'A or B; C has no end';
COMMENT ON COLUMN winback.abc_limit.revenue IS 'the last client''s period revenue';
COMMENT ON COLUMN winback.abc_limit.client_id IS 'the last client';
