-- What the work brings about, beside the control group.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'playbook', l.playbook, 'holdout', l.holdout, 'worked_clients', l.worked_clients,
           'control_clients', l.control_clients, 'worked_share', l.worked_share::text,
           'control_share', l.control_share::text, 'says', l.says) ORDER BY l.playbook, l.holdout), '[]')
  FROM winback.lift l;
