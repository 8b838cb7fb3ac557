-- What happens when a setting changes: nonsense is refused, and every client is dated anew at commit.
--
--   table                refused                                       else
--   ------------------   -------------------------------------------   ------------------------------------------------
--   rule                 a rule added, removed or of another status;   a version in rule_history, valid from now on;
--                        one enabled that cannot be judged             while there is no client yet, from ever on
--   policy               no row                                        -
--   interaction_status   warm, cold or one in use removed              -
--   calendar             -                                             -
--   source               expressions of a role, or over a table of     (nothing is dated: the watch_ functions see to
--                        an owner, that the writer is no member of     it)
--
-- But for source, the triggers run once a statement and look at what the table has become, so they need not know how.

-- Changes of the rules come one after the other: each version holds all rules, those of other sessions too.
CREATE FUNCTION winback._rules_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE winback.rule_history IN SHARE ROW EXCLUSIVE MODE;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._rules_change() IS 'trigger of winback.rule, before a statement: waits for other changes';

-- Refuses what the rules must not become.
CREATE FUNCTION winback._check_rules() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known_rules text;
    bad_rule    text;
BEGIN
    SELECT string_agg(h.rule, ', ' ORDER BY h.position) INTO known_rules
      FROM winback.rule_history h
     WHERE h.valid_from = (SELECT max(n.valid_from) FROM winback.rule_history n);

    SELECT r.rule INTO bad_rule FROM winback.rule r
     WHERE NOT EXISTS (SELECT FROM winback.rule_history h WHERE h.rule = r.rule) ORDER BY r.rule LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no rule "%"', bad_rule
            USING ERRCODE = 'feature_not_supported', HINT = format('The rules are %s.', known_rules);
    END IF;

    SELECT h.rule INTO bad_rule FROM winback.rule_history h
     WHERE NOT EXISTS (SELECT FROM winback.rule r WHERE r.rule = h.rule) ORDER BY h.rule LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rule "%" cannot be removed', bad_rule
            USING ERRCODE = 'feature_not_supported',
                  HINT = format('Disable it: UPDATE winback.rule SET enabled = false WHERE rule = %L.', bad_rule);
    END IF;

    SELECT r.rule INTO bad_rule FROM winback.rule r
     WHERE EXISTS (SELECT FROM winback.rule_history h WHERE h.rule = r.rule AND h.status <> r.status)
     ORDER BY r.rule LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the status that rule "%" leads to cannot be changed', bad_rule
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'Disable the rule, and enable one that leads to the other status.';
    END IF;

    IF EXISTS (SELECT FROM winback.rule r LEFT JOIN winback.model_fit f ON f.fit_id = r.fit_id
                WHERE r.rule = 'model' AND (r.enabled OR r.fit_id IS NOT NULL)
                  AND (f.status = 'converged' AND f.model <> 'gamma/gamma') IS NOT TRUE) THEN
        RAISE EXCEPTION 'rule "model" needs a fit of orders that has converged'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Make one: SELECT * FROM winback.fit(). Fits are rows of winback.model_fit.';
    END IF;
END $$;
COMMENT ON FUNCTION winback._check_rules() IS 'an error where winback.rule is not what it may be';

-- Keeps the rules as they stand now as a version of their own.
CREATE FUNCTION winback._rules_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since    timestamptz := winback.now();
    replaces boolean;  -- a version that clients have been judged by
BEGIN
    PERFORM winback._check_rules();
    PERFORM winback._read_settings_again();
    -- Compared as they are written: 90 days and 3 months are equal intervals, and not the same.
    -- Another fit changes nothing while nobody is judged by it.
    IF NOT EXISTS (SELECT ROW (r.rule, r.position, r.status, r.enabled, r.after, r.factor, r.floor, r.ceiling,
                               r.at_most, r.more_than, r.threshold, CASE WHEN r.enabled THEN r.fit_id END)::text
                     FROM winback.rule r
                   EXCEPT
                   SELECT ROW (h.rule, h.position, h.status, h.enabled, h.after, h.factor, h.floor, h.ceiling,
                               h.at_most, h.more_than, h.threshold, CASE WHEN h.enabled THEN h.fit_id END)::text
                     FROM winback.rule_history h
                    WHERE h.valid_from = (SELECT max(n.valid_from) FROM winback.rule_history n)) THEN
        RETURN NULL;
    END IF;
    -- Without clients there is no past to keep: the rules are these, and always were.
    IF NOT EXISTS (SELECT FROM winback.client) THEN
        since := '-infinity';
    END IF;
    DELETE FROM winback.rule_history h WHERE h.valid_from >= since;
    replaces := FOUND;
    INSERT INTO winback.rule_history
        (valid_from, rule, position, status, enabled, after, factor, floor, ceiling, at_most, more_than, threshold,
         fit_id)
    SELECT since, r.rule, r.position, r.status, r.enabled, r.after, r.factor, r.floor, r.ceiling, r.at_most,
           r.more_than, r.threshold, r.fit_id
      FROM winback.rule r;
    PERFORM winback._redate_at_commit(newer_rules => CASE WHEN NOT replaces THEN since END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._rules_changed() IS
    'trigger of winback.rule: keeps the version, has every client dated anew';

-- Policy, interaction statuses and calendar.
CREATE FUNCTION winback._settings_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;  -- or ambiguous
BEGIN
    IF TG_TABLE_NAME = 'policy' AND NOT EXISTS (SELECT FROM winback.policy) THEN
        RAISE EXCEPTION 'the policy cannot be removed'
            USING ERRCODE = 'feature_not_supported', HINT = 'Change its columns with UPDATE winback.policy.';
    ELSIF TG_TABLE_NAME = 'policy' THEN
        SELECT p.timezone INTO missing FROM winback.policy p WHERE upper(p.timezone) IN ('CET', 'EET', 'MET', 'WET');
        IF FOUND THEN
            RAISE EXCEPTION 'time zone "%" is ambiguous', missing
                USING ERRCODE = 'invalid_parameter_value',
                      DETAIL = 'AT TIME ZONE takes it for an offset without summer time, SET timezone does not.',
                      HINT = 'Name a place, as Europe/Brussels.';
        END IF;
    ELSIF TG_TABLE_NAME = 'interaction_status' THEN
        SELECT u.name INTO missing
          FROM (VALUES ('warm'), ('cold') UNION SELECT c.interaction_status FROM winback.client c) u (name)
         WHERE NOT EXISTS (SELECT FROM winback.interaction_status s WHERE s.name = u.name) ORDER BY u.name LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'interaction status "%" cannot be removed', missing
                USING ERRCODE = 'feature_not_supported',
                      DETAIL = CASE WHEN missing IN ('warm', 'cold') THEN 'Clients become warm and cold by themselves.'
                                    ELSE 'There are clients of this status.' END,
                      HINT = 'Change its contact_every with UPDATE, or set another status for its clients first.';
        END IF;
    END IF;
    PERFORM winback._redate_at_commit();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._settings_changed() IS
    'trigger of policy, interaction_status and calendar: has every client dated anew';

-- The value fit in force is the newest, so it needs no setting to change: but every session has read it.
CREATE FUNCTION winback._fits_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback._read_settings_again();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION winback._fits_changed() IS
    'trigger of winback.model_fit: every session scores by what it holds now';

-- Expressions are evaluated as the role that gave them, so nobody may write them in another one's name.
CREATE FUNCTION winback._guard_source() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    table_owner oid;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.relation, OLD.given_by, OLD.search_path, OLD.expressions,
                             OLD.by_alias, OLD.order_table)
                            IS NOT DISTINCT FROM (NEW.relation, NEW.given_by, NEW.search_path, NEW.expressions,
                                                  NEW.by_alias, NEW.order_table) THEN
        RETURN NEW;
    END IF;
    IF NOT pg_has_role(current_user, NEW.given_by, 'MEMBER') THEN
        RAISE EXCEPTION 'permission denied to write expressions of role "%"', NEW.given_by
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Expressions are evaluated as that role: it takes a member of it to write them.';
    END IF;
    -- As whom they are evaluated when that role is gone.
    SELECT c.relowner INTO table_owner FROM pg_class c WHERE c.oid = NEW.relation;
    IF NOT pg_has_role(current_user, table_owner, 'MEMBER') THEN
        RAISE EXCEPTION 'permission denied to write expressions over table %', NEW.relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'It takes the owner of the table, or a member of that role.';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION winback._guard_source() IS
    'trigger of winback.source: nobody writes expressions that are evaluated as somebody else';
