# DROP EXTENSION ends the worker's work, also in the middle of a sweep; CREATE EXTENSION begins it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('extension');
$node->safe_psql('postgres', 'CREATE EXTENSION winback');
my $state = 'SELECT ' . worker_state('shop');

# A database without the extension, then with it, then with a ledger.
$node->safe_psql('postgres', 'CREATE DATABASE shop');
ok($node->poll_query_until('postgres', $state, 'no ledger'), 'a database without the extension');
$node->safe_psql('postgres', 'DROP DATABASE shop');
make_shop($node, 'shop');
order($node, 'shop', 1);
is_lost($node, 'shop', 1, 'the extension begins the work');

# Dropped while idle.
no_worker($node, 'idle');
$node->safe_psql('shop', 'DROP EXTENSION winback CASCADE');
no_worker($node, 'nothing runs after DROP EXTENSION');
$node->safe_psql('postgres', 'DROP DATABASE shop');

# Rolled back: the work goes on.
make_shop($node, 'shop');
$node->safe_psql('shop', 'BEGIN; DROP EXTENSION winback CASCADE; ROLLBACK');
order($node, 'shop', 2);
is_lost($node, 'shop', 2, 'a DROP EXTENSION that was rolled back');

# Held open in a transaction: the worker comes and goes, and works again after ROLLBACK.
my $admin = $node->background_psql('shop');
order($node, 'shop', 3);
$admin->query_safe('SET client_min_messages = warning; BEGIN');
$admin->query_safe('DROP EXTENSION winback CASCADE');
is( $node->safe_psql('postgres', "SELECT count(*) FROM pg_locks WHERE NOT granted AND database =
                                  (SELECT oid FROM pg_database WHERE datname = 'shop')"),
	'0',
	'nobody waits for an open DROP EXTENSION');
$admin->query_safe('ROLLBACK');
$admin->quit;
is_lost($node, 'shop', 3, 'after that transaction');

# Dropped during a sweep: the command waits for the batch at hand at most, and nothing deadlocks.
begin_long_sweep($node, 'shop');
my $begun = time;
my ($code, undef, $errors) = $node->psql('shop', 'DROP EXTENSION winback CASCADE');
is($code, 0, 'DROP EXTENSION during a sweep') or diag($errors);
cmp_ok(time - $begun, '<', 60, 'ends with the batch');
ok($node->poll_query_until('postgres', $state, 'no ledger'), 'the worker has found it gone');
no_worker($node, 'and is gone itself');

my $log = slurp_file($node->logfile);
unlike($log, qr/(?:ERROR|PANIC):(?!.*(?:accessed by other users))/, 'the log is clean');
$node->stop;
done_testing();
