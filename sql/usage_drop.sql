-- The rule usage_drop: at risk is a client that over the last month uses less than half of what it used over the month
-- before. It ends with a use that makes up for it, or a purchase.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET winback.as_of = '2024-06-01';
CREATE TABLE purchase (client int, at timestamptz, amount numeric DEFAULT 10);
CREATE TABLE login (id int GENERATED ALWAYS AS IDENTITY, client int, at timestamptz, minutes numeric);
CREATE INDEX ON purchase (client);
CREATE INDEX ON login (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_events('login', 'client', '''usage''', 'at', 'minutes');
CREATE VIEW seen AS
SELECT c.client_id, c.status, c.status_since, r.usage_drop_at, c.at_risk_at, c.lost_at
  FROM winback.clients c JOIN winback.client r USING (client_id) ORDER BY c.client_id;

-- 1 is here every third day, until 20 May; 2 comes for ever fewer minutes; 3 says only that it came; 4 has not bought;
-- what 5 says is no use.
INSERT INTO purchase SELECT c, '2024-04-01' FROM generate_series(1, 5) c WHERE c <> 4;
INSERT INTO login (client, at, minutes)
SELECT 1, d, 30 FROM generate_series(timestamptz '2024-03-20', '2024-05-20', '3 days') d
UNION ALL SELECT 2, d, 60 / 2 ^ extract(month FROM d - timestamptz '2024-03-01')
  FROM generate_series(timestamptz '2024-03-20', '2024-05-30', '3 days') d
UNION ALL SELECT 3, d, NULL FROM generate_series(timestamptz '2024-03-20', '2024-05-20', '3 days') d
UNION ALL SELECT 4, '2024-04-01', 10
UNION ALL SELECT 5, '2024-04-01', -10;
-- It is not enabled as shipped.
TABLE seen;
UPDATE winback.rule SET enabled = true WHERE rule = 'usage_drop';
UPDATE winback.rule SET enabled = false WHERE rule IN ('slowing', 'silence');
TABLE seen;
SELECT winback.sweep();
-- The day is known in advance: with nobody using anything any more, 1 and 3 fall in June.
SET winback.as_of = '2024-06-20';
TABLE seen;
SELECT client_id, from_status, to_status, changed_at, rule FROM winback.status_change ORDER BY client_id, change_id;
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected');
SELECT winback.sweep();

-- Enough use makes up for it, less does not; a purchase ends it, too, and then it must fall anew.
INSERT INTO login (client, at, minutes) VALUES (1, '2024-06-19', 1), (3, '2024-06-19', 100);
INSERT INTO purchase VALUES (2, '2024-06-19');
TABLE seen;
INSERT INTO login (client, at, minutes) VALUES (1, '2024-06-20', 1000);
TABLE seen;
-- As all else, it follows what is changed afterwards.
DELETE FROM login WHERE minutes = 1000;
UPDATE login SET at = at - interval '1 month' WHERE client = 3;
TABLE seen;
SELECT * FROM winback.verify();
SELECT winback.rebuild();
TABLE seen;

-- Other lengths and shares. Without one of them the rule says nothing.
UPDATE winback.rule SET after = '7 days', factor = 0.9 WHERE rule = 'usage_drop';
TABLE seen;
UPDATE winback.rule SET factor = NULL WHERE rule = 'usage_drop';
TABLE seen;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase, login CASCADE;
