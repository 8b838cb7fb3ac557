# Closing a task is refused, and the session that tried goes away: a sweep of another one writes it down. Each database
# has its own, and a sweep that comes to nothing takes nothing.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('refused');
for my $database ('shop', 'store')
{
	make_shop($node, $database);
	$node->safe_psql($database, "INSERT INTO orders (client_id, placed_at) VALUES (1, now() - interval '1 hour')");
	ok($node->poll_query_until($database, "SELECT count(*) = 1 FROM winback.task WHERE status = 'open'"),
		"$database: a task");
}
my $try = "SELECT winback.complete_task(task_id, 'reached', 'no such call') FROM winback.task";
for (1 .. 3)
{
	my ($exit, $out, $err) = $node->psql('shop', $try);
	like($err, qr/call "no such call" does not close task/, 'refused');
}
$node->psql('store', 'UPDATE winback.task SET status = \'done\'');

my $written = "SELECT count(*), min(why), min(refused_by) = session_user FROM winback.refused_closing";
$node->psql('shop', 'BEGIN; SELECT winback.sweep(); ROLLBACK');
$node->safe_psql('shop', 'SELECT winback.sweep()');
is($node->safe_psql('shop', $written), '3|wrong call|t', 'three are written down');
$node->safe_psql('store', 'SELECT winback.sweep()');
is($node->safe_psql('store', $written), '1|no outcome|t', 'and the one of the other database there');
$node->safe_psql('shop', 'SELECT winback.sweep()');
is($node->safe_psql('shop', $written), '3|wrong call|t', 'none twice');

# More than there is room for, with no worker that takes some of them in the midst: the latest are kept.
$node->append_conf('postgresql.conf', 'winback.naptime = 86400');
$node->reload;
ok( $node->poll_query_until('shop',
		"SELECT last_end >= last_start AND last_start < clock_timestamp() - interval '3 seconds'
		   FROM winback._worker_status() WHERE database = 'shop'"),
	'the worker rests');
$node->safe_psql('shop', 'SELECT winback.sweep()');
$node->safe_psql('shop', <<"SQL");
DO \$\$ BEGIN
  FOR i IN 1 .. 600 LOOP
    BEGIN
      PERFORM winback.complete_task(task_id, 'reached') FROM winback.task;
    EXCEPTION WHEN check_violation THEN
    END;
  END LOOP;
END \$\$;
SELECT winback.sweep();
SQL
is($node->safe_psql('shop', "SELECT count(*) FROM winback.refused_closing WHERE why = 'no call'"), '512',
	'the latest 512 are written down');
is($node->safe_psql('shop', "SELECT sum(refused_closings) FROM winback.manager_discipline"), '515',
	'they count against the task');

$node->stop;
done_testing();
