-- One client's life as a picture: its story becomes marks in lanes, which src/picture draws.

-- Words as they may stand in a picture: in one line, not too long, without what XML cannot hold.
CREATE FUNCTION winback._picture_words(words text, most int) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    words := regexp_replace(words, '[[:cntrl:][:space:]]+', ' ', 'g');
    IF length(words) > most THEN
        words := left(words, most - 3) || '...';
    END IF;
    IF getdatabaseencoding() = 'UTF8' THEN
        words := translate(words, chr(65534) || chr(65535), '');
    END IF;
    RETURN words;
END $$;
COMMENT ON FUNCTION winback._picture_words(text, int) IS 'words in one line of at most so many characters, for XML';

-- The same as a part of a line: what is written from right to left does not take the rest of the line with it.
CREATE FUNCTION winback._words_apart(words text, most int) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    words := winback._picture_words(words, most);
    IF getdatabaseencoding() = 'UTF8' AND octet_length(words) <> length(words) THEN
        words := chr(8296) || words || chr(8297);  -- first strong isolate, pop directional isolate
    END IF;
    RETURN words;
END $$;
COMMENT ON FUNCTION winback._words_apart(text, int) IS 'words within a line of another direction of writing';

-- The marks of a client's life, lane by lane; of the columns winback._draw_life() is told in src/picture/timeline.hpp.
--
--   lane           from the rows of winback.life_cycle that are
--   ------------   ---------------------------------------------------------------------------------------------------
--   status         status changed; and what the clock will bring
--   orders         order, return
--   offers, inquiries, scores, complaints, conflicts     events of that kind
--   other events   events of other kinds
--   calls          call; and the next contact
--   tasks          winback.task itself, from opening to closing
--   steps          winback.process and process_step themselves, from step to step
--   causes         cause stated
--   answers        answer
--
-- What else there is to draw of a client joins as another SELECT, in a lane of its own.
CREATE FUNCTION winback._life_marks(client text,
    OUT lane text, OUT shape text, OUT style text, OUT began timestamp, OUT ended timestamp, OUT amount numeric,
    OUT label text, OUT title text) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s winback._standing := winback._standing(client);
BEGIN
    RETURN QUERY EXECUTE format($query$
        WITH story AS (SELECT l.* FROM winback.life_cycle l WHERE l.client_id %1$s $2::%2$s),
        status AS (
            -- The first status is no change; the present one begins once more at the clock, as what is expected.
            SELECT 0::bigint AS number, coalesce($1.began_at, $1.clock) AS at,
                   coalesce((SELECT y.from_status FROM story y WHERE y.what = 'status changed'
                              ORDER BY y.position LIMIT 1), $1.status) AS status,
                   CASE WHEN $1.began_at = $1.registered_at THEN 'registered' END AS detail
            UNION ALL
            SELECT y.position, y.at, y.to_status, y.detail FROM story y WHERE y.what = 'status changed'
            UNION ALL
            SELECT 9223372036854775805, $1.clock, $1.status, 'if nothing happens'
            UNION ALL
            SELECT 9223372036854775806, $1.at_risk_at, 'at_risk', 'if nothing happens, by ' || $1.at_risk_by
             WHERE $1.status IN ('active', 'prospect') AND $1.at_risk_at > $1.clock
               AND ($1.lost_at IS NULL OR $1.at_risk_at < $1.lost_at)
            UNION ALL
            SELECT 9223372036854775807, $1.lost_at, 'lost', 'if nothing happens, by ' || $1.lost_by
             WHERE $1.status NOT IN ('lost', 'written_off') AND $1.lost_at > $1.clock),
        event_kind (kind, rank, lane, style, label) AS (
            VALUES ('offer', 3, 'offers', 'plain', NULL), ('inquiry', 4, 'inquiries', 'plain', NULL),
                   ('nps', 5, 'scores', NULL, NULL), ('complaint', 6, 'complaints', 'bad', '!'),
                   ('conflict', 7, 'conflicts', 'bad', '!'), ('cause stated', 12, 'causes', 'plain', '?'),
                   ('answer', 13, 'answers', 'plain', NULL))
        SELECT m.lane, m.shape, m.style, m.at AT TIME ZONE p.timezone, m.ended AT TIME ZONE p.timezone, m.amount,
               m.label,
               winback._picture_words(concat(to_char(m.at, 'YYYY-MM-DD HH24:MI'),
                                             ' to ' || to_char(m.ended, 'YYYY-MM-DD HH24:MI'), ': ', m.words), 200)
          FROM (SELECT 1 AS rank, b.number, 'status' AS lane, 'band' AS shape, b.status AS style, b.at,
                       lead(b.at) OVER (ORDER BY b.at, b.number) AS ended, NULL::numeric AS amount,
                       replace(b.status, '_', ' ') AS label,
                       concat_ws(', ', replace(b.status, '_', ' '), b.detail) AS words
                  FROM status b
                UNION ALL
                SELECT 2, y.position, 'orders', 'bar', 'plain', y.at, NULL, coalesce(y.amount, 0), NULL,
                       concat_ws(', ', y.detail, y.amount::text)
                  FROM story y WHERE y.what IN ('order', 'return')
                UNION ALL
                SELECT coalesce(k.rank, 8), y.position, coalesce(k.lane, 'other events'), 'dot',
                       CASE WHEN y.what <> 'nps' THEN coalesce(k.style, 'plain')
                            WHEN y.value > r.at_most THEN 'good' ELSE 'low' END,
                       y.at, NULL, NULL,
                       CASE WHEN y.what <> 'nps' THEN k.label
                            WHEN y.value BETWEEN 0 AND 99 THEN trunc(y.value)::text END, y.detail
                  FROM story y
                  LEFT JOIN event_kind k ON k.kind = y.what
                  LEFT JOIN winback.rule r ON r.rule = 'detractor'
                 WHERE y.what NOT IN ('registered', 'order', 'return', 'call', 'status changed', 'task opened',
                                      'task done', 'task cancelled', 'process started', 'process ended')
                UNION ALL
                SELECT 9, y.position, 'calls', 'dot',
                       CASE WHEN y.value > q.contact_seconds THEN 'reached' ELSE 'hollow' END, y.at, NULL, NULL, NULL,
                       y.detail
                  FROM story y CROSS JOIN winback.policy q WHERE y.what = 'call'
                UNION ALL
                SELECT 9, 9223372036854775807, 'calls', 'dot', 'ahead', $1.next_contact_on::timestamptz, NULL, NULL,
                       NULL, 'the next contact'
                 WHERE $1.next_contact_on::timestamptz > $1.clock
                UNION ALL
                SELECT 10, t.task_id, 'tasks', 'span', t.status, t.opened_at, coalesce(t.closed_at, $1.clock), NULL,
                       t.outcome,
                       concat_ws(', ', coalesce(t.title, t.kind), t.assignee,
                                 t.status || coalesce(': ' || t.outcome, ''))
                  FROM winback.task t WHERE t.client_id %1$s $2::%2$s
                UNION ALL
                SELECT 11, b.process_id * 1000 + b.number, 'steps', 'span', b.style, b.entered_at, b.left_at, NULL,
                       b.step, concat_ws(', ', b.playbook, b.step || coalesce(': ' || b.outcome, ''))
                  FROM (SELECT d.process_id, d.number, p.playbook, d.step,
                               -- A wait that is cut short has the outcome of its process.
                               coalesce(t.status, CASE WHEN d.outcome IN ('elapsed', 'fixed') THEN 'done'
                                                       ELSE 'cancelled' END),
                               d.entered_at, d.left_at, d.outcome
                          FROM winback.process p JOIN winback.process_step d USING (process_id)
                          LEFT JOIN winback.task t ON t.task_id = d.task_id
                         WHERE p.client_id %1$s $2::%2$s
                        UNION ALL
                        SELECT p.process_id, p.number, p.playbook, CASE WHEN p.held_out THEN 'held out' ELSE p.step END,
                               CASE p.state WHEN 'running' THEN 'open' ELSE 'done' END, p.entered_at,
                               coalesce(p.ended_at, $1.clock), NULL
                          FROM winback.process p
                         WHERE p.client_id %1$s $2::%2$s AND (p.state = 'running' OR p.held_out))
                       b (process_id, number, playbook, step, style, entered_at, left_at, outcome)) m
         CROSS JOIN winback.policy p
         ORDER BY m.rank, m.at, m.number
        $query$, winback._client_equals(), winback._client_type()) USING s, s.client;
END $$;
COMMENT ON FUNCTION winback._life_marks(text) IS 'a client''s life as marks of a time line, lane by lane';

CREATE FUNCTION winback._draw_life(client text, title text, subtitle text, description text, clock timestamp)
    RETURNS text LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_draw_life';
COMMENT ON FUNCTION winback._draw_life(text, text, text, text, timestamp) IS 'draws winback._life_marks(client) as SVG';

CREATE FUNCTION winback.life_cycle_svg(client text) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC' AS $$
DECLARE
    s winback._standing;
BEGIN
    PERFORM winback._client_type();  -- an error where there is no ledger
    PERFORM set_config('timezone', p.timezone, true) FROM winback.policy p;
    s := winback._standing(client);
    IF s.client IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN winback._draw_life(s.client,
        winback._words_apart(coalesce(s.name, 'client ' || s.client), 80),
        concat_ws(', ',
            CASE WHEN s.name IS NOT NULL THEN 'client ' || winback._words_apart(s.client, 40) END,
            concat(replace(s.status, '_', ' '), ' since ' || s.status_since::date),
            CASE WHEN s.status NOT IN ('lost', 'written_off') AND s.lost_at > s.clock
                 THEN 'lost on ' || s.lost_at::date || ' if nothing happens' END,
            CASE s.orders WHEN 0 THEN 'never bought' WHEN 1 THEN '1 order' ELSE s.orders || ' orders' END,
            CASE WHEN s.orders > 0 THEN 'revenue ' || s.revenue END,
            'class ' || s.abc, 'manager ' || winback._words_apart(s.manager, 30)),
        (SELECT string_agg(winback._picture_words(e.sentence, 1000), ' ' ORDER BY e.place)
           FROM winback.explain(s.client) e),
        s.clock::timestamp);
END $$;
COMMENT ON FUNCTION winback.life_cycle_svg(text) IS
    'one client''s life as a time line, an SVG picture for a browser; null: no such client';

CREATE FUNCTION winback.life_cycle_svg(client anyelement) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN winback.life_cycle_svg(client::text);
END $$;
COMMENT ON FUNCTION winback.life_cycle_svg(anyelement) IS
    'one client''s life as a time line, an SVG picture for a browser; null: no such client';
