-- Ways of writing that are not plain statements on the watched table itself: COPY FREEZE, rules, views that can be
-- written, foreign keys that cascade, MERGE and ON CONFLICT in all their branches, TRUNCATE of several tables, and
-- other replication roles. The oracle is verify(): `known` ends with the differences, of which there must be none.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00+00';

CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer SELECT i, 'Client ' || i FROM generate_series(0, 9) i;
CREATE TABLE purchase (id int PRIMARY KEY, client int DEFAULT 0, at timestamptz NOT NULL, amount numeric,
    deleted boolean NOT NULL DEFAULT false);
CREATE INDEX ON purchase (client);
CREATE TABLE call (id int PRIMARY KEY, client int, at timestamptz, seconds int, purchase int);
CREATE INDEX ON call (client);
SELECT winback.watch_clients('customer', 'id', 'name');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount', 'id', 'NOT deleted');
SELECT winback.watch_calls('call', 'id', 'client', 'at', 'seconds');
CREATE VIEW known AS
SELECT client_id::text, name, orders, revenue, last_order_at::date AS last, last_contact_at::date AS contact
  FROM winback.clients WHERE orders <> 0 OR revenue <> 0 OR last_contact_at IS NOT NULL
UNION ALL
SELECT 'DIFFERS: ' || client_id, column_name || ': ' || stored || ' / ' || expected, NULL, NULL, NULL, NULL
  FROM winback.verify()
 ORDER BY 1;

-- COPY FREEZE, into a table that is new since this transaction: rows that are visible at once to whoever looks.
BEGIN;
INSERT INTO purchase VALUES (1, 1, '2024-05-01', 1);
TRUNCATE purchase;
COPY purchase FROM stdin WITH (FREEZE);
1	1	2024-05-01	10	f
2	1	2024-05-02	20	f
3	2	2024-05-02	30	t
4	2	2024-05-03	NaN	f
\.
SELECT count(*) FROM winback.clients WHERE orders > 0;
COMMIT;
SELECT * FROM known;
SELECT source, row->>'id' AS id FROM winback.rejected;
DELETE FROM purchase WHERE id = 4;
-- Rolled back, nobody has seen it.
BEGIN;
TRUNCATE purchase;
COPY purchase FROM stdin WITH (FREEZE);
5	5	2024-05-01	10	f
\.
ROLLBACK;
SELECT * FROM known;

-- Rules: a deletion that only marks, an insertion that also writes elsewhere, one that goes to another table.
CREATE TABLE deletion_log (id int);
CREATE RULE mark AS ON DELETE TO purchase DO INSTEAD UPDATE purchase SET deleted = true WHERE id = OLD.id;
CREATE RULE logged AS ON UPDATE TO purchase WHERE NEW.deleted AND NOT OLD.deleted
    DO ALSO INSERT INTO call VALUES (100 + NEW.id, NEW.client, NEW.at + interval '1 day', 60);
DELETE FROM purchase WHERE id = 2;
SELECT * FROM known;
SELECT deleted FROM purchase WHERE id = 2;
DROP RULE mark ON purchase;
DROP RULE logged ON purchase;
CREATE RULE elsewhere AS ON INSERT TO purchase WHERE NEW.amount IS NULL DO INSTEAD NOTHING;
INSERT INTO purchase VALUES (10, 3, '2024-05-04', NULL), (11, 3, '2024-05-05', 3);
SELECT * FROM known WHERE client_id = '3' OR orders IS NULL;
DROP RULE elsewhere ON purchase;
CREATE TABLE incoming (client int, at timestamptz, amount numeric);
CREATE SEQUENCE incoming_id START 20;
CREATE RULE into_purchase AS ON INSERT TO incoming
    DO INSTEAD INSERT INTO purchase VALUES (nextval('incoming_id'), NEW.client, NEW.at, NEW.amount);
INSERT INTO incoming VALUES (4, '2024-05-06', 4), (4, '2024-05-07', 4);
SELECT * FROM known WHERE client_id = '4' OR orders IS NULL;

-- A view that the server writes through, with a check; one with a trigger instead.
CREATE VIEW recent AS SELECT * FROM purchase WHERE at >= '2024-05-01' WITH CHECK OPTION;
INSERT INTO recent VALUES (30, 5, '2024-05-08', 5);
UPDATE recent SET at = '2023-05-08' WHERE id = 30;
UPDATE recent SET amount = 6 WHERE id = 30;
MERGE INTO customer c USING (VALUES (5, 'Mr Five')) v (id, name) ON c.id = v.id
 WHEN MATCHED THEN UPDATE SET name = v.name;
INSERT INTO recent VALUES (30, 5, '2024-05-08', 7)
    ON CONFLICT (id) DO UPDATE SET amount = recent.amount + excluded.amount;
SELECT * FROM known WHERE client_id = '5' OR orders IS NULL;
DELETE FROM recent WHERE id = 30;
CREATE VIEW joined AS SELECT p.id, p.at, p.amount, c.name FROM purchase p JOIN customer c ON c.id = p.client;
CREATE FUNCTION write_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM public.purchase WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO public.purchase
        SELECT NEW.id, c.id, NEW.at, NEW.amount FROM public.customer c WHERE c.name = NEW.name;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER write_joined INSTEAD OF INSERT OR UPDATE OR DELETE ON joined
    FOR EACH ROW EXECUTE FUNCTION write_joined();
INSERT INTO joined VALUES (31, '2024-05-09', 8, 'Client 6'), (32, '2024-05-09', 9, 'Client 6');
UPDATE joined SET name = 'Client 7', amount = amount + 1 WHERE id = 32;
DELETE FROM joined WHERE id = 31;
SELECT * FROM known WHERE client_id IN ('5', '6', '7') OR orders IS NULL;

-- Foreign keys. The referencing rows are watched; what is done to them is done by the server's own triggers.
ALTER TABLE purchase ADD CONSTRAINT of_customer FOREIGN KEY (client) REFERENCES customer
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE call ADD CONSTRAINT about FOREIGN KEY (purchase) REFERENCES purchase ON DELETE CASCADE;
INSERT INTO call VALUES (1, 1, '2024-05-20', 60, 1), (2, 7, '2024-05-21', 60, 32);
UPDATE customer SET id = 70 WHERE id = 7;
SELECT * FROM known WHERE client_id IN ('7', '70') OR orders IS NULL;
DELETE FROM purchase WHERE id = 32;
SELECT * FROM known WHERE client_id IN ('7', '70') OR orders IS NULL;
DELETE FROM customer WHERE id = 4;
SELECT * FROM known WHERE client_id = '4' OR orders IS NULL;
SELECT id, client FROM purchase WHERE client IS NULL ORDER BY id;
ALTER TABLE purchase DROP CONSTRAINT of_customer, ADD CONSTRAINT of_customer FOREIGN KEY (client) REFERENCES customer
    ON DELETE SET DEFAULT ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO purchase VALUES (33, 80, '2024-05-10', 80);
DELETE FROM customer WHERE id = 3;
SAVEPOINT undone;
UPDATE customer SET id = 71 WHERE id = 1;
ROLLBACK TO undone;
INSERT INTO customer VALUES (80, 'Client 80');
COMMIT;
SELECT * FROM known WHERE client_id IN ('0', '1', '3', '80') OR orders IS NULL;
UPDATE customer SET id = 81 WHERE id = 80;
SELECT * FROM known WHERE client_id IN ('80', '81') OR orders IS NULL;

-- MERGE: every branch, and one that does nothing.
MERGE INTO purchase p
USING (VALUES (1, 1, 1), (11, 2, NULL), (33, 80, 2), (40, 8, 8), (41, 8, NULL)) v (id, client, amount) ON p.id = v.id
 WHEN MATCHED AND v.id = 33 THEN DO NOTHING
 WHEN MATCHED AND v.amount IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE SET amount = p.amount + v.amount, client = 9
 WHEN NOT MATCHED AND v.amount IS NULL THEN DO NOTHING
 WHEN NOT MATCHED THEN INSERT (id, client, at, amount) VALUES (v.id, v.client, '2024-05-11', v.amount);
SELECT * FROM known WHERE client_id IN ('0', '1', '8', '9') OR orders IS NULL;

-- ON CONFLICT: inserted, updated, left alone by its WHERE, nothing.
INSERT INTO purchase VALUES (40, 8, '2024-05-12', 100), (42, 8, '2024-05-13', 16), (1, 9, '2024-05-14', 1000)
    ON CONFLICT (id) DO UPDATE SET amount = purchase.amount + excluded.amount, at = excluded.at WHERE purchase.id <> 1;
INSERT INTO purchase VALUES (40, 9, '2024-05-15', 1), (43, 9, '2024-05-15', 2) ON CONFLICT DO NOTHING;
SELECT * FROM known WHERE client_id IN ('8', '9') OR orders IS NULL;
-- Rows of one statement that conflict with each other.
INSERT INTO purchase SELECT 50 + i % 2, 9, '2024-05-16', 1 FROM generate_series(1, 6) i ON CONFLICT DO NOTHING;
SELECT * FROM known WHERE client_id = '9' OR orders IS NULL;

-- Other replication roles: our triggers fire, the application's do not.
CREATE FUNCTION doubled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.amount := 2 * NEW.amount; RETURN NEW; END $$;
CREATE TRIGGER doubled BEFORE INSERT ON purchase FOR EACH ROW EXECUTE FUNCTION doubled();
SET session_replication_role = replica;
INSERT INTO purchase VALUES (60, 2, '2024-05-17', 1), (61, 2, '2024-05-17', 'NaN');
UPDATE purchase SET amount = 2 WHERE id = 60;
SELECT * FROM known WHERE client_id = '2' OR orders IS NULL;
SET session_replication_role = local;
INSERT INTO purchase VALUES (62, 2, '2024-05-18', 10);
DELETE FROM purchase WHERE id = 60;
RESET session_replication_role;
SELECT * FROM known WHERE client_id = '2' OR orders IS NULL;
SELECT source, row->>'id' AS id FROM winback.rejected;
SET session_replication_role = replica;
TRUNCATE call;
RESET session_replication_role;
SELECT * FROM known WHERE contact IS NOT NULL OR orders IS NULL;
DROP TRIGGER doubled ON purchase;

-- TRUNCATE of several tables, and of those that refer to them; within a transaction that goes on, or comes to nothing.
INSERT INTO call VALUES (3, 9, '2024-05-22', 60, 43);
BEGIN;
TRUNCATE customer, purchase, call;
INSERT INTO purchase VALUES (70, NULL, '2024-05-19', 7);
INSERT INTO call VALUES (4, 1, '2024-05-22', 60, 70);
ROLLBACK;
SELECT client_id, orders, contact FROM known WHERE client_id = '9' OR orders IS NULL;
TRUNCATE purchase CASCADE;
SELECT * FROM known;
SELECT count(*) FROM call;
INSERT INTO purchase VALUES (71, 1, '2024-05-20', 7);
INSERT INTO call VALUES (5, 1, '2024-05-23', 60, 71);
TRUNCATE customer CASCADE;
SELECT * FROM known;
SELECT count(*) FROM winback.rejected;

-- Data-modifying CTEs that change one client's rows in several tables, and each other's.
INSERT INTO customer VALUES (1, 'One'), (2, 'Two');
WITH placed AS (INSERT INTO purchase SELECT i, i % 2 + 1, '2024-05-24', i FROM generate_series(1, 4) i RETURNING *),
     rung AS (INSERT INTO call SELECT id, client, at + interval '1 day', 60 FROM placed WHERE id > 2 RETURNING *)
UPDATE customer c SET name = 'Called ' || r.id FROM rung r WHERE r.client = c.id;
SELECT * FROM known;

DROP SCHEMA winback CASCADE;
DROP TABLE customer, purchase, call, incoming, deletion_log CASCADE;
