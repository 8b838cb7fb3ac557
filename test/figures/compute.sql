-- The figures of every client at the instant :clock, computed from what is known then.
--
-- A client's life is cut by its purchases into stretches: 0 before the first purchase, n from the nth purchase
-- (inclusive) to the next (exclusive). Signals and offers belong to the stretch they fall into, and a purchase clears
-- them, so each stretch is judged by itself: at every moment at which something may change, the state is looked up.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';

CREATE TEMP TABLE known_order AS
SELECT client, at, coalesce(amount, 0) AS amount, at::date AS day FROM figures.order_row WHERE known_from < :'clock';
CREATE TEMP TABLE known_call AS
SELECT client, at, seconds FROM figures.call_row WHERE known_from < :'clock';
CREATE TEMP TABLE known_event AS
SELECT client, kind, at, value FROM figures.event_row WHERE known_from < :'clock';

-- Every client, and the instant of its first fact of any kind.
CREATE TEMP TABLE who AS
SELECT client, min(at) AS began_at
  FROM (SELECT client, at FROM known_order UNION ALL SELECT client, at FROM known_call
        UNION ALL SELECT client, at FROM known_event UNION ALL SELECT client, NULL FROM figures.person) f
 WHERE client IS NOT NULL GROUP BY client;

CREATE TEMP TABLE purchase AS
SELECT client, at, row_number() OVER w AS n, lead(at, 1, 'infinity') OVER w AS next_at,
       at::date - min(at::date) OVER w AS days_on, dense_rank() OVER (PARTITION BY client ORDER BY at::date) AS days
  FROM (SELECT DISTINCT client, at FROM known_order WHERE amount >= 0) p
WINDOW w AS (PARTITION BY client ORDER BY at);

CREATE TEMP TABLE stretch AS
SELECT client, n, at AS starts, next_at AS ends, at AS bought_at,
       CASE WHEN days > 1 THEN days_on * interval '1 day' / (days - 1) END AS mean_gap, days
  FROM purchase
UNION ALL
SELECT w.client, 0, '-infinity', coalesce(p.at, 'infinity'), NULL, NULL, 0
  FROM who w LEFT JOIN purchase p ON p.client = w.client AND p.n = 1;

CREATE TEMP TABLE in_stretch AS
SELECT s.client, s.n, e.kind, e.at, e.value
  FROM stretch s JOIN known_event e ON e.client = s.client AND e.at >= s.starts AND e.at < s.ends;
CREATE INDEX ON in_stretch (client, n);

-- The instants of each stretch. A bad score stands from the first of the last run of bad ones.
CREATE TEMP TABLE dated AS
SELECT s.*, figures.later(s.bought_at, '3 months') AS silence_at,
       figures.later(s.bought_at, CASE WHEN s.days >= 3 THEN 1.5 * s.mean_gap ELSE '2 months' END) AS slowing_at,
       figures.later(g.offer_at, '3 months') AS offer_at, g.conflict_at,
       CASE WHEN s.n = 0 THEN g.inquiries[4] END AS fruitless_at,
       (SELECT min(b.at) FROM in_stretch b
         WHERE b.client = s.client AND b.n = s.n AND b.kind = 'nps' AND b.value <= 6
           AND NOT EXISTS (SELECT FROM in_stretch c WHERE c.client = b.client AND c.n = b.n AND c.kind = 'nps'
                              AND c.value > 6 AND c.at >= b.at)) AS detractor_at
  FROM stretch s
  LEFT JOIN (SELECT client, n, min(at) FILTER (WHERE kind = 'offer') AS offer_at,
                    min(at) FILTER (WHERE kind = 'conflict') AS conflict_at,
                    array_agg(at ORDER BY at) FILTER (WHERE kind = 'inquiry') AS inquiries
               FROM in_stretch GROUP BY client, n) g USING (client, n);

-- Every moment at which the state may change; deadlines of the last stretch only as far as the clock has come.
CREATE TEMP TABLE moment AS
SELECT DISTINCT d.client, d.n, m.at
  FROM dated d JOIN who w USING (client)
 CROSS JOIN LATERAL (SELECT d.bought_at AS at UNION ALL SELECT w.began_at WHERE d.n = 0
                     UNION ALL SELECT x FROM unnest(ARRAY[d.silence_at, d.slowing_at, d.offer_at]) x
                                WHERE d.ends < 'infinity' OR x <= :'clock'
                     UNION ALL SELECT e.at FROM in_stretch e WHERE e.client = d.client AND e.n = d.n) m
 WHERE m.at >= d.starts AND m.at < d.ends;

CREATE TEMP TABLE state AS
SELECT m.client, m.n, m.at,
       CASE WHEN m.at >= least(d.silence_at, d.offer_at, d.conflict_at, d.fruitless_at)
                 OR (SELECT e.value <= 6 FROM in_stretch e
                      WHERE e.client = m.client AND e.n = m.n AND e.kind = 'nps' AND e.at <= m.at
                      ORDER BY e.at DESC, e.value DESC LIMIT 1) THEN 'lost'
            WHEN m.at >= d.slowing_at THEN 'at_risk'
            WHEN m.n > 0 THEN 'active'
            ELSE 'prospect' END AS status,
       m.at IS NOT DISTINCT FROM d.bought_at AS by_purchase
  FROM moment m JOIN dated d USING (client, n);

CREATE TEMP TABLE change AS
SELECT * FROM (SELECT s.*, lag(status) OVER (PARTITION BY client ORDER BY at) AS from_status FROM state s) s
 WHERE from_status IS DISTINCT FROM status;
TRUNCATE figures.change;
INSERT INTO figures.change SELECT client, from_status, status, at FROM change WHERE from_status IS NOT NULL;

-- What becomes of the last stretch: the earliest rule wins, at a tie the one further up.
CREATE TEMP TABLE outlook AS
SELECT d.client, l.at AS lost_at, l.rule AS lost_by,
       CASE WHEN d.slowing_at IS NOT NULL THEN least(d.slowing_at, l.at) END AS at_risk_at, d.slowing_at
  FROM dated d
  LEFT JOIN LATERAL (SELECT * FROM (VALUES (1, 'silence', d.silence_at), (3, 'detractor', d.detractor_at),
                                           (4, 'conflict', d.conflict_at), (5, 'fruitless', d.fruitless_at),
                                           (6, 'unanswered_offer', d.offer_at)) AS r (position, rule, at)
                      WHERE r.at IS NOT NULL ORDER BY r.at, r.position LIMIT 1) l ON true
 WHERE d.ends = 'infinity';

CREATE TEMP TABLE life AS
SELECT client, (array_agg(status ORDER BY at DESC))[1] AS status, max(at) AS since,
       count(*) FILTER (WHERE status = 'lost') AS times_lost,
       count(*) FILTER (WHERE from_status = 'lost' AND by_purchase) AS times_returned
  FROM change GROUP BY client;

-- Money and purchases; a client that has bought nothing is worth nothing, whatever it returned.
CREATE TEMP TABLE bought AS
SELECT client, min(at) FILTER (WHERE amount >= 0) AS first_at, max(at) FILTER (WHERE amount >= 0) AS last_at,
       count(*) FILTER (WHERE amount >= 0) AS orders,
       CASE WHEN bool_or(amount >= 0) THEN sum(amount) ELSE 0 END AS revenue,
       count(DISTINCT day) FILTER (WHERE amount >= 0) AS days,
       (max(day) FILTER (WHERE amount >= 0) - min(day) FILTER (WHERE amount >= 0)) AS span
  FROM known_order GROUP BY client;
CREATE TEMP TABLE worth AS
SELECT b.client,
       coalesce(sum(o.amount) FILTER (WHERE o.at > figures.later(b.last_at, '-12 months')), 0) AS period_revenue
  FROM bought b JOIN known_order o USING (client) GROUP BY b.client;
CREATE TEMP TABLE class AS
SELECT client, CASE WHEN before < 0.80 * total THEN 'A' WHEN before < 0.95 * total THEN 'B' ELSE 'C' END AS abc
  FROM (SELECT client, sum(period_revenue) OVER () AS total,
               sum(period_revenue) OVER (ORDER BY period_revenue DESC, client) - period_revenue AS before
          FROM worth WHERE period_revenue > 0) r;

-- How to approach a client: cold from a complaint to the next purchase.
CREATE TEMP TABLE approach AS
SELECT w.client, CASE WHEN c.at >= coalesce(b.last_at, '-infinity') THEN 'cold' ELSE 'warm' END AS status,
       CASE WHEN c.at >= coalesce(b.last_at, '-infinity') THEN 30 ELSE 14 END AS days, t.at AS last_contact_at
  FROM who w LEFT JOIN bought b USING (client)
  LEFT JOIN (SELECT client, max(at) AS at FROM known_event WHERE kind = 'complaint' GROUP BY client) c USING (client)
  LEFT JOIN (SELECT client, max(at) AS at FROM known_call WHERE seconds > 20 GROUP BY client) t USING (client);

CREATE TEMP TABLE next_contact AS
SELECT l.client, (SELECT min(d)::date FROM generate_series(due.day::timestamp, due.day + interval '40 days', '1 day') d
                   WHERE d::date NOT IN (SELECT day FROM figures.holiday)) AS day
  FROM life l JOIN approach a USING (client) LEFT JOIN figures.person p USING (client)
 CROSS JOIN LATERAL (SELECT greatest(l.since::date, a.last_contact_at::date + a.days) AS day) due
 WHERE l.status = 'lost' AND p.do_not_contact IS NOT TRUE;

-- A loss that is over takes its task with it; a day of contact that has come brings one.
DELETE FROM figures.task t
 WHERE NOT EXISTS (SELECT FROM life l JOIN next_contact USING (client)
                    WHERE l.client = t.client AND l.since = t.lost_since);
INSERT INTO figures.task
SELECT l.client, l.since FROM life l JOIN next_contact c USING (client) WHERE c.day <= timestamptz :'clock'::date
    ON CONFLICT DO NOTHING;

TRUNCATE figures.client;
INSERT INTO figures.client
SELECT w.client, p.name, p.manager, p.channel, p.region, p.department, coalesce(p.do_not_contact, false),
       coalesce(l.status, 'prospect'), l.since, u.lost_by, u.at_risk_at, u.lost_at,
       a.status, a.last_contact_at, c.day,
       b.first_at, b.last_at, coalesce(b.orders, 0), coalesce(b.revenue, 0), coalesce(v.period_revenue, 0),
       coalesce(b.days, 0), CASE WHEN b.days > 1 THEN b.span * interval '1 day' / (b.days - 1) END,
       CASE WHEN b.orders > 0 THEN coalesce(k.abc, 'C') END,
       coalesce(l.times_lost, 0), coalesce(l.times_returned, 0),
       CASE WHEN t.client IS NULL THEN 0 ELSE 1 END, false
  FROM who w
  LEFT JOIN figures.person p USING (client) LEFT JOIN life l USING (client) LEFT JOIN outlook u USING (client)
  LEFT JOIN approach a USING (client) LEFT JOIN next_contact c USING (client) LEFT JOIN bought b USING (client)
  LEFT JOIN worth v USING (client) LEFT JOIN class k USING (client) LEFT JOIN figures.task t USING (client);
