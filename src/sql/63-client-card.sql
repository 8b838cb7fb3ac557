-- All that is known of one client as one jsonb: what a manager's page shows.
--
--   key         holds
--   ---------   ------------------------------------------------------------------------------------------------------
--   client      key, name, dimensions as mapped
--   status      the status, since when, by which rule; when it would be at risk and lost; how often it was
--   facts       orders, revenue, rhythm, class
--   sold_by     manager and dimensions now, and those at earlier changes of status, with when
--   history     the changes of status
--   losses      rows of winback.loss: each time it was lost, why, and what came of it
--   orders, calls, complaints, events, answers, tasks     how many, and the latest of them
--   open_tasks  the tasks that are open
--   next        what comes when if nothing happens, by day
--   why         winback.explain() as sentences
--
-- What else there is to know of a client joins as another key.

-- The latest rows of a client's story, of some kinds: how many there are, and the newest `most` of them.
CREATE FUNCTION winback._card_part(story jsonb, kinds text[], most int) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('count', count(*),
                              'latest', coalesce(jsonb_agg(r.row - '{client_id,position}'::text[]
                                                           ORDER BY r.n DESC) FILTER (WHERE r.newest <= most), '[]'))
      FROM (SELECT jsonb_strip_nulls(e.row) AS row, e.n, row_number() OVER (ORDER BY e.n DESC) AS newest
              FROM jsonb_array_elements(story) WITH ORDINALITY e (row, n)
             WHERE e.row ->> 'what' = ANY (kinds)) r
$$;
COMMENT ON FUNCTION winback._card_part(jsonb, text[], int) IS
    'how many rows of these kinds a client''s story has, and the latest of them, newest first';

-- What comes when, if nothing happens.
CREATE FUNCTION winback._card_next(s winback._standing, open_tasks jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('on', n.day, 'what', n.what, 'rule', n.rule,
                                                                   'task_id', n.task_id))
                              ORDER BY n.day, n.rank, n.task_id), '[]')
      FROM (SELECT 1, s.at_risk_at::date, 'at risk', s.at_risk_by, NULL::bigint
             WHERE s.status IN ('active', 'prospect') AND s.at_risk_at > s.clock
               AND (s.lost_at IS NULL OR s.at_risk_at < s.lost_at)
            UNION ALL
            SELECT 2, s.lost_at::date, 'lost', s.lost_by, NULL
             WHERE s.status NOT IN ('lost', 'written_off') AND s.lost_at > s.clock
            UNION ALL
            SELECT 3, coalesce(s.next_contact_on, s.contact_due_on), 'contact', NULL, NULL
             WHERE s.next_contact_on IS NOT NULL
                OR (s.lost_at > s.clock AND s.status NOT IN ('lost', 'written_off') AND NOT s.held_out)
            UNION ALL
            SELECT 4, (t.task ->> 'due_on')::date, t.task ->> 'title', NULL, (t.task ->> 'task_id')::bigint
              FROM jsonb_array_elements(open_tasks) t (task)) n (rank, day, what, rule, task_id)
$$;
COMMENT ON FUNCTION winback._card_next(winback._standing, jsonb) IS
    'what comes when if nothing happens: at risk, lost, contact, due tasks';

-- The kinds of a client's events, those aside that have a place of their own on the card.
CREATE FUNCTION winback._other_kinds(story jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT DISTINCT e.row ->> 'what' FROM jsonb_array_elements(story) e (row)
             EXCEPT
             SELECT unnest('{registered,order,return,call,complaint,conflict,answer,status changed,task opened,
                             task done,task cancelled,cause stated,process started,process ended}'::text[]));
COMMENT ON FUNCTION winback._other_kinds(jsonb) IS
    'the kinds of event in a client''s story that are neither complaints nor conflicts';

CREATE FUNCTION winback.client_card(client text, most int DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET intervalstyle = postgres SET timezone = 'UTC' AS $$
DECLARE
    s          winback._standing;
    story      jsonb;
    open_tasks jsonb;
    sold_by    jsonb;
    losses     jsonb;
    processes  jsonb;
BEGIN
    PERFORM winback._client_type();  -- an error where there is no ledger
    PERFORM set_config('timezone', p.timezone, true) FROM winback.policy p;
    s := winback._standing(client);
    IF s.client IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), ''[]'')
                      FROM winback.life_cycle l WHERE l.client_id %s $1::%s',
                   winback._client_equals(), winback._client_type())
       INTO story USING s.client;
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                               ''task_id'', t.task_id, ''kind'', t.kind, ''title'', t.title, ''assignee'', t.assignee,
                               ''due_on'', t.due_on, ''overdue'', t.overdue, ''opened_at'', t.opened_at,
                               ''note'', t.note, ''reopened'', t.reopened, ''process_id'', t.process_id,
                               ''step'', t.step, ''calls_since_opening'', t.calls_since_opening,
                               ''attempts'', t.attempts, ''callable_from'', t.callable_from))
                               ORDER BY t.due_on, t.task_id), ''[]'')
                      FROM winback.open_tasks t WHERE t.client_id %s $1::%s',
                   winback._client_equals(), winback._client_type())
       INTO open_tasks USING s.client;
    -- Who else had the client: runs of changes of status under the same manager and dimensions are one.
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(''manager'', h.manager,
                               ''channel'', h.channel, ''region'', h.region, ''department'', h.department,
                               ''from'', h.first_at, ''to'', h.last_at)) ORDER BY h.first_at, h.last_at), ''[]'')
                      FROM (SELECT c.manager, c.channel, c.region, c.department, min(c.changed_at), max(c.changed_at)
                              FROM winback.status_change c
                             WHERE c.client_id %s $1::%s AND c.withdrawn_at IS NULL
                               AND (c.manager, c.channel, c.region, c.department)
                                   IS DISTINCT FROM ($2, $3, $4, $5)
                             GROUP BY 1, 2, 3, 4) h (manager, channel, region, department, first_at, last_at)',
                   winback._client_equals(), winback._client_type())
       INTO sold_by USING s.client, s.manager, s.channel, s.region, s.department;
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(l) - ''client_id'')
                                              ORDER BY l.lost_at DESC, l.loss_id DESC), ''[]'')
                      FROM winback.loss l WHERE l.client_id %s $1::%s',
                   winback._client_equals(), winback._client_type())
       INTO losses USING s.client;
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(p) - ''client_id'')
                                              || jsonb_build_object(''steps'', b.steps)
                                              ORDER BY p.process_id DESC), ''[]'')
                      FROM winback.process p
                     CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(d) - ''process_id'')
                                                                   ORDER BY d.number), ''[]'')
                                           FROM winback.process_step d WHERE d.process_id = p.process_id) b (steps)
                     WHERE p.client_id %s $1::%s',
                   winback._client_equals(), winback._client_type())
       INTO processes USING s.client;
    RETURN jsonb_build_object(
        'client', jsonb_strip_nulls(jsonb_build_object(
            'client_id', s.client, 'name', s.name, 'registered_at', s.registered_at,
            'do_not_contact', s.do_not_contact)),
        'status', jsonb_build_object(
            'status', s.status, 'since', s.status_since, 'rule', s.status_rule, 'at_risk_at', s.at_risk_at,
            'lost_at', s.lost_at, 'lost_by', s.lost_by, 'times_lost', s.times_lost,
            'times_returned', s.times_returned, 'stale', s.stale),
        'facts', jsonb_build_object(
            'orders', s.orders, 'first_order_at', s.first_order_at, 'last_order_at', s.last_order_at,
            'revenue', s.revenue, 'period_revenue', s.period_revenue, 'abc', s.abc,
            'purchase_days', s.purchase_days, 'mean_gap', s.mean_gap),
        'contact', jsonb_build_object(
            'interaction_status', s.interaction_status, 'last_contact_at', s.last_contact_at,
            'next_contact_on', s.next_contact_on),
        'sold_by', jsonb_build_object(
            'manager', s.manager, 'channel', s.channel, 'region', s.region, 'department', s.department,
            'earlier', sold_by),
        'losses', losses,
        'history', winback._card_part(story, '{status changed}', most),
        'orders', winback._card_part(story, '{order,return}', most),
        'calls', winback._card_part(story, '{call}', most),
        'complaints', winback._card_part(story, '{complaint,conflict}', most),
        'events', winback._card_part(story, winback._other_kinds(story), most),
        'answers', winback._card_part(story, '{answer}', most),
        'tasks', winback._card_part(story, '{task done,task cancelled}', most),
        'open_tasks', open_tasks,
        'processes', processes,
        'next', winback._card_next(s, open_tasks),
        'why', (SELECT jsonb_agg(e.sentence ORDER BY e.place) FROM winback.explain(s.client) e));
END $$;
COMMENT ON FUNCTION winback.client_card(text, int) IS
    'all that is known of a client, of each list the latest so many; null: no such client';

CREATE FUNCTION winback.client_card(client anyelement, most int DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback.client_card(client::text, most);
END $$;
COMMENT ON FUNCTION winback.client_card(anyelement, int) IS
    'all that is known of a client, of each list the latest so many; null: no such client';
