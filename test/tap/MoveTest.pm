# What the tests of moving a database share: a shop with a ledger that has everything in it, with client keys of a type
# of choice; what that ledger says; and whether it goes on where it has arrived.
package MoveTest;

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Exporter 'import';
our @EXPORT = qw(fill_shop told differences is_moved goes_on enabled_triggers);

# How the tests write client number $n with keys of a type.
my %key = (
	int4 => sub { shift },
	uuid => sub { sprintf '00000000-0000-4000-8000-%012d', shift },
	text => sub { 'C-' . shift });

# SQL for the key of the client whose number an SQL expression yields.
sub key_of
{
	my ($type, $number) = @_;
	return "($number)::int4" if $type eq 'int4';
	return "format('00000000-0000-4000-8000-%s', lpad(($number)::text, 12, '0'))::uuid" if $type eq 'uuid';
	return "'C-' || ($number)";
}

# Fills a new database with a CRM whose keys are of this type, watched by $watcher, and a ledger with every kind of row:
# changes of status, tasks open and done, events, a rejected row, settings of its own.
sub fill_shop
{
	my ($node, $database, $type, $watcher) = @_;
	my ($client, $three, $five, $seven) = (key_of($type, 'i'), map { key_of($type, $_) } 3, 5, 7);
	my ($forty, $more, $gone) = map { key_of($type, $_) } 40, 41, 99;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, <<"SQL");
CREATE EXTENSION winback;
CREATE SCHEMA crm AUTHORIZATION $watcher;
CREATE TABLE crm.customer (id $type PRIMARY KEY, name text);
CREATE TABLE crm.orders (order_id int PRIMARY KEY, client $type NOT NULL, placed_at timestamptz, cents int);
CREATE INDEX ON crm.orders (client);
CREATE TABLE crm."Calls" (call_id int, client $type, began timestamptz, seconds int);
CREATE FUNCTION crm.euro(int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT \$1 / 100.0';
CREATE TABLE crm.email (address text PRIMARY KEY, client $type);
CREATE INDEX ON crm.email (client);
CREATE TABLE crm.web_order (id int PRIMARY KEY, address text, placed_at timestamptz);
CREATE INDEX ON crm.web_order (address);
CREATE TABLE crm.web_line (web_order int, cents int);
CREATE INDEX ON crm.web_line (web_order);
ALTER TABLE crm.email OWNER TO $watcher;
ALTER TABLE crm.web_order OWNER TO $watcher;
ALTER TABLE crm.web_line OWNER TO $watcher;
ALTER TABLE crm.customer OWNER TO $watcher;
ALTER TABLE crm.orders OWNER TO $watcher;
ALTER TABLE crm."Calls" OWNER TO $watcher;
SELECT winback.init('$type');
SELECT winback.grant_admin('$watcher');
SET ROLE $watcher;
SET search_path = crm, public;
SELECT winback.watch_clients('customer', 'id', 'name');
SELECT winback.watch_orders('orders', 'client', 'placed_at', 'euro(cents)', counts_when => 'cents <> 13');
SELECT winback.watch_calls('"Calls"', 'call_id', 'client', 'began', 'seconds');
SELECT winback.watch_aliases('email', 'address', 'client');
SELECT winback.watch_orders('web_order', 'address', 'placed_at', order_id => 'id', by_alias => true);
SELECT winback.watch_order_lines('web_line', 'web_order', 'web_order', 'euro(cents)');
RESET ROLE;
SELECT winback.attach_view('crm.standing', 'crm.customer');
SET winback.as_of = '2024-01-01 12:00+00';
UPDATE winback.policy SET timezone = 'Europe/Berlin', abc_a = 0.7;
UPDATE winback.rule SET after = '2 months' WHERE rule = 'silence';
INSERT INTO winback.calendar VALUES ('2024-01-06');
INSERT INTO customer SELECT $client, 'Client ' || i FROM generate_series(1, 41) i;
INSERT INTO orders
SELECT i, $client, timestamptz '2023-01-01 10:00+00' + i * interval '9 days', i * 1000 FROM generate_series(1, 40) i;
INSERT INTO orders SELECT 100 + i, $client, '2023-12-30 10:00+00', 500 FROM generate_series(1, 2) i;
INSERT INTO orders SELECT 103, $client, 'infinity', 500 FROM generate_series(2, 2) i;
INSERT INTO web_line VALUES (1, 700), (1, 50), (2, 800), (3, 900);
INSERT INTO web_order VALUES (1, 'twenty', '2023-06-20 10:00+00'), (2, 'nobody', '2023-06-20 10:00+00');
INSERT INTO email SELECT 'twenty', $client FROM generate_series(20, 20) i;
SELECT winback.merge_clients($more, $forty), winback.record_event($gone, 'conflict', '2023-12-30 09:00+00');
SELECT winback.write_off($seven, 'bankrupt'), winback.record_event($five, 'complaint', '2023-12-31 09:00+00');
SELECT winback.sweep();
SET winback.as_of = '2024-01-02 12:00+00';
INSERT INTO "Calls" VALUES (1, $three, '2024-01-02 09:00+00', 60);
SELECT winback.complete_task((SELECT task_id FROM winback.task WHERE client_id = $three), 'comes back', '1');
SELECT winback.erase_client($gone);
SELECT winback.classify();
SQL
	return;
}

# What a database's ledger says at one instant; of its sources without who gave them, where that is to differ.
sub told
{
	my ($node, $database, %but) = @_;
	my @queries = map { "SELECT * FROM winback.$_ ORDER BY 1, 2" }
	  qw(clients task event rule rule_history policy abc_limit interaction_status calendar task_kind merged ledger stale);
	my $giver = $but{giver} ? '' : 'given_by,';
	push @queries,
	  "SELECT kind, relation, name, state, $giver expressions, rejected FROM winback.source_status ORDER BY 1";
	push @queries, 'SELECT * FROM crm.standing ORDER BY 1';
	push @queries, 'SELECT * FROM winback.status_change ORDER BY change_id';
	push @queries, 'SELECT source, row, reason FROM winback.rejected';
	push @queries,
	  'SELECT l.* FROM winback.client c JOIN winback.life_cycle l USING (client_id) ORDER BY client_id, position';
	return $node->safe_psql($database, join('; ', "SET winback.as_of = '2024-01-02 12:00+00'", @queries));
}

# The lines that are in one text only.
sub differences
{
	my ($before, $after) = @_;
	my (%count, @lines);
	$count{$_}++ foreach split /\n/, $before;
	$count{$_}-- foreach split /\n/, $after;
	push @lines, ($count{$_} > 0 ? '- ' : '+ ') . $_ foreach grep { $count{$_} != 0 } sort keys %count;
	return join("\n", @lines);
}

# The capture triggers and how they are enabled.
sub enabled_triggers
{
	my ($node, $database) = @_;
	return $node->safe_psql($database, <<'SQL');
SELECT format('%s %s %s', tgrelid::regclass, replace(tgname, 'winback_capture_', ''), tgenabled)
  FROM pg_trigger WHERE tgname LIKE 'winback_capture%' ORDER BY 1
SQL
}

# The ledger says what the original's does, is right, and watches.
sub is_moved
{
	my ($node, $database, $original, %but) = @_;
	is(differences($original, told($node, $database, %but)), '', "$database: the ledger says the same");
	is($node->safe_psql($database, 'SELECT * FROM winback.verify()'), '', "$database: it is right");
	is($node->safe_psql($database, 'SELECT DISTINCT state FROM winback.source_status'),
		'attached', "$database: every source is attached");
	unlike(enabled_triggers($node, $database), qr/ [^A]$/m, "$database: the triggers fire always");
	return;
}

# What is written now counts, events and rejected rows too, and the sweep works.
sub goes_on
{
	my ($node, $database, $type) = @_;
	my ($client, $three, $five, $seven) = (key_of($type, 'i'), map { key_of($type, $_) } 3, 5, 7);
	$node->safe_psql($database, <<"SQL");
SET winback.as_of = '2024-01-03 12:00+00';
INSERT INTO crm.orders SELECT 200 + i, $client, '2024-01-03 10:00+00', 900 FROM generate_series(3, 3) i;
INSERT INTO crm.orders SELECT 300 + i, $client, '2024-01-03 10:00+00', 13 FROM generate_series(50, 50) i;
INSERT INTO crm.orders SELECT 400 + i, $client, '-infinity', 900 FROM generate_series(3, 3) i;
INSERT INTO crm.web_line VALUES (1, 25);
INSERT INTO crm.web_order SELECT 3, address, '2023-06-21 10:00+00' FROM crm.email;
INSERT INTO crm.email SELECT 'nobody', client FROM crm.email;
UPDATE crm.customer SET name = 'Mrs Seven' WHERE id = $seven;
SELECT winback.record_event($five, 'nps', '2024-01-03 09:00+00', 2), winback.take_back($seven, 'paid');
SELECT winback.sweep();
SQL
	is( $node->safe_psql($database, "SET winback.as_of = '2024-01-03 12:00+00';
	      SELECT replace(client_id::text, $three\::text, 'three'), name, status, orders, revenue FROM winback.clients
	       WHERE client_id IN ($three, $seven) ORDER BY client_id"),
		"three|Client 3|active|2|39.0000000000000000\n" . $key{$type}->(7) . '|Mrs Seven|lost|1|70.0000000000000000',
		"$database: what is written now counts");
	is( $node->safe_psql($database, 'SELECT orders, revenue::numeric(9, 2) FROM winback.clients JOIN crm.email e
	                                  ON e.client = client_id WHERE address = \'twenty\''),
		'4|224.75', "$database: and so do aliases and lines");
	is($node->safe_psql($database, 'SELECT count(*) FROM winback.rejected'), 2, "$database: what cannot is listed");
	is($node->safe_psql($database, 'SELECT * FROM winback.verify()'), '', "$database: and it is right still");
	return;
}

1;
