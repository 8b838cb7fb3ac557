-- Scores and classes of any query: rfm() and xyz(), and abc() where the query is parallel or amounts are odd.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';

-- Ten clients, cut into fifths; equal values have the same score, that of the lowest of them: h, i, j bought once.
CREATE TABLE client (name text, last_order_at timestamptz, orders int, revenue numeric);
INSERT INTO client VALUES
    ('a', '2024-05-30', 40, 900), ('b', '2024-05-29', 12, 901), ('c', '2024-05-01', 12, 30.5),
    ('d', '2024-04-01', 7, 30.50), ('e', '2024-03-01', 6, 120), ('f', '2024-02-01', 5, 60),
    ('g', '2024-01-01', 3, 55), ('h', '2023-12-01', 1, 10), ('i', '2023-11-01', 1, 0), ('j', '2023-10-01', 1, -4);
SELECT name, orders, revenue, (s).* FROM (SELECT *, winback.rfm(last_order_at, orders, revenue) OVER () AS s
                                            FROM client) c ORDER BY name;
-- Recency may be the time since, of which less is better: as days, as an interval.
SELECT count(*), bool_and(at = since AND at = days) AS same
  FROM (SELECT winback.rfm(last_order_at, orders, revenue) OVER () AS at,
               winback.rfm(timestamptz '2024-06-01' - last_order_at, orders, revenue) OVER () AS since,
               winback.rfm(date '2024-06-01' - last_order_at::date, orders, revenue) OVER () AS days
          FROM client) s;
-- The order of rows is of no matter, each partition is a world of its own, and a null is not ranked.
SELECT count(*), bool_and(a = b AND a = c) AS same
  FROM (SELECT winback.rfm(last_order_at, orders, revenue) OVER () AS a,
               winback.rfm(last_order_at, orders, revenue) OVER (ORDER BY revenue) AS b,
               winback.rfm(last_order_at, orders, revenue) OVER (PARTITION BY true ORDER BY name DESC) AS c
          FROM client) s;
SELECT part, name, (winback.rfm(at, n, m) OVER (PARTITION BY part)).*
  FROM (VALUES (1, 'a', timestamptz '2024-01-01', 1, 1), (1, 'b', '2024-01-02', 2, NULL), (1, 'c', NULL, 3, 2),
               (2, 'd', NULL, NULL, NULL), (3, 'e', '2024-01-01', 1, 1)) v (part, name, at, n, m) ORDER BY part, name;
-- What plain SQL says: ntile(5), and the least of it among equal ones.
CREATE TABLE many AS
SELECT i AS id, i % 7 AS segment, timestamptz '2024-01-01' + i * 7919 % 1001 * interval '1 hour' AS at,
       (i * 31 % 97) * (i % 13) % 23 AS n,
       round((i * 7919 % 12347) / 7.0, i % 4) AS m, round((i * 7919 % 12347) / 7.0, i % 4) * 1e30 AS large
  FROM generate_series(1, 10003) i;
SELECT count(*), count(*) FILTER (WHERE (s).r = r AND (s).f = f AND (s).m = p.m AND (s).cell = concat(r, f, p.m)
                                        AND (wide).m = p.m) AS same
  FROM (SELECT s, wide, min(r) OVER (PARTITION BY at) AS r, min(f) OVER (PARTITION BY n) AS f,
               min(t.mm) OVER (PARTITION BY m) AS m
          FROM (SELECT *, winback.rfm(at, n, m) OVER () AS s, winback.rfm(at, n, large) OVER () AS wide,
                       ntile(5) OVER (ORDER BY at) AS r, ntile(5) OVER (ORDER BY n) AS f,
                       ntile(5) OVER (ORDER BY m) AS mm FROM (SELECT id, at, n, m, large FROM many) i) t) p;
SELECT winback.rfm(at, n, m) OVER () FROM many WHERE false;
-- What cannot be.
SELECT winback.rfm('infinity'::timestamptz, 1, 1) OVER ();
SELECT winback.rfm(float8 'NaN', 1, 1) OVER ();
SELECT winback.rfm(now(), 'Infinity', 1) OVER ();
SELECT winback.rfm(now(), 1, 'NaN') OVER ();
SELECT winback.rfm(now(), 1, 1);
SELECT (winback.rfm(now(), 0.0, 1) OVER ()).f = (winback.rfm(now(), -0.0, 1) OVER ()).f AS zero;

-- XYZ by hand: 9 and 11 vary by exactly 10 %, 3 and 5 by exactly 25 %; of a mean of 0 nothing can be said.
SELECT who, winback.xyz(amount), winback.cv(amount), winback.xyz(amount, 0.3, 0.6) AS own
  FROM (VALUES ('a', 9), ('a', 11), ('b', 9), ('b', 11.01), ('c', 3), ('c', 5), ('d', 3), ('d', 5.0000001), ('e', 7),
               ('f', 0), ('f', 0), ('g', -5), ('g', -5), ('h', 5), ('h', NULL), ('h', 5), ('i', NULL), ('j', 10),
               ('j', 0), ('k', 0.03333333333333333333), ('k', 0.03333333333333333333)) v (who, amount)
 GROUP BY who ORDER BY who;
SELECT winback.xyz(amount), winback.cv(amount) FROM (SELECT 1.0 AS amount) s WHERE false;
-- The figures of plain SQL; numbers of any size.
SELECT g, round(winback.cv(m)::numeric, 12) = round(stddev_pop(m) / avg(m), 12) AS same,
       round(winback.cv(large)::numeric, 12) = round(stddev_pop(m) / avg(m), 12) AS same_large, winback.xyz(m) AS class
  FROM (SELECT id % 5 AS g, m + 3000 * (id % 5) * (id % 5) AS m, (m + 3000 * (id % 5) * (id % 5)) * 1e25 AS large
          FROM many) t GROUP BY g ORDER BY g;
SELECT winback.xyz(m, x, y), count(*)
  FROM (VALUES (1), (2)) v (m), (VALUES (0.1, 0.4), (0.3333333333333333, 0.34), (0.34, 0.5)) l (x, y)
 GROUP BY x, y ORDER BY x;
-- What cannot be.
SELECT winback.xyz('NaN'::numeric);
SELECT winback.cv('Infinity');
SELECT winback.xyz(1, NULL, 1);
SELECT winback.xyz(1, 0, 1);
SELECT winback.xyz(1, 'NaN', 1);
SELECT winback.xyz(1, 0.5, 0.4);
SELECT winback.xyz(1, x, 1) FROM (VALUES (0.1), (0.2)) v (x);
-- Refusals are of SQLSTATE class 22.
CREATE FUNCTION refusal(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN RETURN sqlstate;
END $$;
SELECT call, refusal('SELECT winback.' || call)
  FROM unnest('{abc(''NaN'') OVER (),"rfm(now(), 1, ''NaN'') OVER ()","rfm(float8 ''NaN'', 1, 1) OVER ()",xyz(''NaN''),
                "xyz(1, NULL, 1)","xyz(1, 0, 1)","km(-1, true)","km(interval ''1 year'', true)",
                "purchase_summary(date ''infinity'', 1)","purchase_summary(current_date, ''NaN'')",
                "purchase_summary(current_date, 1, NULL, ''1 day'')",cadence(date ''infinity''),
                "km_quantile(winback.km(1, true), 2)","km_table(NULL::winback.km_curve)"}'::text[]) call;

-- Parallel workers say the same.
CREATE TABLE serial AS
SELECT segment, winback.xyz(m) AS xyz, winback.cv(m) AS cv, winback.xyz(large, 0.576, 0.5785) AS own
  FROM many GROUP BY segment;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
ANALYZE many;
CREATE VIEW parallel AS
SELECT segment, winback.xyz(m) AS xyz, winback.cv(m) AS cv, winback.xyz(large, 0.576, 0.5785) AS own
  FROM many GROUP BY segment;
EXPLAIN (COSTS OFF) SELECT * FROM parallel;
SELECT count(*), bool_and((p.*) = (s.*)) AS same, count(DISTINCT p.own) AS classes
  FROM parallel p JOIN serial s USING (segment);
-- Window functions take the rows that workers bring.
EXPLAIN (COSTS OFF) SELECT winback.abc(m) OVER (ORDER BY id), winback.rfm(at, n, m) OVER (ORDER BY id) FROM many;
SELECT md5(string_agg(abc || (rfm).cell, ' ' ORDER BY id)) AS parallel
  FROM (SELECT id, winback.abc(m) OVER (ORDER BY id) AS abc, winback.rfm(at, n, m) OVER (ORDER BY id) AS rfm
          FROM many) s \gset
ROLLBACK;
SELECT md5(string_agg(abc || (rfm).cell, ' ' ORDER BY id)) = :'parallel' AS same
  FROM (SELECT id, winback.abc(m) OVER (ORDER BY id) AS abc, winback.rfm(at, n, m) OVER (ORDER BY id) AS rfm
          FROM many) s;

-- Classes by value of plain SQL, in whole numbers and beyond.
SELECT count(*), count(*) FILTER (WHERE abc = expected AND large = expected) AS same
  FROM (SELECT winback.abc(m) OVER (ORDER BY id) AS abc, winback.abc(m * 1e30) OVER (ORDER BY id) AS large,
               CASE WHEN sum(m) OVER w - m < 0.80 * sum(m) OVER () THEN 'A'
                    WHEN sum(m) OVER w - m < 0.95 * sum(m) OVER () THEN 'B' ELSE 'C' END AS expected
          FROM many WINDOW w AS (ORDER BY m DESC, id ROWS UNBOUNDED PRECEDING)) s;
SELECT string_agg(coalesce(abc, '-'), '' ORDER BY i) AS abc
  FROM (SELECT i, winback.abc(m) OVER () AS abc
          FROM (VALUES (1, 79.9999999999999999999), (2, 1e-19), (3, 15.0), (4, 5), (5, 0), (6, NULL), (7, -1e30))
               v (i, m)) s;
SELECT string_agg(abc, '' ORDER BY i) AS abc
  FROM (SELECT i, winback.abc(m) OVER () AS abc
          FROM (VALUES (1, 0.001), (2, 92233720368547758.07), (3, 92233720368547758.07)) v (i, m)) s;
SELECT winback.abc('NaN') OVER ();
SELECT winback.abc('Infinity') OVER ();
SELECT winback.abc(1);
