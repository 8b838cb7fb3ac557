# The background worker does what is due by itself: told at commit, after a restart, after a crash; and is gone when
# there is nothing to do.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('worker');
make_shop($node, 'shop');

# What falls due is done within a naptime.
order($node, 'shop', 1);
is_lost($node, 'shop', 1, 'a client is lost with nobody asking');
is( $node->safe_psql(
		'shop', "SELECT changed_at = placed_at + interval '2 seconds' AND recorded_at < changed_at + interval '1 minute'
		         FROM winback.status_change JOIN orders USING (client_id) WHERE client_id = 1"),
	't',
	'at the instant of the deadline, recorded soon after');

# Idle, nothing is connected.
no_worker($node, 'the worker leaves when it is done');
is( $node->safe_psql(
		'postgres', "SELECT backend_type, datid IS NULL FROM pg_stat_activity WHERE backend_type LIKE 'winback%'"),
	'winback launcher|t',
	'the launcher is connected to no database');
is($node->safe_psql('shop', 'SELECT ' . worker_state('shop')), 'waiting', 'the status says so');

# The worker lives in the present whatever the server's settings say.
$node->safe_psql('postgres', "ALTER SYSTEM SET winback.as_of = '2001-01-01 00:00+00'");
$node->reload;
$node->poll_query_until('shop', "SELECT winback.now() = '2001-01-01 00:00+00'") or die 'not reloaded';
order($node, 'shop', 2);
is_lost($node, 'shop', 2, 'winback.as_of does not hold the worker back');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET winback.as_of');
$node->reload;

# A prepared transaction: due work is found once it is committed.
$node->safe_psql('shop', <<'SQL');
BEGIN;
INSERT INTO orders (client_id, placed_at) VALUES (3, now());
PREPARE TRANSACTION 'order of client 3';
SQL
$node->safe_psql('shop', "COMMIT PREPARED 'order of client 3'");
is_lost($node, 'shop', 3, 'an order that was prepared');

# A restart: what fell due meanwhile is done.
order($node, 'shop', 4);
$node->restart;
is_lost($node, 'shop', 4, 'after a restart');

# The launcher dies alone and is started again.
my $launcher = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'winback launcher'";
my $pid = $node->safe_psql('postgres', $launcher);
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
order($node, 'shop', 5);
is_lost($node, 'shop', 5, 'after the end of the launcher');
isnt($node->safe_psql('postgres', $launcher), $pid, 'another launcher is there');

# kill -9 of a worker brings the server down and up again; the sweep that it interrupted is done.
begin_long_sweep($node, 'shop');
my $worker = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'winback worker'");
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
$node->safe_psql('postgres', 'ALTER DATABASE shop RESET test.slow');
kill 'KILL', $worker;
ok( $node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale'),
	'after kill -9 of a worker the work goes on');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'the postmaster has survived');
order($node, 'shop', 6);
is_lost($node, 'shop', 6, 'and new work is done');

$node->stop;
done_testing();
