"""What sessions do: transactions drawn from a seeded generator, as SQL with the SQLSTATEs that it may end with.

To keep the application itself free of deadlocks: a session writes rows of its own only; what locks whole tables, the
settings or every client comes first in its transaction, one at a time by an advisory lock, and gives up soon; a
transaction works at most one task.
"""
import datetime
from dataclasses import dataclass

import alterations
import crm
import draws

# A call that is none; one open call task a client; closed meanwhile; a watched table was dropped meanwhile.
REFUSED_TASK = {'23514', '23505', '0A000', '42P01'}
REFUSED_PROCESS = {'23514', '23505', '22023', '55000'}  # held out; in one already; unknown; not to be brought back
UNKNOWN_CLIENT = {'22023', '55000'}  # no such client, (not) written off
GAVE_UP = {'55P03'}  # lock_timeout of what locks whole tables

EXCLUSIVE = 'SELECT pg_advisory_xact_lock(1)'
ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland']
POLICIES = ["timezone = '{zone}'", 'contact_seconds = {number}', 'value_period = NULL', "value_period = '12 months'",
            "value_period = '{number} days'", 'abc_a = 0.5, abc_b = 0.9', 'abc_a = 0.8, abc_b = 0.95',
            "working_days = '{{1,2,3,4,5}}'", "working_days = '{{1,2,3,4,5,6,7}}'"]
RULES = ["enabled = NOT enabled WHERE rule <> 'model' AND position = {number} % 9 + 1",
         "after = '{number} days' WHERE rule IN ('silence', 'unanswered_offer')",
         "after = '3 months' WHERE rule IN ('silence', 'unanswered_offer')",
         "after = '{number} days' WHERE rule = 'slowing'", "factor = {number} / 20.0 WHERE rule = 'slowing'",
         "factor = {number} / 10.0, enabled = true WHERE rule = 'own_cadence'",
         "floor = '{number} days', ceiling = '90 days' WHERE rule = 'own_cadence'",
         "after = '{number} days', enabled = true WHERE rule = 'usage_drop'",
         "factor = {number} / 20.0, enabled = true WHERE rule = 'usage_drop'",
         "at_most = {number} % 11 WHERE rule = 'detractor'", "more_than = {number} % 5 WHERE rule = 'fruitless'",
         "position = 8 - position WHERE position < 8"]

SEGMENTS = ["playbook = 'visits', abc = NULL", "playbook = 'return', abc = '{{A,B}}'", 'playbook = NULL',
            "enabled = NOT enabled, playbook = 'visits'", "reentry_after = '{number} days'",
            "status = 'at_risk', playbook = 'visits'", "status = 'lost', least_orders = {number} % 4",
            "least_average_order = {number}"]


@dataclass
class Statement:
    sql: str
    allow: frozenset = frozenset()
    copy: str = None  # what COPY reads
    empty: bool = False  # an answer with rows is a difference


@dataclass
class Transaction:
    statements: list
    level: str = 'READ COMMITTED'
    end: str = 'COMMIT'  # or ROLLBACK, or PREPARE
    works_task: bool = False


class Generator(draws.Draws):
    """One session's transactions; the same seed gives the same ones."""

    # --- operations on the CRM's tables; each returns a list of statements

    def insert(self):
        table = self.table()
        name = self.dice.choice((table.name,) + table.children)
        rows = [self.row(table) for _ in range(self.dice.randrange(1, 5))]
        return [Statement(f"INSERT INTO {name} ({table.columns}) VALUES {', '.join(rows)}")]

    def insert_into_leaf(self):
        at = (self.clock - datetime.timedelta(hours=self.dice.randrange(24 * 20)))
        if at.year != 2024:
            return self.insert()
        return [Statement(f"INSERT INTO shop.sales_2024 VALUES ({self.fresh_no()}, {self.key()}, "
                          f"'{at:%Y-%m-%d %H:%M}', {self.dice.randrange(9000)}, 'paid')")]

    def update(self):
        table = self.table()
        columns = [c for c in table.columns.split(', ') if c != 'no']
        changed = self.dice.sample(columns, self.dice.randrange(1, len(columns) + 1))
        settings = ', '.join(f'{c} = {self.typed(table, c)}' for c in changed)
        return [Statement(f'UPDATE {table.name} SET {settings} WHERE {self.one_of_own(table)}')]

    def touch(self):
        """An update that changes no fact."""
        table = self.table()
        return [Statement(f'UPDATE {table.name} SET {table.subject} = {table.subject} WHERE {self.one_of_own(table)}')]

    def replicated(self):
        """Rows that come as by logical replication."""
        return ([Statement('SET LOCAL session_replication_role = replica')] + self.insert() + self.update()
                + [Statement('SET LOCAL session_replication_role = origin')])

    def delete(self):
        table = self.table()
        return [Statement(f'DELETE FROM {table.name} WHERE {self.one_of_own(table)}')]

    def copy(self):
        table = self.dice.choice([t for t in crm.TABLES if t.unique and 'PARTITION BY' not in t.create
                                  and t.name not in ('shop.receipts', 'crm.customers')])
        lines = []
        for _ in range(self.dice.randrange(1, 30)):
            values = [self.value(c) for c in table.columns.split(', ')]
            texts = ['\\N' if v == 'NULL' else v.split('::')[0].strip("()'").replace('\\', '\\\\') for v in values]
            lines.append('\t'.join(texts))
        return [Statement(f'COPY {table.name} ({table.columns}) FROM STDIN', copy='\n'.join(lines) + '\n')]

    def on_conflict(self):
        table = self.dice.choice([t for t in crm.TABLES if t.unique and 'no' in t.columns.split(', ')
                                  and t.name != 'shop.receipts'])
        rows = ', '.join(self.row(table, no) for no in {self.old_no(), self.old_no(), self.fresh_no()})
        column = self.dice.choice([c for c in table.columns.split(', ') if c != 'no'])
        action = self.dice.choice(['NOTHING', f'UPDATE SET {column} = excluded.{column}'])
        return [Statement(f'INSERT INTO {table.name} ({table.columns}) VALUES {rows} ON CONFLICT (no) DO {action}')]

    def merge(self):
        table = self.table()
        columns = [c for c in table.columns.split(', ') if c != 'no']
        rows = ', '.join(self.row(table, no) for no in {self.old_no(), self.old_no(), self.fresh_no()})
        settings = ', '.join(f'{c} = v.{c}' for c in columns)
        given = ', '.join(f'v.{c}' for c in table.columns.split(', '))
        matched = self.dice.choice([f'UPDATE SET {settings}', 'DELETE', 'DO NOTHING'])
        return [Statement(f'MERGE INTO {table.name} t USING (VALUES {rows}) AS v ({table.columns}) ON t.no = v.no'
                          f' WHEN MATCHED AND t.no % 3 = 0 THEN DELETE WHEN MATCHED THEN {matched}'
                          f' WHEN NOT MATCHED THEN INSERT ({table.columns}) VALUES ({given})')]

    def rekey(self):
        """A client of the CRM becomes another one, in one table."""
        table = self.table()
        return [Statement(f'UPDATE {table.name} SET {table.subject} = {self.subject(table)}'
                          f' WHERE {table.subject} = {self.subject(table)} AND {self.own()}')]

    def customers(self):
        """The CRM's clients and, by foreign key, their receipts; of one's own only."""
        dice, table = self.dice, crm.BY_NAME['crm.customers']
        own, other = self.key(own=True), self.key(own=True)
        columns = table.columns.split(', ')
        row = ', '.join([own] + [self.typed(table, c) for c in columns[1:]])
        receipt = crm.BY_NAME['shop.receipts']
        return [Statement(dice.choice([
            f'INSERT INTO crm.customers ({table.columns}) VALUES ({row}) ON CONFLICT DO NOTHING',
            f'INSERT INTO crm.customers ({table.columns}) VALUES ({row})'
            ' ON CONFLICT (client) DO UPDATE SET manager = excluded.manager, no_calls = excluded.no_calls',
            f"UPDATE crm.customers SET manager = {self.value('manager')}, since = {self.typed(table, 'since')}"
            f' WHERE client = {own}',
            f'UPDATE crm.customers SET client = {own} WHERE client = {other}'
            f' AND NOT EXISTS (SELECT FROM crm.customers x WHERE x.client = {own})',
            f'DELETE FROM crm.customers WHERE client = {own}',
        ] + [f'INSERT INTO {dice.choice(["shop.receipts", "shop.open_receipts"])} ({receipt.columns})'
             f" SELECT {self.fresh_no()}, c.client, {self.typed(receipt, 'at')}, {self.typed(receipt, 'amount')},"
             f" {self.value('state')} FROM crm.customers c WHERE c.client = {own}"] * 4 + [
            f"UPDATE shop.open_receipts SET amount = {self.typed(receipt, 'amount')} WHERE no = {self.old_no()}",
            f'DELETE FROM shop.open_receipts WHERE no = {self.old_no()}',
        ]))]

    def edge_of_period(self):
        """An order so that another one is at the very end of the value period, which is not within it."""
        among, some = self.candidates()
        edge = self.dice.choice(['c.period_first_at {0} + p.value_period', 'c.last_order_at {0} - p.value_period'])
        return [Statement('INSERT INTO shop.orders (no, client, placed, amount, state)'
                          f" SELECT {self.fresh_no()}, c.client_id, at, {self.dice.randrange(-500, 9000) / 100}, 'paid'"
                          ' FROM winback.client c CROSS JOIN winback.policy p CROSS JOIN LATERAL'
                          f" (SELECT ({edge.format('AT TIME ZONE p.timezone')}) AT TIME ZONE p.timezone AS at) e"
                          f" WHERE {among} AND at <= '{self.clock}+00' {some}")]

    # --- operations of winback

    def decide(self):
        """What a person says of a client."""
        dice, client = self.dice, self.key()
        return [Statement(dice.choice([
            f"SELECT winback.write_off({client}, 'soak')", f"SELECT winback.take_back({client}, 'soak')",
            f"SELECT winback.set_interaction_status({client}, '{dice.choice(['warm', 'cold', 'vip'])}')",
            f"SELECT winback.record_event({client}, '{dice.choice(draws.EVENTS[:9])}', {self.time(False)},"
            f' {dice.randrange(11)})',
        ]), UNKNOWN_CLIENT)]

    def decide_on_lost(self):
        """A loss is hidden behind a verdict, which neither ends it nor is one, and comes to light again."""
        among, some = self.candidates()
        verdict, status = self.dice.choice([('write_off', 'lost'), ('take_back', 'written_off')])
        return [Statement(f"SELECT winback.{verdict}(c.client_id, 'soak') FROM winback.clients c"
                          f" WHERE {among} AND c.status = '{status}' {some}", UNKNOWN_CLIENT)]

    def mend_event(self):
        """An administrator mends rows of winback.event."""
        own = f'event_id % {crm.SESSIONS} = {self.session} AND event_id % 7 = {self.dice.randrange(7)}'
        return [Statement(self.dice.choice([
            f'DELETE FROM winback.event WHERE {own}',
            f'UPDATE winback.event SET client_id = {self.key()} WHERE {own}',
            f'UPDATE winback.event SET happened_at = {self.time(False)} WHERE {own}']))]

    def fold(self):
        return [Statement('SELECT winback.fold()')]

    def sweep(self):
        return [Statement('SELECT winback.sweep()', GAVE_UP)]

    def look(self):
        """verify() finds nothing, at any moment."""
        return [Statement('SELECT * FROM winback.verify()', empty=True)]

    def work_task(self):
        """A task is completed with a real call, refused, cancelled or changed."""
        dice = self.dice
        some = f'ORDER BY md5(t.task_id::text || {dice.randrange(1000)}) LIMIT 1'
        call = self.fresh_no()
        seconds = dice.choice([21, 60, 5])
        calling = Statement(f'INSERT INTO tel.calls SELECT {call}, t.client_id, winback.now(), {seconds}'
                            f" FROM winback.task t WHERE t.status = 'open' {some}")
        close = f"""SELECT winback.complete_task(t.task_id, 'will order', c.call_id, NULL, c.call_source)
            FROM winback.task_calls c JOIN winback.task t USING (task_id) {some}"""
        return dice.choice([
            [Statement(close, REFUSED_TASK)],
            [calling, Statement(close, REFUSED_TASK)],
            [calling, Statement(f"SELECT winback.complete_task(t.task_id, 'spoke', '{call}') FROM winback.task t"
                                f" JOIN tel.calls c ON c.client = t.client_id AND c.no = {call}"
                                " WHERE t.status = 'open'", REFUSED_TASK)],
            [Statement(f"UPDATE winback.task SET status = 'done', outcome = 'so', call_id = '{self.old_no()}'"
                       f" WHERE task_id = (SELECT t.task_id FROM winback.task t WHERE t.status = 'open' {some})",
                       REFUSED_TASK)],
            [Statement(f"SELECT winback.cancel_task(t.task_id, 'soak') FROM winback.task t"
                       f" WHERE t.status = 'open' {some}", REFUSED_TASK)],
            [Statement(f"INSERT INTO winback.task (client_id, kind) VALUES ({self.key()},"
                       f" '{dice.choice(['call_lost_client', 'call', 'other'])}')", REFUSED_TASK)],
            [Statement(f"UPDATE winback.task SET note = 'seen' WHERE task_id ="
                       f' (SELECT t.task_id FROM winback.task t WHERE true {some})')],
            [Statement('DELETE FROM winback.task', {'0A000'})],
        ])

    def work_process(self):
        """A client is begun to be brought back; a step is done, with one of its outcomes or another; a cause stated."""
        dice = self.dice
        some = f"ORDER BY md5(p.process_id::text || o.outcome || {dice.randrange(1000)}) LIMIT 1"
        step = f"""SELECT winback.complete_task(t.task_id, o.outcome, NULL, 'soak') FROM winback.process p
            JOIN winback.task t ON t.task_id = p.task_id AND t.status = 'open'
           CROSS JOIN LATERAL (SELECT jsonb_object_keys(winback._step_definition(p.playbook, p.version, p.step)
                                                        -> 'outcomes') UNION SELECT 'nothing') o (outcome)
           WHERE p.state = 'running' {some}"""
        among, lost = self.candidates()
        begin = [f"SELECT winback.start_process(c.client_id, '{dice.choice(['return', 'visits'])}')"
                 f" FROM winback.clients c WHERE {among} AND c.status IN ('lost', 'at_risk') {lost}",
                 f"INSERT INTO winback.process (client_id, playbook) VALUES ({self.key()}, 'visits')"]
        return [Statement(sql, REFUSED_PROCESS | REFUSED_TASK) for sql in dice.choice([
            [step], [step], [step, step], begin[:1], begin[:1] + [step], begin[1:],
            [f"SELECT winback.state_cause({self.key()}, '{dice.choice(['price', 'service'])}')"]])]

    # --- operations that lock whole tables, settings or everybody: first in their transaction

    def exclusive(self):
        choice = self.dice.choice([self.truncate, self.truncate, self.settings, self.settings, self.settings,
                                   self.watch_again, self.everybody, self.alter, self.merge_clients, self.erase])
        return [Statement("SET LOCAL lock_timeout = '500ms'"), Statement(EXCLUSIVE, GAVE_UP)] + choice()

    def truncate(self):
        names = self.dice.sample([t.name for t in crm.TABLES if t.name != 'crm.customers'], self.dice.choice([1, 1, 2]))
        if self.dice.random() < 0.1:
            return [Statement('TRUNCATE crm.customers CASCADE', GAVE_UP)]
        made = [Statement('TRUNCATE ' + ', '.join(names), GAVE_UP)]
        if names[0] in ('shop.orders', 'tel.calls'):
            copy = self.copy()[0]
            if copy.sql.startswith(f'COPY {names[0]} '):
                copy.sql += ' (FREEZE)'
                made.append(copy)
        return made

    def settings(self):
        dice = self.dice
        words = {'zone': dice.choice(ZONES), 'number': dice.randrange(1, 60)}
        day = f"'{(self.clock + datetime.timedelta(days=dice.randrange(-5, 30))):%Y-%m-%d}'"
        return [Statement(dice.choice([
            'UPDATE winback.policy SET ' + dice.choice(POLICIES).format(**words),
            'UPDATE winback.rule SET ' + dice.choice(RULES).format(**words),
            f"UPDATE winback.interaction_status SET contact_every = '{words['number']} days'"
            f" WHERE name = '{dice.choice(['warm', 'cold', 'vip'])}'",
            f'INSERT INTO winback.calendar VALUES ({day}, {dice.choice(["true", "false"])}) ON CONFLICT (day) DO'
            ' UPDATE SET working = excluded.working',
            f'DELETE FROM winback.calendar WHERE day = {day}']
            + 3 * ['UPDATE winback.segment SET ' + dice.choice(SEGMENTS).format(**words)]
            + [f"UPDATE winback.playbook SET holdout = {words['number']} WHERE playbook = 'visits'",
               f"UPDATE winback.cause SET fixed_on = {dice.choice(['NULL', day])} WHERE cause = 'service'"]), GAVE_UP)]

    def watch_again(self):
        table = self.dice.choice([t for t in crm.TABLES])
        again = [f"SELECT winback.unwatch('{table.name}')", f'SELECT {table.watch}']
        return [Statement(sql, GAVE_UP) for sql in again + ([f'SELECT {table.then}'] if table.then else [])]

    def merge_clients(self):
        if 'merges' not in crm.SUPPORTED:
            return []
        kind = self.key_type  # a great number is a bigint by itself, a small one is not
        return [Statement(self.dice.choice([f'SELECT winback.merge_clients({self.key()}::{kind}, {self.key()}::{kind})',
                                            f'SELECT winback.unmerge_client({self.key()})',
                                            f'DELETE FROM winback.merged WHERE client_id > {self.key()}']),
                          UNKNOWN_CLIENT | GAVE_UP)]

    def erase(self):
        if 'erasure' not in crm.SUPPORTED:
            return []
        client = self.passing()
        tables = [t.name for t in crm.TABLES if 'client' in t.columns.split(', ') and t.name != 'shop.receipts']
        return ([Statement(f'DELETE FROM {name} WHERE client = {client}', GAVE_UP) for name in tables]
                + [Statement(f'SELECT winback.erase_client({client})', UNKNOWN_CLIENT | GAVE_UP)])

    def alter(self):
        return [Statement(sql, GAVE_UP) for sql in alterations.some(self)]

    def everybody(self):
        return [Statement(self.dice.choice(['SELECT winback.rebuild()', 'SELECT * FROM winback.classify()']), GAVE_UP)]

    # --- transactions

    WEIGHTS = {'insert': 20, 'insert_into_leaf': 3, 'update': 14, 'touch': 2, 'replicated': 2, 'delete': 7, 'copy': 3,
               'on_conflict': 5, 'merge': 5, 'rekey': 4, 'customers': 12, 'edge_of_period': 3, 'decide': 5,
               'decide_on_lost': 3, 'mend_event': 2, 'fold': 3, 'sweep': 1}

    def operation(self):
        name = self.dice.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        return getattr(self, name)()

    def some(self, depth=0):
        """A few operations, some of them under savepoints, which are released or rolled back."""
        made = []
        for _ in range(self.dice.randrange(1, 4)):
            if depth < 3 and self.dice.random() < 0.15:
                name = f's{depth}'
                made += [Statement(f'SAVEPOINT {name}')] + self.some(depth + 1)
                made.append(Statement(self.dice.choice([f'RELEASE {name}', f'ROLLBACK TO {name}'])))
            else:
                made += self.operation()
        return made

    def transaction(self):
        dice = self.dice
        kind = dice.random()
        end = dice.choices(['COMMIT', 'ROLLBACK', 'PREPARE'], [85, 10, 5])[0]
        level = dice.choices(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'], [6, 3, 1])[0]
        if kind < 0.05:
            return Transaction(self.exclusive() + (self.some() if dice.random() < 0.5 else []), level, end)
        if kind < 0.20:
            before = self.some() if dice.random() < 0.3 else []
            after = self.some() if dice.random() < 0.3 else []
            work = self.dice.choice([self.work_task, self.work_process])()
            return Transaction(before + work + after, level, end, works_task=True)
        if kind < 0.28:
            return Transaction(self.dice.choice([self.look, self.sweep, self.sweep])(), 'READ COMMITTED')
        return Transaction(self.some(), level, end)
