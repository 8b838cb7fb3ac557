-- The lifetime value of every client in winback.clients, and what the ledger keeps for it: how much of the revenue was
-- not paid on days after the first.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

-- A shop of 400 clients, at most two orders a day, some of them returned, some for nothing.
CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE FUNCTION drawn(seed text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint::float8 + 0.5) / 4294967296 $$;
DO $$
DECLARE
    day float8;
BEGIN
    FOR client IN 1 .. 400 LOOP
        day := floor(drawn(client || 'first') * 90);
        FOR n IN 1 .. 1000 LOOP
            EXIT WHEN day > 520;
            INSERT INTO purchase (client, at, amount)
            SELECT client, timestamptz '2022-12-20 10:00+00' + floor(day) * interval '1 day' + i * interval '3 hours',
                   CASE WHEN client % 50 = 0 AND n > 1 THEN NULL WHEN i = 3 THEN -2.5
                        ELSE 10 + client % 9 + round((5 * drawn(client || 'amount' || n || i))::numeric, 2) END
              FROM generate_series(1, 1 + (4 * drawn(client || 'again' || n) ^ 3)::int) i;
            EXIT WHEN drawn(client || 'leaves' || n) < drawn(client || 'leaving') ^ 2;
            day := day + 1 - ln(drawn(client || 'gap' || n)) / (0.002 - 0.03 * ln(drawn(client || 'pace')));
        END LOOP;
    END LOOP;
END $$;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');

-- What was paid on days after the first, by plain SQL; clients whose row says otherwise.
CREATE VIEW paid AS
SELECT p.client AS client_id, count(DISTINCT p.day) - 1 AS frequency, max(p.day) - min(p.day) AS recency,
       min(p.day) AS first_day, coalesce(sum(p.amount) FILTER (WHERE p.day > p.first_day), 0) AS repeat_value
  FROM (SELECT client, day, coalesce(amount, 0) AS amount,
               min(day) FILTER (WHERE coalesce(amount, 0) >= 0) OVER (PARTITION BY client) AS first_day
          FROM purchase CROSS JOIN winback.policy o
         CROSS JOIN LATERAL (SELECT (at AT TIME ZONE o.timezone)::date) d (day)) p
 WHERE p.amount >= 0 GROUP BY p.client;
CREATE VIEW wrong AS
SELECT client_id, c.revenue - c.unrepeated_revenue AS kept, p.repeat_value
  FROM winback.client c FULL JOIN paid p USING (client_id)
 WHERE coalesce(c.revenue - c.unrepeated_revenue, 0) IS DISTINCT FROM coalesce(p.repeat_value, 0);
SELECT count(*) AS clients, count(*) FILTER (WHERE frequency > 0) AS repeaters,
       count(*) FILTER (WHERE frequency > 0 AND repeat_value = 0) AS for_nothing FROM paid;
SELECT * FROM wrong;
SELECT * FROM winback.verify();

-- Null until there are two fits; then what winback.clv() says of each, by them and the policy. Who paid nothing after
-- the first day has a mean value of 0.
SELECT count(clv) FROM winback.clients;
SELECT model, status FROM winback.fit('gamma/gamma');
SELECT fit_id, model, until FROM winback.value_fit_in_force;
SELECT count(clv) FROM winback.clients;
SELECT model, status FROM winback.fit();
CREATE VIEW differing AS
SELECT c.client_id, c.clv, w.clv AS by_function
  FROM winback.clients c JOIN paid p USING (client_id)
 CROSS JOIN winback.fit_in_force f CROSS JOIN winback.value_fit_in_force v CROSS JOIN winback.policy o
 CROSS JOIN LATERAL (
       SELECT winback.clv(f.fit_id, v.fit_id, p.frequency, p.recency / f.unit_days,
                          greatest((winback.now() AT TIME ZONE o.timezone)::date - p.first_day, p.recency)
                          / f.unit_days,
                          coalesce(p.repeat_value::float8 / nullif(p.frequency, 0), 0),
                          (((winback.now() AT TIME ZONE o.timezone)::date + o.horizon)::date
                           - (winback.now() AT TIME ZONE o.timezone)::date) / f.unit_days) AS clv) w
 WHERE c.clv IS DISTINCT FROM nullif(w.clv, 'Infinity');
SELECT * FROM differing;
SELECT count(clv) AS clients, min(clv) > 0 AS all_worth_something, pg_typeof(min(clv)) AS type FROM winback.clients;
-- The policy, and a newer fit, act at once: in a prepared statement, too.
PREPARE total AS SELECT sum(clv) AS clv FROM winback.clients;
CREATE TEMP TABLE was AS EXECUTE total;
UPDATE winback.policy SET margin = 0.25;
SELECT * FROM differing;
CREATE TEMP TABLE became AS EXECUTE total;
SELECT round(b.clv / w.clv, 6) FROM was w, became b;
UPDATE winback.policy SET discount_rate = 2, horizon = '3 months';
SELECT * FROM differing;
UPDATE winback.policy SET margin = 1, discount_rate = 0, horizon = '30 years';
SELECT * FROM differing;
INSERT INTO winback.model_fit (model, until, unit, clients, parameters, log_likelihood, standard_errors, status,
                               message)
VALUES ('gamma/gamma', '2024-06-02', '7 days', 100, '{"p": 6, "q": 4, "gamma": 15}', -1, NULL, 'not_identified', 'x'),
       ('gamma/gamma', '2024-05-01', '7 days', 100, '{"p": 6, "q": 4, "gamma": 15}', -1, '{}', 'converged', NULL);
SELECT fit_id FROM winback.value_fit_in_force;
SELECT * FROM differing;
INSERT INTO winback.model_fit (model, until, unit, clients, parameters, log_likelihood, standard_errors, status)
VALUES ('gamma/gamma', '2024-06-01 12:00+00', '7 days', 100, '{"p": 6, "q": 4, "gamma": 15}', -1, '{}', 'converged');
SELECT fit_id FROM winback.value_fit_in_force;
SELECT * FROM differing;
EXECUTE total \gset new_
BEGIN;
UPDATE winback.model_fit SET parameters = '{"p": 6, "q": 4, "gamma": 150}' WHERE fit_id = 5;
EXECUTE total \gset changed_
ROLLBACK;
EXECUTE total \gset back_
SELECT :changed_clv > :new_clv AS changes, :back_clv = :new_clv AS comes_back;
-- Where the mean value is not finite, nothing is said: of who bought on one day, by these parameters.
UPDATE winback.model_fit SET parameters = '{"p": 1.5, "q": 0.9, "gamma": 150}' WHERE fit_id = 5;
SELECT count(*) AS differ FROM differing;
SELECT count(*) FILTER (WHERE purchase_days = 1) > 0 AS there_are_such,
       count(*) FILTER (WHERE clv IS NULL) = count(*) FILTER (WHERE purchase_days = 1) AS null_of_these
  FROM winback.clients;
DELETE FROM winback.model_fit WHERE fit_id = 5;
SELECT fit_id FROM winback.value_fit_in_force;
SELECT * FROM differing;
-- One that is fitted to orders in months of 30 days, of another model.
SELECT fit_id, status FROM winback.fit('bg/nbd', unit => '30 days') \gset
UPDATE winback.rule SET fit_id = :fit_id WHERE rule = 'model';
SELECT * FROM differing;

-- Whatever is written, the row keeps what was paid on days after the first. Orders of a first day, and of a later one:
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-06-01 08:00+00', 5), (1001, '2024-06-01 08:00+00', 0.50);
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-06-01 08:00+00', 7.125);
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-06-01 09:00+00', NULL);
SELECT revenue, unrepeated_revenue, purchase_days FROM winback.client WHERE client_id = 1001;
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-06-02 00:00+00', 100), (1001, '2024-06-02 09:00+00', 1);
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-06-01 18:00+00', 10);
SELECT revenue, unrepeated_revenue, purchase_days FROM winback.client WHERE client_id = 1001;
-- Returns: of that day, of later ones, of a client that has bought nothing, and its first order after that.
INSERT INTO purchase (client, at, amount)
VALUES (1001, '2024-06-01 19:00+00', -3), (1001, '2024-06-04 00:00+00', -0.001), (1002, '2024-06-01 10:00+00', -4);
SELECT client_id, revenue, unrepeated_revenue FROM winback.client WHERE client_id > 1000 ORDER BY 1;
INSERT INTO purchase (client, at, amount) VALUES (1002, '2024-06-01 11:00+00', 20);
SELECT client_id, revenue, unrepeated_revenue FROM winback.client WHERE client_id > 1000 ORDER BY 1;
SELECT * FROM wrong;
-- An earlier first day: what was the first day's is so no more. It is deleted again, and the amount of one changes.
INSERT INTO purchase (client, at, amount) VALUES (1001, '2024-05-20 08:00+00', 2);
SELECT revenue, unrepeated_revenue, purchase_days FROM winback.client WHERE client_id = 1001;
SELECT * FROM wrong;
DELETE FROM purchase WHERE client = 1001 AND amount = 2;
UPDATE purchase SET amount = amount * 2 WHERE client = 1001 AND amount > 0;
SELECT revenue, unrepeated_revenue, purchase_days FROM winback.client WHERE client_id = 1001;
SELECT * FROM wrong;
SELECT * FROM winback.verify();
-- Days are those of the policy's time zone.
UPDATE winback.policy SET timezone = 'Asia/Tokyo';
SELECT revenue, unrepeated_revenue, purchase_days FROM winback.client WHERE client_id = 1001;
SELECT * FROM wrong;
SELECT * FROM differing;
UPDATE winback.policy SET timezone = 'UTC';
-- Of two clients that become one, the first day is one; parted, each has its own.
SELECT winback.merge_clients(1001, 1002);
SELECT client_id, revenue, unrepeated_revenue FROM winback.client WHERE client_id > 1000 ORDER BY 1;
SELECT winback.merge_clients(1, 1002);
SELECT c.revenue - c.unrepeated_revenue = (SELECT sum(p.amount) FROM purchase p
                                            WHERE p.client IN (1, 1001, 1002) AND p.amount >= 0
                                              AND p.at::date > least(k.first_day, c.first_day)) AS sums_agree
  FROM winback.client c JOIN paid k ON k.client_id = 1 WHERE c.client_id = 1002;
SELECT winback.unmerge_client(1001), winback.unmerge_client(1);
SELECT * FROM wrong;
-- Many at once, in one pass.
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2024-05-01 00:00+00' + (c * d) % 5 * interval '1 day', c % 7 + d / 3.0
  FROM generate_series(2001, 3500) c, generate_series(1, 4) d;
UPDATE purchase SET amount = -amount WHERE id % 11 = 0;
SELECT * FROM wrong;
UPDATE winback.client SET unrepeated_revenue = 1 WHERE client_id = 1001;
SELECT * FROM winback.verify();
SELECT winback.rebuild() > 0 AS rebuilt;
SELECT * FROM wrong;
TRUNCATE purchase;
SELECT count(*) FROM winback.client WHERE revenue <> 0 OR unrepeated_revenue <> 0;

-- Amounts on lines.
CREATE TABLE line (no int PRIMARY KEY, purchase int, amount numeric);
CREATE INDEX ON line (purchase);
SELECT winback.unwatch('purchase');
SELECT winback.watch_orders('purchase', 'client', 'at', order_id => 'id');
SELECT winback.watch_order_lines('line', 'purchase', 'purchase', 'amount');
INSERT INTO purchase (client, at) VALUES (5000, '2024-05-01 00:00+00'), (5000, '2024-05-07 00:00+00');
INSERT INTO line SELECT n, (SELECT max(id) FROM purchase) - n % 2, n FROM generate_series(1, 5) n;
SELECT revenue, unrepeated_revenue FROM winback.client WHERE client_id = 5000;
UPDATE line SET purchase = (SELECT min(id) FROM purchase) WHERE no = 4;
DELETE FROM line WHERE no = 5;
SELECT revenue, unrepeated_revenue FROM winback.client WHERE client_id = 5000;
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;

-- Who may read sees the values.
CREATE ROLE regress_winback_clv;
SELECT winback.grant_reader('regress_winback_clv');
SET ROLE regress_winback_clv;
SELECT count(clv) > 0 AS some FROM winback.clients;
SELECT count(*) FROM winback.value_fit_in_force;
RESET ROLE;

DROP VIEW differing, wrong, paid;
DROP SCHEMA winback CASCADE;
DROP TABLE purchase, line;
DROP FUNCTION drawn;
DROP OWNED BY regress_winback_clv;
DROP ROLE regress_winback_clv;
