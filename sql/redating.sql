-- Dating everybody by new rules: from the rows as they are, where these tell all that it takes, and to the same rows
-- and the same history as a computation afresh.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-01-01 12:00:00+00';
CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY, client int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Brussels';
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
UPDATE winback.rule SET enabled = (rule <> 'model' AND rule <> 'usage_drop');

-- 400 clients: who buys seldom and often, who has stopped, who has only brought something back, who has ordered for a
-- day to come; and all kinds of events, some before a purchase and some after.
INSERT INTO purchase (client, at, amount)
SELECT c, timestamptz '2023-01-01 22:30+00' + (c * 7 % 90 + n * (3 + c % 60)) * interval '1 day',
       CASE WHEN c % 50 = 0 OR n % 7 = 6 THEN -5 ELSE 10 + n END
  FROM generate_series(1, 400) c, generate_series(0, c % 23) n
 WHERE c * 7 % 90 + n * (3 + c % 60) < 360 OR (c % 40 = 1 AND n < 9);
INSERT INTO winback.event (client_id, kind, happened_at, value)
SELECT c, (ARRAY['nps', 'nps', 'conflict', 'offer', 'inquiry', 'write_off', 'take_back', 'complaint'])[1 + c % 8],
       timestamptz '2023-01-05 10:00+00' + (c * 13 % 350 + n) * interval '1 day', c % 11
  FROM generate_series(1, 440) c, generate_series(0, c % 3) n;
SELECT clients > 0 FROM winback.sweep();
SELECT status, count(*) FROM winback.clients GROUP BY status ORDER BY status;

-- What a row and its history say, and whether they are what a computation afresh makes of them.
CREATE VIEW told AS
SELECT md5(string_agg(c::text, ',' ORDER BY c.client_id)) AS rows,
       (SELECT md5(string_agg(concat_ws(' ', s.client_id, s.from_status, s.to_status, s.changed_at, s.rule, s.loss,
                                        s.withdrawn_at IS NULL), ',' ORDER BY s.change_id))
          FROM winback.status_change s) AS history
  FROM (SELECT client_id, due_at, contact_due_on, began_at, first_status, last_fact_at, base_status, base_since,
               idle_since, at_risk_since, by_fact, loss_open, times_lost, times_returned, detractor_since,
               conflict_since, fruitless_since, inquiries, offer_since, written_off_since, at_risk_at, at_risk_by,
               lost_at, lost_by, recorded_status, open_tasks FROM winback.client) c;
CREATE FUNCTION is_as_afresh() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before told;
    after  told;
BEGIN
    SELECT * INTO before FROM told;
    PERFORM winback.rebuild();
    SELECT * INTO after FROM told;
    RETURN CASE WHEN before IS NOT DISTINCT FROM after AND NOT EXISTS (SELECT FROM winback.verify()) THEN 'as afresh'
                ELSE format('rows %s, history %s', before.rows = after.rows, before.history = after.history) END;
END $$;
SELECT is_as_afresh();

-- Longer and shorter silences, rules enabled and not, at different times, with orders and sweeps in between.
SET winback.as_of = '2024-01-10 12:00:00+00';
UPDATE winback.rule SET after = interval '2 months' WHERE rule = 'silence';
SELECT is_as_afresh();
SET winback.as_of = '2024-01-20 12:00:00+00';
UPDATE winback.rule SET enabled = false WHERE rule IN ('silence', 'conflict');
SELECT is_as_afresh();
INSERT INTO purchase (client, at, amount) SELECT c, winback.now(), 1 FROM generate_series(1, 400, 7) c;
SET winback.as_of = '2024-02-20 12:00:00+00';
UPDATE winback.rule SET enabled = true, factor = 1.1, after = interval '20 days' WHERE rule IN ('slowing', 'silence');
SELECT is_as_afresh();
SELECT tasks_opened > 0 FROM winback.sweep();
SET winback.as_of = '2024-03-01 12:00:00+00';
UPDATE winback.rule SET after = interval '1 year' WHERE rule = 'silence';
SELECT is_as_afresh();
-- A clock before one that a sweep has come by: deadlines after the new version are told already.
SET winback.as_of = '2024-05-01 12:00:00+00';
SELECT clients > 0 FROM winback.sweep();
SET winback.as_of = '2024-03-15 12:00:00+00';
UPDATE winback.rule SET factor = 5 WHERE rule = 'own_cadence';
SELECT is_as_afresh();
-- Facts dated after the new version, of very many.
INSERT INTO purchase (client, at, amount) SELECT c, '2024-06-01 12:00+00', 1 FROM generate_series(1, 400, 3) c;
UPDATE winback.rule SET factor = 2 WHERE rule = 'own_cadence';
SET winback.as_of = '2024-04-15 12:00:00+00';
UPDATE winback.rule SET factor = 3 WHERE rule = 'own_cadence';
SELECT is_as_afresh();
-- A fit, and another threshold.
SET winback.as_of = '2024-08-15 12:00:00+00';
SELECT status FROM winback.fit();
INSERT INTO winback.model_fit (model, until, unit, clients, parameters, log_likelihood, standard_errors, status)
VALUES ('mbg/nbd', winback.now(), '7 days', 400, '{"r": 0.8, "alpha": 4, "a": 0.6, "b": 3}', -1, '{}', 'converged');
UPDATE winback.rule SET fit_id = (SELECT max(fit_id) FROM winback.model_fit), enabled = true WHERE rule = 'model';
SELECT is_as_afresh();
SET winback.as_of = '2024-08-16 12:00:00+00';
UPDATE winback.rule SET threshold = 0.5 WHERE rule = 'model';
SELECT is_as_afresh();
SELECT count(*) > 20 AS by_model FROM winback.clients WHERE lost_by = 'model' AND status = 'lost';

-- Signals read in another way, a version replaced, two at once, an order with one: computed afresh.
SET winback.as_of = '2024-08-17 12:00:00+00';
UPDATE winback.rule SET at_most = 8 WHERE rule = 'detractor';
SELECT is_as_afresh();
UPDATE winback.rule SET threshold = 0.1 WHERE rule = 'model';
SELECT is_as_afresh();
SET winback.as_of = '2024-08-18 12:00:00+00';
BEGIN;
UPDATE winback.rule SET threshold = 0.3 WHERE rule = 'model';
SET winback.as_of = '2024-08-19 12:00:00+00';
UPDATE winback.rule SET threshold = 0.2 WHERE rule = 'model';
COMMIT;
SELECT is_as_afresh();
SET winback.as_of = '2024-08-20 12:00:00+00';
BEGIN;
INSERT INTO purchase (client, at, amount) SELECT c, winback.now(), 1 FROM generate_series(1, 400, 5) c;
UPDATE winback.rule SET threshold = 0.4 WHERE rule = 'model';
COMMIT;
SELECT is_as_afresh();

-- Savepoints: done within one, and undone; done before one, and again at the end.
SET winback.as_of = '2024-08-21 12:00:00+00';
BEGIN;
SAVEPOINT a;
UPDATE winback.rule SET threshold = 0.6 WHERE rule = 'model';
SELECT clients >= 0 FROM winback.sweep();
ROLLBACK TO a;
UPDATE winback.rule SET threshold = 0.7 WHERE rule = 'model';
SAVEPOINT b;
SELECT clients >= 0 FROM winback.sweep();
ROLLBACK TO b;
SAVEPOINT c;
SELECT clients >= 0 FROM winback.sweep();
COMMIT;
SELECT is_as_afresh();

-- It is from the rows: what no trigger has told of is not found, but by a computation afresh.
SET winback.as_of = '2024-08-22 12:00:00+00';
SET client_min_messages = error;
ALTER TABLE purchase DISABLE TRIGGER USER;
INSERT INTO purchase (client, at, amount) VALUES (2, winback.now(), 1000);
SET client_min_messages = warning;
UPDATE winback.rule SET threshold = 0.2 WHERE rule = 'model';
SELECT column_name FROM winback.verify() WHERE column_name = 'orders';
-- Unless somebody is marked stale: then rows are known to lag.
SET winback.as_of = '2024-08-23 12:00:00+00';
INSERT INTO winback.stale (client_id, reason, since) VALUES (7, 'held by somebody', winback.now());
UPDATE winback.rule SET threshold = 0.3 WHERE rule = 'model';
SELECT column_name FROM winback.verify() WHERE column_name = 'orders';
SELECT is_as_afresh();
