-- Tryton, modules party and sale; sale_complaint and sale_opportunity where they are installed.
--
-- Run in Tryton's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d tryton -f recipes/tryton.sql
--
-- Checked on a database made by Tryton 6.0 (Debian 12). sale_complaint is written from its source, not installed.
-- To adapt: of several companies in one database add AND company = ... to counts_when. Amounts are in the sale's own
-- currency: where there are several, convert them in the amount expression.

-- A sale has no date before it is confirmed, unless somebody enters one, so the state says what counts. The total is
-- kept in a cache column from the confirmation on. A sale of negative quantities has a negative total: a return.
SELECT winback.watch_orders('sale_sale', client => 'party', placed_at => 'sale_date', amount => 'total_amount_cache',
                            order_id => 'number', counts_when => 'state IN (''confirmed'', ''processing'', ''done'')');

-- A deactivated party stays a client with its history, and is not called any more. One that was replaced by another is
-- no client: Tryton writes the other one into all that named it, so its sales have moved on already.
SELECT winback.watch_clients('party_party', client => 'CASE WHEN replaced_by IS NULL THEN id END', name => 'name',
                             do_not_contact => 'NOT active',
                             registered_at => 'create_date AT TIME ZONE ''UTC''');

-- A complaint makes the client cold. Drafts, and what was rejected or cancelled, are none.
SELECT to_regclass('sale_complaint') IS NOT NULL AS has_complaints \gset
\if :has_complaints
SELECT winback.watch_events('sale_complaint', client => 'customer', kind => '''complaint''', happened_at => '"date"',
                            counts_when => 'state IN (''waiting_approval'', ''approved'', ''done'')');
\endif

-- Tryton records no telephone calls: watch those of the telephone system (see asterisk-cdr.sql).
