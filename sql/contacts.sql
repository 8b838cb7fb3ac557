-- When a lost client is to be contacted next: calls, warm and cold, working days, and who is not to be contacted at
-- all.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Berlin';
SET winback.as_of = '2024-06-01';
CREATE TABLE customer (id text PRIMARY KEY, silent boolean);
CREATE TABLE purchase (customer text, at timestamptz);
CREATE TABLE call (id int, customer text, at timestamptz, seconds numeric);
CREATE INDEX ON purchase (customer);
CREATE INDEX ON call (customer);
SELECT winback.watch_clients('customer', 'id', do_not_contact => 'silent');
SELECT winback.watch_orders('purchase', 'customer', 'at');
SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'seconds');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
CREATE VIEW known AS
SELECT client_id, status, interaction_status AS manner, last_contact_at, next_contact_on, do_not_contact AS silent
  FROM winback.clients ORDER BY client_id;

-- Only a lost client has a next contact, by the local day on which it was lost: here half an hour after midnight.
INSERT INTO purchase VALUES ('active', '2024-05-20 12:00'), ('lost', '2024-02-10 00:30'), ('lost', '2024-02-10 00:30');
SELECT winback.record_event('prospect', 'inquiry', '2024-05-20 12:00');
SELECT * FROM known;

-- More than 20 seconds are a contact; exactly 20 are not. A contact before the loss counts too, if it comes out later.
INSERT INTO purchase SELECT c, '2024-02-10 12:00' FROM unnest('{20 s,20.001 s,before,long before,unknown}'::text[]) c;
INSERT INTO call VALUES (1, '20 s', '2024-05-20 23:30', 20), (2, '20.001 s', '2024-05-20 23:30', 20.001),
    (3, 'before', '2024-05-01 12:00', 60),
                        (4, 'long before', '2024-04-01 12:00', 60), (5, 'unknown', '2024-05-20 12:00', NULL);
SELECT * FROM known WHERE last_contact_at IS NOT NULL OR client_id IN ('20 s', 'unknown');
UPDATE winback.policy SET contact_seconds = 19.5;
SELECT client_id, last_contact_at, next_contact_on FROM known WHERE client_id LIKE '20%';
UPDATE winback.policy SET contact_seconds = 20;
-- A call that is not a lost client's is kept in mind.
INSERT INTO call VALUES (6, 'active', '2024-05-25 12:00', 60);
SELECT * FROM known WHERE client_id = 'active';

-- A complaint makes cold, 30 days; the next purchase warm, 14; by hand until either comes.
SELECT winback.record_event('before', 'complaint', '2024-05-02 12:00');
SELECT * FROM known WHERE client_id = 'before';
INSERT INTO purchase VALUES ('before', '2024-02-11 12:00');
SELECT * FROM known WHERE client_id = 'before';
SELECT winback.set_interaction_status('before', 'warm');
SELECT * FROM known WHERE client_id = 'before';
INSERT INTO winback.interaction_status VALUES ('hot', '1 month');
SELECT winback.set_interaction_status('before', 'hot');
SELECT * FROM known WHERE client_id = 'before';
UPDATE winback.interaction_status SET contact_every = '36 hours' WHERE name = 'hot';
SELECT * FROM known WHERE client_id = 'before';
SET winback.as_of = '2024-06-02';
SELECT winback.record_event('before', 'complaint');
SELECT * FROM known WHERE client_id = 'before';
-- A purchase at the very instant of the complaint is not the next one.
INSERT INTO purchase VALUES ('before', '2024-06-02 00:00');
SELECT * FROM known WHERE client_id = 'before';
INSERT INTO purchase VALUES ('before', '2024-06-02 00:00:01');
SELECT * FROM known WHERE client_id = 'before';

-- Not on a holiday, nor on a day of the week on which nobody works; an extra working day is one.
SELECT next_contact_on, to_char(next_contact_on, 'FMDay') AS day FROM known WHERE client_id = '20.001 s';
INSERT INTO winback.calendar (day, note) VALUES ('2024-06-03', 'works outing'), ('2024-06-04', 'the day after');
SELECT next_contact_on, to_char(next_contact_on, 'FMDay') AS day FROM known WHERE client_id = '20.001 s';
UPDATE winback.policy SET working_days = '{1,7,1}';
SELECT next_contact_on, to_char(next_contact_on, 'FMDay') AS day FROM known WHERE client_id = '20.001 s';
INSERT INTO winback.calendar VALUES ('2024-06-06', true, 'a Thursday, for once');
SELECT next_contact_on, to_char(next_contact_on, 'FMDay') AS day FROM known WHERE client_id = '20.001 s';
DELETE FROM winback.calendar;
UPDATE winback.policy SET working_days = '{1,2,3,4,5,6,7}';
SELECT next_contact_on, to_char(next_contact_on, 'FMDay') AS day FROM known WHERE client_id = '20.001 s';
-- A calendar without any working day moves nothing for ever.
INSERT INTO winback.calendar SELECT d FROM generate_series('2024-06-03', '2054-06-03', interval '1 day') d;
SELECT next_contact_on FROM known WHERE client_id = '20.001 s';
TRUNCATE winback.calendar;

-- Who is not to be contacted has no next contact, and no task; nor has who is written off.
SELECT tasks_opened, tasks_cancelled FROM winback.sweep();
SELECT client_id, due_on FROM winback.open_tasks ORDER BY 1;
INSERT INTO customer VALUES ('lost', true), ('20 s', NULL);
SELECT winback.write_off('unknown', 'moved away');
SELECT * FROM known WHERE client_id IN ('lost', '20 s', 'unknown');
SELECT client_id, status, outcome FROM winback.task ORDER BY 1;
-- When that ends there is a task again.
UPDATE customer SET silent = false WHERE id = 'lost';
SELECT winback.take_back('unknown', 'came home');
SELECT * FROM known WHERE client_id IN ('lost', 'unknown');
SELECT client_id, status, outcome FROM winback.task WHERE client_id IN ('lost', 'unknown') ORDER BY task_id;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase, call CASCADE;
