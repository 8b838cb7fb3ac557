-- Spree 4.
--
-- Run in the shop's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d spree -f recipes/spree.sql
--
-- Checked on the source: the migrations that make the tables of Spree 4.3, and spree_users of spree_auth_devise. Not
-- run on an installed system.
-- To adapt: of several stores add AND store_id = ... to counts_when. Amounts are in the order's currency. Returns and
-- refunds name an order or a payment, not a client: payment_total in place of total is what was paid less refunds.

-- An order has a user, or a guest's e-mail. Who registers later with that e-mail takes the orders along. The two kinds
-- of names are told apart by a prefix.
SELECT winback.watch_aliases('spree_users', alias => '''user '' || id', client => 'id');
SELECT winback.watch_aliases('spree_users', alias => 'lower(email)', client => 'id');

-- A cart has no completed_at, and so is no fact. Rails writes UTC.
SELECT winback.watch_orders('spree_orders', client => 'coalesce(''user '' || user_id, lower(email))',
                            placed_at => 'completed_at AT TIME ZONE ''UTC''', amount => 'total', order_id => 'number',
                            counts_when => 'state <> ''canceled''', by_alias => true);

SELECT winback.watch_clients('spree_users', client => 'id', name => 'email',
                             registered_at => 'created_at AT TIME ZONE ''UTC''',
                             do_not_contact => 'deleted_at IS NOT NULL');
