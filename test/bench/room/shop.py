"""The databases that the lines measure in. Each is made once a run; lines work in copies of it."""

import os

from room.bench import SCHEMAS

SQL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql")
ORDERS_A_CLIENT = 10
RECENT = "1 + client % 10"  # days since the last order of clients who keep ordering


def shop_clients(bench):
    """Clients of the shop in which the lines write."""
    return bench.count(100_000, least=100)


def shop(bench):
    """A shop with a million orders of 100,000 clients, once for each contender: the name of its database."""
    name = "shop"
    if made(bench, name):
        bench.tell(f"   making the shop: {shop_clients(bench):,} clients")
        bench.server.run(name, "CREATE EXTENSION winback")
        for contender in bench.contenders():
            schema = SCHEMAS[contender]
            history(bench, name, schema, shop_clients(bench), RECENT)
            bench.server.run(name, file=os.path.join(SQL, f"{schema}.sql"), schema=schema)
        bench.server.run(name, "VACUUM ANALYZE")
    return name


def history(bench, database, schema, clients, last_age):
    """Makes a schema with a table of past orders."""
    bench.server.run(database, file=os.path.join(SQL, "history.sql"), schema=schema, clients=clients,
                     orders_a_client=ORDERS_A_CLIENT, last_age=last_age)


def made(bench, name):
    """Makes an empty database; false if there is one of that name."""
    if bench.server.value(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "1":
        return False
    bench.server.run("postgres", f"CREATE DATABASE {name}")
    return True
