-- How tasks move between managers and days, and what a supervisor reads of those that are late.

CREATE OR REPLACE TRIGGER moved BEFORE UPDATE ON winback.task
    FOR EACH ROW WHEN (OLD.status = 'open' AND (NEW.due_on IS DISTINCT FROM OLD.due_on
                       OR NEW.assignee IS DISTINCT FROM OLD.assignee OR NEW.change_reason IS NOT NULL))
    EXECUTE FUNCTION winback._task_moved();
COMMENT ON TRIGGER moved ON winback.task IS
    'keeps the rules by which tasks are put off and taken from the pool, and writes down both';

CREATE OR REPLACE VIEW winback.overdue_tasks AS
SELECT t.task_id, t.client_id, t.name, t.kind, t.title, t.assignee, t.due_on, t.overdue, t.opened_at, t.attempts,
       t.last_attempt_at, t.snoozes, n.times_noticed, n.last_noticed_at, t.period_revenue, t.note
  FROM winback.open_tasks t
 CROSS JOIN winback.policy p
 CROSS JOIN LATERAL (SELECT count(*)::int AS times_noticed, max(o.noticed_at) AS last_noticed_at
                       FROM winback.overdue_notice o WHERE o.task_id = t.task_id) n
 WHERE t.overdue >= p.overdue_days
 ORDER BY t.overdue DESC, t.period_revenue DESC NULLS LAST, t.task_id;
COMMENT ON VIEW winback.overdue_tasks IS
    'the open tasks that are overdue by policy.overdue_days or more, for supervisors; the longest overdue first';
COMMENT ON COLUMN winback.overdue_tasks.task_id IS 'number of the task';
COMMENT ON COLUMN winback.overdue_tasks.client_id IS 'the client, as the CRM knows it';
COMMENT ON COLUMN winback.overdue_tasks.name IS 'name of the client';
COMMENT ON COLUMN winback.overdue_tasks.kind IS 'kind of task, a row of winback.task_kind';
COMMENT ON COLUMN winback.overdue_tasks.title IS 'what is to be done';
COMMENT ON COLUMN winback.overdue_tasks.assignee IS 'who is to do it; null: it is in the pool';
COMMENT ON COLUMN winback.overdue_tasks.due_on IS 'the day on which it is to be done';
COMMENT ON COLUMN winback.overdue_tasks.overdue IS
    'days past the due day, or past the day of opening if that is later';
COMMENT ON COLUMN winback.overdue_tasks.opened_at IS 'when the task was opened';
COMMENT ON COLUMN winback.overdue_tasks.attempts IS 'calls since then that were too short to be a contact';
COMMENT ON COLUMN winback.overdue_tasks.last_attempt_at IS 'the last of these';
COMMENT ON COLUMN winback.overdue_tasks.snoozes IS 'how often the task was put off';
COMMENT ON COLUMN winback.overdue_tasks.times_noticed IS 'number of its rows in winback.overdue_notice';
COMMENT ON COLUMN winback.overdue_tasks.last_noticed_at IS 'the last of these';
COMMENT ON COLUMN winback.overdue_tasks.period_revenue IS
    'of the client: the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.overdue_tasks.note IS 'free text';
