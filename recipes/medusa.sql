-- Medusa 2.
--
-- Run in the shop's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d medusa -f recipes/medusa.sql
--
-- Checked on the source of Medusa 2.0: models of the order, its transactions and the customer. Not run on an installed
-- system.
-- To adapt: amounts are in the order's currency_code; where there are several, convert them. Claims and returns name
-- an order, not a customer: they are not watched.

-- A draft is known by two columns, a cancelled order by two, and every table keeps what is deleted.
SELECT winback.watch_orders('"order"', client => 'customer_id', placed_at => 'created_at', order_id => 'id',
                            counts_when => 'status NOT IN (''draft'', ''canceled'') AND NOT is_draft_order'
                                           ' AND canceled_at IS NULL AND deleted_at IS NULL');

-- The order has no amount: its total is computed, and kept as jsonb, once for each version of the order. What was
-- captured and, negative, refunded are rows of their own: their sum is what the order brought in.
SELECT winback.watch_order_lines('order_transaction', '"order"', order_id => 'order_id', amount => 'amount',
                                 counts_when => 'deleted_at IS NULL');

-- A guest has a row here too, of has_account false.
SELECT winback.watch_clients('customer', client => 'id',
                             name => 'coalesce(company_name, concat_ws('' '', first_name, last_name))',
                             registered_at => 'created_at', do_not_contact => 'deleted_at IS NOT NULL');
