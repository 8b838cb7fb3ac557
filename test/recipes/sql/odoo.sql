-- Odoo: a contact's orders and calls are the company's.
\set system odoo
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, manager, status, orders, revenue, last_order_at, last_contact_at, do_not_contact
  FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A quotation is sent, confirmed, cancelled.
UPDATE sale_order SET state = 'sale', date_order = '2024-05-30 10:00' WHERE name = 'S4';
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
UPDATE sale_order SET state = 'cancel' WHERE name = 'S4';
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
-- Brandon changes the employer: Odoo re-computes the commercial partner.
UPDATE res_partner SET parent_id = 3, commercial_partner_id = 3 WHERE id = 2;
SELECT client_id, status, orders, revenue, last_contact_at FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
