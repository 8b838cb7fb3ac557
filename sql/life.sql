-- The life of one client, from its first offer through two losses: what is known of it, and what is to be done, at
-- each step.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Berlin';
SET winback.as_of = '2024-01-01 09:00';
CREATE TABLE customer (id int PRIMARY KEY, name text, manager text, region text);
CREATE TABLE purchase (id int PRIMARY KEY, customer int, at timestamptz, amount numeric);
CREATE TABLE call (id int PRIMARY KEY, customer int, at timestamptz, seconds int, agent text);
CREATE INDEX ON purchase (customer);
CREATE INDEX ON call (customer);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
SELECT winback.watch_clients('customer', 'id', 'name', 'manager', region => 'region');
SELECT winback.watch_orders('purchase', 'customer', 'at', 'amount', 'id');
SELECT winback.watch_calls('call', 'id', 'customer', 'at', 'seconds', 'agent');
INSERT INTO customer VALUES (7, 'Grace Hopper', 'ann', 'north');
CREATE VIEW grace AS
SELECT status, status_since, lost_by, at_risk_at, lost_at, interaction_status AS manner, next_contact_on,
    times_lost AS lost,
       times_returned AS returned, open_tasks AS tasks
  FROM winback.clients WHERE client_id = 7;
CREATE VIEW todo AS SELECT task_id, name, title, assignee, due_on, overdue, opened_at, lost_by FROM winback.open_tasks;

-- Nothing is known of her but her name.
SELECT * FROM grace;

-- An offer that no order follows: three months later she is lost.
SELECT winback.record_event(7, 'offer', '2024-01-10 10:00');
SELECT * FROM grace;
SET winback.as_of = '2024-04-10 09:59:59';
SELECT status, next_contact_on FROM grace;
SET winback.as_of = '2024-04-10 10:00';
SELECT * FROM grace;
SELECT * FROM winback.sweep();
SELECT * FROM todo;

-- Two calls, fourteen days apart. The first attempt is too short to be a contact.
SET winback.as_of = '2024-04-10 15:00';
INSERT INTO call VALUES (1, 7, '2024-04-10 14:00', 20, 'ann');
SELECT winback.complete_task(1, 'not reached', 1);
INSERT INTO call VALUES (2, 7, '2024-04-10 14:30', 180, 'ann');
SELECT winback.complete_task(1, 'will think about it', 2);
SELECT * FROM grace;
SET winback.as_of = '2024-04-23 23:59:59';
SELECT * FROM winback.sweep();
SET winback.as_of = '2024-04-24 00:00';
SELECT * FROM winback.sweep();
SELECT * FROM todo;
SET winback.as_of = '2024-04-24 12:00';
INSERT INTO call VALUES (3, 7, '2024-04-24 11:00', 95, 'ann');
SELECT winback.complete_task(2, 'wants a catalogue', 3);
SELECT next_contact_on FROM grace;

-- Three orders. The first one brings her back.
SET winback.as_of = '2024-05-22 18:00';
INSERT INTO purchase VALUES (1, 7, '2024-05-02 12:00', 100), (2, 7, '2024-05-12 12:00', 50),
    (3, 7, '2024-05-22 12:00', 25.50);
SELECT * FROM grace;
SELECT revenue, orders, purchase_days, mean_gap, first_order_at, last_order_at, abc FROM winback.clients;

-- An offer, and a complaint: she is to be approached coldly.
SET winback.as_of = '2024-05-28 18:00';
SELECT winback.record_event(7, 'offer', '2024-05-25 10:00');
SELECT winback.record_event(7, 'complaint', '2024-05-28 16:00', note => 'parcel arrived open');
SELECT * FROM grace;

-- Her rhythm says first that something is wrong; then she is lost again, by silence, which is earlier than the offer.
SET winback.as_of = '2024-06-06 12:00';
SELECT status, status_since FROM grace;
SELECT * FROM winback.sweep();
UPDATE customer SET manager = 'bob' WHERE id = 7;
SET winback.as_of = '2024-08-22 12:00';
SELECT * FROM winback.sweep();
SELECT * FROM grace;
SELECT * FROM todo;

-- Two calls, thirty days apart.
INSERT INTO call VALUES (4, 7, '2024-08-22 17:00', 21, 'bob');
SET winback.as_of = '2024-08-22 18:00';
SELECT winback.complete_task(3, 'still angry', 4);
SELECT next_contact_on FROM grace;
SET winback.as_of = '2024-09-20 23:59';
SELECT tasks_opened FROM winback.sweep();
SET winback.as_of = '2024-09-22 08:00';
SELECT tasks_opened FROM winback.sweep();
SELECT * FROM todo;
INSERT INTO call VALUES (5, 7, '2024-09-22 10:00', 300, 'bob');
SET winback.as_of = '2024-09-22 10:30';
SELECT winback.complete_task(4, 'forgives us', 5, 'call again in spring');
SELECT * FROM grace;

-- Her story.
SELECT position, at, what, detail, amount, who FROM winback.life_cycle WHERE client_id = 7 ORDER BY position;
SELECT change_id, from_status, to_status, changed_at, recorded_at, rule, manager, region, withdrawn_at
  FROM winback.status_change ORDER BY change_id;
SELECT name, lost_since, days_lost, lost_by, times_lost, times_returned, next_contact_on FROM winback.lost_clients;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase, call CASCADE;
