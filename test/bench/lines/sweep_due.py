"""A sweep with a thousand due among a million clients, against the same among ten thousand."""

from room.bench import BARE, WINBACK
from room.big import FEW_COHORTS, FEW_FIRST, big, big_clients, few, ledger, small, sweep
from room.table import Row, ratio_of, shown

SILENT_FOR_LONG = FEW_FIRST + 10  # nobody is: a sweep that finds nothing, to warm up


def measure(bench):
    databases = {BARE: ledger(bench, small(bench)), WINBACK: ledger(bench, big(bench))}
    sessions = {which: bench.server.session(name) for which, name in databases.items()}
    for session in sessions.values():
        sweep(session, SILENT_FOR_LONG)

    def milliseconds(which, number):
        clients, seconds = sweep(sessions[which], FEW_FIRST - number)
        if clients != few(bench):
            bench.tell(f"   {clients} clients were due in {databases[which]}, not {few(bench)}")
        return seconds * 1000

    figures = bench.alternate(databases, milliseconds, min(bench.rounds, FEW_COHORTS))
    for session in sessions.values():
        session.close()
    ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
    return [Row(f"sweep with {few(bench):,} due, ms: among {big_clients(bench):,} clients / among"
                f" {big_clients(bench) // 100:,} (under bare)", shown(figures), str(ratio), "<= 1.3", "1.0",
                ratio.median <= 1.3, ratio.median <= 1.0)]
