-- What came of the kinds of action, for winback.suggest_actions and whoever wants to know.

CREATE OR REPLACE VIEW winback.action_results AS
SELECT a.kind, a.cause, count(*) AS processes, count(*) FILTER (WHERE a.returned) AS returned
  FROM (SELECT DISTINCT k.kind, p.process_id, p.cause,
               p.state = 'returned'
               AND p.ended_at <= (p.started_at AT TIME ZONE o.timezone + o.lift_after) AT TIME ZONE o.timezone
                   AS returned
          FROM winback.process p
         CROSS JOIN (SELECT y.timezone, y.lift_after FROM winback.policy y LIMIT 1) o
          JOIN winback.process_step s ON s.process_id = p.process_id
          JOIN winback.task t ON t.task_id = s.task_id AND t.status = 'done'
          JOIN winback.task_kind k ON k.kind = t.kind AND k.is_action
          JOIN winback.playbook_version v ON v.playbook = p.playbook AND v.version = p.version
         WHERE winback._is_tried(p.state) AND p.started_at <= (SELECT winback._tried_by())
           AND v.definition #>> ARRAY['steps', s.step, 'outcomes', s.outcome, 'reaction'] IS DISTINCT FROM 'refused') a
 GROUP BY a.kind, a.cause;
COMMENT ON VIEW winback.action_results IS
    'how many processes had a kind of action done, of those that began policy.lift_after ago or before, and how many '
    'of them have brought the client back within that time; not causal: some would have come back without it';
COMMENT ON COLUMN winback.action_results.kind IS 'the kind of action, a row of winback.task_kind';
COMMENT ON COLUMN winback.action_results.cause IS 'the cause that the processes were about; null: it was not known';
COMMENT ON COLUMN winback.action_results.processes IS
    'processes in which such a task was done, and not refused, and that run, or ended as returned, gave_up, '
    'written_off or not_to_be_contacted';
COMMENT ON COLUMN winback.action_results.returned IS
    'those of them that ended as returned, within policy.lift_after of their beginning';
