-- One client, with one purchase.
SET client_min_messages = warning;
SET winback.as_of = '2026-03-01 12:00+00';
CREATE TABLE sale (id int PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON sale (client);
INSERT INTO sale VALUES (1, 1, '2026-01-15 12:00+00', 99.90);
CREATE EXTENSION winback;
SELECT winback.watch_orders('sale', 'client', 'at', 'amount', 'id');
SELECT format('ALTER DATABASE %I SET winback.as_of = %L', current_database(), '2026-03-01 12:00+00') \gexec
