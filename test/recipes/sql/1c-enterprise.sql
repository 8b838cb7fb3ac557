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
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
