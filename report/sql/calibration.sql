-- What the newest fit predicted, beside what came. An error of class 55: there is none that can be judged.
SELECT jsonb_agg(jsonb_build_object(
           'fit_id', c.fit_id, 'model', c.model, 'horizon', round(c.horizon::numeric, 1)::text, 'decile', c.decile,
           'clients', c.clients, 'p_alive', round(c.p_alive::numeric, 4)::text,
           'predicted_orders', round(c.predicted_orders::numeric, 1)::text, 'observed_orders', c.observed_orders,
           'predicted_buyers', round(c.predicted_buyers::numeric, 1)::text, 'observed_buyers', c.observed_buyers)
       ORDER BY c.decile)
  FROM winback.calibration() c;
