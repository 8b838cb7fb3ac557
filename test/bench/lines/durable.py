"""pgbench with durable commits: transactions of one insert a second, by 1 and by 8 clients."""

import time

from room.bench import BARE, WINBACK
from room.shop import shop
from room.table import Row, ratio_of, shown
from room.turns import take_turns


def tps(writer, seconds):
    """Transactions a second in a writer's turn."""
    began = time.monotonic()
    orders, _ = writer.turn(seconds)
    return orders / (time.monotonic() - began)


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_durable")
    turns = bench.turns(4)
    seconds = 1 if bench.scale >= 1 else 0.3
    rows = []
    for clients in (1, 8):
        figures = take_turns(bench, database, lambda writer: tps(writer, seconds), turns, sessions=clients)
        ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
        who = "1 client" if clients == 1 else f"{clients} clients"
        rows.append(Row(f"pgbench, durable commits, {who}, transactions a second: winback / bare",
                        shown(figures, "{:.0f}".format), str(ratio), ">= 0.9", "0.97",
                        ratio.median >= 0.9, ratio.median >= 0.97, [f"{turns} turns of {seconds:g} s each"]))
    return rows
