-- Northwind, the sample database of a trader, as it is ported to PostgreSQL.
--
-- Run in it as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d northwind -f recipes/northwind.sql
--
-- Run on schema and data of github.com/pthom/northwind_psql (2024): 89 clients with orders, revenue as plain SQL
-- has it. There is nothing to adapt.

-- An order has no amount: it stands on its lines. Freight is what the trader pays for sending, and no revenue.
SELECT winback.watch_orders('orders', client => 'customer_id', placed_at => 'order_date', order_id => 'order_id');

-- Prices and discounts are floating numbers of seven digits: as numeric they are what was typed in.
SELECT winback.watch_order_lines('order_details', 'orders', order_id => 'order_id',
                                 amount => 'round(unit_price::numeric * quantity * (1 - discount::numeric), 2)');

SELECT winback.watch_clients('customers', client => 'customer_id', name => 'company_name',
                             region => 'coalesce(region, country)');
