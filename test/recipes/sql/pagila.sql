-- Pagila: a partitioned table of payments.
\set system pagila
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, region, status, orders, revenue, last_order_at, do_not_contact
  FROM winback.clients ORDER BY client_id;
-- Through a leaf, into a partition that is new, and from one to another.
INSERT INTO payment_p2024_05 (customer_id, staff_id, rental_id, amount, payment_date)
VALUES (2, 1, 1, 1.00, '2024-05-31 10:00+00');
CREATE TABLE payment_p2024_03 PARTITION OF payment FOR VALUES FROM ('2024-03-01 00:00+00') TO ('2024-04-01 00:00+00');
INSERT INTO payment (customer_id, staff_id, rental_id, amount, payment_date)
VALUES (2, 1, 1, 7.00, '2024-03-31 10:00+00');
UPDATE payment SET payment_date = '2024-04-30 10:00+00' WHERE customer_id = 1 AND amount = 0.99;
SELECT client_id, orders, revenue, first_order_at, last_order_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
