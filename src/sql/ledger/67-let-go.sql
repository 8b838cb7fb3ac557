-- Who should go for good, and who has gone.
--
-- Proposed is who is expected to cost more than it brings: winback.expected_gain is below 0. Nobody of a control group
-- is, nor who is not to be contacted: nothing is spent on them; nor who never bought, for nothing is known of what such
-- a client is worth; nor anybody where no cost is known.
CREATE OR REPLACE VIEW winback.let_go AS
SELECT g.client_id, g.name, g.manager, g.lost_since, g.period_revenue, g.playbook, g.expected_gain, g.cost, g.reason
  FROM winback.expected_gain g
 WHERE g.expected_gain < 0 AND g.cost IS NOT NULL AND g.orders > 0 AND NOT g.do_not_contact AND NOT g.held_out
 ORDER BY g.expected_gain, g.client_id;
COMMENT ON VIEW winback.let_go IS
    'lost clients who are expected to cost more than they bring, proposed to be written off: the worst first';
COMMENT ON COLUMN winback.let_go.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.let_go.name IS 'name of the client';
COMMENT ON COLUMN winback.let_go.manager IS 'the manager of the client';
COMMENT ON COLUMN winback.let_go.lost_since IS 'the instant of the fact or deadline by which it is lost';
COMMENT ON COLUMN winback.let_go.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.let_go.playbook IS
    'the playbook by which it is being brought back; else the one in use that costs the least';
COMMENT ON COLUMN winback.let_go.expected_gain IS 'what is expected of bringing it back: see winback.expected_gain';
COMMENT ON COLUMN winback.let_go.cost IS 'what bringing it back costs by that playbook: see winback.playbook_cost';
COMMENT ON COLUMN winback.let_go.reason IS 'why, in words: fit to be given to winback.write_off';

CREATE OR REPLACE VIEW winback.written_off_clients AS
SELECT c.client_id, c.name, c.manager, c.written_off_since AS since, e.note AS reason, e.recorded_by, c.period_revenue,
       c.last_order_at
  FROM winback.client c
  LEFT JOIN LATERAL (
       SELECT v.note, v.recorded_by
         FROM unnest(winback._keys_of_client(c.client_id::text)) k (key)
         JOIN winback.event v ON v.client_id @client_equals@ k.key::@client_type@
        WHERE v.kind = 'write_off' AND v.happened_at = c.written_off_since
        ORDER BY v.event_id DESC LIMIT 1) e ON true
 WHERE c.written_off_since IS NOT NULL
 ORDER BY c.written_off_since DESC, c.client_id;
COMMENT ON VIEW winback.written_off_clients IS
    'the clients that are written off: since when, why and by whom; winback.take_back brings one back into the work';
COMMENT ON COLUMN winback.written_off_clients.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.written_off_clients.name IS 'name of the client';
COMMENT ON COLUMN winback.written_off_clients.manager IS 'the manager of the client';
COMMENT ON COLUMN winback.written_off_clients.since IS 'when it was written off';
COMMENT ON COLUMN winback.written_off_clients.reason IS
    'why, as it was said then; null: an event of a watched table wrote it off, which says no reason';
COMMENT ON COLUMN winback.written_off_clients.recorded_by IS 'the role that wrote it off; null: see reason';
COMMENT ON COLUMN winback.written_off_clients.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.written_off_clients.last_order_at IS 'the latest purchase';
