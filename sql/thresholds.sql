-- After which silence clients are lost indeed; what a rule would have done in the past; whether a model held.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET winback.as_of = '2024-12-31 12:00:00+00';
-- Without a ledger all that says what is missing.
\set VERBOSITY terse
SELECT * FROM winback.suggest_silence();
SELECT * FROM winback.backtest('silence', '2024-01-01');
SELECT * FROM winback.calibration();
SELECT * FROM winback.refit();
SELECT winback.clv(1, 2, 1, 2, 3, 4, 5);
\set VERBOSITY default

CREATE TABLE customer (id int PRIMARY KEY, manager text, no_calls boolean DEFAULT false);
CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY, client int, at timestamptz, amount numeric);
CREATE TABLE happening (client int, kind text, at timestamptz, value numeric);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON purchase (client);
CREATE INDEX ON happening (client);
CREATE INDEX ON call (client);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
SELECT winback.watch_events('happening', 'client', 'kind', 'at', 'value');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
-- Nobody has bought anything yet: nothing is known.
SELECT * FROM winback.suggest_silence(0.2);

-- Ten clients bought on 1 January. Four came back: after 10, 20, 30 and 100 days. The eleventh bought 21 days ago.
INSERT INTO customer SELECT i, CASE WHEN i <= 5 THEN 'ann' ELSE 'bob' END FROM generate_series(1, 11) i;
INSERT INTO purchase (client, at, amount) SELECT i, '2024-01-01 12:00', 100 FROM generate_series(1, 10) i;
INSERT INTO purchase (client, at, amount)
VALUES (1, '2024-01-11 12:00', 50), (2, '2024-01-21 12:00', 50), (3, '2024-01-31 12:00', 50),
       (4, '2024-04-10 12:00', 50), (11, '2024-12-10 12:00', 50);
-- Two purchases of a day are one, and so they end no silence; a return is none.
INSERT INTO purchase (client, at, amount)
VALUES (1, '2024-01-01 18:00', 10), (5, '2024-06-01 12:00', -10);
SELECT s.client_id, s.days, s.ended, s.silent FROM winback._silences(winback.now()) s ORDER BY 1::int, 2;
-- Of 15 silences 14 last longer than 10 days, 13 than 20; the eleventh client's is seen for 21 days only, so of the 12
-- that are left one ends on day 30, and of 11 one on day 100:
--   S(10) = 14/15, S(20) = 14/15 * 13/14 = 13/15, S(30) = 13/15 * 11/12, S(100) = S(30) * 10/11 = 13/15 * 10/12
-- The longest silence is of 365 days, so half of it, 182, is what is waited for. From day 20 on still return
--   1 - S(202) / S(20) = 1 - 10/12 = 0.1667; from day 30 on 1 - 10/11 = 0.0909; from day 10 on 1 - 13/14 * 10/12 =
--   0.2262; from the first day on 1 - 13/15 * 10/12 = 0.2778
-- The limits of the first: the variance is 1/(12 * 11) + 1/(11 * 10) = 1/60.
SELECT choice, share, silence, still_return, low, high, watched, silences, flagged, false_alarms, revenue_at_stake
  FROM winback.suggest_silence(0.2) WHERE scope = 'all';
SELECT round((1 - q ^ exp(-1.959964 * sqrt(v) / -ln(q)))::numeric, 4) AS low,
       round((1 - q ^ exp(1.959964 * sqrt(v) / -ln(q)))::numeric, 4) AS high
  FROM (VALUES (10 / 12.0::float8, 1 / 60.0::float8)) w (q, v);
-- All eleven have been silent for more than 20 days. The eleventh is expected to return with 1 - S(203) / S(21), which
-- is 0.1667; of the others nobody is. They are called every 14 days: 11 / 14 a day, for two managers 0.39.
SELECT silence, flagged, false_alarms, tasks_a_manager_a_day FROM winback.suggest_silence(0.2)
 WHERE scope = 'all' AND choice = 'asked';
-- On five working days the same calls are 7/5 as many a day; who must not be called is not; nor is who is written off
-- flagged.
BEGIN;
UPDATE winback.policy SET working_days = '{1,2,3,4,5}';
UPDATE customer SET no_calls = true WHERE id = 1;
SELECT winback.fold();
SELECT winback.write_off(2, 'moved away');
SELECT winback.fold();
SELECT flagged, tasks_a_manager_a_day, round(9 / 14.0 * 7 / 5 / 2, 2) AS by_hand FROM winback.suggest_silence(0.2)
 WHERE scope = 'all' AND choice = 'asked';
ROLLBACK;
-- What is waited for may be given; then longer silences can be judged, or none.
SELECT choice, silence, still_return, watched FROM winback.suggest_silence(0.1, '30 days')
 WHERE scope = 'all' AND choice <> 'other';
SELECT silence, still_return, watched FROM winback.suggest_silence(0.1, '2 years')
 WHERE scope = 'all' AND choice = 'asked';
-- By class and by segment. A segment is its clients whatever their status: of those who are lost now nobody is back.
SELECT winback.classify();
UPDATE winback.segment SET abc = NULL, managers = '{ann}' WHERE name = 'desired_returners';
SELECT scope, name, silence, silences, flagged FROM winback.suggest_silence(0.2) WHERE choice = 'asked';
SELECT count(*) FROM winback.segment_clients WHERE segment = 'desired_returners';

-- The fourth client was called on day 90, and came ten days later. By itself? Nobody knows: its silence is taken as
-- seen for 90 days. No silence ends after day 30 now.
BEGIN;
SET LOCAL winback.as_of = '2024-03-31 09:00:00+00';
INSERT INTO winback.task (client_id, kind, due_on) VALUES (4, 'other', '2024-03-31');
SELECT winback.complete_task(task_id, 'spoke to them') FROM winback.task WHERE client_id = 4 AND kind = 'other';
SET LOCAL winback.as_of = '2024-12-31 12:00:00+00';
SELECT s.days, s.ended, s.silent FROM winback._silences(winback.now()) s WHERE s.client_id = '4' ORDER BY 1;
SELECT share, silence, still_return FROM winback.suggest_silence(0.05) WHERE scope = 'all' AND choice = 'asked';
ROLLBACK;
SELECT share, silence, still_return FROM winback.suggest_silence(0.05) WHERE scope = 'all' AND choice = 'asked';

-- Days are those of the policy's time zone: 23:30 and 00:30 in UTC are one day in New York.
BEGIN;
INSERT INTO purchase (client, at, amount) VALUES (12, '2024-05-01 23:30', 1), (12, '2024-05-02 00:30', 1);
SELECT count(*) FROM winback._silences(winback.now()) s WHERE s.client_id = '12';
UPDATE winback.policy SET timezone = 'America/New_York';
SELECT count(*) FROM winback._silences(winback.now()) s WHERE s.client_id = '12';
ROLLBACK;
-- What cannot be.
\set VERBOSITY terse
SELECT winback.suggest_silence(0);
SELECT winback.suggest_silence(1);
SELECT winback.suggest_silence(NULL);
SELECT winback.suggest_silence(0.2, '-1 day');
\set VERBOSITY default

-- The rule silence, of three months, in the same year. Five to ten were flagged on 1 April, and one, two and three on
-- 11, 21 and 30 April. The fourth was flagged on 1 April, came back on the 10th, and was flagged again on 10 July. The
-- eleventh has not been silent so long.
SELECT client_id, flagged_at, period_revenue, bought_at, is_false_alarm
  FROM winback.backtest_flags('silence', '2024-01-01', '2024-12-31') WHERE client_id IN ('1', '3', '4', '5', '11');
-- Eleven times one was flagged, ten clients in all; one false alarm: 1/11. At stake: 7 * 100 (four to ten, among them
-- the fourth as it was then), 160, 150, 150 and 150. The fifth had returned nothing yet when it was flagged.
-- Calls every 14 days until the return or the end: of five to ten on ceil(274 / 14) = 20 days each, of the fourth on 1
-- and ceil(174 / 14) = 13, of the others on ceil(264 / 14) = 19, ceil(254 / 14) = 19 and ceil(245 / 14) = 18; these 190
-- on 365 days by two managers.
SELECT flagged, clients, returned, false_alarms, false_alarm_share, low, high, revenue_at_stake, tasks_a_manager_a_day
  FROM winback.backtest('silence', '2024-01-01', '2024-12-31') WHERE month IS NULL;
SELECT round(6 * 20 + 1 + 13 + 19 + 19 + 18.0, 0) AS calls, round((6 * 20 + 1 + 13 + 19 + 19 + 18) / 365.0 / 2, 2);
SELECT month, flagged, returned, false_alarms, revenue_at_stake, tasks_a_manager_a_day
  FROM winback.backtest('silence', '2024-01-01', '2024-12-31') WHERE month BETWEEN '2024-03-01' AND '2024-08-01';
-- The calls of April: six, six, six (on the 1st, 15th and 29th), one of the fourth; on the 11th and 25th of one; on the
-- 21st of two; on the 30th of three: 18 + 1 + 2 + 1 + 1, by two managers on 30 days.
SELECT round(23 / 30.0 / 2, 2);
-- Another length of silence is another rule; it need not be in force for that.
BEGIN;
UPDATE winback.rule SET after = '9 months', enabled = false WHERE rule = 'silence';
SELECT flagged, false_alarms FROM winback.backtest('silence', '2024-01-01', '2024-12-31') WHERE month IS NULL;
ROLLBACK;
-- With a call before it the return is no false alarm, but a return all the same.
BEGIN;
SET LOCAL winback.as_of = '2024-04-05 09:00:00+00';
INSERT INTO winback.task (client_id, kind, due_on) VALUES (4, 'other', '2024-04-05');
SELECT winback.complete_task(task_id, 'spoke to them') FROM winback.task WHERE client_id = 4 AND kind = 'other';
SET LOCAL winback.as_of = '2024-12-31 12:00:00+00';
SELECT flagged, returned, false_alarms FROM winback.backtest('silence', '2024-01-01') WHERE month IS NULL;
ROLLBACK;
-- What cannot be.
\set VERBOSITY terse
SELECT winback.backtest('silent', '2024-01-01');
SELECT winback.backtest(NULL, '2024-01-01');
SELECT winback.backtest('model', '2024-01-01');
SELECT winback.backtest('silence', '2024-01-01', '2024-01-01');
SELECT winback.backtest('silence', '2025-01-01', '2026-01-01');
SELECT winback.backtest('silence', NULL);
\set VERBOSITY default

-- No look ahead. Six hundred clients, each with a pace of its own, who say bad things now and then, and after each
-- order leave with a chance of their own. The numbers are drawn by a rule that gives the same ones anywhere.
TRUNCATE purchase, customer;
CREATE FUNCTION drawn(seed text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint::float8 + 0.5) / 4294967296 $$;
CREATE FUNCTION purchases(client int) RETURNS SETOF timestamptz LANGUAGE plpgsql AS $$
DECLARE
    day     float8 := drawn(client || 'first') * 120;
    pace    float8 := 0.002 - 0.03 * ln(drawn(client || 'pace'));
    leaving float8 := drawn(client || 'leaving') ^ 2;
BEGIN
    FOR n IN 1 .. 1000 LOOP
        EXIT WHEN day > 700;
        RETURN NEXT timestamptz '2023-01-01 00:00+00' + day * interval '1 day';
        EXIT WHEN drawn(client || 'leaves' || n) < leaving;
        day := day - ln(drawn(client || 'gap' || n)) / pace;
    END LOOP;
END $$;
INSERT INTO purchase (client, at, amount)
SELECT c, p.at, round((100 * drawn(c || 'amount' || p.at))::numeric - 8, 2)
  FROM generate_series(1, 600) c, purchases(c) p (at);
INSERT INTO happening
SELECT c, (ARRAY['nps', 'conflict', 'inquiry', 'offer', 'inquiry'])[1 + floor(5 * drawn(c || 'kind' || n))::int],
       timestamptz '2023-01-01' + drawn(c || 'when' || n) * interval '700 days', floor(11 * drawn(c || 'score' || n))
  FROM generate_series(1, 660) c, generate_series(0, 7) n WHERE drawn(c || 'says' || n) < 0.4 OR c > 600;
INSERT INTO happening
SELECT c, 'usage', timestamptz '2023-01-01' + drawn(c || 'uses' || n) ^ 2 * interval '700 days', 1 + n % 3
  FROM generate_series(1, 60) c, generate_series(0, 40) n;
-- A model judges by what could have been known: there must be a fit to purchases up to the first day.
\set VERBOSITY terse
SELECT * FROM winback.calibration();
SELECT fit_id, status FROM winback.fit();
SELECT * FROM winback.calibration();
\set VERBOSITY default
SELECT * FROM winback.backtest_flags('model', '2024-01-01');
SELECT fit_id, status FROM winback.fit(until => '2024-01-01');
CREATE TABLE span AS
SELECT rule, CASE rule WHEN 'model' THEN timestamptz '2024-01-01' ELSE '2023-03-01' END AS begins FROM winback.rule;
-- By each rule, whom it had flagged by 1 June 2024, as of then, and as seen from the end of the year.
CREATE TABLE flagged AS
SELECT r.rule, f.client_id, f.flagged_at, f.period_revenue
  FROM span r CROSS JOIN LATERAL winback.backtest_flags(r.rule, r.begins, '2024-06-01') f;
SELECT rule, count(*) > 10 AS many FROM flagged GROUP BY rule ORDER BY rule;
CREATE VIEW seen_later AS
SELECT r.rule, f.client_id, f.flagged_at, f.period_revenue
  FROM span r CROSS JOIN LATERAL winback.backtest_flags(r.rule, r.begins) f
 WHERE f.flagged_at < '2024-06-01';
CREATE VIEW differing AS
SELECT 'no longer' AS how, a.* FROM (SELECT * FROM flagged EXCEPT ALL SELECT * FROM seen_later) a
 UNION ALL
SELECT 'only then', b.* FROM (SELECT * FROM seen_later EXCEPT ALL SELECT * FROM flagged) b;
SELECT count(*) FROM differing;
-- Whatever comes later, or changes later, changes none of that.
BEGIN;
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2024-06-01' + drawn(c || 'later' || n) * interval '180 days',
       1000 * drawn(c || 'money' || n) - 200
  FROM generate_series(1, 660) c, generate_series(1, 3) n;
INSERT INTO happening
SELECT c, (ARRAY['nps', 'conflict', 'inquiry', 'offer', 'take_back', 'write_off'])[1 + n],
       timestamptz '2024-06-01' + drawn(c || 'says later' || n) * interval '180 days', 10
  FROM generate_series(1, 660) c, generate_series(0, 5) n;
SELECT count(*) FROM differing;
SELECT count(*) FROM (
    SELECT r.rule, f.client_id, f.flagged_at, f.period_revenue, f.bought_at, f.is_false_alarm
      FROM span r CROSS JOIN LATERAL winback.backtest_flags(r.rule, r.begins, '2024-06-01') f
    EXCEPT ALL
    SELECT f.rule, f.client_id, f.flagged_at, f.period_revenue, b.bought_at, b.bought_at IS NOT NULL
      FROM flagged f LEFT JOIN LATERAL (
           SELECT min(p.at) AS bought_at FROM purchase p
            WHERE p.client = f.client_id::int AND p.amount >= 0 AND p.at > f.flagged_at AND p.at <= '2024-06-01') b
        ON true) changed;
DELETE FROM purchase WHERE at >= '2024-06-01' AND id % 2 = 0;
SELECT count(*) FROM differing;
ROLLBACK;
-- An earlier row does, as it would have then.
BEGIN;
INSERT INTO purchase (client, at, amount) SELECT DISTINCT client, timestamptz '2024-05-20 12:00', 10 FROM purchase;
SELECT count(*) > 0 AS some FROM differing;
ROLLBACK;
-- Alone in force from the beginning, a rule has lost whom it is said to flag.
SET winback.as_of = '2022-01-01 00:00:00+00';
UPDATE winback.rule SET enabled = rule = 'own_cadence';
SET winback.as_of = '2024-12-31 12:00:00+00';
SELECT count(*) > 0 FROM winback.sweep();
SELECT count(*) > 100 AS many, count(f.client_id) = count(*) AND count(l.client_id) = count(*) AS same
  FROM (SELECT * FROM winback.loss WHERE lost_at >= '2023-03-01') l
  FULL JOIN winback.backtest_flags('own_cadence', '2023-03-01') f
    ON f.client_id = l.client_id::text AND f.flagged_at = l.lost_at;
SELECT (SELECT count(*) FROM winback.loss WHERE lost_at >= '2023-03-01' AND result = 'returned') = b.returned AS same
  FROM winback.backtest('own_cadence', '2023-03-01') b WHERE month IS NULL;

-- Whether a model held.
SELECT fit_id, model, horizon, decile, clients, round(p_alive::numeric, 3) AS p_alive,
       round(predicted_orders::numeric, 2) AS predicted, observed_orders AS observed,
       round(predicted_buyers::numeric, 2) AS predicted_buyers, observed_buyers
  FROM winback.calibration();
-- The same from the orders by hand: 365 days after the fit.
CREATE VIEW by_hand AS
SELECT c.*, winback.expected_orders(2, frequency, recency, age, 365 / 7.0) AS expected,
       1 - winback.p_no_order(2, frequency, recency, age, 365 / 7.0) AS buys
  FROM (SELECT client, count(DISTINCT at::date) FILTER (WHERE at <= '2024-01-01') - 1 AS frequency,
               (max(at::date) FILTER (WHERE at <= '2024-01-01') - min(at::date)) / 7.0 AS recency,
               (date '2024-01-01' - min(at::date)) / 7.0 AS age,
               count(DISTINCT at::date) FILTER (WHERE at::date > '2024-01-01' AND at <= winback.now()) AS orders
          FROM purchase WHERE amount >= 0 GROUP BY client HAVING min(at) <= '2024-01-01') c;
SELECT h.clients = c.clients AS clients, h.orders = c.orders AS orders, h.buyers = c.buyers AS buyers,
       abs(h.expected - c.expected) < 1e-6 AS expected, abs(h.buys - c.buys) < 1e-6 AS buys
  FROM (SELECT count(*) AS clients, sum(orders) AS orders, count(*) FILTER (WHERE orders > 0) AS buyers,
               sum(expected) AS expected, sum(buys) AS buys FROM by_hand) h,
       (SELECT sum(clients) AS clients, sum(observed_orders) AS orders, sum(observed_buyers) AS buyers,
               sum(predicted_orders) AS expected, sum(predicted_buyers) AS buys FROM winback.calibration()) c;
-- What comes after the fit changes what is observed, and nothing that was predicted.
SELECT sum(predicted_orders) AS predicted, sum(observed_orders) AS observed FROM winback.calibration() \gset
BEGIN;
INSERT INTO purchase (client, at, amount) SELECT DISTINCT client, timestamptz '2024-06-20 12:00', 10 FROM purchase;
SELECT abs(sum(predicted_orders) - :predicted) < 1e-9 AS same, sum(observed_orders) > :observed AS more
  FROM winback.calibration();
ROLLBACK;
-- Up to an earlier day the horizon is shorter. A fit may be named, but one of what orders are worth predicts none.
SELECT DISTINCT fit_id, horizon FROM winback.calibration(2, '2024-02-05');
\set VERBOSITY terse
SELECT * FROM winback.calibration(1);
SELECT * FROM winback.calibration(2, '2024-01-05');
\set VERBOSITY default

-- Readers may ask all that.
CREATE ROLE regress_winback_thresholds;
SELECT winback.grant_reader('regress_winback_thresholds');
SET ROLE regress_winback_thresholds;
SELECT count(*) > 0 AS some FROM winback.suggest_silence();
SELECT count(*) > 0 AS some FROM winback.backtest('slowing', '2024-01-01');
SELECT count(*) AS deciles FROM winback.calibration();
SELECT count(*) > 0 AS some FROM winback.backtest('model', '2024-01-01');
RESET ROLE;
DROP OWNED BY regress_winback_thresholds;
DROP ROLE regress_winback_thresholds;

-- Who buys once a year is silent for most of it: that tells nothing. What holds for all longer silences does.
SET winback.as_of = '2024-12-31 12:00:00+00';
TRUNCATE purchase, happening;
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2019-01-01' + (c % 300 + 385 * n + 30 * drawn(c || 'day' || n) - 15) * interval '1 day', 10
  FROM generate_series(1, 400) c, generate_series(0, 5) n
 WHERE NOT EXISTS (SELECT FROM generate_series(1, n) m WHERE drawn(c || 'leaves' || m) < 0.2)
   AND c % 300 + 385 * n + 15 < 2190;
SELECT choice, silence BETWEEN 365 AND 420 AS a_year, still_return <= share AS holds, watched
  FROM winback.suggest_silence(0.2) WHERE scope = 'all' AND choice = 'asked';
-- Where nobody leaves there is no such silence.
TRUNCATE purchase;
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2024-01-01' + (30 * n + 4 * drawn(c || 'at' || n)) * interval '1 day', 10
  FROM generate_series(1, 200) c, generate_series(0, 11) n;
SELECT choice, silence, flagged FROM winback.suggest_silence(0.2) WHERE scope = 'all' AND choice = 'asked';

DROP SCHEMA winback CASCADE;
DROP TABLE span, flagged, purchase, customer, happening, call CASCADE;
DROP FUNCTION purchases, drawn;
