-- Why a client stands where it stands, and what would change it, in sentences: which rule, which row, which date.
--
--   topic       says
--   ---------   ------------------------------------------------------------------------------------------------------
--   merged      of whom this is told, where somebody else was asked for
--   status      the status, since when, by which rule over which row, and what would end it
--   expected    when the clock alone would make it at risk and lost, by which rule, and what would prevent it
--   history     what it bought; how often it was lost, and came back
--   cause       why it left, as stated of its last loss
--   contact     how it is approached, when it is to be contacted next, and why then
--   class       A, B or C, and how far it is to the next
--   task        each open task, and what would close it
--   process     where each process stands by which it is being brought back
--   stale       that all this is to be computed anew
--
-- What is past is told by the rules as they stood then, what is expected by those of now.

-- Why a rule has fired or will fire: the row, its date, and what the rule says of it.
CREATE FUNCTION winback._rule_words(s winback._standing, rule text, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r      record;  -- the rule as it stood then
    bought text;
BEGIN
    SELECT h.* INTO r FROM winback.rule_history h
     WHERE h.rule = _rule_words.rule AND h.valid_from <= at ORDER BY h.valid_from DESC LIMIT 1;
    bought := 'the last purchase was on ' || s.last_order_at::date
              || coalesce(' (' || winback._fact_words(s.client, '{order}', s.last_order_at) || ')', '');
    RETURN CASE rule
        WHEN 'silence' THEN
            format('%s, and after %s of silence a client is lost', bought, winback._length_words(r.after))
        WHEN 'own_cadence' THEN
            format('%s, and after %s times its mean gap of %s a client is lost%s%s', bought, r.factor,
                   winback._gap_words(s.mean_gap), ', not before ' || winback._length_words(r.floor),
                   ', not later than ' || winback._length_words(r.ceiling))
        WHEN 'model' THEN
            format('%s, and by model %s (fit %s) the chance that it has not left falls to %s then', bought,
                   (SELECT f.model FROM winback.model_fit f WHERE f.fit_id = r.fit_id), r.fit_id, r.threshold)
        WHEN 'slowing' THEN
            CASE WHEN s.purchase_days >= 3 AND r.factor IS NOT NULL
                 THEN format('%s, and after %s times its mean gap of %s a client is at risk', bought, r.factor,
                             winback._gap_words(s.mean_gap))
                 ELSE format('%s, and after %s of silence a client is at risk', bought,
                             winback._length_words(r.after)) END
        WHEN 'usage_drop' THEN
            format('it used less than %s times as much over %s as over the same time before', r.factor,
                   winback._length_words(r.after))
        WHEN 'unanswered_offer' THEN
            format('the offer of %s%s is not followed by a purchase within %s', s.offer_since::date,
                   coalesce(' (' || winback._fact_words(s.client, '{offer}', s.offer_since) || ')', ''),
                   winback._length_words(r.after))
        WHEN 'detractor' THEN
            format('it gave a bad score on %s%s: at most %s is bad', s.detractor_since::date,
                   coalesce(' (' || winback._fact_words(s.client, '{nps}', s.detractor_since) || ')', ''), r.at_most)
        WHEN 'conflict' THEN
            format('a conflict was reported on %s%s', s.conflict_since::date,
                   coalesce(' (' || winback._fact_words(s.client, '{conflict}', s.conflict_since) || ')', ''))
        WHEN 'fruitless' THEN
            format('on %s it asked once more%s and had not bought: more than %s times are too many',
                   s.fruitless_since::date,
                   coalesce(' (' || winback._fact_words(s.client, '{inquiry}', s.fruitless_since) || ')', ''),
                   r.more_than)
    END;
END $$;
COMMENT ON FUNCTION winback._rule_words(winback._standing, text, timestamptz) IS
    'why a rule fires for a client, by the rules that were valid at an instant';

-- Whether the rules were changed at that very instant, or have been since.
CREATE FUNCTION winback._rule_change_words(rule text, at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM winback.rule_history h WHERE h.rule = $1 AND h.valid_from = $2)
                THEN ' The rules were changed at that moment.' ELSE '' END
        || CASE WHEN EXISTS (SELECT FROM winback.rule_history h JOIN winback.rule r USING (rule)
                              WHERE h.rule = $1
                                AND h.valid_from = (SELECT max(v.valid_from) FROM winback.rule_history v
                                                     WHERE v.valid_from <= $2)
                                AND ROW (h.enabled, h.after::text, h.factor, h.floor::text, h.ceiling::text, h.at_most,
                                         h.more_than, h.threshold, h.fit_id)
                                    IS DISTINCT FROM
                                    ROW (r.enabled, r.after::text, r.factor, r.floor::text, r.ceiling::text, r.at_most,
                                         r.more_than, r.threshold, r.fit_id))
                THEN ' That is what the rule said then; it has been changed since.' ELSE '' END
$$;
COMMENT ON FUNCTION winback._rule_change_words(text, timestamptz) IS
    'a sentence where a rule was changed at that instant, or since; else nothing';

-- The status, and what would end it.
CREATE FUNCTION winback._explain_status(s winback._standing) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE s.status
        WHEN 'prospect' THEN
            concat('A prospect', ' since ' || s.status_since::date,
                   CASE WHEN s.status_since = s.registered_at THEN ', when it was registered' END,
                   ': it has never bought.',
                   (SELECT format(' Inquiries so far: %s; more than %s without a purchase mean lost.', s.inquiries,
                                  r.more_than)
                      FROM winback.rule r WHERE r.rule = 'fruitless' AND r.enabled AND s.inquiries > 0),
                   ' A purchase makes it active.')
        WHEN 'active' THEN
            format('Active since %s%s.', s.status_since::date,
                   coalesce(': ' || coalesce(winback._fact_words(s.client, '{order}', s.status_since),
                                             winback._fact_words(s.client, '{nps,take_back}', s.status_since)), ''))
        WHEN 'at_risk' THEN
            format('At risk since %s by %s: %s.%s A purchase%s makes it active again.', s.status_since::date,
                   s.status_rule, winback._rule_words(s, s.status_rule, s.status_since),
                   winback._rule_change_words(s.status_rule, s.status_since),
                   CASE WHEN s.status_rule = 'usage_drop' THEN ', or more use,' ELSE '' END)
        WHEN 'lost' THEN
            format('Lost since %s by %s: %s.%s A purchase makes it active again%s.', s.status_since::date,
                   s.status_rule, winback._rule_words(s, s.status_rule, s.status_since),
                   winback._rule_change_words(s.status_rule, s.status_since),
                   CASE WHEN s.status_rule = 'detractor'
                        THEN '; after a better score the other rules decide' ELSE '' END)
        WHEN 'written_off' THEN
            format('Written off since %s%s. A purchase makes it active again; winback.take_back() leaves it to the '
                   'rules.', s.status_since::date,
                   coalesce(': ' || winback._fact_words(s.client, '{write_off}', s.status_since), ''))
    END
$$;
COMMENT ON FUNCTION winback._explain_status(winback._standing) IS 'the status of a client and why, as sentences';

-- What the clock alone would make of the client.
CREATE FUNCTION winback._explain_expected(s winback._standing) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF s.status IN ('lost', 'written_off') THEN
        RETURN;
    END IF;
    IF s.status <> 'at_risk' AND s.at_risk_at > s.clock AND (s.lost_at IS NULL OR s.at_risk_at < s.lost_at) THEN
        RETURN NEXT format('It will be at risk on %s by %s unless it buys before: %s.', s.at_risk_at::date,
                           s.at_risk_by, winback._rule_words(s, s.at_risk_by, s.clock));
    END IF;
    IF s.lost_at > s.clock THEN
        RETURN NEXT format('It will be lost on %s by %s unless it buys before: %s.', s.lost_at::date, s.lost_by,
                           winback._rule_words(s, s.lost_by, s.clock));
    ELSIF s.lost_at IS NULL THEN
        RETURN NEXT 'Time alone will not make it lost: no rule has a date for it.';
    END IF;
END $$;
COMMENT ON FUNCTION winback._explain_expected(winback._standing) IS
    'when a client will be at risk and lost if nothing happens, and why, as sentences';

-- What it bought, and how often it was lost.
CREATE FUNCTION winback._explain_history(s winback._standing) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF s.orders > 0 THEN
        RETURN NEXT concat(
            CASE s.orders WHEN 1 THEN format('It bought once, on %s', s.last_order_at::date)
                 ELSE format('It bought %s times, from %s to %s', s.orders, s.first_order_at::date,
                             s.last_order_at::date) END,
            format(', for %s in all', s.revenue),
            CASE WHEN s.mean_gap IS NOT NULL THEN format('; on %s days, %s apart in the mean', s.purchase_days,
                                                         winback._gap_words(s.mean_gap)) END, '.');
    END IF;
    IF s.times_lost > 0 THEN
        RETURN NEXT format('It was lost %s, and %s.',
                           CASE s.times_lost WHEN 1 THEN 'once' ELSE s.times_lost || ' times' END,
                           CASE s.times_returned WHEN 0 THEN 'never came back by a purchase'
                                WHEN 1 THEN 'came back by a purchase once'
                                ELSE format('came back by a purchase %s times', s.times_returned) END);
    END IF;
END $$;
COMMENT ON FUNCTION winback._explain_history(winback._standing) IS
    'what a client bought, and how often it was lost, as sentences';

-- Why it left.
CREATE FUNCTION winback._explain_cause(s winback._standing) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_loss record;
BEGIN
    EXECUTE format('SELECT l.lost_at, l.ended_at, c.title, l.competitor, l.competitor_offer, l.cause_note, l.stated_at,
                           l.stated_by
                      FROM winback.loss l LEFT JOIN winback.cause c ON c.cause = l.cause
                     WHERE l.client_id %s $1::%s ORDER BY l.lost_at DESC, l.loss_id DESC LIMIT 1',
                   winback._client_equals(), winback._client_type())
       INTO last_loss USING s.client;
    RETURN CASE
        WHEN last_loss.title IS NOT NULL THEN
            concat(format('Why it left on %s: %s', last_loss.lost_at::date, last_loss.title),
                   ', to ' || last_loss.competitor, ', for ' || last_loss.competitor_offer,
                   ', "' || last_loss.cause_note || '"', '; stated on ' || last_loss.stated_at::date,
                   ' by ' || last_loss.stated_by, '.')
        WHEN last_loss.lost_at IS NOT NULL AND last_loss.ended_at IS NULL THEN
            'Why it left is not known yet: winback.state_cause() notes it.' END;
END $$;
COMMENT ON FUNCTION winback._explain_cause(winback._standing) IS
    'why a client left, as stated of its last loss, as a sentence';

-- How it is approached, and when next.
CREATE FUNCTION winback._explain_contact(s winback._standing) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lost_on CONSTANT date := s.status_since::date;
    asked_for date;
BEGIN
    IF s.do_not_contact THEN
        RETURN NEXT 'It is not to be contacted: no task to call it is opened.';
        RETURN;
    ELSIF s.held_out THEN
        RETURN NEXT 'It is of a control group: nobody is to contact it.';
        RETURN;
    END IF;
    IF s.interaction_status <> 'warm' THEN
        RETURN NEXT format('It is %s since %s%s, until it buys.', s.interaction_status, s.interaction_since::date,
                           coalesce(' (' || winback._fact_words(s.client, '{complaint,interaction_status}',
                                                                s.interaction_since) || ')', ''));
    END IF;
    IF s.next_contact_on IS NOT NULL THEN
        asked_for := greatest(lost_on, (s.last_contact_at::date + s.contact_every)::date);
        RETURN NEXT concat(
            format('Next contact on %s: ', s.next_contact_on),
            CASE WHEN s.last_contact_at IS NULL THEN 'it has been lost since then and was never reached'
                 ELSE format('it was last reached on %s%s, and a lost client that is %s is called every %s',
                             s.last_contact_at::date,
                             coalesce(' (' || winback._fact_words(s.client, '{call}', s.last_contact_at) || ')', ''),
                             s.interaction_status, winback._length_words(s.contact_every)) END,
            CASE WHEN s.last_contact_at IS NOT NULL AND asked_for = lost_on
                 THEN '; it is due from the day of its loss' END,
            CASE WHEN asked_for <> s.next_contact_on THEN format('; %s is no working day', asked_for) END, '.');
    ELSIF s.status NOT IN ('lost', 'written_off') THEN
        RETURN NEXT concat('It is called only when it is lost',
                           CASE WHEN s.lost_at > s.clock
                                THEN format(': first on %s, if nothing happens', s.contact_due_on) END, '.');
    END IF;
END $$;
COMMENT ON FUNCTION winback._explain_contact(winback._standing) IS
    'how a client is approached, and when it is to be contacted next, as sentences';

-- Its class, and how far it is to the next.
CREATE FUNCTION winback._explain_class(s winback._standing) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat(
        format('Class %s: it is worth %s%s', s.abc, s.period_revenue,
               coalesce(', what it bought later than '
                        || (s.last_order_at - p.value_period)::date, ', what it bought in all')),
        CASE WHEN s.period_revenue <= 0 THEN ', and who brings no revenue is C'
             WHEN a.revenue IS NULL THEN ', and classify() has drawn no limits yet'
             WHEN s.abc = 'A' THEN format(', and A ends at %s', a.revenue)
             WHEN s.abc = 'B' THEN format(', and A ends at %s, B at %s', a.revenue, b.revenue)
             WHEN b.revenue IS NOT NULL THEN format(', and B ends at %s', b.revenue)
             ELSE format(', and A ends at %s', a.revenue) END, '.')
      FROM winback.policy p
      LEFT JOIN winback.abc_limit a ON a.class = 'A'
      LEFT JOIN winback.abc_limit b ON b.class = 'B'
     WHERE s.abc IS NOT NULL
$$;
COMMENT ON FUNCTION winback._explain_class(winback._standing) IS 'the class of a client and why, as a sentence';

-- Its open tasks, and what closes them.
CREATE FUNCTION winback._explain_tasks(s winback._standing) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('
        SELECT concat(
            format(''Task %%s, "%%s", is open since %%s'', t.task_id, t.title, t.opened_at::date),
            '' for '' || t.assignee,
            CASE WHEN t.overdue = 1 THEN '', a day overdue''
                 WHEN t.overdue > 0 THEN format('', %%s days overdue'', t.overdue)
                 ELSE '', due on '' || t.due_on END,
            CASE WHEN k.needs_call
                 THEN format('': it is done with a call of more than %%s seconds that begins after its opening''
                             ''; %%s so far, %%s of them too short'', p.contact_seconds, t.calls_since_opening,
                             t.attempts) END, ''.'')
          FROM winback.open_tasks t JOIN winback.task_kind k USING (kind) CROSS JOIN winback.policy p
         WHERE t.client_id %s $1::%s ORDER BY t.due_on, t.task_id', winback._client_equals(), winback._client_type())
      USING s.client;
END $$;
COMMENT ON FUNCTION winback._explain_tasks(winback._standing) IS
    'the open tasks of a client and what would close them, as sentences';

-- Where its processes stand.
CREATE FUNCTION winback._explain_processes(s winback._standing) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('
        SELECT CASE WHEN p.held_out
                    THEN format(''It is of the control group of playbook "%%s" since %%s (process %%s): nobody works ''
                                ''it, to see who comes back without that.'', p.playbook, p.started_at::date,
                                p.process_id)
                    ELSE concat(
            format(''It is being brought back by playbook "%%s" since %%s (process %%s), at step "%%s" since %%s'',
                   p.playbook, p.started_at::date, p.process_id, p.step, p.entered_at::date),
            '': task '' || p.task_id, '': until '' || p.wakes_at::date || '' it rests'',
            CASE WHEN c.fixed_on <= $2.clock::date
                 THEN format('': the cause that it waited for, %%s, is fixed since %%s, and it goes on at the next ''
                             ''sweep at which %%s has room'', p.waits_for, c.fixed_on,
                             coalesce($2.manager, ''the pool''))
                 ELSE '': it waits until this cause is fixed: '' || p.waits_for END, ''.'') END
          FROM winback.process p LEFT JOIN winback.cause c ON c.cause = p.waits_for
         WHERE p.client_id %s $1::%s AND p.state = ''running'' ORDER BY p.process_id',
        winback._client_equals(), winback._client_type())
      USING s.client, s;
END $$;
COMMENT ON FUNCTION winback._explain_processes(winback._standing) IS
    'the processes by which a client is being brought back, as sentences';

CREATE FUNCTION winback.explain(client text, OUT place int, OUT topic text, OUT sentence text) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC' AS $$
DECLARE
    s winback._standing;
BEGIN
    PERFORM winback._client_type();  -- an error where there is no ledger
    PERFORM set_config('timezone', p.timezone, true) FROM winback.policy p;
    s := winback._standing(client);
    IF s.client IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY e.rank, e.within)::int, e.topic, e.sentence
      FROM (SELECT 1, 1::bigint, 'merged',
                   format('Client %s was merged into %s, of whom this is told.', client, s.client)
             WHERE s.client <> client AND winback._present_client(client) <> client
            UNION ALL
            SELECT 2, 1, 'status', winback._explain_status(s)
            UNION ALL
            SELECT 3, w.n, 'expected', w.words
              FROM winback._explain_expected(s) WITH ORDINALITY w (words, n)
            UNION ALL
            SELECT 4, w.n, 'history', w.words FROM winback._explain_history(s) WITH ORDINALITY w (words, n)
            UNION ALL
            SELECT 5, 1, 'cause', winback._explain_cause(s)
            UNION ALL
            SELECT 6, w.n, 'contact', w.words FROM winback._explain_contact(s) WITH ORDINALITY w (words, n)
            UNION ALL
            SELECT 7, 1, 'class', winback._explain_class(s)
            UNION ALL
            SELECT 8, w.n, 'task', w.words FROM winback._explain_tasks(s) WITH ORDINALITY w (words, n)
            UNION ALL
            SELECT 9, w.n, 'process', w.words FROM winback._explain_processes(s) WITH ORDINALITY w (words, n)
            UNION ALL
            SELECT 10, 1, 'stale', 'It is listed in winback.stale: the next sweep computes it anew.'
             WHERE s.stale) e (rank, within, topic, sentence)
     WHERE e.sentence IS NOT NULL
     ORDER BY 1;
END $$;
COMMENT ON FUNCTION winback.explain(text) IS
    'why a client stands where it stands and what would change it, in sentences; no row: no such client';

CREATE FUNCTION winback.explain(client anyelement, OUT place int, OUT topic text, OUT sentence text)
    RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM winback.explain(client::text);
END $$;
COMMENT ON FUNCTION winback.explain(anyelement) IS
    'why a client stands where it stands and what would change it, in sentences; no row: no such client';
