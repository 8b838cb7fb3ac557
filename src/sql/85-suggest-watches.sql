-- suggest_watches(): the first thing that a new user runs.

-- The candidates worth a look: of each kind the best few, those that only repeat another table left out. Tables of
-- clients are those that orders, calls and events reference, or the best named one; lines are those of orders that have
-- no amount of their own.
CREATE FUNCTION winback._suggest_chosen(watched oid[])
    RETURNS TABLE (source oid, kind text, score numeric, word text, event_kind text, columns jsonb, client_table oid,
                   orders oid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH candidates AS MATERIALIZED (
        SELECT * FROM winback._suggest_candidates(watched)
    ), lines AS (
        SELECT l.source, l.kind, l.score, l.word, l.event_kind,
               l.columns || jsonb_build_object('order_id', a.attname) AS columns, l.client_table, o.source AS orders,
               row_number() OVER (PARTITION BY l.source ORDER BY k.conrelid IS NULL, o.score DESC) AS place
          FROM candidates l
          JOIN candidates o ON o.kind = 'orders' AND NOT o.columns ? 'amount' AND o.columns ? 'order_id'
                           AND o.score = (SELECT max(b.score) FROM candidates b WHERE b.kind = 'orders')
          JOIN pg_class c ON c.oid = o.source
          JOIN pg_attribute a ON a.attrelid = l.source AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_constraint k ON k.contype = 'f' AND k.conrelid = l.source AND k.confrelid = o.source
                                   AND k.conkey = ARRAY[a.attnum]
         WHERE l.kind = 'order_lines'
           AND (k.conrelid IS NOT NULL
                OR winback._plain_name(a.attname) IN (o.word || '_id', 'fk_' || o.word, o.word || '_no',
                                                      o.word || '_number',
                                                      winback._plain_table_name(c.relname) || '_id'))
    ), scored AS (
        SELECT c.source, c.kind,
               c.score + CASE WHEN c.kind = 'clients' AND c.source IN (SELECT r.client_table FROM candidates r)
                              THEN 15 ELSE 0 END AS score,
               c.word, c.event_kind, c.columns, c.client_table, NULL::oid AS orders
          FROM candidates c WHERE c.kind <> 'order_lines'
        UNION ALL
        SELECT l.source, l.kind, l.score, l.word, l.event_kind, l.columns, l.client_table, l.orders
          FROM lines l WHERE l.place = 1
    ), ranked AS (
        SELECT s.*, row_number() OVER (PARTITION BY s.kind ORDER BY s.score DESC, s.source) AS place,
               max(s.score) OVER (PARTITION BY s.kind) AS best
          FROM scored s
    )
    SELECT r.source, r.kind, r.score, r.word, r.event_kind, r.columns, r.client_table, r.orders
      FROM ranked r
     WHERE r.place <= CASE r.kind WHEN 'clients' THEN 2 ELSE 4 END
       AND r.score >= CASE r.kind WHEN 'clients' THEN r.best - 10 WHEN 'orders' THEN greatest(r.best - 20, 12)
                      ELSE 12 END
$$;
COMMENT ON FUNCTION winback._suggest_chosen(oid[]) IS 'the candidates that suggest_watches() looks at more closely';

-- One suggestion per row, most likely first. A candidate whose expressions cannot be used is left out: the client is of
-- another type than the ledger's keys, or the table cannot be read just now.
CREATE FUNCTION winback.suggest_watches()
    RETURNS TABLE (source regclass, kind text, call text, reasons text, example jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
    watched   oid[] := '{}';
    candidate record;
    built     record;
    given     jsonb;
    listed    text;
    shown     text;
    why       text[];
    seen      text[] := '{}';
    rows      float8;
    owner     text;
    by_number boolean;
    has_clients boolean := false;
BEGIN
    IF winback._has_ledger() THEN
        SELECT coalesce(array_agg(s.relation::oid), '{}'), coalesce(bool_or(s.kind = 'clients'), false)
          INTO watched, has_clients FROM winback.source s;
    END IF;
    FOR candidate IN
        SELECT c.* FROM winback._suggest_chosen(watched) c ORDER BY c.score DESC, c.source::regclass::text
    LOOP
        -- Whose clients are known needs no second best table of them.
        CONTINUE WHEN candidate.kind = 'clients' AND has_clients;
        BEGIN
            source := candidate.source;
            kind := candidate.kind;
            built := winback._suggest_arguments(source, kind, candidate.columns, candidate.word, candidate.event_kind);
            SELECT jsonb_object_agg(a.name, a.expression),
                   string_agg(format(', %s => %L', a.name, a.expression), '' ORDER BY a.n),
                   string_agg(format('(%s) AS %I', a.expression, a.name), ', ' ORDER BY a.n)
              INTO given, listed, shown
              FROM (SELECT i, built.arguments[2 * i - 1], built.arguments[2 * i]
                      FROM generate_series(1, cardinality(built.arguments) / 2) i) a (n, name, expression)
             WHERE a.expression IS NOT NULL;
            call := format('SELECT winback.watch_%s(%L%s%s', kind, source,
                           ', ' || quote_literal(candidate.orders::regclass), listed);
            example := winback._suggest_sample(source, shown, 2);
            CONTINUE WHEN example IS NULL;
            why := ARRAY[format('its name says %s', candidate.word)];
            IF candidate.client_table IS NOT NULL THEN
                why := why || format('%s references %s', winback._suggest_column(candidate.columns, 'client'),
                                     candidate.client_table::regclass);
            END IF;
            SELECT c.reltuples, pg_get_userbyid(c.relowner) INTO rows, owner FROM pg_class c WHERE c.oid = source;
            why := why || CASE WHEN example = '[]' THEN 'it is empty'
                               WHEN rows > 0 THEN format('about %s rows', rows::bigint) END;
            why := why || built.reasons;
            by_number := kind = 'calls' AND winback._plain_name(candidate.columns->>'client') IN (
                SELECT w.word FROM winback._suggest_column_words() w WHERE w.wanted = 'number_of_telephone');
            IF by_number THEN
                call := call || ', by_alias => true';
                why := why || format('%s is a telephone number: winback.watch_aliases() must say whose',
                                     winback._suggest_column(candidate.columns, 'client'));
            ELSIF kind <> 'order_lines' THEN
                BEGIN
                    PERFORM winback._check_source(kind, source, given, 'pg_catalog, pg_temp',
                                                  current_setting('TimeZone'));
                EXCEPTION WHEN insufficient_privilege THEN
                    why := why || format('to be called by its owner, %s', owner);
                END;
            END IF;
            IF kind = 'orders' AND kind = ANY (seen) THEN
                why := why || 'watch only one of the tables that record the same sale'::text;
            END IF;
            IF kind = 'orders' AND NOT given ? 'amount' THEN
                why := why || 'it has no amount: watch its lines, too'::text;
            END IF;
            seen := seen || kind;
            call := call || ');';
            reasons := array_to_string(why, '; ');
            RETURN NEXT;
        EXCEPTION WHEN OTHERS THEN
            CONTINUE;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION winback.suggest_watches() IS
    'tables that look like orders, calls, clients and events, with the call that would watch each; most likely first';
