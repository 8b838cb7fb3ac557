-- Vendure 3 (and 2) on PostgreSQL.
--
-- Run in the shop's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d vendure -f recipes/vendure.sql
--
-- Checked on the source of Vendure 3.5: its entities Order and Customer, and the kinds of orders. Not run on an
-- installed system.
-- To adapt: money is in the smallest unit of the order's currency: here hundredths, and one currency. Times are
-- written in the time zone of the server process, which is UTC here. Add your own states that are no sale. Refunds
-- hang on payments, which name no customer: they are not watched.

-- A cart has no "orderPlacedAt", a guest's order no "customerId" until an address is given: both are no facts. With
-- several sellers an Aggregate order has a Seller order below it for each: these would count twice.
SELECT winback.watch_orders('"order"', client => '"customerId"', placed_at => '"orderPlacedAt" AT TIME ZONE ''UTC''',
                            amount => '("subTotalWithTax" + "shippingWithTax") * 0.01', order_id => 'code',
                            counts_when => 'state NOT IN (''Draft'', ''Cancelled'') AND type <> ''Seller''');

-- A deleted customer stays in the statistics and is called no more.
SELECT winback.watch_clients('customer', client => 'id', name => '"firstName" || '' '' || "lastName"',
                             registered_at => '"createdAt" AT TIME ZONE ''UTC''',
                             do_not_contact => '"deletedAt" IS NOT NULL');
