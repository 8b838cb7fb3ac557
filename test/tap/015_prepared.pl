# A prepared transaction holds its clients' rows: other commits of these go on and leave them stale, over a restart and
# a crash too; COMMIT PREPARED or ROLLBACK PREPARED, in whatever session, has the worker settle them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('prepared');
make_shop($node, 'shop');
$node->safe_psql('shop', "UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# Waits until nothing is stale any more, and looks whether the ledger is right.
sub is_settled
{
	my ($name) = @_;
	ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale'), "$name: the worker has settled it");
	is(shop('SELECT * FROM winback.verify()'), '', "$name: and the ledger is right");
	return;
}

foreach my $end ('COMMIT', 'ROLLBACK')
{
	my $total = $end eq 'COMMIT' ? 111 : 101;
	shop('TRUNCATE orders');
	shop('INSERT INTO orders (client_id, placed_at) SELECT 1, now() FROM generate_series(1, 100)');
	shop(<<'SQL');
BEGIN;
INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 2) i, generate_series(1, 10);
PREPARE TRANSACTION 'held';
SQL
	is(shop('SELECT client_id, orders FROM winback.clients WHERE orders > 0'), '1|100', 'prepared is not committed');
	my ($code, $out, $errors) =
	  $node->psql('shop', 'INSERT INTO orders (client_id, placed_at) VALUES (1, now()), (3, now())');
	is($code, 0, 'another commit of the client goes on') or diag($errors);
	is(shop('SELECT client_id, orders, stale FROM winback.clients WHERE client_id IN (1, 3) ORDER BY 1'),
		"1|100|t\n3|1|f", 'and leaves the held client stale, no other');
	is(shop('SELECT * FROM winback.verify()'), '', 'which verify() knows');
	shop('INSERT INTO orders (client_id, placed_at) VALUES (2, now())');
	is(shop('SELECT client_id, reason FROM winback.stale ORDER BY 1'),
		"1|another transaction holds the client\n2|another transaction holds the client",
		'so is a client that only the prepared transaction knows');
	is(shop('SELECT stale_settled, skipped FROM winback.sweep()'), '0|2', 'a sweep leaves out who is held');

	$node->restart;
	is(shop('SELECT stale_settled, skipped FROM winback.sweep()'), '0|2', 'after a restart they are held still');
	$node->stop('immediate');
	$node->start;
	is(shop('SELECT stale_settled, skipped FROM winback.sweep()'), '0|2', 'and after a crash');
	is(shop('SELECT count(*) FROM winback.stale'), '2', 'with their marks');

	shop("$end PREPARED 'held'");
	is_settled("$end PREPARED");
	is(shop('SELECT orders FROM winback.clients WHERE client_id = 1'), $total, 'every committed order counts');
	is(shop('SELECT orders FROM winback.clients WHERE client_id = 2'), $total - 100, 'of the other client, too');
}

# Prepared and committed without anybody else: over a restart.
shop("BEGIN; DELETE FROM orders WHERE client_id = 2; PREPARE TRANSACTION 'alone'");
$node->restart;
shop("COMMIT PREPARED 'alone'");
is_settled('prepared before a restart');
is(shop('SELECT count(*) FROM winback.client WHERE client_id = 2'), '0', 'its deletion counts');

$node->stop;
done_testing();
