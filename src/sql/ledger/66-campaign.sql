-- How the work stands, by cause. Each process is in one column:
--
--   the process                                    column
--   --------------------------------------------   -------
--   of the control group, whatever became of it    control
--   runs, and rests for the cause to be fixed      waiting
--   runs                                           at_work
--   has ended: returned                            returned
--   ... gave_up, written_off                       given_up
--   ... otherwise                                  others
CREATE OR REPLACE VIEW winback.campaign AS
SELECT c.cause, coalesce(c.title, 'Not known yet') AS title, c.parent, c.fixed_on,
       coalesce(n.waiting, 0) AS waiting, coalesce(n.at_work, 0) AS at_work, coalesce(n.returned, 0) AS returned,
       coalesce(n.given_up, 0) AS given_up, coalesce(n.others, 0) AS others, coalesce(n.control, 0) AS control,
       coalesce(n.processes, 0) AS processes
  FROM winback.cause c
  FULL JOIN (SELECT p.cause, count(*) AS processes,
                    count(*) FILTER (WHERE p.held_out) AS control,
                    count(*) FILTER (WHERE NOT p.held_out AND p.state = 'running' AND p.waits_for IS NOT NULL)
                        AS waiting,
                    count(*) FILTER (WHERE NOT p.held_out AND p.state = 'running' AND p.waits_for IS NULL) AS at_work,
                    count(*) FILTER (WHERE NOT p.held_out AND p.state = 'returned') AS returned,
                    count(*) FILTER (WHERE NOT p.held_out AND p.state IN ('gave_up', 'written_off')) AS given_up,
                    count(*) FILTER (WHERE NOT p.held_out AND p.state IN ('recovered', 'not_to_be_contacted', 'merged',
                                                                          'erased')) AS others
               FROM winback.process p GROUP BY p.cause) n ON n.cause = c.cause
 WHERE c.enabled OR n.processes > 0;
COMMENT ON VIEW winback.campaign IS
    'for each cause, how many of its processes wait for it to be fixed, are at work, and how the others ended';
COMMENT ON COLUMN winback.campaign.cause IS 'the cause, as stated when a process ended; null: not known yet';
COMMENT ON COLUMN winback.campaign.title IS 'what managers read';
COMMENT ON COLUMN winback.campaign.parent IS 'the wider cause; its row does not hold the processes of this one';
COMMENT ON COLUMN winback.campaign.fixed_on IS 'the day on which the company has done away with it; null: not yet';
COMMENT ON COLUMN winback.campaign.waiting IS 'processes that rest until it is fixed';
COMMENT ON COLUMN winback.campaign.at_work IS 'the other processes that run';
COMMENT ON COLUMN winback.campaign.returned IS 'processes that ended: returned';
COMMENT ON COLUMN winback.campaign.given_up IS 'processes that ended: gave_up or written_off';
COMMENT ON COLUMN winback.campaign.others IS
    'processes that ended otherwise: recovered, not_to_be_contacted, merged, erased';
COMMENT ON COLUMN winback.campaign.control IS
    'processes of the control groups, running or not: they are in none of the columns before';
COMMENT ON COLUMN winback.campaign.processes IS 'all of them: the sum of the six columns before';
