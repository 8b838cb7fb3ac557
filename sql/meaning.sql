-- What a row means is the same in every session, whatever its settings, and however equal keys are written.
SET client_min_messages = warning;
CREATE EXTENSION winback;
CREATE EXTENSION citext;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';
CREATE DOMAIN duration AS interval;

CREATE TABLE purchase (id int PRIMARY KEY, client citext, at timestamptz, amount text, note text);
CREATE TABLE phone_call (id character(6) PRIMARY KEY, client citext, at timestamptz, lasted duration,
                         agent character(6));
CREATE TABLE person (client citext PRIMARY KEY, name text);
SELECT winback.watch_orders('purchase', 'client', 'at', '(amount::numeric[])[1]', 'id', 'note <> ''a\b''');
SELECT winback.watch_orders('purchase', '(client || ''+'')::citext', 'at', counts_when => '(note = NULL) IS NULL');
SELECT winback.watch_calls('phone_call', 'id', 'client', 'at', 'lasted', 'agent');
SELECT winback.watch_clients('person', 'client', 'name');
UPDATE winback.policy SET timezone = 'UTC';

-- How literals, "= NULL" and arrays are read is the session's affair elsewhere.
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SET transform_null_equals = on;
SET array_nulls = off;
INSERT INTO purchase VALUES (1, 'Ann', '2024-01-01', '{1}', E'a\\b'), (2, 'Ann', '2024-01-02', '{NULL}', 'x');
RESET standard_conforming_strings;
RESET transform_null_equals;
RESET array_nulls;
INSERT INTO purchase VALUES (3, 'Ann', '2024-01-03', '{4}', 'a\b'), (4, 'Ann', '2024-01-04', '{NULL}', 'x');
SELECT client_id, orders, revenue FROM winback.clients ORDER BY 1;
SELECT reason FROM winback.rejected;
SELECT * FROM winback.verify();

-- Keys that are equal are one client, for whoever asks and however they are written now.
DELETE FROM purchase WHERE id IN (1, 3);
INSERT INTO person VALUES ('ANN', 'Ann of A');
UPDATE purchase SET client = 'aNN';
SELECT client_id, name, orders, status, winback.status('ann') AS of_text, winback.status('ANN'::citext) AS of_citext,
       open_tasks
  FROM winback.clients WHERE client_id = 'ann';
SELECT * FROM winback.verify();
SELECT winback.sweep() IS NOT NULL AS swept;
SELECT what, detail FROM winback.life_cycle WHERE client_id = 'ann' ORDER BY position;

-- The blanks that pad a character(n) are no part of an id.
INSERT INTO phone_call VALUES ('c1', 'aNn', '2024-06-02', '00:00:21', 'eve');
SELECT call_id || '|' AS call_id, agent || '|' AS agent FROM winback.task_calls WHERE client_id = 'ann';
SELECT winback.complete_task(task_id, 'reached', 'c1') FROM winback.open_tasks
 WHERE client_id = 'ann' AND name = 'Ann of A';
SELECT status, call_id || '|' AS call_id FROM winback.task WHERE client_id = 'ann';
SELECT winback.write_off('ANN', 'moved away');
SELECT winback.write_off('ANN', 'moved away');
SELECT winback.status('ann');
SELECT * FROM winback.verify();

-- A row that jsonb cannot hold is listed as a string.
CREATE TABLE document (id int, client citext, at timestamptz, value numeric, body json);
SELECT winback.watch_orders('document', 'client', 'at', 'value');
INSERT INTO document VALUES (1, 'Bob', '2024-01-01', 'NaN', '{"a": "\u0000"}');
SELECT row, reason FROM winback.rejected;
UPDATE document SET value = 1;
SELECT row, reason FROM winback.rejected;
SELECT orders FROM winback.clients WHERE client_id = 'bob';
SELECT * FROM winback.verify();

-- A client's facts are found however each of them writes the key: the write-off is later than this order.
INSERT INTO purchase VALUES (5, 'anN', '2024-05-01', '{7}', 'x');
SELECT status, orders, revenue FROM winback.clients WHERE client_id = 'ann';
SELECT * FROM winback.verify();

-- A key that no index takes is no client, and keeps nobody from anything.
INSERT INTO purchase VALUES (6, repeat('x', 2001), '2024-05-01', '{7}', 'x'),
                            (7, repeat('x', 1999), '2024-05-01', '{7}', 'x');
SELECT row ->> 'id' AS id, reason FROM winback.rejected;
SELECT length(client_id), orders FROM winback.clients WHERE length(client_id) > 10 ORDER BY 1;
SELECT winback.rebuild();
DELETE FROM purchase WHERE id > 5;
SELECT row ->> 'id' AS id, reason FROM winback.rejected;
SELECT * FROM winback.verify();
