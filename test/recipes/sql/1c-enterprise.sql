-- 1C:Enterprise: documents count while they are posted.
\set system 1c-enterprise
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT client_id, name, status, orders, revenue, last_order_at, do_not_contact FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A document is posted, then marked for deletion, which takes the posting back.
UPDATE _document123 SET _posted = true WHERE _idrref = '\x03';
SELECT orders, revenue FROM winback.clients WHERE name = 'Анна';
UPDATE _document123 SET _posted = false, _marked = true WHERE _idrref = '\x03';
SELECT orders, revenue FROM winback.clients WHERE name = 'Анна';
-- A configuration update rebuilds the table, and the triggers are lost with the old one: the watch takes the new one.
BEGIN;
CREATE TABLE _document123ng (LIKE _document123 INCLUDING ALL, _fld127 numeric(10,0) NOT NULL DEFAULT 0);
INSERT INTO _document123ng SELECT * FROM _document123;
DROP TABLE _document123;
ALTER TABLE _document123ng RENAME TO _document123;
COMMIT;
SELECT kind, name, state FROM winback.source_status WHERE kind = 'orders';
INSERT INTO _document123 (_idrref, _marked, _date_time, _number, _posted, _fld124rref, _fld125)
VALUES ('\x07', false, '2024-05-31 10:00', '00000000007', true, '\x80c6001e8c4b1df511de0000000000b2', 7);
SELECT name, status, orders, revenue, times_returned FROM winback.clients ORDER BY client_id;
-- An update that takes a column away leaves the clients as they were, until there is one of its name again.
BEGIN;
CREATE TABLE _document123ng (LIKE _document123 INCLUDING ALL);
ALTER TABLE _document123ng DROP COLUMN _fld125;
DROP TABLE _document123;
ALTER TABLE _document123ng RENAME TO _document123;
COMMIT;
SELECT kind, name, state FROM winback.source_status WHERE kind = 'orders';
SELECT name, status, orders, revenue FROM winback.clients ORDER BY client_id;
ALTER TABLE _document123 ADD COLUMN _fld125 numeric(15,2);
SELECT kind, name, state FROM winback.source_status WHERE kind = 'orders';
SELECT name, orders, revenue FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
