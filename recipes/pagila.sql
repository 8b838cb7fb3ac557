-- Pagila, the sample database of a film rental.
--
-- Run in it as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d pagila -f recipes/pagila.sql
--
-- Run on the schema of github.com/devrimgunduz/pagila (2026), payments in its partitions by month, with rows of our
-- own. There is nothing to adapt.

-- Payments are what a client is worth. The table is partitioned by month: watch the parent, its partitions follow.
SELECT winback.watch_orders('payment', client => 'customer_id', placed_at => 'payment_date', amount => 'amount',
                            order_id => 'payment_id');

-- The shop is the region; who is not active is not called.
SELECT winback.watch_clients('customer', client => 'customer_id', name => 'first_name || '' '' || last_name',
                             region => 'store_id::text', registered_at => 'create_date',
                             do_not_contact => 'NOT activebool');
