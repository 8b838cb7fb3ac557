# The worker makes the fits in force anew once there are many more clients; nobody waits for it, and what fails is not
# tried at every run.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('refit');
make_shop($node, 'shop');

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# Waits until the worker has been there since the server's start.
sub run_ended
{
	$node->poll_query_until('shop', "SELECT last_end IS NOT NULL FROM winback._worker_status() WHERE database = 'shop'")
	  or die 'no worker has come';
	return;
}

# The last fit, and that in force.
my $fits = "SELECT m.fit_id || ' ' || m.status || ' of ' || m.clients || ', ' || f.fit_id || ' in force'
              FROM winback.model_fit m, winback.fit_in_force f ORDER BY m.fit_id DESC LIMIT 1";

# 200 clients, each with a pace of its own, and a chance of its own to leave after an order. Their fit is of two days
# ago.
shop(<<'SQL');
CREATE FUNCTION public.drawn(text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (('x' || substr(md5($1), 1, 8))::bit(32)::bigint + 0.5) / 4294967296 $$;
CREATE FUNCTION public.open_shop(first int, last int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO orders (client_id, placed_at)
    SELECT c, date_trunc('day', now()) - interval '400 days' + d.day * interval '1 day'
      FROM generate_series(first, last) c, generate_series(0, 60) n
     CROSS JOIN LATERAL (SELECT floor(90 * drawn(c || 'first') + n * (0.5 + drawn(c || 'gap' || n))
                                      / (0.002 - 0.03 * ln(drawn(c || 'pace'))))) d (day)
     WHERE d.day < 360 AND n <= ln(drawn(c || 'left')) / ln(1 - drawn(c || 'leaving') ^ 2) $$;
SELECT public.open_shop(1, 200);
UPDATE winback.rule SET after = interval '1 year' WHERE rule = 'silence';
SELECT winback.sweep();
DO $$ BEGIN
    PERFORM set_config('winback.as_of', (now() - interval '2 days')::text, true);
    PERFORM winback.fit();
END $$;
SQL
is(shop($fits), '1 converged of 200, 1 in force', 'a fit of two days ago');
$node->restart;
run_ended();
no_worker($node, 'the worker has come and gone');
is(shop($fits), '1 converged of 200, 1 in force', 'as long as there are no more clients, the fit stays');

shop('SELECT public.open_shop(201, 240)');
$node->restart;
ok($node->poll_query_until('shop', 'SELECT count(*) = 2 FROM winback.model_fit'), 'of a fifth more there is a new one');
is(shop($fits), '2 converged of 240, 2 in force', 'which is in force');
is(shop('SELECT until = fitted_at AND now() - until < interval \'5 minutes\' FROM winback.model_fit WHERE fit_id = 2'),
	't', 'to all orders up to now');

# One that fails is told in the log, once. An order that is dated ahead has fits read the orders.
shop(<<'SQL');
CREATE OR REPLACE FUNCTION public.patience(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN
  PERFORM pg_catalog.pg_sleep(s::float8) FROM current_setting('test.slow', true) s WHERE s NOT IN ('', 'off');
  RETURN current_setting('test.broken', true) IS DISTINCT FROM 'on';
END $$;
UPDATE winback.policy SET refit_growth = 0;
UPDATE winback.model_fit SET until = until - interval '2 days', fitted_at = fitted_at - interval '2 days';
SELECT public.open_shop(241, 241);
INSERT INTO orders (client_id, placed_at) VALUES (1, now() + interval '10 days');
ALTER DATABASE shop SET test.broken = on;
SQL
$node->restart;
ok($node->poll_query_until('shop', 'SELECT count(*) = 3 FROM winback.model_fit'), 'one that fails is a row');
is(shop($fits), '3 failed of 241, 2 in force', 'and the old one stays');
no_worker($node, 'the worker goes on');
$node->restart;
run_ended();
no_worker($node, 'the worker has come again');
is(shop($fits), '3 failed of 241, 2 in force', 'which is not tried again');
my @told = slurp_file($node->logfile) =~ /could not be fitted anew/g;
is(scalar @told, 1, 'nor told again');
is(shop("SELECT last_error IS NULL FROM winback._worker_status() WHERE database = 'shop'"), 't', 'the run went well');

# While it fits for long, orders are committed, and the next command that needs the database ends it.
shop(<<'SQL');
UPDATE winback.model_fit SET until = until - interval '2 days', fitted_at = fitted_at - interval '2 days';
ALTER DATABASE shop RESET test.broken;
ALTER DATABASE shop SET test.slow = 0.1;
SQL
$node->restart;
ok($node->poll_query_until('shop', "SELECT count(*) = 1 FROM winback.progress WHERE work = 'fit'"), 'a fit takes long');
order($node, 'shop', 1000);
is(shop('SELECT orders, stale FROM winback.clients WHERE client_id = 1000'), '1|f', 'nobody waits for it');
is(shop("SELECT count(*) FROM winback.progress WHERE work = 'fit'"), '1', 'and it goes on');
at_once($node, 'ALTER DATABASE shop RENAME TO store');
$node->safe_psql('postgres', 'ALTER DATABASE store RESET test.slow');

$node->stop;
done_testing();
