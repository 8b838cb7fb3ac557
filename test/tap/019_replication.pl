# A subscriber whose watched table is filled by logical replication counts its rows.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $table = 'CREATE TABLE orders (order_id int PRIMARY KEY, client_id int, placed_at timestamptz, amount numeric)';
my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
$publisher->safe_psql('postgres', $table);
$publisher->safe_psql('postgres', "INSERT INTO orders VALUES (1, 1, '2024-01-01 10:00+00', 5)");
$publisher->safe_psql('postgres', 'CREATE PUBLICATION shop FOR TABLE orders');

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;
$subscriber->safe_psql('postgres', <<"SQL");
CREATE EXTENSION winback;
$table;
CREATE INDEX ON orders (client_id);
SELECT winback.watch_orders('orders', 'client_id', 'placed_at', 'amount');
SQL
my $connection = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION shop CONNECTION '$connection' PUBLICATION shop");
$subscriber->wait_for_subscription_sync($publisher, 'shop');

my $clients = 'SELECT client_id, orders, revenue FROM winback.clients WHERE orders > 0 ORDER BY 1';
is($subscriber->safe_psql('postgres', $clients), '1|1|5', 'the first copy counts');

$publisher->safe_psql('postgres', <<'SQL');
BEGIN;
INSERT INTO orders VALUES (2, 2, '2024-01-02 10:00+00', 7), (3, 1, '2024-01-03 10:00+00', 8);
UPDATE orders SET amount = 6 WHERE order_id = 1;
COMMIT;
SQL
$publisher->wait_for_catchup('shop');
is($subscriber->safe_psql('postgres', $clients), "1|2|14\n2|1|7", 'rows that come and change count');
$publisher->safe_psql('postgres', 'DELETE FROM orders WHERE client_id = 2');
$publisher->wait_for_catchup('shop');
is($subscriber->safe_psql('postgres', $clients), '1|2|14', 'rows that go do too');
$publisher->safe_psql('postgres', 'TRUNCATE orders');
$publisher->wait_for_catchup('shop');
is($subscriber->safe_psql('postgres', $clients), '', 'and TRUNCATE');
is($subscriber->safe_psql('postgres', 'SELECT * FROM winback.verify()'), '', 'the ledger is right');

$subscriber->stop;
$publisher->stop;
done_testing();
