-- Fitted models: what they are fitted to, what is said of a fit, and the scores by it.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 00:00:00+00';

-- By parameters nothing else is needed, not even a ledger. These are of CDNOW's clients, in weeks.
\set mbg '''mbg/nbd'', ''{"r": 0.5248433, "alpha": 6.1830859, "a": 0.8913594, "b": 1.6140020}'''
\set bg '''bg/nbd'', ''{"r": 0.2425945, "alpha": 4.4136017, "a": 0.7929217, "b": 2.4259057}'''
\set pareto '''pareto/nbd'', ''{"r": 0.553277, "alpha": 10.577683, "s": 0.606240, "beta": 11.668730}'''
\set value '''gamma/gamma'', ''{"p": 6.249573, "q": 3.744225, "gamma": 15.443519}'''
SELECT frequency, round(winback.p_alive(:mbg, frequency, recency, age)::numeric, 5) AS mbg,
       round(winback.p_alive(:bg, frequency, recency, age)::numeric, 5) AS bg,
       round(winback.p_alive(:pareto, frequency, recency, age)::numeric, 5) AS pareto,
       round(winback.expected_orders(:mbg, frequency, recency, age, 39)::numeric, 4) AS mbg_orders,
       round(winback.expected_orders(:bg, frequency, recency, age, 39)::numeric, 4) AS bg_orders,
       round(winback.expected_orders(:pareto, frequency, recency, age, 39)::numeric, 4) AS pareto_orders,
       round(winback.expected_value(:value, frequency, mean_value)::numeric, 4) AS value
  FROM (VALUES (2, 30.428571, 38.857143, 22.345), (1, 1.7142857, 38.857143, 11.77), (0, 0, 38.857143, 0))
       v (frequency, recency, age, mean_value);
SELECT frequency, round(winback.age_at_p_alive(:mbg, frequency, recency, 0.5)::numeric, 4) AS age,
       round(winback.age_at_p_alive(:mbg, frequency, recency, 0.2)::numeric, 4) AS age_at_a_fifth,
       winback.age_at_p_alive(:bg, 0, 0, 0.2) AS bg_once
  FROM (VALUES (0, 0), (1, 10), (2, 30.43), (7, 29.43), (26, 30.86)) v (frequency, recency);
SELECT round(winback.next_order_in(:mbg, 2, 30.43, 38.86, 0.5)::numeric, 4) AS median,
       round(winback.next_order_in(:mbg, 2, 30.43, 38.86, 0.9)::numeric, 4) AS within,
       round(winback.p_no_order(:mbg, 2, 30.43, 38.86, 39)::numeric, 4) AS silent,
       round(winback.discounted_orders(:mbg, 2, 30.43, 38.86, 39, 0)::numeric, 4) AS orders,
       round(winback.discounted_orders(:mbg, 2, 30.43, 38.86, 39, 0.01)::numeric, 4) AS discounted,
       round(winback.clv(:mbg, '{"p": 6.249573, "q": 3.744225, "gamma": 15.443519}', 2, 30.43, 38.86, 22.345, 39, 0.3,
                         0.01), 4) AS clv;
-- Null in, null out.
SELECT winback.p_alive(:mbg, NULL, 0, 1) IS NULL AS is_null;
-- What cannot be.
SELECT winback.p_alive(:mbg, 1, 5, 4);
SELECT winback.p_alive(:mbg, -1, 0, 4);
SELECT winback.p_alive(:mbg, 0, 2, 4);
SELECT winback.p_alive(:mbg, 1, 'NaN', 4);
SELECT winback.expected_orders(:mbg, 1, 2, 4, 'Infinity');
SELECT winback.next_order_in(:mbg, 1, 2, 4, 1);
SELECT winback.age_at_p_alive(:mbg, 1, 2, 0);
SELECT winback.expected_value(:value, 1, -20);
SELECT winback.p_alive(:value, 1, 2, 4);
SELECT winback.expected_value(:mbg, 1, 20);
SELECT winback.p_alive('nbd', '{"r": 1, "alpha": 1}', 1, 2, 4);
SELECT winback.p_alive('mbg/nbd', '{"r": 1, "alpha": 1, "a": 1}', 1, 2, 4);
SELECT winback.p_alive('mbg/nbd', '{"r": 1, "alpha": 1, "a": 0, "b": 1}', 1, 2, 4);
SELECT winback.p_alive('mbg/nbd', '[1, 2]', 1, 2, 4);
-- A mean without a finite value is not a negative one; and what is not ordered is worth nothing all the same.
SELECT winback.expected_value('gamma/gamma', '{"p": 6, "q": 0.8, "gamma": 15}', 0, 0) AS value,
       winback.clv(:mbg, '{"p": 6, "q": 0.8, "gamma": 15}', 0, 0, 38, 0, 0, 1, 0) AS clv;
-- Parameters may change from row to row.
SELECT model, round(winback.p_alive(model, parameters, 1, 2, 4)::numeric, 4) AS p_alive
  FROM (VALUES ('mbg/nbd', '{"r": 1, "alpha": 1, "a": 1, "b": 1}'::jsonb),
               ('mbg/nbd', '{"r": 2, "alpha": 1, "a": 1, "b": 1}'),
               ('bg/nbd', '{"r": 2, "alpha": 1, "a": 1, "b": 1}'),
               ('pareto/nbd', '{"r": 2, "alpha": 1, "s": 1, "beta": 1}')) v (model, parameters);
-- By the number of a fit there must be a ledger.
SELECT winback.p_alive(1, 1, 2, 4);
SELECT winback.fit();

-- A shop of 3,000 clients: each with a pace of its own, and after each order it leaves with a chance of its own. The
-- numbers are drawn by a rule that gives the same ones anywhere.
CREATE TABLE purchase (client int NOT NULL, at timestamptz NOT NULL, amount numeric);
CREATE INDEX ON purchase (client);
CREATE FUNCTION drawn(seed text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint::float8 + 0.5) / 4294967296 $$;
CREATE FUNCTION purchases(client int) RETURNS TABLE (at timestamptz, amount numeric) LANGUAGE plpgsql AS $$
DECLARE
    day     float8 := floor(drawn(client || 'first') * 90);
    pace    float8 := 0.002 - 0.03 * ln(drawn(client || 'pace'));
    leaving float8 := drawn(client || 'leaving') ^ 2;
    price   float8 := 20 / drawn(client || 'price') ^ 0.3;
BEGIN
    FOR n IN 1 .. 1000 LOOP
        EXIT WHEN day > 540;
        at := timestamptz '2022-01-01 12:00+00' + floor(day) * interval '1 day';
        amount := round((price * (0.5 + drawn(client || 'amount' || n)))::numeric, 2);
        RETURN NEXT;
        EXIT WHEN drawn(client || 'leaves' || n) < leaving;
        day := day + 1 - ln(drawn(client || 'gap' || n)) / pace;
    END LOOP;
END $$;
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase SELECT c, p.at, p.amount FROM generate_series(1, 99) c, purchases(c) p;
-- Refused below a minimum of data.
SELECT winback.fit();
SELECT winback.fit('gamma/gamma', '2022-02-01');
INSERT INTO purchase SELECT c, p.at, p.amount FROM generate_series(100, 3000) c, purchases(c) p;
SELECT winback.fit(until => '2022-01-02');
SELECT count(*) FROM winback.model_fit;

CREATE VIEW fits AS
SELECT f.fit_id, f.model, f.until, f.unit, f.clients, f.status, round(f.log_likelihood::numeric, 2) AS log_likelihood,
       f.gradient_norm < 0.01 AS at_top,
       (SELECT string_agg(format('%s %s±%s', p.key, round(p.value::numeric, 3),
                                 round((f.standard_errors ->> p.key)::numeric, 3)), ' ' ORDER BY p.key)
          FROM jsonb_each_text(f.parameters) p WHERE f.status = 'converged') AS parameters
  FROM winback.model_fit f;
SELECT fit_id, status, message FROM winback.fit();
SELECT fit_id, status, message FROM winback.fit('bg/nbd');
SELECT fit_id, status, message FROM winback.fit('pareto/nbd', unit => '1 day');
SELECT fit_id, status, message FROM winback.fit('gamma/gamma');
SELECT * FROM fits ORDER BY fit_id;
SELECT fitted_at FROM winback.model_fit WHERE fit_id = 1;

-- The scores by a fit are those by its parameters.
SELECT bool_and(winback.p_alive(fit_id, 2, 30, 40) = winback.p_alive(model, parameters, 2, 30, 40)) AS alive,
       bool_and(winback.expected_orders(fit_id, 2, 30, 40, 52) =
                winback.expected_orders(model, parameters, 2, 30, 40, 52)) AS orders
  FROM winback.model_fit WHERE model <> 'gamma/gamma' AND status = 'converged';
SELECT winback.next_order_in(1, 2, 30, 40) = winback.next_order_in(1, 2, 30, 40, 0.5) AS median,
       winback.age_at_p_alive(1, 2, 30) = winback.age_at_p_alive(1, 2, 30, 0.2) AS fifth;
SELECT winback.expected_value(4, 2, 30) = winback.expected_value(model, parameters, 2, 30) AS value
  FROM winback.model_fit WHERE fit_id = 4;
-- The money of a year, of today: by the policy's margin and discount rate, a year of which is 52 weeks and a bit.
UPDATE winback.policy SET margin = 0.3, discount_rate = 0.2;
SELECT round(winback.clv(1, 4, 2, 30, 40, 30, 52) / winback.clv(model, parameters, v.value, 2, 30, 40, 30, 52, 0.3,
             1.2 ^ (7 / 365.25) - 1), 10) AS ratio,
       round(winback.clv(1, 4, 2, 30, 40, 30, 52, 0.6) / winback.clv(1, 4, 2, 30, 40, 30, 52), 10) AS twice,
       winback.clv(1, 4, 2, 30, 40, 30, 52, 1, 0) > winback.clv(1, 4, 2, 30, 40, 30, 52, 1) AS more
  FROM winback.model_fit, (SELECT parameters AS value FROM winback.model_fit WHERE fit_id = 4) v WHERE fit_id = 1;

-- Parallel workers say the same.
BEGIN;
SELECT sum(winback.p_alive(1, client % 3, client % 3, 50)) AS serial,
       sum(winback.p_alive(:mbg, client % 3, client % 3, 50)) AS serial_given FROM purchase \gset
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT sum(winback.p_alive(1, client % 3, client % 3, 50)) FROM purchase;
SELECT abs(sum(winback.p_alive(1, client % 3, client % 3, 50)) / :serial - 1) < 1e-9 AS same,
       abs(sum(winback.p_alive(:mbg, client % 3, client % 3, 50)) / :serial_given - 1) < 1e-9 AS same_given
  FROM purchase;
ROLLBACK;

-- What the fit rests on. Nothing else of these changes it: more orders on a day of orders, returns, later orders.
BEGIN;
INSERT INTO purchase SELECT client, at + interval '3 hours', 5 FROM purchase WHERE client % 7 = 0;
INSERT INTO purchase SELECT client, at + interval '30 days', -5 FROM purchase WHERE client % 5 = 0;
INSERT INTO purchase VALUES (1, '2024-06-01 00:00:00.000001', 5);
SELECT status FROM winback.fit();
SELECT f.parameters = g.parameters AND f.log_likelihood = g.log_likelihood AND f.clients = g.clients AS same
  FROM winback.model_fit f, winback.model_fit g WHERE f.fit_id = 1 AND g.fit_id > 4;
ROLLBACK;
-- Days are those of the policy's time zone.
BEGIN;
UPDATE winback.policy SET timezone = 'Pacific/Kiritimati';
INSERT INTO purchase SELECT client, at - interval '1 hour', 5 FROM purchase;
SET LOCAL winback.as_of = '2024-06-01 10:00:00+00';
SELECT status FROM winback.fit();
SELECT f.parameters = g.parameters AND f.log_likelihood = g.log_likelihood AS same
  FROM winback.model_fit f, winback.model_fit g WHERE f.fit_id = 1 AND g.fit_id > 5;
ROLLBACK;
-- Free orders are purchases, but of no value.
BEGIN;
UPDATE purchase SET amount = CASE WHEN client % 2 = 0 THEN NULL ELSE 0 END WHERE client <= 1000;
SELECT f.clients < g.clients AS fewer, f.status FROM winback.fit('gamma/gamma') f, winback.model_fit g
 WHERE g.fit_id = 4;
ROLLBACK;
-- Merged clients are one.
BEGIN;
SELECT winback.merge_clients(2, 1);
SELECT clients FROM winback.fit();
ROLLBACK;

-- A shop that nobody leaves.
TRUNCATE purchase;
INSERT INTO purchase
SELECT c, timestamptz '2023-01-01 12:00+00' + (n * (20 + c % 60) + 9 * drawn(c || 'x' || n)) * interval '1 day', 10
  FROM generate_series(1, 500) c, generate_series(0, 40) n WHERE n * (20 + c % 60) < 500;
SELECT fit_id > 4 AS later, status, message FROM winback.fit();
SELECT status, message FROM winback.fit('pareto/nbd');
-- All orders of one price.
SELECT status, message FROM winback.fit('gamma/gamma');
SELECT winback.p_alive(max(fit_id), 1, 2, 4) FROM winback.model_fit;
SELECT winback.p_alive(1000000, 1, 2, 4);
-- Earlier fits are there still.
SELECT winback.p_alive(1, 0, 0, 20) = winback.p_alive(model, parameters, 0, 0, 20) AS same
  FROM winback.model_fit WHERE fit_id = 1;

-- What fit() refuses.
SELECT winback.fit('nbd');
SELECT winback.fit(NULL);
SELECT winback.fit(until => 'infinity');
SELECT winback.fit(until => winback.now() + interval '1 second');
SELECT winback.fit(unit => '1 month');
SELECT winback.fit(unit => '0');
SELECT winback.fit(unit => '-7 days');
-- Whoever writes into the table is held to the same.
INSERT INTO winback.model_fit (model, until, unit, clients, parameters, status)
VALUES ('mbg/nbd', '2024-01-01', '7 days', 100, '{"r": 1}', 'not_identified');
INSERT INTO winback.model_fit (model, until, unit, clients, status)
VALUES ('mbg/nbd', '2024-01-01', '7 days', 100, 'converged');

-- Readers ask for scores and read fits; who may do everything makes them.
CREATE ROLE regress_winback_scores;
SELECT winback.grant_reader('regress_winback_scores');
SET ROLE regress_winback_scores;
SELECT count(*) > 4 AS reads FROM winback.model_fit;
SELECT winback.p_alive(1, 0, 0, 20) BETWEEN 0 AND 1 AS scores,
       winback.clv(1, 4, 2, 30, 40, 30, 52) > 0 AS values;
SELECT winback.fit();
RESET ROLE;
SELECT winback.grant_admin('regress_winback_scores');
SET ROLE regress_winback_scores;
SELECT status FROM winback.fit();
RESET ROLE;
DROP OWNED BY regress_winback_scores;
DROP ROLE regress_winback_scores;
