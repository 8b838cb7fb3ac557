-- The fits there are of models of orders, the newest first.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'fit_id', f.fit_id, 'model', f.model, 'until', to_char(f.until AT TIME ZONE p.timezone, 'YYYY-MM-DD'),
           'unit_days', extract(epoch FROM f.unit)::numeric / 86400, 'clients', f.clients,
           'status', f.status, 'message', f.message) ORDER BY f.fit_id DESC), '[]')
  FROM winback.model_fit f CROSS JOIN (SELECT o.timezone FROM winback.policy o LIMIT 1) p
 WHERE f.model <> 'gamma/gamma';
