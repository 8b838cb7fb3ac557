-- winback.
SET client_min_messages = warning;
SELECT winback.watch_orders('watched.orders', client => 'client_id', placed_at => 'placed_at', amount => 'amount',
                            order_id => 'id');
