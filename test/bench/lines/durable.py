"""pgbench with durable commits: transactions of one insert a second, by 1 and by 8 clients.

Where a flush to the disk takes little, CPU is most of what a commit takes, and where it takes long, next to nothing. So
it is measured with the disk that there is, and as if its flushes took a millisecond longer, as over a network."""

import time

from room.bench import BARE, WINBACK
from room.shop import shop
from room.table import Row, ratio_of, shown
from room.turns import take_turns

# The server's own way to wait before a flush, here whoever else is about to commit.
SLOWER = "-c commit_delay=1000 -c commit_siblings=0"


def tps(writer, seconds):
    """Transactions a second in a writer's turn."""
    began = time.monotonic()
    orders, _ = writer.turn(seconds)
    return orders / (time.monotonic() - began)


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_durable")
    return [row(bench, database, clients, slower) for clients in (1, 8) for slower in (False, True)]


def row(bench, database, clients, slower):
    """The row of so many clients."""
    turns = bench.turns(4)
    seconds = 1 if bench.scale >= 1 else 0.3
    bench.server.run("postgres", "SELECT pg_stat_reset_shared('wal')")
    figures = take_turns(bench, database, lambda writer: tps(writer, seconds), turns, clients,
                         SLOWER if slower else "")
    flush = float(bench.server.value("SELECT wal_sync_time / wal_sync FROM pg_stat_wal"))
    ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
    who = "1 client" if clients == 1 else f"{clients} clients"
    what = ("the same where a flush takes 1 ms longer" if slower
            else f"pgbench, durable commits, {who}, transactions a second")
    return Row(f"{what}: winback / bare", shown(figures, "{:.0f}".format), str(ratio), ">= 0.9", "0.97",
               ratio.median >= 0.9, ratio.median >= 0.97,
               [f"{turns} turns of {seconds:g} s each; a flush took {flush:.2f} ms"
                + (" and commit_delay" if slower else "")])
