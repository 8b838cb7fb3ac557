# kill -9 of a backend while it applies a commit: after the crash recovery neither the order nor its trace in the ledger
# is there, what was committed before is, and the worker goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('crash');
make_shop($node, 'shop');
order($node, 'shop', 1);
is_lost($node, 'shop', 1, 'a client before the crash');
order($node, 'shop', 2);
my $clients = 'SELECT client_id, orders, last_order_at FROM winback.client ORDER BY client_id';
my $before = $node->safe_psql('shop', $clients);

# The commit moves an order, so client 1 is computed afresh, slowly.
my $victim = $node->background_psql('shop', on_error_stop => 0);
$victim->query_safe('SET test.slow = off');
my $pid = $victim->query_safe('SELECT pg_backend_pid()');
$victim->query_safe("BEGIN; INSERT INTO orders (client_id, placed_at) VALUES (3, now());
	UPDATE orders SET placed_at = placed_at - interval '1 year' WHERE client_id = 1; SET test.slow = 600");
$victim->{stdin} .= "COMMIT;\n";
$victim->{run}->pump_nb;
ok( $node->poll_query_until(
		'postgres', "SELECT wait_event = 'PgSleep' AND query LIKE 'COMMIT%' FROM pg_stat_activity WHERE pid = $pid"),
	'a commit is under way');
kill 'KILL', $pid;
$victim->{run}->finish;
ok($node->poll_query_until('shop', 'SELECT true'), 'the server is back');
is($node->safe_psql('shop', 'SELECT count(*) FROM orders'), '2', 'the orders of that transaction are gone');
is($node->safe_psql('shop', $clients), $before, 'the ledger is as before');
is($node->safe_psql('shop', 'SELECT * FROM winback.verify()'), '', 'and right');
is_lost($node, 'shop', 2, 'the worker goes on');
order($node, 'shop', 1);
is($node->safe_psql('shop', 'SELECT orders, times_returned FROM winback.clients WHERE client_id = 1'),
	'2|1', 'and so do commits');

# The server is stopped without a checkpoint: everything committed comes back from the log.
$node->stop('immediate');
$node->start;
is($node->safe_psql('shop', 'SELECT orders, times_returned FROM winback.clients WHERE client_id = 1'),
	'2|1', 'the ledger survives an immediate stop');
is($node->safe_psql('shop', 'SELECT * FROM winback.verify()'), '', 'and is right');
is_lost($node, 'shop', 1, 'the worker goes on, 2');

$node->stop;
done_testing();
