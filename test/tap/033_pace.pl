# A cause is fixed: the worker lets the processes go on that wait for it, more than a batch of them, and comes again
# when there is room for those that were left over.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('pace');
make_shop($node, 'shop');
$node->safe_psql('shop', <<'SQL');
INSERT INTO orders (client_id, placed_at) SELECT i, now() - interval '1 hour' FROM generate_series(1, 1502) i;
SQL
ok($node->poll_query_until('shop', "SELECT count(*) = 1502 FROM winback.task WHERE status = 'open'"),
	'everybody is lost');

# Two wait for the service to be better, the others for the product.
$node->safe_psql('shop', <<'SQL');
DO $$ BEGIN
  PERFORM winback.start_process(i, 'return') FROM generate_series(1, 1502) i;
  PERFORM winback.complete_task(task_id, CASE WHEN client_id > 1500 THEN 'service' ELSE 'product_quality' END)
     FROM winback.task WHERE status = 'open' AND process_id IS NOT NULL;
END $$;
UPDATE winback.cause SET fixed_on = current_date - 1 WHERE cause = 'product_quality';
SQL
ok( $node->poll_query_until('shop', "SELECT count(*) = 2 FROM winback.process WHERE waits_for IS NOT NULL"),
	'1500 go on at once, and nobody else');

# Who is dealt to has no room for one of the two before a task is closed.
$node->safe_psql('shop', <<'SQL');
INSERT INTO winback.return_manager (manager, capacity) VALUES ('ann', 1501);
UPDATE winback.task SET assignee = 'ann' WHERE status = 'open' AND process_id IS NOT NULL;
UPDATE winback.cause SET fixed_on = current_date - 1 WHERE cause = 'service';
SQL
my $waiting = "SELECT count(*) = %s FROM winback.process WHERE waits_for IS NOT NULL";
ok($node->poll_query_until('shop', sprintf($waiting, 1)), 'one goes on as far as there is room');
no_worker($node, 'the worker does not wait for more room');
is($node->safe_psql('shop', sprintf($waiting, 1)), 't', 'the other waits');
$node->safe_psql('shop', <<'SQL');
UPDATE winback.task SET assignee = 'eve' WHERE assignee = 'ann' AND status = 'open' AND client_id = 1;
SQL
ok($node->poll_query_until('shop', sprintf($waiting, 0)), 'a task is handed over: the worker comes, and it goes on');

$node->stop;
done_testing();
