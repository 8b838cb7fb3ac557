-- Who should go for good, and who has gone.
--
--   expected gain = P(return) * second lifetime value * margin
--
--   P(return)               the share of processes that have ended, control groups aside, that ended as returned,
--                           shrunk to 0.30, which counts as ten processes
--   second lifetime value   the client's own period revenue; of one that never bought nothing is known, and it is not
--                           proposed
--   margin                  policy.margin
--
--   cost                    the mean of the ended processes of the client's playbook, by those of its versions in which
--                           a step costs something; where none has ended, the cheapest way through it
--   the client's playbook   by which it is being brought back now; else the one in use that costs the least. Where no
--                           cost is known, nobody is proposed
--
-- Nobody of a control group is proposed, nor who is not to be contacted: nothing is spent on them.
CREATE OR REPLACE VIEW winback.let_go AS
WITH tried AS (
    SELECT count(*) AS processes, count(*) FILTER (WHERE p.state = 'returned') AS returned
      FROM winback.process p
     WHERE winback._is_tried(p.state) AND NOT p.held_out),
cost AS (
    SELECT v.playbook, b.enabled IS TRUE AS enabled,
           round(coalesce(nullif(e.cost, 0), nullif(winback._cheapest_way(v.definition), 0)), 2) AS cost
      FROM (SELECT DISTINCT ON (w.playbook) w.* FROM winback.playbook_version w
             ORDER BY w.playbook, w.version DESC) v
      LEFT JOIN winback.playbook b ON b.playbook = v.playbook
      LEFT JOIN (SELECT p.playbook, avg(coalesce(s.cost, 0)) AS cost
                   FROM winback.process p
                   JOIN winback.playbook_version x ON x.playbook = p.playbook AND x.version = p.version
                    AND jsonb_path_exists(x.definition, '$.steps.*.cost ? (@ > 0)')
                   LEFT JOIN (SELECT y.process_id, sum(y.cost) AS cost FROM winback.process_step y
                               GROUP BY y.process_id) s ON s.process_id = p.process_id
                  WHERE winback._is_tried(p.state) AND NOT p.held_out
                  GROUP BY p.playbook) e ON e.playbook = v.playbook)
SELECT c.client_id, c.name, c.manager, c.status_since AS lost_since, c.period_revenue, k.playbook,
       g.expected_gain, k.cost,
       pg_catalog.format('an expected gain of %s is below the cost of %s by playbook %s: P(return) %s (%s of %s '
                         'processes returned) x %s revenue x %s margin',
                         g.expected_gain, k.cost, k.playbook, round(g.share, 3), t.returned, t.processes,
                         c.period_revenue, o.margin) AS reason
  FROM winback.clients c
 CROSS JOIN winback.policy o
 CROSS JOIN tried t
  LEFT JOIN LATERAL (SELECT p.playbook, p.held_out FROM winback.process p
                      WHERE p.client_id @client_equals@ c.client_id AND p.state = 'running'
                      ORDER BY p.held_out DESC, p.process_id DESC LIMIT 1) r ON true
 CROSS JOIN LATERAL (SELECT a.playbook, a.cost FROM cost a
                      WHERE a.cost IS NOT NULL AND (a.playbook = r.playbook OR r.playbook IS NULL AND a.enabled)
                      ORDER BY a.cost, a.playbook LIMIT 1) k
 CROSS JOIN LATERAL (SELECT winback._shrunk_share(t.returned, t.processes) AS share) s
 CROSS JOIN LATERAL (SELECT s.share, round(s.share * c.period_revenue * o.margin::numeric, 2) AS expected_gain) g
 WHERE c.status = 'lost' AND c.orders > 0 AND NOT c.do_not_contact AND r.held_out IS NOT TRUE
   AND g.expected_gain < k.cost
 ORDER BY g.expected_gain - k.cost, c.client_id;
COMMENT ON VIEW winback.let_go IS
    'lost clients whose expected gain is below the cost of bringing them back, proposed to be written off: the worst '
    'first';
COMMENT ON COLUMN winback.let_go.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.let_go.name IS 'name of the client';
COMMENT ON COLUMN winback.let_go.manager IS 'the manager of the client';
COMMENT ON COLUMN winback.let_go.lost_since IS 'the instant of the fact or deadline by which it is lost';
COMMENT ON COLUMN winback.let_go.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period; taken for the second lifetime '
    'value';
COMMENT ON COLUMN winback.let_go.playbook IS
    'the playbook by which it is being brought back; else the one in use that costs the least';
COMMENT ON COLUMN winback.let_go.expected_gain IS
    'P(return) * period_revenue * policy.margin; P(return) is the share of all ended processes that returned, taken '
    'together with a prior share of 0.30 that counts as ten processes';
COMMENT ON COLUMN winback.let_go.cost IS
    'the mean cost of the ended processes of that playbook; before any has ended, that of the cheapest way through it';
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
