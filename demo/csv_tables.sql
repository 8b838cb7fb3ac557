-- The CRM's tables from the raw ones that csv.sql made.

CREATE TABLE shop.clients (client_id text PRIMARY KEY, name text, manager text, channel text, region text,
                           no_calls boolean, since timestamptz);
CREATE TABLE shop.feedback (client_id text, kind text, at timestamptz, score int);

SELECT format('CREATE TABLE shop.orders AS
               SELECT coalesce(%s, ''O'' || row_number() OVER ()) AS order_id, nullif(%s, '''') AS client_id,
                      shop.to_time(%s) AS placed_at, shop.to_amount(%s) AS amount, lower(%s) AS state
                 FROM shop.raw_orders',
              shop.reading('orders', 'id', 'NULL::text'), shop.reading('orders', 'client', NULL),
              shop.reading('orders', 'time', NULL), shop.reading('orders', 'amount', 'NULL'),
              shop.reading('orders', 'state', 'NULL')) \gexec
SELECT format('CREATE TABLE shop.calls AS
               SELECT coalesce(%s, ''K'' || row_number() OVER ()) AS call_id, nullif(%s, '''') AS client_id,
                      shop.to_time(%s) AS started_at, shop.to_amount(%s) AS seconds, %s AS agent
                 FROM shop.raw_calls',
              shop.reading('calls', 'id', 'NULL::text'), shop.reading('calls', 'client', NULL),
              shop.reading('calls', 'time', NULL), shop.reading('calls', 'seconds', NULL),
              shop.reading('calls', 'agent', 'NULL::text')) \gexec
DROP TABLE shop.raw_orders, shop.raw_calls;
