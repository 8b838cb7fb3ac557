# The recipe for LedgerSMB on the tables that LedgerSMB's own files make, with their constraints and triggers. Skipped
# where LedgerSMB is not installed (Debian's ledgersmb).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;

my $files = '/usr/share/ledgersmb/sql';
plan skip_all => 'LedgerSMB is not installed (ledgersmb)' if !-r "$files/Pg-database.sql";

my $node = PostgreSQL::Test::Cluster->new('ledgersmb');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE company TEMPLATE template0');

# Runs one of LedgerSMB's files; its changes repeat what newer tables have already, and go on.
sub run_file
{
	my ($file) = @_;
	return run_log([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $node->connstr('company'), '-f', "$files/$file" ],
		'2>', '/dev/null');
}

ok(run_file('Pg-database.sql'), 'LedgerSMB\'s tables are there');
foreach my $line (split /\n/, slurp_file("$files/changes/LOADORDER"))
{
	run_file("changes/$1") if $line =~ /^!?([\w.\/-]+\.sql)/;
}
$node->safe_psql('company', <<'SQL');
INSERT INTO account_heading (id, accno, description) VALUES (1001, '1000', 'Assets');
INSERT INTO account (id, accno, description, category, heading) VALUES (2001, '1200', 'Receivables', 'A', 1001);
INSERT INTO entity (id, name, entity_class, control_code, country_id)
SELECT e.id, e.name, 2, e.name, (SELECT min(c.id) FROM country c) FROM (VALUES (101, 'Ann'), (102, 'Bob')) e (id, name);
INSERT INTO entity_credit_account (id, entity_id, entity_class, pay_to_name, meta_number, enddate, ar_ap_account_id)
VALUES (1, 101, 2, 'Ann', 'C-1', NULL, 2001), (2, 101, 1, 'Ann', 'V-1', NULL, 2001),
       (3, 102, 2, NULL, 'C-2', '2024-02-01', 2001);
INSERT INTO oe (ordnumber, transdate, amount, netamount, curr, quotation, entity_credit_account, oe_class_id)
VALUES ('SO-1', '2024-05-01', 119, 100, 'EUR', false, 1, 1), ('PO-1', '2024-05-21', 999, 999, 'EUR', false, 2, 2),
       (NULL, '2024-05-22', 30, 30, 'EUR', true, 1, 3), ('SO-4', '2024-01-10', 50, 42, 'EUR', false, 3, 1);
INSERT INTO ar (id, invnumber, transdate, amount, netamount, curr, entity_credit_account, is_return, approved)
VALUES (nextval('id'), 'I-1', '2024-05-02', 119, 100, 'EUR', 1, false, true),
       (nextval('id'), 'CN-1', '2024-05-03', -19, -16, 'EUR', 1, true, true),
       (nextval('id'), NULL, '2024-05-04', 40, 40, 'EUR', 1, true, false);
CREATE EXTENSION winback;
SET timezone = 'UTC';
SELECT winback.init('int');
SQL
like($node->safe_psql('company', 'SELECT source, kind FROM winback.suggest_watches()'),
	qr/^oe\|orders$/m, 'the table of orders is suggested');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('company'),
	  '-f', "$FindBin::RealBin/../recipes/ledgersmb.sql" ],
	'the recipe runs');

# What the ledger knows after a change.
sub after
{
	my ($change) = @_;
	return $node->safe_psql('company', "$change; SET winback.as_of = '2024-06-01 12:00+00';
		SELECT client_id, status, orders, revenue, do_not_contact FROM winback.clients ORDER BY client_id;
		SELECT 'differs', * FROM winback.verify()");
}
is(after(''), "1|active|1|100|f\n3|lost|1|50|t", 'sales orders count, credit invoices lower the revenue');
is(after("UPDATE oe SET oe_class_id = 1, quotation = false, ordnumber = 'SO-5' WHERE ordnumber IS NULL"),
	"1|active|2|130|f\n3|lost|1|50|t", 'a quotation becomes an order');
is(after("UPDATE ar SET approved = true, invnumber = 'CN-2' WHERE invnumber IS NULL"),
	"1|active|2|90|f\n3|lost|1|50|t", 'a credit invoice is approved');
is(after("DELETE FROM oe WHERE ordnumber = 'SO-5'"), "1|active|1|60|f\n3|lost|1|50|t", 'an order is deleted');

$node->stop;
done_testing();
