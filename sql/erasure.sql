-- The right to be forgotten: once the CRM has removed a client, the ledger keeps nothing that leads to it, and goes on
-- counting what happened.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE person (id text PRIMARY KEY, name text, manager text);
CREATE TABLE purchase (id int PRIMARY KEY, client text, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
CREATE TABLE call (id int PRIMARY KEY, client text, at timestamptz, seconds numeric);
CREATE TABLE phone (number text, client text);
SELECT winback.watch_clients('person', 'id', name => 'name', manager => 'manager');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
SELECT winback.watch_aliases('phone', 'number', 'client');
INSERT INTO person VALUES ('anna', 'Anna Berg', 'mia'), ('bert', 'Bert Tal', 'tom'), ('berta', 'Bert Tal', NULL);
INSERT INTO purchase VALUES (1, 'anna', '2023-01-01', 10), (2, 'bert', '2023-01-02', 1000),
    (3, 'carl', '2024-05-01', 30), (4, 'berta', '2023-02-01', 1);
INSERT INTO phone VALUES ('555', 'anna');
SELECT count(*) FROM winback.classify();
-- What people have written of Anna: an answer, an outcome, a title, a note; a call; a complaint; a task still open.
SELECT tasks_opened FROM winback.sweep();
SET winback.as_of = '2024-06-02 12:00:00+00';
INSERT INTO call VALUES (1, 'anna', '2024-06-02 10:00', 60);
SELECT winback.complete_task(task_id, 'her dog is ill', '1', 'call Anna again') FROM winback.task
 WHERE client_id = 'anna';
SELECT winback.record_event('anna', 'nps', value => 3, note => 'Anna was angry');
INSERT INTO winback.task (client_id, kind, title, note)
    VALUES ('anna', 'other', 'Send Anna flowers', 'she likes roses');
SELECT winback.write_off('anna', 'moved to Oslo');
SELECT client_id, status, open_tasks FROM winback.clients ORDER BY 1;

-- While the CRM knows the client it is refused, with the tables named; what is removed in the same transaction is gone.
SELECT winback.erase_client('anna');
DELETE FROM purchase WHERE client = 'anna';
DELETE FROM call WHERE client = 'anna';
SELECT winback.erase_client('anna');
DELETE FROM phone;
BEGIN;
DELETE FROM person WHERE id = 'anna';
SELECT winback.erase_client('anna');
ROLLBACK;
SELECT winback.erase_client('anna');
BEGIN;
DELETE FROM person WHERE id = 'anna';
SELECT winback.erase_client('anna');
SELECT count(*) FROM winback.clients WHERE client_id = 'anna';
COMMIT;
SELECT client_id, status, orders, revenue FROM winback.clients ORDER BY 1;
SELECT * FROM winback.event;
SELECT * FROM winback.verify();
-- Nothing of Anna is left in any column of the ledger.
DO $$
DECLARE
    found record;
    place regclass;
BEGIN
    FOR place IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind = 'r' LOOP
        FOR found IN EXECUTE format('SELECT t::text AS row FROM %s t WHERE t::text ~* ''anna|dog|roses|oslo''', place)
        LOOP
            RAISE WARNING '% in %', found.row, place;
        END LOOP;
    END LOOP;
END $$;
-- What happened is counted on.
SELECT from_status, to_status, changed_at::date, manager, count(*) FROM winback.status_change WHERE client_id IS NULL
 GROUP BY 1, 2, 3, 4 ORDER BY 3, 1;
SELECT task_id, kind, title, assignee, status, outcome, closed_at IS NOT NULL AS closed, call_id, call_source, note
  FROM winback.task WHERE client_id IS NULL ORDER BY task_id;
-- Her tasks are nobody's: they are not worked any more, and none can be made for nobody.
SELECT count(*) FROM winback.open_tasks WHERE client_id IS NULL;
SELECT count(*) FROM winback.life_cycle WHERE client_id IS NULL;
UPDATE winback.task SET outcome = 'gone' WHERE client_id IS NULL;
INSERT INTO winback.task (client_id, kind) VALUES (NULL, 'call');
SELECT winback.sweep();
SELECT winback.rebuild();
SELECT * FROM winback.verify();
-- If she buys again she is a client as any other.
INSERT INTO purchase VALUES (10, 'anna', '2024-06-02', 1);
SELECT client_id, status, orders, times_lost FROM winback.clients WHERE client_id = 'anna';

-- Two keys of one person are forgotten together. His revenue was a limit of the classes; they are drawn anew.
SELECT winback.merge_clients('berta', 'bert');
SELECT class, client_id FROM winback.abc_limit ORDER BY 1;
SELECT winback.erase_client('berta');
SELECT winback.erase_client('bert');
DELETE FROM purchase WHERE client = 'bert';
DELETE FROM person WHERE id LIKE 'bert%';
SELECT winback.erase_client('bert');
DELETE FROM purchase WHERE client = 'berta';
SELECT winback.erase_client('bert');
SELECT client_id, abc FROM winback.clients ORDER BY 1;
SELECT class, client_id FROM winback.abc_limit ORDER BY 1;
SELECT count(*) FROM winback.merged;
SELECT count(*) FROM winback.task WHERE client_id LIKE 'bert%';
SELECT * FROM winback.verify();

-- A row that cannot be a fact is one all the same here: it stands in winback.rejected. And a client of whom there are
-- only events.
INSERT INTO purchase VALUES (11, 'dora', '2024-05-01', 'NaN');
SELECT winback.record_event('dora', 'complaint');
SELECT winback.erase_client('dora');
DELETE FROM purchase WHERE client = 'dora';
SELECT winback.erase_client('dora');
SELECT winback.erase_client('dora');
SELECT winback.erase_client(NULL::text);
SELECT count(*) FROM winback.event;
SELECT * FROM winback.verify();

-- A client is frozen no longer. (What the table says of others stays as it was.)
INSERT INTO purchase VALUES (12, 'emil', '2024-05-01', 1), (13, 'fred', '2024-05-01', 1);
DROP TABLE purchase;
SELECT client_id FROM winback.frozen WHERE client_id IN ('emil', 'fred') ORDER BY 1;
SELECT winback.erase_client('emil');
SELECT client_id FROM winback.frozen WHERE client_id IN ('emil', 'fred') ORDER BY 1;
SELECT * FROM winback.verify();
