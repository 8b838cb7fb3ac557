# Only a superuser moves the clock: also where the setting was left before the library is loaded.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('as_of');
$node->init;
# Not preloaded: every session begins without the library.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION winback;
CREATE ROLE regress_plain LOGIN;
GRANT USAGE ON SCHEMA winback TO regress_plain;
GRANT EXECUTE ON FUNCTION winback.now() TO regress_plain;
SQL

# Runs SQL in one new session of a role; the result is what it prints, and its warnings.
sub session
{
	my ($role, $sql, %environment) = @_;
	local %ENV = (%ENV, %environment);
	my ($code, $out, $errors) = $node->psql('postgres', $sql, extra_params => [ '-U', $role ]);
	return ($out, $errors);
}

my ($out, $errors);
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
my $is_real = 'SELECT winback.now() = now()';

($out, $errors) =
  session($superuser, "SET winback.as_of = '2024-05-01 12:00+00'; SELECT winback.now() AT TIME ZONE 'UTC'");
is($out, '2024-05-01 12:00:00', 'a superuser sets it before the library is loaded');

($out, $errors) = session('regress_plain', "SET winback.as_of = '2024-05-01'; $is_real");
is($out, 't', 'what another role set before is dropped');
like($errors, qr/WARNING:  permission denied to set parameter "winback.as_of"/, 'with a warning');

($out, $errors) = session('regress_plain', $is_real, PGOPTIONS => '-c winback.as_of=2024-05-01');
is($out, 't', 'what another role gave when connecting is dropped');

($out, $errors) = session('regress_plain',
	"BEGIN; SAVEPOINT a; SET LOCAL winback.as_of = '2024-05-01'; $is_real; RELEASE a; $is_real; COMMIT; $is_real");
is($out, "t\nt\nt", 'SET LOCAL in a savepoint is dropped');

($out, $errors) = session('regress_plain', "ALTER ROLE regress_plain SET winback.as_of = '2024-05-01'");
like($errors, qr/permission denied/, 'ALTER ROLE is refused');

($out, $errors) = session('regress_plain', "SELECT winback.now() IS NULL; SET winback.as_of = '2024-05-01'");
like($errors, qr/permission denied to set parameter "winback.as_of"/, 'SET is refused once the library is loaded');

($out, $errors) = session($superuser, "SET winback.as_of = 'rubbish'; $is_real");
is($out, 't', 'what is no timestamp is dropped when the library is loaded');
like($errors, qr/"rubbish" is not a finite timestamp/, 'with a warning');

$node->stop;
done_testing();
