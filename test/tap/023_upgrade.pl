# pg_upgrade, by copy and by link, carries the ledger: what was known is known, and watching and the worker go on. It is
# the server's version that is new; here it is the same one, which pg_upgrade treats alike.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use MoveTest;

my ($bindir) = run_command([ 'pg_config', '--bindir' ]);
my %type = (number => 'int4', universal => 'uuid', word => 'text');

# A cluster in the locale that all of these have.
sub cluster
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'winback'\nwinback.naptime = 1");
	return $node;
}

my $old = cluster('old');
# The worker must not change what is to be compared.
$old->append_conf('postgresql.conf', 'winback.naptime = 86400');
$old->start;
$old->safe_psql('postgres', 'CREATE ROLE regress_watcher');
fill_shop($old, $_, $type{$_}, 'regress_watcher') foreach sort keys %type;
my %original = map { $_ => told($old, $_) } keys %type;
my $triggers = enabled_triggers($old, 'word');
$old->stop;

foreach my $way ('--copy', '--link')
{
	my $new = cluster("new$way");
	$new->append_conf('postgresql.conf', 'winback.naptime = 86400');
	my @command = (
		'pg_upgrade', '--no-sync', $way eq '--link' ? $way : (), '-b', $bindir, '-B', $bindir,
		'-d', $old->data_dir, '-D', $new->data_dir, '-s', $new->host, '-p', $old->port, '-P', $new->port);
	$old->command_ok(\@command, "pg_upgrade $way");
	$new->start;
	foreach my $database (sort keys %type)
	{
		is_moved($new, $database, $original{$database});
		goes_on($new, $database, $type{$database});
	}
	is(enabled_triggers($new, 'word'), $triggers, "$way: the triggers are those that were");

	# The worker.
	$new->append_conf('postgresql.conf', 'winback.naptime = 1');
	$new->reload;
	$new->safe_psql('word', "INSERT INTO crm.orders VALUES (900, 'C-900', now() - interval '3 months', 100)");
	ok( $new->poll_query_until(
			'word', "SELECT count(*) > 0 FROM winback.task WHERE client_id = 'C-900' AND status = 'open'"),
		"$way: the worker works");
	is($new->safe_psql('word', 'SELECT * FROM winback.verify()'), '', "$way: and well");
	my @failures = grep { /(?:PANIC|FATAL|ERROR): / } split /\n/, slurp_file($new->logfile);
	is("@failures", '', "$way: no failure in its log");
	$new->stop;
}

done_testing();
