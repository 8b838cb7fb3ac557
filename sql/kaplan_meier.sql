-- How long it lasts: km(), and what its curve says.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';

-- Weeks in remission of 21 patients (Freireich et al. 1963); published for the weeks with an end are the survivals
-- .8571 .8067 .7529 .6902 .6275 .5378 .4482, their errors .0764 to .1346, and the intervals .6197 to .9516 ... .1881 to
-- .6801; the median 23, at least 13.
CREATE TABLE patient (weeks int, ended boolean);
INSERT INTO patient
SELECT w, true FROM unnest('{6,6,6,7,10,13,16,22,23}'::int[]) w
UNION ALL SELECT w, false FROM unnest('{6,9,10,11,17,19,20,25,32,32,34,35}'::int[]) w;
SELECT duration, at_risk, ended, censored, round(survival::numeric, 4) AS survival,
       round(std_error::numeric, 4) AS std_error, round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper
  FROM winback.km_table((SELECT winback.km(weeks, ended) FROM patient)) t;
SELECT p, q.*
  FROM (SELECT winback.km(weeks, ended) AS curve FROM patient) k, (VALUES (0.1), (0.25), (0.5), (0.6)) v (p),
       winback.km_quantile(k.curve, p) q ORDER BY p;
SELECT at, round(survival::numeric, 4) AS survival, round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper
  FROM (SELECT winback.km(weeks, ended) AS curve FROM patient) k,
       (VALUES (0), (5.9), (6), (22.5), (35), (35.1)) v (at), winback.km_survival(k.curve, at) s ORDER BY at;
-- An interval of 80 % is narrower.
SELECT round(s.lower::numeric, 4) AS lower, round(s.upper::numeric, 4) AS upper, q.lower AS weeks_lower
  FROM (SELECT winback.km(weeks, ended) AS curve FROM patient) k, winback.km_survival(k.curve, 10, 0.8) s,
       winback.km_quantile(k.curve, 0.5, confidence => 0.8) q;
-- Durations as intervals are days of 24 hours.
SELECT (winback.km(d, e)).*
  FROM (VALUES (interval '36 hours', true), ('1 day 12:00', false), ('10 days', true), ('0', true), (NULL, true),
               ('5 days', NULL)) v (d, e);
SELECT winback.km(d, true) IS NULL AS is_null FROM (SELECT NULL::float8 AS d) s;
SELECT winback.km(weeks, ended) IS NULL AS is_null FROM patient WHERE false;
-- All ended at once; none did.
SELECT * FROM winback.km_table((SELECT winback.km(5, true) FROM generate_series(1, 3)));
SELECT * FROM winback.km_table((SELECT winback.km(i, false) FROM generate_series(1, 3) i));
SELECT * FROM winback.km_quantile((SELECT winback.km(5, true)), 1);

-- Over a window it goes on from row to row.
SELECT weeks, (winback.km_quantile(winback.km(weeks, ended) OVER (ORDER BY weeks, ended DESC ROWS UNBOUNDED PRECEDING),
                                   0.5)).duration AS median
  FROM patient WHERE weeks < 12 ORDER BY weeks, ended DESC;

-- What cannot be.
SELECT winback.km(-1, true);
SELECT winback.km('NaN'::float8, true);
SELECT winback.km('Infinity'::float8, true);
SELECT winback.km(interval '1 month', true);
SELECT winback.km(interval '-1 day', true);
SELECT winback.km_table(winback.km(1, true), 1);
SELECT winback.km_quantile(winback.km(1, true), 0);
SELECT winback.km_quantile(winback.km(1, true), 'NaN');
SELECT winback.km_survival(winback.km(1, true), -1);
SELECT winback.km_survival(winback.km(1, true), 1, 'NaN');
-- A curve may be made by hand, if it is one.
SELECT * FROM winback.km_table(ROW('{1, 2.5}', '{1, 0}', '{0, 1}')::winback.km_curve);
SELECT winback.km_table(ROW('{2, 1}', '{1, 1}', '{0, 0}')::winback.km_curve);
SELECT winback.km_table(ROW('{1}', '{1, 1}', '{0}')::winback.km_curve);
SELECT winback.km_table(ROW('{1}', '{-1}', '{2}')::winback.km_curve);
SELECT winback.km_table(ROW('{1}', '{9223372036854775807}', '{1}')::winback.km_curve);
SELECT winback.km_table(ROW('{NaN}', '{1}', '{0}')::winback.km_curve);
SELECT winback.km_table(ROW('{1}', '{1}', NULL)::winback.km_curve);
SELECT winback.km_table(ROW('{1}', '{NULL}', '{1}')::winback.km_curve);
SELECT winback.km_table(ROW('{{1}}', '{1}', '{1}')::winback.km_curve);
-- A state of somebody's own is none.
SELECT winback._km_add(NULL, 1, true);
SELECT winback._km_final('\x00');
CREATE AGGREGATE forged(bytea) (SFUNC = winback._km_combine, STYPE = bytea, INITCOND = '\x0011223344556677');
SELECT forged('\x00');
DROP AGGREGATE forged(bytea);

-- Plain SQL says the same, and so do parallel workers: of days, of which there are few, and of durations all different.
CREATE TABLE gap AS
SELECT i % 3 AS segment, (i * 7919 % 1009 % 365)::float8 AS days, i % 4 <> 0 AS ended, sqrt(i)::float8 AS length
  FROM generate_series(1, 40000) i;
CREATE FUNCTION plain_km() RETURNS TABLE (segment int, duration float8, survival float8) LANGUAGE sql AS $$
    SELECT segment, days, exp(sum(ln(1 - ended / at_risk)) OVER (PARTITION BY segment ORDER BY days))
      FROM (SELECT segment, days, count(*) FILTER (WHERE ended)::float8 AS ended,
                   sum(count(*)) OVER (PARTITION BY segment ORDER BY days DESC)::float8 AS at_risk
              FROM gap GROUP BY segment, days) d WHERE ended < at_risk $$;
SELECT count(*), max(abs(p.survival - t.survival)) < 1e-12 AS same
  FROM (SELECT segment, winback.km(days, ended) AS curve FROM gap GROUP BY segment) k,
       winback.km_table(k.curve) t JOIN plain_km() p USING (duration) WHERE p.segment = k.segment;
CREATE TABLE serial AS
SELECT segment, winback.km(days, ended) AS of_days, winback.km(length, ended) AS of_lengths FROM gap GROUP BY segment;
SELECT segment, cardinality((of_days).durations) AS days, cardinality((of_lengths).durations) AS lengths
  FROM serial ORDER BY segment;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
ANALYZE gap;
CREATE VIEW parallel AS
SELECT segment, winback.km(days, ended) AS of_days, winback.km(length, ended) AS of_lengths FROM gap GROUP BY segment;
EXPLAIN (COSTS OFF) SELECT * FROM parallel;
SELECT count(*), bool_and(p.of_days = s.of_days) AS days, bool_and(p.of_lengths = s.of_lengths) AS lengths
  FROM parallel p JOIN serial s USING (segment);
EXPLAIN (COSTS OFF) SELECT winback.km(interval '1 day' * days, ended) FROM gap;
SELECT winback.km(interval '1 day' * days, ended) = winback.km(days, ended) AS same FROM gap;
ROLLBACK;

-- Silences of a shop: from each order to the next one, or to the day of looking.
CREATE TABLE purchase (client int, day date);
INSERT INTO purchase VALUES (1, '2024-01-01'), (1, '2024-01-11'), (1, '2024-02-10'), (2, '2024-01-05'),
    (2, '2024-01-25'), (3, '2024-02-01');
SELECT t.*
  FROM (SELECT winback.km(coalesce(next, date '2024-03-01') - day, next IS NOT NULL) AS curve
          FROM (SELECT day, lead(day) OVER (PARTITION BY client ORDER BY day) AS next FROM purchase) p) k,
       winback.km_table(k.curve) t;
-- A reader may ask.
CREATE ROLE regress_winback_km;
SET client_min_messages = warning;
SELECT winback.init('int');
SELECT winback.grant_reader('regress_winback_km');
SET ROLE regress_winback_km;
SELECT * FROM winback.km_quantile((SELECT winback.km(i, true) FROM generate_series(1, 9) i), 0.5);
SELECT * FROM winback.km_survival((SELECT winback.km(i, true) FROM generate_series(1, 2) i), 1);
SELECT winback.xyz(i), winback.cv(0) FROM generate_series(1, 9) i;
SELECT winback.rfm(i, i, i) OVER (), winback.abc(i) OVER () FROM generate_series(1, 3) i;
SELECT winback._km_final(NULL);
RESET ROLE;
DROP OWNED BY regress_winback_km;
DROP ROLE regress_winback_km;
