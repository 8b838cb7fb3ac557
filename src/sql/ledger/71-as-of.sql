-- How the clients stood at any time: as is known today, or as was known then.
--
--   the client                                       stood then
--   ----------------------------------------------   -----------------------------------------------------------------
--   has a change of status at that time or before    as the last one of them says, a deadline included that the clock
--                                                    has brought and no sweep has recorded yet
--   has none, and had begun                          in its first status, which is no change
--   had not begun                                    not: it is not there
--   nothing dated is known of it                     in its first status, at any time
--
-- Facts that are dated ahead of the clock count all the same (winback.clients counts them), so at the clock and later
-- everything that is recorded has happened; and so it had, when a past clock asked, at that clock.
--
-- Whose a client was then: as winback.client said at that time; for a time before winback knew the client, as it said
-- first. That is kept in winback.client_version, and so is since when the client is there: a first order that comes
-- late does not bring a client into a report that was made without it.
--
-- What a transaction records is dated by its beginning, as all of the clock is: one that was under way at known_at
-- counts as known.
--
-- Read are clients, versions and changes of status, never orders.

-- The deadlines that the clock has brought and no sweep has recorded yet: at_risk, then lost.
CREATE OR REPLACE VIEW winback.unrecorded_change AS
SELECT c.client_id, d.from_status, d.to_status, d.changed_at, d.rule, c.manager, c.channel, c.region, c.department,
       CASE WHEN d.to_status = 'lost' THEN 'lost' END AS loss
  FROM winback.client c
 CROSS JOIN LATERAL (
       VALUES (c.recorded_status, 'at_risk', c.at_risk_at, c.at_risk_by, c.recorded_status NOT IN ('at_risk', 'lost')
                                                  AND (c.at_risk_at < c.lost_at OR c.lost_at IS NULL)),
              (CASE WHEN c.at_risk_at < c.lost_at THEN 'at_risk' ELSE c.recorded_status END, 'lost', c.lost_at,
               c.lost_by, c.recorded_status <> 'lost'))
       AS d (from_status, to_status, changed_at, rule, unrecorded)
 WHERE d.unrecorded AND d.changed_at <= winback.now() AND NOT c.by_fact AND c.recorded_status <> 'written_off';
COMMENT ON VIEW winback.unrecorded_change IS
    'changes of status that the clock has brought and no sweep has recorded yet: the newest end of status_change';
COMMENT ON COLUMN winback.unrecorded_change.client_id IS 'the client';
COMMENT ON COLUMN winback.unrecorded_change.from_status IS 'the status before';
COMMENT ON COLUMN winback.unrecorded_change.to_status IS 'the status from then on: at_risk or lost';
COMMENT ON COLUMN winback.unrecorded_change.changed_at IS 'the instant of the deadline';
COMMENT ON COLUMN winback.unrecorded_change.rule IS 'the rule by which it is at risk or lost';
COMMENT ON COLUMN winback.unrecorded_change.manager IS 'the client''s manager now';
COMMENT ON COLUMN winback.unrecorded_change.channel IS 'the client''s channel now';
COMMENT ON COLUMN winback.unrecorded_change.region IS 'the client''s region now';
COMMENT ON COLUMN winback.unrecorded_change.department IS 'the client''s department now';
COMMENT ON COLUMN winback.unrecorded_change.loss IS 'lost: a loss begins; null: none does';

-- Every status that a client had, from when to when, as was known at a time; infinity: as is known now. A change at the
-- very instant of another one is a period without length: so the last period that begins by a time is the one of then.
CREATE OR REPLACE FUNCTION winback._status_periods(known_at timestamptz)
RETURNS TABLE (client_id @client_type@, status text, since timestamptz, until timestamptz, rule text,
               times_lost int, times_returned int, begins_loss boolean, is_return boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.client_id, p.status, p.since, lead(p.since) OVER w, p.rule,
           (count(*) FILTER (WHERE p.loss = 'lost') OVER w)::int,
           (count(*) FILTER (WHERE p.loss = 'returned') OVER w)::int, p.loss IS NOT DISTINCT FROM 'lost',
           p.loss IS NOT DISTINCT FROM 'returned'
      FROM (SELECT c.client_id, c.first_status AS status, c.began_at AS since, NULL::text AS rule, NULL::text AS loss,
                   0::bigint AS number
              FROM winback.client c WHERE c.recorded_at <= _status_periods.known_at
            UNION ALL
            SELECT v.client_id, v.first_status, v.began_at, NULL, NULL, 0
              FROM winback.client_version v
             WHERE v.recorded_at <= _status_periods.known_at AND v.withdrawn_at > _status_periods.known_at
            UNION ALL
            SELECT s.client_id, s.to_status, s.changed_at, s.rule, s.loss, s.change_id
              FROM winback.status_change s
             WHERE s.client_id IS DISTINCT FROM NULL AND s.recorded_at <= _status_periods.known_at
               AND (s.withdrawn_at > _status_periods.known_at OR s.withdrawn_at IS NULL)
            UNION ALL
            SELECT u.client_id, u.to_status, u.changed_at, u.rule, u.loss, 9223372036854775807
              FROM winback.unrecorded_change u WHERE _status_periods.known_at = 'infinity') p
    WINDOW w AS (PARTITION BY p.client_id ORDER BY p.number > 0, p.since, p.number)
$$;
COMMENT ON FUNCTION winback._status_periods(timestamptz) IS
    'every status that each client had, from when to when, as was recorded and not withdrawn at known_at; infinity: as '
    'is known now, with the deadlines that no sweep has recorded yet';

-- Whose each client was at a time, as far as was known at another one.
CREATE OR REPLACE FUNCTION winback._dimensions(t timestamptz, known_at timestamptz)
RETURNS TABLE (client_id @client_type@, manager text, channel text, region text, department text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT ON (v.client_id) v.client_id, v.manager, v.channel, v.region, v.department
      FROM (SELECT a.client_id, a.manager, a.channel, a.region, a.department, a.withdrawn_at
              FROM winback.client_version a
             WHERE a.recorded_at <= _dimensions.known_at AND a.withdrawn_at > _dimensions.t
            UNION ALL
            SELECT c.client_id, c.manager, c.channel, c.region, c.department, 'infinity'
              FROM winback.client c WHERE c.recorded_at <= _dimensions.known_at) v
     ORDER BY v.client_id, v.withdrawn_at
$$;
COMMENT ON FUNCTION winback._dimensions(timestamptz, timestamptz) IS
    'manager, channel, region and department of each client at t, as far as was recorded at known_at';

-- How the clients stood at a time, by the periods that were known at another one.
CREATE OR REPLACE FUNCTION winback._stood(t timestamptz, known_at timestamptz)
RETURNS TABLE (client_id @client_type@, status text, since timestamptz, rule text, manager text, channel text,
               region text, department text, times_lost int, times_returned int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.client_id, p.status, p.since, p.rule, d.manager, d.channel, d.region, d.department, p.times_lost,
           p.times_returned
      FROM winback._status_periods(_stood.known_at) p
      JOIN winback._dimensions(_stood.t, _stood.known_at) d ON d.client_id @client_equals@ p.client_id
     WHERE CASE WHEN _stood.t >= _stood.known_at THEN p.until IS NULL
                ELSE (p.since <= _stood.t OR p.since IS NULL) AND (p.until > _stood.t OR p.until IS NULL) END
$$;
COMMENT ON FUNCTION winback._stood(timestamptz, timestamptz) IS
    'how the clients stood at t, as was recorded and not withdrawn at known_at';

-- At the clock and later it is the client's own row that tells, as it does in winback.clients.
CREATE OR REPLACE FUNCTION winback.clients_as_of(t timestamptz)
RETURNS TABLE (client_id @client_type@, status text, since timestamptz, rule text, manager text, channel text,
               region text, department text, times_lost int, times_returned int)
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF clients_as_of.t < winback.now() THEN
        RETURN QUERY SELECT * FROM winback._stood(clients_as_of.t, 'infinity');
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.client_id,
           CASE r.stage WHEN 'by_fact' THEN c.base_status WHEN 'idle'
                THEN CASE WHEN c.last_order_at IS NULL THEN 'prospect' ELSE 'active' END ELSE r.stage END,
           CASE r.stage WHEN 'by_fact' THEN c.base_since WHEN 'idle' THEN c.idle_since
                WHEN 'at_risk' THEN coalesce(c.at_risk_since, c.at_risk_at)
                ELSE CASE WHEN c.base_status = 'lost' THEN c.base_since ELSE c.lost_at END END,
           CASE WHEN r.stage = 'at_risk' THEN c.at_risk_by
                WHEN r.stage = 'lost' OR r.stage = 'by_fact' AND c.base_status = 'lost' THEN c.lost_by END,
           c.manager, c.channel, c.region, c.department,
           c.times_lost + CASE r.stage WHEN 'by_fact' THEN 0 WHEN 'lost' THEN (NOT c.loss_open)::int
                                       ELSE -(c.loss_open AND c.base_since > clients_as_of.t)::int END,
           c.times_returned
      FROM winback.client c
     CROSS JOIN LATERAL (SELECT CASE WHEN c.by_fact THEN 'by_fact'
                                     WHEN c.lost_at <= clients_as_of.t THEN 'lost'
                                     WHEN c.at_risk_at <= clients_as_of.t THEN 'at_risk'
                                     ELSE 'idle' END) r (stage);
END $$;
COMMENT ON FUNCTION winback.clients_as_of(timestamptz) IS
    'every client that was there at t and how it stood then, by what is known now: status; since when; the rule that '
    'made it at risk or lost; manager, channel, region and department as they were; how often it had been lost, and '
    'returned. Of a t to come: how it will stand if nothing happens. Reads no orders';

CREATE OR REPLACE FUNCTION winback.status_as_known(t timestamptz, known_at timestamptz)
RETURNS TABLE (client_id @client_type@, status text, since timestamptz, rule text, manager text, channel text,
               region text, department text, times_lost int, times_returned int)
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF status_as_known.known_at >= winback.now() THEN
        RETURN QUERY SELECT * FROM winback.clients_as_of(status_as_known.t);
    ELSE
        RETURN QUERY SELECT * FROM winback._stood(status_as_known.t, status_as_known.known_at);
    END IF;
END $$;
COMMENT ON FUNCTION winback.status_as_known(timestamptz, timestamptz) IS
    'the same as was recorded and not withdrawn at known_at: what came to light later, a late order for one, changes '
    'nothing. Deadlines that no sweep had recorded by then are not known';

CREATE OR REPLACE VIEW winback.status_period AS
SELECT p.client_id, p.status, p.since, p.until, p.rule, p.times_lost, p.times_returned, p.begins_loss, p.is_return
  FROM winback._status_periods('infinity') p;
COMMENT ON VIEW winback.status_period IS
    'every status that each client had, from when to when, by what is known now; one at the very instant of another '
    'has no length';
COMMENT ON COLUMN winback.status_period.client_id IS 'the client; an erased one has none';
COMMENT ON COLUMN winback.status_period.status IS 'prospect, active, at_risk, lost or written_off';
COMMENT ON COLUMN winback.status_period.since IS 'since when; null: the first one of a client of whom no date is known';
COMMENT ON COLUMN winback.status_period.until IS 'until when (exclusive); null: it is the last one';
COMMENT ON COLUMN winback.status_period.rule IS 'the rule that made the client at risk or lost; null of other statuses';
COMMENT ON COLUMN winback.status_period.times_lost IS 'how often the client had been lost by then, this time included';
COMMENT ON COLUMN winback.status_period.times_returned IS 'how often a purchase had ended a loss by then';
COMMENT ON COLUMN winback.status_period.begins_loss IS
    'it is lost from here on; false: or was so before it was written off';
COMMENT ON COLUMN winback.status_period.is_return IS 'it begins with the purchase that ended a loss';

REVOKE ALL ON FUNCTION winback._status_periods(timestamptz), winback._dimensions(timestamptz, timestamptz),
    winback._stood(timestamptz, timestamptz), winback.clients_as_of(timestamptz),
    winback.status_as_known(timestamptz, timestamptz) FROM PUBLIC;
