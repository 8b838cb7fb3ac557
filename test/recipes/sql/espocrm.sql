-- EspoCRM: calls with contacts and about opportunities are calls with the account.
\set system espocrm
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, manager, status, orders, revenue, last_order_at, interaction_status, last_contact_at
  FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- An opportunity is won, and lost after all.
UPDATE opportunity SET stage = 'Closed Won' WHERE id = 'o3';
SELECT orders, revenue FROM winback.clients WHERE client_id = 'a1';
UPDATE opportunity SET stage = 'Closed Lost' WHERE id = 'o3';
SELECT orders, revenue FROM winback.clients WHERE client_id = 'a1';
-- A contact changes the account: its calls go along. One without an account gets one.
UPDATE contact SET account_id = 'a1' WHERE id = 'c2';
INSERT INTO "call" (id, status, date_start, date_end, parent_type, parent_id)
VALUES ('k7', 'Held', '2024-05-25 10:00', '2024-05-25 10:05', 'Contact', 'c3');
UPDATE contact SET account_id = 'a2' WHERE id = 'c3';
SELECT client_id, last_contact_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
