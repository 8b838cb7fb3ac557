-- Odoo 17 and 18, modules sale and account; crm_phonecall of the Odoo Community Association where it is installed.
--
-- Run in Odoo's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d odoo -f recipes/odoo.sql
--
-- Checked on the source: sale.order of Odoo 18, account.move and res.partner of later versions, crm.phonecall as it was
-- for Odoo 10. Not run on an installed system.
-- To adapt: of several companies add AND company_id = ... to counts_when. Times are UTC in the database: set
-- winback.policy.timezone to the zone in which your days begin.

-- An order may name a contact or an address of a company: children of the commercial partner, who is the client.
-- Each partner's number is an alias of that; a contact who changes the employer takes the orders along.
SELECT winback.watch_aliases('res_partner', alias => 'id', client => 'commercial_partner_id');

-- draft and sent are quotations, cancel is cancelled. currency_rate is the order's currency per unit of the company's.
SELECT winback.watch_orders('sale_order', client => 'partner_id', placed_at => 'date_order AT TIME ZONE ''UTC''',
                            amount => 'round(amount_total / coalesce(nullif(currency_rate, 0), 1), 2)',
                            order_id => 'name', counts_when => 'state IN (''sale'', ''done'')', by_alias => true);

-- Credit notes; the signed total is in the company's currency, and negative for them.
SELECT winback.watch_orders('account_move', client => 'commercial_partner_id', placed_at => 'invoice_date',
                            amount => 'amount_total_signed', order_id => 'name',
                            counts_when => 'move_type = ''out_refund'' AND state = ''posted''');

-- Of the commercial partners who was ever invoiced: customer_rank counts that. Who has orders alone is a client by
-- them, without a name.
SELECT winback.watch_clients('res_partner',
                             client => 'CASE WHEN id = commercial_partner_id AND customer_rank > 0 THEN id END',
                             name => 'name', manager => 'user_id', registered_at => 'create_date AT TIME ZONE ''UTC''',
                             do_not_contact => 'NOT active');

-- A phone call's duration is in minutes, with decimals; one that is held is done.
SELECT to_regclass('crm_phonecall') IS NOT NULL AS has_calls \gset
\if :has_calls
SELECT winback.watch_calls('crm_phonecall', call_id => 'id', client => 'partner_id',
                           started_at => '"date" AT TIME ZONE ''UTC''', seconds => 'duration * 60', agent => 'user_id',
                           counts_when => 'state = ''done'' AND active', by_alias => true);
\endif
