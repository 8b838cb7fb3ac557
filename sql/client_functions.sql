-- What a person says about one client: status, record_event, write_off, take_back, set_interaction_status.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

-- Before there is a ledger.
SELECT winback.status('1');
SELECT winback.record_event('1', 'conflict');
SELECT winback.write_off('1', 'why');
SELECT winback.classify();

SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
CREATE TABLE purchase (client int NOT NULL, at timestamptz NOT NULL, amount numeric);
CREATE INDEX ON purchase (client);
INSERT INTO purchase VALUES (1, '2024-05-01 10:00', 10), (2, '2024-01-05 10:00', 20);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');

-- A client is given in any type, or as text.
SELECT winback.status(1), winback.status('1'), winback.status(2::bigint), winback.status(2::numeric),
       winback.status('2'::varchar), winback.status(3), winback.status(NULL), winback.status(NULL::int);
SELECT winback.status('C-17');
SELECT winback.status(1.5);
SELECT winback.status(99999999999);
SELECT p.client, winback.status(p.client) FROM purchase p ORDER BY 1;

-- Facts that the CRM has no table for.
SELECT winback.record_event(1, 'nps', value => 3, note => 'slow delivery');
SELECT status, status_since, lost_by, lost_at FROM winback.clients WHERE client_id = 1;
SELECT winback.record_event('1', 'nps', winback.now() + interval '1 second', 9);
SELECT status, status_since, lost_by FROM winback.clients WHERE client_id = 1;
SELECT winback.record_event(7, 'lunch', '2024-05-30 12:00+00');
SELECT client_id, status, status_since FROM winback.clients WHERE client_id = 7;
SELECT event_id, client_id, kind, happened_at, value, note FROM winback.event ORDER BY event_id;

-- A fact takes effect when its transaction commits, or at fold().
BEGIN;
SELECT winback.record_event(7, 'conflict');
SELECT winback.status(7);
SELECT winback.fold();
SELECT winback.status(7);
ROLLBACK;
SELECT winback.status(7);

-- What can be no fact.
SELECT winback.record_event('x', 'conflict');
SELECT winback.record_event(NULL, 'conflict');
SELECT winback.record_event(1, NULL);
SELECT winback.record_event(1, ' ');
SELECT winback.record_event(1, 'NPS', value => 3);
SELECT winback.record_event(1, 'nps');
SELECT winback.record_event(1, 'nps', value => -1);
SELECT winback.record_event(1, 'nps', value => 'NaN');
SELECT winback.record_event(1, 'lunch', NULL);
SELECT winback.record_event(1, 'lunch', 'infinity');
SELECT winback.record_event(1, 'order');
SELECT winback.record_event(1, 'interaction_status', note => 'hot');
SELECT winback.record_event(1, 'interaction_status');
INSERT INTO winback.event (client_id, kind, happened_at) VALUES (1, 'call', winback.now());
UPDATE winback.event SET value = NULL WHERE kind = 'nps';
SELECT count(*) FROM winback.event;

-- Out of the work, and back into it.
SELECT winback.write_off(2, NULL);
SELECT winback.write_off(2, ' ');
SELECT winback.write_off(99, 'never seen');
SELECT winback.write_off(NULL, 'nobody');
SELECT winback.take_back(2, 'not gone');
SELECT winback.write_off(2, 'out of business');
SELECT winback.write_off('2', 'twice');
SELECT status, status_since, lost_by, times_lost, next_contact_on FROM winback.clients WHERE client_id = 2;
SELECT winback.take_back(2, 'a mistake');
SELECT winback.take_back(2, 'twice');
SELECT status, status_since, lost_by, times_lost FROM winback.clients WHERE client_id = 2;
SELECT from_status, to_status, changed_at, rule FROM winback.status_change WHERE client_id = 2 ORDER BY changed_at;

-- The clock stands still, but the last word counts.
BEGIN;
SELECT winback.write_off(2, 'yes');
SELECT winback.take_back(2, 'no');
SELECT winback.write_off(2, 'yes');
COMMIT;
SELECT status FROM winback.clients WHERE client_id = 2;
-- A purchase takes it back by itself.
SET winback.as_of = '2024-06-01 13:00:00+00';
INSERT INTO purchase VALUES (2, '2024-06-01 13:00', 1);
SELECT status, times_lost, times_returned FROM winback.clients WHERE client_id = 2;
SELECT winback.take_back(2, 'back already');
-- Who is written off at the very instant of a purchase is so after it; a purchase at the very instant of a write-off
-- takes the client back.
BEGIN;
SELECT winback.write_off(2, 'after all'), winback.fold();
SELECT status, status_since FROM winback.clients WHERE client_id = 2;
INSERT INTO winback.event (client_id, kind, happened_at) VALUES (2, 'write_off', '2024-06-01 13:35');
INSERT INTO purchase VALUES (2, '2024-06-01 13:35', 1);
SELECT winback.fold();
SELECT status, status_since FROM winback.clients WHERE client_id = 2;
ROLLBACK;

-- How to approach a client.
SET winback.as_of = '2024-06-01 14:00:00+00';
SELECT winback.set_interaction_status(2, 'cold');
SELECT winback.set_interaction_status('2', 'warm');
SELECT winback.set_interaction_status(2, 'cold');
SELECT interaction_status FROM winback.clients WHERE client_id = 2;
SELECT winback.set_interaction_status(2, 'hot');
SELECT winback.set_interaction_status(2, NULL);
SELECT winback.set_interaction_status(99, 'cold');
SELECT winback.set_interaction_status('x', 'cold');

-- The stories so far.
SELECT position, at, what, detail, amount FROM winback.life_cycle WHERE client_id = 1 ORDER BY position;
SELECT position, at, what, detail, amount FROM winback.life_cycle WHERE client_id = 2 ORDER BY position;
SELECT * FROM winback.verify();

SET client_min_messages = warning;
DROP TABLE purchase;
DROP SCHEMA winback CASCADE;
