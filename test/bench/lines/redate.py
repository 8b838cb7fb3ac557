"""Dating a million clients anew by another fit, against an UPDATE of one column of as many rows.

The statement is the one that puts the fit in force, with the rule `model` enabled, alone, for any other would date
most clients first; at its commit every client is dated by it. The UPDATE is of a copy of winback.client, with the same
columns, fillfactor, key and index, and of a column that no index has; it commits too. Both tables are vacuumed before
each turn."""

import time

from room.bench import BARE, WINBACK
from room.buyers import buyers, shop_of_buyers
from room.table import Row, ratio_of, shown

COPY = ["DROP TABLE IF EXISTS client_copy",
        "CREATE TABLE client_copy (LIKE winback.client INCLUDING ALL) WITH (fillfactor = 50)",
        "INSERT INTO client_copy SELECT * FROM winback.client ORDER BY client_id", "VACUUM ANALYZE client_copy"]
UPDATE = "UPDATE client_copy SET lost_at = lost_at + interval '1 day';"
IN_FORCE = "UPDATE winback.rule SET fit_id = {fit} WHERE rule = 'model';"
# Of two models, so that the dates of most clients differ from one to the other: a row that stays is not written.
FIT = "SELECT fit_id FROM winback.fit('{model}');"
WRITTEN = "SELECT count(*) FROM winback.client WHERE xmin::text::bigint > {before};"


def measure(bench):
    database = shop_of_buyers(bench)
    with bench.server.session(database) as session:
        fits = [session.run(FIT.format(model=model)) for model in ("mbg/nbd", "bg/nbd")]
        session.run("UPDATE winback.rule SET enabled = rule = 'model',"
                    f" fit_id = CASE rule WHEN 'model' THEN {fits[1]} END;")
        bench.server.run(database, *COPY)
        written = []

        def seconds(contender, number):
            table = {BARE: "client_copy", WINBACK: "winback.client"}[contender]
            session.run(f"VACUUM {table}; CHECKPOINT;")
            statement = {BARE: UPDATE, WINBACK: IN_FORCE.format(fit=fits[number % 2])}[contender]
            before = session.run("SELECT txid_current();")
            began = time.monotonic()
            session.run(statement)
            seconds = time.monotonic() - began
            if contender == WINBACK:
                written.append(int(session.run(WRITTEN.format(before=before))))
            return seconds

        figures = bench.alternate([BARE, WINBACK], seconds)
        session.run("UPDATE winback.rule SET enabled = rule = 'silence';")
        wrong = session.run("SELECT count(*) FROM winback.verify();")
    if wrong != "0":
        raise RuntimeError(f"{wrong} figures are wrong after it")
    ratio = ratio_of(figures, lambda f: f[WINBACK] / f[BARE])
    return [Row(f"dating {buyers(bench):,} clients by another fit, s: winback / UPDATE of one column",
                shown(figures, "{:.1f}".format), str(ratio), "<= 3", "", ratio.median <= 3,
                notes=["the UPDATE is of a table with the columns, the fillfactor and the indexes of winback.client, of"
                       " a column without an index; either commits, after a vacuum and a checkpoint;"
                       f" winback had at least {min(written):,} rows to write"])]
