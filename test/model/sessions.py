"""Sessions that carry out transactions at the same time, and the conductor that gives them their turns.

A session asks for a turn before each statement. The conductor gives turns in an order drawn from the seed and waits a
little for each to end (`pace`): so histories interleave statement by statement, nearly the same at every run with one
seed; with a pace of 0 nobody is waited for, and commits race each other.

An error ends a session's transaction as in any application: serialization failures are tried again, refusals that the
statement allows for are rolled back. Everything else, and every warning that is not known, is a difference.
"""
import re
import threading
import time

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

import operations

KNOWN_WARNINGS = re.compile(
    r'^WARNING:  (\d+ rows? of (table \S+|the watched tables) cannot be (a )?facts? and (was|were) left out'
    r'|winback no longer hears of every change of table shop.orders'  # until reattach() is called, in one transaction
    r'|winback (will recompute (some|all) clients later'
    r'|could not (settle (a client|\d+ clients)|recompute all clients)): '
    r'(another (session|transaction) |canceling statement due to lock timeout|the watched table \S+ is gone))')
HANGS_AFTER = 90  # seconds in one statement
MOST_PREPARED = 4


class Difference(Exception):
    """What should not have happened."""


class Conductor:
    """Gives turns, resolves prepared transactions, ends or cancels a backend now and then."""

    def __init__(self, control, log):
        self.control, self.log = control, log
        self.changed = threading.Condition()
        self.asking, self.busy_since, self.prepared = set(), {}, []
        self.hindered = False  # a session fails again and again, maybe because of what is prepared
        self.clock, self.differences = None, []

    def begin_batch(self, dice, clock, sessions, disturb):
        self.dice, self.clock, self.sessions, self.disturb = dice, clock, sessions, disturb
        self.pace = dice.choice([0, 0, 0.002, 0.01, 0.03])

    def turn(self, session):
        """Called by a session: waits for its turn."""
        with self.changed:
            self.asking.add(session)
            self.busy_since.pop(session, None)
            self.changed.notify_all()
            while session in self.asking:
                self.changed.wait()

    def left(self, session):
        """Called by a session that has done everything."""
        with self.changed:
            self.busy_since.pop(session, None)
            self.sessions.discard(session)
            self.changed.notify_all()

    def conduct(self):
        """Gives turns until all sessions are done."""
        with self.changed:
            while self.sessions:
                ready = sorted(self.asking, key=lambda s: s.number)
                if self.hindered:
                    self.hindered = False
                    self.resolve()
                if self.dice.random() < 0.02:
                    self.step_in(ready)
                if not ready:
                    self.changed.wait(0.05)
                    self.look_after_the_waiting()
                    continue
                chosen = self.dice.choice(ready)
                self.asking.remove(chosen)
                self.busy_since[chosen] = time.monotonic()
                self.changed.notify_all()
                until = time.monotonic() + self.pace
                while chosen in self.busy_since and time.monotonic() < until:
                    self.changed.wait(self.pace)

    def look_after_the_waiting(self):
        """All are at work or waiting for each other: prepared transactions are what they may wait for."""
        now = time.monotonic()
        longest = max((now - since for since in self.busy_since.values()), default=0)
        if longest > 0.3:
            self.resolve()
        if longest > HANGS_AFTER:
            rows = self.run('SELECT pid, wait_event, pg_blocking_pids(pid), query FROM pg_stat_activity'
                            " WHERE datname = current_database() AND state = 'active'")
            self.differences.append('a statement hangs: ' + '; '.join(map(str, rows)))
            for session in self.busy_since:
                self.interrupt(session, 'terminate')
            self.busy_since = {s: now for s in self.busy_since}

    def step_in(self, ready):
        """Resolves a prepared transaction; or ends, or cancels, some backend."""
        if self.prepared and self.dice.random() < 0.5:
            return self.resolve()
        if not self.disturb or not self.busy_since:
            return None
        victim = self.dice.choice(sorted(set(self.busy_since) | set(ready), key=lambda s: s.number))
        return self.interrupt(victim, self.dice.choice(['terminate', 'cancel']))

    def interrupt(self, session, how):
        """Ends a session's backend, or cancels what it does."""
        session.interrupted.add(how)
        self.run(f'SELECT pg_{how}_backend({session.pid})')

    def resolve(self):
        """Commits or rolls back a prepared transaction, if there is one."""
        if self.prepared:
            end = self.dice.choice(['COMMIT', 'COMMIT', 'ROLLBACK'])
            name = self.dice.choice(self.prepared)
            self.run(f"{end} PREPARED '{name}'")
            self.prepared.remove(name)  # only now: until then a session counts with it

    def run(self, sql):
        """Runs a statement in the conductor's own session."""
        with self.control.cursor() as cursor:
            self.log(f'conductor: {sql}')
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


class Session:
    """A connection that carries out transactions."""

    def __init__(self, number, connect, conductor, log, counts):
        self.number, self.connect, self.conductor, self.log, self.counts = number, connect, conductor, log, counts
        self.prepares = 0
        self.open()

    def open(self):
        self.interrupted = set()  # how this backend was: 'terminate', 'cancel'
        self.connection = self.connect()
        self.cursor = self.connection.cursor()
        self.pid, self.database = self.connection.info.backend_pid, self.connection.info.dbname

    def gid(self, which):
        """The name of one of this session's prepared transactions."""
        return f'{self.database}_{self.number}_{which}'

    def run(self, transactions):
        """Carries out all transactions; what a thread does."""
        try:
            for transaction in transactions:
                for tries in range(20):
                    if self.attempt(transaction):
                        break
                    self.conductor.hindered = tries > 2
                    time.sleep(0.001 * 2 ** min(tries, 9))  # whom it depends on may be prepared, and ends later
                else:
                    raise Difference('a transaction was not serializable 20 times')
        except Difference as difference:
            self.conductor.differences.append(f'session {self.number}: {difference}')
        except Exception as error:  # a fault of this test must not go unseen in a thread
            self.conductor.differences.append(f'session {self.number}: {error!r}')
        finally:
            if not self.connection.closed:
                self.connection.close()
            self.open()
            self.conductor.left(self)

    def attempt(self, transaction):
        """Carries out a transaction; False if it is to be tried again."""
        exclusive = any(s.sql == operations.EXCLUSIVE for s in transaction.statements)
        has_prepared = any(name.startswith(self.gid('')) for name in list(self.conductor.prepared))
        own_conflicts = transaction.level == 'SERIALIZABLE' or transaction.works_task or exclusive or has_prepared
        try:
            self.execute(f"SET winback.as_of = '{self.conductor.clock}+00'")
            self.execute(f'BEGIN ISOLATION LEVEL {transaction.level}')
            for statement in transaction.statements:
                self.carry_out(statement, exclusive)
            self.end(transaction)
            self.counts['transactions'] += 1
            return True
        except psycopg2.Error as error:
            code = error.pgcode
            if not self.roll_back():
                if 'terminate' not in self.interrupted:
                    raise Difference(f'the connection was lost: {error}') from error
                self.counts['ended'] += 1
                self.open()
                return True
            if code == '57014' and 'cancel' in self.interrupted:
                self.interrupted.remove('cancel')
                self.counts['cancelled'] += 1
                return True
            # What is prepared holds rows of this session, and may add keys that a MERGE does not see yet.
            own_rows = has_prepared and code in ('23503', '23505') and error.diag.schema_name != 'winback'
            if code == '40001' and own_conflicts or own_rows:
                self.counts['tried again'] += 1
                return False
            if exclusive and code in operations.GAVE_UP:
                self.counts['gave up'] += 1
                return True
            raise Difference(f'{code} {error}') from error

    def roll_back(self):
        """Ends what is left of a transaction after an error; False if the connection is lost."""
        try:
            if not self.connection.closed and self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
                self.execute('ROLLBACK')
        except psycopg2.OperationalError:
            pass
        return not self.connection.closed

    def carry_out(self, statement, exclusive):
        """Runs a statement; one that may be refused, under a savepoint, but for what locks whole tables."""
        guarded = statement.allow and not (exclusive and statement.allow == operations.GAVE_UP)
        if guarded:
            self.execute('SAVEPOINT guard')
        try:
            self.execute(statement.sql, statement)
        except psycopg2.Error as error:
            if not guarded or error.pgcode not in statement.allow or self.connection.closed:
                raise
            self.counts['refused'] += 1
            self.execute('ROLLBACK TO guard')
        if guarded:
            self.execute('RELEASE guard')

    def end(self, transaction):
        """Ends a transaction as it is meant to end."""
        if transaction.end != 'PREPARE' or len(self.conductor.prepared) >= MOST_PREPARED:
            return self.execute('ROLLBACK' if transaction.end == 'ROLLBACK' else 'COMMIT')
        self.prepares += 1
        name = self.gid(self.prepares)
        self.execute(f"PREPARE TRANSACTION '{name}'")
        self.counts['prepared'] += 1
        return self.conductor.prepared.append(name)

    def execute(self, sql, statement=operations.Statement('')):
        """Runs SQL when it is this session's turn, and looks at what the server says to it."""
        self.conductor.turn(self)
        began = time.monotonic()
        outcome = 'ok'
        try:
            if statement.copy:
                import io
                self.cursor.copy_expert(sql, io.StringIO(statement.copy))
            else:
                self.cursor.execute(sql)
            self.counts['statements'] += 1
            if statement.empty:
                rows = self.cursor.fetchall()
                if rows:
                    raise Difference(f'{sql} found {rows}')
        except psycopg2.Error as error:
            outcome = f'{error.pgcode} {error}'.strip()
            raise
        finally:
            text = sql + (' <<\n' + statement.copy if statement.copy else '')
            self.log(f's{self.number} {1000 * (time.monotonic() - began):.0f} ms: {text}  -- {outcome}')
            notices, self.connection.notices[:] = list(self.connection.notices), []
            for notice in notices:
                self.log(f's{self.number} {notice.strip()}')
        for notice in notices:
            if notice.startswith('WARNING') and not KNOWN_WARNINGS.match(notice):
                raise Difference(f'{sql}: {notice.strip()}')
