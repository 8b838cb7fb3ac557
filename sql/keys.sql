-- Keys that are stored by reference, and rows that are written so often that the server clears up their page while one of
-- them is looked for: the key is still the one that was asked for.
SET client_min_messages = warning;
CREATE EXTENSION winback;
SET winback.as_of = '2024-06-01';
CREATE TABLE purchase (client text, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase SELECT 'client ' || i, '2024-05-01', 1 FROM generate_series(1, 30) i;

-- Back-dated ones, which cannot be added to the row.
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
