# Clients that cannot be settled: the worker tries again after pauses that grow, says so once a run, and lets nobody
# else wait for them; it is the same for clients that are stale, clients that are due, and everybody.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('left_out');
make_shop($node, 'shop');

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# The failures that the log tells from a place on.
sub failures_since
{
	my ($place) = @_;
	my @lines = grep { /WARNING: .*winback could not/ } split /\n/, slurp_file($node->logfile, $place);
	return @lines;
}

# Where the log ends now.
sub place { return -s $node->logfile; }

# An index entry that cannot be made stands for whatever fails on certain clients for good.
shop("UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");
shop('INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 1500) i');
shop("CREATE FUNCTION public.refuse(bigint, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      \$\$ BEGIN IF \$2 <= 1200 AND \$1 > 1 THEN RAISE 'refused'; END IF; RETURN 1; END \$\$");
shop('CREATE INDEX refused ON winback.client ((public.refuse(orders, client_id)))');

# Orders of these clients.
sub orders_of
{
	my ($first, $last) = @_;
	return "SET client_min_messages = error;
		INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series($first, $last) i";
}
my $begin = place();
is(shop(orders_of(1151, 1500) . '; SELECT count(*), min(client_id), max(client_id), min(reason) FROM winback.stale'),
	'50|1151|1200|refused', 'those that fail are stale, no others');
is(shop(orders_of(1, 1500) . '; SELECT count(DISTINCT client_id) FROM winback.stale'),
	'1500', 'where that goes on and on, the rest is left for later untried');
# What is stale for another reason, and comes behind them all in the order of keys.
shop("INSERT INTO winback.stale SELECT i, 'test', now() FROM generate_series(1401, 1500) i");
ok($node->poll_query_until('shop', 'SELECT count(DISTINCT client_id) = 1200 FROM winback.stale'),
	'others are settled in spite of them');
ok( $node->poll_query_until('shop', "SELECT count(*) > 0 FROM winback._worker_status()
                                      WHERE database = 'shop' AND now() - last_end > interval '3 seconds'"),
	'the pauses grow');
like(shop("SELECT last_error FROM winback._worker_status() WHERE database = 'shop'"),
	qr/could not settle 1200 of the clients/, 'worker_status tells of them');
cmp_ok(scalar(failures_since($begin)), '<=', 12, 'and a run says it in few words');
like((failures_since($begin))[-1], qr/could not settle \d+ clients: refused/, 'how many, and why');

# A commit that needs the worker has it come at once.
shop("DELETE FROM orders WHERE client_id = 1300; BEGIN; DELETE FROM orders WHERE client_id = 1301;
      PREPARE TRANSACTION 'holder'");
$node->psql('shop', 'INSERT INTO orders (client_id, placed_at) VALUES (1301, now())');
shop("ROLLBACK PREPARED 'holder'");
ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale WHERE client_id = 1301'),
	'held, and settled');

# When what kept them back is gone, the next try settles them; this has it come at once.
my $look = 'CREATE EXTENSION IF NOT EXISTS winback';
shop("DROP INDEX winback.refused; $look");
ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale'), 'at last all are settled');
is(shop('SELECT * FROM winback.verify()'), '', 'and the ledger is right');

# The same of clients that are due: their deadlines stand before those of the others.
shop("UPDATE orders SET placed_at = now() - interval '1 month' WHERE client_id <= 1200");
shop("CREATE OR REPLACE FUNCTION public.refuse_status(text, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      \$\$ BEGIN IF \$2 <= 1200 AND \$1 = 'lost' THEN RAISE 'refused'; END IF; RETURN 1; END \$\$");
shop('CREATE INDEX refused ON winback.client ((public.refuse_status(recorded_status, client_id)))');
shop("UPDATE winback.client SET lost_at = now(), due_at = now() - interval '1 second' WHERE client_id <= 1200");
shop("UPDATE winback.client SET lost_at = now(), due_at = now() WHERE client_id > 1400");
shop($look);
ok( $node->poll_query_until('shop', "SELECT count(*) = 100 FROM winback.client WHERE client_id > 1400
                                      AND recorded_status = 'lost'"),
	'due: others are recorded in spite of them');
shop("DROP INDEX winback.refused; $look");
ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.client WHERE due_at <= now()'),
	'due: at last all are');

$node->stop;
done_testing();
