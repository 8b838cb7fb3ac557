-- The hand-written statement trigger: once a statement for all of its rows, in the order of their keys.
\ir by_hand.sql
CREATE FUNCTION by_statement.keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO by_statement.client AS c
    SELECT n.client_id, 'active', n.first, 'silence', by_statement.later(n.last, '2 months'),
           by_statement.later(n.last, '3 months'), 'warm', n.last, NULL,
           by_statement.day(by_statement.later(n.last, '3 months')), n.first, n.last, n.orders, n.revenue, n.revenue,
           n.first, n.first_day, n.last_day, n.days, 0, 0, 0
      FROM (SELECT a.client_id, min(a.placed_at) AS first, max(a.placed_at) AS last, count(*) AS orders,
                   sum(a.amount) AS revenue, min(a.day) AS first_day, max(a.day) AS last_day,
                   (count(DISTINCT a.day) FILTER (WHERE a.day > k.last_day OR k.last_day IS NULL))::int AS days
              FROM (SELECT *, by_statement.day(placed_at) AS day FROM added) a
              LEFT JOIN by_statement.client k USING (client_id)
             GROUP BY a.client_id ORDER BY a.client_id) n
    ON CONFLICT (client_id) DO UPDATE
       SET status_since = CASE WHEN excluded.first_order_at > c.at_risk_at THEN excluded.first_order_at
                               ELSE c.status_since END,
           at_risk_at = by_statement.at_risk_at(excluded.last_order_at, c.first_day, excluded.last_day,
                                                c.purchase_days + excluded.purchase_days),
           lost_at = excluded.lost_at,
           interaction_status = 'warm',
           interaction_since = excluded.last_order_at,
           contact_due_on = excluded.contact_due_on,
           last_order_at = excluded.last_order_at,
           orders = c.orders + excluded.orders,
           revenue = c.revenue + excluded.revenue,
           period_revenue = CASE WHEN c.period_first_at > by_statement.later(excluded.last_order_at, '-12 months')
                                 THEN c.period_revenue + excluded.revenue
                                 ELSE (SELECT sum(o.amount) FROM by_statement.orders o
                                        WHERE o.client_id = excluded.client_id
                                          AND o.placed_at > by_statement.later(excluded.last_order_at, '-12 months'))
                            END,
           period_first_at = CASE WHEN c.period_first_at > by_statement.later(excluded.last_order_at, '-12 months')
                                  THEN c.period_first_at
                                  ELSE (SELECT min(o.placed_at) FROM by_statement.orders o
                                         WHERE o.client_id = excluded.client_id
                                           AND o.placed_at > by_statement.later(excluded.last_order_at, '-12 months'))
                             END,
           last_day = excluded.last_day,
           purchase_days = c.purchase_days + excluded.purchase_days,
           times_lost = c.times_lost + (excluded.first_order_at > c.lost_at)::int,
           times_returned = c.times_returned + (excluded.first_order_at > c.lost_at)::int;
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT ON by_statement.orders REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION by_statement.keep();
