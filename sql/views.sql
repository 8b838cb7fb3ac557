-- What is installed says what it is, belongs to whom it should, and is open to nobody by itself.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01';

-- The extension is code only; c: the row of a composite type.
SELECT DISTINCT c.relkind FROM pg_class c WHERE c.relnamespace = 'winback'::regnamespace;
SELECT DISTINCT d.classid::regclass FROM pg_depend d
 WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'winback')
   AND d.deptype = 'e';
SELECT winback.init('uuid');
-- The ledger is the user's: no relation is a member of the extension.
SELECT count(*) FROM pg_depend d
 WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
   AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'winback');
-- client_id has the CRM's type in every table and view.
SELECT c.relkind, count(*), format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind IN ('r', 'v') AND a.attname = 'client_id' 
 GROUP BY 1, 3 ORDER BY 1;
-- No type of the extension's own.
SELECT DISTINCT n.nspname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0;

-- Every function, relation and trigger has a comment; so has every column of a view.
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'winback'::regnamespace
    AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT c.oid::regclass FROM pg_class c
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
   AND obj_description(c.oid, 'pg_class') IS NULL;
SELECT t.tgrelid::regclass, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'winback'::regnamespace AND NOT t.tgisinternal AND t.tgname !~ '^winback_capture'
   AND obj_description(t.oid, 'pg_trigger') IS NULL;
SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind = 'v' AND col_description(c.oid, a.attnum) IS NULL;
-- The same words mean the same column in every view.
SELECT a.attname, count(DISTINCT format_type(a.atttypid, a.atttypmod)) FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind = 'v'
 GROUP BY 1 HAVING count(DISTINCT format_type(a.atttypid, a.atttypmod)) > 1;
-- The views there are, and the columns of winback.clients.
SELECT viewname FROM pg_views WHERE schemaname = 'winback' ORDER BY 1;
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'winback' AND table_name = 'clients'
 ORDER BY ordinal_position;

-- Nothing is granted to PUBLIC.
SELECT has_schema_privilege('public', 'winback', 'USAGE, CREATE') AS schema_is_open;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'winback'::regnamespace
    AND has_function_privilege('public', p.oid, 'EXECUTE');
SELECT c.oid::regclass FROM pg_class c
 WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind IN ('r', 'v', 'S')
   AND (CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('public', c.oid, 'USAGE, SELECT, UPDATE')
             ELSE has_table_privilege('public', c.oid,
                 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') END);
-- Functions pin their search path, but for those that are to look at the caller's; and SECURITY DEFINER is for few.
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = 'winback'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
   AND NOT coalesce(array_to_string(p.proconfig, ' ') LIKE '%search_path=pg_catalog, pg_temp%', false)
 ORDER BY p.oid::regprocedure::text;
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'winback'::regnamespace AND p.prosecdef
 ORDER BY p.oid::regprocedure::text;
-- A session's search path does not lead anybody astray.
CREATE SCHEMA trap;
CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.trapped(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR trap.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = trap.trapped);
CREATE TABLE purchase (client uuid, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SET search_path = trap, pg_catalog, public;
INSERT INTO purchase VALUES ('00000000-0000-0000-0000-000000000001', '2024-01-01', 10),
    ('00000000-0000-0000-0000-000000000002', '2024-05-31', 20);
UPDATE purchase SET amount = 11 WHERE amount = 10;
SELECT winback.status('00000000-0000-0000-0000-000000000001');
SELECT tasks_opened FROM winback.sweep();
SELECT client_id, revenue FROM winback.lost_clients;
SELECT * FROM winback.verify();
RESET search_path;

-- The views of a ledger that has data. worker_status is tested where a worker runs.
SELECT client_id, days_lost, lost_since, next_contact_on, open_tasks FROM winback.lost_clients;
SELECT kind, relation, state, rejected FROM winback.source_status ORDER BY source_id;
SELECT state FROM winback.worker_status;
-- init() on a ledger that is there makes its views anew and keeps its data and grants.
DROP VIEW winback.lost_clients;
SELECT winback.init(NULL);
SELECT client_id FROM winback.lost_clients;
-- DROP EXTENSION takes the code only. CREATE EXTENSION and init() bring the rest back.
\set VERBOSITY terse
DROP EXTENSION winback;
\set VERBOSITY default
DROP EXTENSION winback CASCADE;
INSERT INTO purchase VALUES ('00000000-0000-0000-0000-000000000003', '2024-05-31', 30);
SELECT client_id, revenue FROM winback.client ORDER BY 1;
CREATE EXTENSION winback;
SELECT winback.init('uuid');
SELECT client_id, status, revenue, open_tasks FROM winback.clients ORDER BY 1;
SELECT kind, relation, state FROM winback.source_status ORDER BY source_id;
SELECT count(*) FROM winback.status_change;
SELECT * FROM winback.verify();

-- The clock is a superuser's to set.
CREATE ROLE regress_winback_clock;
SET ROLE regress_winback_clock;
SET winback.as_of = '2030-01-01';
RESET ROLE;
SET winback.as_of = 'tomorrow';
SET winback.as_of = 'yesteryear';
SET winback.as_of = 'infinity';
SET winback.as_of = '';
SELECT winback.now() = now() AS present;
SELECT name, short_desc FROM pg_settings WHERE name LIKE 'winback.%' ORDER BY name;

DROP SCHEMA winback CASCADE;
DROP SCHEMA trap CASCADE;
DROP TABLE purchase CASCADE;
DROP ROLE regress_winback_clock;
