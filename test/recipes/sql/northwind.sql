-- Northwind: an order is worth what its lines are.
\set system northwind
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, region, status, orders, revenue, last_order_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- Lines come after their order, change, and go; an order gets its client and its date.
INSERT INTO order_details VALUES (10252, 20, 64.8, 40, 0.05);
SELECT orders, revenue FROM winback.clients WHERE client_id = 'VINET';
UPDATE order_details SET quantity = 1, discount = 0 WHERE order_id = 10252;
DELETE FROM order_details WHERE order_id = 10248 AND product_id = 11;
UPDATE orders SET customer_id = 'VINET' WHERE order_id = 10250;
UPDATE orders SET order_date = '2024-05-31' WHERE order_id = 10251;
SELECT client_id, status, orders, revenue, times_returned FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
