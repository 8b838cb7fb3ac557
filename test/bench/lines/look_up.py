"""One client's row of winback.clients by its key, against the same columns in a plain table by its primary key. Both
are read into shared buffers first: the plain table, just made, would lie there whole, the ledger where it happened to.
"""

from room import prepared
from room.bench import BARE, WINBACK
from room.big import big, big_clients, ledger
from room.table import Row, medians, ratio_of, shown

TABLES = {BARE: "public.client_row", WINBACK: "winback.clients"}
STATEMENT = """
\\set client random(1, {clients})
SELECT * FROM {table} WHERE client_id = :client;
"""


def measure(bench):
    database = ledger(bench, big(bench))
    prepared.prepare(bench, database)
    bench.server.run(database, "DROP TABLE IF EXISTS public.client_row",
                     "CREATE TABLE public.client_row AS SELECT * FROM winback.clients",
                     "ALTER TABLE public.client_row ADD PRIMARY KEY (client_id)", "VACUUM ANALYZE public.client_row")
    for table in TABLES.values():  # through the index: a plain scan of a large table leaves nothing behind
        bench.server.run(database, "SET enable_seqscan = off", "SET enable_bitmapscan = off",
                         f"SELECT count(registered_at) FROM {table} WHERE client_id > 0")
    times = bench.count(5_000, least=1_000)
    latencies = {contender: [] for contender in TABLES}

    def cpu(contender, _):
        statement = STATEMENT.format(clients=big_clients(bench), table=TABLES[contender])
        figure, latency = prepared.cpu_and_latency(bench, database, statement, times)
        latencies[contender].append(latency)
        return figure

    figures = bench.alternate(TABLES, cpu, bench.turns(3))
    ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
    waited = medians(latencies)
    slower = ratio_of(latencies, lambda f: f[WINBACK] / f[BARE])
    return [Row("one client's row by its key, CPU of the server, µs: winback.clients / bare", shown(figures),
                str(ratio), "<= 1.5", "1.1", ratio.median <= 1.5, ratio.median <= 1.1,
                [f"the client waits {waited[BARE]:.0f} and {waited[WINBACK]:.0f} µs: {slower}"])]
