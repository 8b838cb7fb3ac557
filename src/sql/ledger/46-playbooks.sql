-- Playbooks: what is done, step by step, to bring a client back; and the processes that walk them.

CREATE TABLE winback.playbook (
    playbook text PRIMARY KEY CHECK (playbook <> ''),
    title    text NOT NULL,
    enabled  boolean NOT NULL DEFAULT true,
    holdout  numeric NOT NULL DEFAULT 0 CHECK (holdout BETWEEN 0 AND 90)
);
COMMENT ON TABLE winback.playbook IS
    'what is done to bring a client back; checked when the transaction that changes one commits';
COMMENT ON COLUMN winback.playbook.playbook IS 'name of the playbook';
COMMENT ON COLUMN winback.playbook.title IS 'what managers read';
COMMENT ON COLUMN winback.playbook.enabled IS 'processes may be started';
COMMENT ON COLUMN winback.playbook.holdout IS
    'so many percent of those who enter are its control group: drawn by chance, and never given a task';

CREATE TABLE winback.playbook_step (
    playbook     text REFERENCES winback.playbook ON UPDATE CASCADE ON DELETE CASCADE,
    step         text CHECK (step <> ''),
    position     int NOT NULL,
    kind         text NOT NULL,
    title        text,
    instructions text,
    due_after    interval NOT NULL DEFAULT '0' CHECK (due_after >= interval '0' AND due_after <= interval '100 years'),
    assignee     text NOT NULL DEFAULT 'manager' CHECK (assignee <> ''),
    cost         numeric NOT NULL DEFAULT 0 CHECK (cost >= 0 AND cost < 'Infinity'),
    script       text,
    PRIMARY KEY (playbook, step),
    UNIQUE (playbook, position) DEFERRABLE
);
COMMENT ON TABLE winback.playbook_step IS 'the steps of the playbooks';
COMMENT ON COLUMN winback.playbook_step.step IS 'name of the step within its playbook';
COMMENT ON COLUMN winback.playbook_step.position IS 'the step with the least position is the first';
COMMENT ON COLUMN winback.playbook_step.kind IS
    'a kind of task (winback.task_kind); or wait: rests for due_after, then goes on with outcome "elapsed"; or '
    'wait_until_fixed: rests until the cause of the loss is fixed, then goes on with outcome "fixed"';
COMMENT ON COLUMN winback.playbook_step.title IS 'title of the task; null: that of its kind';
COMMENT ON COLUMN winback.playbook_step.instructions IS 'what is to be done: becomes the note of the task';
COMMENT ON COLUMN winback.playbook_step.due_after IS
    'a task is due so long after its step is entered, on a working day; a wait lasts so long';
COMMENT ON COLUMN winback.playbook_step.assignee IS
    'manager: the client''s own; pool: whoever is free; anything else: the name of who is to do it';
COMMENT ON COLUMN winback.playbook_step.script IS
    'the survey by which the client is asked in its task; null: return_survey, if it is asked';
COMMENT ON COLUMN winback.playbook_step.cost IS 'what doing the step costs, in the currency of the orders';

CREATE TABLE winback.playbook_path (
    playbook  text,
    step      text,
    outcome   text CHECK (btrim(outcome) <> ''),
    next_step text,
    end_state text CHECK (end_state IN ('returned', 'gave_up', 'written_off')),
    cause     text REFERENCES winback.cause ON UPDATE CASCADE,
    reaction  text CHECK (reaction IN ('accepted', 'refused')),
    PRIMARY KEY (playbook, step, outcome),
    FOREIGN KEY (playbook, step) REFERENCES winback.playbook_step ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (playbook, next_step) REFERENCES winback.playbook_step (playbook, step) ON UPDATE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (num_nonnulls(next_step, end_state) = 1)
);
COMMENT ON TABLE winback.playbook_path IS 'what follows each outcome of each step: another step, or the end';
COMMENT ON COLUMN winback.playbook_path.outcome IS 'what came of the step';
COMMENT ON COLUMN winback.playbook_path.next_step IS 'the step that follows; null: none, the process ends';
COMMENT ON COLUMN winback.playbook_path.end_state IS 'the state in which the process ends; null: it goes on';
COMMENT ON COLUMN winback.playbook_path.cause IS
    'the cause of the loss that this outcome states; null: none. Where it names a competitor, so does the note of the '
    'task: "name", or "name: what it offers"';
COMMENT ON COLUMN winback.playbook_path.reaction IS
    'what this outcome says of the client''s reaction, accepted or refused, to the action that the step is, else to '
    'the last one before it in the process; null: nothing';

-- A running process goes on by the version that it began with, whatever becomes of the playbook.
CREATE TABLE winback.playbook_version (
    playbook   text,
    version    int,
    definition jsonb NOT NULL,
    made_at    timestamptz NOT NULL,
    PRIMARY KEY (playbook, version)
);
COMMENT ON TABLE winback.playbook_version IS
    'every playbook as it was saved: written by winback when a playbook changes, and never changed after that';
COMMENT ON COLUMN winback.playbook_version.version IS '1, 2, ... of each playbook';
COMMENT ON COLUMN winback.playbook_version.definition IS
    'the first step; and of each step kind, title, instructions, due_after, assignee, cost, and what follows its '
    'outcomes';
COMMENT ON COLUMN winback.playbook_version.made_at IS 'when, by the clock';

CREATE TABLE winback.process (
    process_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    client_id  @client_type@,
    playbook   text NOT NULL,
    version    int NOT NULL,
    state      text NOT NULL CHECK (state IN ('running', 'returned', 'recovered', 'gave_up', 'written_off',
                                              'not_to_be_contacted', 'merged', 'erased')),
    step       text NOT NULL,
    number     int NOT NULL,
    entered_at timestamptz NOT NULL,
    task_id    bigint,
    wakes_at   timestamptz,
    waits_for  text REFERENCES winback.cause ON UPDATE CASCADE,
    cause      text REFERENCES winback.cause ON UPDATE CASCADE,
    since      timestamptz NOT NULL,
    abc        text,
    silent_days int,
    segment    text,
    holdout    numeric,
    held_out   boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL,
    started_by text,
    ended_at   timestamptz,
    reason     text,
    FOREIGN KEY (playbook, version) REFERENCES winback.playbook_version ON UPDATE CASCADE,
    CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX process_client ON winback.process (client_id);
CREATE UNIQUE INDEX one_process_a_playbook ON winback.process (client_id, playbook) WHERE state = 'running';
CREATE INDEX process_task ON winback.process (task_id) WHERE state = 'running';
CREATE INDEX process_wakes ON winback.process (wakes_at) WHERE state = 'running' AND wakes_at IS NOT NULL;
CREATE INDEX process_waits ON winback.process (waits_for) WHERE state = 'running' AND waits_for IS NOT NULL;
COMMENT ON TABLE winback.process IS
    'a client being brought back by a playbook: a row is inserted to start it, with client_id and playbook; the rest '
    'is winback''s';
COMMENT ON COLUMN winback.process.client_id IS 'the client; null: it has been erased';
COMMENT ON COLUMN winback.process.version IS 'the version of the playbook that it walks';
COMMENT ON COLUMN winback.process.state IS
    'running; or how it ended: returned (by a purchase, or as the playbook says), recovered, gave_up, written_off, '
    'not_to_be_contacted, merged or erased';
COMMENT ON COLUMN winback.process.step IS
    'the step at which it is, or ended; held out: the one it would have begun with';
COMMENT ON COLUMN winback.process.number IS 'number of that step in this process, from 1; held out: 0';
COMMENT ON COLUMN winback.process.entered_at IS 'when it came to that step';
COMMENT ON COLUMN winback.process.task_id IS 'the task of that step; null: it rests';
COMMENT ON COLUMN winback.process.wakes_at IS 'until when it rests; null: not for a time';
COMMENT ON COLUMN winback.process.waits_for IS 'the cause that must be fixed before it goes on; null: none';
COMMENT ON COLUMN winback.process.cause IS
    'the cause of its client''s loss, as stated last; of a client that is only at risk no loss has it yet';
COMMENT ON COLUMN winback.process.since IS 'since when its client was lost, or at risk, when it began';
COMMENT ON COLUMN winback.process.abc IS 'its client''s class when it began; null: the client had never bought';
COMMENT ON COLUMN winback.process.silent_days IS
    'days since its client''s last purchase when it began, in policy.timezone; null: the client had never bought';
COMMENT ON COLUMN winback.process.segment IS 'the segment that its client had entered; null: it was started by hand';
COMMENT ON COLUMN winback.process.holdout IS
    'the playbook''s holdout, in percent, when it began; null: the client was in another process, so no lot was drawn';
COMMENT ON COLUMN winback.process.held_out IS
    'its client is of the control group: while it runs no task is opened for that client, and no other process';
COMMENT ON COLUMN winback.process.started_at IS 'when it was started, by the clock';
COMMENT ON COLUMN winback.process.started_by IS 'the role that started it; null: winback itself';
COMMENT ON COLUMN winback.process.ended_at IS 'when it ended; null: it is running';
COMMENT ON COLUMN winback.process.reason IS 'why it was ended by hand';

CREATE TABLE winback.process_step (
    process_id bigint,
    number     int,
    step       text NOT NULL,
    task_id    bigint,
    entered_at timestamptz NOT NULL,
    left_at    timestamptz NOT NULL,
    outcome    text NOT NULL,
    cost       numeric NOT NULL,
    PRIMARY KEY (process_id, number)
);
COMMENT ON TABLE winback.process_step IS 'the steps that processes have behind them';
COMMENT ON COLUMN winback.process_step.number IS 'its place in the process, from 1';
COMMENT ON COLUMN winback.process_step.task_id IS 'the task that it was; null: a wait';
COMMENT ON COLUMN winback.process_step.outcome IS
    'what came of it; of a step that was cut short: the end of the process';
COMMENT ON COLUMN winback.process_step.cost IS 'what it cost; 0 where it was cut short';

-- Who is of a control group depends on this and on the client and its loss: so it can neither be foreseen nor drawn
-- again.
CREATE TABLE winback.holdout_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    key bytea NOT NULL
);
COMMENT ON TABLE winback.holdout_key IS
    'one row: what the lots of the control groups are drawn with; nobody is to read it';
INSERT INTO winback.holdout_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
