-- Who may do what. Nothing is granted to PUBLIC; the rest is three grants, each holding the one before:
--
--   grant            may
--   --------------   ------------------------------------------------------------------------------------------------
--   grant_reader     read every view and table (of winback.rejected all but the rows themselves, which are the CRM's),
--                    and call what only reads
--   grant_agent      open, change, take, put off, hand over and complete tasks; record events; record and correct
--                    answers; set a client's interaction status; state the cause of a loss
--   grant_admin      everything: settings, watching, the clock's work, write_off, take_back, cancel_task
--
-- Granted by the owner of winback or by a superuser.
--
-- A supervisor is an agent with EXECUTE on winback.cancel_task, write_off or take_back besides.
--
-- A view reads its tables as its owner, but checks its functions against who reads: what a view calls is a reader's.
-- Tables that a newer version of winback adds are granted by calling these functions again.

-- Grants EXECUTE on all functions of these names.
CREATE FUNCTION winback._grant_execute(role regrole, names text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT p.oid FROM pg_proc p
         WHERE p.pronamespace = 'winback'::regnamespace AND p.proname = ANY (names) ORDER BY p.oid
    LOOP
        EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', routine, role);
    END LOOP;
END $$;
COMMENT ON FUNCTION winback._grant_execute(regrole, text[]) IS 'grants EXECUTE on winback''s functions of these names';

-- Lets a role read.
CREATE FUNCTION winback.grant_reader(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation  regclass;
    owner     regrole;
BEGIN
    IF role IS NULL THEN
        RAISE EXCEPTION 'role must not be null'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name an existing role.';
    END IF;
    PERFORM winback._client_type();
    -- GRANT itself only warns, once for each of some hundred objects.
    SELECT o.owner INTO owner
      FROM (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'winback'
             UNION SELECT c.relowner FROM pg_class c WHERE c.oid = 'winback.ledger'::regclass) o (owner)
     WHERE NOT pg_has_role(o.owner, 'USAGE');
    IF FOUND THEN
        RAISE EXCEPTION 'only the owner of winback grants its privileges'
            USING ERRCODE = 'insufficient_privilege', HINT = format('Its owner is role %s.', owner);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA winback TO %s', role);
    FOR relation IN
        SELECT c.oid FROM pg_class c
         WHERE c.relnamespace = 'winback'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND c.oid NOT IN ('winback.rejected'::regclass, 'winback.holdout_key'::regclass)
         ORDER BY c.oid
    LOOP
        EXECUTE format('GRANT SELECT ON TABLE %s TO %s', relation, role);
    END LOOP;
    EXECUTE format('GRANT SELECT (source, reason, at) ON TABLE winback.rejected TO %s', role);
    PERFORM winback._grant_execute(role, '{now,status,_present_client,abc,verify,_client_type,_client_equals,
                                           _key_equals,_client_facts,_client_calls,_calls_for_task,_worker_status,
                                           _triggers_lost,_parts,_status,_status_since,_next_contact_on,_times_lost,
                                           _mean_gap,_class,_client_p_alive,_client_expected_orders,
                                           _client_next_order_on,_client_clv,_is_stale,progress,_step_definition,
                                           _keys_of_client,explain,client_card,life_cycle_svg,_standing,
                                           _length_words,_gap_words,_fact_words,_rule_words,_rule_change_words,_explain_status,
                                           _explain_expected,_explain_history,_explain_cause,_explain_contact,
                                           _explain_class,_explain_tasks,_explain_processes,_card_part,_card_next,
                                           _other_kinds,_picture_words,_words_apart,_life_marks,_draw_life}');
    PERFORM winback._grant_execute(role, '{survey_next,_script_of_task,_client_of_task,_require_script,_next_node,
                                           _question}');
    PERFORM winback._grant_execute(role, '{_working_day,_callable_from}');
    PERFORM winback._grant_execute(role, '{clients_as_of,status_as_known,_stood,_status_periods,_dimensions,_starts}');
    PERFORM winback._grant_execute(role, '{_z95,_wilson,_newcombe,_welch,_clients_needed,_more_clients,_lift_words}');
    PERFORM winback._grant_execute(role, '{p_alive,p_no_order,expected_orders,discounted_orders,next_order_in,
                                           age_at_p_alive,expected_value,clv}');
    PERFORM winback._grant_execute(role, '{purchase_summary,cadence,xyz,cv,rfm,km,km_table,km_quantile,km_survival}');
    PERFORM winback._grant_execute(role, '{suggest_actions,_present_cause,_action_points,_action_reactions,
                                           _shrunk_share,_is_tried,_tried_by,_cheapest_way,_return_prior}');
    PERFORM winback._grant_execute(role, '{suggest_silence,backtest,backtest_flags,calibration,_purchase_days,_silences,
                                           _survival,_workforce,_days_between_contacts,_timezone,
                                           _backtest_flags,_fit_of_then}');
END $$;
COMMENT ON FUNCTION winback.grant_reader(regrole) IS 'lets a role read clients, tasks, histories and settings';

-- Lets a role work tasks and ask clients.
CREATE FUNCTION winback.grant_agent(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.grant_reader(role);
    EXECUTE format('GRANT INSERT, UPDATE ON TABLE winback.task TO %s', role);
    EXECUTE format('GRANT INSERT (client_id, kind, happened_at, value, note) ON TABLE winback.event TO %s', role);
    EXECUTE format('GRANT INSERT (client_id, about, cause, competitor, competitor_offer, note)
                    ON TABLE winback.loss_cause TO %s', role);
    EXECUTE format('GRANT UPDATE (cause, competitor, competitor_offer, cause_note) ON TABLE winback.loss TO %s', role);
    EXECUTE format('GRANT INSERT (client_id, task_id, script, node, answers, score, said, note, answered_at),
                          UPDATE (answers, score, said, note) ON TABLE winback.survey_answer TO %s', role);
    PERFORM winback._grant_execute(role, '{complete_task,_refuse_not_open,record_event,set_interaction_status,fold,
                                           _record_decision,_is_written_off,_require_reason,state_cause}');
    EXECUTE format('GRANT INSERT (client_id, playbook) ON TABLE winback.process TO %s', role);
    PERFORM winback._grant_execute(role, '{answer,_record_answer,_fitting_answers,start_process,_is_walked,
                                           _names_cause,_acting_role,_refuse_second_process}');
    PERFORM winback._grant_execute(role, '{snooze_task,take_task,next_task,hand_over,_require_room,_require_manager}');
END $$;
COMMENT ON FUNCTION winback.grant_agent(regrole) IS 'lets a role read, work tasks, record events and answers';

-- Lets a role do everything.
CREATE FUNCTION winback.grant_admin(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM winback.grant_agent(role);
    -- Not ALL: with TRIGGER a role could have its own code run as whoever writes there.
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA winback TO %s', role);
    EXECUTE format('REVOKE ALL ON TABLE winback.holdout_key FROM %s', role);  -- nobody is to foresee a lot
    -- Processes go by their playbooks, and the lot that was drawn holds: they are begun and cancelled, but not written.
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON TABLE winback.process, winback.process_step FROM %s',
                   role);
    EXECUTE format('GRANT INSERT (client_id, playbook) ON TABLE winback.process TO %s', role);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA winback TO %s', role);
    EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA winback TO %s', role);
END $$;
COMMENT ON FUNCTION winback.grant_admin(regrole) IS 'lets a role do everything with winback';

REVOKE ALL ON ALL ROUTINES IN SCHEMA winback FROM PUBLIC;
