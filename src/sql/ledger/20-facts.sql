-- Which tables are watched, and the facts the CRM has no table for.

CREATE TABLE winback.source (
    source_id   int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind        text NOT NULL CHECK (kind IN ('orders', 'calls', 'clients', 'events', 'aliases', 'lines')),
    relation    regclass NOT NULL,
    name        text NOT NULL,
    -- a name: a dump that is restored where there is no such role must bring the watch all the same
    given_by    name NOT NULL,
    search_path text NOT NULL,
    expressions jsonb NOT NULL,
    by_alias    boolean NOT NULL DEFAULT false,
    order_table regclass,
    watched_as  text NOT NULL,
    detached    boolean NOT NULL DEFAULT false,
    watched_at  timestamptz NOT NULL,
    CHECK ((kind = 'lines') = (order_table IS NOT NULL))
);
COMMENT ON TABLE winback.source IS 'the tables that are watched; written by watch_orders and its sisters';
COMMENT ON COLUMN winback.source.relation IS 'the watched table';
COMMENT ON COLUMN winback.source.name IS 'the watched table''s qualified name; it follows when the table is renamed';
COMMENT ON COLUMN winback.source.watched_as IS
    'its qualified name when it was watched: a table that comes back may have either';
COMMENT ON COLUMN winback.source.given_by IS
    'the role that gave the expressions, and as which they are evaluated; where it is gone: as the owner of the table';
COMMENT ON COLUMN winback.source.search_path IS 'search path by which the expressions'' names are looked up';
COMMENT ON COLUMN winback.source.expressions IS 'SQL expressions over one row, by name of the argument';
COMMENT ON COLUMN winback.source.by_alias IS 'the client expression yields an alias';
COMMENT ON COLUMN winback.source.order_table IS 'of lines: the table of their orders';
COMMENT ON COLUMN winback.source.detached IS 'the table was dropped; its clients stay as they were: see winback.frozen';

CREATE TABLE winback.frozen (
    client_id @client_type@ NOT NULL,
    source_id int NOT NULL
);
CREATE INDEX frozen_client ON winback.frozen (client_id);
COMMENT ON TABLE winback.frozen IS
    'clients with facts from a detached table: they stay as they were until it is there again, or is unwatched';
COMMENT ON COLUMN winback.frozen.source_id IS 'the detached watch';

CREATE TABLE winback.event (
    event_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    client_id   @client_type@ NOT NULL,
    kind        text NOT NULL,
    happened_at timestamptz NOT NULL CHECK (isfinite(happened_at)),
    value       numeric CHECK (value NOT IN ('NaN', 'infinity', '-infinity')),
    note        text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    recorded_by text NOT NULL DEFAULT session_user,
    answer_id   bigint
);
CREATE INDEX event_client ON winback.event (client_id, happened_at);
CREATE UNIQUE INDEX one_event_an_answer ON winback.event (answer_id) WHERE answer_id IS NOT NULL;
COMMENT ON TABLE winback.event IS 'facts the CRM has no table for; an administrator may mend rows';
COMMENT ON COLUMN winback.event.kind IS
    'nps, conflict, complaint, inquiry, offer, usage, write_off, take_back, interaction_status, or any other word '
    '(kept, but no rule looks at it)';
COMMENT ON COLUMN winback.event.value IS 'nps: the score; usage: the amount used';
COMMENT ON COLUMN winback.event.note IS 'free text; interaction_status: the name of the new one';
COMMENT ON COLUMN winback.event.answer_id IS
    'the answer in winback.survey_answer that this event follows; null: recorded by itself';

CREATE TABLE winback.rejected (
    source regclass NOT NULL,
    row    jsonb NOT NULL,
    reason text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX rejected_row ON winback.rejected USING hash (row);
COMMENT ON TABLE winback.rejected IS
    'rows of watched tables that cannot be facts; a row leaves the list when it is mended or removed';
