-- Saleor 3.
--
-- Run in the shop's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d saleor -f recipes/saleor.sql
--
-- Checked on the source of Saleor 3.24: its models of orders and users. Not run on an installed system.
-- To adapt: amounts are in the order's currency; where there are several, convert them.

-- An order has a user, or a guest's e-mail. Who registers later with that e-mail takes the orders along. The two kinds
-- of names are told apart by a prefix.
SELECT winback.watch_aliases('account_user', alias => '''user '' || id', client => 'id');
SELECT winback.watch_aliases('account_user', alias => 'lower(email)', client => 'id');

-- Drafts and what is not confirmed are no orders yet; cancelled and expired ones no more. One that was returned whole
-- was placed all the same, and brought nothing.
SELECT winback.watch_orders('order_order', client => 'coalesce(''user '' || user_id, lower(user_email))',
                            placed_at => 'created_at',
                            amount => 'CASE WHEN status = ''returned'' THEN 0 ELSE total_gross_amount END',
                            order_id => 'number', by_alias => true,
                            counts_when => 'status NOT IN (''draft'', ''unconfirmed'', ''canceled'', ''expired'')');

-- The staff are users as well, and no clients.
SELECT winback.watch_clients('account_user', client => 'CASE WHEN NOT is_staff THEN id END',
                             name => 'concat_ws('' '', first_name, last_name)', registered_at => 'date_joined',
                             do_not_contact => 'NOT is_active');
