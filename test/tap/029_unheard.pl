# Watched tables whose changes go unheard, because they are gone or their triggers are: the worker tells the log, once,
# and again when they are others.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('unheard');
make_shop($node, 'shop');
$node->safe_psql('shop', <<'SQL');
CREATE TABLE calls (call_id int, client_id int, began timestamptz, seconds int);
CREATE INDEX ON calls (client_id);
SELECT winback.watch_calls('calls', 'call_id', 'client_id', 'began', 'seconds');
SQL

# What the worker has told the log of unheard tables so far.
sub told
{
	return join "\n", slurp_file($node->logfile) =~ /DETAIL:  (These watched tables are not attached: .*)/g;
}

# Two runs of the worker.
my $client = 0;
sub runs
{
	foreach (1 .. 2)
	{
		order($node, 'shop', ++$client);
		is_lost($node, 'shop', $client, "client $client");
	}
	no_worker($node, 'the runs are over');
	return;
}

runs();
is(told(), '', 'nothing is told where every table is attached');

$node->safe_psql('shop', 'SET client_min_messages = error; ALTER TABLE calls DISABLE TRIGGER ALL');
runs();
my $lost = 'These watched tables are not attached: public.calls (triggers lost).';
is(told(), $lost, 'lost triggers are told of once');

$node->safe_psql('shop', 'SET client_min_messages = error; DROP TABLE calls');
runs();
my $detached = 'These watched tables are not attached: public.calls (detached).';
is(told(), "$lost\n$detached", 'so is a table that is gone');

$node->safe_psql('shop', "SELECT winback.unwatch(relation) FROM winback.source_status WHERE state = 'detached'");
runs();
is(told(), "$lost\n$detached", 'nothing more is told when all is well again');
$node->stop;
done_testing();
