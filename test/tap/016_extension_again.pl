# DROP EXTENSION takes code, views and triggers, and leaves the history; CREATE EXTENSION and init(NULL) bring them
# back, and count what was written meanwhile.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('again');
make_shop($node, 'shop');
order($node, 'shop', 1);
is_lost($node, 'shop', 1, 'a client with a history');
$node->safe_psql('shop', "UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");
$node->safe_psql('shop', "SELECT winback.record_event(2, 'conflict')");
no_worker($node, 'idle');

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# Every view, function-made trigger and table of the ledger, to be the same before and after.
my $objects = <<'SQL';
SELECT relkind, relname FROM pg_class WHERE relnamespace = 'winback'::regnamespace AND relkind IN ('r', 'v', 'i')
UNION ALL
SELECT 't', format('%s.%s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
 WHERE tgfoid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'winback'::regnamespace)
ORDER BY 1, 2
SQL
my $history = 'SELECT * FROM winback.status_change WHERE withdrawn_at IS NULL ORDER BY change_id';
my %before = (
	objects => shop($objects),
	history => shop($history),
	tasks => shop('SELECT * FROM winback.task ORDER BY task_id'),
	clients => shop('SELECT * FROM winback.clients ORDER BY client_id'),
	ledger => shop('SELECT * FROM winback.ledger'));

# With everything in place init() changes nothing.
shop('SELECT winback.init(NULL)');
is(shop($objects), $before{objects}, 'init(NULL) over a whole ledger');
is(shop($history), $before{history}, 'leaves the history as it is');

my ($code, undef, $errors) = $node->psql('shop', 'DROP EXTENSION winback');
isnt($code, 0, 'DROP EXTENSION does not take views and triggers unasked');
shop('DROP EXTENSION winback CASCADE');
is(shop($history), $before{history}, 'the history stays');
is(shop("SELECT to_regclass('winback.clients'), to_regclass('winback.open_tasks')"), '|', 'the views do not');
shop('INSERT INTO orders (client_id, placed_at) VALUES (3, now())');

shop('CREATE EXTENSION winback');
shop('SELECT winback.init(NULL)');
is(shop($objects), $before{objects}, 'views and triggers are back');
is(shop($history), $before{history}, 'with the history');
is(shop('SELECT * FROM winback.task ORDER BY task_id'), $before{tasks}, 'and the tasks');
is(shop('SELECT * FROM winback.ledger'), $before{ledger}, 'of the ledger that was');
is(shop('SELECT * FROM winback.verify()'), '', 'the ledger is right');
is(shop('SELECT * FROM winback.clients WHERE client_id < 3 ORDER BY client_id'),
	$before{clients}, 'clients are as they were');
is(shop('SELECT status, orders FROM winback.clients WHERE client_id = 3'),
	'active|1', 'what was written meanwhile counts');
shop('INSERT INTO orders (client_id, placed_at) VALUES (2, now())');
is(shop('SELECT status, times_returned FROM winback.clients WHERE client_id = 2'),
	'active|1', 'and so does what is written now');
is(shop('SELECT DISTINCT state FROM winback.source_status'), 'attached', 'every source is attached');
shop('SELECT winback.merge_clients(3, 2)');
is(shop('SELECT client_id, orders FROM winback.clients WHERE orders > 0 ORDER BY 1'),
	"1|1\n2|2", 'clients can be merged');
is(shop("SELECT count(*) FROM pg_depend d JOIN pg_depend m ON m.classid = d.refclassid AND m.objid = d.refobjid
          WHERE m.deptype = 'e' AND d.classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass)"),
	'0', 'no default and no constraint would go with the extension');

$node->stop;
done_testing();
