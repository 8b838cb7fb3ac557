-- Bringing the ledger up to date, and holding it against the watched tables.

CREATE FUNCTION winback.fold() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_fold';
COMMENT ON FUNCTION winback.fold() IS
    'what this transaction has written so far takes effect now, instead of at its commit; locks the clients until then';

CREATE FUNCTION winback.sweep(at timestamptz DEFAULT NULL,
    OUT clients int, OUT status_changes int, OUT tasks_opened int, OUT tasks_cancelled int, OUT stale_settled int,
    OUT skipped int, OUT tasks_dealt int)
    RETURNS SETOF record ROWS 1 LANGUAGE c AS 'MODULE_PATHNAME', 'winback_sweep';
COMMENT ON FUNCTION winback.sweep(timestamptz) IS
    'does the work of the clock up to an instant (null: winback.now()): records changes of status, opens tasks, '
    'settles stale clients, deals tasks to managers, notices overdue ones; leaves out what another session holds, and '
    'returns what it did';

CREATE FUNCTION winback._sweep_batch(most int,
    OUT clients int, OUT status_changes int, OUT tasks_opened int, OUT tasks_cancelled int, OUT stale_settled int,
    OUT skipped int, OUT tasks_dealt int, OUT more boolean, OUT next_due_at timestamptz, OUT failed int,
    OUT processes_woken int)
    RETURNS SETOF record ROWS 1 LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_sweep_batch';
COMMENT ON FUNCTION winback._sweep_batch(int) IS 'a sweep of at most so many clients, for the worker';

CREATE FUNCTION winback._compute_everybody(work text) RETURNS bigint
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_compute_everybody';
COMMENT ON FUNCTION winback._compute_everybody(text) IS
    'computes every client afresh, classes aside; shown in winback.progress under this name';

CREATE FUNCTION winback._rebuild(work text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clients bigint := winback._compute_everybody(work);
BEGIN
    PERFORM winback._draw_limits();
    RETURN clients;
END $$;
COMMENT ON FUNCTION winback._rebuild(text) IS
    'computes every client and the classes afresh; shown in winback.progress under this name';

CREATE FUNCTION winback.rebuild() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback._rebuild('rebuild');
END $$;
COMMENT ON FUNCTION winback.rebuild() IS
    'computes every client afresh from the watched tables, and the classes; returns the number of clients. Writers of '
    'watched tables go on meanwhile; their clients are settled after it';

CREATE FUNCTION winback.verify(OUT client_id text, OUT column_name text, OUT stored text, OUT expected text)
    RETURNS SETOF record LANGUAGE c AS 'MODULE_PATHNAME', 'winback_verify';
COMMENT ON FUNCTION winback.verify() IS
    'the differences between the ledger and a fresh computation from the watched tables: none, but for clients in '
    'winback.stale, which it leaves out';

CREATE FUNCTION winback._note_client(client text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_note_client';
COMMENT ON FUNCTION winback._note_client(text) IS 'the client is looked at again at commit';

CREATE FUNCTION winback._note_task(client text, call_source regclass, call_id text) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_note_task';
COMMENT ON FUNCTION winback._note_task(text, regclass, text) IS
    'the client is looked at again at commit, and whether the call that closed its task still shows that it was done';

CREATE FUNCTION winback._read_settings_again() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'winback_read_settings_again';
COMMENT ON FUNCTION winback._read_settings_again() IS
    'every session reads the settings anew once this transaction commits';

CREATE FUNCTION winback._redate_at_commit(evidence boolean DEFAULT false, newer_rules timestamptz DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'winback_redate_at_commit';
COMMENT ON FUNCTION winback._redate_at_commit(boolean, timestamptz) IS
    'every client is computed afresh at commit, by the settings as they are then; evidence: with that of all tasks; '
    'newer_rules: all that has changed is that the rules have one more version, the newest, valid from then: rows are '
    'dated by it as they are';

CREATE FUNCTION winback._client_calls(client text,
    OUT call_source regclass, OUT call_id text, OUT started_at timestamptz, OUT is_date boolean, OUT seconds numeric,
    OUT agent text, OUT is_contact boolean)
    RETURNS SETOF record STRICT LANGUAGE c ROWS 10 AS 'MODULE_PATHNAME', 'winback_client_calls';
COMMENT ON FUNCTION winback._client_calls(text) IS
    'the calls of a client that count, as they are now, whatever the transaction''s snapshot';

CREATE FUNCTION winback._client_facts(client text,
    OUT source regclass, OUT kind text, OUT item_id text, OUT at timestamptz, OUT amount numeric, OUT seconds numeric,
    OUT value numeric, OUT agent text, OUT note text)
    RETURNS SETOF record STRICT LANGUAGE c ROWS 30 AS 'MODULE_PATHNAME', 'winback_client_facts';
COMMENT ON FUNCTION winback._client_facts(text) IS 'orders, returns, calls and events of a client, as they are now';

CREATE FUNCTION winback._find_call(call_id text, OUT call_source regclass, OUT client_id text, OUT counts boolean)
    RETURNS SETOF record STRICT LANGUAGE c ROWS 1 AS 'MODULE_PATHNAME', 'winback_find_call';
COMMENT ON FUNCTION winback._find_call(text) IS
    'the call of that id in every watched table of calls, whoever''s it is, whether it counts or not';

-- What is wrong in the history is withdrawn by later facts, and so stays to be seen.
CREATE FUNCTION winback._keep_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'changes of status are not deleted'
        USING ERRCODE = 'feature_not_supported',
              HINT = 'Mend the facts that they follow from; winback.erase_client(client) forgets whose they were.';
END $$;
COMMENT ON FUNCTION winback._keep_history() IS 'trigger of winback.status_change: refuses to delete rows';
