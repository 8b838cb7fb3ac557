-- What arrives between :previous and :clock, in one transaction; the first time the table is watched as well.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';
SET winback.as_of = :'clock';

BEGIN;
INSERT INTO shop.orders
SELECT * FROM csv.cdnow
 WHERE order_date >= timestamptz :'previous' AND order_date < timestamptz :'clock';

\if :first
CREATE EXTENSION winback;
SELECT winback.init('int') \g /dev/null
UPDATE winback.policy SET timezone = :'zone';
SELECT winback.watch_orders('shop.orders', 'customer_id', 'order_date', 'amount', 'order_id') \g /dev/null
\endif
COMMIT;
