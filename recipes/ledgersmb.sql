-- LedgerSMB 1.5 and 1.6.
--
-- Run in the company's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d company -f recipes/ledgersmb.sql
--
-- Checked on the schema files of LedgerSMB 1.6 (Debian 12). From 1.8 on the amounts are called amount_tc (the
-- order's currency) and amount_bc (the company's): write amount_bc then.
-- To adapt: amounts are in the order's currency (curr); where there are several, convert them in the expression.
-- Who works with invoices only watches ar in place of oe: amount, invnumber, and approved AND NOT is_return.

-- One table holds sales orders (class 1), purchase orders (2), quotations (3) and requests for quotation (4): only the
-- first are sales. The client is the credit account: one entity may be a customer and a supplier, or both twice.
SELECT winback.watch_orders('oe', client => 'entity_credit_account', placed_at => 'transdate', amount => 'amount',
                            order_id => 'ordnumber', counts_when => 'oe_class_id = 1 AND quotation IS NOT TRUE');

-- Credit invoices give money back. Their amount may be stored with either sign. A draft is not approved yet; reverse
-- marks an entry that undoes another one, and stays on top of it.
SELECT winback.watch_orders('ar', client => 'entity_credit_account', placed_at => 'transdate',
                            amount => '-abs(amount)', order_id => 'invnumber',
                            counts_when => 'is_return AND approved AND reverse IS NOT TRUE');

-- Accounts of class 2 are customers; of suppliers the key is null, and a row without a key is no client.
SELECT winback.watch_clients('entity_credit_account', client => 'CASE WHEN entity_class = 2 THEN id END',
                             name => 'coalesce(pay_to_name, description, meta_number)',
                             registered_at => 'startdate', do_not_contact => 'enddate IS NOT NULL');
