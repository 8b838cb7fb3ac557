-- What a manager's page shows: explain() says in sentences why a client stands where it stands and what would change
-- it, client_card() all that is known.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
SET timezone = 'America/New_York';  -- sentences are told in the policy's time zone, whatever the session's

-- Before there is a ledger.
SELECT * FROM winback.explain('1');
SELECT winback.client_card('1');
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
UPDATE winback.policy SET working_days = '{1,2,3,4,5}';

CREATE TABLE customers (id int PRIMARY KEY, name text, manager text, region text, silent boolean, since timestamptz);
CREATE TABLE orders (id int PRIMARY KEY, customer int, placed timestamptz, amount numeric(12,2));
CREATE TABLE calls (id int PRIMARY KEY, customer int, started timestamptz, seconds int, agent text);
CREATE TABLE surveys (customer int, score int, answered timestamptz);
CREATE INDEX ON orders (customer);
CREATE INDEX ON calls (customer);
CREATE INDEX ON surveys (customer);
SET winback.as_of = '2024-06-01 12:00+02';
SELECT winback.watch_clients('customers', 'id', 'name', 'manager', region => 'region', do_not_contact => 'silent',
                             registered_at => 'since');
SELECT winback.watch_orders('orders', 'customer', 'placed', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started', 'seconds', 'agent');
SELECT winback.watch_events('surveys', 'customer', '''nps''', 'answered', 'score');

-- The story of one client: it registers,
SET winback.as_of = '2023-12-20 12:00+01';
INSERT INTO customers VALUES (1, 'Abel', 'ann', 'north', false, '2023-12-20 09:00+01');
SELECT topic, sentence FROM winback.explain(1);
-- asks,
SELECT winback.record_event(1, 'inquiry', note => 'has it blue ones?');
SELECT sentence FROM winback.explain(1) WHERE topic = 'status';
-- buys,
SET winback.as_of = '2024-01-10 12:00+01';
INSERT INTO orders VALUES (1, 1, '2024-01-10 00:30+01', 100);
SELECT topic, sentence FROM winback.explain(1);
-- buys again and again, so that it has a rhythm,
SET winback.as_of = '2024-02-05 12:00+01';
INSERT INTO orders VALUES (2, 1, '2024-01-20 10:00+01', 50.5), (3, 1, '2024-02-01 10:00+01', 120),
    (4, 1, '2024-02-04 10:00+01', -20);
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected', 'history');
-- is slower than that,
SET winback.as_of = '2024-03-01 12:00+01';
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected', 'contact');
-- and lost by silence, recorded or not.
SET winback.as_of = '2024-05-03 12:00+02';
CREATE TEMP TABLE unswept AS SELECT topic, sentence FROM winback.explain(1);
SELECT clients, status_changes, tasks_opened FROM winback.sweep();
SELECT topic, sentence FROM winback.explain(1);
SELECT topic, sentence FROM unswept EXCEPT SELECT topic, sentence FROM winback.explain(1);
-- A short call, then a real one; after a complaint it is cold.
INSERT INTO calls VALUES (10, 1, '2024-05-03 12:10+02', 20, 'ann'), (11, 1, '2024-05-03 12:20+02', 95, 'ann');
SET winback.as_of = '2024-05-03 12:30+02';
SELECT sentence FROM winback.explain(1) WHERE topic = 'task';
SELECT winback.complete_task(task_id, 'is angry', 11, 'the lid was broken') FROM winback.open_tasks;
SELECT winback.record_event(1, 'complaint', note => 'broken <lid> & late');
CREATE ROLE regress_winback_ann;
SELECT winback.grant_agent('regress_winback_ann');
SET ROLE regress_winback_ann;
SELECT winback.state_cause(1, 'competitor', 'Shop & Co', 'the same for 10 less', 'heard on the telephone');
RESET ROLE;
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('cause', 'contact', 'task');
-- The rule is changed: what is past is told as it was, and a client that becomes lost by the change says so.
INSERT INTO orders VALUES (20, 2, '2024-03-20 10:00+01', 7);
UPDATE winback.rule SET after = '1 month' WHERE rule = 'silence';
SELECT sentence FROM winback.explain(1) WHERE topic = 'status';
SELECT sentence FROM winback.explain(2) WHERE topic = 'status';
UPDATE winback.rule SET after = '3 months' WHERE rule = 'silence';
SELECT sentence FROM winback.explain(2) WHERE topic = 'status';
-- It comes back, and gives a bad score, a good one.
SET winback.as_of = '2024-05-10 12:00+02';
INSERT INTO orders VALUES (5, 1, '2024-05-10 11:00+02', 80);
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'history', 'cause');
INSERT INTO surveys VALUES (1, 3, '2024-05-10 11:30+02');
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected');
SELECT winback.record_event(1, 'nps', '2024-05-10 11:40+02', 9);
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected', 'contact');

-- The other rules, and other ways to stand.
SELECT winback.record_event(3, 'inquiry', '2024-05-01 10:00+02'::timestamptz + n * interval '1 day')
  FROM generate_series(1, 4) n;
SELECT winback.record_event(4, 'conflict', '2024-05-02 10:00+02', note => 'shouted');
SELECT winback.record_event(5, 'offer', '2024-01-02 10:00+01', note => '10 % off');
INSERT INTO orders VALUES (60, 6, '2024-04-01 10:00+02', 10), (61, 6, '2024-04-11 10:00+02', -30);
INSERT INTO customers VALUES (6, 'Frank', NULL, NULL, true, NULL), (7, 'Gil', NULL, NULL, false, NULL);
SELECT client_id, sentence FROM winback.clients c, winback.explain(c.client_id)
 WHERE client_id BETWEEN 3 AND 7 ORDER BY client_id, place;
UPDATE winback.rule SET enabled = true, factor = 2 WHERE rule = 'own_cadence';
SELECT topic, sentence FROM winback.explain(1) WHERE topic IN ('status', 'expected');
UPDATE winback.rule SET enabled = false WHERE rule = 'own_cadence';
SELECT winback.write_off(4, 'our lawyer says so');
SELECT topic, sentence FROM winback.explain(4);

-- Classes.
INSERT INTO orders SELECT 100 + n, 100 + n, '2024-05-01', 1000 - 100 * n FROM generate_series(0, 8) n;
SELECT * FROM winback.classify();
SELECT sentence FROM generate_series(100, 108) n, winback.explain(n) WHERE topic = 'class' ORDER BY n;

-- Nobody, nobody like that, and a client under two keys.
SELECT count(*), winback.client_card(99), winback.client_card(NULL::int), winback.client_card('99')
  FROM winback.explain(99);
SELECT * FROM winback.explain('x');
SELECT winback.merge_clients(2, 1);
SELECT topic, sentence FROM winback.explain('2') LIMIT 2;
SELECT winback.client_card(2) -> 'client' ->> 'client_id' AS told_of,
       winback.client_card(2) -> 'orders' -> 'count' AS orders;
SELECT winback.unmerge_client(2);
-- What a client is computed from may change; until then it is said that it will.
INSERT INTO winback.stale (client_id, reason, since) VALUES (1, 'for a trial', winback.now());
SELECT sentence FROM winback.explain(1) WHERE topic = 'stale';
DELETE FROM winback.stale;

-- The card: as of each key, and the whole of one.
UPDATE customers SET manager = 'bob' WHERE id = 1;
SELECT jsonb_object_keys(winback.client_card(1)) ORDER BY 1;
SELECT jsonb_pretty(winback.client_card(1, 2) - '{why,history,losses,tasks}'::text[]);
SELECT jsonb_pretty(jsonb_path_query_array(winback.client_card(1), '$.losses[*]')) AS losses;
SELECT jsonb_pretty(winback.client_card(1, 1) -> 'history') AS history, winback.client_card(1, 0) -> 'tasks' AS tasks;
SELECT winback.client_card(1) -> 'why' = (SELECT jsonb_agg(e.sentence ORDER BY e.place) FROM winback.explain(1) e)
    AS why;
SELECT winback.client_card(3) -> 'next' AS next, winback.client_card(7) -> 'orders' AS orders;
-- The session's settings do not show, nor do they change.
SET datestyle = 'German, DMY';
SET intervalstyle = 'iso_8601';
SELECT winback.client_card(1) -> 'status' -> 'since' AS since, winback.client_card(1) -> 'facts' -> 'mean_gap' AS gap;
SELECT sentence FROM winback.explain(1) WHERE topic = 'expected' LIMIT 1;
SHOW timezone;
RESET datestyle;
RESET intervalstyle;

-- A reader may read it, and nobody else.
CREATE ROLE regress_winback_page;
SET ROLE regress_winback_page;
SELECT winback.client_card(1);
RESET ROLE;
SELECT winback.grant_reader('regress_winback_page');
SET ROLE regress_winback_page;
SELECT winback.client_card(1) -> 'client' AS client, (SELECT count(*) > 3 FROM winback.explain(1)) AS explained;
BEGIN READ ONLY;
SELECT winback.client_card('1') IS NOT NULL AS read_only;
COMMIT;
RESET ROLE;
SELECT * FROM winback.verify();
SET client_min_messages = warning;
DROP TABLE customers, orders, calls, surveys;
DROP SCHEMA winback CASCADE;
DROP OWNED BY regress_winback_page, regress_winback_ann;
DROP ROLE regress_winback_page, regress_winback_ann;
