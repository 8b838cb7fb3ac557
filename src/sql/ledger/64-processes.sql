-- What keeps playbooks and processes right, whoever writes them.

CREATE OR REPLACE TRIGGER begins BEFORE INSERT ON winback.process
    FOR EACH ROW EXECUTE FUNCTION winback._process_begins();
COMMENT ON TRIGGER begins ON winback.process IS 'only a lost client is brought back, by a playbook that is in use';

CREATE OR REPLACE TRIGGER begun AFTER INSERT ON winback.process
    FOR EACH ROW EXECUTE FUNCTION winback._process_begun();
COMMENT ON TRIGGER begun ON winback.process IS 'begins at the first step';

CREATE OR REPLACE TRIGGER fixed AFTER UPDATE ON winback.cause
    FOR EACH ROW WHEN (NEW.fixed_on IS DISTINCT FROM OLD.fixed_on AND NEW.fixed_on IS NOT NULL)
    EXECUTE FUNCTION winback._cause_fixed();
COMMENT ON TRIGGER fixed ON winback.cause IS 'lets the processes go on that wait for it';

CREATE OR REPLACE TRIGGER room_made AFTER UPDATE ON winback.task
    FOR EACH ROW WHEN (OLD.status = 'open' AND (NEW.status <> 'open' OR NEW.assignee IS DISTINCT FROM OLD.assignee))
    EXECUTE FUNCTION winback._room_made();
COMMENT ON TRIGGER room_made ON winback.task IS 'processes go on that wait for their manager to have room';

CREATE OR REPLACE TRIGGER room_made AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.return_manager
    FOR EACH STATEMENT EXECUTE FUNCTION winback._room_made();
COMMENT ON TRIGGER room_made ON winback.return_manager IS 'processes go on that wait for their manager to have room';

CREATE OR REPLACE TRIGGER room_made AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.absence
    FOR EACH STATEMENT EXECUTE FUNCTION winback._room_made();
COMMENT ON TRIGGER room_made ON winback.absence IS 'processes go on that wait for their manager to be back';

-- After "guard", which says whether the task may be done at all.
CREATE OR REPLACE TRIGGER step_outcome BEFORE UPDATE ON winback.task
    FOR EACH ROW WHEN (OLD.status = 'open' AND NEW.status = 'done') EXECUTE FUNCTION winback._check_step_outcome();
COMMENT ON TRIGGER step_outcome ON winback.task IS 'the task of a step is done with one of its outcomes';

CREATE OR REPLACE TRIGGER step_closed AFTER UPDATE ON winback.task
    FOR EACH ROW WHEN (OLD.status = 'open' AND NEW.status <> 'open') EXECUTE FUNCTION winback._step_closed();
COMMENT ON TRIGGER step_closed ON winback.task IS 'the process goes on, or ends, with its task';

DROP TRIGGER IF EXISTS saved ON winback.playbook;
CREATE CONSTRAINT TRIGGER saved AFTER INSERT OR UPDATE OR DELETE ON winback.playbook
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER saved ON winback.playbook IS 'at commit: checks the playbook, and makes a version of it';

DROP TRIGGER IF EXISTS saved ON winback.playbook_step;
CREATE CONSTRAINT TRIGGER saved AFTER INSERT OR UPDATE OR DELETE ON winback.playbook_step
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER saved ON winback.playbook_step IS 'at commit: checks the playbook, and makes a version of it';

DROP TRIGGER IF EXISTS saved ON winback.playbook_path;
CREATE CONSTRAINT TRIGGER saved AFTER INSERT OR UPDATE OR DELETE ON winback.playbook_path
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER saved ON winback.playbook_path IS 'at commit: checks the playbook, and makes a version of it';

CREATE OR REPLACE TRIGGER kept BEFORE TRUNCATE ON winback.playbook
    FOR EACH STATEMENT EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER kept ON winback.playbook IS 'playbooks are not truncated';

CREATE OR REPLACE TRIGGER kept BEFORE TRUNCATE ON winback.playbook_step
    FOR EACH STATEMENT EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER kept ON winback.playbook_step IS 'playbooks are not truncated';

CREATE OR REPLACE TRIGGER kept BEFORE TRUNCATE ON winback.playbook_path
    FOR EACH STATEMENT EXECUTE FUNCTION winback._playbook_changed();
COMMENT ON TRIGGER kept ON winback.playbook_path IS 'playbooks are not truncated';

CREATE OR REPLACE TRIGGER renamed AFTER UPDATE ON winback.playbook
    FOR EACH ROW WHEN (NEW.playbook <> OLD.playbook) EXECUTE FUNCTION winback._playbook_renamed();
COMMENT ON TRIGGER renamed ON winback.playbook IS 'its versions follow its name';

-- Deferred, so that a playbook may go with its kinds.
DROP TRIGGER IF EXISTS gone ON winback.task_kind;
CREATE CONSTRAINT TRIGGER gone AFTER DELETE OR UPDATE OF kind ON winback.task_kind
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._kind_gone();
COMMENT ON TRIGGER gone ON winback.task_kind IS 'a kind that a playbook names is neither removed nor renamed';

-- Deferred likewise.
DROP TRIGGER IF EXISTS gone ON winback.script;
CREATE CONSTRAINT TRIGGER gone AFTER DELETE ON winback.script
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION winback._script_gone();
COMMENT ON TRIGGER gone ON winback.script IS 'a script by which clients are asked stays';

DROP TRIGGER IF EXISTS disabled ON winback.script;
CREATE CONSTRAINT TRIGGER disabled AFTER UPDATE ON winback.script
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.enabled AND NOT NEW.enabled OR OLD.script <> NEW.script) EXECUTE FUNCTION winback._script_gone();
COMMENT ON TRIGGER disabled ON winback.script IS 'a script by which clients are asked stays, and enabled';

CREATE OR REPLACE TRIGGER emptied AFTER TRUNCATE ON winback.script
    FOR EACH STATEMENT EXECUTE FUNCTION winback._script_gone();
COMMENT ON TRIGGER emptied ON winback.script IS 'scripts by which clients are asked stay';

CREATE OR REPLACE TRIGGER kept BEFORE DELETE OR TRUNCATE ON winback.process
    FOR EACH STATEMENT EXECUTE FUNCTION winback._refuse_removal();
COMMENT ON TRIGGER kept ON winback.process IS 'processes are not removed';

CREATE OR REPLACE TRIGGER kept BEFORE DELETE OR TRUNCATE ON winback.process_step
    FOR EACH STATEMENT EXECUTE FUNCTION winback._refuse_removal();
COMMENT ON TRIGGER kept ON winback.process_step IS 'steps that were done are not removed';

CREATE OR REPLACE TRIGGER kept BEFORE DELETE OR TRUNCATE ON winback.playbook_version
    FOR EACH STATEMENT EXECUTE FUNCTION winback._refuse_removal();
COMMENT ON TRIGGER kept ON winback.playbook_version IS 'what playbooks were is not removed';
