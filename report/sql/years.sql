-- The loss rate of each year.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'year', to_char(r.year, 'YYYY'), 'active_at_start', r.active_at_start, 'clients_lost', r.clients_lost,
           'lost_of_active', r.lost_of_active, 'loss_rate', r.loss_rate::text, 'share_lost', r.share_lost::text,
           'is_over', r.is_over) ORDER BY r.year), '[]')
  FROM winback.loss_rate r;
