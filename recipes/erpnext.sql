-- ERPNext 13 to 15 on PostgreSQL.
--
-- Run in the site's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d site -f recipes/erpnext.sql
--
-- Checked on the source: the fields of Customer, Sales Order, Sales Invoice, Issue and Call Log, each in one of the
-- versions 13 to 15, and the types that Frappe gives them on PostgreSQL. Not run on an installed system.
-- To adapt: of several companies add AND company = '...'. Times are local times of the site: winback.policy.timezone
-- must be the site's. Who invoices without orders watches "tabSales Invoice" with posting_date in place of orders.

-- docstatus is 0 for a draft, 1 for a submitted and 2 for a cancelled document. The base amounts are in the company's
-- currency.
SELECT winback.watch_orders('"tabSales Order"', client => 'customer', placed_at => 'transaction_date',
                            amount => 'base_grand_total', order_id => 'name', counts_when => 'docstatus = 1');

-- Credit notes are invoices that are returns; their amounts are negative already.
SELECT winback.watch_orders('"tabSales Invoice"', client => 'customer', placed_at => 'posting_date',
                            amount => 'base_grand_total', order_id => 'name',
                            counts_when => 'docstatus = 1 AND is_return = 1');

SELECT winback.watch_clients('"tabCustomer"', client => 'name', name => 'customer_name', manager => 'account_manager',
                             channel => 'customer_group', region => 'territory', registered_at => 'creation',
                             do_not_contact => 'disabled = 1');

-- Only answered calls have a duration worth the name; it is in seconds.
SELECT winback.watch_calls('"tabCall Log"', call_id => 'name', client => 'customer', started_at => 'start_time',
                           seconds => 'duration', agent => 'employee_user_id', counts_when => 'status = ''Completed''');

-- An issue is a complaint where its type says so.
SELECT winback.watch_events('"tabIssue"', client => 'customer', kind => '''complaint''', happened_at => 'creation',
                            counts_when => 'issue_type = ''Complaint''');
