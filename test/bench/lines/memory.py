"""COPY of ten million rows over a million clients: the memory that the backend has for itself, at its peak."""

import os

from room.big import big, big_clients
from room.bench import BARE, SCHEMAS, WINBACK
from room.server import PeakMemory
from room.shop import RECENT, SQL, history, made
from room.table import Row, shown

MIB = 2**20
WORK_MEM = 4 * MIB


def measure(bench):
    path = os.path.join(bench.server.place, "orders.copy")
    bench.server.run(big(bench), f"COPY (SELECT client_id, placed_at, amount FROM shop.orders) TO '{path}'")
    database = "load"
    made(bench, database)
    bench.server.run(database, "CREATE EXTENSION winback")
    for contender in (BARE, WINBACK):
        history(bench, database, SCHEMAS[contender], 0, RECENT)
        bench.server.run(database, file=os.path.join(SQL, f"{SCHEMAS[contender]}.sql"))

    def peak(contender, _):
        with bench.server.session(database, "-c work_mem=4MB") as session, PeakMemory(session.pid) as memory:
            session.run(f"COPY {SCHEMAS[contender]}.orders (client_id, placed_at, amount) FROM '{path}';")
            return memory.peak / MIB

    figures = bench.alternate((BARE, WINBACK), peak, 1)
    os.unlink(path)
    bench.server.run("postgres", f"DROP DATABASE {database}")
    rows = 10 * big_clients(bench)
    limit = (16 * rows + 4 * WORK_MEM + 64 * MIB) / MIB
    above = figures[WINBACK][0] - figures[BARE][0]
    return [Row(f"the same of {rows:,} rows over {rows // 10:,} clients, peak of private memory, MiB: winback - bare",
                shown(figures, "{:.0f}".format), f"{above:.0f}", f"<= {limit:.0f}", "", above <= limit, False,
                ["the limit is 16 bytes a row + 4 x work_mem (4 MB) + 64 MiB; all clients are new"])]
