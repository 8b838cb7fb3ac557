"""km() of ten million gaps, all of them different, against their sort."""

import time

from room.bench import BARE, WINBACK
from room.shop import made
from room.table import Row, ratio_of, shown

SETTINGS = "-c work_mem=64MB -c max_parallel_workers_per_gather=0"
QUERIES = {
    BARE: "SELECT count(*) FROM (SELECT days, ended FROM gap ORDER BY days OFFSET 0) g;",
    WINBACK: "SELECT (winback.km_quantile(winback.km(days, ended), 0.5)).duration FROM gap;",
    "whole days": "SELECT (winback.km_quantile(winback.km(floor(days), ended), 0.5)).duration FROM gap;",
}


def measure(bench):
    gaps = bench.count(10_000_000, least=10_000)
    name = "km"
    if made(bench, name):
        bench.tell(f"   making {gaps:,} gaps")
        bench.server.run(name, "CREATE EXTENSION winback",
                         "CREATE TABLE gap AS SELECT -90 * ln(1 - random()) AS days, random() < 0.7 AS ended"
                         f" FROM generate_series(1, {gaps})", "VACUUM ANALYZE gap", "CHECKPOINT")
    with bench.server.session(name, SETTINGS) as session:

        def seconds(query, _):
            began = time.monotonic()
            session.run(QUERIES[query])
            return time.monotonic() - began

        figures = bench.alternate(QUERIES, seconds)
    days = ratio_of(figures, lambda f: f["whole days"] / f[BARE])
    pair = {contender: figures[contender] for contender in (BARE, WINBACK)}
    ratio = ratio_of(pair, lambda f: f[WINBACK] / f[BARE])
    return [Row(f"Kaplan-Meier median of {gaps:,} gaps, s: km() / their sort",
                shown(pair, lambda figure: f"{figure:.2f}"), str(ratio), "<= 3", "1", ratio.median <= 3,
                ratio.median <= 1, ["no two gaps are the same; rounded down to whole days, of which there are some"
                                    f" 1,500: {days}; work_mem 64 MB and no parallel workers for any"])]
