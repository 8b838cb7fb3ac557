-- Watching the CRM's tables.

CREATE FUNCTION winback._capture_row() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_capture_row';
COMMENT ON FUNCTION winback._capture_row() IS 'notes what a changed row of a watched table means for its client';

CREATE FUNCTION winback._capture_statement() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_capture_statement';
COMMENT ON FUNCTION winback._capture_statement() IS
    'reports rows that cannot be facts, once a statement, and notes TRUNCATE';

CREATE FUNCTION winback._check_source(kind text, source regclass, expressions jsonb, search_path text, timezone text,
    by_alias boolean DEFAULT false, orders oid DEFAULT 0)
    RETURNS regtype LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_check_source';
COMMENT ON FUNCTION winback._check_source(text, regclass, jsonb, text, text, boolean, oid) IS
    'checks a table and the expressions over it; returns the type of the client expression, 0 where there is none';

CREATE FUNCTION winback._expression_index(source regclass, expression text, search_path text)
    RETURNS regclass LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_expression_index';
COMMENT ON FUNCTION winback._expression_index(regclass, text, text) IS
    'the index whose leading column is this expression; null: none';

CREATE FUNCTION winback._announce_setup() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_announce_setup';
COMMENT ON FUNCTION winback._announce_setup() IS 'makes every session read the ledger''s settings again';

-- Whether the database has a ledger.
CREATE FUNCTION winback._has_ledger() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT to_regclass('winback.ledger') IS NOT NULL $$;
COMMENT ON FUNCTION winback._has_ledger() IS 'whether winback.init() has made the ledger';

CREATE FUNCTION winback._default_zone() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE upper(current_setting('TimeZone'))
       WHEN 'CET' THEN 'Europe/Brussels' WHEN 'MET' THEN 'Europe/Brussels'
       WHEN 'EET' THEN 'Europe/Athens' WHEN 'WET' THEN 'Europe/Lisbon'
       ELSE current_setting('TimeZone') END
$$;
COMMENT ON FUNCTION winback._default_zone() IS
    'the session''s time zone; a place in it where AT TIME ZONE takes its name for an offset without summer time';

CREATE FUNCTION winback.init(client_type regtype) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    type_name text;
    present_type regtype;
BEGIN
    IF winback._has_ledger() THEN
        SELECT l.client_type INTO present_type FROM winback.ledger l;
        IF client_type IS NOT NULL AND client_type <> present_type THEN
            RAISE EXCEPTION 'this database has a ledger for client keys of type %, not %', present_type, client_type
                USING ERRCODE = 'duplicate_object',
                      HINT = 'There is one ledger per database, with one type of client keys.';
        END IF;
        PERFORM winback._check_version();
        PERFORM winback._complete_ledger();
        RETURN;
    END IF;
    IF client_type IS NULL THEN
        RAISE EXCEPTION 'argument "client_type" must not be null'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'Give the type of the CRM''s client key, for example winback.init(''bigint'').';
    END IF;
    PERFORM winback._check_key_type(client_type);
    SELECT format('%I.%I', n.nspname, t.typname) INTO type_name
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = client_type;
    EXECUTE replace(winback._ledger_tables(), '@client_type@', type_name);
    INSERT INTO winback.ledger (version, client_type) VALUES (winback._version(), client_type);
    PERFORM winback._make_ledger_code();
    INSERT INTO winback.policy (timezone) VALUES (winback._default_zone());
    PERFORM winback._watch('events', 'winback.event', jsonb_build_object('client', 'client_id', 'kind', 'kind',
        'happened_at', 'happened_at', 'value', 'value', 'event_id', 'event_id', 'note', 'note'),
        'pg_catalog, pg_temp');
END $$;
COMMENT ON FUNCTION winback.init(regtype) IS
    'makes the ledger, with client keys of this type; where there is one, brings its views and triggers up to date';

CREATE FUNCTION winback._check_key_type(client_type regtype) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_check_key_type';
COMMENT ON FUNCTION winback._check_key_type(regtype) IS 'an error if the type cannot be a client key';

CREATE FUNCTION winback._key_equals(client_type regtype) RETURNS text
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_key_equals';
COMMENT ON FUNCTION winback._key_equals(regtype) IS 'the equality operator of a type of client keys as SQL text';

CREATE FUNCTION winback._version() RETURNS text
    LANGUAGE c IMMUTABLE AS 'MODULE_PATHNAME', 'winback_version';
COMMENT ON FUNCTION winback._version() IS 'the version of the ledger that this library writes';

-- A ledger comes with a dump, the extension with an installation: they need not be of one version.
--
--   the extension is of          the ledger is of           what is to be done
--   ---------------------------  -------------------------  -------------------------------------------------
--   the version of its library   that version               nothing
--   the version of its library   a later one                install that version of winback, update to it
--   the version of its library   an earlier one             nothing can be: no version was before the first
--   another version              any                        ALTER EXTENSION winback UPDATE
CREATE FUNCTION winback._check_version() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_library text := winback._version();
    of_extension text;
    of_ledger text;
BEGIN
    SELECT e.extversion INTO of_extension FROM pg_extension e WHERE e.extname = 'winback';
    IF of_extension <> of_library THEN
        RAISE EXCEPTION 'extension winback is of version %, its library of version %', of_extension, of_library
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Run ALTER EXTENSION winback UPDATE, then SELECT winback.init(NULL).';
    END IF;
    SELECT l.version INTO of_ledger FROM winback.ledger l;
    IF of_ledger IS NULL THEN
        RAISE EXCEPTION 'winback.ledger is empty'
            USING ERRCODE = 'no_data_found', HINT = 'It must have its one row: restore the data of the dump, too.';
    ELSIF string_to_array(of_ledger, '.')::int[] > string_to_array(of_library, '.')::int[] THEN
        RAISE EXCEPTION 'the ledger is of version %, winback of version %', of_ledger, of_library
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Install winback %s or a later version, run ALTER EXTENSION winback UPDATE, '
                                'then SELECT winback.init(NULL).', of_ledger);
    ELSIF of_ledger <> of_library THEN
        RAISE EXCEPTION 'the ledger is of version %, which winback % cannot bring up to date', of_ledger, of_library
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'Run DROP EXTENSION winback CASCADE, rename schema winback, and watch the tables again.';
    END IF;
END $$;
COMMENT ON FUNCTION winback._check_version() IS
    'an error that says what is to be done, where extension, library and ledger are not of one version';

-- Makes the ledger's views and triggers, or brings them up to date.
CREATE FUNCTION winback._make_ledger_code() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE replace(replace(winback._ledger_code(), '@client_equals@', winback._client_equals()), '@client_type@',
                    winback._client_type());
END $$;
COMMENT ON FUNCTION winback._make_ledger_code() IS 'makes the ledger''s views and triggers';

-- Views and triggers of the ledger go with the extension's functions when it is dropped with CASCADE; here they come
-- back, and the watched tables are read again.
CREATE FUNCTION winback._complete_ledger() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._make_ledger_code();
    PERFORM winback._attach(s.relation) FROM (SELECT DISTINCT relation FROM winback.source WHERE NOT detached) s
      JOIN pg_class c ON c.oid = s.relation;
    PERFORM winback._announce_setup();
    PERFORM winback._rebuild('init');
END $$;
COMMENT ON FUNCTION winback._complete_ledger() IS 'makes the ledger''s views and triggers anew';

-- The common part of watch_orders and its sisters. Runs with the caller's rights: creating the triggers and reading the
-- table need the caller's privileges on it.
CREATE FUNCTION winback._watch(kind text, source regclass, expressions jsonb, path text,
    by_alias boolean DEFAULT false, orders regclass DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given jsonb := jsonb_strip_nulls(expressions);
    zone text := winback._default_zone();
    client_type regtype;
    watched regclass;
BEGIN
    IF source IS NULL THEN
        RAISE EXCEPTION 'argument "source" must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the table to watch.';
    END IF;
    IF winback._has_ledger() THEN
        SELECT p.timezone INTO zone FROM winback.policy p;
        -- The first watch of all is init()'s own, of winback.event.
        IF EXISTS (SELECT FROM pg_class c WHERE c.oid = source AND c.relnamespace = 'winback'::regnamespace)
           AND EXISTS (SELECT FROM winback.source) THEN
            RAISE EXCEPTION 'table % cannot be watched: it is one of winback''s own', source
                USING ERRCODE = 'wrong_object_type', HINT = 'Watch the tables of the application.';
        END IF;
    END IF;
    client_type := winback._check_source(kind, source, given, path, zone, by_alias, coalesce(orders::oid, 0));
    -- The lock that CREATE TRIGGER takes: from here on nobody writes the table until this transaction ends, so the rows
    -- that are there now are all that the triggers will not see.
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', source);
    IF NOT winback._has_ledger() THEN
        IF by_alias THEN
            RAISE EXCEPTION 'nobody knows yet of which type the keys of clients are'
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = 'The first table that is watched tells it, but not by aliases.',
                      HINT = 'Watch the table of aliases first: winback.watch_aliases().';
        END IF;
        PERFORM winback.init(client_type);
    END IF;
    SELECT s.relation INTO watched FROM winback.source s
     WHERE NOT s.detached AND s.kind = _watch.kind AND s.expressions = given
       AND s.order_table IS NOT DISTINCT FROM orders
       AND (s.relation IN (SELECT p.part FROM winback._parts(source) p)
            OR source IN (SELECT p.part FROM winback._parts(s.relation) p)) LIMIT 1;
    IF watched IS NOT NULL THEN
        RAISE EXCEPTION 'table % is watched already for these %', source, kind
            USING ERRCODE = 'duplicate_object',
                  HINT = CASE WHEN watched <> source THEN
                              format('One of the tables %s and %s is a part of the other. ', source, watched)
                              ELSE '' END
                         || format('Use winback.unwatch(%L) first.', watched);
    END IF;
    PERFORM winback._attach(source);
    INSERT INTO winback.source (kind, relation, name, watched_as, given_by, search_path, expressions, by_alias,
            order_table, watched_at)
        VALUES (kind, source, source::text, source::text, current_user, path, given, coalesce(by_alias, false), orders,
            winback.now());
    PERFORM winback._announce_setup();
    IF source <> to_regclass('winback.event') THEN
        PERFORM winback._tell_missing_indexes(kind, source, given, path);
        PERFORM winback._rebuild('watch');
    END IF;
END $$;
COMMENT ON FUNCTION winback._watch(text, regclass, jsonb, text, boolean, regclass) IS
    'the common part of watch_orders and its sisters';

-- Says which index would serve where none leads with an expression that rows are searched by.
CREATE FUNCTION winback._tell_missing_indexes(kind text, source regclass, expressions jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    argument text;
    expression text;
BEGIN
    FOREACH argument IN ARRAY CASE kind WHEN 'lines' THEN '{order_id}' WHEN 'aliases' THEN '{alias,client}'
                              WHEN 'orders of lines' THEN '{order_id}' ELSE '{client}'::text[] END LOOP
        expression := expressions->>argument;
        CONTINUE WHEN winback._expression_index(source, expression, path) IS NOT NULL;
        RAISE NOTICE 'no index of table % leads with the % expression (%)', source, argument, expression
            USING HINT = format('Recomputing one client reads the whole table. '
                                'This would serve: CREATE INDEX ON %s ((%s));', source, expression);
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._tell_missing_indexes(text, regclass, jsonb, text) IS
    'a NOTICE for each index that is missing, with the CREATE INDEX that would serve';

-- The search path by which names in the caller's expressions are looked up, now and later.
CREATE FUNCTION winback._caller_path() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.concat_ws(', ', 'pg_catalog', pg_catalog.string_agg(pg_catalog.quote_ident(s), ', '), 'pg_temp')
    FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) s WHERE s OPERATOR(pg_catalog.<>) 'pg_catalog'
$$;
COMMENT ON FUNCTION winback._caller_path() IS 'the session''s search path as it is pinned for a watch''s expressions';

CREATE FUNCTION winback.watch_orders(source regclass, client text, placed_at text, amount text DEFAULT NULL,
    order_id text DEFAULT NULL, counts_when text DEFAULT NULL, by_alias boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._watch('orders', source, pg_catalog.jsonb_build_object('client', client, 'placed_at', placed_at,
        'amount', amount, 'order_id', order_id, 'counts_when', counts_when), winback._caller_path(), by_alias);
END $$;
COMMENT ON FUNCTION winback.watch_orders(regclass, text, text, text, text, text, boolean) IS
    'watches a table of orders; each argument after the table is an SQL expression over one row of it';

CREATE FUNCTION winback.watch_calls(source regclass, call_id text, client text, started_at text, seconds text,
    agent text DEFAULT NULL, counts_when text DEFAULT NULL, by_alias boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._watch('calls', source, pg_catalog.jsonb_build_object('call_id', call_id, 'client', client,
        'started_at', started_at, 'seconds', seconds, 'agent', agent, 'counts_when', counts_when),
        winback._caller_path(), by_alias);
END $$;
COMMENT ON FUNCTION winback.watch_calls(regclass, text, text, text, text, text, text, boolean) IS
    'watches a table of calls; seconds is a number or an interval';

CREATE FUNCTION winback.watch_events(source regclass, client text, kind text, happened_at text,
    value text DEFAULT NULL, counts_when text DEFAULT NULL, by_alias boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._watch('events', source, pg_catalog.jsonb_build_object('client', client, 'kind', kind,
        'happened_at', happened_at, 'value', value, 'counts_when', counts_when), winback._caller_path(), by_alias);
END $$;
COMMENT ON FUNCTION winback.watch_events(regclass, text, text, text, text, text, boolean) IS
    'watches a table of events: nps, conflict, complaint, inquiry, offer, usage, or kinds of one''s own';

-- Lines need orders that are watched with their id. Nobody writes either table until this transaction ends: whoever has
-- written an order and not committed it yet knew nothing of lines.
CREATE FUNCTION winback.watch_order_lines(source regclass, orders regclass, order_id text, amount text,
    counts_when text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._lock_orders(orders);
    PERFORM winback._watch('lines', source, pg_catalog.jsonb_build_object('order_id', order_id, 'amount', amount,
        'counts_when', counts_when), winback._caller_path(), orders => orders);
END $$;
COMMENT ON FUNCTION winback.watch_order_lines(regclass, regclass, text, text, text) IS
    'watches the lines of a table of orders that is watched with an order_id: their amounts add to the order''s';

-- Keeps writers of a table of orders out, after checking that lines can be of its orders.
CREATE FUNCTION winback._lock_orders(orders regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    watched record;
    known boolean := false;
BEGIN
    IF orders IS NULL THEN
        RAISE EXCEPTION 'argument "orders" must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the table of the orders that the lines are of.';
    END IF;
    IF winback._has_ledger() THEN
        FOR watched IN SELECT s.expressions, s.search_path FROM winback.source s
                        WHERE s.relation = _lock_orders.orders AND s.kind = 'orders' AND s.expressions ? 'order_id' LOOP
            PERFORM winback._tell_missing_indexes('orders of lines', orders, watched.expressions, watched.search_path);
            known := true;
        END LOOP;
    END IF;
    IF NOT known THEN
        RAISE EXCEPTION 'table % is not watched for orders with an order_id', orders
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Watch it first: winback.watch_orders(%L, ..., order_id => ...).', orders);
    END IF;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', orders);
END $$;
COMMENT ON FUNCTION winback._lock_orders(regclass) IS
    'keeps writers of a table of orders out until the transaction ends; an error where it is not watched with its ids';

CREATE FUNCTION winback.watch_aliases(source regclass, alias text, client text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._watch('aliases', source, pg_catalog.jsonb_build_object('alias', alias, 'client', client),
        winback._caller_path());
END $$;
COMMENT ON FUNCTION winback.watch_aliases(regclass, text, text) IS
    'watches a table of other names of clients: telephones, e-mails, child records; facts of tables that are watched '
    'by_alias belong to the client that has their alias, of several to the one with the least key';

CREATE FUNCTION winback.watch_clients(source regclass, client text, name text DEFAULT NULL, manager text DEFAULT NULL,
    channel text DEFAULT NULL, region text DEFAULT NULL, department text DEFAULT NULL, registered_at text DEFAULT NULL,
    do_not_contact text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback._watch('clients', source, pg_catalog.jsonb_build_object('client', client, 'name', name,
        'manager', manager, 'channel', channel, 'region', region, 'department', department,
        'registered_at', registered_at, 'do_not_contact', do_not_contact), winback._caller_path());
END $$;
COMMENT ON FUNCTION winback.watch_clients(regclass, text, text, text, text, text, text, text, text) IS
    'watches the table of clients: names, managers, dimensions, and who must not be contacted';
