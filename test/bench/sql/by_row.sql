-- The hand-written row trigger: what most would write first. It keeps what a plain order changes of a client, where
-- orders come in the order of their time, and nothing for an order that is changed or deleted.
CREATE TABLE by_row.client (
    client_id      bigint PRIMARY KEY,
    first_order_at timestamptz NOT NULL,
    last_order_at  timestamptz NOT NULL,
    orders         bigint NOT NULL,
    revenue        numeric NOT NULL,
    first_day      date NOT NULL,
    last_day       date NOT NULL,
    purchase_days  int NOT NULL,
    lost_at        timestamptz NOT NULL
) WITH (fillfactor = 70);
INSERT INTO by_row.client
SELECT client_id, min(placed_at), max(placed_at), count(*), sum(amount),
       min((placed_at AT TIME ZONE 'UTC')::date), max((placed_at AT TIME ZONE 'UTC')::date),
       count(DISTINCT (placed_at AT TIME ZONE 'UTC')::date),
       (max(placed_at) AT TIME ZONE 'UTC' + interval '3 months') AT TIME ZONE 'UTC'
  FROM by_row.orders GROUP BY client_id;

CREATE FUNCTION by_row.keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (new.placed_at AT TIME ZONE 'UTC')::date;
BEGIN
    INSERT INTO by_row.client AS c
    VALUES (new.client_id, new.placed_at, new.placed_at, 1, new.amount, day, day, 1,
            (new.placed_at AT TIME ZONE 'UTC' + interval '3 months') AT TIME ZONE 'UTC')
    ON CONFLICT (client_id) DO UPDATE
       SET first_order_at = least(c.first_order_at, excluded.first_order_at),
           last_order_at = greatest(c.last_order_at, excluded.last_order_at),
           orders = c.orders + 1,
           revenue = c.revenue + excluded.revenue,
           first_day = least(c.first_day, excluded.first_day),
           last_day = greatest(c.last_day, excluded.last_day),
           purchase_days = c.purchase_days + (excluded.last_day > c.last_day)::int,
           lost_at = greatest(c.lost_at, excluded.lost_at);
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT ON by_row.orders FOR EACH ROW EXECUTE FUNCTION by_row.keep();
