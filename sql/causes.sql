-- Why clients left: every loss is a row, and its cause is stated of it.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE customer (id int PRIMARY KEY, manager text, region text);
CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
INSERT INTO customer VALUES (1, 'ann', 'north'), (2, 'bob', 'south'), (3, 'ann', 'south'), (4, 'ann', 'north');
INSERT INTO purchase VALUES (1, 1, '2023-01-10 12:00', 100), (2, 1, '2023-08-10 12:00', 100),
                            (3, 2, '2024-02-10 12:00', 50), (4, 3, '2024-05-20 12:00', 10);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', NULL, 'region');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');

SELECT cause, parent, title, fixed_on FROM winback.cause ORDER BY parent NULLS FIRST, cause;

-- Every time a client was lost, with what it was then. A loss that no sweep has recorded yet is there already.
CREATE VIEW losses AS
SELECT client_id, lost_at, rule, manager, region, cause, competitor, ended_at, result FROM winback.loss;
SELECT * FROM losses ORDER BY client_id, lost_at;
SET winback.as_of = '2024-08-21 12:00';
SELECT loss_id IS NULL AS unrecorded, client_id, lost_at, rule, manager FROM winback.loss WHERE client_id = 3;
SELECT status_changes FROM winback.sweep();
SELECT loss_id IS NULL AS unrecorded, client_id, lost_at, rule, manager FROM winback.loss WHERE client_id = 3;

-- A client that is lost twice has two causes.
SELECT winback.state_cause(1, 'price', note => 'too dear for them');
UPDATE winback.loss SET cause = 'conflict', cause_note = 'a late delivery' WHERE client_id = 1 AND result = 'returned';
INSERT INTO winback.loss_cause (client_id, cause, competitor, competitor_offer)
VALUES (2, 'competitor', 'Acme', '10 % off the first year');
SELECT client_id, lost_at, cause, competitor, competitor_offer, cause_note, stated_at, stated_by = session_user AS by_me
  FROM winback.loss WHERE cause IS NOT NULL ORDER BY client_id, lost_at;
-- The last word counts; what was said before is kept.
SET winback.as_of = '2024-08-22 12:00';
UPDATE winback.loss SET cause = 'service' WHERE client_id = 1 AND result IS NULL;
SELECT client_id, lost_at, cause, cause_note, stated_at FROM winback.loss WHERE client_id = 1 ORDER BY lost_at;
SELECT about, cause, stated_at FROM winback.loss_cause WHERE client_id = 1 ORDER BY statement_id;

-- The list is refined by the user. What is stated can be counted along the tree.
INSERT INTO winback.cause (cause, parent, title) VALUES ('late_delivery', 'service', 'Delivered late');
UPDATE winback.loss SET cause = 'late_delivery' WHERE client_id = 3;
WITH RECURSIVE above AS (
    SELECT client_id, cause FROM winback.loss WHERE cause IS NOT NULL
    UNION ALL
    SELECT a.client_id, c.parent FROM above a JOIN winback.cause c USING (cause) WHERE c.parent IS NOT NULL)
SELECT cause, count(*) AS losses, count(DISTINCT client_id) AS clients FROM above GROUP BY cause ORDER BY cause;
UPDATE winback.cause SET cause = 'delivery' WHERE cause = 'late_delivery';
SELECT cause FROM winback.loss WHERE client_id = 3;

-- What cannot be stated.
SELECT winback.state_cause(1, 'weather');
UPDATE winback.cause SET enabled = false WHERE cause = 'other';
SELECT winback.state_cause(1, 'other');
SELECT winback.state_cause(1, NULL);
SELECT winback.state_cause(NULL::int, 'price');
SELECT winback.state_cause(4, 'price');
SELECT winback.state_cause(99, 'price');
SELECT winback.state_cause('x', 'price');
SELECT winback.state_cause(1, 'competitor');
UPDATE winback.loss SET cause = 'price', lost_at = now(), region = 'west' WHERE client_id = 1;
UPDATE winback.loss SET cause = NULL WHERE client_id = 2;
INSERT INTO winback.loss_cause (client_id, about, cause) VALUES (1, '2023-02-01', 'price');
UPDATE winback.cause SET parent = 'delivery' WHERE cause = 'service';
UPDATE winback.cause SET parent = 'service' WHERE cause = 'service';
DELETE FROM winback.cause WHERE cause = 'price';

-- A cause stays with its loss while facts that come late move that.
CREATE VIEW causes AS SELECT lost_at, ended_at, result, cause FROM winback.loss WHERE client_id = 1;
SELECT * FROM causes ORDER BY lost_at;
INSERT INTO purchase VALUES (10, 1, '2023-02-10 12:00', 1), (11, 1, '2023-07-20 12:00', 1),
                            (12, 1, '2023-09-10 12:00', 1);
SELECT * FROM causes ORDER BY lost_at;
-- One that late facts undo has none; it has it again when they go.
INSERT INTO purchase VALUES (13, 1, '2023-04-20 12:00', 1);
SELECT * FROM causes ORDER BY lost_at;
DELETE FROM purchase WHERE id = 13;
SELECT * FROM causes ORDER BY lost_at;

-- How a loss ends.
INSERT INTO purchase VALUES (20, 2, '2024-08-22 12:00', 70);
SELECT winback.record_event(4, 'nps', value => 2);
SELECT winback.record_event(4, 'nps', '2024-08-22 12:00:01', 9);
SELECT winback.write_off(3, 'out of business');
SELECT client_id, lost_at, ended_at, result, cause FROM winback.loss WHERE client_id IN (2, 3, 4) ORDER BY client_id;
SELECT client_id, times_lost, times_returned FROM winback.clients WHERE client_id IN (2, 3, 4) ORDER BY client_id;
SET winback.as_of = '2024-08-23 12:00';
SELECT winback.take_back(3, 'in business again');
-- Written off and taken back is the same loss.
SELECT client_id, lost_at, ended_at, result, cause FROM winback.loss WHERE client_id = 3;
INSERT INTO purchase VALUES (21, 3, '2024-08-23 12:00', 70);
SELECT client_id, lost_at, ended_at, result, cause FROM winback.loss WHERE client_id = 3;
-- A purchase and a conflict of one instant: back, and lost again.
INSERT INTO purchase VALUES (22, 1, '2024-08-23 13:00', 70);
SELECT winback.record_event(1, 'conflict', '2024-08-23 13:00');
SELECT * FROM causes ORDER BY lost_at;
SELECT * FROM winback.verify();

-- What was said of a client that is merged into another is said of that one; when they are parted, of each its own.
SELECT winback.merge_clients(2, 3);
SELECT client_id, lost_at, result, cause FROM winback.loss WHERE client_id IN (2, 3) ORDER BY client_id, lost_at;
SELECT winback.unmerge_client(2);
SELECT client_id, lost_at, result, cause FROM winback.loss WHERE client_id IN (2, 3) ORDER BY client_id, lost_at;

-- Agents state causes, and change nothing else.
CREATE ROLE regress_winback_agent_c;
SELECT winback.grant_agent('regress_winback_agent_c');
SET ROLE regress_winback_agent_c;
SELECT winback.state_cause(1, 'money_trouble');
UPDATE winback.loss SET cause_note = 'until autumn' WHERE client_id = 1 AND result IS NULL;
SELECT cause, cause_note, stated_by FROM winback.loss WHERE client_id = 1 AND result IS NULL;
UPDATE winback.loss SET rule = 'silence' WHERE client_id = 1;
UPDATE winback.loss_cause SET cause = 'price';
DELETE FROM winback.loss_cause;
UPDATE winback.cause SET title = '';
RESET ROLE;

-- An erased client's causes can be counted still, without saying whose they were.
DELETE FROM purchase WHERE client = 2;
DELETE FROM customer WHERE id = 2;
SELECT winback.erase_client(2);
SELECT client_id, cause, competitor, competitor_offer, note FROM winback.loss_cause WHERE client_id IS NULL;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
DROP ROLE regress_winback_agent_c;
