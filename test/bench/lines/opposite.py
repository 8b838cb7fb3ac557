"""Two sessions that write orders of the same clients in opposite order, a thousand transactions: deadlocks."""

from room.bench import SCHEMAS, WINBACK
from room.shop import shop
from room.table import Row

CLIENTS = 20
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

# Deadlocks are looked for sooner than by default, which only shortens the row trigger's part.
SETTINGS = "-c synchronous_commit=off -c deadlock_timeout=50ms"


def script(schema, clients):
    """A transaction with an order of each client, in this order."""
    orders = [f"INSERT INTO {schema}.orders (client_id, amount) VALUES ({client}, 10);\n" for client in clients]
    return "".join(["BEGIN;\n", *orders, "COMMIT;\n"])


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_opposite")
    each = bench.count(500, least=50)

    def deadlocks(contender, _):
        before = int(bench.server.value(DEADLOCKS, database))
        clients = range(1, CLIENTS + 1)
        sessions = [bench.server.start_pgbench(database, script(SCHEMAS[contender], order), ["-c", 1, "-t", each],
                                               SETTINGS) for order in (clients, reversed(clients))]
        for finish in sessions:
            finish()
        return int(bench.server.value(DEADLOCKS, database)) - before

    figures = bench.alternate(bench.contenders(), deadlocks, 1)
    stale = int(bench.server.value("SELECT count(*) FROM winback.stale", database))
    different = int(bench.server.value("SELECT count(*) FROM winback.verify()", database))
    found = figures[WINBACK][0]
    return [Row(f"two sessions over the same {CLIENTS} clients in opposite order, {2 * each:,} transactions: deadlocks",
                {contender: str(values[0]) for contender, values in figures.items()}, str(found), "0", "",
                found == 0 and different == 0, False,
                [f"clients left in winback.stale: {stale}; differences by winback.verify() after it: {different}"])]
