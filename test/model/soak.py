#!/usr/bin/env python3
"""Random histories against an independent computation; see README.md.

soak.py [--seed N] [--minutes M] [--lives N] [--batches N] [--key TYPE] [--log FOLDER]
"""
import argparse
import collections
import datetime
import os
import random
import sys
import threading
import time

import psycopg2

import crm
import operations
import oracle
import sessions

BATCHES = 12  # of one life
# A playbook that goes round, with a rest, besides the one that is shipped.
PLAYBOOK = ["INSERT INTO winback.playbook (playbook, title) VALUES ('visits', 'Visits');"
            " INSERT INTO winback.playbook_step (playbook, step, position, kind, due_after)"
            " VALUES ('visits', 'visit', 1, 'meeting', '1 day'), ('visits', 'rest', 2, 'wait', '2 days');"
            " INSERT INTO winback.playbook_path (playbook, step, outcome, next_step, end_state, cause)"
            " VALUES ('visits', 'visit', 'met', 'rest', NULL, NULL), ('visits', 'visit', 'price', 'rest', NULL, 'price'),"
            " ('visits', 'visit', 'away', NULL, 'gave_up', NULL), ('visits', 'visit', 'gone', NULL, 'written_off', NULL),"
            " ('visits', 'rest', 'elapsed', 'visit', NULL, NULL)"]


class Life:
    """One database from its making to its end, in batches; after each it is compared."""

    def __init__(self, seed, options, counts):
        self.seed, self.counts = seed, counts
        self.dice = random.Random(seed)
        self.key_type = self.dice.choice(list(crm.KEYS))
        self.key_type = options.key or self.key_type
        self.ahead = self.dice.random() < 0.3
        self.database = f'soak_{seed}'
        self.clock = datetime.datetime(2024, 2, 1) + datetime.timedelta(days=self.dice.randrange(200))
        self.file = open(os.path.join(options.log, f'{self.database}.log'), 'w', encoding='utf-8')
        self.began = time.monotonic()
        self.lock = threading.Lock()

    def log(self, text):
        with self.lock:
            self.file.write(f'{time.monotonic() - self.began:.3f} {text}\n')
            self.file.flush()

    def connect(self):
        # A real deadlock is still found; what gives up by its lock_timeout is not taken for one before.
        connection = psycopg2.connect(dbname=self.database, options='-c client_min_messages=warning'
                                      ' -c deadlock_timeout=20s'
                                      f' -c winback.lock_wait={self.dice.choice(["0", "20ms", "200ms"])}'
                                      f' -c timezone={self.dice.choice(operations.ZONES)}'
                                      f' -c datestyle={self.dice.choice(["ISO", "German", "SQL,DMY"])}')
        connection.autocommit = True
        return connection

    def make(self):
        """The database, the CRM in it, and some of the watches before the first rows, the others after."""
        with_postgres(f'CREATE DATABASE {self.database} TEMPLATE template0')
        self.control = self.connect()
        oracle.prepare(self.database, self.key_type)
        first = [f"SET winback.as_of = '{self.clock}+00'", 'CREATE EXTENSION winback',
                 f"SELECT winback.init('{self.key_type}')", f"UPDATE winback.policy SET timezone = 'Europe/Berlin'",
                 "INSERT INTO winback.interaction_status VALUES ('vip', '7 days')"] + PLAYBOOK
        for sql in first + crm.create(self.key_type) + ['SELECT ' + table.watch for table in crm.TABLES]:
            self.run(sql)
        self.conductor = sessions.Conductor(self.control, self.log)
        self.sessions = [sessions.Session(i, self.connect, self.conductor, self.log, self.counts)
                         for i in range(crm.SESSIONS)]
        self.numbers = [0] * crm.SESSIONS

    def run(self, sql):
        """Runs a statement in the control session; returns its rows."""
        self.log(f'control: {sql}')
        with self.control.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def batch(self, number):
        """Lets all sessions carry out some transactions at the same time."""
        self.log(f'--- batch {number}, clock {self.clock}')
        dice = random.Random(f'{self.seed}/{number}')
        self.conductor.begin_batch(dice, self.clock, set(self.sessions), dice.random() < 0.3)
        threads = []
        for session in self.sessions:
            generator = operations.Generator(random.Random(f'{self.seed}/{number}/{session.number}'), session.number,
                                             self.key_type, self.clock, self.ahead, self.numbers)
            transactions = [generator.transaction() for _ in range(dice.randrange(4, 12))]
            threads.append(threading.Thread(target=session.run, args=(transactions,)))
        for thread in threads:
            thread.start()
        self.conductor.conduct()
        for thread in threads:
            thread.join()
        return self.conductor.differences or self.compare(dice)

    def compare(self, dice):
        """What differs after a batch: settles what there is to settle, then asks verify() and the figures."""
        while self.conductor.prepared and dice.random() < 0.9:
            self.conductor.resolve()
        self.clock += datetime.timedelta(hours=dice.choice([1, 30, 24 * 7, 24 * 20]))
        self.run(f"SET winback.as_of = '{self.clock}+00'")
        if self.conductor.prepared:
            return self.verify_beside_prepared()
        # The server's own autovacuum, or a session on its way out, may have the ledger for a moment.
        patience = time.monotonic() + 10
        for _ in range(3):
            self.run('SELECT winback.sweep()')
        while self.run('TABLE winback.stale') and time.monotonic() < patience:
            time.sleep(0.5)
            self.run('SELECT winback.sweep()')
        found = [f'stale after a sweep: {row}' for row in self.run('TABLE winback.stale')]
        self.run('SELECT winback.classify()')
        text = oracle.differences(self.database, self.clock)
        if text:
            found.append(text)
        if not found and dice.random() < 0.3:
            found = self.rebuild()
        return found

    def verify_beside_prepared(self):
        """What verify() finds. It waits for tables that are locked; what has locked them is resolved then."""
        self.run("SET lock_timeout = '1s'")
        try:
            while True:
                try:
                    return [str(row) for row in self.run('SELECT * FROM winback.verify()')]
                except psycopg2.errors.LockNotAvailable:
                    if not self.conductor.prepared:
                        raise
                    self.conductor.resolve()
        finally:
            self.run('RESET lock_timeout')

    def rebuild(self):
        """What rebuild() changes, which should be nothing."""
        # Equal numeric keys may be written in several ways.
        key = 'trim_scale(client_id)' if self.key_type == 'numeric' else 'client_id'
        rows = [f"SELECT to_jsonb(t) || jsonb_build_object('client_id', {key}) FROM winback.{table} t"
                for table in ('clients', 'task', 'stale')]
        rows.append(f'SELECT {key}, from_status, to_status, changed_at, rule FROM winback.status_change'
                    ' WHERE withdrawn_at IS NULL')
        if 'rejected of parts' in crm.SUPPORTED:
            rows.append('SELECT source, row FROM winback.rejected')

        def state():
            return {row for sql in rows for (row,) in self.run(f'SELECT r::text FROM ({sql}) r')}
        before = state()
        self.run('SELECT winback.rebuild()')
        after = state()
        return ([f'gone by rebuild(): {row}' for row in sorted(before - after)]
                + [f'come by rebuild(): {row}' for row in sorted(after - before)])

    def end(self):
        while self.conductor.prepared:
            self.conductor.resolve()
        self.control.close()
        for session in self.sessions:
            session.connection.close()
        with_postgres(f'DROP DATABASE {self.database} WITH (FORCE)')
        self.file.close()
        os.remove(self.file.name)


def with_postgres(sql):
    """Runs a statement outside of any life."""
    connection = psycopg2.connect(dbname='postgres')
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def live(seed, options, counts, until):
    """One life; False if something differed."""
    life = Life(seed, options, counts)
    life.make()
    for number in range(1, options.batches + 1):
        if time.monotonic() > until:
            break
        try:
            found = life.batch(number)
        except psycopg2.Error as error:
            found = [f'control: {error}']
        counts['batches'] += 1
        if found:
            print(f'seed {seed}, keys of type {life.key_type}, batch {number}: these differ at {life.clock}')
            print('\n'.join(str(line) for line in found)[:6000])
            print(f'statements: {life.file.name} (the database {life.database} is left as it is)')
            print(f'to repeat it: make soak SEED={seed} LIVES=1', flush=True)
            return False
    life.end()
    counts['lives'] += 1
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument('--minutes', type=float, default=1)
    parser.add_argument('--lives', type=int, default=1_000_000)
    parser.add_argument('--batches', type=int, default=BATCHES)
    parser.add_argument('--key', choices=crm.KEYS)
    parser.add_argument('--log', default='.')
    options = parser.parse_args()
    print(f'seed {options.seed}', flush=True)
    counts = collections.Counter()
    began = time.monotonic()
    until = began + 60 * options.minutes
    seed, good = options.seed, True
    while good and time.monotonic() < until and counts['lives'] < options.lives:
        good = live(seed, options, counts, until)
        seed += 1
    print(', '.join(f'{counts[word]} {word}' for word in ('lives', 'batches', 'transactions', 'statements', 'prepared',
                                                          'tried again', 'refused', 'gave up', 'ended', 'cancelled'))
          + f' in {time.monotonic() - began:.0f} s from seed {options.seed}: '
          + ('no difference' if good else 'DIFFERENT'))
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
