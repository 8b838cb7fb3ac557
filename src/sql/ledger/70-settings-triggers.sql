-- What people write by hand is checked and acted upon: settings, events and the expressions of watched tables. What
-- they would take away from the history they are refused.

CREATE OR REPLACE TRIGGER rule_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.rule
    FOR EACH STATEMENT EXECUTE FUNCTION winback._rules_change();
CREATE OR REPLACE TRIGGER rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.rule
    FOR EACH STATEMENT EXECUTE FUNCTION winback._rules_changed();
CREATE OR REPLACE TRIGGER policy_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.policy
    FOR EACH STATEMENT EXECUTE FUNCTION winback._settings_changed();
CREATE OR REPLACE TRIGGER interaction_status_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.interaction_status
    FOR EACH STATEMENT EXECUTE FUNCTION winback._settings_changed();
CREATE OR REPLACE TRIGGER calendar_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.calendar
    FOR EACH STATEMENT EXECUTE FUNCTION winback._settings_changed();
CREATE OR REPLACE TRIGGER fit_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.model_fit
    FOR EACH STATEMENT EXECUTE FUNCTION winback._fits_changed();
CREATE OR REPLACE TRIGGER source_check BEFORE INSERT OR UPDATE ON winback.source
    FOR EACH ROW EXECUTE FUNCTION winback._guard_source();
CREATE OR REPLACE TRIGGER event_check BEFORE INSERT OR UPDATE ON winback.event
    FOR EACH ROW EXECUTE FUNCTION winback._check_event();

COMMENT ON TRIGGER rule_change ON winback.rule IS 'changes of the rules wait for each other';
COMMENT ON TRIGGER rule_changed ON winback.rule IS 'keeps every version of the rules, and dates the clients anew';
COMMENT ON TRIGGER policy_changed ON winback.policy IS 'dates the clients anew';
COMMENT ON TRIGGER interaction_status_changed ON winback.interaction_status IS 'dates the clients anew';
COMMENT ON TRIGGER calendar_changed ON winback.calendar IS 'dates the clients anew';
COMMENT ON TRIGGER fit_changed ON winback.model_fit IS 'lets every session know';
COMMENT ON TRIGGER source_check ON winback.source IS 'nobody writes expressions that are evaluated as somebody else';
COMMENT ON TRIGGER event_check ON winback.event IS 'refuses what can be no fact';

CREATE OR REPLACE TRIGGER merged_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.merged
    FOR EACH STATEMENT EXECUTE FUNCTION winback._merged_change();
CREATE OR REPLACE TRIGGER merged_row AFTER INSERT OR UPDATE OR DELETE ON winback.merged
    FOR EACH ROW EXECUTE FUNCTION winback._merged_row();
CREATE OR REPLACE TRIGGER merged_statement AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON winback.merged
    FOR EACH STATEMENT EXECUTE FUNCTION winback._merged_changed();
COMMENT ON TRIGGER merged_change ON winback.merged IS 'merges wait for each other';
COMMENT ON TRIGGER merged_row ON winback.merged IS 'computes both clients afresh at commit';
COMMENT ON TRIGGER merged_statement ON winback.merged IS 'refuses circles, and lets every session know';

CREATE OR REPLACE TRIGGER guard BEFORE DELETE OR TRUNCATE ON winback.status_change
    FOR EACH STATEMENT EXECUTE FUNCTION winback._keep_history();
COMMENT ON TRIGGER guard ON winback.status_change IS 'changes of status are not deleted';
