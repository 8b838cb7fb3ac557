-- Installs winback and watches the shop's tables; the same for the generated shop and for a user's own CSV.
-- Variable: today, at which the clock of this database stands.

\set ECHO none
CREATE INDEX ON shop.orders (client_id);
CREATE INDEX ON shop.calls (client_id);
CREATE INDEX ON shop.feedback (client_id);
ANALYZE;
SELECT format('ALTER DATABASE %I SET winback.as_of = %L', current_database(), :'today') \gexec
SET winback.as_of = :'today';
\o /dev/null
\set ECHO queries

CREATE EXTENSION winback;
SELECT winback.watch_clients('shop.clients', 'client_id', name => 'name',
       manager => 'manager', channel => 'channel', region => 'region',
       do_not_contact => 'no_calls', registered_at => 'since');
SELECT winback.watch_calls('shop.calls', 'call_id', 'client_id',
       'started_at', 'seconds', agent => 'agent');
SELECT winback.watch_events('shop.feedback', 'client_id', 'kind', 'at',
       value => 'score');
SELECT winback.watch_orders('shop.orders', 'client_id', 'placed_at', 'amount',
       'order_id', counts_when => $$amount < 0
           OR coalesce(state, '') NOT IN ('cancelled', 'canceled', 'draft')$$);

\o
\pset footer off
SELECT clients, status_changes, tasks_opened FROM winback.sweep();
\set ECHO none
