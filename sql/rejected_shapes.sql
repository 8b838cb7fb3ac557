-- The list of rejected rows shows them as they look: it follows what commands do to the columns of a watched table.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE place AS (street text, town text);
CREATE TABLE sale (id int PRIMARY KEY, spare text, client int, at timestamptz, amount numeric, note mood, shop place)
  PARTITION BY LIST (id);
CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1, 2);
CREATE TABLE sale_rest (shop place, note mood, amount numeric, at timestamptz, client int, id int NOT NULL, spare text);
ALTER TABLE sale ATTACH PARTITION sale_rest DEFAULT;
INSERT INTO sale VALUES (1, 'a', 1, '2024-05-01', 'NaN', 'glad', ('Main', 'Ulm')),
                        (2, 'b', 1, '2024-05-01', 5, NULL, NULL), (3, 'c', 2, 'infinity', 7, 'sad', NULL);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_orders('sale', 'client', 'at', 'amount', 'id');
-- The rows that are listed, and whether they are found as they are listed.
CREATE FUNCTION listed(OUT sale jsonb, OUT found boolean) RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN
  RETURN QUERY EXECUTE 'SELECT r.row, EXISTS (SELECT FROM sale s WHERE to_jsonb(s) = r.row) FROM winback.rejected r
                         WHERE r.source = ''sale''::regclass ORDER BY r.row -> ''id''';
END $$;
SELECT * FROM listed();

-- Columns that come.
ALTER TABLE sale ADD comes text, ADD comes_with int DEFAULT 3;
SELECT * FROM listed();
ALTER TABLE sale ADD empty int, ADD nothing_in_it text DEFAULT NULL;
ALTER TABLE sale ADD doubled numeric GENERATED ALWAYS AS (comes_with * 2) STORED;
CREATE DOMAIN unit AS text DEFAULT 'piece';
ALTER TABLE sale ADD sold_by unit;
SELECT * FROM listed();
-- That are renamed, whether an expression uses them or not, and that go.
ALTER TABLE sale RENAME spare TO spared;
ALTER TABLE sale RENAME amount TO total;
ALTER TABLE sale DROP empty, DROP comes_with CASCADE;
DROP DOMAIN unit CASCADE;
SELECT * FROM listed();
-- Of another type, or of one whose values are written otherwise.
ALTER TABLE sale ALTER nothing_in_it TYPE date USING '2024-05-01', ALTER spared TYPE varchar(1);
ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';
ALTER TYPE place RENAME ATTRIBUTE town TO city;
ALTER TYPE place ADD ATTRIBUTE zip text;
SELECT * FROM listed();
-- A command that is rolled back leaves the list as it was; so does one that is about other tables, or nothing there is.
BEGIN;
ALTER TABLE sale RENAME id TO number;
SELECT row FROM winback.rejected WHERE row ? 'number';
ROLLBACK;
CREATE TABLE other (id int, spare text);
ALTER TABLE other ADD comes text, DROP spare;
ALTER TABLE sale ADD COLUMN IF NOT EXISTS comes text;
ALTER TABLE IF EXISTS nowhere RENAME here TO there;
SELECT count(*), bool_and(found) FROM listed();
-- So each row leaves it when it is mended, or goes.
UPDATE sale SET total = 4 WHERE id = 1;
SELECT sale -> 'id' AS id, found FROM listed();
DELETE FROM sale WHERE id = 3;
SELECT sale -> 'id' AS id, found FROM listed();
SELECT client_id, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- What jsonb cannot say is listed as a string, and stays to be found.
ALTER TABLE sale ADD raw json;
INSERT INTO sale (id, client, at, total, raw) VALUES (4, 1, '2024-05-01', 'NaN', '"\u0000"');
ALTER TABLE sale RENAME raw TO cooked;
SELECT row FROM winback.rejected;
UPDATE sale SET total = 1 WHERE id = 4;
SELECT count(*) FROM winback.rejected;

-- A table that is watched twice is read for both of its watches: when it is replaced, and when a type changes.
CREATE TABLE contact (id int, client int, at timestamptz, seconds int, score numeric);
CREATE INDEX ON contact (client);
SELECT winback.watch_calls('contact', 'id', 'client', 'at', '10 / seconds');
SELECT winback.watch_events('contact', 'client', '''nps''', 'at', 'score');
INSERT INTO contact VALUES (1, 1, '2024-05-01', 0, 1), (2, 1, '2024-05-01', 5, 'NaN');
CREATE TABLE contact_new (LIKE contact INCLUDING ALL);
INSERT INTO contact_new SELECT * FROM contact;
BEGIN;
DROP TABLE contact;
ALTER TABLE contact_new RENAME TO contact;
COMMIT;
SELECT row -> 'id' AS id, reason FROM winback.rejected WHERE source = 'contact'::regclass ORDER BY 1;
ALTER TABLE contact ALTER score TYPE float8;
SELECT row -> 'id' AS id, reason FROM winback.rejected WHERE source = 'contact'::regclass ORDER BY 1;
UPDATE contact SET score = 9, seconds = 1;
SELECT count(*) FROM winback.rejected;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE sale, other, contact;
DROP TYPE mood, place;
DROP FUNCTION listed;
