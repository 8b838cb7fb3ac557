-- Facts that know their client by another name only: a call log knows telephones, a shop e-mail addresses, an order the
-- child record of a company. They follow their alias when it appears, moves or goes.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE phone (number text, customer int);
CREATE TABLE cdr (id int PRIMARY KEY, src text, start timestamptz, billsec int);
CREATE TABLE invoice (id int PRIMARY KEY, customer int, at timestamptz, amount numeric);
CREATE TABLE shop_order (id int PRIMARY KEY, email text, at timestamptz, amount numeric);

-- The type of the clients' keys must be known before anything is watched by alias.
SELECT winback.watch_calls('cdr', 'id', 'src', 'start', 'billsec', by_alias => true);
SET client_min_messages = notice;
SELECT winback.watch_aliases('phone', $$'tel:' || number$$, 'customer');
SELECT winback.watch_calls('cdr', 'id', $$'tel:' || src$$, 'start', 'billsec', by_alias => true);
SET client_min_messages = warning;
CREATE INDEX ON phone (('tel:' || number));
CREATE INDEX ON phone (customer);
CREATE INDEX ON cdr (('tel:' || src));
SELECT winback.watch_orders('invoice', 'customer', 'at', 'amount', 'id');
SELECT winback.watch_orders('shop_order', 'lower(email)', 'at', 'amount', 'id', by_alias => true);
SELECT winback.watch_aliases('phone', NULL, 'customer');
SELECT relation, kind, by_alias FROM winback.source_status ORDER BY source_id;
CREATE VIEW known AS
SELECT client_id::text, status, orders, revenue, last_order_at::date AS last, last_contact_at::date AS contact
  FROM winback.clients
UNION ALL
SELECT 'DIFFERS: ' || client_id, column_name || ': ' || stored || ' / ' || expected, NULL, NULL, NULL, NULL
  FROM winback.verify()
 ORDER BY 1;

-- A call of nobody, until the number appears; then further calls. A number that moves takes its calls along; one that
-- goes leaves them behind.
INSERT INTO cdr VALUES (1, '555', '2024-05-01 10:00', 60), (2, '777', '2024-05-02 10:00', 60),
    (3, NULL, '2024-05-02', 60);
SELECT * FROM known;
INSERT INTO phone VALUES ('555', 1);
INSERT INTO phone VALUES (NULL, 1), ('999', NULL);
SELECT * FROM known;
INSERT INTO cdr VALUES (4, '555', '2024-05-04 10:00', 60);
SELECT * FROM known;
UPDATE phone SET customer = 2 WHERE number = '555';
SELECT * FROM known;
DELETE FROM phone WHERE number = '555';
SELECT * FROM known;
INSERT INTO invoice VALUES (1, 1, '2024-04-01', 10), (2, 2, '2024-04-02', 20), (3, 3, '2024-04-03', 30);
INSERT INTO phone VALUES ('555', 2), ('777', 2);
SELECT * FROM known;
-- A call that gets another number, is too short, or goes.
UPDATE cdr SET src = '888' WHERE id = 4;
SELECT * FROM known WHERE client_id = '2';
UPDATE cdr SET billsec = 20 WHERE id = 2;
SELECT * FROM known WHERE client_id = '2';
DELETE FROM cdr WHERE id = 1;
SELECT * FROM known WHERE client_id = '2';

-- A number of several clients is that of the least key, whoever comes first.
INSERT INTO cdr VALUES (5, '100', '2024-05-05', 60);
INSERT INTO phone VALUES ('100', 2);
INSERT INTO phone VALUES ('100', 3), ('100', 1);
SELECT * FROM known;
DELETE FROM phone WHERE number = '100' AND customer = 1;
SELECT * FROM known;
UPDATE phone SET customer = 3 WHERE number = '100';
SELECT * FROM known;

-- Orders by e-mail; the aliases stand in another table, a number may be written as a number. An empty alias is none.
CREATE TABLE account (email varchar, customer int, member int);
INSERT INTO account VALUES ('anna@example.org', 1, 4711), ('', 9, NULL);
INSERT INTO shop_order VALUES (1, 'Anna@example.org', '2024-05-06', 5), (2, 'bert@example.org', '2024-05-06', 6),
    (3, '', '2024-05-06', 7), (4, NULL, '2024-05-06', 8);
SELECT winback.watch_aliases('account', 'email', 'customer');
SELECT winback.watch_aliases('account', 'member', 'customer');
SELECT * FROM known;
CREATE TABLE till (card text, at timestamptz, amount numeric);
INSERT INTO till VALUES ('4711', '2024-05-07', 100), ('04711', '2024-05-07', 1000), ('x', '2024-05-07', 1000);
SELECT winback.watch_orders('till', 'card', 'at', 'amount', by_alias => true);
SELECT * FROM known WHERE client_id = '1';
UPDATE account SET member = 4712;
INSERT INTO till VALUES ('4712', '2024-05-08', 1);
SELECT * FROM known WHERE client_id = '1';
-- Events by alias; and a type that has no equality is refused.
CREATE TABLE survey (mail text, score int, at timestamptz);
SELECT winback.watch_events('survey', 'mail', $$'nps'$$, 'at', 'score', by_alias => true);
INSERT INTO survey VALUES ('anna@example.org', 2, '2024-05-20');
SELECT client_id, status, lost_by FROM winback.clients WHERE client_id = 1;
SELECT winback.watch_orders('till', 'to_json(card)', 'at', 'amount', by_alias => true);

-- Order lines of orders by e-mail: a line, an order and an alias, in the wrong order.
CREATE TABLE shop_line (shop_order int, amount numeric);
SELECT winback.watch_order_lines('shop_line', 'shop_order', 'shop_order', 'amount');
INSERT INTO shop_line VALUES (2, 60), (5, 500);
SELECT * FROM known;
INSERT INTO shop_order VALUES (5, 'carl@example.org', '2024-05-09', 0);
INSERT INTO account VALUES ('carl@example.org', 5), ('bert@example.org', 4);
SELECT * FROM known;
UPDATE shop_line SET amount = amount + 1;
SELECT * FROM known;
SELECT winback.rebuild();
SELECT * FROM known;

-- An alias that moves takes the evidence of a task with it.
UPDATE account SET customer = 6 WHERE email = 'carl@example.org';
INSERT INTO survey VALUES ('carl@example.org', 1, '2024-05-21');
INSERT INTO phone VALUES ('600', 6);
SELECT stale_settled, skipped FROM winback.sweep();
SELECT task_id, client_id, status FROM winback.task WHERE client_id = 6;
SET winback.as_of = '2024-06-02 12:00:00+00';
INSERT INTO cdr VALUES (60, '600', '2024-06-01 13:00', 100);
SELECT call_id, seconds FROM winback.task_calls WHERE client_id = 6;
SELECT winback.complete_task(task_id, 'will order', '60') FROM winback.task WHERE client_id = 6;
SELECT status, outcome, call_id FROM winback.task WHERE client_id = 6;
UPDATE phone SET customer = 3 WHERE number = '600';
SELECT status, outcome, call_id, note FROM winback.task WHERE client_id = 6;
-- So does a call that goes, whatever else its transaction changes.
UPDATE phone SET customer = 6 WHERE number = '600';
SELECT winback.complete_task(task_id, 'will order', '60') FROM winback.task WHERE client_id = 6;
BEGIN;
DELETE FROM cdr WHERE id = 60;
UPDATE winback.policy SET value_period = value_period;
COMMIT;
SELECT status FROM winback.task WHERE client_id = 6;
INSERT INTO cdr VALUES (60, '600', '2024-06-01 13:00', 100);
SELECT winback.complete_task(task_id, 'will order', '60') FROM winback.task WHERE client_id = 6;
BEGIN;
UPDATE winback.policy SET value_period = value_period;
UPDATE phone SET customer = 3 WHERE number = '600';
COMMIT;
SELECT status FROM winback.task WHERE client_id = 6;
-- Of a call of nobody it is said so, of one of somebody else whose it is.
INSERT INTO cdr VALUES (61, '601', '2024-06-01 14:00', 100);
SELECT winback.complete_task(task_id, 'will order', '61') FROM winback.task WHERE client_id = 6;
SELECT winback.complete_task(task_id, 'will order', '60') FROM winback.task WHERE client_id = 6;

-- TRUNCATE, and unwatching: of the aliases, then of what hangs on them.
SELECT * FROM known;
TRUNCATE phone;
SELECT * FROM known;
SELECT winback.unwatch('account');
SELECT * FROM known;
SELECT winback.unwatch('shop_order'), winback.unwatch('till'), winback.unwatch('cdr');
SELECT relation, kind, order_table FROM winback.source_status ORDER BY source_id;
SELECT * FROM known;
