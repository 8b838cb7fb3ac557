-- A typed view of the CRM's own table of clients, with where each client stands beside its columns.

-- The columns of such a view, in order: the table's own as they are, then those of winback.clients that do not merely
-- repeat what the table says. A name of ours that the table has already gets the prefix winback_.
CREATE FUNCTION winback._attached_columns(clients regclass)
    RETURNS TABLE (is_ours boolean, column_name name, shown_as text, comment text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken  text[] := '{}';
    column_ record;
BEGIN
    FOR column_ IN
        SELECT a.attrelid <> clients AS is_ours, a.attname, col_description(a.attrelid, a.attnum) AS comment
          FROM pg_attribute a
         WHERE a.attrelid IN (clients, 'winback.clients'::regclass) AND a.attnum > 0 AND NOT a.attisdropped
           AND (a.attrelid = clients OR a.attname NOT IN ('client_id', 'name', 'manager', 'channel', 'region',
                                                          'department', 'registered_at', 'do_not_contact'))
         ORDER BY is_ours, a.attnum
    LOOP
        shown_as := column_.attname;
        WHILE shown_as = ANY (taken) LOOP
            shown_as := 'winback_' || shown_as;
        END LOOP;
        taken := taken || shown_as;
        is_ours := column_.is_ours;
        column_name := column_.attname;
        comment := column_.comment;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._attached_columns(regclass) IS 'the columns of a view that attach_view makes, in order';

-- The statement that makes the view. The client expression is evaluated in a scope where it sees its own table only, by
-- the table's own name, as it was written for.
CREATE FUNCTION winback._attached_view(view text, clients regclass, client text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_type text := winback._client_type();
    by_collation text := '';
    table_name name;
    schema_name name;
    columns text;
BEGIN
    SELECT c.relname, n.nspname INTO table_name, schema_name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = clients;
    -- By the collation of the ledger's own key, or no index of it would serve.
    SELECT format(' COLLATE %I.%I', n.nspname, l.collname) INTO by_collation
      FROM pg_attribute a JOIN pg_collation l ON l.oid = a.attcollation JOIN pg_namespace n ON n.oid = l.collnamespace
     WHERE a.attrelid = 'winback.client'::regclass AND a.attname = 'client_id';
    SELECT string_agg(format(E'       %I.%I AS %I', CASE WHEN a.is_ours THEN 'winback_client' ELSE table_name END,
                             a.column_name, a.shown_as), E',\n')
      INTO columns FROM winback._attached_columns(clients) a;
    RETURN format(
        E'CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS\nSELECT\n%s\n  FROM %I.%I\n'
        ' CROSS JOIN LATERAL (SELECT CAST((%s\n) AS %s)%s AS client_id) AS winback_key\n'
        '  LEFT JOIN winback.clients AS winback_client ON winback_client.client_id %s winback_key.client_id',
        view, columns, schema_name, table_name, client, key_type, by_collation, winback._client_equals());
END $$;
COMMENT ON FUNCTION winback._attached_view(text, regclass, text) IS 'the SQL that makes a view for attach_view';

-- What attach_view does, with the view's full name.
CREATE FUNCTION winback._attach_view(view_schema name, view_name name, clients regclass) RETURNS regclass
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    full_name text := format('%I.%I', view_schema, view_name);
    is_new    boolean := to_regclass(full_name) IS NULL;
    watch     record;
    statement text;
    column_   record;
BEGIN
    PERFORM winback._client_type();
    SELECT s.expressions->>'client' AS client, s.search_path INTO watch
      FROM winback.source s
     WHERE s.relation = clients AND s.kind = 'clients' AND NOT s.detached ORDER BY s.source_id LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % is not watched as a table of clients', clients
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('Use winback.watch_clients(%L, ...) first: it says which expression is the '
                                'client''s key.', clients);
    END IF;
    statement := winback._attached_view(full_name, clients, watch.client);
    -- The names in the expression mean what they meant when the watch was made.
    PERFORM set_config('search_path', watch.search_path, true);
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN invalid_table_definition THEN
        RAISE EXCEPTION 'view % has other columns', full_name
            USING ERRCODE = 'invalid_table_definition', DETAIL = SQLERRM,
                  HINT = format('Drop it first: DROP VIEW %s;', full_name);
    END;
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
    -- Whoever may read the table and winback.clients may read the view, and nobody else: it asks for both again.
    IF is_new THEN
        EXECUTE format('GRANT SELECT ON TABLE %s TO PUBLIC', full_name);
    END IF;
    EXECUTE format('COMMENT ON VIEW %s IS %L', full_name,
                   format('the rows of %s, and where each client stands; made by winback.attach_view()', clients));
    FOR column_ IN SELECT a.shown_as, a.comment FROM winback._attached_columns(clients) a WHERE a.comment <> '' LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', full_name, column_.shown_as, column_.comment);
    END LOOP;
    RETURN full_name::regclass;
END $$;
COMMENT ON FUNCTION winback._attach_view(name, name, regclass) IS 'what attach_view does, with the view''s full name';

-- Looks a view's name up as CREATE VIEW does: by the caller's search path.
CREATE FUNCTION winback.attach_view(view text, clients regclass) RETURNS regclass
LANGUAGE plpgsql AS $$
DECLARE
    parts text[];
BEGIN
    IF view IS NULL OR clients IS NULL THEN
        RAISE EXCEPTION 'arguments "view" and "clients" must not be null'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'Give a name for the view, and the watched table of clients.';
    END IF;
    parts := pg_catalog.parse_ident(view);
    IF pg_catalog.cardinality(parts) OPERATOR(pg_catalog.=) 1 THEN
        parts := ARRAY[pg_catalog.current_schema()::text, parts[1]];
    END IF;
    IF pg_catalog.cardinality(parts) OPERATOR(pg_catalog.<>) 2 OR parts[1] IS NULL THEN
        RAISE EXCEPTION '"%" cannot be the name of a view', view
            USING ERRCODE = 'invalid_name', HINT = 'Give it as schema.name.';
    END IF;
    RETURN winback._attach_view(parts[1]::name, parts[2]::name, clients);
END $$;
COMMENT ON FUNCTION winback.attach_view(text, regclass) IS
    'makes a view of a watched table of clients: its columns, and status, next contact, class and value beside them';
