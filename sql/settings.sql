-- Rules, policy, interaction statuses and calendar are changed with plain UPDATE; a change dates every client anew.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-04-10 12:00:00+00';
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
CREATE TABLE purchase (client int NOT NULL, at timestamptz NOT NULL, amount numeric);
CREATE INDEX ON purchase (client);

-- While there is no client the rules always were what they are made.
UPDATE winback.rule SET after = '4 months' WHERE rule = 'silence';
SELECT valid_from, count(*), max(after) FILTER (WHERE rule = 'silence') AS silence
  FROM winback.rule_history GROUP BY 1 ORDER BY 1;

INSERT INTO purchase VALUES (1, '2024-01-01 10:00', 10), (2, '2024-03-01 10:00', 20);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT client_id, status, at_risk_at, lost_at FROM winback.clients ORDER BY client_id;

-- From then on a change acts from its moment on: the past stays as it was.
UPDATE winback.rule SET after = '3 months' WHERE rule = 'silence';
UPDATE winback.rule SET after = '3 months' WHERE rule = 'silence';
SELECT valid_from, count(*), max(after) FILTER (WHERE rule = 'silence') AS silence
  FROM winback.rule_history GROUP BY 1 ORDER BY 1;
SELECT client_id, status, status_since, lost_at FROM winback.clients ORDER BY client_id;
SELECT client_id, from_status, to_status, changed_at, rule FROM winback.status_change
 WHERE withdrawn_at IS NULL ORDER BY client_id, changed_at;
SELECT * FROM winback.verify();
BEGIN;
UPDATE winback.rule SET enabled = false WHERE rule IN ('silence', 'slowing');
SELECT winback.fold();
SELECT client_id, status, at_risk_at, lost_at FROM winback.clients ORDER BY client_id;
ROLLBACK;

-- Ninety days and three months are equal as intervals, but not the same.
BEGIN;
UPDATE winback.rule SET after = '90 days' WHERE rule = 'silence';
SELECT winback.fold();
SELECT client_id, lost_at FROM winback.clients ORDER BY client_id;
ROLLBACK;

-- What the rules cannot become.
INSERT INTO winback.rule (rule, position, status, enabled) VALUES ('full_moon', 10, 'lost', true);
UPDATE winback.rule SET rule = 'quiet' WHERE rule = 'silence';
UPDATE winback.rule SET status = 'at_risk' WHERE rule = 'silence';
UPDATE winback.rule SET enabled = true WHERE rule = 'model';
UPDATE winback.rule SET after = '-1 day' WHERE rule = 'silence';
UPDATE winback.rule SET after = '101 years' WHERE rule = 'silence';
UPDATE winback.rule SET factor = 101 WHERE rule = 'slowing';
UPDATE winback.rule SET at_most = 'NaN' WHERE rule = 'detractor';
DELETE FROM winback.rule WHERE rule = 'silence';
TRUNCATE winback.rule;
SELECT count(*) FROM winback.rule;

-- The order of the rules changes in one statement.
BEGIN;
UPDATE winback.rule SET position = 3 - position WHERE rule IN ('silence', 'slowing');
SELECT rule, position FROM winback.rule ORDER BY position LIMIT 2;
ROLLBACK;

-- The policy.
UPDATE winback.policy SET value_period = '1 day';
INSERT INTO purchase VALUES (2, '2024-03-10 10:00', 1);
SELECT client_id, revenue, period_revenue FROM winback.clients ORDER BY client_id;
UPDATE winback.policy SET value_period = NULL;
SELECT client_id, revenue, period_revenue FROM winback.clients ORDER BY client_id;
UPDATE winback.policy SET timezone = 'Mars/Olympus';
UPDATE winback.policy SET timezone = 'EET';
SET timezone = 'EET';
SELECT winback._default_zone();
SET timezone = 'UTC';
UPDATE winback.policy SET contact_seconds = -1;
UPDATE winback.policy SET contact_seconds = 'NaN';
UPDATE winback.policy SET value_period = '101 years';
DELETE FROM winback.policy;
TRUNCATE winback.policy;
SELECT * FROM winback.verify();

-- Interaction statuses.
INSERT INTO winback.interaction_status VALUES ('hot', '2 days');
SELECT winback.set_interaction_status(1, 'hot');
SELECT interaction_status FROM winback.clients WHERE client_id = 1;
UPDATE winback.interaction_status SET contact_every = '3 days' WHERE name = 'hot';
UPDATE winback.interaction_status SET contact_every = '101 years' WHERE name = 'hot';
DELETE FROM winback.interaction_status WHERE name = 'cold';
DELETE FROM winback.interaction_status WHERE name = 'hot';
SELECT winback.set_interaction_status(1, 'warm');
DELETE FROM winback.interaction_status WHERE name = 'hot';
TRUNCATE winback.interaction_status;
SELECT name, contact_every FROM winback.interaction_status ORDER BY name;

-- Days on which nobody is called.
SELECT client_id, next_contact_on FROM winback.lost_clients;
INSERT INTO winback.calendar SELECT c.next_contact_on, false, 'holiday' FROM winback.lost_clients c;
SELECT client_id, next_contact_on FROM winback.lost_clients;
UPDATE winback.policy SET working_days = '{1}';
SELECT client_id, next_contact_on, to_char(next_contact_on, 'FMDay') FROM winback.lost_clients;
TRUNCATE winback.calendar;
UPDATE winback.policy SET working_days = '{}';
SELECT * FROM winback.verify();

SET client_min_messages = warning;
DROP TABLE purchase;
DROP SCHEMA winback CASCADE;
