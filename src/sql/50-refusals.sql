-- Attempts to close a task that the closing rule has refused: see work/refusals.hpp.

CREATE FUNCTION winback._note_refusal(task_id bigint, refused_by text, why text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'winback_note_refusal';
COMMENT ON FUNCTION winback._note_refusal(bigint, text, text) IS
    'keeps beside the transaction that closing a task is being refused; why: see winback.refused_closing';

CREATE FUNCTION winback._take_refusals(OUT task_id bigint, OUT refused_at timestamptz, OUT refused_by text,
    OUT why text)
    RETURNS SETOF record LANGUAGE c ROWS 10 AS 'MODULE_PATHNAME', 'winback_take_refusals';
COMMENT ON FUNCTION winback._take_refusals() IS 'takes what was kept; it is put back if the transaction fails';

-- A task that was to be inserted as done is none; nor are those of a ledger that has gone meanwhile.
CREATE FUNCTION winback._write_refusals() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO winback.refused_closing (task_id, refused_at, refused_by, why)
    SELECT r.task_id, r.refused_at, r.refused_by, r.why
      FROM winback._take_refusals() r
      JOIN winback.task t ON t.task_id = r.task_id AND t.opened_at <= r.refused_at
$$;
COMMENT ON FUNCTION winback._write_refusals() IS 'writes what was kept of refused closings to winback.refused_closing';
