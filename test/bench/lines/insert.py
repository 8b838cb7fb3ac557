"""CPU of one insert with its commit."""

from room.bench import BARE, BY_ROW, WINBACK
from room.shop import shop
from room.table import Row, ratio_of, shown
from room.turns import take_turns

# Waiting for the disk takes some CPU too, the same for every contender; not waiting leaves it out.
SETTINGS = "-c synchronous_commit=off"
SECONDS = 0.2  # of a turn


def microseconds(writer):
    """CPU of an order in a writer's turn."""
    orders, cpu = writer.turn(SECONDS)
    return cpu / orders * 1e6


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_insert")
    turns = bench.turns(10)
    figures = take_turns(bench, database, microseconds, turns, settings=SETTINGS)
    ratio = ratio_of(figures, lambda f: (f[WINBACK] - f[BARE]) / (f[BY_ROW] - f[BARE]))
    return [Row("CPU of one insert with its commit, µs: (winback - bare) / (row trigger - bare)", shown(figures),
                str(ratio), "<= 0.5", "0.3", ratio.median <= 0.5, ratio.median <= 0.3,
                [f"{turns} turns of {SECONDS} s each, synchronous_commit off"])]
