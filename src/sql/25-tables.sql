-- Following the watched tables: their parts, what ALTER, DROP and CREATE TABLE do to them, and leaving them.

-- A watched table with all that is read with it: partitions of every level, and tables that inherit from it. Temporary
-- ones are no parts, and foreign ones are refused.
CREATE FUNCTION winback._parts(source regclass) RETURNS TABLE (part regclass)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE tree(oid) AS (
        SELECT source::oid
         UNION
        SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
    )
    SELECT c.oid::regclass FROM tree JOIN pg_class c USING (oid)
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
$$;
COMMENT ON FUNCTION winback._parts(regclass) IS 'a table, its partitions and the tables that inherit from it';

CREATE FUNCTION winback._drop_trigger(relation regclass, name name) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_drop_trigger';
COMMENT ON FUNCTION winback._drop_trigger(regclass, name) IS
    'drops a trigger of winback''s with the rights of the caller; nobody is warned that it is gone';

-- A partition that is watched by itself has a row trigger of its own, which goes before it gets that of its whole: a
-- clone has the name of what it is cloned from, and would not be let in beside it.
CREATE FUNCTION winback._drop_own_row_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own regclass;
BEGIN
    FOR own IN
        SELECT p.part FROM winback._parts(relation) p
          JOIN pg_trigger t ON t.tgrelid = p.part AND t.tgparentid = 0 AND t.tgname = 'winback_capture_row'
    LOOP
        PERFORM winback._drop_trigger(own, 'winback_capture_row');
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._drop_own_row_triggers(regclass) IS
    'takes row triggers off a table and its partitions that are no clones';

-- Puts the capture triggers on one table, where they are not there yet. They fire always, so that rows which come by
-- logical replication count too.
CREATE FUNCTION winback._put_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours record;
BEGIN
    FOR ours IN
        SELECT * FROM (VALUES
            ('winback_capture_row', 'AFTER INSERT OR UPDATE OR DELETE', 'ROW', '_capture_row'),
            ('winback_capture_statement', 'AFTER INSERT OR UPDATE', 'STATEMENT', '_capture_statement'),
            ('winback_capture_truncate', 'BEFORE TRUNCATE', 'STATEMENT', '_capture_statement')
        ) t (name, event, each, function)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = relation AND t.tgname = ours.name) THEN
            IF ours.each = 'ROW' AND (SELECT c.relkind = 'p' FROM pg_class c WHERE c.oid = relation) THEN
                PERFORM winback._drop_own_row_triggers(relation);
            END IF;
            EXECUTE format('CREATE TRIGGER %I %s ON %s FOR EACH %s EXECUTE FUNCTION winback.%I()',
                           ours.name, ours.event, relation, ours.each, ours.function);
        END IF;
        IF EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = relation AND t.tgname = ours.name AND t.tgenabled <> 'A') THEN
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, ours.name);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._put_triggers(regclass) IS 'puts the capture triggers on one table';

-- Puts the capture triggers on a watched table and its parts; the whole first, for partitions have its row trigger.
CREATE FUNCTION winback._attach(source regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._put_triggers(source);
    PERFORM winback._put_triggers(p.part) FROM winback._parts(source) p WHERE p.part <> source;
END $$;
COMMENT ON FUNCTION winback._attach(regclass) IS 'puts the capture triggers on a table and its parts';

-- Takes the capture triggers off a table and its parts, but for what belongs to a table that is still watched. Such a
-- partition may have lost its row trigger with that of its whole, and gets one of its own: before anybody else can
-- write it, for who takes the whole's away has locked the partitions, too.
CREATE FUNCTION winback._release(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours record;
BEGIN
    FOR ours IN
        SELECT t.tgname AS name, p.part
          FROM winback._parts(relation) p
          JOIN pg_trigger t ON t.tgrelid = p.part AND t.tgparentid = 0
           AND t.tgname IN ('winback_capture_row', 'winback_capture_statement', 'winback_capture_truncate')
         WHERE p.part NOT IN (SELECT w.part FROM winback.source s, winback._parts(s.relation) w WHERE NOT s.detached)
    LOOP
        PERFORM winback._drop_trigger(ours.part, ours.name);
    END LOOP;
    PERFORM winback._put_triggers(p.part) FROM winback._parts(relation) p
      WHERE p.part IN (SELECT w.part FROM winback.source s, winback._parts(s.relation) w WHERE NOT s.detached);
END $$;
COMMENT ON FUNCTION winback._release(regclass) IS 'takes the capture triggers off what is watched no longer';

-- Whether a change of a watched table, or of a part of it, may go unheard: a trigger of ours is gone, disabled, or no
-- longer ENABLE ALWAYS.
CREATE FUNCTION winback._triggers_lost(source regclass) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM winback._parts(source) p
                    WHERE (SELECT count(*) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
                            WHERE t.tgrelid = p.part AND t.tgenabled = 'A'
                              AND t.tgname IN ('winback_capture_row', 'winback_capture_statement',
                                               'winback_capture_truncate')
                              AND f.pronamespace = 'winback'::regnamespace AND f.proname LIKE '\_capture%') < 3)
$$;
COMMENT ON FUNCTION winback._triggers_lost(regclass) IS 'whether changes of a watched table may go unheard';

CREATE FUNCTION winback._misfit(source_id int, relation regclass) RETURNS text
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_misfit';
COMMENT ON FUNCTION winback._misfit(int, regclass) IS
    'why a table cannot take the place of the one that a detached watch was of; null: it can';

CREATE FUNCTION winback._move_evidence(from_source oid, to_source regclass) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_move_evidence';
COMMENT ON FUNCTION winback._move_evidence(oid, regclass) IS
    'the calls that closed tasks are now to be found in another table';

-- Binds a detached watch to the table that has come in the place of its own.
CREATE FUNCTION winback._bind(id int, place regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._move_evidence(s.relation, place) FROM winback.source s WHERE s.source_id = id;
    UPDATE winback.source l SET order_table = place
      FROM winback.source s WHERE s.source_id = id AND l.order_table = s.relation;
    UPDATE winback.source s SET relation = place, name = place::text, detached = false WHERE s.source_id = id;
    DELETE FROM winback.frozen f WHERE f.source_id = id;
    PERFORM winback._attach(place);
    PERFORM winback._announce_setup();
END $$;
COMMENT ON FUNCTION winback._bind(int, regclass) IS 'attaches a detached watch to a table';

-- Binds every detached watch to the table that has its name, and fits; called after commands that may have made one.
CREATE FUNCTION winback._reattach_found() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    watch record;
    place regclass;
BEGIN
    FOR watch IN SELECT * FROM winback.source s WHERE s.detached ORDER BY s.source_id LOOP
        place := coalesce(to_regclass(watch.name), to_regclass(watch.watched_as));
        IF place IS NOT NULL
           AND NOT EXISTS (SELECT FROM winback.source s
                            WHERE s.relation = place AND s.kind = watch.kind AND NOT s.detached
                              AND s.expressions = watch.expressions)
           AND winback._misfit(watch.source_id, place) IS NULL THEN
            PERFORM winback._bind(watch.source_id, place);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._reattach_found() IS 'attaches detached watches whose table is there again';

-- A watch is found by its table; a detached one by the number of the table that is gone, or by the table that has its
-- name now.
CREATE FUNCTION winback.reattach(source regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    watch record;
    place regclass := source;
    misfit text;
    known boolean := false;
BEGIN
    IF source IS NULL THEN
        RAISE EXCEPTION 'argument "source" must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the watched table.';
    END IF;
    IF winback._has_ledger() THEN
        FOR watch IN
            SELECT * FROM winback.source s
             WHERE s.relation = source OR s.detached AND source::text IN (s.name, s.watched_as)
             ORDER BY s.source_id
        LOOP
            known := true;
            IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = source) THEN
                place := coalesce(to_regclass(watch.name), to_regclass(watch.watched_as));
                IF place IS NULL THEN
                    RAISE EXCEPTION 'the watched table % is gone', watch.name
                        USING ERRCODE = 'undefined_table',
                              HINT = format('Make it again, or run SELECT winback.unwatch(%s); its facts go with it.',
                                            source::oid);
                END IF;
            END IF;
            EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', place);
            IF watch.detached THEN
                misfit := winback._misfit(watch.source_id, place);
                IF misfit IS NOT NULL THEN
                    RAISE EXCEPTION 'table % cannot take the place of the watched table %', place, watch.name
                        USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = misfit,
                              HINT = 'Watch it with expressions that fit, and unwatch the one that is gone.';
                END IF;
                PERFORM winback._bind(watch.source_id, place);
            ELSE
                PERFORM winback._attach(place);
            END IF;
        END LOOP;
    END IF;
    IF NOT known THEN
        RAISE EXCEPTION 'table % is not watched', source
            USING ERRCODE = 'undefined_object', HINT = 'See winback.source_status.';
    END IF;
    PERFORM winback._announce_setup();
    PERFORM winback._rebuild('reattach');
END $$;
COMMENT ON FUNCTION winback.reattach(regclass) IS
    'puts lost triggers on a watched table again, or takes the table that has come in its place, and reads it anew';

CREATE FUNCTION winback.unwatch(source regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tables regclass[];
    gone record;
BEGIN
    IF source IS NULL THEN
        RAISE EXCEPTION 'argument "source" must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the table to watch no longer.';
    END IF;
    IF winback._has_ledger() AND source IS DISTINCT FROM to_regclass('winback.event') THEN
        SELECT array_agg(DISTINCT s.relation) INTO tables FROM winback.source s WHERE s.relation = source;
        IF tables IS NULL THEN
            SELECT array_agg(DISTINCT s.relation) INTO tables FROM winback.source s
             WHERE s.detached AND source::text IN (s.name, s.watched_as);
        END IF;
    END IF;
    IF tables IS NULL THEN
        RAISE EXCEPTION 'table % is not watched', source
            USING ERRCODE = 'undefined_object', HINT = 'See winback.source_status.';
    END IF;
    FOR gone IN
        SELECT DISTINCT s.relation FROM winback.source s
         WHERE s.order_table = ANY (tables) AND s.relation <> ALL (tables)
    LOOP
        RAISE NOTICE 'table % is not watched any longer for lines of orders of %', gone.relation, source;
    END LOOP;
    FOR gone IN
        DELETE FROM winback.source s WHERE s.relation = ANY (tables) OR s.order_table = ANY (tables)
        RETURNING s.source_id, s.relation
    LOOP
        DELETE FROM winback.frozen f WHERE f.source_id = gone.source_id;
        CONTINUE WHEN EXISTS (SELECT FROM winback.source s WHERE s.relation = gone.relation);
        PERFORM winback._release(gone.relation);
        DELETE FROM winback.rejected r WHERE r.source = gone.relation;
    END LOOP;
    PERFORM winback._announce_setup();
    PERFORM winback._rebuild('unwatch');
END $$;
COMMENT ON FUNCTION winback.unwatch(regclass) IS
    'watches a table no longer; its facts go, and the lines of its orders; tasks that its calls closed stay done';

-- What happens to tables themselves. The first trigger also sees to it that the library is loaded when something is
-- dropped: it looks at a table's rows right before they are gone. See work/table_changes.cpp.
CREATE FUNCTION winback._command_starts() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_command_starts';
COMMENT ON FUNCTION winback._command_starts() IS 'remembers what a command may change about watched tables';

CREATE FUNCTION winback._command_ends() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_command_ends';
COMMENT ON FUNCTION winback._command_ends() IS 'follows what a command has changed about watched tables, or refuses it';

CREATE EVENT TRIGGER winback_command_starts ON ddl_command_start
    WHEN TAG IN ('ALTER TABLE', 'ALTER SCHEMA', 'ALTER TYPE', 'ALTER DOMAIN', 'ALTER FUNCTION', 'ALTER ROUTINE',
                 'ALTER OPERATOR', 'ALTER COLLATION',
                 'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP EXTENSION', 'DROP TYPE', 'DROP DOMAIN',
                 'DROP FUNCTION', 'DROP ROUTINE', 'DROP OPERATOR', 'DROP CAST', 'DROP COLLATION')
    EXECUTE FUNCTION winback._command_starts();
ALTER EVENT TRIGGER winback_command_starts ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER winback_command_starts IS 'remembers what a command may change about watched tables';

CREATE EVENT TRIGGER winback_command_ends ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE',
                 'ALTER TABLE', 'ALTER FOREIGN TABLE', 'ALTER SCHEMA', 'ALTER TYPE', 'ALTER DOMAIN',
                 'ALTER FUNCTION', 'ALTER ROUTINE',
                 'ALTER OPERATOR', 'ALTER COLLATION',
                 'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP EXTENSION', 'DROP TYPE', 'DROP DOMAIN',
                 'DROP FUNCTION', 'DROP ROUTINE', 'DROP OPERATOR', 'DROP CAST', 'DROP COLLATION', 'DROP TRIGGER')
    EXECUTE FUNCTION winback._command_ends();
ALTER EVENT TRIGGER winback_command_ends ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER winback_command_ends IS
    'follows what a command has changed about watched tables, or refuses it';
