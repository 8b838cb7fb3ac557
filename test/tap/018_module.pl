# The library in its host: which names it gives to other modules, and what it costs a backend that goes on for long.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('module');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION winback;
CREATE TABLE orders (client_id int, placed_at timestamptz, amount numeric);
CREATE INDEX ON orders (client_id);
SELECT winback.watch_orders('orders', 'client_id', 'placed_at', 'amount');
SQL

# What the library exports is the server's protocol and our own prefix. The loaded file is found by the process's map.
my $session = $node->background_psql('postgres');
my $pid = $session->query_safe('SELECT pg_backend_pid()');
$session->query_safe('SELECT winback.now()');
my ($library) = slurp_file("/proc/$pid/maps") =~ m{(/\S*/winback\.so)};
ok($library, 'the library is loaded') or BAIL_OUT('no library');
my ($names, $complaints) = run_command([ 'nm', '-D', '--defined-only', '-P', $library ]);
is($complaints, '', 'nm reads it');
my @foreign = grep { !/^(?:Pg_magic_func|_PG_init|pg_finfo_winback_\w+|winback_\w+) / } split /\n/, $names;
is("@foreign", '', 'only our own names are exported');
like($names, qr/^winback_capture_row T/m, 'and they are');

# Kilobytes of memory that a backend has to itself.
sub private_memory
{
	my $status = slurp_file("/proc/$pid/status");
	my ($kilobytes) = $status =~ /^RssAnon:\s+(\d+) kB/m;
	return $kilobytes;
}

# Does something often, and again as often: the second time must cost no memory. Now and then it does, once, when plans
# are made anew because autovacuum has looked at their tables; what leaks costs memory each time.
sub is_flat
{
	my ($name, $statement) = @_;
	my ($before, $grown);
	$session->query_safe($statement);
	for (1 .. 3)
	{
		$before = private_memory();
		$session->query_safe($statement);
		$grown = private_memory() - $before;
		last if $grown < 1024;
	}
	cmp_ok($grown, '<', 1024, "$name: memory is flat") or diag("$before kB, $grown kB more");
	return;
}

# Calls each statement, which fails, so many times.
sub failing
{
	my ($times, $statement) = @_;
	return "DO \$do\$ BEGIN FOR i IN 1 .. $times LOOP
	          BEGIN $statement; RAISE 'it did not fail' USING ERRCODE = 'assert_failure';
	          EXCEPTION WHEN others THEN NULL; END;
	        END LOOP; END \$do\$";
}

is_flat('errors of ours', failing(10_000, q{PERFORM winback.sweep('infinity')}));
is_flat('errors of the server in our calls', failing(10_000, q{PERFORM winback._note_client('no number')}));
is_flat('errors under open relations',
	failing(10_000, q{PERFORM winback._check_source('orders', 'orders', '{"client": "nothing"}', '', 'UTC')}));
is_flat('commits', q{DO $do$ BEGIN FOR i IN 1 .. 10000 LOOP
	INSERT INTO orders VALUES (i % 1000, timestamptz '2024-01-01 10:00+00' + i * interval '1 minute', 1); COMMIT;
	END LOOP; END $do$});
is_flat('commits that compute afresh', q{DO $do$ BEGIN FOR i IN 1 .. 2000 LOOP
	UPDATE orders SET amount = amount + 1 WHERE client_id = i % 10; COMMIT; END LOOP; END $do$});
is_flat('savepoints', q{DO $do$ BEGIN FOR i IN 1 .. 5000 LOOP
	BEGIN INSERT INTO orders VALUES (i, timestamptz '2024-01-01 10:00+00', 1); RAISE 'undone';
	EXCEPTION WHEN raise_exception THEN NULL; END; COMMIT; END LOOP; END $do$});
is_flat('rows that cannot be facts', q{SET client_min_messages = error; DO $do$ BEGIN FOR i IN 1 .. 2000 LOOP
	INSERT INTO orders VALUES (1, timestamptz '2024-01-01 10:00+00', 'NaN');
	DELETE FROM orders WHERE amount = 'NaN'; COMMIT; END LOOP; END $do$});
is_flat('sweeps', q{DO $do$ BEGIN FOR i IN 1 .. 1000 LOOP PERFORM winback.sweep(); COMMIT; END LOOP; END $do$});
is_flat('verify()', q{DO $do$ BEGIN FOR i IN 1 .. 5 LOOP PERFORM winback.verify(); COMMIT; END LOOP; END $do$});

is($node->safe_psql('postgres', 'SELECT * FROM winback.verify()'), '', 'and the ledger is right');
$session->quit;
$node->stop;
done_testing();
