-- attach_view(): the CRM's table of clients as it is, and where each client stands beside it.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE SCHEMA crm;
CREATE TYPE crm.level AS ENUM ('basic', 'gold');
-- Some of its columns are called as ours are, one as ours would be called then, some need quoting.
CREATE TABLE crm.customers (
    id               int PRIMARY KEY,
    "Full Name"      varchar(40) NOT NULL,
    gone             text,
    status           crm.level NOT NULL DEFAULT 'basic',
    winback_status   text,
    revenue          numeric(12,2),
    client_id        bigint GENERATED ALWAYS AS (id * 10) STORED
);
ALTER TABLE crm.customers DROP COLUMN gone;
COMMENT ON COLUMN crm.customers.revenue IS 'of the customer''s own business';
CREATE TABLE crm.orders (customer int, day date, total numeric);
CREATE INDEX ON crm.orders (customer);
INSERT INTO crm.customers VALUES (1, 'Ann', 'gold', 'x', 1000), (2, 'Bob', DEFAULT, NULL, NULL),
    (-3, 'Nobody of ours', DEFAULT, NULL, NULL);
INSERT INTO crm.orders VALUES (1, '2024-05-01', 100), (1, '2024-05-20', 50), (2, '2024-01-10', 70);

-- It takes a watched table of clients.
SELECT winback.attach_view('crm.customers_status', 'crm.customers');
SELECT winback.watch_orders('crm.orders', 'customer', 'day', 'total');
SELECT winback.attach_view('crm.customers_status', 'crm.customers');
SELECT winback.attach_view('crm.customers_status', 'crm.orders');
-- The key may be any expression over the table's columns; here it is null for one row.
SELECT winback.watch_clients('crm.customers', 'CASE WHEN customers.id > 0 THEN client_id::int / 10 END', '"Full Name"');
SELECT winback.attach_view('crm.customers_status', 'crm.customers');

-- The table's columns come first, in their own types and order. A name that is taken gets a prefix.
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a WHERE a.attrelid = 'crm.customers_status'::regclass ORDER BY a.attnum;
SELECT obj_description('crm.customers_status'::regclass);
\x on
SELECT * FROM crm.customers_status ORDER BY id;
\x off
-- It says what winback.clients says, at the moment of reading.
SELECT id, winback_winback_status AS now, lost_at FROM crm.customers_status WHERE id = 1;
SET winback.as_of = '2024-09-01';
SELECT id, winback_winback_status AS later, next_contact_on FROM crm.customers_status WHERE id = 1;
SET winback.as_of = '2024-06-01 12:00:00+00';

-- It is an ordinary view of who made it: no member of the extension.
SELECT c.relkind, c.relowner = current_user::regrole AS mine,
       (SELECT count(*) FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') AS memberships
  FROM pg_class c WHERE c.oid = 'crm.customers_status'::regclass;
-- Making it again changes nothing, and follows the table as far as a view can: it takes columns at its end only.
SELECT winback.attach_view('crm.customers_status', 'crm.customers');
ALTER TABLE crm.customers ADD COLUMN city text;
SELECT winback.attach_view('crm.customers_status', 'crm.customers');
DROP VIEW crm.customers_status;
SELECT winback.attach_view('crm.customers_status', 'crm.customers');
SELECT city, orders FROM crm.customers_status WHERE id = 1;

-- Without a schema the name is the caller's to resolve, as with CREATE VIEW; quoting is kept.
SET search_path = crm;
SELECT winback.attach_view('"Customers now"', 'customers');
SELECT "Full Name", orders FROM "Customers now" WHERE id = 2;
RESET search_path;
SELECT 'crm."Customers now"'::regclass;
SET search_path = '';
SELECT winback.attach_view('lonely', 'crm.customers');
RESET search_path;
SELECT winback.attach_view('a.b.c', 'crm.customers');
SELECT winback.attach_view('', 'crm.customers');
SELECT winback.attach_view('nowhere.v', 'crm.customers');
SELECT winback.attach_view('crm.orders', 'crm.customers');
SELECT winback.attach_view(NULL, 'crm.customers');
SELECT winback.attach_view('v', NULL);

-- Who may read both may read it, with the rights of its own.
CREATE ROLE regress_winback_half;
CREATE ROLE regress_winback_whole;
GRANT USAGE ON SCHEMA crm TO regress_winback_half, regress_winback_whole;
GRANT SELECT ON crm.customers TO regress_winback_half, regress_winback_whole;
SELECT winback.grant_reader('regress_winback_whole');
SET ROLE regress_winback_half;
SELECT id, orders FROM crm.customers_status ORDER BY id;
SET ROLE regress_winback_whole;
SELECT id, orders FROM crm.customers_status ORDER BY id;
RESET ROLE;
REVOKE SELECT ON crm.customers FROM regress_winback_whole;
SET ROLE regress_winback_whole;
SELECT id, orders FROM crm.customers_status ORDER BY id;
RESET ROLE;

-- A look-up by key is one by index on both sides, where the client expression is a column.
CREATE TABLE crm.firms (firm varchar(20) COLLATE "C" PRIMARY KEY, name text);
CREATE TABLE crm.deals (firm varchar(20), at timestamptz);
INSERT INTO crm.firms SELECT 'F-' || i, 'firm ' || i FROM generate_series(1, 3000) i;
INSERT INTO crm.deals SELECT 'F-' || i, '2024-05-01' FROM generate_series(1, 3000) i;
CREATE INDEX ON crm.deals (firm);
SET client_min_messages = warning;
DROP SCHEMA winback CASCADE;
CREATE EXTENSION winback;
RESET client_min_messages;
SELECT winback.watch_orders('crm.deals', 'firm', 'at');
SELECT winback.watch_clients('crm.firms', 'firm', 'name');
SELECT winback.attach_view('crm.firms_now', 'crm.firms');
ANALYZE crm.firms, winback.client;
EXPLAIN (COSTS off) SELECT firm, name, orders, revenue FROM crm.firms_now WHERE firm = 'F-17';
SELECT firm, name, status, orders FROM crm.firms_now WHERE firm = 'F-17';
SELECT status, count(*) FROM crm.firms_now GROUP BY 1;

-- Where the extension goes, its views go, this one too.
\set VERBOSITY terse
DROP EXTENSION winback;
\set VERBOSITY default
SET client_min_messages = warning;
DROP EXTENSION winback CASCADE;
SELECT to_regclass('crm.firms_now');
DROP SCHEMA winback, crm CASCADE;
DROP ROLE regress_winback_half, regress_winback_whole;
