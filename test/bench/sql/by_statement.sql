-- The hand-written statement trigger: as by_row.sql, once a statement for all of its rows, in the order of their keys.
CREATE TABLE by_statement.client (
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
INSERT INTO by_statement.client
SELECT client_id, min(placed_at), max(placed_at), count(*), sum(amount),
       min((placed_at AT TIME ZONE 'UTC')::date), max((placed_at AT TIME ZONE 'UTC')::date),
       count(DISTINCT (placed_at AT TIME ZONE 'UTC')::date),
       (max(placed_at) AT TIME ZONE 'UTC' + interval '3 months') AT TIME ZONE 'UTC'
  FROM by_statement.orders GROUP BY client_id;

CREATE FUNCTION by_statement.keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO by_statement.client AS c
    SELECT n.client_id, min(n.placed_at), max(n.placed_at), count(*), sum(n.amount), min(n.day), max(n.day),
           count(DISTINCT n.day) FILTER (WHERE n.day > k.last_day OR k.last_day IS NULL),
           (max(n.placed_at) AT TIME ZONE 'UTC' + interval '3 months') AT TIME ZONE 'UTC'
      FROM (SELECT client_id, placed_at, amount, (placed_at AT TIME ZONE 'UTC')::date AS day FROM added) n
      LEFT JOIN by_statement.client k USING (client_id)
     GROUP BY n.client_id
     ORDER BY n.client_id
    ON CONFLICT (client_id) DO UPDATE
       SET first_order_at = least(c.first_order_at, excluded.first_order_at),
           last_order_at = greatest(c.last_order_at, excluded.last_order_at),
           orders = c.orders + excluded.orders,
           revenue = c.revenue + excluded.revenue,
           first_day = least(c.first_day, excluded.first_day),
           last_day = greatest(c.last_day, excluded.last_day),
           purchase_days = c.purchase_days + excluded.purchase_days,
           lost_at = greatest(c.lost_at, excluded.lost_at);
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT ON by_statement.orders REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION by_statement.keep();
