-- ERPNext: documents count while they are submitted.
\set system erpnext
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, manager, region, status, orders, revenue, last_order_at, interaction_status, last_contact_at,
       next_contact_on, do_not_contact FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A draft is submitted, cancelled and amended; the amendment is a new document.
UPDATE "tabSales Order" SET docstatus = 1, status = 'To Deliver' WHERE name = 'SO-3';
SELECT orders, revenue FROM winback.clients WHERE client_id = 'CUST-1';
UPDATE "tabSales Order" SET docstatus = 2, status = 'Cancelled' WHERE name = 'SO-3';
INSERT INTO "tabSales Order" (name, docstatus, customer, transaction_date, base_grand_total, amended_from)
VALUES ('SO-3-1', 1, 'CUST-1', '2024-05-11', 1, 'SO-3');
SELECT orders, revenue FROM winback.clients WHERE client_id = 'CUST-1';
-- A customer is renamed: Frappe re-keys every document that links to it.
BEGIN;
UPDATE "tabCustomer" SET name = 'Zoe' WHERE name = 'Zoë';
UPDATE "tabSales Order" SET customer = 'Zoe' WHERE customer = 'Zoë';
UPDATE "tabCall Log" SET customer = 'Zoe' WHERE customer = 'Zoë';
UPDATE "tabIssue" SET customer = 'Zoe' WHERE customer = 'Zoë';
COMMIT;
SELECT client_id, name, status, orders, last_contact_at FROM winback.clients WHERE client_id LIKE 'Zo%' ORDER BY 1;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
