-- Does the work bring clients back, or would they have come anyway? Worked clients beside a control group.
SET client_min_messages = warning;
CREATE EXTENSION winback;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-05-01 12:00:00+00';

-- The interval of the difference of two shares: Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10.
SELECT n.*, round(f.difference::numeric, 4) AS difference, round(f.low::numeric, 4) AS low,
       round(f.high::numeric, 4) AS high
  FROM (VALUES (56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (0, 10, 0, 20), (0, 10, 0, 10),
               (10, 10, 0, 20), (10, 10, 0, 10)) n (x1, n1, x2, n2)
 CROSS JOIN winback._newcombe(x1, n1, x2, n2) f;
-- It does not depend on which of the two is named first; and there is none where a group is empty.
SELECT a.low = -b.high AND a.high = -b.low AS mirrored
  FROM winback._newcombe(56, 70, 48, 80) a, winback._newcombe(48, 80, 56, 70) b;
SELECT * FROM winback._newcombe(0, 0, 1, 2);
-- Wilson's for a share: Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
SELECT n.*, round(f.low::numeric, 4) AS low, round(f.high::numeric, 4) AS high
  FROM (VALUES (81, 263), (15, 148), (0, 20), (1, 29)) n (x, n) CROSS JOIN winback._wilson(x, n) f;
-- How many clients are needed: as power.prop.test of R has it for groups of one size. The more uneven, the more.
SELECT b.base, b.effect, h.holdout, n.control, n.worked
  FROM (VALUES (0.5, 0.25), (0.25, 0.15), (0.3, 0.15), (0.9, 0.15)) b (base, effect),
       unnest('{50,20,5}'::float8[]) h (holdout), winback._clients_needed(b.base, b.effect, h.holdout) n
 ORDER BY b.base, b.effect, h.holdout DESC;
-- Whoever has none yet asks as if a share of 0.30 came back; a small control group does not change that much.
SELECT winback._more_clients(0, 0, 0, 0.15, 20) AS none_yet, winback._more_clients(40, 10, 9, 0.15, 20) AS nine_of_ten,
       winback._more_clients(40, 10, 0, 0.15, 20) AS none_of_ten,
       winback._more_clients(412, 103, 31, 0.15, 20) AS enough,
       winback._more_clients(4000, 93, 28, 0.15, 20) AS control_too_small;
-- The interval of the difference of two means, by hand: 10 - 7 +- 1.96 sqrt(16/64 + 9/36).
SELECT round(difference, 4) AS difference, round(low, 4) AS low, round(high, 4) AS high
  FROM winback._welch(10, 16, 64, 7, 9, 36);

-- A trial as winback.lift leads through one: it says about how many clients have to enter yet, they enter, until there
-- are enough. Then it says whether there is a difference.
CREATE FUNCTION trial(control_share float8, worked_share float8, OUT clients int, OUT shown boolean)
LANGUAGE plpgsql AS $$
DECLARE
    total    int[] := '{0,0}';  -- worked, control
    returned int[] := '{0,0}';
    more     bigint;
    own      int;
BEGIN
    LOOP
        more := winback._more_clients(total[1], total[2], returned[2], 0.15, 20);
        EXIT WHEN more = 0;
        FOR i IN 1 .. more LOOP
            own := CASE WHEN random() < 0.2 THEN 2 ELSE 1 END;
            total[own] := total[own] + 1;
            IF random() < (CASE own WHEN 2 THEN control_share ELSE worked_share END) THEN
                returned[own] := returned[own] + 1;
            END IF;
        END LOOP;
    END LOOP;
    clients := total[1] + total[2];
    SELECT n.low > 0 OR n.high < 0 INTO shown
      FROM winback._newcombe(returned[1], total[1], returned[2], total[2]) n;
END $$;
SELECT setseed(0.4);
-- A/A: where there is no difference, one is shown in about 5 % of 1,000 trials.
SELECT avg(t.shown::int) BETWEEN 0.03 AND 0.07 AS about_5_percent, avg(t.clients) BETWEEN 500 AND 600 AS clients
  FROM generate_series(1, 1000) i, LATERAL (SELECT * FROM trial(0.3 + 0 * i, 0.3)) t;
SELECT avg(t.shown::int) BETWEEN 0.03 AND 0.07 AS about_5_percent
  FROM generate_series(1, 1000) i, LATERAL (SELECT * FROM trial(0.1 + 0 * i, 0.1)) t;
-- A planted effect of 15 points is found in 80 % of them, or more.
SELECT avg(t.shown::int) > 0.78 AS found
  FROM generate_series(1, 1000) i, LATERAL (SELECT * FROM trial(0.3 + 0 * i, 0.45)) t;
SELECT avg(t.shown::int) > 0.78 AS found
  FROM generate_series(1, 1000) i, LATERAL (SELECT * FROM trial(0.2 + 0 * i, 0.35)) t;
DROP FUNCTION trial;

-- The whole way: 600 clients are lost and enter a playbook, 20 % of which are held out.
CREATE TABLE customer (id text PRIMARY KEY, no_calls boolean DEFAULT false);
CREATE TABLE purchase (client text, at timestamptz, amount numeric);
CREATE INDEX ON purchase (client);
INSERT INTO customer SELECT 'c' || i FROM generate_series(1, 700) i;
INSERT INTO purchase SELECT 'c' || i, '2024-01-10 12:00', 100 FROM generate_series(1, 600) i;
SELECT winback.init('text');
UPDATE winback.policy SET timezone = 'UTC';
SELECT winback.watch_clients('customer', 'id', do_not_contact => 'no_calls');
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
UPDATE winback.holdout_key SET key = '\x2a';  -- so that the same lots are drawn each time
SELECT * FROM winback.lift;
UPDATE winback.playbook SET holdout = 20 WHERE playbook = 'return';
SELECT worked_clients, control_clients, more_needed, says FROM winback.lift;
SELECT count(winback.start_process('c' || i, 'return')) FROM generate_series(1, 600) i;
CREATE TABLE entrant AS
SELECT client_id, held_out, row_number() OVER (PARTITION BY held_out ORDER BY client_id) AS n FROM winback.process;
SELECT held_out, count(*) BETWEEN 95 AND 145 OR NOT held_out AS about_a_fifth FROM entrant GROUP BY 1 ORDER BY 1;
-- Of ten that are worked five come back within three months, of ten of the control group three. What becomes of the
-- processes does not matter: some are cancelled, some clients barred or written off, and buy all the same.
SELECT count(*) > 20 AS many, count(winback.cancel_task(t.task_id, 'no time')) > 20 AS cancelled
  FROM winback.task t JOIN entrant e USING (client_id) WHERE t.status = 'open' AND e.n % 10 = 0;
UPDATE customer SET no_calls = true FROM entrant e WHERE e.client_id = id AND e.n % 20 IN (1, 11);
SELECT count(winback.write_off(client_id, 'gone')) > 40 AS written_off FROM entrant WHERE n % 10 = 2;
SET winback.as_of = '2024-07-31 12:00:00+00';
INSERT INTO purchase SELECT client_id, '2024-07-31 12:00', 100 + n % 7 FROM entrant
 WHERE n % 10 < CASE WHEN held_out THEN 3 ELSE 5 END;
INSERT INTO purchase SELECT client_id, '2024-07-31 12:00', -50 FROM entrant WHERE n % 10 = 1;
-- Three months are not over: nobody knows yet.
SELECT worked_clients, control_clients, entered_since, worked_returned, difference, says FROM winback.lift;
SET winback.as_of = '2024-08-01 11:59:59+00';
SELECT worked_clients, control_clients, says FROM winback.lift;
SET winback.as_of = '2024-08-01 12:00:00+00';
-- An order after them does not count.
INSERT INTO purchase SELECT client_id, '2024-08-01 12:00:01', 100 FROM entrant WHERE n % 10 > 7;
SELECT holdout, worked_clients + control_clients AS clients, more_needed, difference, difference_low AS low,
       difference_high AS high, revenue_difference, says
  FROM winback.lift;
-- The same in plain SQL.
CREATE VIEW plain AS
SELECT e.held_out, count(*) AS clients, count(p.client) AS returned, round(avg(coalesce(p.revenue, 0)), 2) AS revenue
  FROM entrant e
  LEFT JOIN (SELECT client, sum(amount) AS revenue FROM purchase
              WHERE at > '2024-05-01 12:00' AND at <= '2024-08-01 12:00' GROUP BY client HAVING max(amount) >= 0) p
         ON p.client = e.client_id
 GROUP BY e.held_out;
SELECT l.worked_clients = w.clients AND l.worked_returned = w.returned AND l.worked_revenue = w.revenue AS worked,
       l.control_clients = c.clients AND l.control_returned = c.returned AND l.control_revenue = c.revenue AS control,
       l.difference = round(w.returned::numeric / w.clients - c.returned::numeric / c.clients, 4) AS difference,
       l.revenue_low < l.revenue_difference AND l.revenue_difference < l.revenue_high AS revenue
  FROM winback.lift l, plain w, plain c WHERE NOT w.held_out AND c.held_out;
-- By how the processes ended it would look otherwise.
SELECT count(*) FILTER (WHERE p.state = 'returned') < w.returned AS fewer
  FROM winback.process p, plain w WHERE NOT p.held_out AND NOT w.held_out GROUP BY w.returned;
-- Without a difference none is shown.
BEGIN;
DELETE FROM purchase p USING entrant e
 WHERE e.client_id = p.client AND NOT e.held_out AND e.n % 10 IN (3, 4) AND p.at > '2024-05-01';
SELECT winback.fold();
SELECT more_needed, says FROM winback.lift;
-- Nor is one sought that would need more clients.
UPDATE winback.policy SET lift_effect = 0.05;
SELECT more_needed, worked_returned, control_share, difference, worked_revenue, revenue_low, says FROM winback.lift;
ROLLBACK;
-- The work may do harm, too.
BEGIN;
DELETE FROM purchase p USING entrant e
 WHERE e.client_id = p.client AND NOT e.held_out AND e.n % 10 IN (1, 2, 3, 4) AND p.at > '2024-05-01';
SELECT winback.fold();
SELECT difference < 0 AS fewer, says LIKE '%fewer%' AS says_so FROM winback.lift;
ROLLBACK;

-- Who enters again for the same loss counts once, as the first lot fell; for another loss, again. Merged clients are
-- followed, erased ones are not known any more.
INSERT INTO purchase SELECT 'c' || i, '2024-01-10 12:00', 1 FROM generate_series(601, 610) i;
SELECT count(winback.start_process('c' || i, 'return')) FROM generate_series(601, 610) i;
SELECT count(winback.cancel_task(t.task_id, 'again')) > 0 AS cancelled
  FROM generate_series(601, 610) i JOIN winback.task t ON t.client_id = 'c' || i AND t.status = 'open';
SELECT count(winback.start_process(p.client_id, 'return')) > 0 AS started_again
  FROM generate_series(601, 610) i JOIN winback.process p ON p.client_id = 'c' || i AND p.state = 'gave_up';
SET winback.as_of = '2024-12-01 12:00:00+00';
SELECT worked_clients + control_clients - 600 AS more FROM winback.lift;
SELECT l.difference = round(l.worked_returned::numeric / l.worked_clients
                            - l.control_returned::numeric / l.control_clients, 4) AS adds_up FROM winback.lift l;
SELECT control_returned + worked_returned AS returned FROM winback.lift;
SELECT winback.merge_clients('c601', 'c602');
INSERT INTO purchase VALUES ('c602', '2024-09-01', 7);
SELECT a.control_returned + a.worked_returned AS returned, a.control_clients + a.worked_clients - 600 AS more
  FROM winback.lift a;
DELETE FROM purchase WHERE client = 'c610';
DELETE FROM customer WHERE id = 'c610';
SELECT winback.erase_client('c610');
SELECT a.control_returned + a.worked_returned AS returned, a.control_clients + a.worked_clients - 600 AS more
  FROM winback.lift a;
-- A share that is changed begins a comparison of its own.
UPDATE winback.playbook SET holdout = 50 WHERE playbook = 'return';
INSERT INTO purchase SELECT 'c' || i, '2024-08-10 12:00', 1 FROM generate_series(611, 620) i;
SELECT count(winback.start_process('c' || i, 'return')) FROM generate_series(611, 620) i;
SET winback.as_of = '2025-03-01 12:00:00+00';
SELECT holdout, worked_clients + control_clients AS clients, more_needed FROM winback.lift ORDER BY holdout;
SELECT * FROM winback.verify();

DROP SCHEMA winback CASCADE;
DROP VIEW plain;
DROP TABLE customer, purchase, entrant CASCADE;
