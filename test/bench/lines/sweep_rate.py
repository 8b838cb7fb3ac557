"""A sweep of 100,000 due clients: how many change a second."""

import statistics

from room.bench import WINBACK
from room.big import MANY_COHORTS, MANY_FIRST, big, ledger, many, sweep
from room.table import Row, shown


def measure(bench):
    with bench.server.session(ledger(bench, big(bench))) as session:
        sweep(session, MANY_FIRST + 1)

        def rate(_, number):
            clients, seconds = sweep(session, MANY_FIRST - number)
            return clients / seconds

        figures = bench.alternate([WINBACK], rate, min(bench.heavy_rounds(), MANY_COHORTS))
    changes = statistics.median(figures[WINBACK])
    return [Row(f"sweep of {many(bench):,} due clients: changes a second", shown(figures, "{:,.0f}".format),
                f"{changes:,.0f}", ">= 20,000", "100,000", changes >= 20_000, changes >= 100_000,
                ["each change is a status, a row of history and a task opened"])]
