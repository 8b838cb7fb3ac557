# Prepared transactions over a crash, with many clients, a TRUNCATE, a change of the rules and a task among them, some
# committed and some rolled back after it; whatever others did meanwhile is there as well.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('many');
make_shop($node, 'shop');

# Runs SQL in the shop; the result is what it prints.
sub shop { return $node->safe_psql('shop', shift); }

# Nothing is stale any more, and the ledger is right and says what the orders say.
sub is_right
{
	my ($name) = @_;
	ok($node->poll_query_until('shop', 'SELECT count(*) = 0 FROM winback.stale'), "$name: nothing is stale");
	is(shop('SELECT * FROM winback.verify()'), '', "$name: the ledger is right");
	is(shop('SELECT client_id, orders FROM winback.clients WHERE orders > 0 ORDER BY 1'),
		shop('SELECT client_id, count(*) FROM orders GROUP BY 1 ORDER BY 1'), "$name: and says what the orders say");
	return;
}

# The server stops without a checkpoint, and comes back.
sub crash
{
	$node->stop('immediate');
	$node->start;
	return;
}

shop("UPDATE winback.rule SET after = interval '3 months' WHERE rule = 'silence'");
shop('CREATE TABLE calls (call_id int, client_id int, began timestamptz, seconds int)');
shop('CREATE INDEX ON calls (client_id)');
shop("SELECT winback.watch_calls('calls', 'call_id', 'client_id', 'began', 'seconds')");
shop('INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 3000) i');

# Four at once, each with a thousand clients: new ones, computed afresh ones, gone ones.
shop("BEGIN; INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 500) i;
      INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(10001, 10500) i;
      SAVEPOINT a; DELETE FROM orders WHERE client_id <= 100; ROLLBACK TO a; PREPARE TRANSACTION 'added'");
shop("BEGIN; UPDATE orders SET placed_at = placed_at - interval '1 year' WHERE client_id BETWEEN 1001 AND 2000;
      PREPARE TRANSACTION 'moved'");
shop("BEGIN; DELETE FROM orders WHERE client_id BETWEEN 2001 AND 2500; PREPARE TRANSACTION 'deleted'");
shop("BEGIN; UPDATE orders SET client_id = client_id + 20000 WHERE client_id > 2900; PREPARE TRANSACTION 'rekeyed'");
# Others write for all of these clients meanwhile.
my ($code) = $node->psql('shop',
	"SET client_min_messages = error;
	 INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1, 3000, 10) i");
is($code, 0, 'others commit');
my $stale = shop('SELECT count(*) FROM winback.stale');
cmp_ok($stale, '>', 150, 'and leave the held clients stale');
crash();
is(shop('SELECT count(*) FROM winback.stale'), $stale, 'the marks survive a crash');
shop("COMMIT PREPARED 'added'; ROLLBACK PREPARED 'moved'; COMMIT PREPARED 'rekeyed'");
crash();
shop("ROLLBACK PREPARED 'deleted'");
is_right('four transactions');
is(shop('SELECT count(*) FROM winback.clients WHERE client_id > 20000'), '100', 'with those that got another key');

# The same again the other way round.
shop("BEGIN; UPDATE orders SET placed_at = placed_at - interval '1 year' WHERE client_id BETWEEN 1001 AND 2000;
      PREPARE TRANSACTION 'moved'");
shop("BEGIN; DELETE FROM orders WHERE client_id BETWEEN 2001 AND 2500; PREPARE TRANSACTION 'deleted'");
$node->psql('shop', 'INSERT INTO orders (client_id, placed_at) SELECT i, now() FROM generate_series(1500, 2200, 10) i');
crash();
shop("COMMIT PREPARED 'moved'; COMMIT PREPARED 'deleted'");
is_right('two transactions');
my $lost = shop("SELECT count(*) FROM winback.status_change WHERE to_status = 'lost'");
cmp_ok($lost, '>', 900, 'the moved ones are lost');

# A change of the rules, prepared: everybody's dates hang on it.
shop("BEGIN; UPDATE winback.rule SET after = interval '1 month' WHERE rule = 'silence'; PREPARE TRANSACTION 'rules'");
$node->psql('shop', 'INSERT INTO orders (client_id, placed_at) VALUES (1, now()), (50001, now())');
crash();
$node->psql('shop', 'INSERT INTO orders (client_id, placed_at) VALUES (2, now()), (50002, now())');
shop("COMMIT PREPARED 'rules'");
is_right('rules');
is(shop("SELECT count(*) FROM winback.clients WHERE orders > 0 AND last_order_at > now() - interval '1 hour'
          AND lost_at > now() + interval '32 days'"), '0', 'all are dated by the new rule');

# TRUNCATE, prepared, and rolled back after a crash; then committed after another.
shop("BEGIN; TRUNCATE orders; PREPARE TRANSACTION 'truncated'");
crash();
shop("ROLLBACK PREPARED 'truncated'");
is_right('TRUNCATE that was rolled back');
shop("BEGIN; TRUNCATE orders; INSERT INTO orders (client_id, placed_at) VALUES (7, now());
      PREPARE TRANSACTION 'truncated'");
shop("SELECT winback.record_event(8, 'conflict')");
crash();
shop("COMMIT PREPARED 'truncated'");
is_right('TRUNCATE');

# A task, its call and its closing, prepared.
shop("SELECT winback.record_event(9, 'conflict')");
my $open = "SELECT count(*) = 1 FROM winback.task WHERE client_id = 9 AND status = 'open'";
ok($node->poll_query_until('shop', $open), 'a task');
my $close = "INSERT INTO calls VALUES (1, 9, now(), 60);
	SELECT winback.complete_task((SELECT task_id FROM winback.task WHERE client_id = 9), 'agreed', '1')";
shop("BEGIN; $close; PREPARE TRANSACTION 'closed'");
crash();
is(shop('SELECT status FROM winback.task WHERE client_id = 9'), 'open', 'prepared it is not closed');
shop("ROLLBACK PREPARED 'closed'");
is(shop('SELECT status FROM winback.task WHERE client_id = 9'), 'open', 'nor rolled back');
shop("BEGIN; $close; PREPARE TRANSACTION 'closed'");
crash();
shop("COMMIT PREPARED 'closed'");
is(shop('SELECT status, outcome FROM winback.task WHERE client_id = 9'), 'done|agreed', 'but committed');
is_right('a task');

my @failures = grep { /(?:PANIC|ERROR): / } split /\n/, slurp_file($node->logfile);
is("@failures", '', 'no failure in the log');
$node->stop;
done_testing();
