"""Operations on the watched tables themselves: partitions and children that come and go with their rows, columns and
tables renamed, retyped, dropped and made again, triggers lost. All run in an exclusive transaction, and leave the
tables as the other sessions know them.
"""
import crm

BOUNDS = {'shop.sales_2024': "FROM ('2024-01-01') TO ('2025-01-01')",
          'shop.sales_old': "FROM (MINVALUE) TO ('2023-01-01')",
          'shop.tills_1': 'WITH (MODULUS 2, REMAINDER 1)', 'tel.cdr_answered': 'IN (true)'}
PARENTS = {'shop.sales_2024': 'shop.sales', 'shop.sales_old': 'shop.sales', 'shop.tills_1': 'shop.tills',
           'tel.cdr_answered': 'tel.cdr'}
CHANGES = ['DELETE FROM {0} WHERE no % 3 = 0 AND {2}', 'UPDATE {0} SET client = {1} WHERE no % 5 = 0 AND {2}',
           'SELECT 1']


def truncate_part(g):
    """A part loses its rows."""
    return ['TRUNCATE ' + g.dice.choice(['shop.sales_2024', 'shop.sales_2023', 'shop.sales_2023_paid, tel.calls',
                                         'shop.tills_0', 'tel.cdr_answered', 'ONLY shop.legacy', 'shop.legacy_more'])]


def swap_part(g):
    """A partition is detached, changed, and attached again."""
    part = g.dice.choice(['shop.sales_old', 'shop.tills_1', 'tel.cdr_answered'])
    return [f'ALTER TABLE {PARENTS[part]} DETACH PARTITION {part}',
            g.dice.choice(CHANGES).format(part, g.key(), g.own()),
            f'ALTER TABLE {PARENTS[part]} ATTACH PARTITION {part} FOR VALUES {BOUNDS[part]}']


def toggle_part(g):
    """A partition and its stand-in change places, with their rows."""
    detach, attach = 'ALTER TABLE shop.sales DETACH PARTITION', 'ALTER TABLE shop.sales ATTACH PARTITION'
    bounds = BOUNDS['shop.sales_2024']
    # Its columns may have got other types meanwhile.
    retype = """EXECUTE format('ALTER TABLE {} ALTER cents TYPE %s', (SELECT format_type(atttypid, atttypmod)
                FROM pg_attribute WHERE attrelid = 'shop.sales'::regclass AND attname = 'cents'))"""
    return ['LOCK TABLE shop.sales IN ACCESS EXCLUSIVE MODE', f"""DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = 'shop.sales_2024'::regclass) THEN
            {detach} shop.sales_2024;
            {retype.format('shop.sales_other')};
            {attach} shop.sales_other FOR VALUES {bounds};
        ELSE
            {detach} shop.sales_other;
            {retype.format('shop.sales_2024')};
            {attach} shop.sales_2024 FOR VALUES {bounds};
        END IF; END $$"""]


def drop_part(g):
    """A partition is dropped, and an empty one takes its place."""
    part = g.dice.choice(['shop.sales_old', 'shop.tills_1', 'tel.cdr_answered'])
    return [f'DROP TABLE {part}', f'CREATE TABLE {part} PARTITION OF {PARENTS[part]} FOR VALUES {BOUNDS[part]}']


def toggle_child(g):
    """A child table stops to inherit until this comes again."""
    return ["""DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = 'shop.legacy_more'::regclass) THEN
            ALTER TABLE shop.legacy_more NO INHERIT shop.legacy;
        ELSE
            ALTER TABLE shop.legacy_more INHERIT shop.legacy;
        END IF; END $$"""]


def rename(g):
    """A table or column has another name for a while."""
    return g.dice.choice([
        ['ALTER TABLE shop.orders RENAME COLUMN amount TO total',
         'INSERT INTO shop.orders (no, client, placed, total, state)'
         f" VALUES ({g.fresh_no()}, {g.key()}, {g.time()}, 5, 'paid')",
         'ALTER TABLE shop.orders RENAME COLUMN total TO amount'],
        ['ALTER TABLE shop.sales RENAME COLUMN client TO customer',
         f'UPDATE shop.sales SET customer = {g.key()} WHERE no % 7 = 1 AND {g.own()}',
         'ALTER TABLE shop.sales RENAME COLUMN customer TO client'],
        ['ALTER TABLE crm.notes RENAME TO remarks', f'DELETE FROM crm.remarks WHERE no % 5 = 0 AND {g.own()}',
         'ALTER TABLE crm.remarks RENAME TO notes'],
        ['ALTER SCHEMA tel RENAME TO phone', f'UPDATE phone.calls SET seconds = 30 WHERE no % 5 = 0 AND {g.own()}',
         'ALTER SCHEMA phone RENAME TO tel'],
    ])


def retype(g):
    """A column has another type, which the expressions take as well.

    Only tables without a key are written anew: an older snapshot does not see their rows, and would add a key twice.
    """
    column, types = g.dice.choice([('tel.cdr ALTER lasted', ['interval(0)', 'interval']),
                                   ('shop.sales ALTER cents', ['numeric', 'bigint']),
                                   ('crm.contacts ALTER name', ['varchar', 'text'])])
    return [f'ALTER TABLE {column} TYPE {g.dice.choice(types)}']


def make_again(g):
    """A table is dropped; one of its name is watched by itself."""
    table = crm.BY_NAME[g.dice.choice(['crm.notes', 'shop.orders', 'shop.tills'])]
    return [f'DROP TABLE {table.name}', f'CREATE TABLE {table.name} ' + table.create.replace('{key}', g.key_type),
            f'INSERT INTO {table.name} ({table.columns}) VALUES {g.row(table)}']


def lose_triggers(g):
    """Triggers are switched off for a while; reattach() sees what was missed."""
    return ['ALTER TABLE shop.orders DISABLE TRIGGER ALL',
            f'DELETE FROM shop.orders WHERE client = {g.key()} AND {g.own()}',
            'ALTER TABLE shop.orders ENABLE TRIGGER ALL', "SELECT winback.reattach('shop.orders')"]


def some(g):
    """One of the supported ones, as SQL; nothing where none is."""
    known = [name for name in crm.SUPPORTED if name in globals()]
    return globals()[g.dice.choice(known)](g) if known else []
