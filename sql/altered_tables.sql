-- What ALTER does to a watched table: what keeps its meaning is followed, what would take a part of it away is refused.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-10 00:00:00+00';
CREATE SCHEMA crm;
CREATE TYPE crm.state AS ENUM ('paid', 'draft');
CREATE FUNCTION crm.euros(int) RETURNS numeric IMMUTABLE LANGUAGE sql AS 'SELECT round($1 / 100.0, 2)';
CREATE TABLE crm.purchase (id int PRIMARY KEY, client int, at timestamptz, cents int, state crm.state DEFAULT 'paid',
    note text);
CREATE INDEX ON crm.purchase (client);
INSERT INTO crm.purchase VALUES (1, 1, '2026-01-01', 1000), (2, 1, '2026-02-01', 2000), (3, 2, '2026-03-01', 3000);
SET search_path = crm, public;
SELECT winback.watch_orders('purchase', 'purchase.client', 'at', 'euros(cents)', 'id', $$state <> 'draft'$$);
RESET search_path;

-- Names are followed: of the table, its schema, its columns, and of whatever else an expression names. An expression is
-- only spelled anew where it would no longer mean the same.
CREATE VIEW watch AS SELECT name, state, expressions FROM winback.source_status WHERE kind = 'orders';
SELECT name, jsonb_pretty(expressions) FROM watch;
ALTER TABLE crm.purchase RENAME cents TO pennies;
SELECT expressions ->> 'amount' AS amount FROM watch;
ALTER TABLE crm.purchase RENAME TO "Order";
SELECT name, expressions ->> 'client' AS client FROM watch;
ALTER TYPE crm.state RENAME VALUE 'draft' TO 'concept';
ALTER TYPE crm.state RENAME TO order_state;
ALTER FUNCTION crm.euros(int) RENAME TO in_euros;
ALTER SCHEMA crm RENAME TO sales;
CREATE SCHEMA archive;
ALTER TABLE sales."Order" SET SCHEMA archive;
SELECT name, state, jsonb_pretty(expressions) FROM watch;
INSERT INTO archive."Order" VALUES (4, 2, '2026-03-02', 500, 'paid'), (5, 2, '2026-03-03', 700, 'concept');
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A new name that is taken back, in a transaction or with it.
BEGIN;
ALTER TABLE archive."Order" RENAME pennies TO cents;
SAVEPOINT s;
ALTER TABLE archive."Order" RENAME cents TO copper;
ROLLBACK TO s;
INSERT INTO archive."Order" VALUES (6, 3, '2026-03-02', 100);
SELECT expressions ->> 'amount' AS amount FROM watch;
ROLLBACK;
SELECT expressions ->> 'amount' AS amount FROM watch;
-- Two names that change places.
ALTER TABLE archive."Order" ADD discount int;
BEGIN;
ALTER TABLE archive."Order" RENAME pennies TO swap;
ALTER TABLE archive."Order" RENAME discount TO pennies;
ALTER TABLE archive."Order" RENAME swap TO discount;
COMMIT;
SELECT expressions ->> 'amount' AS amount FROM watch;
INSERT INTO archive."Order" (id, client, at, discount) VALUES (6, 3, '2026-03-02', 100);
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- What an expression uses is not dropped.
ALTER TABLE archive."Order" DROP COLUMN discount;
ALTER TABLE archive."Order" DROP COLUMN discount CASCADE;
DROP TYPE sales.order_state CASCADE;
DROP FUNCTION sales.in_euros(int);
ALTER TABLE archive."Order" DROP COLUMN note, DROP COLUMN pennies;
-- Nor does it get a type with which the expression no longer yields what it must.
ALTER TABLE archive."Order" ALTER at TYPE text;
ALTER TABLE archive."Order" ALTER client TYPE uuid USING NULL;
ALTER TABLE archive."Order" ALTER discount TYPE text;
SELECT name, state FROM watch;

-- Another type that does: everybody is computed by the new values.
ALTER TABLE archive."Order" ALTER discount TYPE int USING discount * 10;
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
ALTER TABLE archive."Order" ALTER at TYPE timestamp USING at AT TIME ZONE 'Asia/Tokyo';
SELECT client_id, first_order_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- Values that can be no facts are rejected, as in any other statement; and leave the list when they can be again.
SELECT winback.unwatch('archive."Order"');
SELECT winback.watch_orders('archive."Order"', 'client', 'at', 'discount');
ALTER TABLE archive."Order" ALTER discount TYPE numeric
    USING CASE WHEN id = 6 THEN 'NaN'::numeric ELSE discount END;
SELECT source, row ->> 'id' AS id, reason FROM winback.rejected;
ALTER TABLE archive."Order" ALTER discount TYPE int USING nullif(discount, 'NaN'::numeric);
SELECT count(*) FROM winback.rejected;
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- What rewrites the table, or says nothing of its rows.
VACUUM FULL archive."Order";
CLUSTER archive."Order" USING purchase_pkey;
ALTER TABLE archive."Order" SET UNLOGGED;
ALTER TABLE archive."Order" SET LOGGED;
ALTER TABLE archive."Order" ADD COLUMN more int DEFAULT 3, ALTER COLUMN client SET NOT NULL, SET (fillfactor = 50);
CREATE ROLE regress_winback_other;
ALTER TABLE archive."Order" OWNER TO regress_winback_other;
UPDATE archive."Order" SET discount = 1 WHERE id = 1;
DELETE FROM archive."Order" WHERE id = 6;
INSERT INTO archive."Order" (id, client, at, discount) VALUES (7, 4, '2026-03-05', 7);
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT name, state FROM watch;
SELECT * FROM winback.verify();

-- Triggers that are switched off, or gone, are told of; reattach() mends them, and reads what was missed.
ALTER TABLE archive."Order" DISABLE TRIGGER winback_capture_row;
INSERT INTO archive."Order" (id, client, at, discount) VALUES (8, 4, '2026-03-06', 8);
SELECT name, state FROM watch;
SELECT winback.reattach('archive."Order"');
SELECT name, state FROM watch;
SELECT client_id, orders, revenue FROM winback.clients WHERE client_id = 4;
ALTER TABLE archive."Order" DISABLE TRIGGER ALL;
ALTER TABLE archive."Order" ENABLE TRIGGER ALL;
SELECT winback.reattach('archive."Order"');
DROP TRIGGER winback_capture_truncate ON archive."Order";
SELECT name, state FROM watch;
SELECT winback.reattach('archive."Order"');
SELECT name, state FROM watch;
SELECT * FROM winback.verify();
\set VERBOSITY sqlstate
SELECT winback.reattach('pg_class');
SELECT winback.reattach(NULL);
\set VERBOSITY default

DROP VIEW watch;
DROP TABLE archive."Order" CASCADE;
DROP ROLE regress_winback_other;
