-- pg_ivm, for the part of it that a materialized view can keep.
CREATE EXTENSION IF NOT EXISTS pg_ivm;
SET search_path = pgivm, public;  -- where its functions are depends on its version
SELECT create_immv('by_ivm.client', 'SELECT client_id, count(*) AS orders, sum(amount) AS revenue,
                                            min(placed_at) AS first_order_at, max(placed_at) AS last_order_at
                                       FROM by_ivm.orders GROUP BY client_id');
