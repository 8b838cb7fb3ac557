-- Dolibarr: states as numbers, floating money, companies.
\set system dolibarr
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, last_contact_at, do_not_contact
  FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- Draft, validated, cancelled; the reference changes on the way.
UPDATE llx_commande SET fk_statut = 1, ref = 'CO3', date_valid = '2024-05-11' WHERE ref = '(PROV3)';
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
UPDATE llx_commande SET fk_statut = -1 WHERE ref = 'CO3';
SELECT orders, revenue, last_order_at FROM winback.clients WHERE client_id = 1;
-- The planned call takes place; a supplier becomes a customer.
UPDATE llx_actioncomm SET percent = 100, calling_duration = 21 WHERE label = 'planned';
UPDATE llx_societe SET client = 2 WHERE nom = 'A supplier';
SELECT client_id, status, last_contact_at FROM winback.clients WHERE client_id > 1 ORDER BY 1;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
