"""What rows say: keys, times, amounts and whole rows, drawn from a session's dice, as SQL."""
import datetime

import crm

STATES = ['paid', 'paid', 'sent', 'draft']
EVENTS = ['nps', 'nps', 'nps', 'conflict', 'complaint', 'inquiry', 'inquiry', 'offer', 'offer', 'usage', 'usage',
          'usage', 'visit', 'write_off', 'take_back', 'interaction_status']


class Draws:
    """One session's values; the same seed gives the same ones. `clock` is about the present of the model."""

    def __init__(self, dice, session, key_type, clock, ahead, numbers):
        self.dice, self.session, self.key_type = dice, session, key_type
        self.clock, self.ahead, self.numbers = clock, ahead, numbers

    def subject(self, table):
        """What a row of a table may be about, as SQL."""
        return self.key() if table.subject == 'client' else self.value(table.subject)

    def key(self, own=False):
        """A client as SQL; of one's own: whose row in crm.customers only this session writes."""
        n = self.dice.randrange(crm.CLIENTS)
        if own:
            n = n - n % crm.SESSIONS + self.session
        elif self.dice.random() < 0.04:
            return self.passing()
        return crm.KEYS[self.key_type](n, self.dice)

    def passing(self):
        """A client whom no other session writes: it is erased now and then."""
        return crm.KEYS[self.key_type](crm.CLIENTS + self.session, self.dice)

    def time(self, rejected=True):
        """A time as text: mostly of the last days, sometimes long ago, ahead of the clock, infinite or null."""
        dice = self.dice
        kind = dice.random()
        if kind < 0.03 and rejected:
            return dice.choice(['NULL', "'infinity'", "'-infinity'"])
        if kind < 0.20:
            back = datetime.timedelta(hours=dice.randrange(1, 24 * 6))
        elif kind < 0.60:  # such that the end of a period or silence often is another row's very instant
            back = datetime.timedelta(days=dice.choice([0, 0, 0, 30, 60, 91, 92, 365, 366]),
                                      hours=dice.randrange(1, 12) * 12)
        elif kind < 0.63:  # before 2000, where the server's instants are negative
            back = datetime.timedelta(days=dice.randrange(9_200, 10_500))
        elif kind < 0.98 or not self.ahead:
            back = datetime.timedelta(hours=dice.randrange(24 * 700) // 6 * 6)
        else:
            back = datetime.timedelta(hours=-dice.randrange(24 * 90))
        at = (self.clock - back).replace(minute=0, second=0, microsecond=0)
        if dice.random() < 0.3:
            at += datetime.timedelta(microseconds=dice.randrange(3_600_000_000))
        return f"'{at:%Y-%m-%d %H:%M:%S.%f}+00'"

    def amount(self):
        kind = self.dice.random()
        if kind < 0.04:
            return self.dice.choice(['NULL', "'NaN'", "'Infinity'", '0'])
        return f"{self.dice.randrange(-3000, 20000) / 100:.{self.dice.randrange(3)}f}"

    def fresh_no(self):
        """A number that no row has yet."""
        self.numbers[self.session] += 1
        return self.numbers[self.session] * crm.SESSIONS + self.session

    def old_no(self):
        """The number of a row that may be there."""
        return self.dice.randrange(1, self.numbers[self.session] + 2) * crm.SESSIONS + self.session

    def value(self, column, no=None):
        """A value of a column as SQL."""
        dice = self.dice
        if column == 'no':
            return str(no if no is not None else self.fresh_no())
        if column == 'client':
            return 'NULL' if dice.random() < 0.04 else self.key()
        return {
            'placed': self.time, 'day': self.time, 'at': self.time, 'began': self.time, 'since': self.time,
            'amount': self.amount, 'total': self.amount, 'score': lambda: str(dice.randrange(-1, 11)),
            'cents': lambda: str(dice.randrange(-3000, 20000)), 'parts': lambda: str(dice.choice([0, 1, 1, 2, 3, 7])),
            'state': lambda: f"'{dice.choice(STATES)}'", 'seconds': lambda: str(dice.choice([3, 20, 20.5, 60, 600])),
            'bill': lambda: str(self.old_no() // crm.SESSIONS * crm.SESSIONS + dice.randrange(crm.SESSIONS)),
            'phone': lambda: dice.choice(['NULL', "''"] + [f"'p{i}'" for i in range(12)]), 'freight': self.amount,
            'price': self.amount, 'quantity': lambda: str(dice.randrange(-1, 4)),
            'deleted': lambda: dice.choice(['true', 'false', 'false']),
            'agent': lambda: "'Ada'", 'lasted': lambda: f"'{dice.choice([5, 20, 21, 90])} seconds'",
            'answered': lambda: dice.choice(['true', 'true', 'false', 'NULL']),
            'kind': lambda: f"'{dice.choice(EVENTS)}'",
            'no_calls': lambda: dice.choice(['true', 'false', 'false', 'NULL']),
            'name': lambda: dice.choice(['NULL', "'Åse'", "'Zoë'", "''"]),
            'manager': lambda: f"'M{dice.randrange(3)}'",
            'channel': lambda: dice.choice(['NULL', "'web'"]), 'region': lambda: "'north'",
            'department': lambda: 'NULL'}[column]()

    def typed(self, table, column, no=None):
        """The same with the column's type, for where a bare literal would be text."""
        value = self.value(column, no)
        types = {'placed': 'timestamp' if table.name == 'shop.sales' else 'timestamptz', 'day': 'date',
                 'at': 'timestamptz', 'began': 'timestamp' if table.name == 'tel.cdr' else 'timestamptz',
                 'since': 'timestamptz',
                 'amount': 'money' if table.name == 'shop.receipts' else 'numeric',
                 'freight': 'numeric', 'price': 'numeric',
                 'bill': 'bigint', 'quantity': 'int', 'deleted': 'boolean', 'phone': 'text',
                 'total': 'numeric', 'score': 'numeric',
                 'lasted': 'interval', 'answered': 'boolean', 'no_calls': 'boolean', 'client': self.key_type}
        if column == 'amount' and table.name == 'shop.receipts' and 'N' in value.upper():
            value = '7'
        # An old spelling of the time zone would be lost on a timestamp without one.
        return f"({value})::{types[column]}" if column in types else value

    def row(self, table, no=None):
        """A row of values in parentheses."""
        return '(' + ', '.join(self.typed(table, c, no) for c in table.columns.split(', ')) + ')'

    def own(self):
        """The condition on rows of one's own."""
        return f'no % {crm.SESSIONS} = {self.session}'

    def one_of_own(self, table):
        """A condition on rows of one's own: one row, or all of a client."""
        if self.dice.random() < 0.7:
            return f'no = {self.old_no()}'
        return f'{table.subject} = {self.subject(table)} AND {self.own()}'

    def candidates(self):
        """A condition on a row of the ledger, and an order among those: some client whom one may write."""
        keys = ', '.join(self.key() for _ in range(8))
        return f'c.client_id IN ({keys})', f'ORDER BY md5(c.client_id::text || {self.dice.randrange(1000)}) LIMIT 1'

    def table(self, *kinds):
        """One of the watched tables, but for those that customers() writes."""
        names = [t for t in crm.TABLES if t.name not in ('crm.customers', 'shop.receipts')]
        return self.dice.choice([t for t in names if not kinds or t.kind in kinds])
