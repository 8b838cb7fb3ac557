-- Tryton: the sale's state says what counts, and may go to and fro.
\set system tryton
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, interaction_status, next_contact_on, registered_at
  FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- A draft is quoted, confirmed and cancelled; the date and the total come on the way.
INSERT INTO sale_sale (company, currency, party, state) VALUES (1, 1, 2, 'draft');
SELECT status, orders, revenue, times_lost, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE sale_sale SET state = 'quotation', number = 'S8', total_amount_cache = 40 WHERE party = 2 AND state = 'draft';
SELECT status, orders, revenue, times_lost, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE sale_sale SET state = 'confirmed', sale_date = '2024-05-30' WHERE number = 'S8';
SELECT status, orders, revenue, times_lost, times_returned FROM winback.clients WHERE client_id = 2;
UPDATE sale_sale SET state = 'cancelled' WHERE number = 'S8';
SELECT status, orders, revenue, times_lost, times_returned FROM winback.clients WHERE client_id = 2;
-- It was never there: the history is again what it was.
SELECT from_status, to_status, changed_at, rule, withdrawn_at IS NOT NULL AS withdrawn
  FROM winback.status_change WHERE client_id = 2 ORDER BY change_id;

-- A complaint that is taken back lets the client be warm again.
DELETE FROM sale_complaint WHERE customer = 1;
SELECT interaction_status FROM winback.clients WHERE client_id = 1;
-- Tryton merges parties by re-keying all that names them.
UPDATE sale_sale SET party = 2 WHERE party = 1;
UPDATE party_party SET replaced_by = 2, active = false WHERE id = 1;
SELECT client_id, orders, revenue, do_not_contact FROM winback.clients WHERE client_id IN (1, 2) ORDER BY 1;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
