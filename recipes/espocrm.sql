-- EspoCRM 8 and later on PostgreSQL.
--
-- Run in EspoCRM's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d espocrm -f recipes/espocrm.sql
--
-- Checked on the source of EspoCRM 10.0: fields, states and names of columns of the five entities below. Not run on an
-- installed system.
-- To adapt: the stages of your own sales process; currencies (amount_currency); which types of cases are complaints.

-- An activity hangs on an account, a contact, an opportunity or a case, by type and number; each is an account's.
SELECT winback.watch_aliases('account', alias => '''Account '' || id', client => 'id');
SELECT winback.watch_aliases('contact', alias => '''Contact '' || id', client => 'account_id');
SELECT winback.watch_aliases('opportunity', alias => '''Opportunity '' || id', client => 'account_id');
SELECT winback.watch_aliases('"case"', alias => '''Case '' || id', client => 'account_id');

-- There are no orders: an opportunity that is won is one. Amounts are floating, what is deleted stays in the table.
SELECT winback.watch_orders('opportunity', client => 'account_id', placed_at => 'close_date',
                            amount => 'round(amount::numeric, 2)', order_id => 'id',
                            counts_when => 'stage = ''Closed Won'' AND NOT deleted');

-- A call was held, or it was none. Its length is what was entered as beginning and end. Times are UTC.
SELECT winback.watch_calls('"call"', call_id => 'id', client => 'parent_type || '' '' || parent_id',
                           started_at => 'date_start AT TIME ZONE ''UTC''', seconds => 'date_end - date_start',
                           agent => 'assigned_user_id', counts_when => 'status = ''Held'' AND NOT deleted',
                           by_alias => true);

SELECT winback.watch_events('"case"', client => 'account_id', kind => '''complaint''',
                            happened_at => 'created_at AT TIME ZONE ''UTC''',
                            counts_when => 'type IN (''Incident'', ''Problem'') AND status <> ''Duplicate'''
                                           ' AND NOT deleted');

SELECT winback.watch_clients('account', client => 'CASE WHEN NOT deleted THEN id END', name => 'name',
                             manager => 'assigned_user_id', region => 'billing_address_country',
                             registered_at => 'created_at AT TIME ZONE ''UTC''');
