# Commands that need a database to themselves go through at once while the worker is idle, and within seconds during a
# sweep; a copied database is swept as well.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('databases');
make_shop($node, 'shop');
order($node, 'shop', 1);
is_lost($node, 'shop', 1, 'the worker works');

# Idle.
no_worker($node, 'idle');
at_once($node, 'CREATE DATABASE branch TEMPLATE shop');
at_once($node, 'ALTER DATABASE branch RENAME TO store');
order($node, 'store', 2);
is_lost($node, 'store', 2, 'a copied and renamed database is swept');
no_worker($node, 'idle again');
at_once($node, 'DROP DATABASE store');

# A copy is swept though nobody writes to it: what is due came with it.
$node->safe_psql('shop', 'INSERT INTO orders (client_id, placed_at) VALUES (3, now())');
at_once($node, 'CREATE DATABASE branch TEMPLATE shop');
is_lost($node, 'branch', 3, 'what was due in the original is done in the copy');
is_lost($node, 'shop', 3, 'and in the original');

# During a sweep.
begin_long_sweep($node, 'shop');
at_once($node, 'CREATE DATABASE store TEMPLATE shop');
at_once($node, 'DROP DATABASE store');
begin_long_sweep($node, 'shop');
at_once($node, 'ALTER DATABASE shop RENAME TO shop2');
begin_long_sweep($node, 'shop2');
at_once($node, 'ALTER DATABASE shop2 CONNECTION LIMIT 50');
begin_long_sweep($node, 'branch');
at_once($node, 'DROP DATABASE branch');

# A command that fails lets the worker in again.
begin_long_sweep($node, 'shop2');
my $visitor = $node->background_psql('shop2');
$visitor->query_safe('SELECT 1');
my ($code, undef, $errors) = $node->psql('postgres', 'DROP DATABASE shop2');
isnt($code, 0, 'a database in use is not dropped');
like($errors, qr/is being accessed by other users/, 'because somebody else is there');
$visitor->quit;
$node->safe_psql('postgres', 'ALTER DATABASE shop2 RESET test.slow');
order($node, 'shop2', 4);
is_lost($node, 'shop2', 4, 'the worker comes back');

# A command that is rolled back does, too; until then the database is held.
no_worker($node, 'idle once more');
$node->safe_psql('postgres', 'BEGIN; ALTER DATABASE shop2 RENAME TO shop3; ROLLBACK');
order($node, 'shop2', 5);
is_lost($node, 'shop2', 5, 'the worker comes back after ROLLBACK');

# Somebody who may not drop a database does not stop its worker either.
$node->safe_psql('postgres', 'CREATE ROLE regress_stranger LOGIN');
begin_long_sweep($node, 'shop2');
my $pid = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'winback worker' AND datname = 'shop2'";
my $before = $node->safe_psql('postgres', $pid);
($code, undef, $errors) =
  $node->psql('postgres', 'DROP DATABASE shop2', extra_params => [ '-U', 'regress_stranger' ]);
like($errors, qr/must be owner/, 'a stranger is refused');
is($node->safe_psql('postgres', $pid), $before, 'and the worker works on');
at_once($node, 'DROP DATABASE shop2');

ok( $node->poll_query_until(
		'postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type LIKE 'winback%'"),
	'nothing but the launcher is left');
$node->stop;
done_testing();
