-- The closing rule on winback.task, and what managers read of their tasks.

CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON winback.task
    FOR EACH ROW EXECUTE FUNCTION winback._task_guard();
COMMENT ON TRIGGER guard ON winback.task IS 'keeps the closing rule, and stamps opening and closing';

CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON winback.task
    FOR EACH STATEMENT EXECUTE FUNCTION winback._task_guard();
COMMENT ON TRIGGER guard_truncate ON winback.task IS 'tasks are not deleted';

CREATE OR REPLACE TRIGGER noted_insert AFTER INSERT ON winback.task
    FOR EACH ROW EXECUTE FUNCTION winback._task_noted();
COMMENT ON TRIGGER noted_insert ON winback.task IS 'has the client looked at again at commit';

CREATE OR REPLACE TRIGGER noted_closing AFTER UPDATE ON winback.task
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION winback._task_noted();
COMMENT ON TRIGGER noted_closing ON winback.task IS 'has the client, and the evidence, looked at again at commit';

-- The history of calls is read from the calls tables, once a task, and only where a query asks for one of its columns:
-- the planner removes the join otherwise.
CREATE OR REPLACE VIEW winback.open_tasks AS
SELECT t.task_id, t.client_id, c.name, t.kind, t.title, t.assignee, t.due_on,
       CASE WHEN t.due_on IS NULL THEN 0
            ELSE greatest(0, (k.clock AT TIME ZONE k.timezone)::date
                             - greatest(t.due_on, (t.opened_at AT TIME ZONE k.timezone)::date)) END AS overdue,
       t.opened_at, t.note, t.process_id, t.step, t.instructions, t.evidence_withdrawn AS reopened,
       c.status AS client_status, c.status_since AS client_status_since, c.lost_by, c.do_not_contact,
       c.abc, c.period_revenue, c.revenue, c.orders, c.last_order_at, c.last_contact_at,
       h.last_call_at, h.calls, h.calls_since_opening, h.attempts, h.last_attempt_at,
       (SELECT count(*)::int FROM winback.task_snooze s WHERE s.task_id = t.task_id) AS snoozes,
       f.callable_from, f.callable_from <= k.clock AS callable_now
  FROM winback.task t
 CROSS JOIN (SELECT winback.now() AS clock, p.timezone FROM winback.policy p) k
  LEFT JOIN winback.clients c ON c.client_id @client_equals@ t.client_id
  LEFT JOIN LATERAL (
       SELECT max(a.started_at) AS last_call_at,
              count(*)::int AS calls,
              (count(*) FILTER (WHERE a.in_time))::int AS calls_since_opening,
              (count(*) FILTER (WHERE a.in_time AND NOT a.is_contact))::int AS attempts,
              max(a.started_at) FILTER (WHERE a.in_time AND NOT a.is_contact) AS last_attempt_at
         FROM winback._calls_for_task(t.client_id::text, t.opened_at) a) h ON true
 -- What holds of every task that is due is asked once.
 CROSS JOIN LATERAL (
       SELECT CASE WHEN c.do_not_contact THEN NULL
                   WHEN t.due_on > (k.clock AT TIME ZONE k.timezone)::date
                   THEN winback._callable_from(least(t.due_on, date '9999-12-31')::timestamp AT TIME ZONE k.timezone)
                   ELSE (SELECT winback._callable_from(winback.now())) END AS callable_from) f
 WHERE t.status = 'open'
 ORDER BY t.due_on, c.period_revenue DESC NULLS LAST, t.task_id;
COMMENT ON VIEW winback.open_tasks IS
    'the open tasks, with what a manager needs to know of the client before calling; the earliest due, then the most '
    'valuable first';
COMMENT ON COLUMN winback.open_tasks.task_id IS 'number of the task, for winback.complete_task';
COMMENT ON COLUMN winback.open_tasks.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.open_tasks.name IS 'name of the client';
COMMENT ON COLUMN winback.open_tasks.kind IS 'kind of task, a row of winback.task_kind';
COMMENT ON COLUMN winback.open_tasks.title IS 'what is to be done';
COMMENT ON COLUMN winback.open_tasks.assignee IS 'who is to do it; null: whoever is free';
COMMENT ON COLUMN winback.open_tasks.due_on IS 'the day on which it is to be done; null: any day';
COMMENT ON COLUMN winback.open_tasks.overdue IS
    'days past the due day, or past the day of opening if that is later; 0: not overdue';
COMMENT ON COLUMN winback.open_tasks.opened_at IS 'when the task was opened; a call that closes it begins no earlier';
COMMENT ON COLUMN winback.open_tasks.note IS 'free text';
COMMENT ON COLUMN winback.open_tasks.process_id IS 'the process that the task is a step of';
COMMENT ON COLUMN winback.open_tasks.step IS 'the step of that process';
COMMENT ON COLUMN winback.open_tasks.instructions IS 'how it is to be done, as the step of the playbook says';
COMMENT ON COLUMN winback.open_tasks.reopened IS 'was done before, with a call that is gone or no longer counts';
COMMENT ON COLUMN winback.open_tasks.client_status IS 'status of the client at the moment of reading';
COMMENT ON COLUMN winback.open_tasks.client_status_since IS 'since when the client has that status';
COMMENT ON COLUMN winback.open_tasks.lost_by IS 'the rule by which the client is or will be lost';
COMMENT ON COLUMN winback.open_tasks.do_not_contact IS 'the client does not want to be contacted';
COMMENT ON COLUMN winback.open_tasks.abc IS 'class of the client by revenue of the period: A, B or C';
COMMENT ON COLUMN winback.open_tasks.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.open_tasks.revenue IS 'revenue of the client of all time';
COMMENT ON COLUMN winback.open_tasks.orders IS 'number of purchases';
COMMENT ON COLUMN winback.open_tasks.last_order_at IS 'when the client last bought';
COMMENT ON COLUMN winback.open_tasks.last_contact_at IS 'the last call that was long enough to be a contact';
COMMENT ON COLUMN winback.open_tasks.last_call_at IS 'the last call of any length';
COMMENT ON COLUMN winback.open_tasks.calls IS 'number of calls of any length, of all time';
COMMENT ON COLUMN winback.open_tasks.calls_since_opening IS 'number of calls since the task was opened';
COMMENT ON COLUMN winback.open_tasks.attempts IS 'those of them that were too short to be a contact';
COMMENT ON COLUMN winback.open_tasks.last_attempt_at IS 'the last of these';
COMMENT ON COLUMN winback.open_tasks.snoozes IS 'how often the task was put off: see winback.task_snooze';
COMMENT ON COLUMN winback.open_tasks.callable_from IS
    'from when on the client may be called: from the due day on, on a working day and not in the quiet hours of the '
    'policy; null: never, it does not want to be contacted';
COMMENT ON COLUMN winback.open_tasks.callable_now IS 'that has come';

CREATE OR REPLACE VIEW winback.task_calls AS
SELECT t.task_id, t.client_id, a.call_source, a.call_id, a.started_at, a.seconds, a.agent
  FROM winback.task t
  JOIN winback.task_kind k ON k.kind = t.kind AND k.needs_call
 CROSS JOIN LATERAL winback._calls_for_task(t.client_id::text, t.opened_at) a
 WHERE t.status = 'open' AND a.flaw IS NULL;
COMMENT ON VIEW winback.task_calls IS 'the calls that could close an open call task, by the closing rule';
COMMENT ON COLUMN winback.task_calls.task_id IS 'the open task';
COMMENT ON COLUMN winback.task_calls.client_id IS 'client of the task and of the call';
COMMENT ON COLUMN winback.task_calls.call_source IS 'the watched calls table';
COMMENT ON COLUMN winback.task_calls.call_id IS 'id of the call, for winback.complete_task';
COMMENT ON COLUMN winback.task_calls.started_at IS 'when the call began';
COMMENT ON COLUMN winback.task_calls.seconds IS 'how long it lasted';
COMMENT ON COLUMN winback.task_calls.agent IS 'who called';
