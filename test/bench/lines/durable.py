"""pgbench with durable commits: transactions of one insert a second, by 1 and by 8 clients."""

from room.bench import BARE, SCHEMAS, WINBACK
from room.server import tps_of
from room.shop import shop, shop_clients
from room.table import Row, ratio_of, shown

SCRIPT = """
\\set client random(1, {clients})
\\set amount random(1000, 100000)
INSERT INTO {schema}.orders (client_id, amount) VALUES (:client, :amount * 0.01);
"""


def measure(bench):
    database = bench.server.copy_database(shop(bench), "shop_durable")
    seconds = 6 if bench.scale == 1 else 1
    rows = []
    for clients in (1, 8):

        def tps(contender, _):
            script = SCRIPT.format(clients=shop_clients(bench), schema=SCHEMAS[contender])
            return tps_of(bench.server.pgbench(database, script, ["-c", clients, "-j", min(clients, 2), "-T", seconds]))

        figures = bench.alternate(bench.contenders(), tps)
        ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
        who = "1 client" if clients == 1 else f"{clients} clients"
        rows.append(Row(f"pgbench, durable commits, {who}, transactions a second: winback / bare",
                        shown(figures, "{:.0f}".format), str(ratio), ">= 0.9", "0.97",
                        ratio.median >= 0.9, ratio.median >= 0.97, [f"{seconds} s a round"]))
    return rows
