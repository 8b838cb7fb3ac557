-- Half a year of work on the demo's shop (demo/shop.sql, loaded before with its clock at 2026-03-16 09:00), so that a
-- report of it has something to show in every section: a fit before, segments, a control group, tasks done in time and
-- late, causes, some of them fixed. Deterministic, but for the lot of the control group.
SET client_min_messages = warning;
SET winback.as_of = '2025-09-15 09:00+02';
DELETE FROM shop.clients WHERE client_id BETWEEN 'C0601' AND 'C3000';
DELETE FROM shop.orders WHERE client_id BETWEEN 'C0601' AND 'C3000';
DELETE FROM shop.calls WHERE client_id BETWEEN 'C0601' AND 'C3000';
DELETE FROM shop.feedback WHERE client_id BETWEEN 'C0601' AND 'C3000';
CREATE TABLE shop.later AS SELECT * FROM shop.orders WHERE placed_at >= '2025-09-15 09:00+02';
DELETE FROM shop.orders WHERE placed_at >= '2025-09-15 09:00+02';
DELETE FROM shop.calls WHERE started_at >= '2025-09-15 09:00+02';
DELETE FROM shop.feedback WHERE at >= '2025-09-15 09:00+02';
CREATE INDEX ON shop.orders (client_id);
CREATE INDEX ON shop.calls (client_id);
CREATE INDEX ON shop.feedback (client_id);

CREATE EXTENSION winback;
SELECT winback.init('text');
UPDATE winback.policy SET timezone = 'Europe/Berlin', cost_per_lead = 45, margin = 0.35;
SELECT winback.watch_clients('shop.clients', 'client_id', name => 'name', manager => 'manager', channel => 'channel',
                             region => 'region', do_not_contact => 'no_calls', registered_at => 'since');
SELECT winback.watch_calls('shop.calls', 'call_id', 'client_id', 'started_at', 'seconds', agent => 'agent');
SELECT winback.watch_events('shop.feedback', 'client_id', 'kind', 'at', value => 'score');
SELECT winback.watch_orders('shop.orders', 'client_id', 'placed_at', 'amount', 'order_id',
                            counts_when => $$amount < 0 OR state <> 'cancelled'$$);
UPDATE winback.playbook_step SET cost = CASE kind WHEN 'special_offer' THEN 25 WHEN 'meeting' THEN 40 ELSE 6 END
 WHERE kind NOT IN ('wait', 'wait_until_fixed');
UPDATE winback.playbook SET holdout = 20 WHERE playbook = 'return';
UPDATE winback.segment SET playbook = 'return', abc = '{A,B}';
SELECT status AS fit FROM winback.fit();
DO $$ BEGIN PERFORM winback.sweep(); END $$;
ANALYZE;

-- What the managers do on a day: of what is due within three days each does as much as he is diligent. One in
-- twelve of the clients who are talked to orders again within a few days.
CREATE PROCEDURE shop.work(day int) LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    CREATE TEMP TABLE at_hand ON COMMIT DROP AS
    SELECT o.task_id, o.client_id, o.assignee, d.lot,
           CASE WHEN k.needs_call THEN 'W' || o.task_id || '-' || day END AS call_id,
           coalesce((SELECT shop.pick(array_agg(y.outcome ORDER BY y.outcome DESC),
                                      shop.chance(o.task_id::int, 9) ^ 1.5)
                       FROM winback.process p
                       JOIN winback.playbook_path y ON y.playbook = p.playbook AND y.step = o.step
                      WHERE p.process_id = o.process_id), 'thinks about it') AS outcome
      FROM winback.open_tasks o
      JOIN winback.task_kind k ON k.kind = o.kind
     CROSS JOIN LATERAL (SELECT shop.chance(o.task_id::int, 100 + day)) d (lot)
     WHERE o.due_on <= (winback.now() AT TIME ZONE 'Europe/Berlin')::date + 3 AND NOT o.do_not_contact
       AND d.lot < CASE o.assignee WHEN 'Alice' THEN 0.85 WHEN 'Bob' THEN 0.5 WHEN 'Clara' THEN 0.65 ELSE 0.2 END;
    INSERT INTO shop.calls
    SELECT call_id, client_id, winback.now() - interval '5 minutes', 60 + floor(lot * 200)::int, assignee
      FROM at_hand WHERE call_id IS NOT NULL;
    INSERT INTO shop.later
    SELECT 'R' || task_id, client_id, winback.now() + interval '4 days', round(50 + lot::numeric * 100, 2), 'paid'
      FROM at_hand WHERE shop.chance(task_id::int, 12) < 0.08;
    PERFORM winback.fold();
    FOR t IN SELECT * FROM at_hand ORDER BY task_id LOOP
        IF t.assignee = 'Dan' AND t.lot < 0.02 AND t.call_id IS NOT NULL THEN
            BEGIN
                PERFORM winback.complete_task(t.task_id, t.outcome);  -- I did call!
            EXCEPTION WHEN check_violation THEN
            END;
        END IF;
        PERFORM winback.complete_task(t.task_id, t.outcome, t.call_id,
                                      CASE WHEN t.outcome = 'competitor' THEN 'Acme: 10 % off' END);
    END LOOP;
    DROP TABLE at_hand;
END $$;

DO $$
DECLARE
    today timestamptz;
BEGIN
    FOR day IN 1..45 LOOP
        today := timestamptz '2025-09-15 09:00+02' + day * interval '97 hours';
        PERFORM set_config('winback.as_of', today::text, false);
        INSERT INTO shop.orders SELECT * FROM shop.later l
         WHERE l.placed_at <= today AND l.placed_at > today - interval '97 hours';
        PERFORM winback.fold();
        PERFORM winback.sweep();
        PERFORM set_config('winback.as_of', (today + interval '2 hours')::text, false);
        CALL shop.work(day);
        IF day = 22 THEN
            UPDATE winback.cause SET fixed_on = winback.now()::date WHERE cause = 'service';
        END IF;
    END LOOP;
END $$;
DO $$ BEGIN PERFORM winback.sweep(); END $$;
SELECT format('ALTER DATABASE %I SET winback.as_of = %L', current_database(), winback.now()) \gexec
ANALYZE;
