# A dump is restored while the server's worker is awake: it leaves a ledger alone that is not whole yet, and takes up
# its work when it is.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;
use MoveTest;

my $node = start_server('restore');
$node->safe_psql('postgres', 'CREATE ROLE regress_watcher');
fill_shop($node, 'shop', 'int4', 'regress_watcher');
my $file = PostgreSQL::Test::Utils::tempdir() . '/shop';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('shop'), '-Fc', '-f', $file ], 'dump');
$node->safe_psql('postgres', 'CREATE DATABASE copy');
my ($list) = run_command([ 'pg_restore', '-l', $file ]);
my @entries = grep { /^\d/ } split /\n/, $list;
my $step = 0;

# Restores those of the entries that are left which the pattern matches, and has the worker look.
sub restore
{
	my ($name, $pattern) = @_;
	$step++;
	append_to_file("$file.$step", join("\n", grep { $_ =~ $pattern } @entries) . "\n");
	@entries = grep { $_ !~ $pattern } @entries;
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('copy'), '-L', "$file.$step", $file ],
		"restored: $name");
	my $before = $node->safe_psql('copy', 'SELECT clock_timestamp()');
	# It finds the extension there; what matters is that the launcher hears of it.
	$node->safe_psql('copy', 'CREATE EXTENSION IF NOT EXISTS winback');
	ok( $node->poll_query_until(
			'copy', "SELECT last_start > '$before' AND last_end > last_start FROM winback._worker_status()
			         WHERE database = 'copy'"),
		'the worker has looked');
	return;
}

restore('the schema', qr/^(?!.* (?:TABLE DATA|SEQUENCE SET|CONSTRAINT|INDEX|TRIGGER|ACL) )/);
restore('the clients', qr/ TABLE DATA winback client /);
restore('their indexes', qr/ (?:CONSTRAINT|INDEX) winback (?:client \w+|client_due) /);
restore('all data but of the tasks', qr/ (?:TABLE DATA|SEQUENCE SET) (?!winback task )/);
# What there is to do at once. In the copy only: in the shop the worker would do it before the dump.
$node->safe_psql('copy', "INSERT INTO winback.stale VALUES (1, 'test', now()), (2, 'test', now())");
restore('indexes', qr/(?<! FK) (?:CONSTRAINT|INDEX) (?!winback task|winback one_)/);
restore('the tasks', qr/ TABLE DATA winback task /);
is($node->safe_psql('copy', 'SELECT count(*) FROM winback.stale'), '2', 'the worker has left everything alone');
restore('all the rest', qr/./);
ok($node->poll_query_until('copy', 'SELECT count(*) = 0 FROM winback.stale'), 'now it works');
my $settled = 'SELECT count(*) = 0 FROM winback.client WHERE due_at <= now()';
ok($node->poll_query_until($_, $settled), "$_: does all that is due") foreach qw(shop copy);
is($node->safe_psql('copy', 'SELECT * FROM winback.verify()'), '', 'and the ledger is right');
foreach my $query (
	'SELECT client_id, from_status, to_status, changed_at, rule, withdrawn_at FROM winback.status_change',
	'SELECT client_id, kind, due_on, status, outcome, call_id FROM winback.task')
{
	is(differences(map { $node->safe_psql($_, $query) } qw(shop copy)), '', "like the original: $query");
}

my @failures = grep { /(?:PANIC|FATAL|ERROR): / } split /\n/, slurp_file($node->logfile);
is("@failures", '', 'no failure in the log');
$node->stop;
done_testing();
