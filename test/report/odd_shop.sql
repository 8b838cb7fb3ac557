-- What a page must bear: keys that are uuids, a time zone far from UTC, names that are HTML, of 200 letters or of none
-- of Latin's, a revenue below zero, sums beyond what a double holds.
SET client_min_messages = warning;
SET winback.as_of = '2026-03-31 23:30+13';
CREATE TABLE client (id uuid PRIMARY KEY, manager text, region text);
CREATE TABLE sale (id int PRIMARY KEY, client uuid, at timestamptz, amount numeric);
CREATE INDEX ON sale (client);
INSERT INTO client
SELECT md5(i::text)::uuid, CASE i % 4 WHEN 0 THEN '<b onclick="alert(1)">Bob</b>' WHEN 1 THEN repeat('Anna-Maria ', 18)
                                      WHEN 2 THEN '杨丽 & ''сыновья''' ELSE '{{script}} $& ${database}' END,
       '</style>'
  FROM generate_series(1, 40) i;
INSERT INTO sale
SELECT row_number() OVER (), md5(i::text)::uuid, timestamptz '2025-05-01 00:30+12' + n * interval '20 days',
       CASE WHEN n = 3 THEN -500.005 WHEN i = 7 THEN 90071992547409931.27 ELSE 10.10 END
  FROM generate_series(1, 40) i CROSS JOIN generate_series(1, 3) n;
CREATE EXTENSION winback;
SELECT winback.init('uuid');
UPDATE winback.policy SET timezone = 'Pacific/Auckland', value_period = '18 months';
SELECT winback.watch_clients('client', 'id', manager => 'manager', region => 'region');
SELECT winback.watch_orders('sale', 'client', 'at', 'amount', 'id');
DO $$ BEGIN PERFORM winback.sweep(); END $$;
INSERT INTO winback.cause (cause, parent, title) VALUES
    ('script', 'service', '</script><img src=x onerror=alert(1)>'),
    ('long', 'service', left(repeat('a cause that goes on and on, ', 10), 200));
SELECT winback.state_cause(md5(i::text), (ARRAY['script', 'long', 'price'])[1 + i % 3]) FROM generate_series(1, 30) i;
SELECT format('ALTER DATABASE %I SET winback.as_of = %L', current_database(), winback.now()) \gexec
