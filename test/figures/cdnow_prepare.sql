-- An early web shop: orders by day. Loaded before: csv.cdnow.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';

CREATE SCHEMA shop;
CREATE TABLE shop.orders (LIKE csv.cdnow, PRIMARY KEY (order_id));
CREATE INDEX ON shop.orders (customer_id);

INSERT INTO figures.order_row SELECT customer_id, order_date, amount, order_date FROM csv.cdnow;
