-- A schema with a table of past orders, as an application would have it: its own key, and an index by client.
--   variables: schema, clients, orders_a_client; last_age, an expression over `client`: days since the last order
--
-- A client's orders before its last one lie at some eleven weeks' distance of each other. They are stored as they came,
-- by time, in no order of clients.
\set day 'date_trunc(''day'', now())'
CREATE SCHEMA :schema;
CREATE TABLE :schema.orders (
    id        bigint GENERATED ALWAYS AS IDENTITY,
    client_id bigint NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now(),
    amount    numeric(12, 2) NOT NULL
);
INSERT INTO :schema.orders (client_id, placed_at, amount)
SELECT client, last - ago * interval '77 days' - (CASE WHEN ago > 0 THEN mix % 21 ELSE 0 END) * interval '1 day',
       (1000 + mix % 99000) / 100.0
  FROM generate_series(:orders_a_client - 1, 0, -1) AS ago,
       generate_series(1, :clients) AS i,
       LATERAL (SELECT 1 + i * 611953::bigint % :clients AS client) c,
       LATERAL (SELECT abs(hashint8(client * 16 + ago)::bigint) AS mix) m,
       LATERAL (SELECT :day - (:last_age) * interval '1 day' + (client * 7919 % 86400) * interval '1 second'
                    AS last) l;
ALTER TABLE :schema.orders ADD PRIMARY KEY (id);
CREATE INDEX ON :schema.orders (client_id, placed_at);
