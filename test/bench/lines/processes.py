"""A step of a process done, with its commit: among 100,000 processes that run, against the same among 100. As many
clients are lost in both."""

from room.bench import BARE, WINBACK
from room.shop import made
from room.table import Row, ratio_of, shown

FEW = 100
TURN = 5  # steps a turn


def measure(bench):
    many = bench.count(100_000, least=1_000)
    sessions = {which: bench.server.session(lost_clients(bench, many, running))
                for which, running in {BARE: FEW, WINBACK: many}.items()}
    rounds = min(bench.turns(3), FEW // TURN - 1)
    for session in sessions.values():
        do_steps(session, rounds)  # to warm up

    figures = bench.alternate(sessions, lambda which, number: do_steps(sessions[which], number), rounds)
    for session in sessions.values():
        session.close()
    ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
    return [Row(f"a process's step done, CPU with its commit, ms: among {many:,} / among {FEW} (under bare)",
                shown(figures), str(ratio), "<= 1.3", "1.0", ratio.median <= 1.3, ratio.median <= 1.0)]


def lost_clients(bench, clients, running):
    """A database of lost clients of whom some are in a process: its name."""
    name = f"processes_{running}"
    if made(bench, name):
        bench.tell(f"   beginning {running:,} processes among {clients:,} lost clients")
        bench.server.run(
            name, "CREATE EXTENSION winback",
            "CREATE TABLE orders AS SELECT client::bigint AS client_id, now() - interval '100 days' AS placed_at,"
            f" 100::numeric AS amount FROM generate_series(1, {clients}) client",
            "CREATE INDEX ON orders (client_id)",
            "SELECT winback.watch_orders('orders', 'client_id', 'placed_at', 'amount')",
            "INSERT INTO winback.process (client_id, playbook)"
            f" SELECT client, 'return' FROM generate_series(1, {running}) client", "VACUUM ANALYZE")
    return name


def do_steps(session, turn):
    """Does the first step of a few processes, each a transaction of its own; returns the milliseconds of one."""
    tasks = range(turn * TURN + 1, (turn + 1) * TURN + 1)
    before = session.cpu()
    for task in tasks:
        session.run(f"SELECT winback.complete_task({task}, 'survey_needed');")
    return (session.cpu() - before) / TURN * 1000
