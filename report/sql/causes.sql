-- Why clients were lost, in Pareto's order by number and by revenue.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'cause', c.cause, 'title', c.title, 'losses', c.losses, 'lasting', c.lasting,
           'lost_revenue', c.lost_revenue::text, 'share', c.share::text, 'cumulative_share', c.cumulative_share::text,
           'rank_by_revenue', c.rank_by_revenue, 'revenue_share', c.revenue_share::text,
           'cumulative_revenue_share', c.cumulative_revenue_share::text) ORDER BY c.rank_by_losses), '[]')
  FROM winback.cause_pareto c;
