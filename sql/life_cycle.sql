-- One client's life, in rows and as a picture.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 12:00+00';
SELECT winback.life_cycle_svg('1');
SELECT winback.init('text');
UPDATE winback.policy SET timezone = 'Europe/Berlin';
CREATE TABLE customers (id text PRIMARY KEY, name text, manager text, since timestamptz);
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, placed timestamptz,
                     amount numeric);
CREATE TABLE calls (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, started timestamptz, seconds int);
CREATE INDEX ON orders (customer);
CREATE INDEX ON calls (customer);
SELECT winback.watch_clients('customers', 'id', 'name', 'manager', registered_at => 'since');
SELECT winback.watch_orders('orders', 'customer', 'placed', 'amount', 'id');
SELECT winback.watch_calls('calls', 'id', 'customer', 'started', 'seconds');

-- Whether a text is XML; true where this PostgreSQL cannot tell.
CREATE FUNCTION well_formed(document text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN xml_is_well_formed_document(document);
EXCEPTION WHEN feature_not_supported THEN
    RETURN true;
END $$;

-- One that was lost twice.
INSERT INTO customers VALUES ('C-1', 'Miller & <Sons> "Ltd"', 'ann', '2022-01-03 09:00+01');
INSERT INTO orders (customer, placed, amount)
VALUES ('C-1', '2022-01-10 10:00+01', 100), ('C-1', '2022-02-20 10:00+01', 150), ('C-1', '2022-09-05 10:00+02', 90),
       ('C-1', '2022-09-20 10:00+02', -60), ('C-1', '2022-11-11 10:00+01', 300.25);
INSERT INTO calls (customer, started, seconds)
VALUES ('C-1', '2022-06-20 10:00+02', 20), ('C-1', '2022-07-21 10:00+02', 140);
INSERT INTO winback.event (client_id, kind, happened_at, value, note)
VALUES ('C-1', 'offer', '2022-07-22 10:00+02', NULL, '10 % off'), ('C-1', 'nps', '2022-10-01 10:00+02', 9, NULL),
       ('C-1', 'complaint', '2022-02-25 10:00+01', NULL, E'broken <lid>\n& late\x01'),
       ('C-1', 'lunch', '2022-03-01 12:00+01', NULL, NULL);
SELECT tasks_opened FROM winback.sweep();
CREATE ROLE regress_winback_viewer;
SELECT winback.grant_agent('regress_winback_viewer');
SET ROLE regress_winback_viewer;
SELECT winback.state_cause('C-1', 'price', note => 'too dear');
RESET ROLE;
SELECT position, at, what, detail, amount, value, from_status, to_status, who, source, item_id
  FROM winback.life_cycle WHERE client_id = 'C-1' ORDER BY position;

-- The marks of its picture.
SELECT lane, shape, style, began, ended, amount, label, title FROM winback._life_marks('C-1');
-- The picture: well-formed, and the same each time; with a name and a description for who does not see it.
SELECT winback.life_cycle_svg('C-1') AS svg \gset
SELECT well_formed(:'svg') AS well_formed, :'svg' = winback.life_cycle_svg('C-1') AS the_same;
SELECT (regexp_match(:'svg', '<title[^>]*>([^<]*)</title>'))[1] AS title, :'svg' ~ '^<svg [^>]*role="img"' AS is_image,
       (regexp_match(:'svg', 'aria-labelledby="([^"]*)"'))[1]
           = (SELECT string_agg(m[1], ' ') FROM regexp_matches(:'svg', '<(?:title|desc) id="([^"]*)"', 'g') m)
           AS labelled,
       :'svg' !~ '(href|src|@import|script)' AS self_contained, :'svg' ~ 'prefers-color-scheme' AS dark_too;
SELECT (regexp_match(:'svg', '<desc[^>]*>([^<]*)</desc>'))[1] AS description;
SELECT (regexp_match(:'svg', '<text[^>]*class="soft">([^<]*)</text>'))[1] AS subtitle;
-- Each mark has its tooltip; <, & and what XML cannot hold are written so that they can stand there.
SELECT regexp_replace(t[1], '^\S+ \S+ ?', '') AS tooltip
  FROM regexp_matches(:'svg', '<title>([^<]*)</title>', 'g') WITH ORDINALITY r (t, n) ORDER BY n;

-- Ten years of orders and calls: they are gathered, and no mark covers another.
INSERT INTO customers VALUES ('C-2', 'شركة الأمل (القاهرة)', 'دينا', NULL);
INSERT INTO orders (customer, placed, amount)
SELECT 'C-2', timestamptz '2014-02-01 10:00+01' + n * interval '18 days', CASE WHEN n % 23 = 0 THEN -4 ELSE 10.5 END
  FROM generate_series(1, 200) n;
INSERT INTO calls (customer, started, seconds)
SELECT 'C-2', timestamptz '2014-02-01 10:00+01' + n * interval '7 days', n % 60 FROM generate_series(1, 500) n;
SELECT winback.life_cycle_svg('C-2') AS svg \gset
SELECT well_formed(:'svg') AS well_formed, length(:'svg') < 120000 AS small;
CREATE TEMP TABLE box AS
SELECT n, m[1]::numeric AS x, m[2]::numeric AS y, m[3]::numeric AS width, m[4]::numeric AS height
  FROM regexp_matches(:'svg', '<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)" (?:rx="3" )?'
                              'class="(?:bar|several|dot|span)[^"]*"><title>', 'g') WITH ORDINALITY r (m, n)
UNION ALL
SELECT 10000 + n, m[1]::numeric - m[3]::numeric, m[2]::numeric - m[3]::numeric, 2 * m[3]::numeric, 2 * m[3]::numeric
  FROM regexp_matches(:'svg', '<circle cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)" class="[^"]*"><title>', 'g')
       WITH ORDINALITY r (m, n);
SELECT count(*) > 70 AS many, min(x) >= 136 AND max(x + width) <= 940 AS within FROM box;
SELECT count(*) AS covered FROM box a JOIN box b ON a.n < b.n
   AND a.x < b.x + b.width - 0.15 AND b.x < a.x + a.width - 0.15
   AND a.y < b.y + b.height - 0.15 AND b.y < a.y + a.height - 0.15;
SELECT sum(m[1]::int) FILTER (WHERE m[2] = 'purchase') AS purchases,
       sum(m[1]::int) FILTER (WHERE m[2] = 'return') AS returns,
       sum(m[3]::numeric) AS amount, min(c.revenue) AS revenue
  FROM regexp_matches(:'svg', ': (\d+) (purchase|return)s?, (-?[\d.]+)</title>', 'g') m, winback.clients c
 WHERE c.client_id = 'C-2';
-- What is written from right to left stays by itself.
SELECT (regexp_match(:'svg', '<text[^>]*class="soft">([^<]*)</text>'))[1]
           LIKE '%manager ' || U&'\2068' || '%' || U&'\2069' AS apart;

-- One that bought nothing, one without a name, one of ages, nobody.
INSERT INTO customers VALUES ('C-3', 'David', NULL, NULL), ('C-4', repeat('very ', 40) || 'long', NULL, NULL);
INSERT INTO orders (customer, placed, amount)
VALUES ('C-4', '2024-05-01', NULL), ('C-5', '0044-03-15 12:00 BC', 1), ('C-5', '2024-05-01', 2),
       ('C-5', '9999-12-31', 3);
SELECT c.client_id, well_formed(p.svg) AS well_formed,
       (regexp_match(p.svg, '<text[^>]*class="head">([^<]*)</text>'))[1] AS head,
       (regexp_match(p.svg, '<text[^>]*class="soft">([^<]*)</text>'))[1] AS subtitle,
       (SELECT string_agg(m[1], ' ') FROM regexp_matches(p.svg, 'text-anchor="middle">([\w ]+)</text>', 'g') m) AS ticks
  FROM winback.clients c, winback.life_cycle_svg(c.client_id) AS p (svg) WHERE c.client_id IN ('C-3', 'C-4', 'C-5')
 ORDER BY 1;
SELECT winback.life_cycle_svg('nobody') IS NULL AS nobody, winback.life_cycle_svg(NULL) IS NULL AS nothing;
-- Asking for one client reads no other.
CREATE FUNCTION reads_everybody(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        IF line ~ 'Seq Scan on (client|status_change|task) ' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT reads_everybody('SELECT * FROM winback.life_cycle WHERE client_id = ''C-1''') AS for_one,
       reads_everybody('SELECT * FROM winback.life_cycle') AS for_all;
-- Who may read may draw.
SET ROLE regress_winback_viewer;
SELECT winback.life_cycle_svg('C-1') LIKE '<svg %</svg>%' AS drawn;
RESET ROLE;
SELECT * FROM winback.verify();
SET client_min_messages = warning;
DROP TABLE customers, orders, calls;
DROP FUNCTION well_formed(text), reads_everybody(text);
DROP SCHEMA winback CASCADE;
DROP OWNED BY regress_winback_viewer;
DROP ROLE regress_winback_viewer;
