-- LedgerSMB: sales orders among orders of other classes, returns from another table.
\set system ledgersmb
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, do_not_contact, registered_at
  FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- A quotation becomes an order and is entered as a return; the draft of a credit invoice is approved.
UPDATE oe SET oe_class_id = 1, quotation = false, ordnumber = 'SO-9' WHERE ordnumber IS NULL;
UPDATE ar SET approved = true, invnumber = 'I-3' WHERE id = 3;
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
-- The purchase order of a supplier is none, whatever is changed on it.
UPDATE oe SET amount = 1000 WHERE oe_class_id = 2;
UPDATE oe SET oe_class_id = 3 WHERE ordnumber = 'SO-9';
UPDATE ar SET is_return = false WHERE id = 3;
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
SELECT count(*) FROM winback.clients;
-- Its own trigger has fired all along.
SELECT count(*) FROM audittrail;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
