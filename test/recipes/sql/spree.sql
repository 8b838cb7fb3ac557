-- Spree: carts become orders, guests users.
\set system spree
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
UPDATE spree_orders SET state = 'complete', completed_at = '2024-05-31 10:00', email = 'bob@example.com'
 WHERE number = 'R4';
SELECT status, orders, revenue, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE spree_orders SET state = 'canceled', canceled_at = '2024-05-31 11:00' WHERE number = 'R4';
SELECT status, orders, revenue, times_returned FROM winback.clients WHERE client_id = 2;
INSERT INTO spree_users (email) VALUES ('guest@example.com');
SELECT status, orders, revenue FROM winback.clients WHERE client_id = 3;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
