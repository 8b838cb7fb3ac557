-- What arrives between :previous and :clock, in one transaction; the first time the tables are watched as well.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';
SET winback.as_of = :'clock';

BEGIN;
INSERT INTO shop.invoices SELECT * FROM csv.retail WHERE invoice_ts >= :'previous' AND invoice_ts < :'clock';
INSERT INTO shop.calls SELECT * FROM csv.call WHERE began >= :'previous' AND began < :'clock';
INSERT INTO shop.events SELECT * FROM csv.event WHERE happened >= :'previous' AND happened < :'clock';

\if :first
INSERT INTO shop.customers SELECT * FROM csv.person;
INSERT INTO shop.call_log SELECT * FROM csv.call_log;

CREATE EXTENSION winback;
SELECT winback.init('text') \g /dev/null
UPDATE winback.policy SET timezone = :'zone';
INSERT INTO winback.calendar (day, working) SELECT day, working FROM figures.day;
SELECT winback.watch_clients('shop.customers', 'customer_id', name => 'name', manager => 'sales_rep',
                             region => 'country', do_not_contact => 'no_calls') \g /dev/null
SELECT winback.watch_calls('shop.calls', 'call_no', 'customer_id', 'began', 'talk_seconds', agent => 'agent')
\g /dev/null
SELECT winback.watch_calls('shop.call_log', 'call_id', 'public.shop_customer(client_id)', 'call_ts', 'talk_seconds',
                           agent => 'agent', counts_when => $$outcome IS DISTINCT FROM 'HANG'$$) \g /dev/null
SELECT winback.watch_events('shop.events', 'customer_id', 'kind', 'happened', 'score') \g /dev/null
SELECT winback.watch_orders('shop.invoices', 'customer_id', 'invoice_ts', 'amount', 'invoice_no') \g /dev/null
\endif
COMMIT;
