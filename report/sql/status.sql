-- How the clients stand now, and what they brought in the value period before their last purchase.
SELECT jsonb_agg(jsonb_build_object('status', s.status, 'clients', coalesce(c.clients, 0),
                                    'revenue', coalesce(c.revenue, 0)::text) ORDER BY s.position)
  FROM unnest('{active,at_risk,lost,written_off,prospect}'::text[]) WITH ORDINALITY s (status, position)
  LEFT JOIN (SELECT k.status, count(*) AS clients, sum(k.period_revenue) AS revenue
               FROM winback.clients k GROUP BY k.status) c ON c.status = s.status;
