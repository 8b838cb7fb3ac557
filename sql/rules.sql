-- The rules, one by one: the status before, at and after the instant, and who wins where two meet.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Berlin';
SET winback.as_of = '2024-01-01';
CREATE TABLE purchase (client text, at timestamptz, amount numeric DEFAULT 1);
CREATE INDEX ON purchase (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
CREATE FUNCTION event(client text, kind text, at timestamptz, value numeric DEFAULT NULL) RETURNS void LANGUAGE sql AS
    'SELECT winback.record_event(client, kind, at, value)';
-- A client as it is read at several clocks.
CREATE FUNCTION seen(client text, VARIADIC clocks timestamptz[])
RETURNS TABLE (clock timestamptz, status text, status_since timestamptz, lost_by text, at_risk_at timestamptz,
               lost_at timestamptz, lost int, returned int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    FOREACH clock IN ARRAY clocks LOOP
        PERFORM set_config('winback.as_of', seen.clock::text, true);
        RETURN QUERY SELECT seen.clock, c.status, c.status_since, c.lost_by, c.at_risk_at, c.lost_at, c.times_lost,
            c.times_returned
                       FROM winback.clients c WHERE c.client_id = seen.client;
    END LOOP;
END $$;

-- silence: three months of the calendar after the last purchase, in the policy's time zone (here across the change to
-- summer time, and from the 31st to the 30th). Status at reading needs no worker.
INSERT INTO purchase VALUES ('silence', '2024-01-31 12:00');
SELECT * FROM seen('silence', '2024-01-31 12:00', '2024-03-31 11:59:59.999999', '2024-03-31 12:00',
    '2024-04-30 11:59:59.999999', '2024-04-30 12:00', '2030-01-01');
-- An hour that the clocks leave out, and one that they have twice.
INSERT INTO purchase VALUES ('spring', '2023-12-31 02:30'), ('autumn', '2024-07-27 02:30');
SELECT client_id, lost_at, lost_at AT TIME ZONE 'UTC' AS utc FROM winback.clients
 WHERE client_id IN ('spring', 'autumn') ORDER BY 1;
-- A purchase at the very instant of the deadline prevents it; one a microsecond later comes back from a loss.
INSERT INTO purchase VALUES ('on time', '2024-01-10 12:00'), ('on time', '2024-04-10 12:00'),
                            ('late', '2024-01-10 12:00'), ('late', '2024-04-10 12:00:00.000001');
SELECT 'on time' AS client, * FROM seen('on time', '2024-04-10 12:00', '2024-04-10 12:00:00.000001')
UNION ALL SELECT 'late', * FROM seen('late', '2024-04-10 12:00', '2024-04-10 12:00:00.000001');
-- A purchase dated ahead of the clock keeps a client active.
INSERT INTO purchase VALUES ('ahead', '2023-01-01 12:00'), ('ahead', '2025-01-01 12:00');
SELECT * FROM seen('ahead', '2024-06-01', '2025-03-31', '2025-04-01 12:00');

-- slowing: two months where there are less than 3 purchase days, else 1.5 times the mean gap between them.
INSERT INTO purchase VALUES ('two days', '2024-01-01 12:00'), ('two days', '2024-01-05 09:00'),
    ('two days', '2024-01-05 12:00'),
    ('three days', '2024-01-01 12:00'), ('three days', '2024-01-05 09:00'), ('three days', '2024-01-12 12:00');
SELECT client_id, purchase_days, mean_gap, at_risk_at FROM winback.clients WHERE client_id LIKE '% days' ORDER BY 1;
SELECT * FROM seen('three days', '2024-01-20 23:59:59', '2024-01-21', '2024-04-12 11:59:59', '2024-04-12 12:00');
-- It never comes later than the loss; at one instant the client is lost, with one row of history.
INSERT INTO purchase VALUES ('rare', '2022-01-01 12:00'), ('rare', '2022-12-01 12:00'), ('rare', '2024-01-01 12:00');
SELECT * FROM seen('rare', '2024-04-01 11:59:59', '2024-04-01 12:00');

-- detractor: a score of 0 to 6, at its instant; the first of several bad ones in a row; cleared by a later good one.
INSERT INTO purchase SELECT c, '2024-01-10 12:00'
  FROM unnest('{seven,six,zero,run,cleared,bought,same,highest}'::text[]) c;
SELECT event('seven', 'nps', '2024-01-20 12:00', 7), event('six', 'nps', '2024-01-20 12:00', 6),
       event('zero', 'nps', '2024-01-20 12:00', 0), event('run', 'nps', '2024-01-20 12:00', 5),
       event('run', 'nps', '2024-01-22 12:00', 0), event('cleared', 'nps', '2024-01-20 12:00', 6),
       event('cleared', 'nps', '2024-01-22 12:00', 6.5);
SELECT client_id, status, status_since, lost_by, times_lost, times_returned FROM winback.clients
 WHERE client_id IN ('seven', 'six', 'zero', 'run', 'cleared') ORDER BY 1;
-- A purchase later than the signal clears it and is a return; one at the same instant does not.
SELECT event('bought', 'nps', '2024-01-20 12:00', 0), event('same', 'nps', '2024-01-20 12:00', 0);
INSERT INTO purchase VALUES ('bought', '2024-01-20 12:00:00.000001'), ('same', '2024-01-20 12:00');
-- Of several scores at one instant the highest is the latest.
SELECT event('highest', 'nps', '2024-01-20 12:00', 9), event('highest', 'nps', '2024-01-20 12:00', 0);
SELECT client_id, status, status_since, lost_by, times_lost, times_returned FROM winback.clients
 WHERE client_id IN ('bought', 'same', 'highest') ORDER BY 1;

-- conflict: at its instant, also of a client that never bought.
SELECT event('stranger', 'conflict', '2024-01-20 12:00');
INSERT INTO purchase VALUES ('quarrel', '2024-01-10 12:00');
SELECT event('quarrel', 'conflict', '2024-01-20 12:00'), event('quarrel', 'conflict', '2024-01-25 12:00'),
    event('quarrel', 'nps', '2024-01-26 12:00', 10);
SELECT client_id, status, status_since, lost_by FROM winback.clients WHERE client_id IN ('stranger', 'quarrel')
 ORDER BY 1;

-- fruitless: more than 3 inquiries and no purchase up to then: at the one that exceeds it.
SELECT event('asks', 'inquiry', timestamptz '2024-01-10 12:00' + i * interval '1 day'),
    event('buys', 'inquiry', timestamptz '2024-01-10 12:00' + i * interval '1 day')
  FROM generate_series(1, 5) i;
INSERT INTO purchase VALUES ('buys', '2024-01-14 12:00');
SELECT client_id, status, status_since, lost_by FROM winback.clients WHERE client_id IN ('asks', 'buys') ORDER BY 1;

-- unanswered_offer: not followed by a purchase within three months; a purchase at the deadline answers it; one at the
-- very instant of the offer does not follow it, but then silence, which is further up, comes at the same instant.
SELECT event('offered', 'offer', '2024-01-10 12:00'), event('answered', 'offer', '2024-01-10 12:00'),
    event('at once', 'offer', '2024-01-10 12:00');
INSERT INTO purchase VALUES ('answered', '2024-04-10 12:00'), ('at once', '2024-01-10 12:00');
SELECT client_id, lost_by, lost_at FROM winback.clients WHERE client_id IN ('offered', 'answered', 'at once')
 ORDER BY 1;
SELECT * FROM seen('offered', '2024-04-10 11:59:59', '2024-04-10 12:00');

-- The earliest rule wins, at a tie the one further up.
INSERT INTO purchase VALUES ('earliest', '2024-01-10 12:00');
SELECT event('earliest', 'offer', '2024-01-11 12:00');
SELECT client_id, lost_by, lost_at FROM winback.clients WHERE client_id = 'earliest';
SELECT event('tie', 'conflict', '2024-01-11 12:00'), event('tie', 'nps', '2024-01-11 12:00', 0);
SELECT client_id, lost_by, status_since FROM winback.clients WHERE client_id = 'tie';
-- A signal that comes when silence has made the loss already changes nothing of it.
INSERT INTO purchase VALUES ('lost long', '2023-01-10 12:00');
SELECT event('lost long', 'conflict', '2023-12-01 12:00');
SELECT client_id, status, status_since, lost_by, times_lost FROM winback.clients WHERE client_id = 'lost long';

-- written_off stands above the rules, until a purchase or take_back; a loss hidden behind it is one loss.
SELECT winback.write_off('lost long', 'moved away');
SELECT client_id, status, status_since, times_lost, times_returned FROM winback.clients WHERE client_id = 'lost long';
INSERT INTO purchase VALUES ('lost long', '2024-01-02 12:00');
SELECT client_id, status, status_since, times_lost, times_returned FROM winback.clients WHERE client_id = 'lost long';

-- own_cadence is off; on, it acts from that moment on: three times the mean gap, not before a month, nor after a year.
SET winback.as_of = '2024-02-01';
UPDATE winback.rule SET enabled = rule = 'own_cadence' WHERE rule IN ('own_cadence', 'silence');
INSERT INTO purchase VALUES ('weekly', '2024-01-24 12:00'), ('weekly', '2024-01-31 12:00'),
    ('monthly', '2024-01-01 12:00'), ('monthly', '2024-01-31 12:00'),
    ('yearly', '2023-01-31 12:00'), ('yearly', '2024-01-31 12:00'), ('once', '2024-01-31 12:00');
SELECT client_id, mean_gap, lost_by, lost_at FROM winback.clients
 WHERE client_id IN ('weekly', 'monthly', 'yearly', 'once') ORDER BY 1;
SELECT * FROM seen('weekly', '2024-02-01', '2024-02-29 11:59:59', '2024-02-29 12:00');
SELECT * FROM winback.verify();

-- A change of a rule acts from that moment on: who was lost by it then stays lost in the past, and is not any more.
SET winback.as_of = '2024-03-01';
UPDATE winback.rule SET enabled = rule = 'silence' WHERE rule IN ('own_cadence', 'silence');
SELECT client_id, status, status_since, lost_by, lost_at FROM winback.clients WHERE client_id = 'weekly';
SELECT from_status, to_status, changed_at, rule FROM winback.status_change
 WHERE client_id = 'weekly' AND withdrawn_at IS NULL ORDER BY changed_at;
-- A parameter: six weeks of silence. It acts at once on those who are silent for longer.
UPDATE winback.rule SET after = '6 weeks' WHERE rule = 'silence';
SELECT client_id, status, status_since, lost_by, lost_at FROM winback.clients
 WHERE client_id IN ('three days', 'weekly', 'on time') ORDER BY 1;
SELECT * FROM winback.verify();

-- Days are those of the policy's zone: in New York these are two purchase days, in Berlin one, and midnight comes
-- later.
INSERT INTO purchase VALUES ('zone', '2024-02-20 03:00'), ('zone', '2024-02-20 23:00');
SELECT purchase_days, lost_at FROM winback.clients WHERE client_id = 'zone';
UPDATE winback.policy SET timezone = 'America/New_York';
SELECT purchase_days, lost_at FROM winback.clients WHERE client_id = 'zone';
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP TABLE purchase CASCADE;
