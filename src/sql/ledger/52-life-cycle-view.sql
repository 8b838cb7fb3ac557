-- One client's story in rows. What happens at one instant is told in this order:
--
--   rank   what                                    from
--   ----   -------------------------------------   -----------------------------------------------------------------
--   0      registered                              the client as mapped
--   1      order, return, call, or an event kind   the watched tables and winback.event
--   1      answer                                  winback.survey_answer; one of kind nps is told by its event
--   2      status changed                          winback.status_change, and what the clock has brought since
--   3      task done, task cancelled               winback.task; one opened before
--   3      cause stated                            winback.loss_cause; by such a task: after its closing
--   4      process ended                           winback.process; after such a task
--   5      process started                         winback.process; its steps are tasks
--   6      task opened, and what came of it then   winback.task
--   6      cause stated, process ended             by such a task: after its closing; otherwise after them
--
-- So one step ends before the next begins. Tasks of one instant are told one after the other, each to its end.
--
-- Each part is one SELECT of the UNION ALL: what else there is to tell of a client joins as another.
--
-- Numbered inside the LATERAL, so that a join by client_id reads these clients' stories only.
CREATE OR REPLACE VIEW winback.life_cycle AS
SELECT c.client_id, h.position, h.at, h.what, h.detail, h.amount, h.who, h.source, h.item_id, h.value, h.from_status,
       h.to_status
  FROM winback.client c
 CROSS JOIN LATERAL (
    SELECT row_number() OVER (ORDER BY u.at, u.rank, u.number, u.turn, u.what, u.source, u.item_id) AS position, u.*
      FROM (SELECT 0 AS rank, 0::bigint AS number, 0 AS turn, c.registered_at AS at, 'registered'::text AS what,
                   'registered'::text AS detail, NULL::numeric AS amount, NULL::text AS who,
                   NULL::regclass AS source, NULL::text AS item_id, NULL::numeric AS value,
                   NULL::text AS from_status, NULL::text AS to_status
             WHERE c.registered_at IS NOT NULL
            UNION ALL
            SELECT 1, 0, 0, f.at, f.kind,
                   CASE WHEN f.kind IN ('order', 'return') THEN concat_ws(' ', f.kind, f.item_id)
                        WHEN f.kind = 'call'
                        THEN concat_ws(' ', f.kind, f.item_id, 'of', coalesce(f.seconds::text, 'unknown'), 'seconds',
                                       'by ' || f.agent)
                        ELSE concat_ws(': ', concat_ws(' ', replace(f.kind, '_', ' '), f.value), f.note) END,
                   f.amount, f.agent, f.source, f.item_id, coalesce(f.seconds, f.value), NULL, NULL
              FROM winback._client_facts(c.client_id::text) f
            UNION ALL
            SELECT 1, a.answer_id, 0, a.answered_at, 'answer',
                   concat_ws(' ', a.question, coalesce(a.said, a.score::text, array_to_string(a.titles, ', ')),
                             '(' || a.note || ')'),
                   NULL, a.answered_by, 'winback.survey_answer'::regclass, a.answer_id::text, a.score, NULL, NULL
              FROM unnest(winback._keys_of_client(c.client_id::text)) k (key)
              JOIN winback.survey_answer a ON a.client_id @client_equals@ k.key::@client_type@ AND a.kind <> 'nps'
            UNION ALL
            SELECT 2, s.change_id, 0, s.changed_at, 'status changed',
                   concat_ws(' ', s.from_status, 'to', s.to_status, 'by ' || s.rule),
                   NULL, s.manager, 'winback.status_change'::regclass, s.change_id::text, NULL,
                   s.from_status, s.to_status
              FROM winback.status_change s
             WHERE s.client_id @client_equals@ c.client_id AND s.withdrawn_at IS NULL
            UNION ALL
            -- What the clock has brought and no sweep has recorded yet: at_risk, then lost.
            SELECT 2, 9223372036854775807, 0, d.at, 'status changed',
                   concat_ws(' ', d.from_status, 'to', d.to_status, 'by ' || d.rule), NULL, c.manager, NULL, NULL, NULL,
                   d.from_status, d.to_status
              FROM (VALUES (c.base_status, 'at_risk', c.at_risk_at, c.at_risk_by,
                            c.recorded_status NOT IN ('at_risk', 'lost')
                            AND (c.at_risk_at < c.lost_at OR c.lost_at IS NULL)),
                           (CASE WHEN c.at_risk_at < c.lost_at THEN 'at_risk' ELSE c.base_status END,
                            'lost', c.lost_at, c.lost_by, c.recorded_status <> 'lost'))
                   AS d (from_status, to_status, at, rule, unrecorded)
             WHERE d.unrecorded AND d.at <= winback.now() AND NOT c.by_fact
               AND c.base_status NOT IN ('lost', 'written_off') AND c.base_status <> d.to_status
            UNION ALL
            SELECT 6, t.task_id, 0, t.opened_at, 'task opened',
                   concat_ws(', ', coalesce(t.title, t.kind), 'due ' || to_char(t.due_on, 'YYYY-MM-DD')),
                   NULL, t.assignee, 'winback.task'::regclass, t.task_id::text, NULL, NULL, NULL
              FROM winback.task t WHERE t.client_id @client_equals@ c.client_id
            UNION ALL
            SELECT CASE WHEN t.opened_at < t.closed_at THEN 3 ELSE 6 END, t.task_id, 1, t.closed_at,
                   'task ' || t.status,
                   concat_ws(', ', coalesce(t.title, t.kind) || coalesce(': ' || t.outcome, ''), 'call ' || t.call_id,
                             t.note),
                   NULL, t.closed_by, 'winback.task'::regclass, t.task_id::text, NULL, NULL, NULL
              FROM winback.task t WHERE t.client_id @client_equals@ c.client_id AND t.closed_at IS NOT NULL
            UNION ALL
            SELECT CASE WHEN t.opened_at < a.stated_at THEN 3 ELSE 6 END,
                   coalesce(t.task_id, 9223372036854775807), 2, a.stated_at, 'cause stated',
                   concat_ws(', ', a.cause, a.competitor, a.competitor_offer, a.note),
                   NULL, a.stated_by, 'winback.loss_cause'::regclass, a.statement_id::text, NULL, NULL, NULL
              FROM unnest(winback._keys_of_client(c.client_id::text)) k (key)
              JOIN winback.loss_cause a ON a.client_id @client_equals@ k.key::@client_type@
              LEFT JOIN winback.task t ON t.task_id = a.task_id
            UNION ALL
            SELECT b.rank, coalesce(l.task_id, 9223372036854775807), 3, b.at, b.what,
                   concat_ws(', ', p.playbook, b.detail),
                   NULL, b.who, 'winback.process'::regclass, p.process_id::text, NULL, NULL, NULL
              FROM winback.process p
              -- The task that ended it, or with it.
              LEFT JOIN LATERAL (SELECT t.task_id, t.opened_at
                                   FROM winback.process_step d JOIN winback.task t ON t.task_id = d.task_id
                                  WHERE d.process_id = p.process_id AND d.left_at = p.ended_at
                                  ORDER BY d.number DESC LIMIT 1) l ON true
             CROSS JOIN LATERAL (VALUES
                   (5, p.started_at, 'process started', 'version ' || p.version, p.started_by),
                   (CASE WHEN greatest(p.started_at, l.opened_at) < p.ended_at THEN 4 ELSE 6 END, p.ended_at,
                    'process ended', concat_ws(': ', p.state, p.reason), NULL)) b (rank, at, what, detail, who)
             WHERE p.client_id @client_equals@ c.client_id AND b.at IS NOT NULL) u) h;
COMMENT ON VIEW winback.life_cycle IS 'one client''s story: give a client_id, and ORDER BY position';
COMMENT ON COLUMN winback.life_cycle.client_id IS 'the CRM''s key of the client';
COMMENT ON COLUMN winback.life_cycle.position IS 'place in this client''s story, from 1; the same at every reading';
COMMENT ON COLUMN winback.life_cycle.at IS 'when it happened';
COMMENT ON COLUMN winback.life_cycle.what IS
    'registered, order, return, call, the kind of an event, answer, status changed, task opened, task done, '
    'task cancelled, cause stated, process started, process ended';
COMMENT ON COLUMN winback.life_cycle.detail IS 'the same in words';
COMMENT ON COLUMN winback.life_cycle.amount IS 'of orders and returns: the amount';
COMMENT ON COLUMN winback.life_cycle.who IS
    'the agent of a call, the assignee of a task, who closed it, who recorded an answer or stated a cause, or the '
    'manager at a change of status';
COMMENT ON COLUMN winback.life_cycle.source IS
    'the table it is known from; null: the client''s own row, or a change of status that no sweep has recorded yet';
COMMENT ON COLUMN winback.life_cycle.item_id IS
    'its number there: order, call, event, answer, task, change or statement';
COMMENT ON COLUMN winback.life_cycle.value IS
    'of a call: its seconds; of an event or answer: its value, as the score of an nps';
COMMENT ON COLUMN winback.life_cycle.from_status IS 'of a change of status: the status before';
COMMENT ON COLUMN winback.life_cycle.to_status IS 'of a change of status: the status from then on';
