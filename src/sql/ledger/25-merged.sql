-- Clients that are one: what the CRM's own tables still keep under several keys.

CREATE TABLE winback.merged (
    client_id   @client_type@ PRIMARY KEY,
    into_client @client_type@ NOT NULL,
    merged_at   timestamptz NOT NULL DEFAULT now(),
    merged_by   text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE winback.merged IS
    'clients that were merged into others: every fact of theirs belongs to those; written by merge_clients';
COMMENT ON COLUMN winback.merged.client_id IS 'the client that was merged';
COMMENT ON COLUMN winback.merged.into_client IS
    'the client that its facts belong to; or, if that was merged too, to whom it was merged into';
COMMENT ON COLUMN winback.merged.merged_at IS 'when';
COMMENT ON COLUMN winback.merged.merged_by IS 'by whom';
