"""The CRM that is watched: its tables, how they are watched, and what they say, written down a second time.

Every session writes rows of its own only (no % sessions, or a client's number % sessions), so that the application
itself has neither deadlocks nor serialization failures; the clients are everybody's.
"""
from dataclasses import dataclass, field

# What the extension supports besides plain and partitioned tables: kinds of tables, operations of alterations.py, and
# 'rejected of parts', rejected rows that are listed by the name of the table that is watched.
SUPPORTED = ['lines', 'aliases', 'merges', 'erasure', 'children', 'rejected of parts', 'truncate_part', 'swap_part',
             'toggle_part', 'drop_part', 'toggle_child', 'rename', 'retype', 'make_again', 'lose_triggers']

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


def flaw(time=None, number=None):
    """What makes a row one that cannot be a fact: a time or a number that is not finite."""
    flaws = [f'NOT isfinite({time})'] if time else []
    return ' OR '.join(flaws + ([f'NOT coalesce({FINITE.format(number)}, true)'] if number else []))


@dataclass
class Table:
    """A watched table: its DDL, the watch, and what its rows say (`facts`), or why they cannot (`flaw`)."""
    name: str
    kind: str
    create: str
    watch: str
    facts: str  # select list over its rows: what figures.*_row takes after the client
    counts: str = 'true'
    flaw: str = 'false'
    columns: str = ''  # the number of the row, then what it is about, then the rest
    unique: bool = True  # whether `no` is a key, for ON CONFLICT
    needs: str = ''  # what must be supported
    client: str = 'client'  # whose the row is, in SQL over the row t
    item: str = 'no::text'  # the id that winback knows it by
    then: str = ''  # a watch that goes when this one goes
    children: tuple = ()  # tables that inherit from it, which can be written to

    @property
    def subject(self):
        """The column that says what a row is about: a client, an alias or an order."""
        return self.columns.split(', ')[0 if self.name == 'crm.customers' else 1]


# Whose an alias is: of several clients, the one with the least key.
HOLDER = ("(SELECT p.client FROM crm.phones p WHERE p.phone = t.phone AND p.phone <> '' AND p.client IS NOT NULL"
          ' ORDER BY p.client LIMIT 1)')
# What the lines of an order amount to.
LINES = '''coalesce((SELECT sum(l.price * l.quantity) FROM {0} l WHERE l.bill = t.no AND NOT l.deleted
                        AND l.price * l.quantity NOT IN ('NaN', 'Infinity', '-Infinity')), 0)'''
LINE_COLUMNS = '(no bigint PRIMARY KEY, bill bigint, price numeric, quantity int, deleted boolean NOT NULL)'
WATCH_LINES = "winback.watch_order_lines('{0}', '{1}', 'bill', 'price * quantity', 'NOT deleted')"

ALL_TABLES = [
    Table('shop.orders', 'orders',
          '(no bigint PRIMARY KEY, client {key}, placed timestamptz, amount numeric, state text NOT NULL)',
          "winback.watch_orders('shop.orders', 'client', 'placed', 'amount', 'no', 'state <> ''draft''')",
          'placed, amount', "state <> 'draft' AND placed IS NOT NULL",
          flaw('placed', 'amount'),
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
             CREATE TABLE shop.sales_rest PARTITION OF shop.sales DEFAULT;
             CREATE TABLE shop.sales_other (LIKE shop.sales)""",
          "winback.watch_orders('shop.sales', 'client', 'placed', 'cents / 100.0', 'no', 'state ~ ''paid|sent''')",
          'placed::timestamptz, cents / 100.0', "state IN ('paid', 'sent') AND placed IS NOT NULL",
          flaw('placed'), 'no, client, placed, cents, state', unique=False),
    Table('shop.tills', 'orders',
          """(no bigint PRIMARY KEY, client {key}, day date, total numeric, parts int) PARTITION BY HASH (no);
             CREATE TABLE shop.tills_0 PARTITION OF shop.tills FOR VALUES WITH (MODULUS 2, REMAINDER 0);
             CREATE TABLE shop.tills_1 PARTITION OF shop.tills FOR VALUES WITH (MODULUS 2, REMAINDER 1)""",
          "winback.watch_orders('shop.tills', 'client', 'day', 'total / parts', 'no')",
          'day::timestamptz, total / parts', 'day IS NOT NULL',
          flaw('day', 'total') + ' OR (parts = 0 AND total IS NOT NULL)',
          'no, client, day, total, parts'),
    Table('shop.receipts', 'orders',
          """(no bigint PRIMARY KEY, client {key} REFERENCES crm.customers ON UPDATE CASCADE ON DELETE CASCADE,
              at timestamptz, amount money, state text NOT NULL);
             CREATE VIEW shop.open_receipts AS SELECT * FROM shop.receipts WHERE state <> 'draft'""",
          "winback.watch_orders('shop.receipts', 'client', 'at', 'amount')",
          'at, amount::numeric', 'at IS NOT NULL', flaw('at'), 'no, client, at, amount, state'),
    Table('tel.calls', 'calls',
          '(no bigint PRIMARY KEY, client {key}, began timestamptz, seconds numeric, agent text)',
          "winback.watch_calls('tel.calls', 'no', 'client', 'began', 'seconds', 'agent')",
          'began, seconds', 'began IS NOT NULL',
          flaw('began', 'seconds'),
          'no, client, began, seconds, agent'),
    Table('tel.cdr', 'calls',
          """(no bigint, client {key}, began timestamp, lasted interval, answered boolean) PARTITION BY LIST (answered);
             CREATE TABLE tel.cdr_answered PARTITION OF tel.cdr FOR VALUES IN (true);
             CREATE TABLE tel.cdr_rest PARTITION OF tel.cdr DEFAULT""",
          "winback.watch_calls('tel.cdr', '''x'' || no', 'client', 'began', 'lasted', NULL, 'answered')",
          'began::timestamptz, extract(epoch FROM lasted)', 'answered AND began IS NOT NULL', flaw('began'),
          'no, client, began, lasted, answered', unique=False, item="'x' || no"),
    Table('crm.notes', 'events',
          '(no bigint PRIMARY KEY, client {key}, kind text, at timestamptz, score numeric)',
          "winback.watch_events('crm.notes', 'client', 'kind', 'at', 'score')",
          'kind, at, score, NULL', 'at IS NOT NULL AND kind IS NOT NULL',
          flaw('at', 'score'),
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
    Table('shop.bills', 'orders',
          '(no bigint PRIMARY KEY, client {key}, at timestamptz, freight numeric, state text NOT NULL)',
          "winback.watch_orders('shop.bills', 'client', 'at', 'freight', 'no', 'state <> ''draft''')",
          'at, coalesce(freight, 0) + ' + LINES.format('shop.lines'), "state <> 'draft' AND at IS NOT NULL",
          flaw('at', 'freight'), 'no, client, at, freight, state',
          needs='lines', then=WATCH_LINES.format('shop.lines', 'shop.bills')),
    Table('shop.lines', 'lines', LINE_COLUMNS,
          WATCH_LINES.format('shop.lines', 'shop.bills'),
          '', 'NOT deleted AND bill IS NOT NULL', flaw(number='price * quantity'), 'no, bill, price, quantity, deleted',
          needs='lines'),
    Table('crm.phones', 'aliases', '(no bigint PRIMARY KEY, phone text, client {key})',
          "winback.watch_aliases('crm.phones', 'phone', 'client')", '', 'true', 'false', 'no, phone, client',
          needs='aliases'),
    Table('tel.inbound', 'calls', '(no bigint PRIMARY KEY, phone text, began timestamptz, seconds numeric)',
          "winback.watch_calls('tel.inbound', 'no', 'phone', 'began', 'seconds', by_alias => true)",
          'began, seconds', 'began IS NOT NULL', flaw('began'), 'no, phone, began, seconds', needs='aliases',
          client=HOLDER),
    Table('crm.mails', 'events', '(no bigint PRIMARY KEY, phone text, kind text, at timestamptz, score numeric)',
          "winback.watch_events('crm.mails', 'phone', 'kind', 'at', 'score', by_alias => true)",
          'kind, at, score, NULL', 'at IS NOT NULL AND kind IS NOT NULL', flaw('at'), 'no, phone, kind, at, score',
          needs='aliases', client=HOLDER),
    Table('shop.web', 'orders', '(no bigint PRIMARY KEY, phone text, at timestamptz, state text NOT NULL)',
          "winback.watch_orders('shop.web', 'phone', 'at', NULL, 'no', 'state <> ''draft''', by_alias => true)",
          'at, ' + LINES.format('shop.web_lines'), "state <> 'draft' AND at IS NOT NULL", flaw('at'),
          'no, phone, at, state', needs='aliases', client=HOLDER,
          then=WATCH_LINES.format('shop.web_lines', 'shop.web')),
    Table('shop.web_lines', 'lines', LINE_COLUMNS,
          WATCH_LINES.format('shop.web_lines', 'shop.web'),
          '', 'NOT deleted AND bill IS NOT NULL', flaw(number='price * quantity'), 'no, bill, price, quantity, deleted',
          needs='aliases'),
    Table('shop.legacy', 'orders',
          '''(no bigint, client {key}, at timestamptz, amount numeric);
             CREATE TABLE shop.legacy_more (extra text) INHERITS (shop.legacy)''',
          "winback.watch_orders('shop.legacy', 'client', 'at', 'amount', 'no')", 'at, amount', 'at IS NOT NULL',
          flaw('at', 'amount'), 'no, client, at, amount', unique=False,
          needs='children', children=('shop.legacy_more',)),
]
TABLES = [table for table in ALL_TABLES if not table.needs or table.needs in SUPPORTED]
BY_NAME = {table.name: table for table in TABLES}


def of_kind(kind):
    """The watched tables of one kind."""
    return [table for table in TABLES if table.kind == kind]


def create(key_type):
    """The SQL that makes the CRM's tables, with indexes on about half of them."""
    made = ['CREATE SCHEMA shop', 'CREATE SCHEMA tel', 'CREATE SCHEMA crm']
    for table in sorted(TABLES, key=lambda t: 'REFERENCES' in t.create):
        made.append(f'CREATE TABLE {table.name} ' + table.create.replace('{key}', key_type))
    return made + [f'CREATE INDEX ON {table.name} ({table.subject})' for table in TABLES
                   if table.name in ('shop.orders', 'shop.sales', 'shop.receipts', 'shop.bills', 'shop.lines',
                                     'tel.calls', 'tel.inbound', 'crm.phones')]


PRESENT = '''CREATE TEMP TABLE present AS
WITH RECURSIVE chain (client, present, length) AS (
    SELECT client_id, into_client, 1 FROM winback.merged
    UNION ALL
    SELECT c.client, m.into_client, length + 1 FROM chain c JOIN winback.merged m ON m.client_id = c.present)
SELECT DISTINCT ON (client) client, present FROM chain ORDER BY client, length DESC'''


def facts():
    """The SQL that reads what the tables say into schema figures."""
    reads = []
    target = {'orders': 'order_row (client, at, amount, known_from)',
              'calls': 'call_row (client, at, seconds, known_from)',
              'events': 'event_row (client, kind, at, value, note, known_from)'}
    for table in TABLES:
        if table.kind in target:
            reads.append(f"INSERT INTO figures.{target[table.kind]} SELECT {table.client}, {table.facts}, '-infinity'"
                         f' FROM {table.name} t WHERE {table.client} IS NOT NULL AND {table.counts}'
                         f' AND NOT ({table.flaw})')
    reads.append("INSERT INTO figures.event_row SELECT client_id, kind, happened_at, value, note, '-infinity'"
                 ' FROM winback.event')
    # Whatever is known of a merged client belongs to the last one that it was merged into.
    reads += [PRESENT] + [f'UPDATE figures.{rows} r SET client = p.present FROM present p WHERE p.client = r.client'
                          for rows in ('order_row', 'call_row', 'event_row')]
    # Of several tables the first watched that says something counts, within a table the least, those of merged clients
    # after all others; any row bars contact.
    people = union(
        f"SELECT (SELECT source_id FROM winback.source WHERE relation = '{table.name}'::regclass), client,"
        f' {table.facts} FROM {table.name} WHERE client IS NOT NULL AND {table.counts} AND NOT ({table.flaw})'
        for table in of_kind('clients'))
    first = '(array_agg({0} ORDER BY place, {0} COLLATE "C") FILTER (WHERE {0} IS NOT NULL))[1]'
    texts = ', '.join(first.format(column) for column in ('name', 'manager', 'channel', 'region', 'department'))
    reads.append(f'INSERT INTO figures.person SELECT client, {texts}, bool_or(coalesce(no_calls, false)), min(since)'
                 ' FROM (SELECT coalesce(m.present, p.client) AS client,'
                 '              p.place + (m.present IS NOT NULL)::int * 1000 AS place, name, manager, channel, region,'
                 '              department, no_calls, since'
                 f' FROM ({people}) AS p (place, client, name, manager, channel, region, department, no_calls, since)'
                 ' LEFT JOIN present m ON m.client = p.client) p GROUP BY client')
    return reads


def union(queries):
    """All rows of some queries."""
    return ' UNION ALL '.join(queries)


def calls():
    """The query for all calls that count: table, id, client, beginning and seconds."""
    return union(f"SELECT '{table.name}'::regclass, {table.item}, {table.client}, {table.facts} FROM {table.name} t"
                 f' WHERE {table.counts} AND NOT ({table.flaw})' for table in of_kind('calls'))


def rejected(parts):
    """The query for what winback.rejected must list: table and number of each row that cannot be a fact."""
    return union(
        f"SELECT '{table.name}'::regclass, {table.columns.split(', ')[0]}::text FROM {table.name}"
        f" WHERE {table.subject} IS NOT NULL AND {table.subject}::text <> '' AND {table.counts} AND ({table.flaw})"
        for table in TABLES if parts or 'PARTITION BY' not in table.create)
