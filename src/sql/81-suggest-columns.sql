-- What suggest_watches() reads in the catalog: which tables may be watched at all, and which of their columns could be
-- which argument.

-- The tables that the caller could watch, and what their names make of them. Leaves of partitioned tables are none, nor
-- are members of extensions and tables with row security.
CREATE FUNCTION winback._suggest_tables()
    RETURNS TABLE (source oid, table_name name, plain text, kind text, weight int, word text, event_kind text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH tables AS MATERIALIZED (
        SELECT c.oid, c.relname, winback._plain_table_name(c.relname) AS plain
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'winback') AND n.nspname NOT LIKE 'pg\_%'
           AND NOT EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
           AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
           AND NOT row_security_active(c.oid)
    ), words AS MATERIALIZED (
        SELECT w.kind, w.weight, winback._plain_table_name(w.word) AS word, w.event_kind
          FROM winback._suggest_table_words() w
    ), matches AS (
        -- A whole part of the name counts in full, a long word within a part (salesorderheader) for a half. What is
        -- called a client in some places only (account, user) must be what the name is about: its end.
        SELECT t.*, w.kind, w.word, w.event_kind,
               CASE WHEN position('_' || w.word || '_' IN '_' || t.plain || '_') > 0 THEN w.weight
                    ELSE w.weight / 2 END AS weight
          FROM tables t
          JOIN words w ON CASE WHEN w.kind = 'clients' AND w.weight BETWEEN 1 AND 6
                               THEN t.plain ~ ('(^|_)' || w.word || '$')
                               ELSE position('_' || w.word || '_' IN '_' || t.plain || '_') > 0 END
                       OR w.weight > 6 AND length(w.word) >= 5
                          AND position(replace(w.word, '_', '') IN replace(t.plain, '_', '')) > 0
    )
    SELECT m.oid, m.relname, m.plain, m.kind,
           (max(m.weight) FILTER (WHERE m.weight > 0)
            + coalesce(sum(m.weight) FILTER (WHERE m.weight < 0), 0))::int,
           (array_agg(m.word ORDER BY m.weight DESC))[1], (array_agg(m.event_kind ORDER BY m.weight DESC))[1]
      FROM matches m GROUP BY m.oid, m.relname, m.plain, m.kind
    HAVING max(m.weight) > 0
$$;
COMMENT ON FUNCTION winback._suggest_tables() IS
    'the tables that suggest_watches() looks at, by what their names say';

-- The column by which other tables name a row of this one: what foreign keys reference, else the primary key, else
-- what is unique; one column in every case.
CREATE FUNCTION winback._suggest_key(source oid) RETURNS smallint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.attnum
      FROM (SELECT r.confkey[1] AS attnum, 0 AS rank, count(*) AS times FROM pg_constraint r
             WHERE r.contype = 'f' AND r.confrelid = source AND cardinality(r.confkey) = 1 GROUP BY 1
            UNION ALL
            SELECT i.indkey[0], CASE WHEN i.indisprimary THEN 1 ELSE 2 END,
                   -(CASE a.attname WHEN 'id' THEN 0 WHEN '_idrref' THEN 1 ELSE a.attnum + 1 END)::bigint
              FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = source AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL) k
     WHERE k.attnum > 0 ORDER BY k.rank, k.times DESC, k.attnum LIMIT 1
$$;
COMMENT ON FUNCTION winback._suggest_key(oid) IS 'the column by which other tables name a row of this one';

-- What a column is good for, by its type.
CREATE FUNCTION winback._suggest_wanted(type oid) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN b.base IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
                THEN '{time,text}'::text[]
                WHEN b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
                THEN '{key,number,seconds,text}'
                WHEN b.base IN ('float4'::regtype, 'float8'::regtype) THEN '{number,seconds,text}'
                WHEN b.base = 'money'::regtype THEN '{number,text}'
                WHEN b.base = 'interval'::regtype THEN '{seconds,text}'
                WHEN b.base = 'bool'::regtype THEN '{boolean}'
                WHEN b.base IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
                THEN '{key,number_of_telephone,text}'
                WHEN b.base IN ('uuid'::regtype, 'bytea'::regtype) THEN '{key,text}'
                ELSE '{text}' END
      FROM (SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END AS base
              FROM pg_type t WHERE t.oid = type) b
$$;
COMMENT ON FUNCTION winback._suggest_wanted(oid) IS
    'which arguments suggest_watches() would give to a column of this type';

-- The parts of a name that the table's own name does not say already: of order_date in orders it is date.
CREATE FUNCTION winback._suggest_rest(plain text, plain_table text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(p, '_' ORDER BY n) FROM string_to_table(plain, '_') WITH ORDINALITY s (p, n)
     WHERE regexp_replace(p, '(.{3})s$', '\1') <> ALL (string_to_array(plain_table, '_'))
$$;
COMMENT ON FUNCTION winback._suggest_rest(text, text) IS 'the parts of a column''s name that are not in the table''s';

-- Every candidate: a table as one kind, with the best column for each argument as {"argument": column}, and a score.
-- A foreign key to a table of clients says more than any name; columns of addresses and of the staff say little.
CREATE FUNCTION winback._suggest_candidates(watched oid[])
    RETURNS TABLE (source oid, kind text, score numeric, word text, event_kind text, columns jsonb, client_table oid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH names AS MATERIALIZED (
        SELECT * FROM winback._suggest_tables()
    ), meanings AS (
        -- Each as what its name says best: sale_complaint is one of complaints.
        SELECT DISTINCT ON (n.source) n.* FROM names n WHERE n.weight >= 4 AND n.source <> ALL (watched)
         ORDER BY n.source, n.weight DESC, array_position('{order_lines,events,calls,orders,clients}', n.kind)
    ), tables AS MATERIALIZED (
        -- A system whose tables are all called alike has thousands of a kind: the biggest are looked at.
        SELECT m.*
          FROM (SELECT n.*, row_number() OVER (PARTITION BY n.kind ORDER BY n.weight DESC, c.reltuples DESC) AS place
                  FROM meanings n JOIN pg_class c ON c.oid = n.source) m
         WHERE m.place <= 100
    ), client_tables AS MATERIALIZED (
        SELECT n.source, n.weight FROM names n WHERE n.kind = 'clients' AND n.weight >= 4
    ), types AS MATERIALIZED (
        SELECT d.type, winback._suggest_wanted(d.type) AS wanted
          FROM (SELECT DISTINCT a.atttypid AS type FROM pg_attribute a JOIN tables t ON t.source = a.attrelid) d
    ), columns AS MATERIALIZED (
        SELECT a.attrelid AS source, a.attname, a.attnum, t.plain_table, p.plain, a.atttypid,
               winback._suggest_rest(p.plain, t.plain_table) AS rest, y.wanted
          FROM (SELECT u.source, u.plain AS plain_table FROM tables u) t
          JOIN pg_attribute a ON a.attrelid = t.source AND a.attnum > 0 AND NOT a.attisdropped
          JOIN types y ON y.type = a.atttypid
         CROSS JOIN LATERAL (SELECT regexp_replace(winback._plain_name(a.attname), '^fld[0-9]+_?', 'fld_') AS name) f
         CROSS JOIN LATERAL (SELECT rtrim(f.name, '_') AS plain) p
    ), keys AS MATERIALIZED (
        SELECT r.conrelid AS source, r.conkey[1] AS attnum, max(c.weight) AS weight,
               min(c.source::bigint)::oid AS client_table
          FROM pg_constraint r JOIN client_tables c ON c.source = r.confrelid
         WHERE r.contype = 'f' AND cardinality(r.conkey) = 1 AND r.conrelid <> r.confrelid GROUP BY 1, 2
    ), fits AS (
        SELECT c.source, w.kind, w.argument, c.attname, c.attnum,
               w.weight - (w.word <> c.plain)::int AS weight, NULL::oid AS client_table
          FROM columns c
          JOIN winback._suggest_column_words() w ON w.word IN (c.plain, c.rest) AND w.wanted = ANY (c.wanted)
        UNION ALL
        SELECT c.source, k.kind, 'client', c.attname, c.attnum,
               f.weight + CASE WHEN c.plain ~ ('ship|bill|invoic|deliver|creat|updat|author|modif|valid|approv|'
                                               'confirm|company|contact|quoted|warehouse|sales|seller|staff|employee|'
                                               'manager|owner|agent|user') THEN -8 ELSE 4 END, f.client_table
          FROM columns c JOIN keys f ON f.source = c.source AND f.attnum = c.attnum
         CROSS JOIN (VALUES ('orders'), ('calls'), ('events')) k (kind)
        UNION ALL
        SELECT k.source, k.kind, k.argument, a.attname, a.attnum, 20, NULL
          FROM (SELECT t.source, t.kind, v.argument, winback._suggest_key(t.source) AS attnum
                  FROM tables t JOIN (VALUES ('orders', 'order_id'), ('calls', 'call_id'), ('clients', 'client'))
                                     v (kind, argument) ON v.kind = t.kind) k
          JOIN pg_attribute a ON a.attrelid = k.source AND a.attnum = k.attnum
    ), sums AS (
        SELECT f.source, f.kind, f.argument, f.attname, f.attnum, sum(f.weight) AS weight,
               max(f.client_table::bigint)::oid AS client_table
          FROM (SELECT g.source, g.kind, g.argument, g.attname, g.attnum, max(g.weight) AS weight, g.client_table
                  FROM fits g GROUP BY g.source, g.kind, g.argument, g.attname, g.attnum, g.client_table) f
         GROUP BY f.source, f.kind, f.argument, f.attname, f.attnum
    ), best AS (
        SELECT DISTINCT ON (s.source, s.kind, s.argument) s.*
          FROM sums s WHERE s.weight > 0 ORDER BY s.source, s.kind, s.argument, s.weight DESC, s.attnum
    )
    SELECT t.source, t.kind,
           t.weight + sum(least(b.weight, 20)) FILTER (WHERE b.argument IN ('client', 'placed_at', 'started_at',
               'happened_at', 'amount', 'seconds', 'ended_at', 'price', 'quantity', 'name', 'first_name')) / 2.0
               + ln(1 + greatest(r.reltuples, 0))::numeric(10,2) / 2
               + CASE t.kind WHEN 'clients'
                      THEN 2 * (SELECT least(count(*), 4) FROM pg_constraint k
                                WHERE k.contype = 'f' AND k.confrelid = t.source)
                      ELSE 0 END,
           t.word, t.event_kind, jsonb_object_agg(b.argument, b.attname),
           max(b.client_table::bigint) FILTER (WHERE b.argument = 'client')::oid
      FROM tables t JOIN best b ON b.source = t.source AND b.kind = t.kind JOIN pg_class r ON r.oid = t.source
     GROUP BY t.source, t.kind, t.weight, t.word, t.event_kind, r.reltuples
    HAVING CASE t.kind
           WHEN 'orders' THEN array_agg(b.argument) @> '{client,placed_at}'
           WHEN 'calls' THEN array_agg(b.argument) @> '{call_id,client,started_at}'
                             AND array_agg(b.argument) && '{seconds,ended_at}'
           WHEN 'events' THEN array_agg(b.argument) @> '{client,happened_at}'
                              AND (t.event_kind <> 'nps' OR array_agg(b.argument) @> '{value}')
           WHEN 'clients' THEN array_agg(b.argument) @> '{client}'
                               AND array_agg(b.argument) && '{name,first_name,manager,registered_at}'
           ELSE array_agg(b.argument) @> '{amount}' OR array_agg(b.argument) @> '{price,quantity}' END
$$;
COMMENT ON FUNCTION winback._suggest_candidates(oid[]) IS
    'tables as one kind each, with the best column for each argument';
