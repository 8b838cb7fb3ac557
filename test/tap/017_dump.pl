# A dump, plain or custom, carries the ledger whole: a restored database has its clients, history, tasks, settings and
# watches, and goes on from there.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
# Without the worker: nothing changes between the dump and the look at it.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', <<'SQL');
CREATE EXTENSION winback;
CREATE SCHEMA crm;
CREATE TABLE crm.orders (order_id serial PRIMARY KEY, client text NOT NULL, placed_at timestamptz, cents int);
CREATE INDEX ON crm.orders (client);
CREATE TABLE crm."Calls" (call_id int, client text, began timestamptz, seconds int);
SET search_path = crm, public;
SELECT winback.watch_orders('orders', 'client', 'placed_at', 'cents / 100.0', counts_when => 'cents <> 13');
SELECT winback.watch_calls('"Calls"', 'call_id', 'client', 'began', 'seconds');
CREATE TABLE crm.customers (code text PRIMARY KEY, status int);
INSERT INTO crm.customers VALUES ('C-1', 1), ('C-3', 2), ('unknown', 3);
SELECT winback.watch_clients('customers', 'code');
SELECT winback.attach_view('customers_now', 'customers');
SET winback.as_of = '2024-01-01 12:00+00';
UPDATE winback.policy SET timezone = 'Europe/Berlin', abc_a = 0.7;
UPDATE winback.rule SET after = '2 months' WHERE rule = 'silence';
INSERT INTO orders (client, placed_at, cents)
SELECT 'C-' || i, timestamptz '2023-01-01 10:00+00' + i * interval '9 days', i * 1000 FROM generate_series(1, 40) i;
INSERT INTO orders (client, placed_at, cents) VALUES ('C-1', '2023-12-30 10:00+00', 500), ('C-2', 'infinity', 500);
SELECT winback.record_event('C-40', 'conflict', '2023-12-31 09:00+00'), winback.write_off('C-7', 'bankrupt');
SELECT winback.sweep();
SET winback.as_of = '2024-01-02 12:00+00';
INSERT INTO "Calls" VALUES (1, 'C-3', '2024-01-02 09:00+00', 60);
SELECT winback.complete_task((SELECT task_id FROM winback.task WHERE client_id = 'C-3'), 'comes back', '1');
SELECT winback.classify();
BEGIN;
INSERT INTO winback.script (script, title) VALUES ('delivery', 'After a delivery');
INSERT INTO winback.script_node VALUES ('delivery', 'on_time', 1, 'choice', 'Was it on time?');
INSERT INTO winback.script_answer
VALUES ('delivery', 'on_time', 'yes', 1, 'Yes'), ('delivery', 'on_time', 'no', 2, 'No');
COMMIT;
UPDATE winback.script_node SET question = 'Why that score?' WHERE script = 'nps' AND node = 'reason';
UPDATE winback.playbook_step SET script = 'nps' WHERE script = 'return_survey';
DELETE FROM winback.script WHERE script = 'return_survey';
INSERT INTO winback.survey_answer (client_id, script, node, answers) VALUES ('C-3', 'delivery', 'on_time', '{no}');
INSERT INTO winback.survey_answer (client_id, script, node, score) VALUES ('C-3', 'nps', 'recommend', 2);
SQL

# What a database's ledger says, at one instant.
sub told
{
	my ($database) = @_;
	my @queries = map { "SELECT * FROM winback.$_ ORDER BY 1, 2" }
	  qw(clients task event rule rule_history policy abc_limit interaction_status ledger source_status stale);
	push @queries, map { "SELECT * FROM winback.$_ ORDER BY 1, 2, 3" }
	  qw(script script_node script_answer survey_answers survey_results);
	push @queries, 'SELECT * FROM winback.status_change ORDER BY change_id';
	push @queries, 'SELECT * FROM winback.client_version ORDER BY client_id, recorded_at';
	push @queries, "SELECT * FROM winback.clients_as_of('2023-10-01') ORDER BY client_id";
	push @queries, 'SELECT source, row, reason FROM winback.rejected';
	push @queries, "SELECT * FROM winback.life_cycle WHERE client_id = 'C-3' ORDER BY position";
	push @queries, 'SELECT * FROM crm.customers_now ORDER BY code';
	return $node->safe_psql($database, join('; ', "SET winback.as_of = '2024-01-02 12:00+00'", @queries));
}

my $original = told('shop');
like($original, qr/^C-3\|.*comes back/m, 'the original has what there is to tell');
my $file = "$PostgreSQL::Test::Utils::tmp_check/shop";
$node->command_ok([ 'pg_dump', '-d', $node->connstr('shop'), '-Fp', '-f', "$file.sql" ], 'plain dump');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('shop'), '-Fc', '-f', "$file.dump" ], 'custom dump');
$node->safe_psql('postgres', "CREATE DATABASE $_") foreach qw(plain custom);
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'), '-f', "$file.sql" ],
	'restored by psql');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), "$file.dump" ],
	'restored by pg_restore');

foreach my $database (qw(plain custom))
{
	is(told($database), $original, "$database: the restored ledger says the same");
	is($node->safe_psql($database, 'SELECT * FROM winback.verify()'), '', "$database: it is right");
	is($node->safe_psql($database, 'SELECT DISTINCT state FROM winback.source_status'),
		'attached', "$database: every source is attached");
	$node->safe_psql($database, <<'SQL');
SET winback.as_of = '2024-01-03 12:00+00';
INSERT INTO crm.orders (client, placed_at, cents)
VALUES ('C-3', '2024-01-03 10:00+00', 900), ('new', '2024-01-03 10:00+00', 13);
SELECT winback.record_event('C-5', 'nps', '2024-01-03 09:00+00', 2), winback.take_back('C-7', 'paid');
SELECT winback.sweep();
SQL
	is( $node->safe_psql($database, "SET winback.as_of = '2024-01-03 12:00+00';
	                                 SELECT client_id, status, orders FROM winback.clients
	                                  WHERE client_id IN ('C-3', 'C-7', 'new') ORDER BY 1"),
		"C-3|active|2\nC-7|lost|1", "$database: what is written now counts");
	is($node->safe_psql($database, 'SELECT * FROM winback.verify()'), '', "$database: and it is right still");
	is($node->safe_psql($database, 'SELECT winback.init(NULL); SELECT * FROM winback.verify()'),
		'', "$database: init(NULL) finds nothing amiss");
}

$node->stop;
done_testing();
