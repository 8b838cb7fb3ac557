# Long work is seen from another session while it goes on, on a server that preloads nothing; cancelled in any of its
# phases it ends at once, is not seen any more, and leaves nothing half done.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

use FindBin;
use lib $FindBin::RealBin;
use MoveTest;

my $node = PostgreSQL::Test::Cluster->new('progress');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\nautovacuum = off");
$node->start;

# Runs SQL; the result is what it prints.
sub shop { return $node->safe_psql('postgres', shift); }

shop(<<'SQL');
CREATE EXTENSION winback;
CREATE TABLE orders (order_id int PRIMARY KEY, client_id int, placed_at timestamptz, amount numeric);
INSERT INTO orders SELECT i, i % 100000, timestamptz '2020-01-01' + i * interval '1 minute', i % 100 + 1
  FROM generate_series(1, 500000) i;
CREATE INDEX ON orders (client_id);
CREATE FUNCTION public.patience(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF $1 % 1000 = 0 THEN
    PERFORM pg_catalog.pg_sleep(s::float8) FROM pg_catalog.current_setting('test.slow', true) s WHERE s <> '';
  END IF;
  RETURN true;
END $$;
-- Waits for the work of a session to come to a phase, cancels it, and returns what was seen of it; nothing where the
-- session has ended its work unseen.
CREATE FUNCTION public.cancel_at(who int, wanted text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  seen text;
BEGIN
  FOR i IN 1..10000 LOOP
    SELECT concat_ws(' ', p.work, p.phase, p.database, p.rows_done <= p.rows_total, p.started_at <= clock_timestamp())
      INTO seen FROM winback.progress() p WHERE p.pid = who AND p.phase = wanted;
    IF FOUND THEN
      PERFORM pg_cancel_backend(who);
      RETURN seen;
    END IF;
    EXIT WHEN EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = who AND a.query = 'ROLLBACK;');
    PERFORM pg_sleep(0.001), pg_stat_clear_snapshot();
  END LOOP;
  RETURN '';
END $$;
SQL

# Everything there is to see of the ledger that may be there.
sub picture
{
	return 'no ledger, ' . shop("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'winback%'")
	  if shop("SELECT to_regclass('winback.client') IS NULL") eq 't';
	return shop(join(' UNION ALL ',
		map { "SELECT '$_', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM winback.$_ t" }
		  qw(client source status_change task stale rejected rule rule_history policy abc_limit)) . ' ORDER BY 1');
}

# Starts SQL in a session of its own and cancels it in a phase; returns what was seen of it then, after how long it
# ended, how much is still seen, and what the session was told.
sub cancel_in
{
	my ($phase, $sql) = @_;
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	$session->{stdin} .= "$sql;\nROLLBACK;\n";
	$session->{run}->pump_nb;
	my $seen = shop("SELECT public.cancel_at($pid, '$phase')");
	my $cancelled = time;
	$node->poll_query_until('postgres',
		"SELECT state LIKE 'idle%' OR query = 'ROLLBACK;' FROM pg_stat_activity WHERE pid = $pid");
	my $took = time - $cancelled;
	my $left = shop('SELECT count(*) FROM winback.progress()');
	$session->{stdin} .= "\\q\n";
	eval { $session->{run}->finish };
	return ($seen, $took, $left, $session->{stderr});
}

# Cancels SQL in each of these phases of this work. On a busy machine a phase may be over before it is looked at, or
# the work before it is cancelled: then it is tried again.
sub cancels
{
	my ($work, $sql, @phases) = @_;
	my $by_user = qr/canceling statement due to user request/;
	foreach my $phase (@phases)
	{
		my ($before, $seen, $took, $left, $told);
		for (1 .. 20)
		{
			$before = picture();
			($seen, $took, $left, $told) = cancel_in($phase, $sql);
			last if $told =~ $by_user;
		}
		my $counted = $phase =~ /^(sorting|indexing)$/ ? '' : ' t';
		is($seen, "$work $phase postgres$counted t", "$work is seen $phase");
		like($told, $by_user, 'it is cancelled');
		cmp_ok($took, '<', 3, 'at once');
		is($left, '0', 'and is seen no more');
		is(picture(), $before, "$work, $phase: nothing is half done");
	}
	return;
}

my $watch = "SELECT winback.watch_orders('orders', 'client_id', 'placed_at', 'amount', "
  . "counts_when => 'public.patience(client_id)')";
cancels('watch', "BEGIN; $watch", 'reading', 'sorting', 'writing', 'indexing');
shop("SELECT winback.init('int')");
cancels('watch', "BEGIN; $watch", 'reading', 'sorting', 'writing');

# A user who waits is told.
sub told_of
{
	my ($sql) = @_;
	my ($code, undef, $errors) = $node->psql('postgres', "SET test.slow = 0.015; $sql");
	is($code, 0, $sql);
	return $errors;
}
like(told_of($watch), qr/NOTICE:  winback has read \d+ of about \d+ rows/, 'and told of');
is(shop('SELECT count(*), sum(orders) FROM winback.client'), '100000|500000', 'then it is watched');

cancels('rebuild', 'BEGIN; SELECT winback.rebuild()', 'reading', 'sorting', 'writing');
cancels('verify', 'BEGIN; SELECT winback.verify()', 'reading', 'sorting', 'comparing');
cancels('classify', 'BEGIN; SELECT winback.classify()', 'ranking');
cancels('redating', 'UPDATE winback.policy SET horizon = horizon', 'reading', 'sorting', 'writing');
cancels('redating', "UPDATE winback.rule SET after = after + interval '1 month' WHERE rule = 'silence'", 'writing');
cancels('sweep',
	"BEGIN; INSERT INTO winback.stale SELECT client_id, 'test', now() FROM winback.client; SELECT winback.sweep()",
	'settling');
cancels('unwatch', "BEGIN; SELECT winback.unwatch('orders')", 'reading', 'writing');

# The CRM's commit says nothing of it.
unlike(told_of("UPDATE winback.rule SET after = interval '5 months' WHERE rule = 'silence'"),
	qr/NOTICE/, 'but not at a commit');

# What a command that runs such work shows of itself comes back.
is(shop("COPY (SELECT 'verify()', count(*) FROM winback.verify() UNION ALL
              SELECT command, relid::bigint FROM pg_stat_progress_copy) TO stdout"),
	"verify()\t0\nCOPY TO\t0", 'a COPY shows itself again');

# A reader sees it; who is nobody does not.
shop("CREATE ROLE reader; CREATE ROLE nobody; SELECT winback.grant_reader('reader')");
is(shop('SET ROLE reader; SELECT count(*) FROM winback.progress'), '0', 'a reader may look');
my ($code, $out, $errors) = $node->psql('postgres', 'SET ROLE nobody; SELECT count(*) FROM winback.progress');
like($errors, qr/permission denied/, 'others may not');
is(shop('SELECT * FROM winback.verify()'), '', 'the ledger is right');

$node->stop;
done_testing();
