-- The hand-written row trigger: what most would write first, a statement that inserts or updates.
\ir by_hand.sql
CREATE FUNCTION by_row.keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := by_row.day(new.placed_at);
    lost_at timestamptz := by_row.later(new.placed_at, '3 months');
    period timestamptz := by_row.later(new.placed_at, '-12 months');
BEGIN
    INSERT INTO by_row.client AS c
    VALUES (new.client_id, 'active', new.placed_at, 'silence', by_row.later(new.placed_at, '2 months'), lost_at,
            'warm', new.placed_at, NULL, by_row.day(lost_at), new.placed_at, new.placed_at, 1, new.amount, new.amount,
            new.placed_at, day, day, 1, 0, 0, 0)
    ON CONFLICT (client_id) DO UPDATE
       SET status_since = CASE WHEN new.placed_at > c.at_risk_at THEN new.placed_at ELSE c.status_since END,
           at_risk_at = by_row.at_risk_at(new.placed_at, c.first_day, day,
                                          c.purchase_days + (day > c.last_day)::int),
           lost_at = excluded.lost_at,
           interaction_status = 'warm',
           interaction_since = new.placed_at,
           contact_due_on = excluded.contact_due_on,
           last_order_at = new.placed_at,
           orders = c.orders + 1,
           revenue = c.revenue + new.amount,
           period_revenue = CASE WHEN c.period_first_at > period THEN c.period_revenue + new.amount
                                 ELSE (SELECT sum(o.amount) FROM by_row.orders o
                                        WHERE o.client_id = new.client_id AND o.placed_at > period
                                          AND o.id <= new.id) END,
           period_first_at = CASE WHEN c.period_first_at > period THEN c.period_first_at
                                  ELSE (SELECT min(o.placed_at) FROM by_row.orders o
                                         WHERE o.client_id = new.client_id AND o.placed_at > period
                                           AND o.id <= new.id) END,
           last_day = day,
           purchase_days = c.purchase_days + (day > c.last_day)::int,
           times_lost = c.times_lost + (new.placed_at > c.lost_at)::int,
           times_returned = c.times_returned + (new.placed_at > c.lost_at)::int;
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT ON by_row.orders FOR EACH ROW EXECUTE FUNCTION by_row.keep();
