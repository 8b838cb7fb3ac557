-- Rows that cannot be facts: they never fail the application's statement, and never get lost.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE purchase (id int PRIMARY KEY, client text, at timestamp, amount numeric, rate numeric DEFAULT 1);
INSERT INTO purchase (id, client, at, amount, rate)
VALUES (1, '1', '2024-05-01', 10, 1), (2, '1', 'infinity', 10, 1), (3, '1', '2024-05-01', 'NaN', 1),
       (4, '1', '2024-05-02', 'Infinity', 1), (5, '1', '2024-05-02', 5, 0), (6, 'guest', '2024-05-02', 5, 1),
       (7, NULL, '2024-05-02', 5, 0), (8, '1', NULL, 5, 1), (9, '1', '294276-12-31', 1, 1);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
CREATE VIEW listed AS SELECT source, row ->> 'id' AS id, reason FROM winback.rejected ORDER BY (row ->> 'id')::int;
CREATE VIEW known AS
SELECT client_id::text, orders, revenue FROM winback.clients
UNION ALL SELECT 'DIFFERS: ' || client_id || ' ' || column_name, NULL, NULL FROM winback.verify() ORDER BY 1;

-- The first watch lists what is wrong already. A null client or time is no fact, and nothing is wrong with it.
SELECT winback.watch_orders('purchase', 'client::int', 'at', 'amount / rate', 'id');
SELECT source, row, reason FROM winback.rejected ORDER BY (row ->> 'id')::int;
SELECT * FROM known;
SELECT kind, state, rejected FROM winback.source_status WHERE relation = 'purchase'::regclass;

-- One WARNING a statement, however many rows.
INSERT INTO purchase SELECT i, '2', '2024-05-01', i, i % 2 FROM generate_series(10, 14) i;
SELECT * FROM known;
COPY purchase FROM stdin;
15	2	2024-05-02	NaN	1
16	2	2024-05-02	1	1
17	2	-infinity	1	1
\.
UPDATE purchase SET rate = 0 WHERE id IN (13, 16);
SELECT * FROM listed;
SELECT * FROM known;

-- A row leaves the list when it is mended or removed; a wrong one that is changed and stays wrong is listed as it is.
UPDATE purchase SET rate = 1 WHERE id IN (10, 13, 16);
UPDATE purchase SET amount = 99 WHERE id = 12;
UPDATE purchase SET client = NULL WHERE id = 14;
UPDATE purchase SET at = NULL WHERE id = 17;
DELETE FROM purchase WHERE id IN (2, 3, 4);
SELECT id, reason FROM listed;
SELECT row FROM winback.rejected WHERE row ->> 'id' = '12';
SELECT * FROM known;
-- What is rolled back was not listed, or is listed still.
BEGIN;
INSERT INTO purchase VALUES (20, '3', '2024-05-01', 'NaN');
SAVEPOINT a;
DELETE FROM purchase WHERE id IN (5, 20);
ROLLBACK TO a;
SELECT id FROM listed;
ROLLBACK;
SELECT id FROM listed;

-- A statement that fails leaves no count behind for the next one.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
CREATE TRIGGER zz AFTER INSERT ON purchase FOR EACH ROW WHEN (NEW.id = 22) EXECUTE FUNCTION refuse();
INSERT INTO purchase VALUES (21, '3', '2024-05-01', 'NaN'), (22, '3', '2024-05-01', 1);
INSERT INTO purchase VALUES (23, NULL, '2024-05-01', 1);
DROP FUNCTION refuse CASCADE;

-- Two rows alike are two on the list.
ALTER TABLE purchase DROP CONSTRAINT purchase_pkey;
INSERT INTO purchase VALUES (30, '3', '2024-05-01', 'NaN'), (30, '3', '2024-05-01', 'NaN');
SELECT count(*) FROM listed WHERE id = '30';
DELETE FROM purchase WHERE ctid = (SELECT min(ctid) FROM purchase WHERE id = 30);
SELECT count(*) FROM listed WHERE id = '30';

-- The list grows no second copy by a rebuild; TRUNCATE and unwatch empty it.
SELECT winback.rebuild();
SELECT id FROM listed;
TRUNCATE purchase;
SELECT id FROM listed;
INSERT INTO purchase VALUES (40, 'x', '2024-05-01', 1);
SELECT id, reason FROM listed;
SELECT winback.unwatch('purchase');
SELECT id FROM listed;

-- A condition that fails, and a row that it leaves out: nothing else of that row is looked at.
SELECT winback.watch_orders('purchase', 'client::int', 'at', 'amount / rate', 'id', '10 / id > 0');
INSERT INTO purchase VALUES (0, '4', '2024-05-01', 1, 1), (11, 'x', '2024-05-01', 1, 0), (9, '4', '2024-05-01', 1, 1);
SELECT id, reason FROM listed;
SELECT * FROM known;

-- Nor of a row without a client or time.
INSERT INTO purchase VALUES (12, NULL, '2024-05-01', 1, 0), (13, '4', NULL, 1, 0);
SELECT id, reason FROM listed;

-- Calls, events and clients are held to the same.
CREATE TABLE call (id int, client int, at date, seconds numeric);
CREATE TABLE happening (client int, kind text, at timestamptz, value float8);
CREATE TABLE customer (id int, name text, born date);
CREATE INDEX ON call (client);
CREATE INDEX ON happening (client);
CREATE INDEX ON customer (id);
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT winback.watch_events('happening', 'client', 'kind', 'at', 'value');
SELECT winback.watch_clients('customer', 'id', 'name', registered_at => 'born');
INSERT INTO call VALUES (1, 4, 'infinity', 60), (2, 4, '2024-05-20', 'NaN'), (3, 4, '2024-05-20', 60);
INSERT INTO happening VALUES (4, 'nps', '2024-05-20', 'NaN'), (4, 'nps', '-infinity', 1), (4, 'nps', '2024-05-20', 9);
INSERT INTO customer VALUES (4, 'Dan', 'infinity'), (5, 'Eve', '2024-01-01'), (6, 'Fay', '5874897-12-31');
SELECT source, row, reason FROM winback.rejected WHERE source <> 'purchase'::regclass ORDER BY source::text, row::text;
SELECT client_id, name, registered_at, last_contact_at, status FROM winback.clients ORDER BY 1;
SELECT * FROM winback.verify();

-- A bad row elsewhere keeps nobody from being computed, however many rows a client has.
SELECT winback.unwatch('purchase');
TRUNCATE purchase;
INSERT INTO purchase SELECT i, '7', '2024-05-01', 1, 1 FROM generate_series(1, 1500) i;
INSERT INTO purchase VALUES (0, 'x', '2024-05-01', 1, 1);
SELECT winback.watch_orders('purchase', 'client::int', 'at', 'amount');
INSERT INTO purchase VALUES (1, '7', '2024-04-01', 1, 1);
SELECT client_id, orders, revenue FROM winback.clients WHERE client_id = 7;
SELECT * FROM winback.verify();

-- A row is found on the list also when days are those of another time zone than when it was listed.
CREATE TABLE visit (client int, kind text, at timestamptz, value numeric);
CREATE INDEX ON visit (client);
SELECT winback.watch_events('visit', 'client', 'kind', 'at', 'value');
INSERT INTO visit VALUES (1, 'nps', '2024-05-01', 'NaN');
UPDATE winback.policy SET timezone = 'Asia/Tokyo';
UPDATE visit SET value = 9;
SELECT * FROM winback.rejected WHERE source = 'visit'::regclass;

-- The rest of a row without its time, kind, alias or order is not looked at, whatever the kind of the table.
CREATE TABLE sparse (client int, name text, at timestamptz, zero int DEFAULT 0);
CREATE TABLE sparse_line (bill text, zero int DEFAULT 0);
SELECT winback.watch_calls('sparse', '1 / zero', 'client', 'at', '1 / zero', counts_when => 'client = 1');
SELECT winback.watch_events('sparse', 'client', 'name', 'at', '1 / zero', counts_when => 'client = 2');
SELECT winback.watch_orders('sparse', 'name', 'at', '1 / zero', 'name', counts_when => 'client = 3', by_alias => true);
SELECT winback.watch_order_lines('sparse_line', 'sparse', 'bill', '1 / zero');
INSERT INTO sparse VALUES (1, 'a', NULL), (2, NULL, '2024-05-01'), (2, 'a', NULL), (3, NULL, '2024-05-01'),
       (3, '', '2024-05-01'), (3, 'a', NULL);
INSERT INTO sparse_line VALUES (NULL), ('');
SELECT source, row FROM winback.rejected WHERE source::text LIKE 'sparse%';
INSERT INTO sparse VALUES (1, 'a', '2024-05-01'), (2, 'a', '2024-05-01'), (3, 'a', '2024-05-01');
INSERT INTO sparse_line VALUES ('a');
SELECT source, row FROM winback.rejected WHERE source::text LIKE 'sparse%' ORDER BY source::text, row::text;

-- A guest's row is no fact, nor is one without its time, whatever else is wrong with it.
CREATE TABLE guest (client int, at timestamptz, zero int DEFAULT 0);
SELECT winback.watch_orders('guest', 'client', 'at', counts_when => '1 / zero = 1');
INSERT INTO guest VALUES (NULL, '2024-05-01'), (50, NULL), (50, '2024-05-01');
SELECT row FROM winback.rejected WHERE source = 'guest'::regclass;

-- A text that is read as a time, and means the present, is none: it would mean another one at each reading. Of what is
-- listed already nobody is told again.
CREATE TABLE diary (at text, day varchar);
INSERT INTO diary VALUES ('now', NULL);
SELECT winback.watch_orders('diary', '50', 'at::timestamptz');
SELECT winback.watch_events('diary', '50', $$'nps'$$, $$('tod' || day)::date$$);
INSERT INTO diary (at) VALUES ('2024-05-01 10:00'), ('TODAY 10:00'), ('tomorrow12:00'), ('10:00,Yesterday'),
       ('nowhere'), ('epoch');
INSERT INTO diary (day) VALUES ('ay');
SELECT row, reason FROM winback.rejected WHERE source = 'diary'::regclass ORDER BY row;
SELECT orders, first_order_at, last_order_at FROM winback.clients WHERE client_id = 50;
SELECT * FROM winback.verify();
SELECT winback.unwatch('diary');
SELECT winback.unwatch('guest');

-- A date of ages ahead is one. The rhythm that it makes has no end within the calendar: that deadline never comes.
CREATE TABLE typo (client int, at timestamptz);
INSERT INTO typo VALUES (40, '2020-01-01'), (40, '2024-01-01'), (40, '202403-01-15');
SELECT winback.watch_orders('typo', 'client', 'at');
UPDATE winback.rule SET enabled = rule = 'own_cadence', floor = NULL, ceiling = NULL
 WHERE rule IN ('silence', 'slowing', 'own_cadence');
SELECT orders, status, at_risk_at, lost_at FROM winback.clients WHERE client_id = 40;
UPDATE winback.rule SET enabled = true, ceiling = '10 years' WHERE rule = 'own_cadence';
SELECT lost_at, lost_by FROM winback.clients WHERE client_id = 40;
UPDATE winback.rule SET enabled = true WHERE rule IN ('silence', 'slowing');
SELECT at_risk_at, lost_at FROM winback.clients WHERE client_id = 40;
DELETE FROM typo;

DROP SCHEMA winback CASCADE;
DROP TABLE purchase, call, happening, customer, visit, sparse, sparse_line, guest, diary, typo CASCADE;
