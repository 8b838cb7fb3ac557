-- The clock, and what its worker is doing.

CREATE FUNCTION winback.now() RETURNS timestamptz
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_now';
COMMENT ON FUNCTION winback.now() IS
'the clock: winback.as_of where a superuser has set it, else the start of the transaction';

CREATE FUNCTION winback._worker_status(
    OUT launcher_pid int, OUT database name, OUT next_due_at timestamptz, OUT worker_pid int,
    OUT last_start timestamptz, OUT last_end timestamptz, OUT last_changes bigint, OUT last_error text, OUT state text)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_worker_status';
COMMENT ON FUNCTION winback._worker_status() IS
'what launcher and workers know of each database: the source of winback.worker_status';
