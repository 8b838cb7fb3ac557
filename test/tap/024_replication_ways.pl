# Logical replication into a watched, partitioned table: published as the root or leaf by leaf, copied first and then
# streamed, also in pieces of long transactions and in two phases; rows that cannot be facts do not stop it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tables = <<'SQL';
CREATE TABLE orders (order_id int, client_id int, placed_at timestamptz, amount numeric,
    PRIMARY KEY (order_id, placed_at)) PARTITION BY RANGE (placed_at);
CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00+00');
CREATE TABLE orders_new PARTITION OF orders FOR VALUES FROM ('2024-01-01 00:00+00') TO (MAXVALUE);
SQL
my $publisher = PostgreSQL::Test::Cluster->new('source');
$publisher->init(allows_streaming => 'logical');
$publisher->append_conf('postgresql.conf', "logical_decoding_work_mem = 64kB\nmax_prepared_transactions = 5");
$publisher->start;
$publisher->safe_psql('postgres', $tables);
$publisher->safe_psql('postgres', <<'SQL');
INSERT INTO orders SELECT i, i % 10, timestamptz '2023-12-01 10:00+00' + i * interval '1 day', i
  FROM generate_series(1, 60) i;
INSERT INTO orders VALUES (0, 1, '2023-12-01 10:00+00', 'NaN');
CREATE PUBLICATION root FOR TABLE orders WITH (publish_via_partition_root = true);
CREATE PUBLICATION leaf FOR TABLE orders WITH (publish_via_partition_root = false);
SQL

my $subscriber = PostgreSQL::Test::Cluster->new('target');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "max_prepared_transactions = 5\nwinback.naptime = 1");
$subscriber->start;
my @ways = qw(root leaf);
foreach my $way (@ways)
{
	$subscriber->safe_psql('postgres', "CREATE DATABASE $way");
	$subscriber->safe_psql($way, <<"SQL");
CREATE EXTENSION winback;
$tables
CREATE INDEX ON orders (client_id);
SELECT winback.watch_orders('orders', 'client_id', 'placed_at', 'amount');
SQL
	my $connection = $publisher->connstr . ' dbname=postgres';
	$subscriber->safe_psql($way, "CREATE SUBSCRIPTION $way CONNECTION '$connection' PUBLICATION $way
	                              WITH (streaming = on, two_phase = on)");
	$subscriber->wait_for_subscription_sync($publisher, $way, $way);
}

my $clients = 'SELECT client_id, orders, revenue FROM winback.clients WHERE orders <> 0 ORDER BY 1';
my $expected = "SELECT client_id, count(*), sum(amount) FROM orders WHERE amount <> 'NaN' GROUP BY 1 ORDER BY 1";
my $rejected = "SELECT row->>'order_id' FROM winback.rejected ORDER BY 1";

# Runs SQL at the publisher; then both subscribers know the same as it.
sub arrives
{
	my ($name, $sql) = @_;
	$publisher->safe_psql('postgres', $sql);
	foreach my $way (@ways)
	{
		$publisher->wait_for_catchup($way);
		ok($subscriber->poll_query_until($way, 'SELECT count(*) = 0 FROM winback.stale'), "$way: $name: nothing is stale");
		is($subscriber->safe_psql($way, $clients), $publisher->safe_psql('postgres', $expected), "$way: $name");
		is($subscriber->safe_psql($way, 'SELECT * FROM winback.verify()'), '', 'and the ledger is right');
	}
	return;
}

arrives('the first copy', 'SELECT 1');
is($subscriber->safe_psql($_, $rejected), '0', "$_: what cannot be a fact is listed") foreach @ways;
arrives('rows that come', "INSERT INTO orders VALUES (100, 11, '2023-11-01', 5), (101, 11, '2024-11-01', 6)");
arrives('rows that change', 'UPDATE orders SET amount = amount + 1, client_id = client_id + 1 WHERE order_id % 7 = 0');
arrives('rows that move between partitions',
	"UPDATE orders SET placed_at = placed_at + interval '1 year' WHERE order_id IN (3, 13, 100)");
arrives('rows that go', 'DELETE FROM orders WHERE order_id BETWEEN 20 AND 40');
arrives('written to a leaf', "INSERT INTO orders_new VALUES (110, 112, '2024-05-01', 5)");

# One row that is none of a fact among others: the others count, and replication goes on.
arrives('rows with one that cannot be a fact',
	"INSERT INTO orders VALUES (120, 13, '2024-05-01', 1), (121, 13, '2024-05-02', 'NaN'), (122, 13, '2024-05-03', 2)");
is($subscriber->safe_psql($_, $rejected), "0\n121", "$_: it is listed") foreach @ways;
arrives('a mended row', 'UPDATE orders SET amount = 4 WHERE order_id = 121');
is($subscriber->safe_psql($_, $rejected), '0', "$_: and leaves the list") foreach @ways;

# A transaction so long that it is streamed while it is under way, with savepoints; one of them comes to nothing.
my $long = "INSERT INTO orders SELECT 1000 + i, i % 50, timestamptz '2023-06-01' + i * interval '1 hour', i
              FROM generate_series(1, 5000) i;";
arrives('a long transaction', "BEGIN; $long SAVEPOINT a; UPDATE orders SET amount = 0 WHERE order_id > 3000;
	ROLLBACK TO a; DELETE FROM orders WHERE order_id > 5990; COMMIT");
arrives('a long one that is rolled back', 'BEGIN; UPDATE orders SET amount = 1, client_id = 77; ROLLBACK');

# Two phases.
$publisher->safe_psql('postgres', $_)
  foreach "BEGIN; INSERT INTO orders VALUES (200, 14, '2024-05-01', 1); PREPARE TRANSACTION 'kept'",
  "BEGIN; DELETE FROM orders WHERE order_id = 122; PREPARE TRANSACTION 'undone'";
$publisher->wait_for_catchup($_) foreach @ways;
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM pg_prepared_xacts'), '4',
	'prepared at the subscriber, too');
arrives('COMMIT PREPARED', "COMMIT PREPARED 'kept'");
arrives('ROLLBACK PREPARED', "ROLLBACK PREPARED 'undone'");

# A client that is held at the subscriber keeps nobody waiting.
foreach my $way (@ways)
{
	$subscriber->safe_psql($way, "BEGIN; UPDATE orders SET amount = amount WHERE order_id = 110;
		SELECT winback.record_event(112, 'nps', '2024-05-01', 9); PREPARE TRANSACTION 'holder_$way'");
}
$publisher->safe_psql('postgres', "INSERT INTO orders VALUES (111, 112, '2024-05-02', 5), (112, 115, '2024-05-02', 5)");
foreach my $way (@ways)
{
	$publisher->wait_for_catchup($way);
	is($subscriber->safe_psql($way, 'SELECT client_id, orders, stale FROM winback.clients WHERE client_id IN (112, 115)
	                                  ORDER BY 1'), "112|1|t\n115|1|f", "$way: a held client becomes stale");
	$subscriber->safe_psql($way, "COMMIT PREPARED 'holder_$way'");
}
arrives('what was held', 'SELECT 1');
arrives('TRUNCATE', "BEGIN; TRUNCATE orders; INSERT INTO orders VALUES (1, 1, '2024-05-01', 1); COMMIT");
is($subscriber->safe_psql($_, $rejected), '', "$_: the list of what cannot be a fact is empty with it") foreach @ways;

# A worker of the server's own that comes before its predecessor has gone says so, and comes again.
my @failures = grep { /(?:PANIC|FATAL|ERROR): / && !/replication origin with ID \d+ is already active/ }
  split /\n/, slurp_file($subscriber->logfile);
is("@failures", '', 'no failure in the log of the subscriber');
$subscriber->stop;
$publisher->stop;
done_testing();
