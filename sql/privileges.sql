-- Three grants: reading, working tasks, administering. Nothing is granted to PUBLIC.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 00:00:00+00';
CREATE ROLE regress_winback_nobody;
CREATE ROLE "regress_winback Reader";
CREATE ROLE regress_winback_agent;
CREATE ROLE regress_winback_supervisor;
CREATE ROLE regress_winback_admin;

SELECT p.oid::regprocedure FROM pg_proc p
 WHERE p.pronamespace = 'winback'::regnamespace
   AND has_function_privilege('regress_winback_nobody', p.oid, 'EXECUTE');

-- There is nothing to read before there is a ledger.
SELECT winback.grant_reader('regress_winback_nobody');
SELECT winback.init('int');
SELECT winback.grant_reader(NULL);
SELECT winback.grant_reader('regress_winback_missing');
SELECT winback.grant_reader('"regress_winback Reader"');
SELECT winback.grant_agent('regress_winback_agent');
SELECT winback.grant_agent('regress_winback_supervisor');
SELECT winback.grant_admin('regress_winback_admin');
GRANT EXECUTE ON FUNCTION winback.write_off(text, text), winback.write_off(anyelement, text)
    TO regress_winback_supervisor;

CREATE TABLE purchase (client int NOT NULL, at timestamptz NOT NULL, amount numeric);
CREATE INDEX ON purchase (client);
INSERT INTO purchase VALUES (1, '2024-01-01', 10), (2, '2024-05-31', 20);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');

-- Every function by what each grant adds.
SELECT CASE WHEN has_function_privilege('regress_winback Reader', p.oid, 'EXECUTE') THEN 'reader'
            WHEN has_function_privilege('regress_winback_agent', p.oid, 'EXECUTE') THEN 'agent'
            WHEN has_function_privilege('regress_winback_admin', p.oid, 'EXECUTE') THEN 'admin'
            ELSE 'nobody' END AS held_from, p.proname, count(*)
  FROM pg_proc p
 WHERE p.pronamespace = 'winback'::regnamespace AND p.proname !~ '^_'
 GROUP BY 1, 2 ORDER BY 1, 2;

-- The CRM's own users need nothing of winback to write.
GRANT INSERT ON purchase TO regress_winback_nobody;
SET ROLE regress_winback_nobody;
INSERT INTO purchase VALUES (3, '2024-05-31', 30);
SELECT winback.now();
RESET ROLE;
SELECT client_id, status FROM winback.clients ORDER BY client_id;

SET ROLE "regress_winback Reader";
SELECT client_id, status FROM winback.clients ORDER BY client_id;
SELECT client_id FROM winback.lost_clients;
SELECT what FROM winback.life_cycle WHERE client_id = 1 ORDER BY position;
SELECT count(*) FROM winback.open_tasks;
SELECT count(callable_from), count(*) FILTER (WHERE callable_now), sum(attempts), sum(snoozes) FROM winback.open_tasks;
SELECT count(*) FROM winback.overdue_tasks;
SELECT count(*) FROM winback.task_calls;
SELECT kind, state FROM winback.source_status WHERE relation = 'purchase'::regclass;
SELECT count(*) >= 0 AS readable FROM winback.worker_status;
SELECT winback.status(1), winback.status('2');
SELECT count(*) FROM winback.verify();
SELECT source, reason, at FROM winback.rejected;
SELECT * FROM winback.rejected;
SELECT winback.record_event(1, 'conflict');
UPDATE winback.task SET note = 'mine';
UPDATE winback.policy SET contact_seconds = 0;
SELECT winback.classify();

SET ROLE regress_winback_agent;
SELECT winback.record_event(1, 'inquiry') > 0 AS recorded;
SELECT winback.set_interaction_status(1, 'cold');
INSERT INTO winback.task (client_id, kind, title, opened_at) VALUES (1, 'other', 'Send a card', winback.now());
SELECT winback.take_task(max(task_id), 'ann') FROM winback.task WHERE kind = 'other';
SELECT winback.snooze_task(max(task_id), '2024-06-05', 'no cards left') FROM winback.task WHERE kind = 'other';
SELECT winback.hand_over('ann', 'bob');
SELECT winback.next_task('bob');
INSERT INTO winback.return_manager VALUES ('me', 1000);
UPDATE winback.task_snooze SET reason = 'none of mine';
SELECT winback.complete_task(max(task_id), 'sent') FROM winback.task WHERE kind = 'other';
SELECT winback.write_off(1, 'moved away');
INSERT INTO winback.event (client_id, kind, happened_at, note) VALUES (1, 'write_off', winback.now(), 'moved away');
INSERT INTO winback.event (client_id, kind, happened_at, recorded_by) VALUES (1, 'conflict', winback.now(), 'somebody');
SELECT winback.cancel_task(1, 'no');
DELETE FROM winback.event;

SET ROLE regress_winback_supervisor;
SELECT winback.write_off(1, 'moved away');
SELECT winback.status(1);
SELECT winback.take_back(1, 'came home');

SET ROLE regress_winback_admin;
SELECT winback.take_back(1, 'came home');
SELECT winback.status(1);
UPDATE winback.rule SET after = '4 months' WHERE rule = 'silence';
UPDATE winback.policy SET contact_seconds = 30;
SELECT class, clients FROM winback.classify();
-- Not even an administrator writes expressions that are evaluated as somebody else.
UPDATE winback.source SET expressions = '{}';
INSERT INTO winback.source (kind, relation, name, given_by, search_path, expressions, watched_at)
SELECT 'orders', s.relation, s.name, s.given_by, '', '{}', winback.now() FROM winback.source s LIMIT 1;
INSERT INTO winback.source (kind, relation, name, given_by, search_path, expressions, watched_at)
SELECT 'orders', s.relation, s.name, current_user, '', '{}', winback.now() FROM winback.source s LIMIT 1;
RESET ROLE;
SELECT * FROM winback.verify();

-- A role that gave expressions and goes, or gets another name: from then on they are evaluated as the table's owner.
CREATE ROLE regress_winback_watcher;
SELECT winback.grant_admin('regress_winback_watcher');
CREATE TABLE shop (client int, at timestamptz, kind text);
CREATE FUNCTION as_whom(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN current_user; END $$;
GRANT CREATE ON SCHEMA public TO regress_winback_watcher;
ALTER TABLE shop OWNER TO regress_winback_watcher;
SET ROLE regress_winback_watcher;
SET client_min_messages = warning;
SELECT winback.grant_reader('regress_winback_nobody');
SELECT winback.watch_events('shop', 'client', 'as_whom(kind)', 'at');
RESET ROLE;
INSERT INTO shop VALUES (22, '2024-05-01', '');
SELECT what FROM winback.life_cycle WHERE client_id = 22;
ALTER ROLE regress_winback_watcher RENAME TO regress_winback_owner;
SELECT what FROM winback.life_cycle WHERE client_id = 22;
REASSIGN OWNED BY regress_winback_owner TO regress_winback_admin;
DROP OWNED BY regress_winback_owner;
DROP ROLE regress_winback_owner;
INSERT INTO shop VALUES (23, '2024-05-01', '');
SELECT what FROM winback.life_cycle WHERE client_id = 23;
SELECT name, state, given_by FROM winback.source_status WHERE name LIKE '%shop';
SELECT * FROM winback.verify();

SET client_min_messages = warning;
DROP TABLE purchase, shop;
DROP SCHEMA winback CASCADE;
DROP ROLE regress_winback_nobody, "regress_winback Reader", regress_winback_agent, regress_winback_supervisor,
    regress_winback_admin;
