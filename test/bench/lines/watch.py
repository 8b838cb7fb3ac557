"""First watch and rebuild of ten million orders of a million clients, against a plain GROUP BY over them."""

import time

from room.bench import BARE, WINBACK
from room.big import big, big_clients, unwatch, WATCH
from room.table import Row, ratio_of, shown

GROUP_BY = """
BEGIN;
SET LOCAL enable_indexscan = off;
DECLARE everybody CURSOR FOR
    SELECT client_id, count(*), sum(amount), min(placed_at), max(placed_at) FROM shop.orders GROUP BY client_id;
MOVE FORWARD ALL IN everybody;
COMMIT;
"""

# The planner likes to read an index of the orders here, which takes longer than one pass over the table.
# A cursor that is read to its end is planned as a query that is.
SETTINGS = "-c work_mem=64MB -c cursor_tuple_fraction=1"


def measure(bench):
    cpu = {BARE: [], "watch": [], "rebuild": []}
    with bench.server.session(big(bench), SETTINGS) as session:

        def seconds(work, _):
            if work == "watch":
                unwatch(session)
            before, began = session.cpu(), time.monotonic()
            session.run({BARE: GROUP_BY, "watch": WATCH, "rebuild": "SELECT winback.rebuild();"}[work])
            taken = time.monotonic() - began
            cpu[work].append(session.cpu() - before)
            return taken

        figures = bench.alternate(cpu, seconds)
    rows = []
    for work, name in (("watch", "first watch"), ("rebuild", "rebuild")):
        pair = {BARE: figures[BARE], WINBACK: figures[work]}
        ratio = ratio_of(pair, lambda f: f[WINBACK] / f[BARE])
        rows.append(Row(f"{name} of {10 * big_clients(bench):,} orders, {big_clients(bench):,} clients, s:"
                        " winback / GROUP BY", shown(pair), str(ratio), "<= 2.5", "1.5",
                        ratio.median <= 2.5, ratio.median <= 1.5,
                        ["bare is the plain GROUP BY with count, sum, min, max; the first watch makes the ledger;"
                         " work_mem 64 MB and no parallel workers for either; by CPU"
                         f" {ratio_of(cpu, lambda f: f[work] / f[BARE])}"]))
    return rows
