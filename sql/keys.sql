-- Keys that are stored by reference, or that are equal though they are written in another way.
SET client_min_messages = warning;
CREATE EXTENSION winback;
SET winback.as_of = '2024-06-01';
CREATE TABLE purchase (client text, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase SELECT 'client ' || i, '2024-05-01', 1 FROM generate_series(1, 30) i;

-- Back-dated purchases, which cannot be added to the row. Rows are written so often that the server clears up their
-- page while one of them is looked for: the key is still the one that was asked for.
DO $$ BEGIN
    FOR i IN 1..600 LOOP
        INSERT INTO purchase VALUES ('client ' || 1 + i % 30, timestamptz '2024-05-01' - i * interval '1 hour', 1);
        PERFORM winback.fold();
    END LOOP;
END $$;
SELECT count(*), min(orders), max(orders) FROM winback.clients;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase;

-- A mark of a stale client is that client's, however it writes the key.
CREATE EXTENSION winback;
CREATE TABLE purchase (client numeric, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase VALUES (1.00, '2024-05-01', 1), (2.00, '2024-05-01', 1);
UPDATE winback.client SET revenue = 7;
INSERT INTO winback.stale (client_id, reason, since) VALUES (1.0, 'for this test', '2024-06-01');
SELECT client_id, stale FROM winback.clients ORDER BY client_id;
SELECT client_id, column_name FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase;

-- A key that is an array.
CREATE EXTENSION winback;
CREATE TABLE purchase (client int[], at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase VALUES ('{1,2}', '2024-05-01', 1), ('{1,3}', '2024-05-01', 1);
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES ('{1,2}', 'nps', 'recommend', 3);
SELECT winback.merge_clients('{1,3}', '{1,2}');
SELECT client_id, status, orders FROM winback.clients;
SELECT node FROM winback.survey_next('{1,3}'::int[], 'nps');
DELETE FROM purchase;
SELECT winback.erase_client('{1,2}'::int[]);
SELECT count(*) FROM winback.clients;
SELECT count(*) FROM winback.event;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase;

-- A key that is a row, one of whose fields is null, is no null.
CREATE EXTENSION winback;
CREATE TYPE branch_client AS (branch int, number text);
CREATE TABLE purchase (client branch_client, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase VALUES ((1, NULL), '2024-01-01', 1), ((1, 'a'), '2024-01-01', 1);
SELECT 1 FROM winback.sweep();
UPDATE winback.task SET assignee = 'ann';
SELECT client_id, status, open_tasks FROM winback.clients ORDER BY client_id;
SELECT client_id, status FROM winback.clients_as_of('2024-05-01') ORDER BY client_id;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase;
DROP TYPE branch_client;
