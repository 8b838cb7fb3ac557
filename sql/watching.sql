-- Watching tables: what each argument may be, and what is refused, with words that say why.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-03-31 12:00:00+00';

-- The ledger's keys have the CRM's own type: any type that has a btree and a hash operator class.
SELECT winback.init(NULL);
SELECT winback.init('json');
SELECT winback.init('point');
SELECT winback.init('money');
SELECT winback.init('no_such_type');
-- A ledger is made by the first watch, or by hand; a failed attempt leaves none behind.
SELECT count(*) FROM pg_class WHERE relnamespace = 'winback'::regnamespace AND relkind <> 'c';

-- For each type of key: watch, read, write, verify, and start afresh.
CREATE FUNCTION try_key(key_type text, first_key text, second_key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('CREATE TABLE purchase (client %s, at timestamptz, amount numeric)', key_type);
    CREATE INDEX ON purchase (client);
    EXECUTE format('INSERT INTO purchase VALUES (%L, ''2024-03-01 10:00+00'', 1)', first_key);
    PERFORM winback.watch_orders('purchase', 'client', 'at', 'amount');
    EXECUTE format('INSERT INTO purchase VALUES (%L, ''2024-03-02 10:00+00'', 2), (%L, ''2024-03-02 10:00+00'', 3)',
                   first_key, second_key);
    PERFORM winback.fold();
    UPDATE purchase SET at = at + interval '1 day';
    PERFORM winback.fold();
    SELECT format_type(a.atttypid, a.atttypmod) INTO result FROM pg_attribute a
     WHERE a.attrelid = 'winback.clients'::regclass AND a.attname = 'client_id';
    SELECT result || ': ' || string_agg(format('%s = %s', c.client_id, c.revenue), ', ' ORDER BY c.client_id)
           || ', ' || winback.status(first_key) || ', differences: ' || (SELECT count(*) FROM winback.verify())
      INTO result FROM winback.clients c;
    RAISE EXCEPTION USING MESSAGE = result, ERRCODE = 'WBOK1';
EXCEPTION WHEN SQLSTATE 'WBOK1' THEN
    RETURN SQLERRM;
END $$;
SELECT try_key('smallint', '1', '2');
SELECT try_key('int', '1', '-2');
SELECT try_key('bigint', '1', '9223372036854775807');
SELECT try_key('numeric', '1.50', '1e20');
SELECT try_key('uuid', '00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-00000000000a');
SELECT try_key('text', 'C-17', 'Zoë "quoted" O''Hara');
SELECT try_key('varchar(20)', 'C-17', 'C-18');
SELECT try_key('char(4)', 'C-17', 'C-8');
SELECT try_key('bytea', '\x00ff', '\x');
SELECT try_key('date', '2024-01-01', '2024-01-02');
-- Also of types of the user's own, and over columns to which other keys are equal.
CREATE DOMAIN customer_number AS int CHECK (VALUE > 0);
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT try_key('customer_number', '1', '2');
SELECT try_key('colour', 'green', 'red');
SELECT try_key('int[]', '{1,2}', '{}');
SELECT try_key('text COLLATE any_case', 'a', 'A');
DROP FUNCTION try_key;

-- The shop of this test, as CRMs are: cents, epochs, dates, soft deletion, names that need quoting.
CREATE TABLE "Order" (
    "Id"      text PRIMARY KEY,
    customer  int,
    placed    timestamptz,
    local     timestamp,
    day       date,
    epoch     bigint,
    cents     int,
    price     money,
    total     numeric,
    state     text NOT NULL DEFAULT 'paid',
    deleted_at timestamptz
);
INSERT INTO "Order" (customer, "Id", placed, local, day, epoch, cents, price, total)
VALUES (1, 'a', '2024-03-31 03:30+02', '2024-03-31 03:30', '2024-03-31', 1711848600, 1999, '19.99', 19.99),
       (NULL, 'guest', '2024-03-31 03:30+02', '2024-03-31 03:30', '2024-03-31', 1711848600, 1999, '19.99', 19.99);

-- The first watch makes the ledger by the type of its client expression. Without an index that leads with it,
-- a NOTICE says which one would serve.
SELECT winback.watch_orders('"Order"', 'customer', 'placed');
SELECT kind, relation, name, state, given_by = current_user AS mine, expressions, rejected
  FROM winback.source_status WHERE kind = 'orders';
SELECT client_type FROM winback.ledger;
SELECT winback.unwatch('"Order"');
CREATE INDEX ON "Order" (customer);
SELECT winback.init('int');
SELECT winback.init('text');
UPDATE winback.policy SET timezone = 'Europe/Berlin';

-- Every argument is an expression over one row. Each of these means the same order of 19.99 at 01:30 UTC (03:30 in the
-- policy's zone), but for the date, which begins its local day.
CREATE FUNCTION try_orders(VARIADIC arguments text[])
RETURNS TABLE (orders bigint, last_order_at timestamptz, revenue numeric, differences bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT winback.watch_orders(''"Order"'', ' || array_to_string(arguments, ', ') || ')';
    RETURN QUERY SELECT c.orders, c.last_order_at, c.revenue, (SELECT count(*) FROM winback.verify())
                   FROM winback.clients c WHERE c.client_id = 1;
    PERFORM winback.unwatch('"Order"');
END $$;
SELECT * FROM try_orders($$'customer'$$, $$'placed'$$, $$'total'$$);
SELECT * FROM try_orders($$'customer'$$, $$'local'$$, $$'cents / 100.0'$$);
SELECT * FROM try_orders($$'customer'$$, $$'day'$$, $$'price'$$);
SELECT * FROM try_orders($$'customer::smallint'$$, $$'to_timestamp(epoch)'$$, $$'total::float8'$$);
SELECT * FROM try_orders($$'"Order".customer'$$, $$'"Order".placed'$$, $$'cents * 0.01'$$, $$'"Id"'$$);
SELECT * FROM try_orders($$'customer'$$, $$'placed -- when it was placed'$$, $$'/* in EUR */ total'$$);
SELECT * FROM try_orders($$'customer'$$, $$'coalesce(deleted_at, placed)'$$, $$NULL$$, $$NULL$$,
                         $$'state NOT IN (''draft'', ''cancelled'') AND deleted_at IS NULL'$$);
-- A condition that is null is not true.
SELECT * FROM try_orders($$'customer'$$, $$'placed'$$, $$'total'$$, $$NULL$$, $$'deleted_at < placed'$$);
DROP FUNCTION try_orders;

-- It means the same in every session, whatever that has set: here a cast that depends on DateStyle and a zone.
ALTER TABLE "Order" ADD COLUMN written text DEFAULT '02.03.2024 10:00';
SELECT winback.watch_orders('"Order"', 'customer', 'to_timestamp(written, ''DD.MM.YYYY HH24:MI'')', 'total', '"Id"');
SELECT last_order_at FROM winback.clients WHERE client_id = 1;
SET datestyle = 'SQL, MDY';
SET timezone = 'America/New_York';
SET search_path = pg_temp;
INSERT INTO public."Order" (customer, "Id", written, total) VALUES (1, 'b', '03.04.2024 10:00', 1);
SET datestyle = 'ISO';
SET timezone = 'UTC';
RESET search_path;
SELECT last_order_at FROM winback.clients WHERE client_id = 1;
SELECT * FROM winback.verify();
SELECT winback.unwatch('"Order"');

-- What is refused.
\pset tuples_only on
-- Says what a statement is refused with: SQLSTATE, message, detail and hint, one a line.
CREATE FUNCTION refusal(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text; detail text; hint text;
BEGIN
    EXECUTE statement;
    RETURN NEXT 'NOT REFUSED';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
                            hint = PG_EXCEPTION_HINT;
    RETURN NEXT state || ' ' || message;
    IF detail <> '' THEN RETURN NEXT '      ' || detail; END IF;
    RETURN NEXT '      HINT: ' || coalesce(nullif(hint, ''), 'NONE');
END $$;
-- The same for one expression as the client's, or another argument, of watch_orders.
CREATE FUNCTION refused(argument text, expression text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT refusal('SELECT winback.watch_orders(source => ''"Order"''' ||
                   string_agg(format(', %I => %L', a.name,
                       coalesce(CASE WHEN a.name = argument THEN expression END, a.value)), '') || ')')
      FROM (VALUES ('client', 'customer'), ('placed_at', 'placed'), ('amount', 'total'), ('order_id', '"Id"'),
                   ('counts_when', 'true')) a (name, value)
$$;
-- Nothing given, or nothing that is an expression.
SELECT refusal($$SELECT winback.watch_orders(NULL, 'customer', 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('"Order"', NULL, 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('"Order"', 'customer', NULL)$$);
SELECT refusal($$SELECT winback.watch_orders('nowhere', 'customer', 'placed')$$);
SELECT refused('client', '');
SELECT refused('client', 'customer +');
SELECT refused('client', 'customer)');
SELECT refused('client', '(customer');
SELECT refused('client', 'customer, cents');
SELECT refused('client', 'customer AS c');
SELECT refused('client', 'customer FROM "Order"');
SELECT refused('client', '1); DROP TABLE "Order"; SELECT (1');
SELECT refused('client', '*');
SELECT refused('client', '"Order".*');
SELECT refused('client', '$1');
SELECT refused('client', 'customre');
SELECT refused('client', 'no_such_function(customer)');
SELECT refused('client', 'winback.client.client_id');
-- The wrong type.
SELECT refused('client', '"Id"');
SELECT refused('client', 'epoch');
SELECT refused('client', '"Order"');
SELECT refused('placed_at', 'epoch');
SELECT refused('placed_at', 'written');
SELECT refused('placed_at', '''2024-01-01''');
SELECT refused('amount', 'written');
SELECT refused('amount', 'placed');
SELECT refused('amount', 'true');
SELECT refused('counts_when', 'cents');
SELECT refused('counts_when', 'state');
-- What a row says must follow from the row alone.
SELECT refused('order_id', 'ctid');
SELECT refused('client', '"Order".xmin::text::int');
SELECT refused('client', '(SELECT 1)');
SELECT refused('counts_when', 'EXISTS (SELECT FROM "Order")');
SELECT refused('amount', 'sum(total)');
SELECT refused('amount', 'sum(total) OVER ()');
SELECT refused('amount', 'generate_series(1, cents)');
SELECT refused('amount', 'random()');
SELECT refused('placed_at', 'clock_timestamp()');
SELECT refused('placed_at', 'now()');
SELECT refused('placed_at', 'CURRENT_TIMESTAMP');
SELECT refused('placed_at', 'CURRENT_DATE');
SELECT refused('placed_at', 'placed + age(placed)');
SELECT refused('placed_at', '''now''::timestamptz');
SELECT refused('placed_at', 'timestamptz '' Today''');
SELECT refused('placed_at', '''tomorrow 12:00''::timestamptz');
SELECT refused('placed_at', 'winback.now()');
SELECT refused('counts_when', 'placed < ''now''');
SELECT refused('counts_when', 'placed < LOCALTIMESTAMP');
SELECT refused('counts_when', 'state = current_user');
SELECT refused('counts_when', 'state = session_user');
SELECT refused('counts_when', 'state = current_setting(''application_name'')');
SELECT refused('counts_when', 'has_table_privilege(''"Order"'', ''SELECT'')');
SELECT refused('counts_when', 'pg_table_is_visible(''"Order"''::regclass)');
SELECT refused('order_id', 'nextval(''winback.event_event_id_seq'')');
SELECT refused('order_id', 'txid_current()');
CREATE FUNCTION stable_client(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1';
CREATE FUNCTION fixed_client(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
SELECT refused('client', 'stable_client(customer)');
SELECT refused('client', 'fixed_client(customer)');
SELECT winback.unwatch('"Order"');
-- The word now is no clock where it is just text.
SELECT refused('counts_when', 'state <> ''now''');
SELECT winback.unwatch('"Order"');

-- What cannot be watched.
CREATE VIEW order_view AS SELECT * FROM "Order";
CREATE MATERIALIZED VIEW order_copy AS SELECT * FROM "Order";
CREATE TEMP TABLE order_temp AS SELECT * FROM "Order";
CREATE SEQUENCE order_number;
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER elsewhere;
CREATE FOREIGN TABLE order_elsewhere (customer int, placed timestamptz) SERVER elsewhere;
SELECT refusal($$SELECT winback.watch_orders('order_view', 'customer', 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('order_copy', 'customer', 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('order_temp', 'customer', 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('order_number', 'last_value', 'now()')$$);
SELECT refusal($$SELECT winback.watch_orders('"Order_pkey"', 'customer', 'placed')$$);
SELECT refusal($$SELECT winback.watch_orders('order_elsewhere', 'customer', 'placed')$$);
CREATE TABLE order_far (customer int, placed timestamptz) PARTITION BY RANGE (placed);
CREATE FOREIGN TABLE order_far_1 PARTITION OF order_far FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
    SERVER elsewhere;
SELECT refusal($$SELECT winback.watch_orders('order_far', 'customer', 'placed')$$);
ALTER TABLE order_far DETACH PARTITION order_far_1;
CREATE INDEX ON order_far (customer);
SELECT winback.watch_orders('order_far', 'customer', 'placed');
SELECT refusal($$ALTER TABLE order_far
    ATTACH PARTITION order_far_1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')$$);
SELECT refusal($$CREATE FOREIGN TABLE order_far_2 PARTITION OF order_far
    FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') SERVER elsewhere$$);
SELECT winback.unwatch('order_far');
CREATE TABLE order_near (customer int, placed timestamptz);
CREATE INDEX ON order_near (customer);
SELECT winback.watch_orders('order_near', 'customer', 'placed');
SELECT refusal($$ALTER FOREIGN TABLE order_elsewhere INHERIT order_near$$);
SELECT refusal($$CREATE FOREIGN TABLE order_heir () INHERITS (order_near) SERVER elsewhere$$);
ALTER FOREIGN TABLE order_elsewhere ADD COLUMN more int;
SELECT winback.unwatch('order_near');
SELECT refusal($$SELECT winback.watch_orders('pg_class', 'relpages', 'now()')$$);
SELECT refusal($$SELECT winback.watch_clients('winback.client', 'client_id')$$);
SELECT refusal($$SELECT winback.watch_events('winback.event', 'client_id', 'kind', 'happened_at')$$);

-- Who watches must be able to read the whole table, and to create triggers on it.
CREATE ROLE regress_winback_watcher;
SELECT winback.grant_admin('regress_winback_watcher');
GRANT TRIGGER, INSERT ON "Order" TO regress_winback_watcher;
SET ROLE regress_winback_watcher;
SELECT refusal($$SELECT winback.watch_orders('"Order"', 'customer', 'placed')$$);
RESET ROLE;
REVOKE TRIGGER ON "Order" FROM regress_winback_watcher;
GRANT SELECT ON "Order" TO regress_winback_watcher;
SET ROLE regress_winback_watcher;
SELECT refusal($$SELECT winback.watch_orders('"Order"', 'customer', 'placed')$$);
RESET ROLE;

-- A watch is not made twice, and what is not watched cannot be left.
SELECT winback.watch_orders('"Order"', 'customer', 'placed');
SELECT refusal($$SELECT winback.watch_orders('"Order"', 'customer', 'placed')$$);
SELECT winback.unwatch('"Order"');
SELECT refusal($$SELECT winback.unwatch('"Order"')$$);
SELECT refusal($$SELECT winback.unwatch('winback.event')$$);
SELECT refusal($$SELECT winback.unwatch(NULL)$$);
-- Nothing of the failed attempts stayed.
SELECT count(*) FROM pg_trigger WHERE tgrelid = '"Order"'::regclass;
SELECT count(*) FROM winback.source WHERE relation <> 'winback.event'::regclass;
SELECT count(*) FROM winback.clients;

-- The arguments of the other three, wrong one by one.
CREATE TABLE call (id int, customer int, at timestamptz, length interval, secs int, agent text);
CREATE TABLE happening (customer int, kind text, at timestamptz, score int);
CREATE TABLE customer (id int PRIMARY KEY, name text, born date, silent boolean);
CREATE INDEX ON call (customer);
CREATE INDEX ON happening (customer);
SELECT refusal($$SELECT winback.watch_calls('call', NULL, 'customer', 'at', 'secs')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', NULL, 'at', 'secs')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', NULL, 'secs')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', 'at', NULL)$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'idd', 'customer', 'at', 'secs')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'agent')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'at')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'secs', 'count(*)')$$);
SELECT refusal($$SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'secs', 'agent', 'agent')$$);
SELECT refusal($$SELECT winback.watch_events('happening', 'customer', NULL, 'at')$$);
SELECT refusal($$SELECT winback.watch_events('happening', 'customer', 'kind', 'score')$$);
SELECT refusal($$SELECT winback.watch_events('happening', 'customer', 'kind', 'at', 'kind')$$);
SELECT refusal($$SELECT winback.watch_clients('customer', NULL)$$);
SELECT refusal($$SELECT winback.watch_clients('customer', 'id', 'nmae')$$);
SELECT refusal($$SELECT winback.watch_clients('customer', 'id', registered_at => 'name')$$);
SELECT refusal($$SELECT winback.watch_clients('customer', 'id', do_not_contact => 'name')$$);

-- And right: seconds may be an interval; the mapped columns anything that can be read.
\pset tuples_only off
INSERT INTO call VALUES (1, 1, '2024-03-20 10:00+00', '20.5 seconds', 20, 'ann'),
    (2, 1, '2024-03-21 10:00+00', '20 s', 20, 'ann');
INSERT INTO happening VALUES (1, 'complaint', '2024-03-22 10:00+00', NULL), (1, 'nps', '2024-03-23 10:00+00', 9),
    (1, NULL, '2024-03-24 10:00+00', 9), (1, 'nps', NULL, 0), (NULL, 'nps', '2024-03-24 10:00+00', 0);
INSERT INTO customer VALUES (1, 'Ann', '2024-03-01', NULL), (2, 'Bob', NULL, true), (3, NULL, '1980-01-01', false);
SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'length', 'upper(agent)');
SELECT winback.watch_events('happening', 'customer', 'lower(kind)', 'at', 'score');
SELECT winback.watch_clients('customer', 'id', 'name', 'id + 1', 'name || ''!''', registered_at => 'born',
    do_not_contact => 'silent');
SELECT client_id, name, manager, channel, do_not_contact, registered_at, status, status_since, interaction_status,
    last_contact_at
  FROM winback.clients ORDER BY client_id;
-- One table may be watched in several roles and with several expressions; their facts add up.
SELECT winback.watch_events('call', 'customer', '''inquiry''', 'at', counts_when => 'secs < 30');
SELECT winback.watch_events('call', 'customer', '''offer''', 'at', counts_when => 'id = 2');
SELECT what, count(*) FROM winback.life_cycle WHERE client_id = 1 GROUP BY what ORDER BY what;
SELECT kind, relation, state, expressions FROM winback.source_status WHERE relation = 'call'::regclass
 ORDER BY source_id;
SELECT * FROM winback.verify();
-- All of them go with one unwatch; clients of whom nothing is known any more go too.
SELECT winback.unwatch('call');
SELECT winback.unwatch('happening');
SELECT winback.unwatch('customer');
SELECT * FROM winback.clients;
SELECT tgname FROM pg_trigger WHERE tgrelid IN ('call'::regclass, 'happening'::regclass, 'customer'::regclass);

-- An unwatch() that fails halfway leaves the table watched, in the session that tried, too.
CREATE TABLE kept (id int, customer int, placed_at timestamptz);
CREATE INDEX ON kept (customer);
SELECT winback.watch_orders('kept', 'customer', 'placed_at');
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM winback.source) THEN
        PERFORM winback.fold();
        PERFORM count(*) FROM winback.verify();
    END IF;
    RAISE EXCEPTION 'no triggers are dropped here';
END $$;
CREATE EVENT TRIGGER refuse ON sql_drop WHEN TAG IN ('DROP TRIGGER') EXECUTE FUNCTION refuse();
SELECT winback.unwatch('kept');
DROP EVENT TRIGGER refuse;
INSERT INTO kept VALUES (1, 777, '2024-01-01');
SELECT client_id, orders FROM winback.clients WHERE client_id = 777;
-- Also where it is the first that the session does, and fails before the table itself has changed.
CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP TRIGGER') EXECUTE FUNCTION refuse();
\c
\set SHOW_CONTEXT never
SET winback.as_of = '2024-03-31 12:00:00+00';
SELECT winback.unwatch('kept');
INSERT INTO kept VALUES (2, 778, '2024-01-01');
SELECT client_id, orders FROM winback.clients WHERE client_id = 778;
-- The same where a savepoint is released, and rolled back with the one around it.
CREATE OR REPLACE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback.fold();
END $$;
\c
SET winback.as_of = '2024-03-31 12:00:00+00';
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
SELECT winback.unwatch('kept');
RELEASE b;
INSERT INTO kept VALUES (3, 779, '2024-01-01');
ROLLBACK TO a;
INSERT INTO kept VALUES (4, 780, '2024-01-01');
COMMIT;
SELECT client_id, orders FROM winback.clients ORDER BY client_id;
DROP EVENT TRIGGER refuse;

SET client_min_messages = warning;
DROP SCHEMA winback CASCADE;
DROP OWNED BY regress_winback_watcher;
DROP ROLE regress_winback_watcher;
