-- After which silence at most so many clients still return, and what each choice costs.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'scope', s.scope, 'name', s.name, 'choice', s.choice, 'share', s.share::text, 'silence', s.silence,
           'still_return', s.still_return::text, 'low', s.low::text, 'high', s.high::text, 'watched', s.watched,
           'silences', s.silences, 'flagged', s.flagged, 'false_alarms', s.false_alarms::text,
           'revenue_at_stake', s.revenue_at_stake::text, 'tasks', s.tasks_a_manager_a_day::text)
       ORDER BY s.scope, s.name, s.silence, s.share), '[]')
  FROM winback.suggest_silence() s;
