-- Vendure: carts, guests, sellers' parts and cents.
\set system vendure
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, do_not_contact FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- A guest's cart gets its customer, is placed, modified and cancelled.
UPDATE "order" SET "customerId" = 2 WHERE code = 'A7';
SELECT status, orders, revenue FROM winback.clients WHERE client_id = 2;
UPDATE "order" SET state = 'PaymentSettled', active = false, "orderPlacedAt" = '2024-05-31 10:00' WHERE code = 'A7';
SELECT status, orders, revenue, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE "order" SET state = 'Modifying', "subTotalWithTax" = 6001 WHERE code = 'A7';
SELECT status, orders, revenue, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE "order" SET state = 'Cancelled' WHERE code = 'A7';
SELECT status, orders, revenue, times_returned FROM winback.clients WHERE client_id = 2;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
