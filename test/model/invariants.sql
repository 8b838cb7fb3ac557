-- What holds of tasks, rules and rejected rows at the instant :clock once everything is settled. Every row that a query
-- returns is a difference. Expects the figures of that instant, and the views called, flawed and listed.

SELECT 'the newest rules differ from winback.rule: ' || r.rule
  FROM winback.rule r
 WHERE NOT EXISTS (SELECT FROM winback.rule_history h
                    WHERE (h.rule, h.position, h.enabled) = (r.rule, r.position, r.enabled)
                      AND (h.after, h.factor, h.floor, h.ceiling, h.at_most, h.more_than)
                          IS NOT DISTINCT FROM (r.after, r.factor, r.floor, r.ceiling, r.at_most, r.more_than)
                      AND h.valid_from = (SELECT max(valid_from) FROM winback.rule_history));

SELECT 'rejected but not listed: ', f.* FROM (TABLE flawed EXCEPT ALL TABLE listed) f;
SELECT 'listed but not rejected: ', f.* FROM (TABLE listed EXCEPT ALL TABLE flawed) f;

-- Every loss, and every return, has its row.
SELECT 'losses differ: ', c.client_id, c.times_lost, l.lost, c.times_returned, l.returned
  FROM winback.clients c
  LEFT JOIN (SELECT client_id, count(*) AS lost, count(*) FILTER (WHERE result = 'returned') AS returned
               FROM winback.loss GROUP BY client_id) l USING (client_id)
 WHERE (c.times_lost, c.times_returned) <> (coalesce(l.lost, 0), coalesce(l.returned, 0));

-- As of the clock the clients stand as they are shown; and changes of status, in the order of instants and numbers, lead
-- from the first status to the last one recorded.
SELECT 'as of the clock: ', d.*
  FROM (SELECT client_id, status, status_since, manager, channel, region, department, times_lost, times_returned
          FROM winback.clients
        EXCEPT
        SELECT client_id, status, since, manager, channel, region, department, times_lost, times_returned
          FROM winback.clients_as_of(winback.now())) d;
SELECT 'a history with a gap: ', s.client_id, s.change_id, s.from_status, s.before
  FROM (SELECT h.*, lag(h.to_status, 1, c.first_status)
                        OVER (PARTITION BY h.client_id ORDER BY h.changed_at, h.change_id) AS before
          FROM winback.status_change h JOIN winback.client c USING (client_id) WHERE h.withdrawn_at IS NULL) s
 WHERE s.from_status <> s.before;

-- Whom the clock has brought a task.
SELECT 'open task of a client not to be called: ', t.client_id, t.task_id
  FROM winback.task t JOIN figures.client c USING (client_id)
 WHERE t.kind = 'call_lost_client' AND t.status = 'open' AND c.next_contact_on IS NULL;

-- After a supervisor's cancelling, nothing is opened in the same loss before the next contact is due from then on.
SELECT 'no open task of a client to be called: ', c.client_id, c.next_contact_on
  FROM figures.client c
 WHERE c.next_contact_on <= timestamptz :'clock'::date
   AND NOT EXISTS (SELECT FROM winback.process p WHERE p.client_id = c.client_id AND p.state = 'running')
   AND NOT EXISTS (SELECT FROM winback.task t
                    WHERE t.client_id = c.client_id AND t.kind = 'call_lost_client' AND t.status = 'open')
   AND NOT EXISTS (SELECT FROM winback.task t JOIN figures.approach a ON a.name = c.interaction_status
                    WHERE t.client_id = c.client_id AND t.kind = 'call_lost_client' AND t.status = 'cancelled'
                      AND t.closed_by IS NOT NULL AND t.opened_at >= c.status_since
                      AND (t.closed_at::date + a.contact_every)::date > timestamptz :'clock'::date);

SELECT 'two open tasks: ', client_id FROM winback.task
 WHERE client_id IS NOT NULL AND kind = 'call_lost_client' AND status = 'open' GROUP BY client_id HAVING count(*) > 1;

-- Processes: where each stands, whom they are about, and that nothing of them is lost.
SELECT 'a running process does nothing, or too much: ', p.*
  FROM winback.process p
 WHERE p.state = 'running'
   AND num_nonnulls(p.task_id, p.wakes_at, p.waits_for) <> CASE WHEN p.held_out THEN 0 ELSE 1 END;

SELECT 'process and task differ: ', p.process_id, t.task_id
  FROM (SELECT * FROM winback.process WHERE state = 'running' AND task_id IS NOT NULL) p
  FULL JOIN (SELECT * FROM winback.task WHERE status = 'open' AND process_id IS NOT NULL) t
         ON (t.task_id, t.process_id, t.step, t.client_id) = (p.task_id, p.process_id, p.step, p.client_id)
 WHERE p.process_id IS NULL OR t.task_id IS NULL;

SELECT 'a process runs of a client not to be brought back: ', p.process_id, p.client_id, c.status
  FROM winback.process p LEFT JOIN figures.client c USING (client_id)
 WHERE p.state = 'running' AND (c.status IN ('lost', 'at_risk') AND NOT c.do_not_contact) IS NOT TRUE;

SELECT 'in process and to be called: ', p.process_id, t.task_id
  FROM winback.process p JOIN winback.task t USING (client_id)
 WHERE p.state = 'running' AND t.status = 'open'
   AND (t.kind = 'call_lost_client' OR p.held_out AND t.opened_at >= least(p.since, p.started_at));

SELECT 'steps are missing: ', p.process_id, p.number, count(s.*)
  FROM winback.process p LEFT JOIN winback.process_step s USING (process_id)
 WHERE p.state <> 'erased'
 GROUP BY p.process_id
HAVING count(s.*) <> p.number - (p.state = 'running' AND NOT p.held_out)::int;

SELECT 'rests too long: ', p.process_id, p.wakes_at
  FROM winback.process p WHERE p.state = 'running' AND p.wakes_at <= :'clock';

-- Who enters a segment does so at once, and once each time it is lost.
SELECT 'has not entered: ', e.* FROM winback.segment_entrants e WHERE e.examined;

SELECT 'entered twice: ', client_id, since
  FROM winback.process WHERE segment IS NOT NULL AND client_id IS NOT NULL
 GROUP BY client_id, since HAVING count(*) > 1;

SELECT 'one call closed two tasks: ', call_source, call_id FROM winback.task
 WHERE status = 'done' AND call_id IS NOT NULL AND NOT evidence_withdrawn
 GROUP BY call_source, call_id HAVING count(*) > 1;

SELECT 'one call closed two tasks of a client: ', client_id, call_source, call_id FROM winback.task
 WHERE status = 'done' AND call_id IS NOT NULL AND client_id IS NOT NULL
 GROUP BY client_id, call_source, call_id HAVING count(*) > 1;

-- But of an erased client, whose tasks keep nothing that could tell who it was.
SELECT 'done without a call: ', task_id FROM winback.task JOIN winback.task_kind USING (kind)
 WHERE status = 'done' AND needs_call AND call_id IS NULL AND client_id IS NOT NULL;

-- A done task's call is there, counts, is its client's, was long enough and began in time; or the task says that not.
-- Calls of tel.cdr may go with a partition, which reopens nothing: the task names the partition then, where it could be
-- had.
SELECT 'done with a call that is none: ', t.*
  FROM winback.task t
 WHERE t.status = 'done' AND t.call_id IS NOT NULL AND NOT t.evidence_withdrawn AND t.client_id IS NOT NULL
   AND t.call_source <> 'tel.cdr'::regclass AND t.call_source IN (SELECT s.relation FROM winback.source s)
   AND NOT EXISTS (
       SELECT FROM called c LEFT JOIN present a ON a.client = c.client LEFT JOIN present b ON b.client = t.client_id
        WHERE c.source = t.call_source AND c.id = t.call_id AND c.seconds > t.needed_seconds
          AND coalesce(a.present, c.client) = coalesce(b.present, t.client_id)
          AND c.began >= t.opened_at);
