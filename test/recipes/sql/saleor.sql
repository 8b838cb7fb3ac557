-- Saleor: guests become users.
\set system saleor
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, do_not_contact FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A guest registers: the order is there. Saleor then writes the user into it, which changes nothing.
INSERT INTO account_user (id, email, first_name) VALUES (4, 'guest@example.com', 'Gus');
SELECT client_id, status, orders, revenue FROM winback.clients WHERE client_id = 4;
UPDATE order_order SET user_id = 4 WHERE user_email = 'guest@example.com';
SELECT client_id, status, orders, revenue FROM winback.clients WHERE client_id = 4;
-- A draft is placed, fulfilled and returned.
UPDATE order_order SET status = 'unfulfilled' WHERE number = 3;
SELECT orders, revenue FROM winback.clients WHERE client_id = 1;
UPDATE order_order SET status = 'returned' WHERE number = 3;
SELECT orders, revenue FROM winback.clients WHERE client_id = 1;
-- An e-mail address changes: orders of the user stay, those by the old address are a guest's again.
UPDATE account_user SET email = 'ann@new.example.com' WHERE id = 1;
SELECT orders, revenue FROM winback.clients WHERE client_id = 1;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
