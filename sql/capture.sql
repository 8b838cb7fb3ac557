-- Whatever changes the watched rows, and however, the ledger says what a fresh computation would: verify() is empty.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00:00+00';

CREATE TABLE purchase (id int PRIMARY KEY, client int, at timestamptz, amount numeric,
    draft boolean NOT NULL DEFAULT false);
CREATE INDEX ON purchase (client);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int);
CREATE INDEX ON call (client);
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id', 'NOT draft');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
-- What is known, and a last line of text that must not come: the differences.
CREATE VIEW known AS
SELECT client_id::text, status, first_order_at::date AS first, last_order_at::date AS last, orders, revenue,
       period_revenue AS period, purchase_days AS days, mean_gap AS gap, last_contact_at::date AS contact
  FROM winback.clients
UNION ALL
SELECT 'DIFFERS: ' || client_id, column_name || ': ' || stored || ' / ' || expected, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL
  FROM winback.verify()
 ORDER BY 1;

-- INSERT, one and many; a null client or time is no fact; a null amount counts as zero, and is a purchase all the same.
INSERT INTO purchase VALUES (1, 1, '2024-05-01 10:00+00', 10.10);
INSERT INTO purchase VALUES (2, 1, '2024-05-03 10:00+00', 0.05), (3, 2, '2024-05-02 10:00+00', NULL),
                            (4, NULL, '2024-05-02 10:00+00', 5), (5, 3, NULL, 5), (6, 2, '2024-05-02 11:00+00', 0),
                            (7, 4, '2024-05-02 11:00+00', 7);
UPDATE purchase SET draft = true WHERE id = 7;
SELECT * FROM known;
-- A return lowers revenue and is no purchase, whether it comes before or after them, or alone.
INSERT INTO purchase VALUES (8, 1, '2024-05-02 10:00+00', -4), (9, 1, '2024-05-20 10:00+00', -1.15),
    (10, 5, '2024-05-01 10:00+00', -3);
SELECT * FROM known;
-- Back-dated orders, and two on one local day that are two days in UTC.
INSERT INTO purchase VALUES (11, 1, '2024-04-30 22:30+00', 1), (12, 1, '2022-01-01 10:00+00', 100),
    (13, 2, '2024-05-01 22:30+00', 2);
SELECT * FROM known;

-- UPDATE: an amount, a date, what counts, the client, to nobody and back; one that changes nothing of the fact.
UPDATE purchase SET amount = amount + 1 WHERE id IN (1, 9);
UPDATE purchase SET at = at + interval '1 year' WHERE id = 12;
SELECT * FROM known;
UPDATE purchase SET draft = NOT draft WHERE id IN (7, 3);
UPDATE purchase SET client = 6 WHERE id = 2;
UPDATE purchase SET client = NULL WHERE id = 6;
UPDATE purchase SET client = 3, at = '2024-05-05 10:00+00' WHERE id IN (4, 5);
UPDATE purchase SET id = id + 100;
UPDATE purchase SET id = id - 100;
SELECT * FROM known;
-- A sign changes: the purchase becomes a return.
UPDATE purchase SET amount = -amount WHERE id = 4;
SELECT * FROM known WHERE client_id = '3';
-- Two clients change places in one statement.
UPDATE purchase SET client = CASE client WHEN 3 THEN 4 ELSE 3 END WHERE client IN (3, 4);
SELECT * FROM known WHERE client_id IN ('3', '4');

-- DELETE: a client whose facts are all gone keeps its row only while it has history.
DELETE FROM purchase WHERE client = 6;
DELETE FROM purchase WHERE client = 1 AND at = (SELECT max(at) FROM purchase WHERE client = 1 AND amount > 0);
SELECT * FROM known;

-- COPY, MERGE, ON CONFLICT, and data-modifying CTEs.
COPY purchase (id, client, at, amount) FROM stdin;
20	7	2024-05-10 10:00+00	70
21	7	2024-05-11 10:00+00	\N
22	8	2024-05-11 10:00+00	0.1
\.
MERGE INTO purchase p
USING (VALUES (20, 71), (22, NULL), (23, 5)) v (id, amount) ON p.id = v.id
 WHEN MATCHED AND v.amount IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE SET amount = v.amount
 WHEN NOT MATCHED THEN INSERT (id, client, at, amount) VALUES (v.id, 9, '2024-05-11 10:00+00', v.amount);
INSERT INTO purchase (id, client, at, amount)
    VALUES (20, 7, '2024-05-12 10:00+00', 1), (24, 7, '2024-05-13 10:00+00', 2)
    ON CONFLICT (id) DO UPDATE SET amount = purchase.amount + excluded.amount;
INSERT INTO purchase (id, client, at, amount) VALUES (20, 7, '2024-05-12 10:00+00', 1000) ON CONFLICT DO NOTHING;
WITH gone AS (DELETE FROM purchase WHERE id = 21 RETURNING *),
     moved AS (UPDATE purchase SET at = at + interval '1 day' WHERE id = 24 RETURNING *)
INSERT INTO purchase SELECT 30 + g.id, g.client, m.at, 0.5 FROM gone g, moved m;
SELECT * FROM known WHERE client_id NOT IN ('1', '2', '3', '4', '5');

-- A trigger of the application that changes the row before it is stored, and one that writes more of them.
CREATE FUNCTION round_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.amount := ceil(NEW.amount);
    RETURN NEW;
END $$;
CREATE TRIGGER round_up BEFORE INSERT OR UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION round_up();
CREATE FUNCTION bonus() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO purchase SELECT NEW.id + 1000, NEW.client, NEW.at, 0 WHERE NEW.id < 1000;
    RETURN NULL;
END $$;
CREATE TRIGGER bonus AFTER INSERT ON purchase FOR EACH ROW EXECUTE FUNCTION bonus();
INSERT INTO purchase VALUES (40, 9, '2024-05-20 10:00+00', 1.2);
DROP TRIGGER round_up ON purchase;
DROP TRIGGER bonus ON purchase;
SELECT * FROM known WHERE client_id = '9';

-- A foreign key's cascade.
CREATE TABLE account (id int PRIMARY KEY);
INSERT INTO account SELECT DISTINCT client FROM purchase WHERE client IS NOT NULL;
ALTER TABLE purchase ADD CONSTRAINT of_account FOREIGN KEY (client) REFERENCES account
    ON DELETE CASCADE ON UPDATE CASCADE;
UPDATE account SET id = 99 WHERE id = 9;
DELETE FROM account WHERE id = 7;
SELECT * FROM known WHERE client_id IN ('7', '9', '99');
ALTER TABLE purchase DROP CONSTRAINT of_account;

-- Nothing before commit, and nothing after ROLLBACK.
BEGIN;
INSERT INTO purchase VALUES (50, 10, '2024-05-20 10:00+00', 1);
SELECT * FROM winback.clients WHERE client_id = 10;
ROLLBACK;
SELECT * FROM known WHERE client_id LIKE '10%';

-- Savepoints: each keeps its own and hands it up, or drops it.
BEGIN;
INSERT INTO purchase VALUES (50, 10, '2024-05-20 10:00+00', 1);
SAVEPOINT a;
INSERT INTO purchase VALUES (51, 10, '2024-05-21 10:00+00', 2);
SAVEPOINT b;
INSERT INTO purchase VALUES (52, 10, '2024-05-22 10:00+00', 4);
DELETE FROM purchase WHERE id = 50;
ROLLBACK TO b;
INSERT INTO purchase VALUES (53, 10, '2024-05-23 10:00+00', 8);
RELEASE a;
SAVEPOINT c;
INSERT INTO purchase VALUES (54, 11, '2024-05-24 10:00+00', 16);
ROLLBACK TO c;
COMMIT;
SELECT * FROM known WHERE client_id LIKE '1_%';

-- Subtransactions of exception blocks, nested, kept and undone.
DO $$
BEGIN
    FOR i IN 1..6 LOOP
        BEGIN
            INSERT INTO purchase VALUES (60 + i, 12, timestamptz '2024-05-01 10:00+00' + i * interval '1 day', i);
            BEGIN
                UPDATE purchase SET amount = 100 WHERE id = 60 + i;
                PERFORM 1 / (i % 2);
            EXCEPTION WHEN division_by_zero THEN NULL;
            END;
            PERFORM 1 / (i % 3);
        EXCEPTION WHEN division_by_zero THEN NULL;
        END;
    END LOOP;
END $$;
SELECT id, amount FROM purchase WHERE client = 12 ORDER BY id;
SELECT * FROM known WHERE client_id = '12';

-- fold(): at once, and undone with what it was done for.
BEGIN;
INSERT INTO purchase VALUES (70, 13, '2024-05-20 10:00+00', 1);
SELECT winback.fold();
SELECT * FROM known WHERE client_id = '13';
SELECT winback.fold();
INSERT INTO purchase VALUES (71, 13, '2024-05-21 10:00+00', 2);
SAVEPOINT a;
INSERT INTO purchase VALUES (72, 13, '2024-05-22 10:00+00', 4), (73, 14, '2024-05-22 10:00+00', 4);
SELECT winback.fold();
SELECT * FROM known WHERE client_id IN ('13', '14');
ROLLBACK TO a;
SELECT * FROM known WHERE client_id IN ('13', '14');
INSERT INTO purchase VALUES (74, 13, '2024-05-23 10:00+00', 8);
COMMIT;
SELECT * FROM known WHERE client_id IN ('13', '14');
-- What was noted before a savepoint and folded in it is still there when the savepoint goes.
BEGIN;
DELETE FROM purchase WHERE id = 74;
INSERT INTO purchase VALUES (75, 15, '2024-05-24 10:00+00', 16);
SAVEPOINT a;
SELECT winback.fold();
SELECT * FROM known WHERE client_id IN ('13', '15');
ROLLBACK TO a;
COMMIT;
SELECT * FROM known WHERE client_id IN ('13', '15');
BEGIN;
INSERT INTO purchase VALUES (76, 15, '2024-05-25 10:00+00', 32);
SELECT winback.fold();
ROLLBACK;
SELECT * FROM known WHERE client_id = '15';

-- Everything of one client in one transaction: it comes, moves and goes, and nobody ever was there.
BEGIN;
INSERT INTO purchase VALUES (80, 16, '2024-05-24 10:00+00', 16);
UPDATE purchase SET client = 17 WHERE id = 80;
DELETE FROM purchase WHERE id = 80;
COMMIT;
SELECT * FROM known WHERE client_id IN ('16', '17');
-- More rows of one client than notes are kept of.
INSERT INTO purchase SELECT 10000 + i, 18, timestamptz '2024-05-01' + i * interval '1 hour', 0.01
  FROM generate_series(1, 300) i;
SELECT * FROM known WHERE client_id = '18';

-- Money is exact.
INSERT INTO purchase SELECT 20000 + i, 19, '2024-05-24 10:00+00', '0.000000000000000000000000000001'
  FROM generate_series(1, 3) i;
INSERT INTO purchase VALUES (20010, 19, '2024-05-24 10:00+00', '99999999999999999999999999999999999999');
SELECT client_id, revenue FROM winback.clients WHERE client_id = 19;
SELECT * FROM winback.verify();

-- The value period ends with the last purchase: what was in it may not be in it any more after the next order, and
-- after the last one is gone again. Its beginning is excluded.
INSERT INTO purchase VALUES (30000, 20, '2023-01-31 12:00+01', 1), (30001, 20, '2023-02-01 12:00+01', 2),
    (30002, 20, '2023-12-01 12:00+01', 4);
SELECT * FROM known WHERE client_id = '20';
INSERT INTO purchase VALUES (30003, 20, '2024-01-31 12:00+01', 8);
SELECT * FROM known WHERE client_id = '20';
INSERT INTO purchase VALUES (30004, 20, '2024-02-01 12:00:00.000001+01', 16), (30005, 20, '2024-04-01 12:00+01', -32);
SELECT * FROM known WHERE client_id = '20';
DELETE FROM purchase WHERE id IN (30003, 30004);
SELECT * FROM known WHERE client_id = '20';

-- Calls: the latest that is long enough, also when it goes.
INSERT INTO call VALUES (1, 20, '2024-04-01 12:00+00', 21), (2, 20, '2024-04-02 12:00+00', 20),
    (3, 20, '2024-03-02 12:00+00', 100);
SELECT client_id, last_contact_at FROM winback.clients WHERE client_id = 20;
UPDATE call SET seconds = 1 WHERE id = 1;
SELECT client_id, last_contact_at FROM winback.clients WHERE client_id = 20;
DELETE FROM call WHERE id = 3;
SELECT client_id, last_contact_at FROM winback.clients WHERE client_id = 20;
SELECT * FROM winback.verify();

-- Two-phase commit: what was prepared takes effect, or never was.
BEGIN;
INSERT INTO purchase VALUES (90, 21, '2024-05-24 10:00+00', 1), (91, 22, '2024-05-24 10:00+00', 1);
PREPARE TRANSACTION 'winback_one';
SELECT * FROM known WHERE client_id IN ('21', '22');
COMMIT PREPARED 'winback_one';
SELECT * FROM known WHERE client_id IN ('21', '22');
BEGIN;
INSERT INTO purchase VALUES (92, 21, '2024-05-25 10:00+00', 2), (93, 23, '2024-05-24 10:00+00', 1);
DELETE FROM purchase WHERE id = 91;
PREPARE TRANSACTION 'winback_two';
ROLLBACK PREPARED 'winback_two';
SELECT * FROM known WHERE client_id IN ('21', '22', '23');

-- Any isolation level.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM winback.clients WHERE client_id = 21;
INSERT INTO purchase VALUES (94, 21, '2024-05-26 10:00+00', 4);
DELETE FROM purchase WHERE id = 90;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
INSERT INTO purchase VALUES (95, 21, '2024-05-27 10:00+00', 8);
SELECT winback.fold();
UPDATE purchase SET amount = 16 WHERE id = 94;
COMMIT;
SELECT * FROM known WHERE client_id = '21';

-- An application role without any privilege on winback, and without a word about it in its SQL.
CREATE ROLE regress_winback_shop;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON purchase TO regress_winback_shop;
SET ROLE regress_winback_shop;
SELECT has_schema_privilege('winback', 'USAGE');
INSERT INTO purchase VALUES (96, 24, '2024-05-27 10:00+00', 8), (97, 24, '2024-05-28 10:00+00', 'NaN');
UPDATE purchase SET amount = 9 WHERE id = 96;
BEGIN;
DELETE FROM purchase WHERE id = 97;
INSERT INTO purchase VALUES (98, 24, '2024-05-29 10:00+00', 1);
COMMIT;
RESET ROLE;
SELECT * FROM known WHERE client_id = '24';

-- Row-level security of the application's own does not hide rows from the ledger.
ALTER TABLE purchase ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON purchase FOR ALL TO regress_winback_shop USING (id >= 98);
SET ROLE regress_winback_shop;
DELETE FROM purchase WHERE client = 24;
RESET ROLE;
SELECT * FROM known WHERE client_id = '24';
ALTER TABLE purchase DISABLE ROW LEVEL SECURITY;

-- What the triggers find in the sessions' replication roles: they fire always.
SET session_replication_role = replica;
INSERT INTO purchase VALUES (99, 25, '2024-05-29 10:00+00', 1);
RESET session_replication_role;
SELECT * FROM known WHERE client_id = '25';

-- A partitioned table, written to through the root and through a leaf; rows that move between leaves.
CREATE TABLE parted (client int, at timestamptz, amount numeric) PARTITION BY LIST (client);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (31, 32);
SELECT winback.watch_orders('parted', 'client', 'at', 'amount');
CREATE TABLE parted_2 (amount numeric, dropped int, at timestamptz, client int);
ALTER TABLE parted_2 DROP COLUMN dropped;
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES IN (33);
INSERT INTO parted VALUES (31, '2024-05-01', 1), (33, '2024-05-01', 2);
INSERT INTO parted_1 VALUES (32, '2024-05-01', 4);
INSERT INTO parted_2 (client, at, amount) VALUES (33, '2024-05-02', 8);
UPDATE parted SET client = 33 WHERE client = 31;
SELECT * FROM known WHERE client_id LIKE '3_';

-- TRUNCATE; a client with history keeps its row.
TRUNCATE parted;
SELECT * FROM known WHERE client_id LIKE '3_';
SET ROLE regress_winback_shop;
TRUNCATE purchase;
RESET ROLE;
SELECT * FROM known;
BEGIN;
TRUNCATE call;
INSERT INTO purchase VALUES (1, 1, '2024-05-27 10:00+00', 8);
SELECT winback.fold();
ROLLBACK;
SELECT * FROM known;

-- rebuild() computes what is there already.
INSERT INTO purchase SELECT i, i % 3, timestamptz '2024-05-01 10:00+00' + i * interval '1 day', i
  FROM generate_series(1, 10) i;
SELECT winback.rebuild();
SELECT * FROM known;

-- The triggers' functions are for triggers.
SELECT winback._capture_row();
CREATE TRIGGER wrong BEFORE INSERT ON call FOR EACH ROW EXECUTE FUNCTION winback._capture_row();
INSERT INTO call VALUES (9);
CREATE OR REPLACE TRIGGER wrong AFTER INSERT ON call FOR EACH STATEMENT EXECUTE FUNCTION winback._capture_row();
INSERT INTO call VALUES (9);
DROP TRIGGER wrong ON call;

DROP SCHEMA winback CASCADE;
DROP TABLE purchase, call, account, parted CASCADE;
DROP ROLE regress_winback_shop;
