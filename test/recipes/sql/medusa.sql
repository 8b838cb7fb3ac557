-- Medusa: an order is worth what was captured for it, less what was refunded.
\set system medusa
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, do_not_contact FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A payment is captured later; a draft becomes an order; an order is refunded whole, then cancelled.
INSERT INTO order_transaction (id, order_id, amount, currency_code, reference)
VALUES ('t7', 'o2', 30, 'eur', 'capture'),
    ('t8', 'o3', 7, 'eur', 'capture');
UPDATE "order" SET status = 'pending', is_draft_order = false WHERE id = 'o3';
SELECT orders, revenue FROM winback.clients WHERE client_id = 'cus_1';
INSERT INTO order_transaction (id, order_id, amount, currency_code, reference)
VALUES ('t9', 'o1', -80, 'eur', 'refund');
SELECT orders, revenue FROM winback.clients WHERE client_id = 'cus_1';
UPDATE "order" SET status = 'canceled', canceled_at = '2024-05-31' WHERE id = 'o1';
UPDATE order_transaction SET deleted_at = '2024-05-31' WHERE id = 't8';
SELECT orders, revenue FROM winback.clients WHERE client_id = 'cus_1';
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
