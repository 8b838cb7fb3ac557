-- What losses cost, and which causes cost most. What a client brought in a year is read from the ledger, no order is:
--
--   policy.value_period    a year's revenue
--   --------------------   -----------------------------------------------------------------------------------
--   12 months              period_revenue: what it brought in the year that ended with its last purchase
--   another                period_revenue x 12 months / value_period, a day being 12 / 365.25 of a month
--   null                   revenue / years from the first to the last purchase, at least one
--
-- Lost is the revenue of who is still lost; who has come back brings it again.
CREATE OR REPLACE VIEW winback.lost_revenue AS
SELECT l.loss_id, l.client_id, l.lost_at, date_trunc('month', l.lost_at AT TIME ZONE o.timezone)::date AS month, l.rule,
       l.cause, l.manager, l.channel, l.region, l.department, y.lost_revenue
  FROM winback.loss l
  JOIN winback.client c ON c.client_id @client_equals@ l.client_id
 CROSS JOIN (SELECT p.timezone, p.value_period FROM winback.policy p LIMIT 1) o
 CROSS JOIN LATERAL (
       SELECT extract(year FROM o.value_period) * 12 + extract(month FROM o.value_period)
              + extract(day FROM o.value_period) * 12 / 365.25
              + extract(epoch FROM o.value_period - date_trunc('day', o.value_period)) / 86400 * 12 / 365.25) m (months)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN m.months IS NULL
                   THEN round(c.revenue / greatest(1, coalesce(extract(epoch FROM c.last_order_at - c.first_order_at),
                                                               0) / 31557600), 2)
                   WHEN m.months = 12 THEN c.period_revenue
                   ELSE round(c.period_revenue * 12 / m.months, 2) END) y (lost_revenue)
 WHERE l.ended_at IS NULL;
COMMENT ON VIEW winback.lost_revenue IS
    'each client that is lost still, or was written off while it was, and the revenue that is missing since';
COMMENT ON COLUMN winback.lost_revenue.loss_id IS
    'number of the change of status that began it; null until a sweep has recorded that';
COMMENT ON COLUMN winback.lost_revenue.client_id IS 'the client';
COMMENT ON COLUMN winback.lost_revenue.lost_at IS 'since when it is lost';
COMMENT ON COLUMN winback.lost_revenue.month IS 'the first day of the month of that, in policy.timezone';
COMMENT ON COLUMN winback.lost_revenue.rule IS 'the rule by which it was lost';
COMMENT ON COLUMN winback.lost_revenue.cause IS 'why, as last stated; null: not known';
COMMENT ON COLUMN winback.lost_revenue.manager IS
    'the client''s manager when the loss was recorded; channel, region and department likewise';
COMMENT ON COLUMN winback.lost_revenue.channel IS 'see manager';
COMMENT ON COLUMN winback.lost_revenue.region IS 'see manager';
COMMENT ON COLUMN winback.lost_revenue.department IS 'see manager';
COMMENT ON COLUMN winback.lost_revenue.lost_revenue IS
    'what it brought in a year, in the currency of the orders: its revenue of the year that ended with its last '
    'purchase; where policy.value_period is another time, that much per year';

-- Every lost client costs twice: what it brought, and another one in its place.
CREATE OR REPLACE VIEW winback.double_loss AS
SELECT r.month, r.channel, r.region, r.department, r.manager, r.rule, r.cause, count(*) AS clients,
       sum(r.lost_revenue) AS lost_revenue, count(*) * o.cost_per_lead AS replacement_cost,
       sum(r.lost_revenue) + count(*) * o.cost_per_lead AS double_loss
  FROM winback.lost_revenue r CROSS JOIN (SELECT p.cost_per_lead FROM winback.policy p LIMIT 1) o
 GROUP BY r.month, r.channel, r.region, r.department, r.manager, r.rule, r.cause, o.cost_per_lead;
COMMENT ON VIEW winback.double_loss IS
    'what the clients that are lost still cost: the revenue that is missing, and the clients to be found in their '
    'place; by month, whose they were, rule and cause; may be added up';
COMMENT ON COLUMN winback.double_loss.month IS
    'the first day of the month in which they were lost, in policy.timezone';
COMMENT ON COLUMN winback.double_loss.channel IS 'the clients'' channel when the loss was recorded';
COMMENT ON COLUMN winback.double_loss.region IS 'the clients'' region when the loss was recorded';
COMMENT ON COLUMN winback.double_loss.department IS 'the clients'' department when the loss was recorded';
COMMENT ON COLUMN winback.double_loss.manager IS 'the clients'' manager when the loss was recorded';
COMMENT ON COLUMN winback.double_loss.rule IS 'the rule by which they were lost';
COMMENT ON COLUMN winback.double_loss.cause IS 'why, as last stated; null: not known';
COMMENT ON COLUMN winback.double_loss.clients IS 'how many they are';
COMMENT ON COLUMN winback.double_loss.lost_revenue IS
    'what they brought in a year, in the currency of the orders: see winback.lost_revenue';
COMMENT ON COLUMN winback.double_loss.replacement_cost IS
    'clients x policy.cost_per_lead, what a new client costs; null: not known';
COMMENT ON COLUMN winback.double_loss.double_loss IS 'lost_revenue + replacement_cost; null: the latter is not known';

-- Pareto's order: the causes that come first make up most of it. Losses of which no cause has been stated are a row of
-- their own, and in no share: they are of some of these causes, too.
CREATE OR REPLACE VIEW winback.cause_pareto AS
SELECT g.cause, coalesce(k.title, 'Not known yet') AS title, k.parent, g.losses, g.clients, g.lasting, g.lost_revenue,
       CASE WHEN g.cause IS NOT NULL THEN row_number() OVER by_losses END AS rank_by_losses,
       CASE WHEN g.cause IS NOT NULL
            THEN round(g.losses / nullif(sum(g.losses) OVER of_all, 0), 4) END AS share,
       CASE WHEN g.cause IS NOT NULL
            THEN round(sum(g.losses) OVER by_losses / nullif(sum(g.losses) OVER of_all, 0), 4) END AS cumulative_share,
       CASE WHEN g.cause IS NOT NULL THEN row_number() OVER by_revenue END AS rank_by_revenue,
       CASE WHEN g.cause IS NOT NULL
            THEN round(g.lost_revenue / nullif(sum(g.lost_revenue) OVER of_all, 0), 4) END AS revenue_share,
       CASE WHEN g.cause IS NOT NULL
            THEN round(sum(g.lost_revenue) OVER by_revenue / nullif(sum(g.lost_revenue) OVER of_all, 0), 4)
       END AS cumulative_revenue_share
  FROM (SELECT e.cause, count(*) AS losses, count(DISTINCT e.client_id) AS clients, count(d.client_id) AS lasting,
               coalesce(sum(d.lost_revenue), 0) AS lost_revenue
          FROM winback.loss e
          LEFT JOIN winback.lost_revenue d ON d.client_id @client_equals@ e.client_id AND e.ended_at IS NULL
         GROUP BY e.cause) g
  LEFT JOIN winback.cause k ON k.cause = g.cause
WINDOW by_losses AS (PARTITION BY g.cause IS NULL ORDER BY g.losses DESC, g.cause ROWS UNBOUNDED PRECEDING),
       by_revenue AS (PARTITION BY g.cause IS NULL ORDER BY g.lost_revenue DESC, g.cause ROWS UNBOUNDED PRECEDING),
       of_all AS (PARTITION BY g.cause IS NULL);
COMMENT ON VIEW winback.cause_pareto IS
    'why clients were lost: causes by how often, and by the revenue that is missing, with the shares that the first of '
    'them make up together';
COMMENT ON COLUMN winback.cause_pareto.cause IS 'the cause, as last stated; null: not known yet';
COMMENT ON COLUMN winback.cause_pareto.title IS 'what managers read';
COMMENT ON COLUMN winback.cause_pareto.parent IS 'the wider cause; its row does not hold the losses of this one';
COMMENT ON COLUMN winback.cause_pareto.losses IS 'losses of which it was stated, those that are over included';
COMMENT ON COLUMN winback.cause_pareto.clients IS 'clients that were lost so; an erased one is none';
COMMENT ON COLUMN winback.cause_pareto.lasting IS 'of the losses, those that last';
COMMENT ON COLUMN winback.cause_pareto.lost_revenue IS
    'of those that last: what the clients brought in a year, as in winback.lost_revenue';
COMMENT ON COLUMN winback.cause_pareto.rank_by_losses IS 'place in the order of losses; null: the cause is not known';
COMMENT ON COLUMN winback.cause_pareto.share IS 'share of the losses whose cause is known';
COMMENT ON COLUMN winback.cause_pareto.cumulative_share IS 'that of this and all causes before it by losses, together';
COMMENT ON COLUMN winback.cause_pareto.rank_by_revenue IS
    'place in the order of lost revenue; null: the cause is not known';
COMMENT ON COLUMN winback.cause_pareto.revenue_share IS 'share of the lost revenue whose cause is known';
COMMENT ON COLUMN winback.cause_pareto.cumulative_revenue_share IS
    'that of this and all causes before it by lost revenue, together';
