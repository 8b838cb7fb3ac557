# The recipe for Tryton on a database that Tryton itself makes and writes to. Skipped where Tryton is not installed
# (Debian's tryton-modules-sale).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use FindBin;

my $python = '/usr/bin/python3';
plan skip_all => 'Tryton is not installed (tryton-modules-sale)'
  if system("$python -c 'import trytond.modules.sale' >/dev/null 2>&1") != 0 || !-x '/usr/bin/trytond-admin';

my $node = PostgreSQL::Test::Cluster->new('tryton');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE tryton');

# Tryton finds the server as every client of libpq does; its own file says that there is a database at all.
my $folder = "$PostgreSQL::Test::Utils::tmp_check";
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
delete $ENV{PGDATABASE};
append_to_file("$folder/trytond.conf", "[database]\nuri = postgresql://:" . $node->port . "/\n");
append_to_file("$folder/password", "secret\n");
$ENV{TRYTONPASSFILE} = "$folder/password";
$node->command_ok(
	[ '/usr/bin/trytond-admin', '-c', "$folder/trytond.conf", '-d', 'tryton', '-u', 'sale',
	  '--activate-dependencies', '--email', 'admin@example.com' ],
	'Tryton makes its database');

# What Tryton's own code does to sales and parties, by one word.
append_to_file("$folder/act.py", <<'PYTHON');
import sys, warnings
warnings.simplefilter('ignore')
from datetime import date
from decimal import Decimal
from trytond.config import config
config.update_etc(sys.argv[1])
from trytond.pool import Pool
from trytond.transaction import Transaction
Pool.start()
pool = Pool('tryton')
pool.init()
action = sys.argv[2]
with Transaction().start('tryton', 1) as transaction:
    Party, Company, Currency = (pool.get(m) for m in ('party.party', 'company.company', 'currency.currency'))
    if action == 'begin':
        us, ann, bob = Party.create([{'name': n, 'addresses': [('create', [{}])]} for n in ('Us', 'Ann', 'Bob')])
        euro, = Currency.create([{'name': 'Euro', 'code': 'EUR', 'symbol': 'E', 'rounding': Decimal('0.01'),
                                  'digits': 2}])
        Company.create([{'party': us.id, 'currency': euro.id}])
    company_id = Company.search([])[0].id
    transaction.commit()
with Transaction().start('tryton', 1, context={'company': company_id, '_skip_warnings': True}) as transaction:
    Sale = pool.get('sale.sale')
    company = Company(company_id)
    party = lambda name: Party.search([('name', '=', name)])[0]
    numbered = lambda number: Sale.search([('number', '=', number)])
    if action == 'begin':
        for name, when, quantity, price in (
                ('Ann', date(2024, 5, 1), 2, '10.05'), ('Ann', date(2024, 5, 10), 1, '7'),
                ('Bob', date(2024, 1, 10), 3, '1.10'), ('Ann', date(2024, 5, 11), -1, '0.10')):
            address = party(name).addresses[0].id
            sale, = Sale.create([{'company': company.id, 'currency': company.currency.id, 'party': party(name).id,
                'sale_date': when, 'invoice_address': address, 'shipment_address': address,
                'lines': [('create', [{'description': 'x', 'quantity': quantity, 'unit_price': Decimal(price)}])]}])
            Sale.quote([sale])
        Sale.confirm(numbered('1') + numbered('3') + numbered('4'))
    elif action == 'confirm':
        Sale.confirm(numbered('2'))
    elif action == 'cancel':
        Sale.draft(numbered('2'))
        Sale.cancel(numbered('2'))
    elif action == 'merge':
        Replace = pool.get('party.replace', type='wizard')
        replace = Replace(Replace.create()[0])
        replace.ask.source, replace.ask.destination = party('Ann'), party('Bob')
        replace.transition_replace()
    transaction.commit()
PYTHON

# Lets Tryton act, and says what the ledger knows then.
sub after
{
	my ($action) = @_;
	$node->command_ok([ $python, "$folder/act.py", "$folder/trytond.conf", $action ], "Tryton: $action") if $action;
	return $node->safe_psql('tryton', <<'SQL');
SET winback.as_of = '2024-06-01 12:00+00';
SELECT name, status, orders, revenue, do_not_contact FROM winback.clients WHERE name <> 'Us' ORDER BY client_id;
SELECT 'differs', * FROM winback.verify();
SQL
}

$node->command_ok([ $python, "$folder/act.py", "$folder/trytond.conf", 'begin' ], 'Tryton: begin');
$node->safe_psql('tryton', "CREATE EXTENSION winback; SET timezone = 'UTC'; SELECT winback.init('int')");
like($node->safe_psql('tryton', 'SELECT source, kind FROM winback.suggest_watches()'),
	qr/^sale_sale\|orders$/m, 'the table of sales is suggested');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('tryton'),
	  '-f', "$FindBin::RealBin/../recipes/tryton.sql" ],
	'the recipe runs');
is(after(''), "Ann|active|1|20.00|f\nBob|lost|1|3.30|f", 'what is confirmed counts, a negative sale is a return');
is(after('confirm'), "Ann|active|2|27.00|f\nBob|lost|1|3.30|f", 'a quotation that is confirmed counts');
is(after('cancel'), "Ann|active|1|20.00|f\nBob|lost|1|3.30|f", 'and no more when it is cancelled');
is(after('merge'), 'Bob|active|2|23.30|f', 'the sales of a replaced party follow');

$node->stop;
done_testing();
