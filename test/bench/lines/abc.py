"""abc() OVER () of a million revenues, against the same classes by sums over windows."""

import time

from room.bench import BARE, WINBACK
from room.shop import made
from room.table import Row, ratio_of, shown

SETTINGS = "-c work_mem=64MB -c max_parallel_workers_per_gather=0"
QUERIES = {
    BARE: """
SELECT count(*) FROM (
    SELECT CASE WHEN before < 0.80 * total THEN 'A' WHEN before < 0.95 * total THEN 'B' ELSE 'C' END AS class
      FROM (SELECT sum(revenue) OVER (ORDER BY revenue DESC ROWS UNBOUNDED PRECEDING) - revenue AS before,
                   sum(revenue) OVER () AS total FROM client) s) c WHERE class = 'A';""",
    WINBACK: "SELECT count(*) FROM (SELECT winback.abc(revenue) OVER () AS class FROM client) c WHERE class = 'A';",
}


def measure(bench):
    clients = bench.count(1_000_000, least=1_000)
    name = "abc"
    if made(bench, name):
        bench.server.run(name, "CREATE EXTENSION winback",
                         "CREATE TABLE client AS SELECT round((10 / power(random(), 0.7))::numeric, 2) AS revenue"
                         f" FROM generate_series(1, {clients})", "VACUUM ANALYZE client", "CHECKPOINT")
    classes = {}
    with bench.server.session(name, SETTINGS) as session:

        def seconds(contender, _):
            began = time.monotonic()
            classes[contender] = session.run(QUERIES[contender])
            return time.monotonic() - began

        figures = bench.alternate(QUERIES, seconds, bench.turns(2))
    if classes[BARE] != classes[WINBACK]:
        raise RuntimeError(f"the classes differ: {classes}")
    ratio = ratio_of(figures, lambda f: f[BARE] / f[WINBACK])
    return [Row(f"classes of {clients:,} clients, s: sums over windows / abc() OVER ()",
                shown(figures, lambda figure: f"{figure:.2f}"), str(ratio), ">= 2", "4", ratio.median >= 2,
                ratio.median >= 4, ["work_mem 64 MB and no parallel workers for either"])]
