-- Fits in force are made anew when they are a day old and there are many more clients.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE FUNCTION drawn(seed text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint::float8 + 0.5) / 4294967296 $$;
CREATE FUNCTION works(at timestamptz) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('test.broken', true) = 'on' THEN RAISE EXCEPTION 'the calculator is out of order'; END IF;
    RETURN true;
END $$;
-- Clients from one number to another, of whom most come again: each leaves with a chance of its own.
CREATE FUNCTION open_shop(first int, last int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    day float8;
BEGIN
    FOR client IN first .. last LOOP
        day := floor(drawn(client || 'first') * 90);
        FOR n IN 1 .. 1000 LOOP
            EXIT WHEN day > 520;
            INSERT INTO purchase (client, at, amount)
            VALUES (client, timestamptz '2022-12-20 10:00+00' + floor(day) * interval '1 day',
                    round(((5 + 20 * drawn(client || 'worth')) * (0.5 + drawn(client || 'amount' || n)))::numeric, 2));
            EXIT WHEN drawn(client || 'leaves' || n) < drawn(client || 'leaving') ^ 2;
            day := day + 1 - ln(drawn(client || 'gap' || n)) / (0.002 - 0.03 * ln(drawn(client || 'pace')));
        END LOOP;
    END LOOP;
END $$;
SELECT open_shop(1, 300);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', counts_when => 'public.works(at)');

-- Out of nothing comes no fit.
SELECT * FROM winback.refit();
SELECT fit_id, status, clients FROM winback.fit('bg/nbd', unit => '30 days');
SELECT fit_id, status, clients FROM winback.fit('gamma/gamma');
SELECT * FROM winback.refit();

-- A day later there are a few clients more, a tenth of those that have come again; then a tenth of all.
SELECT open_shop(301, 329);
SET winback.as_of = '2024-06-02 12:00:00+00';
SELECT * FROM winback.refit();
INSERT INTO purchase (client, at, amount) VALUES (330, '2024-06-02 10:00+00', 10);
SET winback.as_of = '2024-06-02 11:59:59+00';
SELECT * FROM winback.refit();
SET winback.as_of = '2024-06-02 12:00:00+00';
BEGIN;
UPDATE winback.policy SET refit_growth = NULL;
SELECT * FROM winback.refit();
ROLLBACK;
SELECT * FROM winback.refit();
SELECT fit_id, model, until, unit, unit_days FROM winback.fit_in_force;
SELECT fit_id, clients, status, fitted_at FROM winback.model_fit ORDER BY fit_id;
SELECT * FROM winback.refit();

-- What orders are worth: of who has come again, and paid something. One more is enough, if the policy says so.
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2024-05-01 10:00+00' + d * interval '1 day', CASE WHEN c % 2 = 0 THEN 20 END
  FROM generate_series(331, 332) c, generate_series(1, 2) d;
SELECT count(*) AS come_again, count(*) FILTER (WHERE v.paid > 0) AS paid
  FROM (SELECT client FROM purchase GROUP BY 1 HAVING count(DISTINCT at::date) > 1) p
 CROSS JOIN LATERAL (SELECT coalesce(sum(o.amount), 0) AS paid FROM purchase o WHERE o.client = p.client) v;
UPDATE winback.policy SET refit_growth = 0;
SET winback.as_of = '2024-06-03 12:00:00+00';
SELECT * FROM winback.refit();
SELECT clients FROM winback.model_fit ORDER BY fit_id DESC LIMIT 1;
SELECT fit_id, until FROM winback.value_fit_in_force;

-- What fails is a row, and tried again a day later. Where an order is dated ahead, fits read the orders.
INSERT INTO purchase (client, at, amount)
SELECT 333, timestamptz '2024-05-01 10:00+00' + d * interval '1 day', 20 FROM unnest(ARRAY[1, 2, 300]) d;
SET winback.as_of = '2024-06-04 12:00:00+00';
SET test.broken = on;
SELECT * FROM winback.refit();
SELECT model, until, unit, clients, parameters, status, message FROM winback.model_fit ORDER BY fit_id DESC LIMIT 1;
SELECT fit_id FROM winback.fit_in_force;
SET winback.as_of = '2024-06-05 11:00:00+00';
SELECT * FROM winback.refit();
SET test.broken = off;
SELECT * FROM winback.refit();
SET winback.as_of = '2024-06-05 12:00:00+00';
SELECT * FROM winback.refit();
SELECT fit_id, until FROM winback.fit_in_force;
-- That a fit is made to an earlier instant does not put it off.
INSERT INTO purchase (client, at, amount) VALUES (334, '2024-06-02 10:00+00', 10);
SET winback.as_of = '2024-06-06 11:00:00+00';
SELECT status FROM winback.fit('bg/nbd', '2024-01-01');
SELECT * FROM winback.refit();
SET winback.as_of = '2024-06-06 12:00:00+00';
SELECT * FROM winback.refit();
-- A fit to purchases that are to come, for a clock that was set back, stays.
SET winback.as_of = '2024-07-01 00:00:00+00';
SELECT fit_id, status FROM winback.fit('bg/nbd');
SET winback.as_of = '2024-06-06 12:00:00+00';
INSERT INTO purchase (client, at, amount) VALUES (335, '2024-06-02 10:00+00', 10);
SET winback.as_of = '2024-06-08 12:00:00+00';
SELECT * FROM winback.refit();
SET winback.as_of = '2024-07-02 12:00:00+00';
SELECT * FROM winback.refit();

-- Who is judged by the fit is dated by the new one.
UPDATE winback.rule SET enabled = (rule = 'model');
SELECT open_shop(400, 600);
SET winback.as_of = '2024-07-20 12:00:00+00';
SELECT fit_id, value_fit_id FROM winback.refit();
SELECT max(fit_id) FROM winback.rule_history WHERE rule = 'model';
SELECT count(*) FILTER (WHERE status = 'lost') > 20 AS many_are_lost,
       count(*) FILTER (WHERE (status = 'lost') <> (p_alive <= 0.2 AND last_order_at::date < winback.now()::date))
           AS differ
  FROM winback.clients;
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;

-- Clients whose table is gone are fitted to nothing, and make no fit grow.
DROP TABLE purchase;
SET winback.as_of = '2024-07-25 12:00:00+00';
SELECT * FROM winback.refit();

-- It is an administrator's.
CREATE ROLE regress_winback_refit;
SELECT winback.grant_agent('regress_winback_refit');
SET ROLE regress_winback_refit;
SELECT * FROM winback.refit();
RESET ROLE;
SELECT winback.grant_admin('regress_winback_refit');
SET ROLE regress_winback_refit;
SELECT * FROM winback.refit();
RESET ROLE;

DROP SCHEMA winback CASCADE;
DROP FUNCTION drawn, works, open_shop;
DROP OWNED BY regress_winback_refit;
DROP ROLE regress_winback_refit;
