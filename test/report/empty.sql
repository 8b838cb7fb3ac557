-- A ledger without a watched table.
SET client_min_messages = warning;
CREATE EXTENSION winback;
SELECT winback.init('bigint');
