-- What models are told of a client, of any table of purchases: purchase_summary() and cadence().
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

-- By hand. a bought on 1, 11 and 31 January, on the 11th twice: frequency 2, recency 30 days, age 60 days to 1 March;
-- the days after the first are worth 10 + 5 and 30. Its return, and what comes after until, are no purchases.
CREATE TABLE purchase (client text, at timestamptz, amount numeric);
INSERT INTO purchase VALUES
    ('a', '2024-01-31 09:00+00', 30), ('a', '2024-01-01 09:00+00', 100), ('a', '2024-01-11 09:00+00', 10),
    ('a', '2024-01-11 21:00+00', 5), ('a', '2024-02-05 09:00+00', -30), ('a', '2024-03-01 00:00:00.000001+00', 7),
    ('b', '2024-02-29 00:00+00', NULL), ('c', '2024-03-01 00:00+00', 0.10), ('c', '2024-01-20 00:00+00', 0.20),
    ('c', '2024-02-10 00:00+00', NULL), ('d', '2024-05-31 00:00+00', 1), ('e', '2024-02-01 00:00+00', -1),
    ('f', NULL, 1);
SELECT client, (s).*
  FROM (SELECT client, winback.purchase_summary(at, amount, '2024-03-01', '1 day') AS s
          FROM purchase GROUP BY client) p ORDER BY client;
-- Left out, until is winback.now(), and the unit a week.
SELECT client, (s).frequency, round((s).recency::numeric, 4) AS recency, round((s).age::numeric, 4) AS age,
       (s).monetary_value, s = winback AS same
  FROM (SELECT client, winback.purchase_summary(at, amount) AS s,
               winback.purchase_summary(at, amount, '2024-06-01 12:00+00', '7 days') AS winback
          FROM purchase GROUP BY client) p ORDER BY client;
-- It goes into the models as it is.
SELECT client, round(winback.p_alive('mbg/nbd', '{"r": 0.5, "alpha": 6, "a": 0.9, "b": 1.6}', (s).frequency,
                                     (s).recency, (s).age)::numeric, 4) AS p_alive
  FROM (SELECT client, winback.purchase_summary(at, amount) AS s FROM purchase GROUP BY client) p ORDER BY client;

-- Days are those of the session's time zone, for there is no ledger; a date is a day already.
SET timezone = 'Asia/Tokyo';
SELECT (winback.purchase_summary(at, amount, '2024-03-01 00:00+00', '1 day')).* FROM purchase WHERE client = 'a';
SELECT (winback.purchase_summary(at::date, amount, '2024-03-01', '1 day')).* FROM purchase WHERE client = 'a';
SELECT (winback.purchase_summary(at::date, amount)).* FROM purchase WHERE client = 'a';
SELECT (winback.cadence(at)).* FROM purchase WHERE client = 'a';
SET timezone = 'UTC';
SELECT (winback.cadence(at)).* FROM purchase WHERE client = 'a';

-- Cadence: gaps of 10, 4, 20 and 6 days, one day twice.
SELECT purchase_days, first_day, last_day, mean_gap, median_gap, stddev_gap, shortest_gap, longest_gap,
       round(cv::numeric, 6) AS cv
  FROM (SELECT (winback.cadence(day)).*
          FROM (VALUES (date '2024-01-11'), ('2024-02-10'), ('2024-01-15'), ('2024-01-01'), ('2024-02-04'), (NULL),
                       ('2024-01-15')) v (day)) c;
-- Clockwork; two days; one; none.
SELECT n, (c).*
  FROM (SELECT n, winback.cadence(date '2024-01-01' + 7 * i) AS c
          FROM (VALUES (4), (2), (1)) v (n), generate_series(1, n) i GROUP BY n) s ORDER BY n DESC;
SELECT winback.cadence(at) IS NULL AS none, winback.purchase_summary(at, 1) IS NULL AS none_bought
  FROM (SELECT NULL::timestamptz AS at) s;
SELECT winback.cadence(at) IS NULL AS none, winback.purchase_summary(at, amount) IS NULL AS none_bought
  FROM purchase WHERE false;

-- Money is exact, whatever its size and scale, in whatever order it comes.
SELECT (winback.purchase_summary(day, amount, '2024-12-31', '1 day')).*
  FROM (VALUES (date '2024-01-03', 90000000000000000000000000000000.01), ('2024-01-01', 5),
               ('2024-01-02', 0.000000000000000000000000000001), ('2024-01-03', 9223372036854775807),
               ('2023-12-01', 1e40), ('2024-01-03', 0.3)) v (day, amount);
SELECT (winback.purchase_summary(day, amount, '2024-12-31', '1 day')).*
  FROM (VALUES (date '2024-01-01', 92233720368547758.07), ('2024-01-02', 92233720368547758.07),
               ('2024-01-03', 92233720368547758.07), ('2024-01-01', 92233720368547758.07)) v (day, amount);

-- What cannot be.
SELECT winback.purchase_summary(at, 'NaN') FROM purchase;
SELECT winback.purchase_summary(at, '-Infinity') FROM purchase;
SELECT winback.purchase_summary('infinity'::timestamptz, 1);
SELECT winback.purchase_summary(date '-infinity', 1);
SELECT winback.purchase_summary(at, 1, 'infinity', '1 day') FROM purchase;
SELECT winback.purchase_summary(at, 1, NULL, '1 day') FROM purchase;
SELECT winback.purchase_summary(at, 1, '2024-06-01', NULL) FROM purchase;
SELECT winback.purchase_summary(at, 1, '2024-06-01', '1 month') FROM purchase;
SELECT winback.purchase_summary(at, 1, '2024-06-01', '0') FROM purchase;
SELECT winback.purchase_summary(at, 1, at, '1 day') FROM purchase;
SELECT winback.purchase_summary(at, 1, '2024-06-01', amount * interval '1 day') FROM purchase WHERE amount > 0;
SELECT winback.cadence(timestamptz 'infinity');
SELECT winback.cadence(date 'infinity');

-- Over a window they go on from row to row.
SELECT at::date, (winback.cadence(at) OVER (ORDER BY at)).purchase_days,
       (winback.purchase_summary(at, amount, '2024-03-01', '1 day') OVER (ORDER BY at)).monetary_value
  FROM purchase WHERE client = 'a' ORDER BY at;

-- Parallel workers say the same, to the last digit.
CREATE TABLE many AS
SELECT i % 200 AS client,
       timestamptz '2022-01-01' + (i % 997 * i) % 730 * interval '1 day' + i % 24 * interval '1 hour' AS at,
       CASE WHEN i % 31 = 0 THEN -1 WHEN i % 37 <> 0 THEN round(i * 7919 % 100000 / 7.0, i % 9) END AS amount
  FROM generate_series(1, 50000) i;
INSERT INTO many SELECT client, at, 1e25 FROM many WHERE client = 3;
CREATE TABLE serial AS
SELECT client, winback.purchase_summary(at, amount, '2023-12-01', '7 days') AS summary, winback.cadence(at) AS cadence,
       winback.purchase_summary(at::date, amount) AS by_day, winback.cadence(at::date) AS cadence_by_day
  FROM many GROUP BY client;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
ANALYZE many;
CREATE VIEW parallel AS
SELECT client, winback.purchase_summary(at, amount, '2023-12-01', '7 days') AS summary, winback.cadence(at) AS cadence,
       winback.purchase_summary(at::date, amount) AS by_day, winback.cadence(at::date) AS cadence_by_day
  FROM many GROUP BY client;
EXPLAIN (COSTS OFF) SELECT * FROM parallel;
SELECT count(*), bool_and(p.summary = s.summary) AS summary, bool_and(p.cadence = s.cadence) AS cadence,
       bool_and(p.by_day = s.by_day) AS by_day, bool_and(p.cadence_by_day = s.cadence_by_day) AS cadence_by_day
  FROM parallel p JOIN serial s USING (client);
-- Nor may until change from worker to worker.
SELECT winback.purchase_summary(at, amount, CASE WHEN client < 100 THEN '2023-12-01' ELSE at END, '7 days') FROM many;
ROLLBACK;

-- Plain SQL says the same.
SELECT count(*),
       bool_and((s.summary).frequency = p.days - 1 AND (s.summary).recency = (p.last - p.first) / 7.0::float8
                AND (s.summary).age = (date '2023-12-01' - p.first) / 7.0::float8
                AND (s.summary).monetary_value = p.repeated / (p.days - 1)) AS summary,
       bool_and((s.cadence).purchase_days = g.days AND (s.cadence).mean_gap = g.mean
                AND (s.cadence).median_gap = g.median AND (s.cadence).shortest_gap = g.shortest
                AND (s.cadence).longest_gap = g.longest AND abs((s.cadence).cv / g.cv - 1) < 1e-12) AS cadence
  FROM serial s
  JOIN (SELECT client, count(*) AS days, min(day) AS first, max(day) AS last,
               coalesce(sum(amount) FILTER (WHERE day > first), 0) AS repeated
          FROM (SELECT client, at::date AS day, sum(coalesce(amount, 0)) AS amount,
                       min(at::date) OVER (PARTITION BY client) AS first
                  FROM many WHERE coalesce(amount, 0) >= 0 AND at <= '2023-12-01' GROUP BY client, at::date) d
         GROUP BY client) p USING (client)
  JOIN (SELECT client, count(*) + 1 AS days, sum(gap) * interval '1 day' / count(*) AS mean,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) * interval '1 day' AS median,
               min(gap) * interval '1 day' AS shortest, max(gap) * interval '1 day' AS longest,
               stddev_samp(gap) / avg(gap) AS cv
          FROM (SELECT client, day - lag(day) OVER (PARTITION BY client ORDER BY day) AS gap
                  FROM (SELECT DISTINCT client, at::date AS day FROM many) d) g
         WHERE gap IS NOT NULL GROUP BY client) g USING (client);

-- With a ledger, days are those of its time zone. A reader may ask.
SET client_min_messages = warning;
SELECT winback.init('text');
RESET client_min_messages;
UPDATE winback.policy SET timezone = 'Asia/Tokyo';
SELECT (winback.purchase_summary(at, amount, '2024-03-01 00:00+00', '1 day')).* FROM purchase WHERE client = 'a';
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT count(*), sum((c).purchase_days) = (SELECT count(DISTINCT (client, (at AT TIME ZONE 'Asia/Tokyo')::date))
                                             FROM many) AS by_workers
  FROM (SELECT winback.cadence(at) AS c FROM many GROUP BY client) s;
ROLLBACK;
CREATE ROLE regress_winback_summary;
SELECT winback.grant_reader('regress_winback_summary');
GRANT SELECT ON purchase TO regress_winback_summary;
SET ROLE regress_winback_summary;
SELECT (winback.purchase_summary(at, amount)).frequency, (winback.cadence(at)).mean_gap FROM purchase
 WHERE client = 'a';
RESET ROLE;
DROP OWNED BY regress_winback_summary;
DROP ROLE regress_winback_summary;
