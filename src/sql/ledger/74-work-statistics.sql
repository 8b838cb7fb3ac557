-- How the work goes: how long steps take, where processes stall, and whether managers do their tasks in time. Of
-- control groups no step is begun: they are not in here.

CREATE OR REPLACE VIEW winback.step_times AS
SELECT coalesce(b.playbook, n.playbook) AS playbook, coalesce(b.step, n.step) AS step, coalesce(b.passed, 0) AS passed,
       b.mean_days, b.median_days, b.days_of_nine_in_ten, coalesce(n.at_step, 0) AS at_step, n.mean_days_so_far,
       n.longest_days_so_far
  FROM (SELECT p.playbook, s.step, count(*) AS passed, round(avg(d.days), 2) AS mean_days,
               round(percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days)::numeric, 2) AS median_days,
               round(percentile_cont(0.9) WITHIN GROUP (ORDER BY d.days)::numeric, 2) AS days_of_nine_in_ten
          FROM winback.process_step s
          JOIN winback.process p ON p.process_id = s.process_id
         CROSS JOIN LATERAL (SELECT extract(epoch FROM s.left_at - s.entered_at) / 86400) d (days)
         GROUP BY p.playbook, s.step) b
  FULL JOIN (SELECT p.playbook, p.step, count(*) AS at_step, round(avg(d.days), 2) AS mean_days_so_far,
                    round(max(d.days), 2) AS longest_days_so_far
               FROM winback.process p
              CROSS JOIN LATERAL (SELECT extract(epoch FROM winback.now() - p.entered_at) / 86400) d (days)
              WHERE p.state = 'running' AND p.number > 0
              GROUP BY p.playbook, p.step) n ON n.playbook = b.playbook AND n.step = b.step;
COMMENT ON VIEW winback.step_times IS
    'by step of the playbooks, all their versions together: how long processes stayed there, and how many are there '
    'now';
COMMENT ON COLUMN winback.step_times.playbook IS 'the playbook';
COMMENT ON COLUMN winback.step_times.step IS 'the step';
COMMENT ON COLUMN winback.step_times.passed IS 'how often it is behind a process, cut short or not';
COMMENT ON COLUMN winback.step_times.mean_days IS 'how long that took, in days of 24 hours: the mean';
COMMENT ON COLUMN winback.step_times.median_days IS 'half of them took no longer';
COMMENT ON COLUMN winback.step_times.days_of_nine_in_ten IS 'nine in ten took no longer';
COMMENT ON COLUMN winback.step_times.at_step IS 'processes that are at this step now';
COMMENT ON COLUMN winback.step_times.mean_days_so_far IS 'how long these have been there, in days: the mean';
COMMENT ON COLUMN winback.step_times.longest_days_so_far IS 'the longest of them';

-- Why a process stalls, the first that holds:
--
--   why               when
--   ---------------   ----------------------------------------------------------------------------------------------
--   task overdue      the due day of its task has passed, as in winback.open_tasks
--   cause not fixed   it waits for the company to fix the cause
--   no room yet       it has waited for that; no sweep since the cause was fixed has found its manager with room
--   slow              it has been at its step for longer than nine in ten were, of at least 10 that have passed it
CREATE OR REPLACE VIEW winback.stalled_processes AS
SELECT x.process_id, x.client_id, x.playbook, x.step, x.entered_at, x.days_at_step, x.median_days, x.task_id,
       x.assignee, x.due_on, x.overdue, x.waits_for, x.why
  FROM (SELECT p.process_id, p.client_id, p.playbook, p.step, p.entered_at,
               round(extract(epoch FROM k.clock - p.entered_at) / 86400, 2) AS days_at_step, s.median_days, p.task_id,
               t.assignee, t.due_on, d.overdue, p.waits_for,
               CASE WHEN d.overdue > 0 THEN 'task overdue'
                    WHEN c.fixed_on <= (k.clock AT TIME ZONE k.timezone)::date THEN 'no room yet'
                    WHEN p.waits_for IS NOT NULL THEN 'cause not fixed'
                    WHEN s.passed >= 10
                         AND extract(epoch FROM k.clock - p.entered_at) / 86400 > s.days_of_nine_in_ten THEN 'slow'
               END AS why
          FROM winback.process p
         CROSS JOIN (SELECT winback.now() AS clock, o.timezone FROM winback.policy o LIMIT 1) k
          LEFT JOIN winback.cause c ON c.cause = p.waits_for
          LEFT JOIN winback.task t ON t.task_id = p.task_id AND t.status = 'open'
         CROSS JOIN LATERAL (
               SELECT CASE WHEN t.task_id IS NOT NULL
                           THEN coalesce(greatest(0, (k.clock AT TIME ZONE k.timezone)::date
                                - greatest(t.due_on, (t.opened_at AT TIME ZONE k.timezone)::date)), 0) END) d (overdue)
          LEFT JOIN winback.step_times s ON s.playbook = p.playbook AND s.step = p.step
         WHERE p.state = 'running' AND p.number > 0) x
 WHERE x.why IS NOT NULL;
COMMENT ON VIEW winback.stalled_processes IS 'the processes that do not go on as they should, and why';
COMMENT ON COLUMN winback.stalled_processes.process_id IS 'number of the process';
COMMENT ON COLUMN winback.stalled_processes.client_id IS 'the client that is to be brought back';
COMMENT ON COLUMN winback.stalled_processes.playbook IS 'the playbook that it walks';
COMMENT ON COLUMN winback.stalled_processes.step IS 'the step at which it is';
COMMENT ON COLUMN winback.stalled_processes.entered_at IS 'when it came there';
COMMENT ON COLUMN winback.stalled_processes.days_at_step IS 'so long ago that was, in days of 24 hours';
COMMENT ON COLUMN winback.stalled_processes.median_days IS 'half of those that have passed the step took no longer';
COMMENT ON COLUMN winback.stalled_processes.task_id IS 'the task of the step; null: it rests';
COMMENT ON COLUMN winback.stalled_processes.assignee IS 'who is to do it; null: it is in the pool, or there is no task';
COMMENT ON COLUMN winback.stalled_processes.due_on IS 'the day on which it is to be done';
COMMENT ON COLUMN winback.stalled_processes.overdue IS
    'days past the due day, or past the day of opening if that is later; null: there is no task';
COMMENT ON COLUMN winback.stalled_processes.waits_for IS 'the cause that had to be fixed before it goes on; null: none';
COMMENT ON COLUMN winback.stalled_processes.why IS 'task overdue, cause not fixed, no room yet, or slow';

-- A task is late from the day on after the one on which it was due, or was opened if that is later, as in
-- winback.open_tasks. One that is due on any day is never late.
CREATE OR REPLACE VIEW winback.manager_discipline AS
SELECT g.month, g.manager, g.kind, count(*) AS tasks,
       count(*) FILTER (WHERE g.status = 'done' AND g.days_late = 0) AS done_in_time,
       count(*) FILTER (WHERE g.status = 'done' AND g.days_late > 0) AS done_late,
       count(*) FILTER (WHERE g.status = 'open' AND g.days_late = 0) AS open_in_time,
       count(*) FILTER (WHERE g.status = 'open' AND g.days_late > 0) AS open_overdue,
       count(*) FILTER (WHERE g.status = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE g.evidence_withdrawn AND g.status <> 'cancelled') AS without_evidence,
       sum(g.snoozes)::bigint AS times_put_off, sum(g.refusals)::bigint AS refused_closings,
       round(avg(g.days_late) FILTER (WHERE g.status = 'done'), 2) AS mean_days_late,
       round(count(*) FILTER (WHERE g.status = 'done' AND g.days_late = 0)::numeric
             / nullif(count(*) FILTER (WHERE g.status = 'done' OR g.status = 'open' AND g.days_late > 0), 0), 4)
           AS share_in_time
  FROM (SELECT date_trunc('month', d.due)::date AS month, t.assignee AS manager, t.kind, t.status,
               t.evidence_withdrawn,
               CASE WHEN t.due_on IS NULL THEN 0
                    ELSE greatest(0, (coalesce(t.closed_at, k.clock) AT TIME ZONE k.timezone)::date - d.due)
               END AS days_late,
               (SELECT count(*) FROM winback.task_snooze s WHERE s.task_id = t.task_id) AS snoozes,
               (SELECT count(*) FROM winback.refused_closing r WHERE r.task_id = t.task_id) AS refusals
          FROM winback.task t
         CROSS JOIN (SELECT winback.now() AS clock, o.timezone FROM winback.policy o LIMIT 1) k
         CROSS JOIN LATERAL (SELECT greatest(t.due_on, (t.opened_at AT TIME ZONE k.timezone)::date)) d (due)) g
 GROUP BY g.month, g.manager, g.kind;
COMMENT ON VIEW winback.manager_discipline IS
    'whether tasks are done in time: by manager, kind of task, and month in which they were due; counts may be added '
    'up';
COMMENT ON COLUMN winback.manager_discipline.month IS
    'the first day of the month in which the tasks were due, in policy.timezone; or were opened if that is later, or '
    'they are due on any day';
COMMENT ON COLUMN winback.manager_discipline.manager IS
    'who has the tasks, or had them when they were closed; null: the pool';
COMMENT ON COLUMN winback.manager_discipline.kind IS 'kind of task, a row of winback.task_kind';
COMMENT ON COLUMN winback.manager_discipline.tasks IS 'all of them: the sum of the next five columns';
COMMENT ON COLUMN winback.manager_discipline.done_in_time IS 'done on the day they were due, or earlier';
COMMENT ON COLUMN winback.manager_discipline.done_late IS 'done after that day';
COMMENT ON COLUMN winback.manager_discipline.open_in_time IS 'open, and not late yet';
COMMENT ON COLUMN winback.manager_discipline.open_overdue IS 'open, and late';
COMMENT ON COLUMN winback.manager_discipline.cancelled IS
    'cancelled: the client came back by itself, is not to be contacted, or a supervisor said so';
COMMENT ON COLUMN winback.manager_discipline.without_evidence IS
    'of those that are done or open: the call that closed it is gone, changed or no longer counts';
COMMENT ON COLUMN winback.manager_discipline.times_put_off IS 'how often they were put off: see winback.task_snooze';
COMMENT ON COLUMN winback.manager_discipline.refused_closings IS
    'how often closing them was refused, for want of an outcome or a real call: see winback.refused_closing';
COMMENT ON COLUMN winback.manager_discipline.mean_days_late IS
    'of those that are done: mean number of days after the due day, in time being 0';
COMMENT ON COLUMN winback.manager_discipline.share_in_time IS
    'done_in_time / (done_in_time + done_late + open_overdue)';
