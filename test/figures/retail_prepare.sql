-- A wholesaler: invoices as they are; people, calls, events and holidays planted on them by the rules below.
-- Loaded before: csv.retail, csv.call_log. Times in the files are local ones.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';

-- Clients of the call log are strangers to the shop; this rule makes some of them its customers.
CREATE FUNCTION public.shop_customer(client_id text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (12346 + substr(client_id, 2)::int % 5942)::text;

CREATE VIEW csv.numbered AS SELECT *, substring(invoice_no FROM '\d+')::int AS n FROM csv.retail;

-- The CRM's tables.
CREATE SCHEMA shop;
CREATE TABLE shop.customers (customer_id text PRIMARY KEY, name text, sales_rep text, country text, no_calls boolean);
CREATE TABLE shop.invoices (LIKE csv.retail, PRIMARY KEY (invoice_no));
CREATE INDEX ON shop.invoices (customer_id);
CREATE TABLE shop.calls (call_no text PRIMARY KEY, customer_id text, began timestamp, talk_seconds int, agent text);
CREATE INDEX ON shop.calls (customer_id);
CREATE TABLE shop.events (customer_id text, kind text, happened timestamp, score numeric);
CREATE INDEX ON shop.events (customer_id);
CREATE TABLE shop.call_log (LIKE csv.call_log, PRIMARY KEY (row_id));
CREATE INDEX ON shop.call_log (public.shop_customer(client_id));

CREATE TABLE csv.customer AS
SELECT customer_id, min(invoice_ts) FILTER (WHERE amount >= 0) AS first_at, min(country) AS country,
       customer_id::int AS number
  FROM csv.retail GROUP BY customer_id;

-- People: every customer but each 13th; sales representatives by number; each 29th must not be called.
CREATE TABLE csv.person AS
SELECT customer_id, 'Customer ' || customer_id AS name,
       (ARRAY['Ada', 'Ben', 'Cleo'])[1 + number % 3] AS sales_rep, country, number % 29 = 0 AS no_calls
  FROM csv.customer WHERE number % 13 <> 0;

-- Calls, each by the digits n of an invoice:
--   n % 3 = 0   95 days after it, of n % 60 seconds: some of exactly 20, which is no contact
--   n % 7 = 0   20 days after it, of n % 400 seconds
CREATE TABLE csv.call AS
SELECT x.prefix || i.invoice_no AS call_no, i.customer_id, i.invoice_ts + x.later AS began,
       i.n % x.longest AS talk_seconds, (ARRAY['Ada', 'Ben', 'Cleo'])[1 + i.n % 3] AS agent
  FROM csv.numbered i
  JOIN (VALUES ('late ', 3, interval '95 days', 60), ('soon ', 7, interval '20 days', 400))
       AS x (prefix, every, later, longest) ON i.n % x.every = 0;

-- Events:
--   complaint   at every cancellation of more than 50 pounds, and in the call log
--   nps         7 days after each 17th invoice, score by its digits
--   conflict    3 days and a minute after each 101st invoice
--   offer       30 days after each 19th invoice; and to customers by number 120 or 60 days before their first purchase
--   inquiry     up to 6 in the time before the first purchase, 10 days apart, by the customer's number
CREATE TABLE csv.event AS
SELECT customer_id, 'complaint' AS kind, invoice_ts AS happened, NULL::numeric AS score
  FROM csv.retail WHERE amount < -50
UNION ALL
SELECT public.shop_customer(client_id), 'complaint', call_ts, NULL FROM csv.call_log WHERE complaint_id IS NOT NULL
UNION ALL
SELECT customer_id, 'nps', invoice_ts + interval '7 days', n / 17 % 11 FROM csv.numbered WHERE n % 17 = 0
UNION ALL
SELECT customer_id, 'conflict', invoice_ts + interval '3 days 1 minute', NULL FROM csv.numbered WHERE n % 101 = 0
UNION ALL
SELECT customer_id, 'offer', invoice_ts + interval '30 days', NULL FROM csv.numbered WHERE n % 19 = 0
UNION ALL
SELECT customer_id, 'offer', first_at - (CASE number % 11 WHEN 0 THEN 120 ELSE 60 END) * interval '1 day', NULL
  FROM csv.customer WHERE number % 11 < 2 AND first_at IS NOT NULL
UNION ALL
SELECT customer_id, 'inquiry', first_at - k * interval '10 days', NULL
  FROM csv.customer CROSS JOIN generate_series(1, 6) k
 WHERE number % 7 = 0 AND k <= number / 7 % 7 AND first_at IS NOT NULL;

-- Known when it happens, but for the call log, which is there as a whole from the beginning.
INSERT INTO figures.order_row SELECT customer_id, invoice_ts, amount, invoice_ts FROM csv.retail;
INSERT INTO figures.call_row SELECT customer_id, began, talk_seconds, began FROM csv.call;
INSERT INTO figures.call_row
SELECT public.shop_customer(client_id), call_ts, talk_seconds, '-infinity' FROM csv.call_log
 WHERE client_id IS NOT NULL AND outcome IS DISTINCT FROM 'HANG';
INSERT INTO figures.event_row SELECT customer_id, kind, happened, score, NULL, happened FROM csv.event;
INSERT INTO figures.person SELECT customer_id, name, sales_rep, NULL, country, NULL, no_calls FROM csv.person;
INSERT INTO figures.day
SELECT unnest('{2011-12-10,2011-12-11,2011-12-25,2011-12-26,2011-12-27,
                2017-04-14,2017-04-15,2017-04-16,2017-04-17}'::date[]), false;
