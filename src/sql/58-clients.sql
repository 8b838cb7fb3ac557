-- What the view winback.clients asks of the code. The view's expressions are set up anew for every look-up of a client,
-- so each of them is one call: that is most of what a look-up by key costs beside one in a plain table.

CREATE FUNCTION winback._status(
    by_fact boolean, lost_at timestamptz, at_risk_at timestamptz, base_status text, last_order_at timestamptz)
    RETURNS text LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_client_status';
COMMENT ON FUNCTION winback._status(boolean, timestamptz, timestamptz, text, timestamptz) IS
    'the status at winback.now()';

CREATE FUNCTION winback._status_since(
    by_fact boolean, lost_at timestamptz, at_risk_at timestamptz, base_status text, base_since timestamptz,
    idle_since timestamptz, at_risk_since timestamptz)
    RETURNS timestamptz LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_client_status_since';
COMMENT ON FUNCTION winback._status_since(
    boolean, timestamptz, timestamptz, text, timestamptz, timestamptz, timestamptz) IS
    'the instant of the fact or deadline that made the status what it is at winback.now()';

CREATE FUNCTION winback._next_contact_on(by_fact boolean, lost_at timestamptz, contact_due_on date)
    RETURNS date LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_client_next_contact_on';
COMMENT ON FUNCTION winback._next_contact_on(boolean, timestamptz, date) IS
    'the day to contact a client that is lost at winback.now() and may be contacted; null for every other';

CREATE FUNCTION winback._times_lost(by_fact boolean, lost_at timestamptz, loss_open boolean, times_lost int,
    base_since timestamptz, last_fact_at timestamptz)
    RETURNS int LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_client_times_lost';
COMMENT ON FUNCTION winback._times_lost(boolean, timestamptz, boolean, int, timestamptz, timestamptz) IS
    'how often the client was lost up to winback.now()';

CREATE FUNCTION winback._mean_gap(first_day date, last_day date, purchase_days int) RETURNS interval
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_mean_gap';
COMMENT ON FUNCTION winback._mean_gap(date, date, int) IS 'mean time between purchase days; null below two';

CREATE FUNCTION winback._class(orders bigint, period_revenue numeric, client_id anyelement) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'winback_client_class';
COMMENT ON FUNCTION winback._class(bigint, numeric, anyelement) IS
    'class A, B or C of a client of that revenue, against the limits of the last classify(); null without a purchase';

CREATE FUNCTION winback._is_stale(client_id anyelement) RETURNS boolean
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_client_is_stale';
COMMENT ON FUNCTION winback._is_stale(anyelement) IS
    'whether winback.stale has a mark for the client, for a name that is its, or for everybody';

CREATE FUNCTION winback._client_p_alive(first_day date, last_day date, purchase_days int) RETURNS double precision
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_client_p_alive';
COMMENT ON FUNCTION winback._client_p_alive(date, date, int) IS
    'winback.p_alive() of a client at winback.now(), by the fit in force; null: there is none';

CREATE FUNCTION winback._client_expected_orders(first_day date, last_day date, purchase_days int)
    RETURNS double precision LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_client_expected_orders';
COMMENT ON FUNCTION winback._client_expected_orders(date, date, int) IS
    'winback.expected_orders() of a client within policy.horizon from winback.now() on, by the fit in force; null: '
    'there is none';

CREATE FUNCTION winback._client_next_order_on(first_day date, last_day date, purchase_days int) RETURNS date
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_client_next_order_on';
COMMENT ON FUNCTION winback._client_next_order_on(date, date, int) IS
    'the day of winback.next_order_in() of a client from winback.now() on, by the fit in force; null: there is none, '
    'or it is more than a thousand years off';

CREATE FUNCTION winback._client_clv(first_day date, last_day date, purchase_days int, revenue numeric,
    unrepeated_revenue numeric) RETURNS numeric
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'winback_client_clv';
COMMENT ON FUNCTION winback._client_clv(date, date, int, numeric, numeric) IS
    'winback.clv() of a client within policy.horizon from winback.now() on, by the fits in force; null: one of them is '
    'missing, or the mean value of an order is not finite';
