-- Partitions that are watched by themselves, before or after their whole: whatever comes and goes, each change is heard
-- of once.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2026-03-01 00:00:00+00';
CREATE TABLE doc (kind text, id int, c int, at timestamptz) PARTITION BY LIST (kind);
CREATE TABLE doc_order PARTITION OF doc FOR VALUES IN ('order');
CREATE TABLE doc_letter PARTITION OF doc FOR VALUES IN ('letter', 'fax') PARTITION BY LIST (kind);
CREATE TABLE doc_fax PARTITION OF doc_letter FOR VALUES IN ('fax');
CREATE INDEX ON doc (c);
SELECT winback.init('int');
-- Which row triggers are clones, and what the ledger knows.
CREATE VIEW heard AS
SELECT tgrelid::regclass AS part, tgparentid <> 0 AS clone, tgenabled FROM pg_trigger
 WHERE tgname = 'winback_capture_row' AND tgrelid::regclass::text LIKE 'doc%' ORDER BY tgrelid::regclass::text;
CREATE VIEW known AS
SELECT client_id::text, orders, last_contact_at FROM winback.clients
UNION ALL SELECT 'DIFFERS: ' || client_id || ' ' || column_name, NULL, NULL FROM winback.verify() ORDER BY 1;

-- The whole first. A partition that is detached hears for itself.
SELECT winback.watch_events('doc', 'c', 'kind', 'at');
SELECT winback.watch_orders('doc_order', 'c', 'at');
SELECT winback.watch_calls('doc_fax', 'id', 'c', 'at', 'id');
SELECT * FROM heard;
ALTER TABLE doc DETACH PARTITION doc_order;
INSERT INTO doc_order VALUES ('order', 1, 1, '2026-02-01');
SELECT * FROM heard;
SELECT * FROM known;
-- It comes again; and in a transaction that is rolled back.
BEGIN;
ALTER TABLE doc ATTACH PARTITION doc_order FOR VALUES IN ('order');
SELECT * FROM heard;
ROLLBACK;
INSERT INTO doc_order VALUES ('order', 2, 1, '2026-02-02');
ALTER TABLE doc ATTACH PARTITION doc_order FOR VALUES IN ('order');
INSERT INTO doc VALUES ('order', 3, 2, '2026-02-03');
SELECT * FROM heard;
SELECT * FROM known;
-- A branch goes and comes, one leaf of which is watched.
ALTER TABLE doc DETACH PARTITION doc_letter;
INSERT INTO doc_letter VALUES ('fax', 60, 3, '2026-02-04');
SELECT * FROM heard;
SELECT * FROM known;
ALTER TABLE doc ATTACH PARTITION doc_letter FOR VALUES IN ('letter', 'fax');
INSERT INTO doc VALUES ('fax', 61, 3, '2026-02-05');
SELECT * FROM known;
ALTER TABLE doc DETACH PARTITION doc_order CONCURRENTLY;
INSERT INTO doc_order VALUES ('order', 4, 4, '2026-02-06');
SELECT stale_settled FROM winback.sweep();
SELECT * FROM known;
ALTER TABLE doc ATTACH PARTITION doc_order FOR VALUES IN ('order');

-- The whole is watched no longer, and again.
SELECT winback.unwatch('doc');
INSERT INTO doc VALUES ('order', 5, 5, '2026-02-07'), ('fax', 62, 5, '2026-02-08');
SELECT * FROM heard;
SELECT * FROM known;
SELECT winback.watch_events('doc_letter', 'c', 'kind', 'at');
SELECT winback.watch_events('doc', 'c', $$'paper'$$, 'at');
INSERT INTO doc VALUES ('order', 6, 6, '2026-02-07'), ('fax', 63, 6, '2026-02-08');
SELECT * FROM heard;
SELECT * FROM known;
SELECT name, state FROM winback.source_status WHERE name <> 'winback.event' ORDER BY source_id;

-- Who does not own the tables changes nothing.
ALTER TABLE doc DETACH PARTITION doc_order;
CREATE ROLE regress_winback_attacher;
SET ROLE regress_winback_attacher;
ALTER TABLE doc ATTACH PARTITION doc_order FOR VALUES IN ('order');
RESET ROLE;
SELECT * FROM heard;
DROP ROLE regress_winback_attacher;

DROP SCHEMA winback CASCADE;
DROP TABLE doc, doc_order CASCADE;
