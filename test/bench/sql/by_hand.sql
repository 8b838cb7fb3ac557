-- The table that the hand-written triggers keep: the columns of winback.clients that orders decide, by the shipped
-- rules and policy, and what it takes to go on from them. The triggers are for orders that come by time: a client whom
-- an order finds at risk or lost is active again, which `times_lost` and `times_returned` count from here on.
--   variable: schema
CREATE TABLE :schema.client (
    client_id          bigint PRIMARY KEY,
    status             text NOT NULL,
    status_since       timestamptz NOT NULL,
    lost_by            text NOT NULL,
    at_risk_at         timestamptz NOT NULL,
    lost_at            timestamptz NOT NULL,
    interaction_status text NOT NULL,
    interaction_since  timestamptz NOT NULL,
    last_contact_at    timestamptz,
    contact_due_on     date NOT NULL,
    first_order_at     timestamptz NOT NULL,
    last_order_at      timestamptz NOT NULL,
    orders             bigint NOT NULL,
    revenue            numeric NOT NULL,
    period_revenue     numeric NOT NULL,
    period_first_at    timestamptz NOT NULL,
    first_day          date NOT NULL,
    last_day           date NOT NULL,
    purchase_days      int NOT NULL,
    times_lost         int NOT NULL,
    times_returned     int NOT NULL,
    open_tasks         int NOT NULL
) WITH (fillfactor = 50);

-- Calendar arithmetic in the time zone of the policy; the planner puts these in the place of their calls.
CREATE FUNCTION :schema.day(at timestamptz) RETURNS date LANGUAGE sql STABLE
    RETURN (at AT TIME ZONE 'UTC')::date;
CREATE FUNCTION :schema.later(at timestamptz, by interval) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN (at AT TIME ZONE 'UTC' + by) AT TIME ZONE 'UTC';

-- Half as long again as the mean gap after the last order, two months of too few orders, never later than lost.
CREATE FUNCTION :schema.at_risk_at(last timestamptz, first_day date, last_day date, days int) RETURNS timestamptz
LANGUAGE sql STABLE
    RETURN least(CASE WHEN days >= 3
                      THEN last + interval '1 day' * (1.5 * (last_day - first_day) / (days - 1)::float8)
                      ELSE :schema.later(last, '2 months') END, :schema.later(last, '3 months'));

INSERT INTO :schema.client
SELECT client_id, 'active', f.first, 'silence', :schema.at_risk_at(f.last, f.first_day, f.last_day, f.days),
       :schema.later(f.last, '3 months'), 'warm', f.last, NULL, :schema.day(:schema.later(f.last, '3 months')),
       f.first, f.last, f.orders, f.revenue, p.revenue, p.first, f.first_day, f.last_day, f.days, 0, 0, 0
  FROM (SELECT client_id, min(placed_at) AS first, max(placed_at) AS last, count(*) AS orders, sum(amount) AS revenue,
               min(:schema.day(placed_at)) AS first_day, max(:schema.day(placed_at)) AS last_day,
               count(DISTINCT :schema.day(placed_at))::int AS days
          FROM :schema.orders GROUP BY client_id) f,
       LATERAL (SELECT sum(o.amount) AS revenue, min(o.placed_at) AS first FROM :schema.orders o
                 WHERE o.client_id = f.client_id AND o.placed_at > :schema.later(f.last, '-12 months')) p;
