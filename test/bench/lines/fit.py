"""winback.fit() of a million clients, against a fit of the same clients by scipy.

The whole call is measured, with the reading of what clients bought; of scipy only the fitting, of arrays that lie in
memory. scipy is given the same work (from as many starting points, and to standard errors), and, for comparison, one
start alone, with a row a client and with a row for all clients that are alike."""

import csv
import io
import statistics
import time

from room import by_scipy
from room.bench import BARE, WINBACK
from room.buyers import buyers, shop_of_buyers
from room.table import Row, ratio_of, shown

FIT = "SELECT log_likelihood FROM winback.fit({arguments});"
HISTORIES = """
COPY (SELECT purchase_days - 1, (last_day - first_day) / 7.0, (winback.now()::date - first_day) / 7.0
        FROM winback.client) TO STDOUT (FORMAT csv)"""
SAME_TOP = 1e-3


def measure(bench):
    with bench.server.session(shop_of_buyers(bench)) as session:
        row = against_scipy(bench, session)
        row.notes.append(others(bench, session))
        return [row]


def against_scipy(bench, session):
    """The row of MBG/NBD."""
    name = f"fit of MBG/NBD to {buyers(bench):,} clients, s: scipy (under bare) / winback.fit()"
    if not by_scipy.is_installed():
        bench.tell("   scipy is not installed (Debian: python3-scipy): no ratio")
        seconds = bench.alternate([WINBACK], lambda *_: timed(session, FIT.format(arguments=""))[0])
        median = statistics.median(seconds[WINBACK])
        return Row(name, shown(seconds, "{:.2f}".format), "", "<= 10 s; >= 50", "", median <= 10,
                   notes=["scipy is not installed: no ratio"])
    rows = by_scipy.Clients(csv.reader(io.StringIO(bench.server.run(shop_of_buyers(bench), HISTORIES))))
    ways = {"scipy, one start": lambda: by_scipy.fit(rows.single(), 1, False),
            "scipy, one start, grouped": lambda: by_scipy.fit(rows.grouped(), 1, False),
            BARE: lambda: by_scipy.fit(rows.single(), 3, True)}
    tops = {}

    def seconds(way, _):
        if way == WINBACK:
            taken, answer = timed(session, FIT.format(arguments=""))
            tops[way] = float(answer)
            return taken
        began = time.monotonic()
        tops[way] = ways[way]()
        return time.monotonic() - began

    figures = bench.alternate([WINBACK, *ways], seconds, bench.heavy_rounds())
    differ = {way: top for way, top in tops.items() if abs(top - tops[WINBACK]) > SAME_TOP}
    if differ:
        raise RuntimeError(f"the log-likelihoods differ from {tops[WINBACK]}: {differ}")

    def times(way):
        return ratio_of({way: figures[way], WINBACK: figures[WINBACK]}, lambda f: f[way] / f[WINBACK])

    ratio = times(BARE)
    fit_seconds = statistics.median(figures[WINBACK])
    pair = {contender: figures[contender] for contender in (BARE, WINBACK)}
    return Row(name, shown(pair, "{:.2f}".format), str(ratio), "<= 10 s; >= 50", "", fit_seconds <= 10
               and ratio.median >= 50, notes=[
                   "either from three starts and with standard errors, to the same log-likelihood (to 1e-3); of winback"
                   " the whole call, the reading of the clients included, of scipy the fitting alone (L-BFGS-B on"
                   " logarithms of the parameters, a row a client)",
                   f"scipy from one start, without standard errors: {median_of(figures, 'scipy, one start')} s, which"
                   f" is {times('scipy, one start')}; likewise of {rows.groups:,} groups of equal clients:"
                   f" {median_of(figures, 'scipy, one start, grouped')} s, {times('scipy, one start, grouped')}"])


def others(bench, session):
    """What other fits of the same clients take, once each."""
    cases = {"up to yesterday, which reads all orders": "until => date_trunc('day', winback.now()) - interval '1 day'",
             "BG/NBD": "'bg/nbd'", "Pareto/NBD": "'pareto/nbd'", "Gamma-Gamma, which reads all orders": "'gamma/gamma'"}
    figures = bench.alternate(cases, lambda case, _: timed(session, FIT.format(arguments=cases[case]))[0], 1)
    return "winback.fit() otherwise: " + "; ".join(f"{case} {seconds[0]:.1f} s" for case, seconds in figures.items())


def timed(session, statement):
    """Seconds that a statement takes, and what it answers."""
    began = time.monotonic()
    answer = session.run(statement)
    return time.monotonic() - began, answer


def median_of(figures, way):
    return f"{statistics.median(figures[way]):.1f}"
