-- winback.status_change: the past of whoever is watched, and what was known of it at any time.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'Europe/Berlin';
SET winback.as_of = '2024-06-01';
CREATE TABLE customer (id int PRIMARY KEY, manager text, channel text, region text, department text);
CREATE TABLE purchase (id int PRIMARY KEY, customer int, at timestamptz, amount numeric);
CREATE INDEX ON purchase (customer);
INSERT INTO customer VALUES (1, 'ann', 'web', 'north', 'retail'), (2, 'ann', 'web', 'north', 'retail');
INSERT INTO purchase VALUES (1, 1, '2022-01-10 12:00', 1), (2, 1, '2022-09-10 12:00', 1), (3, 1, '2022-10-10 12:00', 1),
                            (4, 1, '2024-05-10 12:00', 1);
SELECT winback.init('int');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
CREATE VIEW story AS
SELECT change_id AS id, client_id AS client, from_status, to_status, changed_at, recorded_at::date AS recorded, rule,
    manager, region,
       withdrawn_at::date AS withdrawn
  FROM winback.status_change;

-- Watching a table with history writes every loss and every return there ever was, with today's dimensions.
-- The first status (active, with the first purchase) is no row.
SELECT winback.watch_clients('customer', 'id', NULL, 'manager', 'channel', 'region', 'department');
SELECT winback.watch_orders('purchase', 'customer', 'at', 'amount');
SELECT * FROM story ORDER BY changed_at;
SELECT status, times_lost, times_returned FROM winback.clients WHERE client_id = 1;
SELECT * FROM winback.verify();

-- Dimensions are kept as they were when a change was recorded.
SET winback.as_of = '2024-06-02';
UPDATE customer SET manager = 'bob', channel = NULL, region = 'south' WHERE id = 1;
INSERT INTO purchase VALUES (20, 2, '2024-01-15 12:00', 1);
SELECT change_id, client_id, to_status, changed_at, manager, channel, region, department FROM winback.status_change
 WHERE client_id = 2 OR change_id = 1 ORDER BY change_id;

-- A late order, between two that made a loss: the loss has not been. Its rows are withdrawn, none is deleted.
SET winback.as_of = '2024-06-03';
INSERT INTO purchase VALUES (5, 1, '2022-04-09 12:00', 1), (6, 1, '2022-06-20 12:00', 1);
SELECT * FROM story WHERE client = 1 ORDER BY changed_at, id;
SELECT times_lost, times_returned FROM winback.clients WHERE client_id = 1;

-- An order that moves; one that goes. What is true instead gets rows of its own.
SET winback.as_of = '2024-06-04';
UPDATE purchase SET at = '2024-05-12 12:00' WHERE id = 4;
DELETE FROM purchase WHERE id = 6;
SELECT * FROM story WHERE client = 1 ORDER BY changed_at, id;

-- An order of another client after all: the history of the one it leaves is withdrawn, and the client is there still.
SET winback.as_of = '2024-06-05';
UPDATE purchase SET customer = 1 WHERE customer = 2;
DELETE FROM customer WHERE id = 2;
SELECT * FROM story WHERE client = 2 ORDER BY changed_at, id;
SELECT client_id, status, times_lost FROM winback.clients ORDER BY client_id;

-- What was known at any time can be asked again: of the 1st, the 3rd and the 5th of June.
SELECT d::date AS as_known_on, count(*) FILTER (WHERE to_status = 'lost') AS losses,
    count(*) FILTER (WHERE from_status = 'lost') AS returns
  FROM generate_series('2024-06-01', '2024-06-05', interval '2 days') d
  JOIN winback.status_change c ON c.recorded_at <= d AND coalesce(c.withdrawn_at > d, true) AND client_id = 1
 GROUP BY d ORDER BY d;

-- A change that is undone within one transaction, or rolled back, is nobody's history.
SET winback.as_of = '2024-06-06';
SELECT count(*) FROM winback.status_change;
BEGIN;
UPDATE purchase SET at = at - interval '1 year' WHERE id = 4;
UPDATE purchase SET at = at + interval '1 year' WHERE id = 4;
COMMIT;
BEGIN;
TRUNCATE purchase;
ROLLBACK;
SELECT count(*) FROM winback.status_change;

-- rebuild() adds nothing where nothing has changed. Without its watch a table has never said anything.
SELECT winback.rebuild();
SELECT count(*) FROM winback.status_change;
SELECT winback.unwatch('purchase');
SELECT count(*), count(withdrawn_at) FROM winback.status_change;
SELECT client_id, status FROM winback.clients ORDER BY 1;
SELECT winback.watch_orders('purchase', 'customer', 'at', 'amount');
SELECT from_status, to_status, changed_at, recorded_at::date FROM winback.status_change WHERE withdrawn_at IS NULL
 ORDER BY client_id, changed_at;

-- What time brings is recorded by the sweep, and read before it.
SET winback.as_of = '2024-08-12 12:00';
SELECT count(*) FROM winback.status_change WHERE withdrawn_at IS NULL;
SELECT at, detail, source FROM winback.life_cycle WHERE client_id = 1 AND what = 'status changed'
 ORDER BY position DESC LIMIT 2;
SELECT status_changes FROM winback.sweep();
SELECT at, detail, source FROM winback.life_cycle WHERE client_id = 1 AND what = 'status changed'
 ORDER BY position DESC LIMIT 2;
SELECT * FROM winback.verify();

-- A late order that comes after the last one, but before a deadline that is recorded: it has prevented that.
INSERT INTO purchase VALUES (30, 3, '2024-03-10 12:00', 1);
INSERT INTO purchase VALUES (31, 3, '2024-06-10 12:00', 1);
SELECT from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client = 3 ORDER BY changed_at, id;
INSERT INTO purchase VALUES (32, 4, '2024-03-10 12:00', 1);
INSERT INTO purchase VALUES (33, 4, '2024-06-10 12:00:01', 1);
SELECT from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client = 4 ORDER BY changed_at, id;

-- What is reported ahead of the clock counts, and so does a loss that comes before it.
INSERT INTO purchase VALUES (34, 5, '2024-08-10 12:00', 1), (35, 6, '2024-08-10 12:00', 1);
SELECT winback.record_event(5, 'conflict', '2025-01-10 12:00'), winback.record_event(6, 'offer', '2025-01-10 12:00');
SELECT client, from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client IN (5, 6)
 ORDER BY client, changed_at;
SELECT client_id, status, status_since, lost_by, times_lost FROM winback.clients WHERE client_id IN (5, 6)
 ORDER BY client_id;
SELECT * FROM winback.verify();
-- When that report goes, so does what was told ahead of its time: nobody is called for it.
DELETE FROM winback.event WHERE client_id IN (5, 6);
SELECT client, from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client IN (5, 6)
 ORDER BY client, changed_at;
SELECT client_id, status, open_tasks FROM winback.clients WHERE client_id IN (5, 6) ORDER BY client_id;
SET winback.as_of = '2024-11-10 12:00';
SELECT status_changes FROM winback.sweep();
SELECT client, from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client IN (5, 6)
 ORDER BY client, changed_at, id;
SELECT client_id, status, open_tasks FROM winback.clients WHERE client_id IN (5, 6) ORDER BY client_id;
SELECT * FROM winback.verify();

-- What a report has brought is recorded at once, though another one lies ahead: taken back is lost again.
INSERT INTO purchase VALUES (40, 7, '2024-05-10 12:00', 1);
SELECT winback.record_event(7, 'inquiry', '2025-03-01 12:00');
SELECT winback.write_off(7, 'gone');
SELECT winback.take_back(7, 'there again');
SELECT from_status, to_status, changed_at, rule, withdrawn FROM story WHERE client = 7 ORDER BY changed_at, id;
SELECT * FROM winback.verify();

-- Nobody deletes what was.
DELETE FROM winback.status_change WHERE client_id = 7;
TRUNCATE winback.status_change;

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase CASCADE;
