-- What suggest_watches() learns from the rows of a table: a handful of them, and what says which of them count.

-- A few rows' worth of a query over a table, as jsonb; null where it cannot be had. Of a big table it reads a few pages
-- somewhere, not its beginning, which may be long and empty; and it waits for nobody.
CREATE FUNCTION winback._suggest_sample(source regclass, columns text, rows int) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
    pages  bigint;
    clause text := '';
    result jsonb;
BEGIN
    SELECT c.relpages INTO pages FROM pg_class c WHERE c.oid = source;
    IF pages > 2000 THEN
        clause := format(' TABLESAMPLE SYSTEM (%s)', 10000.0 / pages);
    END IF;
    EXECUTE format('SELECT jsonb_agg(to_jsonb(s)) FROM (SELECT %s FROM %s%s LIMIT %s) s', columns, source, clause, rows)
       INTO result;
    RETURN coalesce(result, '[]');
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._suggest_sample(regclass, text, int) IS
    'a few rows of a query over a table as jsonb; null where it fails';

-- The values that a column of states is known to have: by its type, by checks, by the statistics, and by a look.
CREATE FUNCTION winback._suggest_values(source regclass, attname name) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.enumlabel::text FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid
     WHERE a.attrelid = source AND a.attname = _suggest_values.attname
    UNION
    SELECT m[1] FROM pg_attribute a
      JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
     CROSS JOIN LATERAL regexp_matches(pg_get_constraintdef(k.oid), '''([^'']+)''', 'g') m
     WHERE a.attrelid = source AND a.attname = _suggest_values.attname
    UNION
    SELECT v FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = _suggest_values.attname
     CROSS JOIN LATERAL unnest(s.most_common_vals::text::text[]) v WHERE c.oid = source
    UNION
    SELECT r->>'value'
      FROM jsonb_array_elements(winback._suggest_sample(source, format('%I AS value', attname), 1000)) r
$$;
COMMENT ON FUNCTION winback._suggest_values(regclass, name) IS 'the values that a column of states is known to have';

-- Which rows count, as an expression, and why: columns such as deleted_at, and states that mean a draft or an end.
CREATE FUNCTION winback._suggest_counts_when(source regclass, kind text, word text, event_kind text,
                                             OUT condition text, OUT reasons text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    conditions text[];
    column_    record;
    known      text[];
    chosen     text[];
    list       text;
    is_deal    boolean := kind = 'orders' AND word IN ('opportunity', 'deal');
BEGIN
    SELECT array_agg(format(c.condition, quote_ident(a.attname)) ORDER BY a.attnum) INTO conditions
      FROM pg_attribute a
      JOIN winback._suggest_conditions() c ON c.kind = _suggest_counts_when.kind
                                          AND c.word = winback._plain_name(a.attname)
                                          AND c.wanted = ANY (winback._suggest_wanted(a.atttypid))
     WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped;
    FOR column_ IN
        SELECT a.attname, quote_ident(a.attname) AS name
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
          JOIN winback._suggest_states() s ON s.what = 'column' AND s.word = winback._plain_name(a.attname)
         WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped AND (t.typcategory = 'S' OR t.typtype = 'e')
         ORDER BY a.attnum
    LOOP
        SELECT array_agg(v ORDER BY v) INTO known FROM winback._suggest_values(source, column_.attname) v;
        SELECT array_agg(v ORDER BY v) INTO chosen
          FROM unnest(known) v CROSS JOIN LATERAL winback._plain_name(v) p
         WHERE CASE WHEN is_deal THEN p IN ('won', 'closed_won', 'gewonnen', 'ganada', 'gagne')
                    WHEN event_kind = 'offer' THEN p IN ('draft', 'cancel', 'canceled', 'cancelled')
                    ELSE p IN (SELECT s.word FROM winback._suggest_states() s
                                WHERE s.what = CASE kind WHEN 'calls' THEN 'no call' ELSE 'no order' END) END;
        CONTINUE WHEN chosen IS NULL;
        SELECT string_agg(quote_literal(v), ', ' ORDER BY v) INTO list FROM unnest(chosen) v;
        conditions := conditions || CASE
            WHEN is_deal THEN format('%s IN (%s)', column_.name, list)
            WHEN array_position(known, NULL) IS NOT NULL
            THEN format('(%1$s IS NULL OR %1$s NOT IN (%2$s))', column_.name, list)
            ELSE format('%s NOT IN (%s)', column_.name, list) END;
        reasons := reasons || format('%s is known to be %s', column_.name, array_to_string(known[:12], ', ', 'null'));
    END LOOP;
    condition := array_to_string(conditions, ' AND ');
END $$;
COMMENT ON FUNCTION winback._suggest_counts_when(regclass, text, text, text) IS
    'which rows of a table count, as an expression, and why';
