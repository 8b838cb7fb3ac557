"""What one statement costs the backend: pgbench sends it prepared, each time as a transaction of its own. The backend
notes its CPU at the start and at the end, and the first ones, which plan and fill caches, do not count."""

import re

WARM = 500
SCRIPT = """
\\set n :n + 1
\\if :n = {first} or :n = {last}
INSERT INTO public.cpu VALUES (split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint / 1000.0);
\\endif
{statement}
"""


def prepare(bench, database):
    """Makes what such measurements need in a database."""
    bench.server.run(database, "CREATE UNLOGGED TABLE IF NOT EXISTS public.cpu (at numeric)")


def cpu_and_latency(bench, database, statement, times, settings=""):
    """Microseconds of the backend's CPU, and those that pgbench waits, for a statement."""
    bench.server.run(database, "TRUNCATE public.cpu")
    script = SCRIPT.format(first=WARM + 1, last=WARM + 1 + times, statement=statement)
    report = bench.server.pgbench(database, script, ["-c", 1, "-t", WARM + 1 + times, "-D", "n=0"], settings)
    cpu = float(bench.server.value("SELECT max(at) - min(at) FROM public.cpu", database)) / times
    return cpu, float(re.search(r"latency average = ([0-9.]+) ms", report).group(1)) * 1000
