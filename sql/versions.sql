-- A ledger that came with a dump of another version of winback, or is not all there: the application's commits go on,
-- and whoever asks is told what to do.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
CREATE TABLE purchase (client int, at timestamptz);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at');
INSERT INTO purchase VALUES (1, '2024-05-01');
SELECT version = winback._version() AS same FROM winback.ledger;

-- Of a later version.
UPDATE winback.ledger SET version = '10.2.0';
\c
SET client_min_messages = warning;
\set SHOW_CONTEXT never
INSERT INTO purchase VALUES (1, '2024-05-02');
SELECT client_id, orders FROM winback.clients;
SELECT * FROM winback.verify();
SELECT winback.sweep();
SELECT winback.init(NULL);
-- Of an earlier one.
UPDATE winback.ledger SET version = '0.0.9';
SELECT winback.rebuild();
SELECT winback.init(NULL);
-- Extension and library.
UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'winback';
SELECT winback.init(NULL);
UPDATE pg_extension SET extversion = winback._version() WHERE extname = 'winback';
-- Without its one row.
DELETE FROM winback.ledger;
SELECT winback.init(NULL);
INSERT INTO winback.ledger (version, client_type) VALUES (winback._version(), 'int');
-- All is well again; what was written meanwhile counts.
SELECT winback.init(NULL);
SELECT client_id, orders FROM winback.clients;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase;
