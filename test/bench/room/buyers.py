"""A shop whose clients buy and leave as the MBG/NBD has it, watched: the name of its database."""

import os

from room.shop import SQL, made


def buyers(bench):
    """Number of its clients."""
    return bench.count(1_000_000, least=2_000)


def shop_of_buyers(bench):
    name = "buyers"
    if made(bench, name):
        bench.tell(f"   making the orders of {buyers(bench):,} clients that leave in time, and watching them")
        bench.server.run(name, file=os.path.join(SQL, "buyers.sql"), clients=buyers(bench))
        bench.server.run(name, "CHECKPOINT")
    return name
