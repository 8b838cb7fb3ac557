-- Classes A, B and C: the window function, classify(), and what happens between two runs of it.
SET client_min_messages = warning;
CREATE EXTENSION winback;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET winback.as_of = '2024-06-01 00:00:00+00';

CREATE TABLE purchase (client int NOT NULL, at timestamptz NOT NULL, amount numeric);
CREATE INDEX ON purchase (client);
SELECT winback.init('int');
-- Before the first classification every revenue is A.
SELECT winback.watch_orders('purchase', 'client', 'at', 'amount');
INSERT INTO purchase VALUES (1, '2024-05-01', 80);
SELECT client_id, period_revenue, abc FROM winback.clients ORDER BY client_id;

-- The rule: A while the share before a client is under 0.80, B while under 0.95, else C.
SELECT who, revenue, winback.abc(revenue) OVER (ORDER BY revenue DESC, who)
  FROM (VALUES ('a', 79.99), ('b', 0.01), ('c', 15), ('d', 3), ('e', 2)) v (who, revenue)
 ORDER BY revenue DESC, who;
-- Exactly 0.80 and 0.95 before a client are not under it.
SELECT who, revenue, winback.abc(revenue) OVER (ORDER BY revenue DESC, who)
  FROM (VALUES ('a', 80), ('b', 15), ('c', 5)) v (who, revenue)
 ORDER BY revenue DESC, who;
-- Nothing but a positive revenue has a share.
SELECT who, revenue, winback.abc(revenue) OVER (ORDER BY revenue DESC NULLS LAST, who)
  FROM (VALUES ('a', 1), ('b', 0), ('c', -5), ('d', NULL)) v (who, revenue)
 ORDER BY revenue DESC NULLS LAST, who;
-- Each partition is a world of its own; an empty one has nobody.
SELECT region, who, winback.abc(revenue) OVER (PARTITION BY region ORDER BY revenue DESC, who)
  FROM (VALUES ('n', 'a', 9), ('n', 'b', 1), ('s', 'c', 1), ('s', 'd', 1)) v (region, who, revenue)
 ORDER BY region, who;
SELECT winback.abc(r) OVER (ORDER BY r DESC) FROM (VALUES (1)) v (r) WHERE r > 1;

-- A shop: ties go by client_id; a client with nothing left of its revenue is C; one that never bought has no class.
INSERT INTO purchase VALUES
    (2, '2024-05-01', 10), (3, '2024-05-01', 5), (4, '2024-05-01', 5), (5, '2024-05-01', 0), (6, '2024-05-01', 7),
    (6, '2024-05-02', -7), (7, '2024-05-01', NULL), (8, '2024-05-01', -3);
SELECT * FROM winback.classify();
SELECT client_id, orders, period_revenue, abc FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.abc_limit ORDER BY class;

-- Between two runs a client's class follows its own revenue against those limits, and nobody else's changes.
INSERT INTO purchase VALUES (4, '2024-05-03', 5), (9, '2024-05-03', 1000), (10, '2024-05-03', 1);
UPDATE purchase SET amount = 4 WHERE client = 1;
SELECT client_id, period_revenue, abc FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();
SELECT * FROM winback.classify();
SELECT client_id, period_revenue, abc FROM winback.clients ORDER BY client_id;
SELECT * FROM winback.verify();

-- Whatever classify() keeps is what the window function says.
SELECT count(*)
  FROM (SELECT c.abc, winback.abc(c.period_revenue) OVER (ORDER BY c.period_revenue DESC, c.client_id) AS expected
          FROM winback.clients c WHERE c.period_revenue > 0) s
 WHERE s.abc <> s.expected;

-- The policy's limits.
UPDATE winback.policy SET abc_a = 0.001, abc_b = 1;
SELECT * FROM winback.classify();
SELECT * FROM winback.verify();

-- With no revenue left there are no limits.
TRUNCATE purchase;
SELECT * FROM winback.classify();
SELECT * FROM winback.abc_limit;

SET client_min_messages = warning;
DROP TABLE purchase;
DROP SCHEMA winback CASCADE;
