# Every way of dumping and restoring carries the ledger, whatever the type of its keys:
#
#   plain, custom, directory in parallel   into an empty database
#   by sections                            pre-data, data, post-data one after the other
#   schema only, then data only            --disable-triggers; reattach
#   the CRM's rows alone                   --disable-triggers; reattach
#   one table of the CRM                   pg_restore -t --single-transaction, after DROP TABLE
#   over itself                            --clean --if-exists
#   into another cluster, as another role  --no-owner, where neither the roles nor their numbers are the same
#   the whole cluster                      pg_dumpall
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use MoveTest;

my $clock = "SET winback.as_of = '2024-01-02 12:00+00'";
my $files = PostgreSQL::Test::Utils::tempdir();

# A server without the worker: nothing changes between a dump and the look at it.
sub server
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
	$node->start;
	return $node;
}

my $node = server('ways');
$node->safe_psql('postgres', 'CREATE ROLE regress_watcher');
my %type = (number => 'int4', universal => 'uuid', word => 'text');
fill_shop($node, $_, $type{$_}, 'regress_watcher') foreach sort keys %type;
my %original = map { $_ => told($node, $_) } keys %type;

# Dumps a database of ours into a file.
sub dump_ok
{
	my ($database, $file, @options) = @_;
	$node->command_ok([ 'pg_dump', '-d', $node->connstr($database), '-f', "$files/$file", @options ],
		"dump of $database: @options");
	return;
}

# Restores an archive into a database.
sub restore_ok
{
	my ($to, $database, $file, @options) = @_;
	$to->command_ok([ 'pg_restore', '--exit-on-error', '-d', $to->connstr($database), @options, "$files/$file" ],
		"restore into $database: @options");
	return;
}

# Runs a plain dump in a database.
sub run_ok
{
	my ($to, $database, $file) = @_;
	$to->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $to->connstr($database), '-f', "$files/$file" ],
		"psql into $database");
	return;
}

# What a DBA calls after triggers were off.
sub reattach
{
	my ($database) = @_;
	$node->safe_psql($database, "$clock; SET client_min_messages = warning;
		SELECT winback.reattach(relation) FROM (SELECT DISTINCT relation FROM winback.source_status
		                                         WHERE state = 'triggers lost') lost");
	return;
}

# The formats, and each type of keys by one of them.
foreach my $way (
	[ 'number', '-Fp' ], [ 'word', '-Fc' ], [ 'universal', '-Fd', '-j2' ])
{
	my ($database, @format) = @$way;
	my $copy = "${database}_copy";
	dump_ok($database, $copy, @format);
	$node->safe_psql('postgres', "CREATE DATABASE $copy");
	if ($format[0] eq '-Fp') { run_ok($node, $copy, $copy); }
	else { restore_ok($node, $copy, $copy, grep { /^-j/ } @format); }
	is_moved($node, $copy, $original{$database});
	goes_on($node, $copy, $type{$database});
}

# While a key of the ledger is missing, a restore is at work, and a command on a table must leave no lock on the ledger:
# another session of the restore may be about to make that key, and hold what this command needs.
$node->safe_psql('postgres', 'CREATE DATABASE torn TEMPLATE number');
my @keys = split /\n/, $node->safe_psql('torn', "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint
	WHERE connamespace = 'winback'::regnamespace AND contype = 'p' ORDER BY 1");
cmp_ok(scalar @keys, '>', 10, 'the ledger has keys');
foreach my $key (@keys)
{
	my ($table, $name) = split / /, $key;
	my $locked = "SELECT string_agg(DISTINCT l.relation::regclass::text, ' ') FROM pg_locks l
		JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relnamespace = 'winback'::regnamespace";
	my $definition = $node->safe_psql('torn', "SELECT pg_get_constraintdef(oid) FROM pg_constraint
		WHERE conname = '$name' AND connamespace = 'winback'::regnamespace");
	is($node->safe_psql('torn', "ALTER TABLE $table DROP CONSTRAINT $name CASCADE;
		BEGIN; ALTER TABLE crm.orders SET (fillfactor = 90); $locked; COMMIT;
		ALTER TABLE $table ADD CONSTRAINT $name $definition"), '', "without $name nothing is locked");
}

# Section by section.
$node->safe_psql('postgres', 'CREATE DATABASE sections');
restore_ok($node, 'sections', 'word_copy', "--section=$_") foreach qw(pre-data data post-data);
is_moved($node, 'sections', $original{word});

# Schema first, data later: without triggers, for the data are to be what they were.
dump_ok('universal', 'data', '-Fc', '-a');
$node->safe_psql('postgres', 'CREATE DATABASE later');
restore_ok($node, 'later', 'universal_copy', '--schema-only');
restore_ok($node, 'later', 'data', '--data-only', '--disable-triggers', '-j2');
like(enabled_triggers($node, 'later'), qr/ O$/m, 'the restore has made plain triggers of ours');
is($node->safe_psql('later', 'SELECT DISTINCT state FROM winback.source_status'),
	'triggers lost', 'source_status says so');
reattach('later');
is_moved($node, 'later', $original{universal});
goes_on($node, 'later', 'uuid');

# The CRM's rows alone, into a database where the ledger stands.
dump_ok('number', 'crm', '-Fc', '-a', '-n', 'crm');
$node->safe_psql('postgres', 'CREATE DATABASE refilled TEMPLATE number');
$node->safe_psql('refilled', 'TRUNCATE crm.customer, crm.orders, crm."Calls", crm.email, crm.web_order, crm.web_line');
restore_ok($node, 'refilled', 'crm', '--disable-triggers');
isnt($node->safe_psql('refilled', 'SELECT * FROM winback.verify()'), '', 'rows that no trigger saw');
reattach('refilled');
is($node->safe_psql('refilled', 'SELECT * FROM winback.verify()'), '', 'are read again');
is($node->safe_psql('refilled', 'SELECT DISTINCT state FROM winback.source_status'), 'attached', 'and watched');
goes_on($node, 'refilled', 'int4');

# One table of the CRM: it was dropped, and comes back from the dump. In one transaction, or for a while nobody would
# have bought anything.
$node->safe_psql('postgres', 'CREATE DATABASE single TEMPLATE word');
$node->safe_psql('single', "$clock; DROP TABLE crm.orders");
is($node->safe_psql('single', "SELECT state, frozen > 0 FROM winback.source_status WHERE name = 'crm.orders'"),
	'detached|t', 'a table that was dropped is detached');
{
	local $ENV{PGOPTIONS} = '-c winback.as_of=2024-01-02T12:00Z';
	restore_ok($node, 'single', 'word_copy', '-n', 'crm', '-t', 'orders', '--single-transaction');
}
is($node->safe_psql('single', "SELECT state, frozen FROM winback.source_status WHERE name = 'crm.orders'"),
	'attached|0', 'restored alone, it is watched again');
is(differences($original{word}, told($node, 'single')), '', 'and the ledger says what it said');
goes_on($node, 'single', 'text');

# Over itself.
dump_ok('word', 'clean', '-Fc');
$node->safe_psql('postgres', 'CREATE DATABASE again TEMPLATE word');
$node->safe_psql('again', "DELETE FROM crm.orders WHERE order_id < 10; UPDATE winback.policy SET abc_a = 0.5");
restore_ok($node, 'again', 'clean', '--clean', '--if-exists');
is_moved($node, 'again', $original{word});
goes_on($node, 'again', 'text');

# Another cluster, where the role that gave the expressions is not, or is another number.
my $other = server('other');
$other->safe_psql('postgres', $_)
  foreach 'CREATE ROLE regress_somebody', 'CREATE ROLE regress_else SUPERUSER LOGIN', 'CREATE DATABASE foreign_copy';
restore_ok($other, 'foreign_copy', 'word_copy', '--no-owner', '--no-privileges', '-U', 'regress_else');
is_moved($other, 'foreign_copy', told($node, 'word', giver => 1), giver => 1);
goes_on($other, 'foreign_copy', 'text');

# The whole cluster.
my $whole = server('whole');
$node->command_ok([ 'pg_dumpall', '-f', "$files/all.sql", '--no-sync', '-d', $node->connstr ], 'pg_dumpall');
$whole->command_ok([ 'psql', '-X', '-q', '-d', $whole->connstr('postgres'), '-f', "$files/all.sql" ],
	'restored by psql');
foreach my $database (sort keys %type)
{
	is_moved($whole, $database, $original{$database});
	goes_on($whole, $database, $type{$database});
}

$_->stop foreach $node, $other, $whole;
done_testing();
