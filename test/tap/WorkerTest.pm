# What the tests of the background worker share: a server with the worker, shops in it, and a sweep that takes long.
package WorkerTest;

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

use Exporter 'import';
our @EXPORT = qw(start_server make_shop order is_lost begin_long_sweep no_worker at_once worker_state);

# A server whose worker naps as shortly as possible.
sub start_server
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'winback'
winback.naptime = 1
restart_after_crash = on
max_prepared_transactions = 5
CONF
	$node->start;
	return $node;
}

# A database whose clients are lost two seconds after an order; its sweeps take test.slow seconds an order.
sub make_shop
{
	my ($node, $database) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, <<'SQL');
CREATE EXTENSION winback;
CREATE TABLE orders (order_id serial PRIMARY KEY, client_id int NOT NULL, placed_at timestamptz NOT NULL);
CREATE INDEX ON orders (client_id);
CREATE FUNCTION public.patience(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN
  PERFORM pg_catalog.pg_sleep(s::float8) FROM current_setting('test.slow', true) s WHERE s NOT IN ('', 'off');
  RETURN true;
END $$;
SELECT winback.watch_orders('orders', 'client_id', 'placed_at', counts_when => 'public.patience(client_id)');
UPDATE winback.rule SET after = interval '2 seconds' WHERE rule = 'silence';
SQL
	return;
}

# A client's order, placed now.
sub order
{
	my ($node, $database, $client) = @_;
	$node->safe_psql($database, "SET test.slow = off; INSERT INTO orders (client_id, placed_at) VALUES ($client, now())");
	return;
}

# Waits until the worker has recorded that the client is lost.
sub is_lost
{
	my ($node, $database, $client, $name) = @_;
	ok( $node->poll_query_until(
			$database, "SELECT count(*) > 0 FROM winback.status_change WHERE client_id = $client AND to_status = 'lost'"),
		$name);
	return;
}

# Sees to a sweep of about ten seconds and waits until it is under way. Of marks that are made by hand nobody tells the
# launcher: the deadline of client 5000 brings the worker.
sub begin_long_sweep
{
	my ($node, $database) = @_;
	$node->safe_psql('postgres', "ALTER DATABASE $database SET test.slow = 0.05");
	# What an interrupted sweep left is begun again by itself.
	my $left = $node->safe_psql($database, 'SELECT count(*) FROM winback.stale');
	$node->safe_psql($database, <<'SQL') if $left == 0;
SET test.slow = off;
INSERT INTO orders (client_id, placed_at) SELECT 1000 + i, now() - interval '1 hour' FROM generate_series(1, 200) i;
INSERT INTO winback.stale SELECT client_id, 'test', now() FROM winback.client WHERE client_id > 1000;
INSERT INTO orders (client_id, placed_at) VALUES (5000, now());
SQL
	$node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_stat_activity
		 WHERE backend_type = 'winback worker' AND datname = '$database' AND wait_event = 'PgSleep'")
	  or die 'no sweep has begun';
	return;
}

# Waits until no worker is there.
sub no_worker
{
	my ($node, $name) = @_;
	ok( $node->poll_query_until(
			'postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'winback worker'"),
		$name);
	return;
}

# Runs a command that needs a database to itself. The server itself gives up after 5 seconds.
sub at_once
{
	my ($node, $command) = @_;
	my $begun = time;
	my ($code, undef, $errors) = $node->psql('postgres', $command);
	my $seconds = time - $begun;
	is($code, 0, $command) or diag($errors);
	cmp_ok($seconds, '<', 4, 'within seconds');
	return;
}

# The worker's state in a database, as the launcher sees it.
sub worker_state
{
	my ($database) = @_;
	return "(SELECT state FROM winback._worker_status() WHERE database = '$database')";
}

1;
