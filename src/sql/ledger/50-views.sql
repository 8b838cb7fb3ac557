-- What people and BI tools read. Nothing here waits for the worker: whatever the clock decides is decided at reading.
-- Run again over an existing ledger, this brings its views up to date and keeps what was granted on them.

-- The status at reading, as core::read() tells it:
--
--   by_fact                    base_status   a signal or a write-off: no clock changes it
--   lost_at <= clock           lost
--   at_risk_at <= clock        at_risk
--   else                       active, or prospect of a client that never bought
CREATE OR REPLACE VIEW winback.clients AS
SELECT c.client_id, c.name, c.manager, c.channel, c.region, c.department, c.do_not_contact,
       winback._status(c.by_fact, c.lost_at, c.at_risk_at, c.base_status, c.last_order_at) AS status,
       winback._status_since(c.by_fact, c.lost_at, c.at_risk_at, c.base_status, c.base_since, c.idle_since,
                             c.at_risk_since)
           AS status_since,
       c.lost_by, c.at_risk_at, c.lost_at,
       c.interaction_status, c.last_contact_at,
       winback._next_contact_on(c.by_fact, c.lost_at, c.contact_due_on) AS next_contact_on,
       c.first_order_at, c.last_order_at, c.orders, c.revenue, c.period_revenue, c.purchase_days,
       winback._mean_gap(c.first_day, c.last_day, c.purchase_days) AS mean_gap,
       winback._class(c.orders, c.period_revenue, c.client_id) AS abc,
       winback._times_lost(c.by_fact, c.lost_at, c.loss_open, c.times_lost, c.base_since, c.last_fact_at)
           AS times_lost,
       c.times_returned, c.open_tasks,
       winback._is_stale(c.client_id) AS stale,
       c.registered_at,
       winback._client_p_alive(c.first_day, c.last_day, c.purchase_days) AS p_alive,
       winback._client_expected_orders(c.first_day, c.last_day, c.purchase_days) AS expected_orders,
       winback._client_next_order_on(c.first_day, c.last_day, c.purchase_days) AS next_order_on,
       winback._client_clv(c.first_day, c.last_day, c.purchase_days, c.revenue, c.unrepeated_revenue) AS clv
  FROM winback.client c;
COMMENT ON VIEW winback.clients IS 'every client and where it stands at winback.now(), the moment of reading';
COMMENT ON COLUMN winback.clients.client_id IS 'the CRM''s key of the client';
COMMENT ON COLUMN winback.clients.name IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.clients.manager IS 'as mapped by watch_clients; its tasks go to this manager';
COMMENT ON COLUMN winback.clients.channel IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.clients.region IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.clients.department IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.clients.do_not_contact IS 'true: no task is opened for this client';
COMMENT ON COLUMN winback.clients.status IS 'prospect, active, at_risk, lost or written_off';
COMMENT ON COLUMN winback.clients.status_since IS 'the instant of the fact or deadline that made it so';
COMMENT ON COLUMN winback.clients.lost_by IS 'the rule by which the client is or will be lost';
COMMENT ON COLUMN winback.clients.at_risk_at IS 'when it becomes at_risk if nothing happens; null: never';
COMMENT ON COLUMN winback.clients.lost_at IS 'when it becomes lost if nothing happens; null: never';
COMMENT ON COLUMN winback.clients.interaction_status IS 'warm, cold, or another row of winback.interaction_status';
COMMENT ON COLUMN winback.clients.last_contact_at IS 'the latest call of more than policy.contact_seconds seconds';
COMMENT ON COLUMN winback.clients.next_contact_on IS 'the day to contact a lost client; null for every other client';
COMMENT ON COLUMN winback.clients.first_order_at IS 'the first purchase';
COMMENT ON COLUMN winback.clients.last_order_at IS 'the latest purchase';
COMMENT ON COLUMN winback.clients.orders IS 'number of purchases; returns are none';
COMMENT ON COLUMN winback.clients.revenue IS 'sum of all orders that count, returns included';
COMMENT ON COLUMN winback.clients.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.clients.purchase_days IS 'distinct days with a purchase, in the policy''s time zone';
COMMENT ON COLUMN winback.clients.mean_gap IS 'mean time between purchase days; null below two';
COMMENT ON COLUMN winback.clients.abc IS
    'class by period_revenue, A to C, against the limits of the last classify(); null without a purchase';
COMMENT ON COLUMN winback.clients.times_lost IS
    'how often the client was lost in its whole life, this time included';
COMMENT ON COLUMN winback.clients.times_returned IS 'how often a purchase ended a loss';
COMMENT ON COLUMN winback.clients.open_tasks IS 'number of open tasks';
COMMENT ON COLUMN winback.clients.stale IS
    'the row is to be recomputed by the worker or the next sweep: see winback.stale';
COMMENT ON COLUMN winback.clients.registered_at IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.clients.p_alive IS
    'the chance, 0 to 1, that the client has not left, by the fit of winback.fit_in_force; null: there is none';
COMMENT ON COLUMN winback.clients.expected_orders IS
    'the expected number of days with an order within policy.horizon from now on, by that fit; null: there is none';
COMMENT ON COLUMN winback.clients.next_order_on IS
    'the day by which the next order comes with a chance of one half, if the client has not left; null: there is no '
    'fit, or it is more than a thousand years off';
COMMENT ON COLUMN winback.clients.clv IS
    'the margin expected within policy.horizon from now on, in money of today: policy.margin * orders expected by that '
    'fit, later ones discounted by policy.discount_rate, * the value of one by winback.value_fit_in_force; null: there '
    'is no such fit, or the client''s mean value is not finite by it';

CREATE OR REPLACE VIEW winback.lost_clients AS
SELECT c.client_id, c.name, c.manager, c.channel, c.region, c.department, c.do_not_contact,
       c.status_since AS lost_since,
       (winback.now() AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date
           - (c.status_since AT TIME ZONE (SELECT p.timezone FROM winback.policy p))::date AS days_lost,
       c.lost_by, c.abc, c.period_revenue, c.revenue, c.orders, c.last_order_at,
       c.interaction_status, c.last_contact_at, c.next_contact_on, c.times_lost, c.times_returned, c.open_tasks,
       c.stale
  FROM winback.clients c
 WHERE c.status = 'lost'
 ORDER BY c.period_revenue DESC, c.revenue DESC, c.client_id;
COMMENT ON VIEW winback.lost_clients IS 'the clients that are lost at winback.now(), most valuable first';
COMMENT ON COLUMN winback.lost_clients.client_id IS 'the CRM''s key of the client';
COMMENT ON COLUMN winback.lost_clients.name IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.lost_clients.manager IS 'as mapped by watch_clients; its tasks go to this manager';
COMMENT ON COLUMN winback.lost_clients.channel IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.lost_clients.region IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.lost_clients.department IS 'as mapped by watch_clients';
COMMENT ON COLUMN winback.lost_clients.do_not_contact IS 'true: no task is opened for this client';
COMMENT ON COLUMN winback.lost_clients.lost_since IS 'the instant of the fact or deadline by which it is lost';
COMMENT ON COLUMN winback.lost_clients.days_lost IS 'days since then, in the policy''s time zone';
COMMENT ON COLUMN winback.lost_clients.lost_by IS 'the rule by which it is lost';
COMMENT ON COLUMN winback.lost_clients.abc IS 'class by period_revenue, A to C; null without a purchase';
COMMENT ON COLUMN winback.lost_clients.period_revenue IS
    'the part of revenue that is later than the last purchase minus policy.value_period';
COMMENT ON COLUMN winback.lost_clients.revenue IS 'sum of all orders that count, returns included';
COMMENT ON COLUMN winback.lost_clients.orders IS 'number of purchases; returns are none';
COMMENT ON COLUMN winback.lost_clients.last_order_at IS 'the latest purchase';
COMMENT ON COLUMN winback.lost_clients.interaction_status IS
    'warm, cold, or another row of winback.interaction_status';
COMMENT ON COLUMN winback.lost_clients.last_contact_at IS 'the latest call of more than policy.contact_seconds seconds';
COMMENT ON COLUMN winback.lost_clients.next_contact_on IS 'the day to contact the client; null: not to be contacted';
COMMENT ON COLUMN winback.lost_clients.times_lost IS
    'how often the client was lost in its whole life, this time included';
COMMENT ON COLUMN winback.lost_clients.times_returned IS 'how often a purchase ended a loss';
COMMENT ON COLUMN winback.lost_clients.open_tasks IS 'number of open tasks';
COMMENT ON COLUMN winback.lost_clients.stale IS 'the row is to be recomputed by the worker or the next sweep';

-- Whether the watched tables still tell us of every write:
--
--   detached        the table is gone
--   triggers lost   a trigger of ours is gone, disabled, or no longer ENABLE ALWAYS (rows that come by replication
--                   would be missed)
--   attached        all is well
CREATE OR REPLACE VIEW winback.source_status AS
SELECT s.source_id, s.kind, s.relation,
       CASE WHEN s.detached OR r.oid IS NULL THEN s.name
            ELSE pg_catalog.format('%I.%I', n.nspname, r.relname) END AS name,
       CASE WHEN s.detached OR r.oid IS NULL THEN 'detached'
            WHEN winback._triggers_lost(s.relation) THEN 'triggers lost'
            ELSE 'attached' END AS state,
       s.given_by, s.expressions, s.by_alias, s.order_table,
       (SELECT count(*) FROM winback.rejected x WHERE x.source = s.relation) AS rejected,
       s.watched_at,
       (SELECT count(DISTINCT f.client_id) FROM winback.frozen f WHERE f.source_id = s.source_id) AS frozen
  FROM winback.source s
  LEFT JOIN pg_catalog.pg_class r ON r.oid = s.relation
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace;
COMMENT ON VIEW winback.source_status IS 'the watched tables and whether they are still attached';
COMMENT ON COLUMN winback.source_status.source_id IS 'number of the watch';
COMMENT ON COLUMN winback.source_status.kind IS 'orders, calls, clients, events, aliases or lines';
COMMENT ON COLUMN winback.source_status.relation IS 'the watched table';
COMMENT ON COLUMN winback.source_status.name IS 'its qualified name; of a detached one: the last';
COMMENT ON COLUMN winback.source_status.state IS
    'attached; detached: the table is gone; triggers lost: writes may be missed, call winback.reattach';
COMMENT ON COLUMN winback.source_status.given_by IS
    'the role that gave the expressions, and as which they are evaluated; where it is gone: as the owner of the table';
COMMENT ON COLUMN winback.source_status.expressions IS 'SQL expressions over one row, by name of the argument';
COMMENT ON COLUMN winback.source_status.by_alias IS 'the client expression yields an alias';
COMMENT ON COLUMN winback.source_status.order_table IS 'of lines: the table of their orders';
COMMENT ON COLUMN winback.source_status.rejected IS 'rows of this table that cannot be facts: see winback.rejected';
COMMENT ON COLUMN winback.source_status.watched_at IS 'since when the table is watched';
COMMENT ON COLUMN winback.source_status.frozen IS
    'clients that stay as they were because the table is gone: see winback.frozen';

CREATE OR REPLACE VIEW winback.worker_status AS
SELECT w.launcher_pid, w.database, w.next_due_at, w.worker_pid, w.last_start, w.last_end, w.last_changes, w.last_error,
       w.state
  FROM winback._worker_status() w;
COMMENT ON VIEW winback.worker_status IS 'the background worker, by database: what it did and what it waits for';
COMMENT ON COLUMN winback.worker_status.launcher_pid IS 'process of the launcher; null: none runs';
COMMENT ON COLUMN winback.worker_status.database IS 'the database worked on';
COMMENT ON COLUMN winback.worker_status.next_due_at IS 'the next instant at which there is something to do; null: none';
COMMENT ON COLUMN winback.worker_status.worker_pid IS 'process at work there now; null: none';
COMMENT ON COLUMN winback.worker_status.last_start IS 'when the last worker started';
COMMENT ON COLUMN winback.worker_status.last_end IS 'when it ended';
COMMENT ON COLUMN winback.worker_status.last_changes IS 'number of changes it made';
COMMENT ON COLUMN winback.worker_status.last_error IS
    'the error it ended with, or what it could not do; null: it went well';
COMMENT ON COLUMN winback.worker_status.state IS
    'waiting, due, starting, running, failed (it is tried again), held (a command needs the database to itself), '
    'unknown or not listed (not looked at yet), no ledger, or not preloaded: call winback.sweep() regularly';

CREATE OR REPLACE VIEW winback.progress AS
SELECT p.pid, p.database, p.username, p.work, p.phase, p.rows_done, p.rows_total, p.started_at
  FROM winback.progress() p;
COMMENT ON VIEW winback.progress IS 'the long work that sessions are at now, in all databases of the server';
COMMENT ON COLUMN winback.progress.pid IS 'process of the session: pg_cancel_backend(pid) ends its work';
COMMENT ON COLUMN winback.progress.database IS 'the database worked on';
COMMENT ON COLUMN winback.progress.username IS 'the role that the session logged in as';
COMMENT ON COLUMN winback.progress.work IS
    'watch, unwatch, reattach, init, rebuild, verify, sweep, classify, fit, thresholds, or redating: at the commit of a '
    'change of the rules or the policy, or of a TRUNCATE';
COMMENT ON COLUMN winback.progress.phase IS
    'reading, matching (facts with aliases, lines with orders), sorting, writing, indexing, comparing, settling '
    '(clients one by one), ranking, fitting or judging';
COMMENT ON COLUMN winback.progress.rows_done IS
    'rows of the watched tables, of settling: clients, that this phase is done with; null: it does not count';
COMMENT ON COLUMN winback.progress.rows_total IS
    'of so many; of reading: about so many, as far as the tables are known to the server; null: not known';
COMMENT ON COLUMN winback.progress.started_at IS 'when the work began';
