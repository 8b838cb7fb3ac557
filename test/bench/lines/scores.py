"""Scores of a million clients by a fit: clients a second a core, over what reading the rows takes."""

import statistics
import time

from room.bench import BARE, WINBACK
from room.buyers import buyers, shop_of_buyers
from room.table import Row, ratio_of, shown

READ = "SELECT sum(frequency + recency + age) FROM history;"
SCORES = {"p_alive()": "p_alive({fit}, frequency, recency, age)",
          "expected_orders()": "expected_orders({fit}, frequency, recency, age, 13)"}
HISTORY = """CREATE TABLE history AS
SELECT (purchase_days - 1)::double precision AS frequency, (last_day - first_day) / 7.0::double precision AS recency,
       (winback.now()::date - first_day) / 7.0::double precision AS age FROM winback.client"""


def measure(bench):
    database = shop_of_buyers(bench)
    bench.server.run(database, "DROP TABLE IF EXISTS history", HISTORY, "VACUUM ANALYZE history")
    queries = {BARE: READ}
    with bench.server.session(database, "-c max_parallel_workers_per_gather=0") as session:
        fit = session.run("SELECT fit_id FROM winback.fit();")
        for name, score in SCORES.items():
            queries[name] = f"SELECT sum(winback.{score.format(fit=fit)}) FROM history;"
        queries["winback.clients"] = "SELECT sum(p_alive) FROM winback.clients;"
        session.run(queries["winback.clients"])

        def seconds(query, _):
            began = time.monotonic()
            session.run(queries[query])
            return time.monotonic() - began

        figures = bench.alternate(queries, seconds, bench.turns(3))
    view = buyers(bench) / statistics.median(figures["winback.clients"])
    return [row(bench, figures, score, [f"reading p_alive of all winback.clients, the view's work included: {view:,.0f}"
                                        " clients a second"] if score == "p_alive()" else [])
            for score in SCORES]


def row(bench, figures, score, notes):
    pair = {BARE: figures[BARE], WINBACK: figures[score]}
    rate = ratio_of(pair, lambda f: buyers(bench) / max(f[WINBACK] - f[BARE], 1e-9) / 1e6)
    return Row(f"{score} by a fit, {buyers(bench):,} rows, s: a plain sum over them / the sum of scores",
               shown(pair, "{:.3f}".format), f"{rate} M/s", ">= 1 M/s", "", rate.median >= 1,
               notes=["millions of clients a second of one core, the plain sum's time taken off", *notes])
