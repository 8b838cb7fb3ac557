# A hot standby: what only reads works, what writes says that it cannot, and no worker runs; after the promotion it is a
# server like any other.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'winback'\nwinback.naptime = 1");
$primary->start;
make_shop($primary, 'shop');
$primary->safe_psql('shop', <<'SQL');
CREATE TABLE calls (call_id int, client_id int, began timestamptz, seconds int);
SELECT winback.watch_calls('calls', 'call_id', 'client_id', 'began', 'seconds');
CREATE ROLE regress_reader;
SELECT winback.grant_reader('regress_reader');
SQL
order($primary, 'shop', 1);
is_lost($primary, 'shop', 1, 'the worker of the primary works');
$primary->safe_psql('shop', "UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");
$primary->safe_psql('shop', 'INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 20) i');

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

# What reads works, and sees what the primary has.
my @reading = (
	'SELECT * FROM winback.clients ORDER BY client_id',
	'SELECT * FROM winback.lost_clients', 'SELECT * FROM winback.open_tasks', 'SELECT * FROM winback.task_calls',
	'SELECT * FROM winback.life_cycle WHERE client_id = 1 ORDER BY position',
	'SELECT source_id, kind, relation, state FROM winback.source_status',
	'SELECT winback.status(1)', "SELECT winback.status('1')",
	'SELECT client_id, winback.abc(orders) OVER (ORDER BY orders DESC, client_id) FROM winback.clients',
	'SELECT count(*) FROM winback.status_change', 'SELECT * FROM winback.verify()',
	"SELECT * FROM winback.clients_as_of('2100-01-01') ORDER BY client_id",
	'SELECT client_id, status, since, rule FROM winback.status_period ORDER BY client_id, since');

# Both servers answer alike.
sub read_alike
{
	my ($name) = @_;
	foreach my $query (@reading)
	{
		my ($code, $out, $errors) = $standby->psql('shop', "SET ROLE regress_reader; $query");
		is("$code$errors", '0', "$name: $query");
		is($out, $primary->safe_psql('shop', $query), 'as on the primary');
	}
	return;
}
read_alike('standby');
is($standby->safe_psql('shop', 'SELECT state, launcher_pid FROM winback.worker_status'), 'not listed|',
	'no worker there');
is($standby->safe_psql('shop', 'SELECT winback.fold()'), '', 'fold() has nothing to do');

# A session that is there sees what changes: facts, rules, the watched tables.
my $reader = $standby->background_psql('shop');
$reader->query_safe('SELECT winback.status(1)');
$primary->safe_psql('shop', <<'SQL');
UPDATE winback.rule SET after = interval '1 month' WHERE rule = 'silence';
CREATE TABLE more (client_id int, placed_at timestamptz);
SELECT winback.watch_orders('more', 'client_id', 'placed_at');
INSERT INTO more VALUES (2, now()), (30, now());
SQL
$primary->wait_for_catchup($standby);
is($reader->query_safe('SELECT orders FROM winback.clients WHERE client_id IN (2, 30) ORDER BY client_id'),
	"2\n1", 'an open session sees what comes');
is($reader->query_safe('SELECT * FROM winback.verify()'), '', 'by the settings of now');
$reader->quit;
read_alike('later');

# What writes says that it cannot.
foreach my $statement (
	'SELECT winback.sweep()', 'SELECT winback._sweep_batch(10)', 'SELECT winback.rebuild()', 'SELECT winback.classify()',
	"SELECT winback.record_event(1, 'conflict')", "SELECT winback.write_off(1, 'gone')",
	"SELECT winback.set_interaction_status(1, 'cold')", 'SELECT winback.init(NULL)', "SELECT winback.unwatch('more')",
	"SELECT winback.watch_events('more', 'client_id', '''nps''', 'placed_at')", "SELECT winback.cancel_task(1, 'no')",
	"SELECT winback.complete_task(1, 'called', '1')", 'INSERT INTO winback.event (client_id, kind) VALUES (1, \'nps\')',
	"UPDATE winback.policy SET abc_a = 0.5", "SELECT winback._note_client('1')", 'SELECT winback._redate_at_commit()',
	'SELECT winback._announce_setup()')
{
	my ($code, undef, $errors) = $standby->psql('shop', "\\set VERBOSITY verbose\n$statement");
	like($errors, qr/ERROR:  (?:25006|55000|23514|22023): /, "refused: $statement");
	unlike($errors, qr/XX000/, 'as it should be');
}

# After the promotion.
$standby->promote;
$standby->poll_query_until('shop', 'SELECT NOT pg_is_in_recovery()');
$standby->safe_psql('shop', "UPDATE winback.rule SET after = interval '2 seconds' WHERE rule = 'silence'");
order($standby, 'shop', 40);
is_lost($standby, 'shop', 40, 'the worker runs after the promotion');
is($standby->safe_psql('shop', 'SELECT * FROM winback.verify()'), '', 'and the ledger is right');
is($primary->safe_psql('shop', 'SELECT count(*) FROM winback.client WHERE client_id = 40'),
	'0', 'of which the primary knows nothing');
my @failures = grep { /(?:PANIC|FATAL|WARNING): |cannot assign|WAL entries/ && !/terminating walreceiver/ }
  split /\n/, slurp_file($standby->logfile);
is("@failures", '', 'no failure in its log');

$standby->stop;
$primary->stop;
done_testing();
