-- Compares winback with the figures at the instant :clock. One row of figures.result for every column and check; the
-- first differences of each are printed.

SET winback.as_of = :'clock';

-- Both sides of every client that differs in one column, as text; also in one that only the ledger has.
CREATE FUNCTION pg_temp.differences(col text) RETURNS TABLE (client text, ours text, figures text)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT coalesce(c.client_id, f.client_id)::text, c.%1$I::text, f.%1$I::text
           FROM (SELECT v.*, k.unrepeated_revenue FROM winback.clients v JOIN winback.client k USING (client_id)) c
          FULL JOIN figures.client f USING (client_id)
          WHERE c.%1$I IS DISTINCT FROM f.%1$I
          ORDER BY 1', col);
END $$;

CREATE TEMP TABLE difference AS
SELECT a.attname::text AS item, a.attnum AS place, d.*
  FROM pg_attribute a CROSS JOIN LATERAL pg_temp.differences(a.attname) d
 WHERE a.attrelid = 'figures.client'::regclass AND a.attnum > 0;

-- A change to come may stand in the history, where it was recorded before the fact behind it went away.
INSERT INTO difference
SELECT 'status_change', 100, coalesce(s.client_id, f.client_id)::text,
       concat_ws(' ', s.from_status, 'to', s.to_status, 'at', s.changed_at, 'by ' || nullif(s.rule, '')),
       concat_ws(' ', f.from_status, 'to', f.to_status, 'at', f.changed_at, 'by ' || nullif(f.rule, ''))
  FROM (SELECT client_id, from_status, to_status, changed_at, coalesce(rule, '') AS rule
          FROM winback.status_change WHERE withdrawn_at IS NULL) s
  FULL JOIN (SELECT client_id, from_status, to_status, changed_at, coalesce(rule, '') AS rule, to_come
               FROM figures.change) f USING (client_id, from_status, to_status, changed_at, rule)
 WHERE f.client_id IS NULL OR (s.client_id IS NULL AND NOT f.to_come);

INSERT INTO difference
SELECT 'verify()', 101, v.client_id, v.column_name || ' = ' || coalesce(v.stored, 'null'),
       v.column_name || ' = ' || coalesce(v.expected, 'null')
  FROM winback.verify() v;

INSERT INTO figures.result
SELECT :'clock', i.item, (SELECT count(*) FROM figures.client),
       (SELECT count(*) FROM difference d WHERE d.item = i.item)
  FROM (SELECT attname::text FROM pg_attribute WHERE attrelid = 'figures.client'::regclass AND attnum > 0
        UNION ALL VALUES ('status_change'), ('verify()')) AS i (item);

\pset footer off
SELECT count(*) > 0 AS differs FROM difference \gset
\if :differs
SELECT item, client, ours AS winback, figures
  FROM (SELECT *, row_number() OVER (PARTITION BY item ORDER BY client) AS nth FROM difference) d
 WHERE nth <= 5 ORDER BY place, nth;
\endif
