-- How the processes of each cause stand.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'cause', c.cause, 'title', c.title, 'waiting', c.waiting, 'at_work', c.at_work, 'returned', c.returned,
           'given_up', c.given_up, 'others', c.others, 'control', c.control) ORDER BY c.processes DESC, c.title), '[]')
  FROM winback.campaign c WHERE c.processes > 0;
