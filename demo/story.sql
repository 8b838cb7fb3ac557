-- The story on a terminal. Variables: pause, seconds between the chapters; picture, the file to draw a life into.

\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
\pset null ''
\pset border 1
\set stop 'SELECT pg_sleep(:pause) \\g /dev/null'
SELECT winback.now()::timestamp(0) AS today, winback.now() + interval '40 minutes' AS first_call_at,
       winback.now() + interval '65 minutes' AS second_call_at, winback.now() + interval '2 hours' AS order_at \gset

\echo
\echo == Where the clients stand on :today
\echo
SELECT status, count(*) AS clients, count(*) FILTER (WHERE abc = 'A') AS "A",
       count(*) FILTER (WHERE abc = 'B') AS "B", count(*) FILTER (WHERE abc = 'C') AS "C",
       to_char(sum(period_revenue), 'FM999,999,990') AS "revenue of their last year"
  FROM winback.clients
 GROUP BY status ORDER BY array_position('{active,at_risk,lost,prospect,written_off}', status);
:stop

\echo == Who is lost, since when, by which rule, and what each is worth
\echo
SELECT client_id AS client, name, lost_since::date AS "lost since", lost_by AS "by rule",
       last_order_at::date AS "last order", to_char(period_revenue, 'FM999,999,990.00') AS worth, abc
  FROM winback.lost_clients LIMIT 10;
:stop

\echo == How they were lost
\echo
SELECT lost_by AS "by rule", count(*) AS clients, to_char(sum(period_revenue), 'FM999,999,990') AS worth,
       min(lost_since)::date AS "the first", max(lost_since)::date AS "the last",
       sum(times_returned) AS "came back"
  FROM winback.lost_clients GROUP BY lost_by ORDER BY count(*) DESC;
:stop

\echo == The tasks of today: call the lost clients whose day has come
\echo
SELECT coalesce(assignee, '(whoever is free)') AS manager, count(*) AS tasks, min(due_on) AS "due since",
       count(*) FILTER (WHERE abc = 'A') AS "of class A", to_char(sum(period_revenue), 'FM999,999,990') AS "at stake"
  FROM winback.open_tasks GROUP BY assignee ORDER BY assignee;

SELECT task_id AS chosen_task, client_id AS chosen_client, coalesce(name, client_id) AS chosen_name,
       coalesce(assignee, 'somebody') AS chosen_manager
  FROM winback.open_tasks ORDER BY period_revenue DESC NULLS LAST, task_id LIMIT 1 \gset
\echo The most valuable ones:
\echo
SELECT task_id AS task, due_on AS due, client_id AS client, name, assignee AS manager,
       to_char(period_revenue, 'FM999,999,990.00') AS worth, last_contact_at::date AS "last contact"
  FROM winback.open_tasks ORDER BY period_revenue DESC NULLS LAST, task_id LIMIT 8;
:stop

\echo From here on the demo itself plays the manager and the client.
\echo
\echo == :chosen_name is called for 20 seconds: no contact, the task stays open
\echo
SET winback.as_of = :'first_call_at';
INSERT INTO shop.calls (call_id, client_id, started_at, seconds, agent)
VALUES ('call-1', :'chosen_client', winback.now() - interval '1 minute', 20, :'chosen_manager');
\set ECHO queries
\set ON_ERROR_STOP off
SELECT winback.complete_task(:chosen_task, 'will order again', 'call-1');
\set ON_ERROR_STOP on
\set ECHO none
\echo
:stop

\echo == The second call lasts three minutes, and closes it
\echo
SET winback.as_of = :'second_call_at';
INSERT INTO shop.calls (call_id, client_id, started_at, seconds, agent)
VALUES ('call-2', :'chosen_client', winback.now() - interval '5 minutes', 184, :'chosen_manager');
\set ECHO queries
SELECT winback.complete_task(:chosen_task, 'will order again', 'call-2') \g /dev/null
SELECT task_id AS task, status, outcome, call_id AS call, closed_at::date AS closed,
       (SELECT next_contact_on FROM winback.clients c
         WHERE c.client_id = t.client_id) AS "call again"
  FROM winback.task t WHERE task_id = :chosen_task;
\set ECHO none
:stop

\echo == An order brings the client back: a plain INSERT by the shop
\echo
SET winback.as_of = :'order_at';
\set ECHO queries
INSERT INTO shop.orders (order_id, client_id, placed_at, amount, state)
VALUES ('order-1', :'chosen_client', :'order_at', 120.00, 'paid');
SELECT client_id AS client, status, status_since::date AS since, times_lost,
       times_returned, lost_at::date AS "lost again"
  FROM winback.clients WHERE client_id = :'chosen_client';
\set ECHO none
\echo Why it stands where it stands, and what would change it:
\echo
SELECT rtrim(regexp_replace('- ' || sentence, '(.{1,92})(?: |$)', E'\\1\n  ', 'g'), E'\n ') AS why
  FROM winback.explain(:'chosen_client')
 \g (format=unaligned tuples_only=on)
\echo
\echo The end of the story of this client, as it was kept:
\echo
SELECT at::date AS at, what, left(concat_ws(', ', detail, amount), 48) AS detail
  FROM (SELECT * FROM winback.life_cycle WHERE client_id = :'chosen_client' ORDER BY position DESC LIMIT 9) s
 ORDER BY position;
\if :{?picture}
SELECT winback.life_cycle_svg(:'chosen_client') \g (format=unaligned tuples_only=on) :picture
\echo Its whole life as a picture, to be opened in a browser: :picture
\echo
\endif
:stop

\echo == Does what is kept equal a fresh computation from the tables?
\echo
\set ECHO queries
SELECT count(*) AS differences FROM winback.verify();
\set ECHO none
SELECT format('ALTER DATABASE %I SET winback.as_of = %L', current_database(), :'order_at') \gexec
