-- The figures of every client at the instant :clock, computed from what is known then.
--
-- A client's life is a row of facts, of which those of one instant have an order of their own. Between two facts, and
-- under one version of the rules, nothing changes but the time: that is a *situation*, and what the rules say of it can
-- be looked up at each moment that matters: when it begins, and when its deadlines come. Where the status then differs
-- from the moment before, it has changed. Nothing is carried along from one situation to the next.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';

CREATE TEMP TABLE known_order AS
SELECT client, at, coalesce(amount, 0) AS amount, at::date AS day FROM figures.order_row WHERE known_from < :'clock';
CREATE TEMP TABLE known_call AS
SELECT client, at, seconds FROM figures.call_row WHERE known_from < :'clock';
CREATE TEMP TABLE known_event AS
SELECT client, kind, at, value, note FROM figures.event_row WHERE known_from < :'clock';

-- Every client, and the instant of its first fact of any kind.
CREATE TEMP TABLE who AS
SELECT client, min(at) AS began_at
  FROM (SELECT client, at FROM known_order UNION ALL SELECT client, at FROM known_call
        UNION ALL SELECT client, at FROM known_event UNION ALL SELECT client, registered_at FROM figures.person
        UNION ALL SELECT client, NULL FROM figures.remembered) f
 WHERE client IS NOT NULL GROUP BY client;

-- The facts that bear on the status, in their order.
CREATE TEMP TABLE fact AS
SELECT client, at, kind, value, row_number() OVER (PARTITION BY client ORDER BY at, rank, value) AS n
  FROM (SELECT DISTINCT client, at, 'purchase' AS kind, 2 AS rank, NULL::numeric AS value
          FROM known_order WHERE amount >= 0
        UNION ALL
        SELECT client, at, 'usage', 3, sum(coalesce(value, 1))
          FROM known_event WHERE kind = 'usage' AND coalesce(value, 1) >= 0 GROUP BY client, at
        UNION ALL
        SELECT e.client, e.at, e.kind, r.rank, e.value
          FROM known_event e
          JOIN (VALUES ('write_off', 1), ('nps', 4), ('conflict', 5), ('inquiry', 6), ('offer', 7), ('take_back', 8))
               AS r (kind, rank) USING (kind)
         WHERE e.kind <> 'nps' OR e.value >= 0) f;

-- The same with what is known after each: the last purchase, which ends whatever was reported before it, the days with
-- a purchase up to then, and whether the client is written off. `ends` is the instant of the next fact.
CREATE TEMP TABLE known AS
SELECT f.*, coalesce(max(n) FILTER (WHERE kind = 'purchase') OVER w, 0) AS bought_n,
       max(at) FILTER (WHERE kind = 'purchase') OVER w AS bought_at,
       max(d.days) OVER w AS days, max(at::date) FILTER (WHERE kind = 'purchase') OVER w
           - min(at::date) FILTER (WHERE kind = 'purchase') OVER w AS days_on,
       coalesce(max(n) FILTER (WHERE kind = 'write_off') OVER w
                > coalesce(max(n) FILTER (WHERE kind IN ('purchase', 'take_back')) OVER w, 0), false) AS written_off,
       lead(at, 1, 'infinity') OVER w AS ends
  FROM fact f
  LEFT JOIN (SELECT client, n, dense_rank() OVER (PARTITION BY client ORDER BY at::date) AS days
               FROM fact WHERE kind = 'purchase') d USING (client, n)
WINDOW w AS (PARTITION BY client ORDER BY n);
CREATE INDEX ON known (client, bought_n);
ANALYZE known;

-- The versions of the rules, with what each rule needs.
CREATE TEMP TABLE version AS
SELECT valid_from, lead(valid_from, 1, 'infinity') OVER (ORDER BY valid_from) AS valid_until,
       max(after) FILTER (WHERE rule = 'silence') AS silence_after,
       max(after) FILTER (WHERE rule = 'slowing') AS slowing_after,
       max(factor) FILTER (WHERE rule = 'slowing') AS slowing_factor,
       max(at_most) FILTER (WHERE rule = 'detractor') AS at_most,
       max(more_than) FILTER (WHERE rule = 'fruitless') AS more_than,
       max(after) FILTER (WHERE rule = 'unanswered_offer') AS offer_after,
       max(factor) FILTER (WHERE rule = 'own_cadence') AS cadence_factor,
       max(floor) FILTER (WHERE rule = 'own_cadence') AS cadence_floor,
       max(ceiling) FILTER (WHERE rule = 'own_cadence') AS cadence_ceiling,
       max(after) FILTER (WHERE rule = 'usage_drop' AND enabled) AS usage_after,
       max(factor) FILTER (WHERE rule = 'usage_drop' AND enabled) AS usage_factor
  FROM figures.rule GROUP BY valid_from;

-- A situation lasts to the next fact, not including it, or to the next version of the rules, including it: the old
-- rules have their say up to then. Facts at that very instant come under the new ones.
CREATE TEMP TABLE situation AS
SELECT k.client, k.n, k.bought_n, k.bought_at, k.days, k.written_off, v.*,
       CASE WHEN k.days > 1 THEN k.days_on * interval '1 day' / (k.days - 1) END AS mean_gap,
       greatest(k.at, v.valid_from) AS starts, v.valid_from <= k.at AND k.kind = 'purchase' AS begins_by_purchase,
       least(k.ends, v.valid_until) AS ends, v.valid_until <= k.ends AND v.valid_until < 'infinity' AS last_included
  FROM known k JOIN version v ON v.valid_from <= k.ends AND v.valid_until > k.at;

-- When the use that is known in a situation falls: at each moment at which a use comes, or leaves the time that is
-- compared or the time before, is it less than the share of what was used before, and was it not the moment before? A
-- use after which it is not less makes up for what was, and so does a purchase.
CREATE TEMP TABLE fall AS
SELECT s.client, s.n, s.valid_from, min(l.at) AS at
  FROM situation s
 CROSS JOIN LATERAL (
    SELECT m.at, m.low, m.low AND NOT lag(m.low, 1, false) OVER w AS begins,
           max(m.at) FILTER (WHERE m.used AND NOT m.low) OVER () AS up_at
      FROM (SELECT t.at, bool_or(u.at = t.at) AS used,
                   coalesce(sum(u.value) FILTER (WHERE u.at <= t.at AND u.leaves > t.at), 0)
                   < s.usage_factor * coalesce(sum(u.value) FILTER (WHERE u.leaves <= t.at AND u.gone > t.at), 0) AS low
              FROM (SELECT k.at, k.value, figures.later(k.at, s.usage_after) AS leaves,
                           figures.later(k.at, 2 * s.usage_after) AS gone
                      FROM known k WHERE k.client = s.client AND k.n <= s.n AND k.kind = 'usage') u
             CROSS JOIN (SELECT DISTINCT m.at
                           FROM known k
                          CROSS JOIN LATERAL (VALUES (k.at), (figures.later(k.at, s.usage_after)),
                              (figures.later(k.at, 2 * s.usage_after))) AS m (at)
                          WHERE k.client = s.client AND k.n <= s.n AND k.kind = 'usage') t
             GROUP BY t.at) m
    WINDOW w AS (ORDER BY m.at)) l
 WHERE s.usage_after IS NOT NULL AND l.begins AND l.at > s.bought_at AND l.at > coalesce(l.up_at, '-infinity')
 GROUP BY s.client, s.n, s.valid_from;

-- When each rule fires in it. A bad score stands from the first of the last run of bad ones.
CREATE TEMP TABLE firing AS
SELECT s.client, s.n, s.valid_from, r.rule, r.position, r.at, r.status, r.by_signal
  FROM situation s
 CROSS JOIN LATERAL (
    SELECT min(figures.later(k.at, s.offer_after)) FILTER (WHERE k.kind = 'offer') AS offer_at,
           min(k.at) FILTER (WHERE k.kind = 'conflict') AS conflict_at,
           (array_agg(k.at ORDER BY k.n) FILTER (WHERE k.kind = 'inquiry' AND s.bought_n = 0))[s.more_than + 1]
               AS fruitless_at,
           min(k.at) FILTER (WHERE k.kind = 'nps' AND k.value <= s.at_most AND k.n > coalesce(
               (SELECT max(g.n) FROM known g WHERE g.client = s.client AND g.bought_n = s.bought_n AND g.n <= s.n
                   AND g.kind = 'nps' AND g.value > s.at_most), 0)) AS detractor_at
      FROM known k WHERE k.client = s.client AND k.bought_n = s.bought_n AND k.n <= s.n) g
 CROSS JOIN LATERAL (VALUES
    ('silence', figures.later(s.bought_at, s.silence_after), 'lost', false),
    ('slowing', figures.later(s.bought_at, coalesce(CASE WHEN s.days >= 3 THEN s.mean_gap * s.slowing_factor END,
                                                    s.slowing_after)), 'at_risk', false),
    ('usage_drop', (SELECT l.at FROM fall l
                     WHERE (l.client, l.n, l.valid_from) = (s.client, s.n, s.valid_from)), 'at_risk', false),
    ('detractor', g.detractor_at, 'lost', true),
    ('conflict', g.conflict_at, 'lost', true),
    ('fruitless', g.fruitless_at, 'lost', true),
    ('unanswered_offer', g.offer_at, 'lost', false),
    ('own_cadence', CASE WHEN s.mean_gap IS NOT NULL AND s.cadence_factor IS NOT NULL THEN
        least(greatest(figures.later(s.bought_at, s.mean_gap * s.cadence_factor),
                       figures.later(s.bought_at, s.cadence_floor)),
              figures.later(s.bought_at, s.cadence_ceiling)) END, 'lost', false)) AS f (rule, at, status, by_signal)
  JOIN figures.rule e ON e.valid_from = s.valid_from AND e.rule = f.rule AND e.enabled
 CROSS JOIN LATERAL (SELECT f.*, e.position) r
 WHERE r.at IS NOT NULL;

-- The earliest rule wins, at a tie the one further up.
CREATE TEMP TABLE judged AS
SELECT s.*, l.lost_at, l.lost_by, coalesce(l.by_signal, false) OR s.written_off AS by_fact,
       least(r.at, CASE WHEN r.at IS NOT NULL THEN l.lost_at END) AS at_risk_at, r.rule AS at_risk_by
  FROM situation s
  LEFT JOIN (SELECT client, n, valid_from, (array_agg(at ORDER BY at, position))[1] AS lost_at,
                    (array_agg(rule ORDER BY at, position))[1] AS lost_by, bool_or(by_signal) AS by_signal
               FROM firing WHERE status = 'lost' GROUP BY client, n, valid_from) l USING (client, n, valid_from)
  LEFT JOIN (SELECT DISTINCT ON (client, n, valid_from) * FROM firing WHERE status = 'at_risk'
              ORDER BY client, n, valid_from, at, position) r USING (client, n, valid_from);

-- The status in a situation at a moment, as '{status, rule}'.
CREATE FUNCTION pg_temp.status(written_off boolean, lost_at timestamptz, lost_by text, at_risk_at timestamptz,
                               at_risk_by text, bought_n bigint, moment timestamptz) RETURNS text[]
LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN written_off THEN ARRAY['written_off', NULL]
         WHEN lost_at <= moment THEN ARRAY['lost', lost_by]
         WHEN at_risk_at <= moment THEN ARRAY['at_risk', at_risk_by]
         WHEN bought_n > 0 THEN ARRAY['active', NULL]
         ELSE ARRAY['prospect', NULL] END;

-- The status at every moment that matters, from the beginning: a client begins as a prospect, but for one whose first
-- fact of all is a purchase.
CREATE TEMP TABLE state AS
SELECT w.client, 0::bigint AS n, timestamptz '-infinity' AS valid_from, w.began_at AS at, false AS by_purchase,
       CASE WHEN f.kind = 'purchase' AND f.at = w.began_at THEN 'active' ELSE 'prospect' END AS status, NULL AS rule
  FROM who w LEFT JOIN fact f ON f.client = w.client AND f.n = 1
UNION ALL
SELECT j.client, j.n, j.valid_from, m.at, m.first AND j.begins_by_purchase, t.status[1], t.status[2]
  FROM judged j
 CROSS JOIN LATERAL (VALUES (j.starts, true), (j.at_risk_at, false), (j.lost_at, false)) AS m (at, first)
 CROSS JOIN LATERAL (SELECT pg_temp.status(j.written_off, j.lost_at, j.lost_by, j.at_risk_at, j.at_risk_by,
                                            j.bought_n, m.at) AS status) t
 WHERE m.first OR (m.at > j.starts AND (m.at < j.ends OR (m.at = j.ends AND j.last_included)));

-- Every change of status. Deadlines after the last thing that was reported, or that the clock has passed, are to come;
-- none where what was reported counts now, whatever its date.
CREATE TEMP TABLE change AS
SELECT *, row_number() OVER w > coalesce(max(place) FILTER (WHERE has_come) OVER (PARTITION BY client), 0) AS to_come
  FROM (SELECT c.*, row_number() OVER (PARTITION BY client ORDER BY n, valid_from, at) AS place,
               rule IS NULL OR rule IN ('detractor', 'conflict', 'fruitless') OR at <= :'clock' OR at = last_at
                   OR coalesce(by_fact, false)
                   OR EXISTS (SELECT FROM fact f WHERE f.client = c.client AND f.at = c.at AND f.kind <> 'purchase')
                   AS has_come
          FROM (SELECT s.*, lag(status) OVER (PARTITION BY client ORDER BY n, valid_from, at) AS from_status
                  FROM state s) c
          LEFT JOIN (SELECT client, max(at) AS last_at FROM fact GROUP BY client) l USING (client)
          LEFT JOIN (SELECT DISTINCT ON (client) client, by_fact FROM judged ORDER BY client, n DESC, valid_from DESC) j
              USING (client)
         WHERE from_status <> status) c
WINDOW w AS (PARTITION BY client ORDER BY place);
CREATE INDEX ON change (client);
ANALYZE change;
TRUNCATE figures.change;
INSERT INTO figures.change SELECT client, from_status, status, at, rule, to_come FROM change;

-- The status at the clock: of the last situation, where what was reported counts whatever its date.
CREATE TEMP TABLE life AS
SELECT w.client, t.status, coalesce(c.at, w.began_at) AS since, j.lost_at, j.lost_by, j.at_risk_at
  FROM who w
  LEFT JOIN (SELECT DISTINCT ON (client) * FROM judged ORDER BY client, n DESC, valid_from DESC) j USING (client)
 CROSS JOIN LATERAL (SELECT (pg_temp.status(j.written_off, j.lost_at, j.lost_by, j.at_risk_at, j.at_risk_by,
                                            j.bought_n,
                                            CASE WHEN j.by_fact THEN 'infinity' ELSE timestamptz :'clock' END))[1]
                            AS status) t
  LEFT JOIN LATERAL (SELECT at FROM change c WHERE c.client = w.client AND c.status = t.status
                      ORDER BY place DESC LIMIT 1) c ON true;

-- Losses and returns; being written off neither ends a loss nor is one.
CREATE TEMP TABLE turns AS
SELECT client, count(*) FILTER (WHERE status = 'lost' AND was <> 'lost') AS times_lost,
       count(*) FILTER (WHERE by_purchase AND was = 'lost') AS times_returned
  FROM (SELECT s.*, lag(s.status) OVER (PARTITION BY s.client ORDER BY s.n, s.valid_from, s.at) AS was
          FROM state s
         WHERE s.status <> 'written_off'
           AND NOT EXISTS (SELECT FROM change c WHERE c.client = s.client AND c.to_come
                                                  AND (c.n, c.valid_from, c.at) <= (s.n, s.valid_from, s.at))) s
 GROUP BY client;

-- Money and purchases; a client that has bought nothing is worth nothing, whatever it returned.
CREATE TEMP TABLE bought AS
SELECT client, min(at) FILTER (WHERE amount >= 0) AS first_at, max(at) FILTER (WHERE amount >= 0) AS last_at,
       count(*) FILTER (WHERE amount >= 0) AS orders,
       CASE WHEN bool_or(amount >= 0) THEN sum(amount) ELSE 0 END AS revenue,
       count(DISTINCT day) FILTER (WHERE amount >= 0) AS days, min(day) FILTER (WHERE amount >= 0) AS first_day,
       (max(day) FILTER (WHERE amount >= 0) - min(day) FILTER (WHERE amount >= 0)) AS span
  FROM known_order GROUP BY client;
CREATE TEMP TABLE worth AS
SELECT b.client, coalesce(sum(o.amount) FILTER (
           WHERE o.at > coalesce(figures.later(b.last_at, -s.value_period), '-infinity')), 0) AS period_revenue,
       coalesce(sum(o.amount) FILTER (WHERE o.day = b.first_day OR o.amount < 0), 0) AS unrepeated_revenue
  FROM bought b JOIN known_order o USING (client) CROSS JOIN figures.setting s
 WHERE b.orders > 0 GROUP BY b.client;
CREATE TEMP TABLE class AS
SELECT client, CASE WHEN before < s.abc_a * total THEN 'A' WHEN before < s.abc_b * total THEN 'B' ELSE 'C' END AS abc
  FROM (SELECT client, sum(period_revenue) OVER () AS total,
               sum(period_revenue) OVER (ORDER BY period_revenue DESC, client) - period_revenue AS before
          FROM worth WHERE period_revenue > 0) r CROSS JOIN figures.setting s;

-- How to approach a client: the latest of what says it.
CREATE TEMP TABLE approach AS
SELECT w.client, p.name, p.contact_every, t.at AS last_contact_at
  FROM who w
  LEFT JOIN (SELECT DISTINCT ON (client) client, name
               FROM (SELECT client, at, 0 AS rank, 'warm' AS name FROM known_order WHERE amount >= 0
                     UNION ALL SELECT client, at, 1, 'cold' FROM known_event WHERE kind = 'complaint'
                     UNION ALL SELECT client, at, 2, note FROM known_event
                                WHERE kind = 'interaction_status' AND note IN (SELECT name FROM figures.approach)) a
              ORDER BY client, at DESC, rank DESC, name COLLATE "C" DESC) a USING (client)
  JOIN figures.approach p ON p.name = coalesce(a.name, 'warm')
  LEFT JOIN (SELECT client, max(at) AS at FROM known_call CROSS JOIN figures.setting WHERE seconds > contact_seconds
              GROUP BY client) t USING (client);

CREATE TEMP TABLE next_contact AS
SELECT l.client, (SELECT min(d)::date FROM generate_series(due.day::timestamp, due.day + interval '60 days', '1 day') d
                    LEFT JOIN figures.day x ON x.day = d::date
                   WHERE coalesce(x.working, extract(isodow FROM d) = ANY (s.working_days))) AS day
  FROM life l JOIN approach a USING (client) LEFT JOIN figures.person p USING (client)
 CROSS JOIN figures.setting s
 CROSS JOIN LATERAL (SELECT greatest(l.since::date, (a.last_contact_at::date + a.contact_every)::date) AS day) due
 WHERE l.status = 'lost' AND p.do_not_contact IS NOT TRUE;

TRUNCATE figures.client;
INSERT INTO figures.client
SELECT w.client, p.name, p.manager, p.channel, p.region, p.department, coalesce(p.do_not_contact, false),
       l.status, l.since, l.lost_by, l.at_risk_at, l.lost_at,
       a.name, a.last_contact_at, c.day,
       b.first_at, b.last_at, coalesce(b.orders, 0), coalesce(b.revenue, 0), coalesce(v.period_revenue, 0),
       coalesce(v.unrepeated_revenue, 0), coalesce(b.days, 0),
       CASE WHEN b.days > 1 THEN b.span * interval '1 day' / (b.days - 1) END,
       CASE WHEN b.orders > 0 THEN coalesce(k.abc, 'C') END,
       t.times_lost, t.times_returned, 0, false
  FROM who w
  LEFT JOIN figures.person p USING (client) LEFT JOIN life l USING (client) LEFT JOIN turns t USING (client)
  LEFT JOIN approach a USING (client) LEFT JOIN next_contact c USING (client) LEFT JOIN bought b USING (client)
  LEFT JOIN worth v USING (client) LEFT JOIN class k USING (client);
