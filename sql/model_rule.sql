-- The fitted model at work: scores in winback.clients, and the rule that loses clients by P(alive).
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

-- A shop of 1,000 clients: each with a pace of its own, and after each order it leaves with a chance of its own. The
-- numbers are drawn by a rule that gives the same ones anywhere.
CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE FUNCTION drawn(seed text) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint::float8 + 0.5) / 4294967296 $$;
DO $$
DECLARE
    day float8;
BEGIN
    FOR client IN 1 .. 1000 LOOP
        day := floor(drawn(client || 'first') * 90);
        FOR n IN 1 .. 1000 LOOP
            EXIT WHEN day > 520;
            INSERT INTO purchase (client, at, amount)
            VALUES (client, timestamptz '2022-12-20 10:00+00' + floor(day) * interval '1 day',
                    10 + client % 9 + floor(5 * drawn(client || 'amount' || n)));
            EXIT WHEN drawn(client || 'leaves' || n) < drawn(client || 'leaving') ^ 2;
            day := day + 1 - ln(drawn(client || 'gap' || n)) / (0.002 - 0.03 * ln(drawn(client || 'pace')));
        END LOOP;
    END LOOP;
END $$;
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');

-- Without a fit there is nothing to score by, nor to judge by.
SELECT count(p_alive), count(expected_orders), count(next_order_on) FROM winback.clients;
TABLE winback.fit_in_force;
UPDATE winback.rule SET enabled = true WHERE rule = 'model';
UPDATE winback.rule SET fit_id = 1 WHERE rule = 'silence';

-- A fit scores every client at once: as the functions do, with ages in days of the policy's time zone.
SELECT fit_id, status FROM winback.fit();
SELECT fit_id, model, until, unit, unit_days FROM winback.fit_in_force;
CREATE VIEW scored AS
SELECT c.client_id, c.p_alive, c.expected_orders, c.next_order_on, k.purchase_days - 1 AS x,
       (k.last_day - k.first_day) / f.unit_days AS recency,
       (winback.now()::date - k.first_day) / f.unit_days AS age, f.fit_id, f.unit_days, k.first_day, k.last_day
  FROM winback.clients c JOIN winback.client k USING (client_id) CROSS JOIN winback.fit_in_force f;
SELECT count(*) AS clients, count(*) FILTER (WHERE p_alive = winback.p_alive(fit_id, x, recency, age)) AS p_alive,
       count(*) FILTER (WHERE expected_orders = winback.expected_orders(fit_id, x, recency, age, 365 / unit_days))
           AS expected_orders,
       count(*) FILTER (WHERE next_order_on = winback.now()::date
                              + ceil(winback.next_order_in(fit_id, x, recency, age) * unit_days)::int) AS next_order_on
  FROM scored;
SELECT count(*) > 20 AS many_are_gone FROM scored WHERE p_alive < 0.2;
SELECT count(*) > 20 AS many_are_not FROM scored WHERE p_alive > 0.8;

-- The rule loses whoever has no more than the threshold, on the first such day, from its beginning; not on the day of
-- the purchase itself.
UPDATE winback.rule SET enabled = (rule = 'model');
SELECT count(*) FILTER (WHERE status = 'lost') AS lost,
       count(*) FILTER (WHERE (status = 'lost') <> (s.p_alive <= 0.2 AND s.last_day < winback.now()::date)) AS differ
  FROM winback.clients c JOIN scored s USING (client_id);
SELECT count(*) AS by_the_function
  FROM scored s JOIN winback.clients c USING (client_id)
 WHERE c.lost_at = (s.first_day + ceil(winback.age_at_p_alive(s.fit_id, s.x, s.recency, 0.2) * s.unit_days)::int)
                   ::timestamp AT TIME ZONE 'UTC';
-- A purchase puts it off; a sweep records what the clock brings.
SELECT client_id AS client, lost_at::date - winback.now()::date AS days FROM winback.clients
 WHERE status = 'active' ORDER BY lost_at, client_id LIMIT 1 \gset
INSERT INTO purchase (client, at, amount) VALUES (:client, winback.now(), 10);
SELECT lost_at::date - winback.now()::date > :days AS later, lost_by FROM winback.clients WHERE client_id = :client;
SELECT lost_at AS lost_at FROM winback.clients WHERE client_id = :client \gset
SET winback.as_of = :'lost_at';
SELECT status, round(p_alive::numeric, 3) <= 0.2 AS below FROM winback.clients WHERE client_id = :client;
SELECT tasks_opened > 0 AS opened FROM winback.sweep();
SELECT to_status, rule, changed_at = :'lost_at' AS then FROM winback.status_change WHERE client_id = :client
 ORDER BY changed_at DESC LIMIT 1;
SELECT regexp_replace(sentence, '\(winback[^)]*\)|\(purchase[^)]*\)', '') AS sentence FROM winback.explain(:client)
 WHERE topic = 'status';

-- A newer fit of the same model takes its place, and every client is dated by it; others do not by themselves.
SELECT count(*) AS versions FROM winback.rule_history WHERE rule = 'model';
SET winback.as_of = '2024-10-01 12:00:00+00';
SELECT fit_id, status FROM winback.fit('bg/nbd');
SELECT fit_id, status FROM winback.fit('mbg/nbd', '2024-03-01');
SELECT fit_id FROM winback.fit_in_force;
SELECT fit_id, status FROM winback.fit();
SELECT fit_id FROM winback.fit_in_force;
SELECT count(*) AS versions, max(fit_id) FROM winback.rule_history WHERE rule = 'model';
SELECT count(*) FILTER (WHERE (status = 'lost') <> (p_alive <= 0.2 AND last_order_at::date < winback.now()::date))
           AS differ
  FROM winback.clients;
UPDATE winback.rule SET fit_id = 2 WHERE rule = 'model';
SELECT model FROM winback.fit_in_force;
-- What judges, or has judged, stays.
DELETE FROM winback.model_fit WHERE fit_id = 1;
UPDATE winback.rule SET fit_id = NULL WHERE rule = 'model';
SELECT fit_id, status FROM winback.fit('gamma/gamma');
UPDATE winback.rule SET fit_id = 5 WHERE rule = 'model';
SELECT * FROM winback.verify();
SELECT client_id, reason FROM winback.stale;

-- Who may read sees the scores.
CREATE ROLE regress_winback_scores;
SELECT winback.grant_reader('regress_winback_scores');
SET ROLE regress_winback_scores;
SELECT count(p_alive) > 0 AS some FROM winback.clients;
SELECT count(*) FROM winback.fit_in_force;
RESET ROLE;

DROP VIEW scored;
DROP SCHEMA winback CASCADE;
DROP TABLE purchase;
DROP FUNCTION drawn;
DROP OWNED BY regress_winback_scores;
DROP ROLE regress_winback_scores;
