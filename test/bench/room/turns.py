"""Writers that take turns: each contender has a pgbench of its own that inserts orders without end and is let go for a
moment at a time, so that what else the machine does falls upon all of them alike.

Orders are counted by the sequence of their key, CPU by what the backends have taken."""

import signal
import subprocess
import tempfile
import time

from room.bench import SCHEMAS
from room.server import cpu_of, env
from room.shop import shop_clients

SCRIPT = """
\\set client random(1, {clients})
\\set amount random(1000, 100000)
INSERT INTO {schema}.orders (client_id, amount) VALUES (:client, :amount * 0.01);
"""
WARM = 0.5  # seconds until statements are planned and caches filled
SETTLED = 0.02  # seconds in which the statement that was under way ends


class Writer:
    """A pgbench that inserts orders of random clients, prepared, each a transaction of its own; it begins stopped."""

    def __init__(self, bench, database, contender, sessions=1, settings=""):
        self.watch = bench.server.session(database)
        self.sequence = f"{SCHEMAS[contender]}.orders_id_seq"
        self.script = tempfile.NamedTemporaryFile("w", suffix=".sql")
        self.script.write(SCRIPT.format(clients=shop_clients(bench), schema=SCHEMAS[contender]))
        self.script.flush()
        self.pgbench = subprocess.Popen(
            [bench.server.program("pgbench"), "-n", "-M", "prepared", "-c", str(sessions), "-j", str(min(sessions, 2)),
             "-T", "100000", "-f", self.script.name, database],
            env={**env(settings), "PGAPPNAME": self.sequence}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(WARM)
        self.pgbench.send_signal(signal.SIGSTOP)
        self.backends = self.watch.run(
            f"SELECT pid FROM pg_stat_activity WHERE application_name = '{self.sequence}';").split()

    def orders(self):
        """Orders written so far."""
        return int(self.watch.run(f"SELECT last_value FROM {self.sequence};"))

    def turn(self, seconds):
        """Writes for so long; returns the number of orders, and the seconds of CPU that they took."""
        orders, cpu = self.orders(), sum(map(cpu_of, self.backends))
        self.pgbench.send_signal(signal.SIGCONT)
        time.sleep(seconds)
        self.pgbench.send_signal(signal.SIGSTOP)
        time.sleep(SETTLED)
        if self.pgbench.poll() is not None:
            raise RuntimeError(f"pgbench ended by itself while it wrote {self.sequence}")
        return self.orders() - orders, sum(map(cpu_of, self.backends)) - cpu

    def end(self):
        self.pgbench.kill()
        self.pgbench.wait()
        self.watch.close()
        self.script.close()


def touch_every_client(bench, database):
    """Writes an order of every client. After a checkpoint the first change of a page puts all of it into the log; such
    first changes are few where a server is at work, and would be most of what a short turn sees."""
    for contender in bench.contenders():
        bench.server.run(database, f"INSERT INTO {SCHEMAS[contender]}.orders (client_id, amount)"
                                   f" SELECT client, 1 FROM generate_series(1, {shop_clients(bench)}) client")


def take_turns(bench, database, measure, turns, sessions=1, settings=""):
    """Lets a writer of each contender take turns; `measure` makes a figure of a writer's turn."""
    touch_every_client(bench, database)
    writers = {}
    try:
        for contender in bench.contenders():
            writers[contender] = Writer(bench, database, contender, sessions, settings)
        return bench.alternate(bench.contenders(), lambda contender, _: measure(writers[contender]), turns)
    finally:
        for writer in writers.values():
            writer.end()
