-- suggest_watches(): what a new user runs first, on whatever database there is.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';
\pset format unaligned
-- A database without anything.
SELECT * FROM winback.suggest_watches();

-- A shop. Keys, money and states are recognised by their names and types, and by what the rows say.
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id int PRIMARY KEY, first_name text, last_name text, manager text, lead_source text,
                             created_at timestamptz, do_not_call boolean, deleted_at timestamptz);
CREATE TABLE shop.orders (id bigserial PRIMARY KEY, customer_id int REFERENCES shop.customers, ship_to_customer_id int,
                          created_at timestamptz, order_date date, total_cents int, "Status" text, is_test boolean);
CREATE INDEX ON shop.orders (customer_id);
CREATE TABLE shop.call_log (call_id int PRIMARY KEY, customer_id int, started_at timestamptz, duration_minutes float8,
                            agent text, status varchar(20) CHECK (status IN ('done', 'missed', 'planned')));
CREATE INDEX ON shop.call_log (customer_id);
CREATE TABLE shop.nps_responses (customer_id int, score int, created_at timestamptz);
CREATE INDEX ON shop.nps_responses (customer_id);
INSERT INTO shop.customers VALUES (1, 'Ann', NULL, 'kim', 'web', '2024-01-01', false, NULL);
INSERT INTO shop.orders (customer_id, order_date, total_cents, "Status", is_test) VALUES
    (1, '2024-05-01', 1999, 'paid', NULL), (1, '2024-05-02', 100, 'Cancelled', false),
    (1, '2024-05-03', 1, NULL, false), (1, '2024-05-04', 777, 'paid', true);
INSERT INTO shop.call_log VALUES (1, 1, '2024-05-05 10:00+00', 1.5, 'kim', 'done');
INSERT INTO shop.nps_responses VALUES (1, 9, '2024-05-06 10:00+00');
\x on
SELECT * FROM winback.suggest_watches();
\x off
-- Its calls can be run as they are.
SELECT call FROM winback.suggest_watches() \gexec
SELECT client_id, name, manager, channel, orders, revenue, last_order_at, last_contact_at, do_not_contact
  FROM winback.clients;
SELECT * FROM winback.verify();
-- What is watched is suggested no more.
SELECT source, kind FROM winback.suggest_watches();
SET client_min_messages = warning;
DROP SCHEMA winback CASCADE;
DROP SCHEMA shop CASCADE;
CREATE EXTENSION winback;
RESET client_min_messages;

-- In other languages, scripts and styles of writing.
CREATE TABLE "Kunden" ("KundenNr" int PRIMARY KEY, "Vorname" text, "Nachname" text);
CREATE TABLE "Aufträge" ("AuftragsNr" int PRIMARY KEY, "KundenNr" int REFERENCES "Kunden", "Bestelldatum" date,
                         "Betrag" money, "Zustand" text);
INSERT INTO "Kunden" VALUES (1, 'Änne', 'Öhm');
INSERT INTO "Aufträge" VALUES (1, 1, '2024-05-01', 5, 'bezahlt'), (2, 1, '2024-05-01', 5, 'storniert');
SELECT call, example FROM winback.suggest_watches();
DROP TABLE "Aufträge", "Kunden";
CREATE TABLE "Контрагенты" ("Код" int PRIMARY KEY, "Наименование" text);
CREATE TABLE "ЗаказыПокупателей" ("Номер" int PRIMARY KEY, "Контрагент" int, "Дата" date, "Сумма" numeric,
                                  "Статус" text);
INSERT INTO "Контрагенты" VALUES (1, 'Анна');
INSERT INTO "ЗаказыПокупателей" VALUES (1, 1, '2024-05-01', 5, 'Отменен');
SELECT call, example FROM winback.suggest_watches();
DROP TABLE "Контрагенты", "ЗаказыПокупателей";
CREATE TABLE clientes (id_cliente uuid PRIMARY KEY, nombre text);
CREATE TABLE facturas (numero int PRIMARY KEY, id_cliente uuid REFERENCES clientes, fecha date, importe float8);
SELECT call, reasons FROM winback.suggest_watches();
DROP TABLE facturas, clientes;

-- Deals count once they are won; lines serve where the order has no amount; a call may know a number only.
CREATE TABLE account (id text PRIMARY KEY, name text);
CREATE TABLE opportunity (id text PRIMARY KEY, account_id text REFERENCES account, stage text, amount numeric,
                          close_date date);
INSERT INTO opportunity VALUES ('a', NULL, 'Closed Won', 5, '2024-05-01'), ('b', NULL, 'Prospecting', 5, NULL);
SELECT call FROM winback.suggest_watches() WHERE kind = 'orders';
DROP TABLE opportunity, account;
-- An example is what the call's expressions say of a few rows.
CREATE TABLE sales_order_header (sales_order_id int PRIMARY KEY, customer_id int, order_date timestamp, status int);
CREATE TABLE sales_order_detail (sales_order_id int REFERENCES sales_order_header, order_qty smallint, unit_price money,
                                 discount real);
INSERT INTO sales_order_detail VALUES (NULL, 2, 10, 15);
SELECT call, reasons FROM winback.suggest_watches();
DROP TABLE sales_order_detail, sales_order_header;
CREATE TABLE cdr (calldate timestamp, src varchar(80), dst varchar(80), duration int, billsec int,
                  disposition varchar(45), uniqueid varchar(150));
INSERT INTO cdr VALUES ('2024-05-01', '100', '200', 40, 0, 'NO ANSWER', '1.1');
SELECT call, reasons FROM winback.suggest_watches();
DROP TABLE cdr;

-- What is no table of the user's own is not suggested: leaves of partitions, views, copies, temporary tables.
CREATE TABLE orders (order_id int, customer_id int, placed_at date, total numeric) PARTITION BY RANGE (placed_at);
CREATE TABLE orders_2024 PARTITION OF orders DEFAULT;
CREATE VIEW orders_view AS SELECT * FROM orders;
CREATE MATERIALIZED VIEW order_copy AS SELECT * FROM orders;
CREATE TEMP TABLE temp_orders AS SELECT * FROM orders;
CREATE TABLE order_history AS SELECT * FROM orders;
CREATE TABLE purchase_orders AS SELECT * FROM orders;
SELECT source FROM winback.suggest_watches();
-- Where there is a ledger, its type of keys decides.
SELECT winback.init('uuid');
SELECT source FROM winback.suggest_watches();
SET client_min_messages = warning;
DROP SCHEMA winback CASCADE;
CREATE EXTENSION winback;
RESET client_min_messages;

-- It suggests what the caller can read, says whose it is to call, and fails on nothing odd.
CREATE ROLE regress_winback_new;
GRANT USAGE ON SCHEMA winback TO regress_winback_new;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA winback TO regress_winback_new;
CREATE TABLE open_orders (order_id int, customer_id int, placed_at date, total numeric);
CREATE TABLE hidden_orders (order_id int, customer_id int, placed_at date, total numeric);
CREATE TABLE guarded_orders (order_id int, customer_id int, placed_at date, total numeric);
CREATE TABLE partly_orders (order_id int, customer_id int, placed_at date, total numeric);
ALTER TABLE guarded_orders ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON open_orders, guarded_orders TO regress_winback_new;
GRANT SELECT (order_id) ON partly_orders TO regress_winback_new;
SET ROLE regress_winback_new;
SELECT source, reasons LIKE '%to be called by its owner%' AS says_owner FROM winback.suggest_watches();
RESET ROLE;
DROP TABLE orders, order_history, purchase_orders, hidden_orders, guarded_orders, partly_orders CASCADE;
CREATE TABLE order_none ();
CREATE TABLE "order ""quoted"" 'too'" ("customer ""id""" int, customer_id int, "order date" date, "total'" numeric);
CREATE TYPE pair AS (a int, b int);
CREATE TABLE order_pairs (customer_id pair, order_date date, amount pair);
SELECT call FROM winback.suggest_watches();
-- It reads only: a transaction that may not write can call it.
BEGIN READ ONLY;
SELECT count(*) FROM winback.suggest_watches();
COMMIT;
-- Of a big table it reads a few pages somewhere.
CREATE TABLE big_orders (customer_id int, order_date date, amount numeric, filler text);
ALTER TABLE big_orders ALTER COLUMN filler SET STORAGE PLAIN;
INSERT INTO big_orders SELECT i, '2024-05-01', i, repeat('x', 7000) FROM generate_series(1, 3000) i;
ANALYZE big_orders;
SELECT call, jsonb_array_length(example) <= 2 AS has_example FROM winback.suggest_watches()
 WHERE source = 'big_orders'::regclass;
DROP TABLE big_orders, open_orders, order_none, "order ""quoted"" 'too'", order_pairs;
DROP OWNED BY regress_winback_new;
DROP ROLE regress_winback_new;
