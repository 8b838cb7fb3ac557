-- How long the steps of the playbooks take.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'playbook', s.playbook, 'step', s.step, 'passed', s.passed, 'median_days', s.median_days::text,
           'days_of_nine_in_ten', s.days_of_nine_in_ten::text, 'at_step', s.at_step,
           'longest_days_so_far', s.longest_days_so_far::text)
       ORDER BY s.median_days DESC NULLS LAST, s.playbook, s.step), '[]')
  FROM winback.step_times s;
