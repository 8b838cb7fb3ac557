# The worker runs nothing of a ledger's owner with more than the owner's own rights.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;
use lib $FindBin::RealBin;
use WorkerTest;

my $node = start_server('owner');
make_shop($node, 'shop');
$node->safe_psql('shop', <<'SQL');
CREATE ROLE regress_owner LOGIN;
SELECT winback.grant_admin('regress_owner');
GRANT CREATE ON SCHEMA winback, public TO regress_owner;
ALTER TABLE winback.client OWNER TO regress_owner;
ALTER TABLE winback.abc_limit OWNER TO regress_owner;
ALTER TABLE winback.stale OWNER TO regress_owner;
SQL

# What the owner puts on its tables notes as whom it ran.
$node->safe_psql('shop', <<'SQL', extra_params => [ '-U', 'regress_owner' ]);
CREATE TABLE public.ran (what text, as_whom text DEFAULT current_user);
GRANT INSERT ON public.ran TO PUBLIC;
CREATE FUNCTION public.note(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran VALUES ($1); END $$;
CREATE FUNCTION public.by_index(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN PERFORM public.note('index'); RETURN 1; END $$;
CREATE INDEX ON winback.client ((public.by_index(client_id + orders::int)));
CREATE FUNCTION public.by_trigger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM public.note('trigger'); RETURN NULL; END $$;
CREATE TRIGGER by_trigger AFTER INSERT OR DELETE ON winback.abc_limit
    FOR EACH STATEMENT EXECUTE FUNCTION public.by_trigger();
SQL

# The worker settles a client, which makes an index entry, and classifies, for the server has just begun.
$node->safe_psql('shop', 'SET test.slow = off; INSERT INTO orders (client_id, placed_at) VALUES (1, now())');
$node->safe_psql('shop', "DELETE FROM public.ran; INSERT INTO winback.stale VALUES (NULL, 'test', now());
	UPDATE winback.client SET orders = orders + 1");
$node->safe_psql('shop', 'DELETE FROM public.ran');
$node->restart;
ok($node->poll_query_until('shop', "SELECT count(DISTINCT what) = 2 FROM public.ran"),
	'the worker has come by both');
is($node->safe_psql('shop', 'SELECT DISTINCT as_whom FROM public.ran'), 'regress_owner', 'as the owner');
is($node->safe_psql('shop', 'SELECT * FROM winback.verify()'), '', 'and has done its work');

# An owner that may not call what the worker calls: it fails, and says so.
$node->safe_psql('shop', 'REVOKE ALL ON FUNCTION winback._sweep_batch FROM regress_owner');
$node->safe_psql('shop', 'SET test.slow = off; INSERT INTO orders (client_id, placed_at) VALUES (2, now())');
ok( $node->poll_query_until(
		'shop', "SELECT last_error LIKE 'permission denied for function%' FROM winback.worker_status
		         WHERE database = 'shop'"),
	'an owner without the right to sweep gets no more by the worker');

$node->stop;
done_testing();
