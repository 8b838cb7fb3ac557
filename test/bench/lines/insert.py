"""CPU of one insert with its commit."""

from room import prepared
from room.bench import BARE, BY_ROW, SCHEMAS, WINBACK
from room.shop import shop, shop_clients
from room.table import Row, ratio_of, shown

# Waiting for the disk takes some CPU too, the same for every contender; not waiting leaves it out.
SETTINGS = "-c synchronous_commit=off"

STATEMENT = """
\\set client random(1, {clients})
\\set amount random(1000, 100000)
INSERT INTO {schema}.orders (client_id, amount) VALUES (:client, :amount * 0.01);
"""


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_insert")
    prepared.prepare(bench, database)
    times = bench.count(20_000, least=2_000)

    def cpu(contender, _):
        statement = STATEMENT.format(clients=shop_clients(bench), schema=SCHEMAS[contender])
        return prepared.cpu_and_latency(bench, database, statement, times, SETTINGS)[0]

    figures = bench.alternate(bench.contenders(), cpu)
    ratio = ratio_of(figures, lambda f: (f[WINBACK] - f[BARE]) / (f[BY_ROW] - f[BARE]))
    return [Row("CPU of one insert with its commit, µs: (winback - bare) / (row trigger - bare)", shown(figures),
                str(ratio), "<= 0.5", "0.3", ratio.median <= 0.5, ratio.median <= 0.3,
                [f"{times:,} prepared inserts a round, synchronous_commit off"])]
