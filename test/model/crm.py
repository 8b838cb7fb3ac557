"""The CRM that is watched: its tables, how they are watched, and what they say, written down a second time.

Every session writes rows of its own only (no % sessions, or a client's number % sessions), so that the application
itself has neither deadlocks nor serialization failures; the clients are everybody's.
"""
from dataclasses import dataclass, field

SESSIONS = 4
CLIENTS = 6 * SESSIONS

# How a client's number is written in SQL, by type of the keys. Numeric keys come in several spellings of one value.
KEYS = {
    'int4': lambda n, dice: f"({n - 3})",
    'int8': lambda n, dice: f"({n * 3_000_000_000})",
    'smallint': lambda n, dice: f"{n * 100}::smallint",
    'uuid': lambda n, dice: f"'0d15ea5e-0000-4000-8000-{n * 7919:012d}'::uuid",
    'text': lambda n, dice: f"'{'cC'[n % 2]}-{n // 2} ü'::text",
    'varchar': lambda n, dice: f"'Kunde {n}'::varchar",
    'bytea': lambda n, dice: rf"'\x00{n:02x}ff'::bytea",
    'numeric': lambda n, dice: f"{n / 2:.1f}{'0' * dice.randrange(3)}::numeric",
}

FINITE = "{0} NOT IN ('NaN', 'Infinity', '-Infinity')"


@dataclass
class Table:
    """A watched table: its DDL, the watch, and what its rows say (`facts`) or why they cannot (`flaw`), in plain SQL."""
    name: str
    kind: str
    create: str
    watch: str
    facts: str  # select list over its rows: what figures.*_row takes after the client
    counts: str = 'true'
    flaw: str = 'false'
    columns: str = ''  # of rows as values() makes them
    unique: bool = True  # whether `no` is a key, for ON CONFLICT
    leaf: str = ''  # a partition which takes every row whose state is 'paid' and whose time is recent


TABLES = [
    Table('shop.orders', 'orders',
          '(no bigint PRIMARY KEY, client {key}, placed timestamptz, amount numeric, state text NOT NULL)',
          "winback.watch_orders('shop.orders', 'client', 'placed', 'amount', 'no', 'state <> ''draft''')",
          'placed, amount', "state <> 'draft' AND placed IS NOT NULL",
          "NOT isfinite(placed) OR NOT coalesce(" + FINITE.format('amount') + ", true)",
          'no, client, placed, amount, state'),
    Table('shop.sales', 'orders',
          """(no bigint NOT NULL, client {key}, placed timestamp, cents bigint, state text NOT NULL)
             PARTITION BY RANGE (placed);
             CREATE TABLE shop.sales_old PARTITION OF shop.sales FOR VALUES FROM (MINVALUE) TO ('2023-01-01');
             CREATE TABLE shop.sales_2023 PARTITION OF shop.sales FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')
                 PARTITION BY LIST (state);
             CREATE TABLE shop.sales_2023_paid PARTITION OF shop.sales_2023 FOR VALUES IN ('paid');
             CREATE TABLE shop.sales_2023_rest PARTITION OF shop.sales_2023 DEFAULT;
             CREATE TABLE shop.sales_2024 PARTITION OF shop.sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
             CREATE TABLE shop.sales_rest PARTITION OF shop.sales DEFAULT""",
          "winback.watch_orders('shop.sales', 'client', 'placed', 'cents / 100.0', 'no', 'state IN (''paid'', ''sent'')')",
          'placed::timestamptz, cents / 100.0', "state IN ('paid', 'sent') AND placed IS NOT NULL",
          'NOT isfinite(placed)', 'no, client, placed, cents, state', unique=False, leaf='shop.sales_2024'),
    Table('shop.tills', 'orders',
          """(no bigint PRIMARY KEY, client {key}, day date, total numeric, parts int) PARTITION BY HASH (no);
             CREATE TABLE shop.tills_0 PARTITION OF shop.tills FOR VALUES WITH (MODULUS 2, REMAINDER 0);
             CREATE TABLE shop.tills_1 PARTITION OF shop.tills FOR VALUES WITH (MODULUS 2, REMAINDER 1)""",
          "winback.watch_orders('shop.tills', 'client', 'day', 'total / parts', 'no')",
          'day::timestamptz, total / parts', 'day IS NOT NULL',
          "NOT isfinite(day) OR (parts = 0 AND total IS NOT NULL) OR NOT coalesce(" + FINITE.format('total') + ", true)",
          'no, client, day, total, parts'),
    Table('shop.receipts', 'orders',
          """(no bigint PRIMARY KEY, client {key} REFERENCES crm.customers ON UPDATE CASCADE ON DELETE CASCADE,
              at timestamptz, amount money, state text NOT NULL);
             CREATE VIEW shop.open_receipts AS SELECT * FROM shop.receipts WHERE state <> 'draft'""",
          "winback.watch_orders('shop.receipts', 'client', 'at', 'amount')",
          'at, amount::numeric', 'at IS NOT NULL', 'NOT isfinite(at)', 'no, client, at, amount, state'),
    Table('tel.calls', 'calls',
          '(no bigint PRIMARY KEY, client {key}, began timestamptz, seconds numeric, agent text)',
          "winback.watch_calls('tel.calls', 'no', 'client', 'began', 'seconds', 'agent')",
          'began, seconds', 'began IS NOT NULL',
          "NOT isfinite(began) OR NOT coalesce(" + FINITE.format('seconds') + ", true)",
          'no, client, began, seconds, agent'),
    Table('tel.cdr', 'calls',
          """(no bigint, client {key}, began timestamp, lasted interval, answered boolean) PARTITION BY LIST (answered);
             CREATE TABLE tel.cdr_answered PARTITION OF tel.cdr FOR VALUES IN (true);
             CREATE TABLE tel.cdr_rest PARTITION OF tel.cdr DEFAULT""",
          "winback.watch_calls('tel.cdr', '''x'' || no', 'client', 'began', 'lasted', NULL, 'answered')",
          'began::timestamptz, extract(epoch FROM lasted)', 'answered AND began IS NOT NULL', 'NOT isfinite(began)',
          'no, client, began, lasted, answered', unique=False),
    Table('crm.notes', 'events',
          '(no bigint PRIMARY KEY, client {key}, kind text, at timestamptz, score numeric)',
          "winback.watch_events('crm.notes', 'client', 'kind', 'at', 'score')",
          'kind, at, score, NULL', 'at IS NOT NULL AND kind IS NOT NULL',
          "NOT isfinite(at) OR NOT coalesce(" + FINITE.format('score') + ", true)",
          'no, client, kind, at, score'),
    Table('crm.customers', 'clients',
          """(client {key} PRIMARY KEY, name text, manager text, channel text, region text, department text,
              since timestamptz, no_calls boolean)""",
          """winback.watch_clients('crm.customers', 'client', 'name', 'manager', 'channel', 'region', 'department',
                                   'since', 'no_calls')""",
          'name, manager, channel, region, department, no_calls, since', 'true', "NOT coalesce(isfinite(since), true)",
          'client, name, manager, channel, region, department, since, no_calls'),
    Table('crm.contacts', 'clients',
          '(no bigint PRIMARY KEY, client {key}, name text, no_calls boolean)',
          "winback.watch_clients('crm.contacts', 'client', 'name', do_not_contact => 'no_calls')",
          'name, NULL, NULL, NULL, NULL, no_calls, NULL', 'true', 'false', 'no, client, name, no_calls'),
]
BY_NAME = {table.name: table for table in TABLES}


def of_kind(kind):
    """The watched tables of one kind."""
    return [table for table in TABLES if table.kind == kind]


def create(key_type):
    """The SQL that makes the CRM's tables, with indexes on about half of them."""
    made = ['CREATE SCHEMA shop', 'CREATE SCHEMA tel', 'CREATE SCHEMA crm']
    for table in sorted(TABLES, key=lambda t: 'REFERENCES' in t.create):
        made.append(f'CREATE TABLE {table.name} ' + table.create.replace('{key}', key_type))
    made += ['CREATE INDEX ON shop.orders (client)', 'CREATE INDEX ON shop.sales (client)',
             'CREATE INDEX ON tel.calls (client)', 'CREATE INDEX ON shop.receipts (client)']
    return made


def facts():
    """The SQL that reads what the tables say into schema figures."""
    reads = []
    target = {'orders': 'order_row (client, at, amount, known_from)', 'calls': 'call_row (client, at, seconds, known_from)',
              'events': 'event_row (client, kind, at, value, note, known_from)'}
    for table in TABLES:
        if table.kind != 'clients':
            reads.append(f"INSERT INTO figures.{target[table.kind]} SELECT client, {table.facts}, '-infinity'"
                         f" FROM {table.name} WHERE client IS NOT NULL AND {table.counts} AND NOT ({table.flaw})")
    reads.append("INSERT INTO figures.event_row SELECT client_id, kind, happened_at, value, note, '-infinity'"
                 ' FROM winback.event')
    # Of several tables the first that says something counts, within a table the least; any row bars contact.
    people = ' UNION ALL '.join(
        f'SELECT {place}, client, {table.facts} FROM {table.name}'
        f' WHERE client IS NOT NULL AND {table.counts} AND NOT ({table.flaw})'
        for place, table in enumerate(of_kind('clients')))
    texts = ', '.join(f'(array_agg({column} ORDER BY place, {column} COLLATE "C") FILTER (WHERE {column} IS NOT NULL))[1]'
                      for column in ('name', 'manager', 'channel', 'region', 'department'))
    reads.append(f'INSERT INTO figures.person SELECT client, {texts}, bool_or(coalesce(no_calls, false)), min(since)'
                 f' FROM ({people}) AS p (place, client, name, manager, channel, region, department, no_calls, since)'
                 ' GROUP BY client')
    return reads


def rejected(parts):
    """The query for what winback.rejected must list: table and number of each row that cannot be a fact."""
    return ' UNION ALL '.join(
        f"SELECT '{table.name}'::regclass, {'no::text' if 'no' in table.columns.split(', ') else 'client::text'}"
        f' FROM {table.name} WHERE client IS NOT NULL AND {table.counts} AND ({table.flaw})' for table in TABLES if parts or 'PARTITION BY' not in table.create)
