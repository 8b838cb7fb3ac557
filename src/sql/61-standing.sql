-- Where one client stands, whatever the type of its key: what sentences, the card and the picture are made of. They are
-- told in the policy's time zone: each function that a person calls sets it for itself, so that here a time as text, or
-- as a date, is one of there.

CREATE TYPE winback._standing AS (
    client text, name text, manager text, channel text, region text, department text, do_not_contact boolean,
    registered_at timestamptz, began_at timestamptz,
    status text, status_since timestamptz, status_rule text,
    at_risk_at timestamptz, at_risk_by text, lost_at timestamptz, lost_by text,
    interaction_status text, interaction_since timestamptz, contact_every interval,
    last_contact_at timestamptz, next_contact_on date, contact_due_on date,
    first_order_at timestamptz, last_order_at timestamptz, orders bigint, revenue numeric, period_revenue numeric,
    purchase_days int, mean_gap interval, abc text, times_lost int, times_returned int, open_tasks int, stale boolean,
    detractor_since timestamptz, conflict_since timestamptz, fruitless_since timestamptz, offer_since timestamptz,
    inquiries int, held_out boolean, clock timestamptz
);
REVOKE USAGE ON TYPE winback._standing FROM PUBLIC;
COMMENT ON TYPE winback._standing IS 'one client of winback.clients, its key as text, with what its status rests on';

-- The status that facts have brought is in the history with its rule; what the clock has brought need not be yet.
CREATE FUNCTION winback._standing(client text) RETURNS winback._standing
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_one winback._standing;
BEGIN
    EXECUTE format('
        SELECT v.client_id::text, v.name, v.manager, v.channel, v.region, v.department, v.do_not_contact,
               v.registered_at, c.began_at, v.status, v.status_since,
               coalesce((SELECT s.rule FROM winback.status_change s
                          WHERE s.client_id %1$s c.client_id AND s.withdrawn_at IS NULL AND s.to_status = v.status
                            AND s.changed_at = v.status_since
                          ORDER BY s.change_id DESC LIMIT 1),
                        CASE v.status WHEN ''lost'' THEN c.lost_by WHEN ''at_risk'' THEN c.at_risk_by END),
               c.at_risk_at, c.at_risk_by, c.lost_at, c.lost_by, v.interaction_status, c.interaction_since,
               i.contact_every, v.last_contact_at,
               CASE WHEN NOT h.held_out THEN v.next_contact_on END, CASE WHEN NOT h.held_out THEN c.contact_due_on END,
               v.first_order_at, v.last_order_at, v.orders, v.revenue, v.period_revenue, v.purchase_days, v.mean_gap,
               v.abc, v.times_lost, v.times_returned, v.open_tasks, v.stale, c.detractor_since, c.conflict_since,
               c.fruitless_since, c.offer_since, c.inquiries, h.held_out, winback.now()
          FROM winback.client c
          JOIN winback.clients v ON v.client_id %1$s c.client_id
         CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM winback.process p
                                             WHERE p.client_id %1$s c.client_id AND p.held_out
                                               AND p.state = ''running'')) h (held_out)
          LEFT JOIN winback.interaction_status i ON i.name = c.interaction_status
         WHERE c.client_id %1$s $1::%2$s', winback._client_equals(), winback._client_type(client))
       INTO found_one USING winback._present_client(client);
    RETURN found_one;
END $$;
COMMENT ON FUNCTION winback._standing(text) IS
    'where a client stands, or the one that it was merged into; all null: no such client';

-- A length of time in words.
CREATE FUNCTION winback._length_words(length interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp SET intervalstyle = postgres
RETURN regexp_replace(length::text, '\mmon(s?)\M', 'month\1', 'g');
COMMENT ON FUNCTION winback._length_words(interval) IS 'a length of time in words, as 3 months';

-- A mean gap in days.
CREATE FUNCTION winback._gap_words(gap interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN trim_scale(round(extract(epoch FROM gap) / 86400, 1)) || ' days';
COMMENT ON FUNCTION winback._gap_words(interval) IS 'a mean gap in words, as 20.5 days';

-- What happened at an instant, as one looks it up: table, id, and what it says.
CREATE FUNCTION winback._fact_words(client text, kinds text[], at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(', ',
               CASE WHEN f.kind IN ('order', 'return', 'call') THEN concat_ws(' ', f.kind, f.item_id, 'of', f.source)
                    WHEN f.item_id IS NOT NULL THEN concat_ws(' ', 'event', f.item_id, 'of', f.source)
                    ELSE concat_ws(' ', 'a row of', f.source) END,
               f.amount::text, f.seconds || ' seconds', f.kind || ' ' || f.value, '"' || f.note || '"')
      FROM winback._client_facts(client) f
     WHERE f.at = $3 AND f.kind = ANY (kinds)
     ORDER BY f.source::text, f.item_id LIMIT 1
$$;
COMMENT ON FUNCTION winback._fact_words(text, text[], timestamptz) IS
    'the fact of one of these kinds at an instant: order 17 of public.orders, 120.00';
