# What takes long is interrupted: by a cancel, a timeout, the end of its session, kill -9 and the end of the server. Of
# watching, unwatching, rebuilding and sweeping nothing is half done then, and the same command works the next time.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;
use MoveTest;

my $node = start_server('interrupted');
make_shop($node, 'shop');

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# The worker is to leave everything to the test.
shop("UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");
shop('CREATE TABLE more (client_id int, placed_at timestamptz); CREATE INDEX ON more (client_id)');
shop("INSERT INTO more SELECT i, now() - i * interval '1 day' FROM generate_series(1, 200) i");
shop("INSERT INTO orders (client_id, placed_at) SELECT i, now() - i * interval '1 day' FROM generate_series(1, 200) i");
ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.client WHERE due_at <= now()'), 'nothing is due');
no_worker($node, 'the worker has gone');

# Everything there is to see of a ledger.
my $picture = join ' UNION ALL ', map { "SELECT '$_' AS what, t::text AS line FROM winback.$_ t" }
  qw(client source status_change task stale rejected ledger rule rule_history policy abc_limit event);
$picture .= " UNION ALL SELECT 'trigger', format('%s %s', tgrelid::regclass, tgname) FROM pg_trigger
              WHERE tgname LIKE 'winback%' ORDER BY 1, 2";
my $before = shop($picture);

my %long = (
	watch => "SELECT winback.watch_orders('more', 'client_id', 'placed_at', counts_when => 'public.patience(client_id)')",
	rebuild => 'SELECT winback.rebuild()',
	'a change of the policy' => 
	  'BEGIN; UPDATE winback.policy SET contact_seconds = 30; SELECT winback.fold()',
	'a sweep' => "BEGIN; INSERT INTO winback.stale SELECT client_id, 'test', now() FROM winback.client;
	              SELECT winback.sweep()",
	'a change of all keys' => 'BEGIN; UPDATE orders SET client_id = client_id + 1; SELECT winback.fold()');

# Ends what a session is doing, once it is in the middle of it.
my %end = (
	cancel => sub { $node->safe_psql('postgres', "SELECT pg_cancel_backend($_[0])") },
	terminate => sub { $node->safe_psql('postgres', "SELECT pg_terminate_backend($_[0])") },
	'kill -9' => sub { kill 'KILL', $_[0] },
	'immediate stop' => sub { $node->stop('immediate'); $node->start });

foreach my $what (sort keys %long)
{
	foreach my $end (sort keys %end)
	{
		my $session = $node->background_psql('shop', on_error_stop => 0);
		my $pid = $session->query_safe('SELECT pg_backend_pid()');
		$session->query_safe('SET test.slow = 0.02; SET client_min_messages = error');
		$session->{stdin} .= "$long{$what};\n";
		$session->{run}->pump_nb;
		ok( $node->poll_query_until(
				'postgres', "SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $pid"),
			"$what is under way");
		$end{$end}->($pid);
		$session->{stdin} .= "\\q\n";
		eval { $session->{run}->finish };
		ok($node->poll_query_until('shop', 'SELECT true'), "$end");
		ok( $node->poll_query_until('shop', "SELECT count(*) = 0 FROM pg_stat_activity
		                                      WHERE datname = 'shop' AND pid <> pg_backend_pid()"),
			'nobody is there any more');
		is(differences($before, shop($picture)), '', "$what, $end: nothing is half done");
	}
	my ($code, undef, $errors) =
	  $node->psql('shop', "SET statement_timeout = '200ms'; SET test.slow = 0.02; $long{$what}");
	like($errors, qr/canceling statement due to statement timeout/, "$what: a timeout");
	is(differences($before, shop($picture)), '', "$what, timeout: nothing is half done");
}
is(shop('SELECT * FROM winback.verify()'), '', 'the ledger is right');

# And then they work.
shop("SET test.slow = off; $long{watch}");
is(shop('SELECT sum(orders) FROM winback.client'), '400', 'watched');
shop("SET test.slow = off; SELECT winback.rebuild(), winback.unwatch('more')");
is(shop('SELECT sum(orders) FROM winback.client'), '200', 'and no longer');
is(shop('SELECT * FROM winback.verify()'), '', 'the ledger is right still');

# The worker, in the middle of a sweep.
shop("UPDATE winback.rule SET after = interval '2 seconds' WHERE rule = 'silence'");
foreach my $end ('kill -9', 'immediate stop', 'terminate', 'cancel')
{
	begin_long_sweep($node, 'shop');
	my $pid = shop("SELECT pid FROM pg_stat_activity WHERE backend_type = 'winback worker' AND datname = 'shop'");
	$end{$end}->($pid);
	ok($node->poll_query_until('postgres', 'SELECT true'), "the worker: $end");
	is(shop('SET test.slow = off; SELECT * FROM winback.verify()'), '', 'the ledger is right');
	$node->safe_psql('postgres', 'ALTER DATABASE shop RESET test.slow');
	# The one that is under way already is slow still.
	$node->psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	                          WHERE backend_type = 'winback worker' AND datname = 'shop'");
	shop('CREATE EXTENSION IF NOT EXISTS winback');
	ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale'), 'and the next one does the work');
	is(shop('SELECT * FROM winback.verify()'), '', 'rightly');
	no_worker($node, 'and goes');
}

$node->stop;
done_testing();
