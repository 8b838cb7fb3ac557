-- Asterisk: whose a call is the telephone numbers say.
\set system asterisk-cdr
\getenv here PG_ABS_SRCDIR
\set begin :here '/begin.psql'
\i :begin
SELECT winback.watch_orders('sale', 'client_id', 'sold_at', 'amount');
SELECT client_id, status, orders, last_contact_at, next_contact_on FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
-- A call that only rang or took twenty seconds is no contact; one of half a minute is.
INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid)
VALUES ('2024-05-20 10:00', '01717654321', '101', 70, 21, 'ANSWERED', '2.1');
SELECT client_id, last_contact_at, next_contact_on FROM winback.clients ORDER BY client_id;
-- A number of nobody becomes known; another one changes its owner.
INSERT INTO client_phone VALUES (2, '030/9999999');
UPDATE client_phone SET client_id = 3 WHERE number = '0049 171 7654321';
SELECT client_id, status, last_contact_at FROM winback.clients ORDER BY client_id;
-- A task is done with a call to that number.
SELECT tasks_opened FROM winback.sweep();
SET winback.as_of = '2024-06-02 12:00:00+00';
INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid)
VALUES ('2024-06-02 10:00', '101', '0301234567', 70, 50, 'ANSWERED', '3.1');
SELECT winback.complete_task(task_id, 'will order again', '3.1') FROM winback.open_tasks WHERE client_id = 1;
SELECT client_id, status, call_id, outcome FROM winback.task ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT source, reason FROM winback.rejected;
