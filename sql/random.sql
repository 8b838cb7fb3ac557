-- Anything in any order: after each of some hundred random transactions, with savepoints undone, fold() and sweep() in
-- the midst of them and the clock moving on, the ledger is what a fresh computation gives. So is its history.
SET client_min_messages = error;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
\pset tuples_only on
SET winback.as_of = '2024-06-01';
CREATE TABLE purchase (id serial, client int, at timestamptz, amount numeric, counts boolean);
CREATE TABLE call (id serial, client int, at timestamptz, seconds int);
CREATE TABLE happening (id serial, client int, kind text, at timestamptz, value int);
CREATE INDEX ON purchase (client);
CREATE INDEX ON call (client);
CREATE INDEX ON happening (client);
CREATE PROCEDURE watch() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM winback.init('int');
    UPDATE winback.policy SET timezone = 'Europe/Berlin';
    PERFORM winback.watch_orders('purchase', 'client', 'at', 'amount', 'id', 'counts');
    PERFORM winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
    PERFORM winback.watch_events('happening', 'client', 'kind', 'at', 'value');
END $$;
CALL watch();

CREATE FUNCTION some_time() RETURNS timestamptz LANGUAGE sql AS $$
    SELECT timestamptz '2022-01-01' + (random() * 1000)::int * interval '1 day'
           + (random() * 3)::int * interval '1 hour'
$$;
CREATE FUNCTION some_order() RETURNS int LANGUAGE sql AS 'SELECT id FROM purchase ORDER BY random() LIMIT 1';
-- Does one thing or another to some client.
CREATE PROCEDURE do_something() LANGUAGE plpgsql AS $$
DECLARE
    who int := random() * 8;
BEGIN
    CASE (random() * 10)::int
        WHEN 0 THEN DELETE FROM purchase WHERE id = (SELECT some_order());
        WHEN 1 THEN UPDATE purchase SET at = some_time() WHERE id = (SELECT some_order());
        WHEN 2 THEN UPDATE purchase SET client = who WHERE id = (SELECT some_order());
        WHEN 3 THEN UPDATE purchase SET counts = NOT counts, amount = amount + 1 WHERE id = (SELECT some_order());
        WHEN 4 THEN INSERT INTO call (client, at, seconds) VALUES (who, some_time(), random() * 60);
        WHEN 5 THEN UPDATE call SET seconds = random() * 60 WHERE client = who;
        WHEN 6 THEN INSERT INTO happening (client, kind, at, value)
            VALUES (who, ('{nps,conflict,complaint,inquiry,offer}'::text[])[1 + (random() * 4)::int], some_time(),
                    random() * 10);
        WHEN 7 THEN DELETE FROM happening WHERE id = (SELECT h.id FROM happening h ORDER BY random() LIMIT 1);
        WHEN 8 THEN PERFORM CASE WHEN random() < 0.5 THEN winback.fold() END FROM winback.sweep();
        ELSE INSERT INTO purchase (client, at, amount, counts)
            SELECT who, some_time(), (random() * 20 - 5)::int, random() > 0.1 FROM generate_series(1, 3);
    END CASE;
END $$;
CREATE PROCEDURE do_much(transactions int) LANGUAGE plpgsql AS $$
DECLARE
    difference text;
BEGIN
    FOR i IN 1..transactions LOOP
        FOR j IN 0..(random() * 5)::int LOOP
            BEGIN
                CALL do_something();
                CALL do_something();
                IF random() < 0.3 THEN RAISE EXCEPTION 'undone'; END IF;
            EXCEPTION WHEN raise_exception THEN NULL;
            END;
        END LOOP;
        IF random() < 0.2 THEN ROLLBACK; ELSE COMMIT; END IF;
        IF random() < 0.1 THEN
            PERFORM set_config('winback.as_of', (winback.now() + interval '5 days')::text, false);
        END IF;
        SELECT min(v::text) INTO difference FROM winback.verify() v;
        IF difference IS NOT NULL THEN RAISE EXCEPTION 'differs after % transactions: %', i, difference; END IF;
    END LOOP;
END $$;
SELECT setseed(0.42);
CALL do_much(300);
SELECT count(*) FROM winback.stale;

-- What stands in the history is what a ledger made afresh tells of these tables.
SELECT skipped FROM winback.sweep();
CREATE TABLE history AS
SELECT client_id, from_status, to_status, changed_at, rule FROM winback.status_change WHERE withdrawn_at IS NULL;
CREATE TABLE clients AS
SELECT client_id, status, status_since, lost_by, revenue, times_lost, times_returned, next_contact_on
  FROM winback.clients;
DROP SCHEMA winback CASCADE;
CREATE EXTENSION winback;
CALL watch();
SELECT skipped FROM winback.sweep();
SELECT count(*) > 20 AS much, count(*) - count(DISTINCT (client_id, changed_at, to_status)) AS twice FROM history;
CREATE TABLE afresh AS
SELECT client_id, from_status, to_status, changed_at, rule FROM winback.status_change WHERE withdrawn_at IS NULL;
TABLE history EXCEPT TABLE afresh;
TABLE afresh EXCEPT TABLE history;
SELECT client_id, status, status_since, lost_by, revenue, times_lost, times_returned, next_contact_on
  FROM winback.clients
EXCEPT TABLE clients;

DROP SCHEMA winback CASCADE;
DROP TABLE purchase, call, happening, history, afresh, clients;
