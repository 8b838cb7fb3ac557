-- How far long work is. A function too, not the view alone: that is in the ledger, and while the first watch of all
-- makes the ledger nobody else sees it.

CREATE FUNCTION winback.progress(
    OUT pid int, OUT database name, OUT username name, OUT work text, OUT phase text, OUT rows_done bigint,
    OUT rows_total bigint, OUT started_at timestamptz)
    RETURNS SETOF record LANGUAGE c ROWS 1 AS 'MODULE_PATHNAME', 'winback_progress';
COMMENT ON FUNCTION winback.progress() IS
    'the rows of winback.progress, also while the first watch of a database makes its ledger';
