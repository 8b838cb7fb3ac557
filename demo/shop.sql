-- A shop of 3,000 clients who bought at rates of their own until some dropped out, and of 100 who only asked.
-- Deterministic: every number comes from a hash of the client and a counter, and today is a fixed day.
-- Variable: today.

CREATE SCHEMA shop;

-- A number in [0, 1) for a client and a counter.
CREATE FUNCTION shop.chance(client int, counter int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(client * 100000::bigint + counter, 20260316) & 9007199254740991) / 9007199254740992.0;

-- A normal deviate likewise (Box-Muller).
CREATE FUNCTION shop.normal(client int, counter int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sqrt(-2 * ln(1 - shop.chance(client, counter))) * cos(2 * pi() * shop.chance(client, counter + 1));

-- Names are made from these lists.
CREATE FUNCTION shop.pick(names text[], share float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN names[1 + floor(share * cardinality(names))::int];

CREATE TABLE shop.clients (
    client_id  text PRIMARY KEY,
    name       text,
    manager    text,
    channel    text,
    region     text,
    no_calls   boolean,
    since      timestamptz
);
CREATE TABLE shop.orders (
    order_id  text PRIMARY KEY,
    client_id text,
    placed_at timestamptz,
    amount    numeric(10,2),
    state     text
);
CREATE TABLE shop.calls (
    call_id    text PRIMARY KEY,
    client_id  text,
    started_at timestamptz,
    seconds    int,
    agent      text
);
CREATE TABLE shop.feedback (
    client_id text,
    kind      text,
    at        timestamptz,
    score     int
);

-- How a client behaves: first order within two years, a mean gap of one to seven weeks or so, a chance to drop out
-- after each order, and a typical amount.
CREATE TEMP TABLE habit AS
SELECT c AS client,
       date_trunc('minute', timestamptz :'today' - (730 * shop.chance(c, 1) + 0.05) * interval '1 day') AS began,
       7 + 42 * shop.chance(c, 2) ^ 2 AS gap_days, 0.01 + 0.15 * shop.chance(c, 3) ^ 2 AS drops_out,
       exp(3.4 + 0.9 * shop.normal(c, 4)) AS amount
  FROM generate_series(1, 3100) c;

-- Orders run on until the client drops out or today comes; every fiftieth is sent back, every sixtieth cancelled.
CREATE TEMP TABLE history AS
WITH RECURSIVE visit AS (
    SELECT client, 1 AS n, began AS at FROM habit WHERE client <= 3000
    UNION ALL
    SELECT v.client, v.n + 1,
           date_trunc('minute', v.at - ln(1 - shop.chance(v.client, 100 + v.n)) * h.gap_days * interval '1 day')
      FROM visit v JOIN habit h USING (client)
     WHERE shop.chance(v.client, 1000 + v.n) > h.drops_out AND v.at < :'today'
)
SELECT v.client, v.n, v.at,
       round((h.amount * (0.4 + 1.2 * shop.chance(v.client, 2000 + v.n)))::numeric, 2) AS amount
  FROM visit v JOIN habit h USING (client) WHERE v.at < :'today';

INSERT INTO shop.clients
SELECT 'C' || to_char(client, 'FM0000'),
       shop.pick('{Anna,Boris,Carla,David,Elena,Felix,Greta,Hugo,Irma,Jonas,Katja,Leon,Mira,Nils,Olga,Pavel,Rosa,Stefan,
                   Tessa,Viktor}', shop.chance(client, 11)) || ' ' ||
       shop.pick('{Adler,Becker,Conrad,Dietz,Ebert,Fuchs,Graf,Haas,Ivanov,Jung,Keller,Lang,Moser,Novak,Ott,Petrov,Roth,
                   Sauer,Thoma,Weiss}', shop.chance(client, 12)),
       shop.pick('{Alice,Bob,Clara,Dan}', shop.chance(client, 13)),
       shop.pick('{web,store,telephone}', shop.chance(client, 14)),
       shop.pick('{north,south,east,west}', shop.chance(client, 15)),
       shop.chance(client, 16) < 0.03, began
  FROM habit;

INSERT INTO shop.orders
SELECT 'O' || row_number() OVER (ORDER BY at, client), 'C' || to_char(client, 'FM0000'), at, amount, state
  FROM (SELECT client, at, amount,
               CASE WHEN shop.chance(client, 3000 + n) < 1 / 60.0 THEN 'cancelled' ELSE 'paid' END AS state
          FROM history
        UNION ALL
        SELECT client, at + interval '6 days', -amount, 'paid'
          FROM history
         WHERE shop.chance(client, 4000 + n) < 1 / 50.0 AND at < timestamptz :'today' - interval '6 days') o;

-- Calls: after one order in ten, and to most of those who fell silent, some four months after their last order; a
-- third of all calls reach nobody for long.
INSERT INTO shop.calls
SELECT 'K' || row_number() OVER (ORDER BY at, client), 'C' || to_char(client, 'FM0000'), at,
       CASE WHEN shop.chance(client, 5000 + n) < 0.33 THEN floor(shop.chance(client, 6000 + n) * 21)
            ELSE 21 + floor(-ln(1 - shop.chance(client, 6000 + n)) * 150) END,
       shop.pick('{Alice,Bob,Clara,Dan}', shop.chance(client, 13))
  FROM (SELECT client, n, at + interval '4 days' AS at FROM history WHERE shop.chance(client, 7000 + n) < 0.1
        UNION ALL
        SELECT client, 0, max(at) + (95 + 60 * shop.chance(client, 8000)) * interval '1 day'
          FROM history GROUP BY client HAVING shop.chance(client, 8001) < 0.7) c
 WHERE at < :'today';

-- What clients say: scores after one order in twenty, complaints, now and then an open conflict; inquiries of those
-- who never bought, and offers to some of them.
INSERT INTO shop.feedback
SELECT 'C' || to_char(client, 'FM0000'), kind, at, score
  FROM (SELECT client, 'nps' AS kind, at + interval '5 days' AS at,
               CASE WHEN shop.chance(client, 9001 + n) < 0.12 THEN floor(7 * shop.chance(client, 9002 + n))
                    ELSE 7 + floor(4 * shop.chance(client, 9002 + n)) END AS score
          FROM history WHERE shop.chance(client, 9000 + n) < 0.05
        UNION ALL
        SELECT client, 'complaint', at + interval '3 days', NULL FROM history WHERE shop.chance(client, 9500 + n) < 0.02
        UNION ALL
        SELECT client, 'conflict', at + interval '2 days', NULL FROM history WHERE shop.chance(client, 9700 + n) < 0.001
        UNION ALL
        SELECT client, 'offer', began + interval '3 hours', NULL
          FROM habit WHERE client > 3000 AND shop.chance(client, 17) < 0.4
        UNION ALL
        SELECT client, 'inquiry', began + k * interval '9 days', NULL
          FROM habit CROSS JOIN generate_series(0, 5) k WHERE client > 3000 AND k < 6 * shop.chance(client, 18)) f
 WHERE at < :'today';
