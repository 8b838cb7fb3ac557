"""Measures the lines that ONLY names, or all, and prints one table. See README.md."""

import argparse
import importlib
import os
import sys
import time

from room.bench import Bench
from room.head import commit, head
from room.table import table, verdict

# The lines, in the table's order; those that share data stand side by side.
LINES = ["insert", "durable", "copy", "opposite", "memory", "watch", "look_up", "sweep_due", "sweep_rate",
         "processes", "abc", "km", "fit", "scores", "redate"]


def chosen_lines():
    """The lines that are asked for, in the table's order."""
    only = os.environ.get("ONLY", "").replace(",", " ").split()
    unknown = [name for name in only if name not in LINES]
    if unknown:
        sys.exit(f"there is no line {', '.join(unknown)}; ONLY may name {', '.join(LINES)}")
    return [name for name in LINES if not only or name in only]


def number_of(name, kind, default):
    """A positive number of the environment."""
    given = os.environ.get(name) or str(default)
    try:
        number = kind(given)
    except ValueError:
        number = 0
    if number <= 0:
        sys.exit(f"{name}={given} is no positive number")
    return number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bindir", required=True)
    parser.add_argument("--place", required=True)
    given = parser.parse_args()
    names = chosen_lines()
    bench = Bench(given.bindir, given.place, rounds=number_of("ROUNDS", int, 5), scale=number_of("SCALE", float, 1))

    began, measured = time.monotonic(), commit()
    rows = []
    for name in names:
        bench.tell(f"== {name}")
        rows += importlib.import_module(f"lines.{name}").measure(bench)
    minutes = (time.monotonic() - began) / 60

    print()
    print(head(bench, measured, minutes))
    print()
    print(table(rows))
    print()
    print(verdict(rows))


main()
