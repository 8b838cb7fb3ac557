"""The databases of many clients: ten million orders of a million clients, and a hundredth of it to compare with.

Their clients fall due in cohorts, one a round:

  days since the last order    clients                          falls due for
  --------------------------   ------------------------------   ----------------------------------
  55, 54 ... 48                1,000 each                       the sweep of few among many
  45, 44 ... 41                100,000 each, in the big one     the sweep of many
  1 to 10                      all others                       nobody: they keep ordering

So that no month's end throws two cohorts together, three months of silence are 90 days here.
"""

import time

from room.shop import history, made

FEW_FIRST, FEW_COHORTS = 55, 8
MANY_FIRST, MANY_COHORTS = 45, 5
SILENCE = 90


def big_clients(bench):
    """Clients of the big database."""
    return bench.count(1_000_000, least=1_000)


def few(bench):
    """Clients of a small cohort."""
    return big_clients(bench) // 1_000


def many(bench):
    """Clients of a large cohort."""
    return big_clients(bench) // 10


def big(bench):
    """The big database, watched or not yet: its name."""
    return database(bench, "big", big_clients(bench), many(bench))


def small(bench):
    """The small database: its name."""
    return database(bench, "small", big_clients(bench) // 100, 0)


def database(bench, name, clients, large):
    """A database of so many clients, with large cohorts of so many."""
    if made(bench, name):
        bench.tell(f"   making {10 * clients:,} orders of {clients:,} clients")
        small_end = 5 * large + FEW_COHORTS * few(bench)
        history(bench, name, "shop", clients, f"CASE WHEN client <= 5 * {large} "
                f"THEN {MANY_FIRST} - (client - 1) / nullif({large}, 0) WHEN client <= {small_end} "
                f"THEN {FEW_FIRST} - (client - 1 - 5 * {large}) / {few(bench)} ELSE 1 + client % 10 END")
        bench.server.run(name, "VACUUM ANALYZE")
    return name


WATCH = """
SELECT winback.watch_orders('shop.orders', client => 'client_id', placed_at => 'placed_at', amount => 'amount',
                            order_id => 'id');
"""


def unwatch(session):
    """Makes the extension of a database anew: the first watch will make the ledger, as a new user's does."""
    session.run("DROP EXTENSION IF EXISTS winback CASCADE; DROP SCHEMA IF EXISTS winback CASCADE;"
                "CREATE EXTENSION winback; CHECKPOINT;")


def ledger(bench, name):
    """Sees to it that a database has its ledger, by the rule that the cohorts are made for; returns its name."""
    if bench.server.value("SELECT to_regclass('winback.client') IS NULL", name) == "t":
        with bench.server.session(name, "-c work_mem=64MB") as session:
            bench.tell(f"   watching the orders of {name}")
            unwatch(session)
            session.run(WATCH)
    # As texts: as intervals three months are equal to 90 days.
    rule = f"rule = 'silence' AND after::text <> '{SILENCE} days'"
    if bench.server.value(f"SELECT count(*) FROM winback.rule WHERE {rule}", name) != "0":
        bench.server.run(name, f"UPDATE winback.rule SET after = interval '{SILENCE} days' WHERE {rule}")
    if bench.server.value("SELECT count(*) FROM winback.abc_limit", name) == "0":
        bench.server.run(name, "SELECT winback.classify()")
    bench.server.run(name, "VACUUM ANALYZE", "CHECKPOINT")
    return name


def sweep(session, days):
    """Sweeps at the instant by which those have fallen due whose last order was so many days ago; returns the clients
    that changed, and the seconds that it took."""
    at = session.run(f"SELECT date_trunc('day', now()) + interval '{SILENCE + 1 - days} days';")
    began = time.monotonic()
    clients = session.run(f"SELECT clients FROM winback.sweep('{at}');")
    return int(clients), time.monotonic() - began
