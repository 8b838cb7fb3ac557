-- Every function of winback's, those that only winback itself should call included, is called with nulls, the ends of
-- its types, names of what is not there, and nonsense. It may refuse them; neither server nor ledger may be harmed.
SET client_min_messages = error;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE orders (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE TABLE calls (id int PRIMARY KEY, client int, at timestamptz, seconds int);
INSERT INTO orders SELECT i, i % 20, timestamptz '2022-01-01' + i * i % 800 * interval '1 day', i
  FROM generate_series(1, 200) i;
INSERT INTO calls SELECT i, i, '2024-05-01', 30 FROM generate_series(1, 20) i;
DO $$ BEGIN
    PERFORM winback.watch_orders('orders', 'client', 'at', 'amount', 'id');
    PERFORM winback.watch_calls('calls', 'id', 'client', 'at', 'seconds');
    UPDATE winback.policy SET timezone = 'UTC';
    UPDATE winback.segment SET playbook = 'return' WHERE name = 'desired_returners';
    PERFORM winback.sweep();
END $$;

CREATE TABLE odd (type text PRIMARY KEY, given text);
INSERT INTO odd VALUES
  ('text', $$'' | 'x' | '1' | 'mbg/nbd' | 'silence' | 'return' | 'orders' | repeat('x', 9999)$$),
  ('name', $$'' | 'x' | 'winback_capture_row'$$),
  ('boolean', 'true | false'),
  ('smallint', '0::smallint | 1::smallint | (-32768)::smallint'),
  ('integer', '0 | -1 | 1 | 2147483647 | -2147483648'),
  ('bigint', '0 | -1 | 1 | 9223372036854775807 | -9223372036854775808'),
  ('double precision', $$0 | -1 | 1 | 1e308 | 1e-308 | 'NaN'::float8 | 'Infinity'::float8$$),
  ('numeric', $$0 | -1 | 1 | 1e1000 | 'NaN'::numeric | '-Infinity'::numeric$$),
  ('date', $$'infinity' | '2024-06-01' | '5874897-12-31'$$),
  ('timestamp without time zone', $$'2024-06-01' | '1970-01-01'$$),
  ('timestamp with time zone', $$'infinity' | '-infinity' | '2024-06-01' | '4713-01-01 BC' | '294276-12-31'$$),
  ('interval', $$'0' | '-1 day' | '1 month' | '178000000 years' | '1 microsecond'$$),
  ('oid', '0 | 99999 | 1259'),
  ('regclass', $$0::oid::regclass | 99999::oid::regclass | 'orders' | 'winback.client' | 'winback.clients'$$),
  ('regtype', $$0::oid::regtype | 99999::oid::regtype | 'integer'$$),
  ('regrole', '0::oid::regrole | 99999::oid::regrole'),
  ('jsonb', $$'{}' | '[]' | 'null' | '1' | '{"a": [{}]}'$$),
  ('text[]', $$'{}' | '{a,NULL,b}'$$),
  ('double precision[]', $$'{}' | '{1,NULL}' | '{NaN,Infinity}' | '{{1,2},{3,4}}'$$),
  ('anyelement', $$NULL::int | 1 | 'x'::text$$),
  ('record', 'row(1, 2)'),
  ('else', $$'' | '1' | '{}'$$);

-- One of what may be given for a type, or null; always the same for the same seed.
CREATE FUNCTION odd(wanted text, seed text) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT (string_to_array('NULL | ' || given, ' | '))
           [1 + abs(hashtext(seed)::bigint) % (1 + cardinality(string_to_array(given, ' | ')))]
      FROM odd WHERE type IN (wanted, 'else') ORDER BY type = 'else' LIMIT 1 $$;

-- Calls one in a savepoint that comes to nothing; true if it refused.
CREATE FUNCTION refuses(call text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE call;
    RAISE SQLSTATE 'UNDO0';
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    RETURN false;
WHEN OTHERS THEN
    RETURN true;
END $$;

CREATE TABLE called AS
SELECT p.oid::regprocedure AS function, number, refuses(format(CASE
           WHEN p.prokind = 'a' THEN 'SELECT winback.%I(%s) FROM orders'
           WHEN p.prokind = 'w' THEN 'SELECT winback.%I(%s) OVER (ORDER BY id) FROM orders'
           WHEN p.proretset OR number % 3 = 0 THEN 'SELECT * FROM winback.%I(%s)'
           ELSE 'SELECT winback.%I(%s)' END,
           p.proname, (SELECT string_agg(odd(format_type(a.type, NULL), p.proname || number || a.place), ', '
                                         ORDER BY a.place)
                         FROM unnest(p.proargtypes) WITH ORDINALITY a (type, place)))) AS refused
  FROM pg_proc p, generate_series(1, 12) number
 WHERE p.pronamespace = 'winback'::regnamespace AND 'internal'::regtype <> ALL (p.proargtypes)
   AND p.prorettype <> ALL ('{trigger,event_trigger}'::regtype[])
   AND p.proname <> '_starts'  -- so many steps as are asked for
 ORDER BY number, p.proname;

-- Some calls were refused, some were not, and the ledger is as it was.
SELECT count(DISTINCT function) > 300 AS functions, sum((NOT refused)::int) > 1000 AS done,
       sum(refused::int) > 1000 AS refused FROM called;
SELECT count(*) FROM winback.clients;
SELECT * FROM winback.verify();
