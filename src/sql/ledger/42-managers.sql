-- The managers who bring clients back, when they are away, and what becomes of tasks before they are closed.

CREATE TABLE winback.return_manager (
    manager   text PRIMARY KEY CHECK (manager <> ''),
    capacity  int CHECK (capacity > 0),
    refill_at int NOT NULL DEFAULT 0 CHECK (refill_at >= 0),
    enabled   boolean NOT NULL DEFAULT true,
    note      text
);
COMMENT ON TABLE winback.return_manager IS
    'the managers to whom the sweep deals the tasks that are nobody''s, in even shares; none: they stay in the pool '
    'until somebody takes them';
COMMENT ON COLUMN winback.return_manager.manager IS 'the manager, as winback.task.assignee names him';
COMMENT ON COLUMN winback.return_manager.capacity IS
    'from the pool the manager is given tasks only up to so many open ones, those of clients of his own included; '
    'null: no limit';
COMMENT ON COLUMN winback.return_manager.refill_at IS
    'of a manager with a capacity: the next portion is dealt when no more than so many due tasks of other people''s '
    'clients are left to him; 0: when the last portion is worked off';
COMMENT ON COLUMN winback.return_manager.enabled IS 'false: nothing is dealt to the manager, who may still take tasks';
COMMENT ON COLUMN winback.return_manager.note IS 'free text';

-- By the hash of the name, for GiST compares no text without another extension; 64 bits of it do not meet by chance.
CREATE TABLE winback.absence (
    manager     text NOT NULL,
    absent_from date NOT NULL CHECK (isfinite(absent_from)),
    absent_to   date NOT NULL CHECK (isfinite(absent_to)),
    deputy      text CHECK (deputy <> ''),
    note        text,
    CONSTRAINT absent_in_order CHECK (absent_from <= absent_to),
    CONSTRAINT another_deputy CHECK (deputy <> manager),
    CONSTRAINT one_absence_at_a_time EXCLUDE USING gist (
        int8range(hashtextextended(manager, 0), hashtextextended(manager, 0), '[]') WITH &&,
        daterange(absent_from, absent_to, '[]') WITH &&)
);
COMMENT ON TABLE winback.absence IS 'when managers are away; the sweep gives their due tasks to others meanwhile';
COMMENT ON COLUMN winback.absence.manager IS 'the manager, as winback.task.assignee names him';
COMMENT ON COLUMN winback.absence.absent_from IS 'the first day away';
COMMENT ON COLUMN winback.absence.absent_to IS 'the last day away';
COMMENT ON COLUMN winback.absence.deputy IS 'to whom the tasks go; null, or away too: to the pool';
COMMENT ON COLUMN winback.absence.note IS 'free text';

CREATE TABLE winback.task_assignment (
    assignment_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task_id       bigint NOT NULL,
    assigned_at   timestamptz NOT NULL,
    assigned_by   text,
    from_assignee text,
    to_assignee   text,
    reason        text
);
CREATE INDEX task_assignment_task ON winback.task_assignment (task_id, assignment_id);
CREATE INDEX task_taken_away ON winback.task_assignment (task_id) WHERE to_assignee IS NULL AND assigned_by IS NULL;
COMMENT ON TABLE winback.task_assignment IS 'every change of a task''s assignee after its opening';
COMMENT ON COLUMN winback.task_assignment.assignment_id IS 'number of the change, in the order in which they were made';
COMMENT ON COLUMN winback.task_assignment.task_id IS 'the task';
COMMENT ON COLUMN winback.task_assignment.assigned_at IS 'the clock''s time of the change';
COMMENT ON COLUMN winback.task_assignment.assigned_by IS 'the role that changed it; null: winback itself';
COMMENT ON COLUMN winback.task_assignment.from_assignee IS 'who had the task; null: it was in the pool';
COMMENT ON COLUMN winback.task_assignment.to_assignee IS 'who has it from then on; null: it is in the pool';
COMMENT ON COLUMN winback.task_assignment.reason IS 'why, where that was said';

CREATE TABLE winback.task_snooze (
    snooze_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task_id    bigint NOT NULL,
    snoozed_at timestamptz NOT NULL,
    snoozed_by text NOT NULL,
    due_on     date,
    until      date NOT NULL,
    reason     text NOT NULL
);
CREATE INDEX task_snooze_task ON winback.task_snooze (task_id);
COMMENT ON TABLE winback.task_snooze IS 'every time that a task was put off';
COMMENT ON COLUMN winback.task_snooze.snooze_id IS 'number of the row';
COMMENT ON COLUMN winback.task_snooze.task_id IS 'the task';
COMMENT ON COLUMN winback.task_snooze.snoozed_at IS 'the clock''s time at which it was put off';
COMMENT ON COLUMN winback.task_snooze.snoozed_by IS 'the role that put it off';
COMMENT ON COLUMN winback.task_snooze.due_on IS 'the day on which it had been due; null: any day';
COMMENT ON COLUMN winback.task_snooze.until IS 'the day to which it was put off';
COMMENT ON COLUMN winback.task_snooze.reason IS 'why';

CREATE TABLE winback.refused_closing (
    refusal_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task_id    bigint NOT NULL,
    refused_at timestamptz NOT NULL,
    refused_by text NOT NULL,
    why        text NOT NULL CHECK (why IN ('no outcome', 'no call', 'wrong call'))
);
CREATE INDEX refused_closing_task ON winback.refused_closing (task_id);
COMMENT ON TABLE winback.refused_closing IS
    'every attempt to close a task that the closing rule has refused, as of the last sweep. Where winback is not '
    'preloaded, only those of sessions that swept themselves';
COMMENT ON COLUMN winback.refused_closing.refusal_id IS 'number of the row';
COMMENT ON COLUMN winback.refused_closing.task_id IS 'the task';
COMMENT ON COLUMN winback.refused_closing.refused_at IS 'the clock''s time of the attempt';
COMMENT ON COLUMN winback.refused_closing.refused_by IS 'the role that tried';
COMMENT ON COLUMN winback.refused_closing.why IS
    'no outcome; no call: the kind of task needs one; wrong call: the one that was named does not close this task';

CREATE TABLE winback.overdue_notice (
    notice_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task_id    bigint NOT NULL,
    noticed_at timestamptz NOT NULL,
    due_on     date NOT NULL,
    days       int NOT NULL,
    assignee   text
);
CREATE INDEX overdue_notice_task ON winback.overdue_notice (task_id, due_on);
COMMENT ON TABLE winback.overdue_notice IS
    'that a task is overdue, as the sweep has noticed: at policy.overdue_days, and again every overdue_again_days';
COMMENT ON COLUMN winback.overdue_notice.notice_id IS 'number of the notice';
COMMENT ON COLUMN winback.overdue_notice.task_id IS 'the task';
COMMENT ON COLUMN winback.overdue_notice.noticed_at IS 'the clock''s time at which it was noticed';
COMMENT ON COLUMN winback.overdue_notice.due_on IS 'the day on which it was due; put off, it is noticed anew';
COMMENT ON COLUMN winback.overdue_notice.days IS 'by how many days it was overdue, as in winback.open_tasks';
COMMENT ON COLUMN winback.overdue_notice.assignee IS 'who had it; null: it was in the pool';
