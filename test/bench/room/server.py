"""The server: its sessions, what they cost it, and pgbench against it."""

import os
import re
import subprocess
import tempfile
import threading

END = "~~ end of the answer ~~"


class Failed(Exception):
    """A program of the server's said no."""


class Server:
    """The server that bench.sh has started."""

    def __init__(self, bindir, place):
        self.bindir = bindir
        self.place = place

    def program(self, name):
        return os.path.join(self.bindir, name)

    def session(self, database, settings=""):
        return Session(self, database, settings)

    def run(self, database, *statements, file=None, **variables):
        """Runs statements, or a file of them with psql variables, in a session of their own; returns the output."""
        command = [self.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
        for name, value in variables.items():
            command += ["-v", f"{name}={value}"]
        for statement in statements:
            command += ["-c", statement]
        if file:
            command += ["-f", file]
        return run(command, env(""))

    def value(self, statement, database="postgres"):
        return self.run(database, statement).strip()

    def copy_database(self, template, name):
        """Makes a database anew as a copy of another one, and writes it out, so that no line pays for it."""
        self.run("postgres", f"DROP DATABASE IF EXISTS {name}",
                 f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy", "CHECKPOINT")
        return name

    def pgbench(self, database, script, arguments, settings=""):
        """Runs a script by pgbench; returns its report."""
        return self.start_pgbench(database, script, arguments, settings)()

    def start_pgbench(self, database, script, arguments, settings=""):
        """Starts pgbench; returns what waits for its end and returns its report."""
        file = tempfile.NamedTemporaryFile("w", suffix=".sql")
        file.write(script)
        file.flush()
        command = [self.program("pgbench"), "-n", "-M", "prepared", "-f", file.name, *map(str, arguments), database]
        process = subprocess.Popen(command, env=env(settings), text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)

        def finish():
            with file:
                report = process.communicate()[0]
            if process.returncode != 0:
                raise Failed(f"pgbench failed:\n{report}")
            return report

        return finish


def run(command, environment):
    """Runs a program; returns what it says."""
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def env(settings):
    """The environment of a client whose session has these settings."""
    return {**os.environ, "PGOPTIONS": f"-c client_min_messages=error {settings}".strip()}


class Session:
    """One session: a psql that is kept."""

    def __init__(self, server, database, settings=""):
        self.errors = tempfile.TemporaryFile("w+")
        self.psql = subprocess.Popen(
            [server.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database],
            env=env(settings), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        self.pid = int(self.run("SELECT pg_backend_pid();"))

    def run(self, statements):
        """Runs statements and returns their output."""
        try:
            self.psql.stdin.write(f"{statements}\nSELECT '{END}';\n")
            self.psql.stdin.flush()
        except BrokenPipeError:
            pass
        lines = []
        for line in self.psql.stdout:
            if line.rstrip("\n") == END:
                return "".join(lines).strip()
            lines.append(line)
        self.errors.seek(0)
        raise Failed(f"{statements}\n{self.errors.read()}")

    def cpu(self):
        """Seconds of CPU that the session's backend has taken so far."""
        return cpu_of(self.pid)

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()
        self.psql.stdout.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def cpu_of(pid):
    """Seconds of CPU of a process: by the scheduler's count of nanoseconds, else by that of ticks."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9
    except FileNotFoundError:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def private_memory_of(pid):
    """Bytes of memory that a process has for itself; shared buffers are not among them."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"RssAnon:\s+(\d+) kB", file.read()).group(1)) * 1024


class PeakMemory:
    """The most private memory that a process has while this is open, by looking every few milliseconds."""

    def __init__(self, pid):
        self.pid = pid
        self.peak = private_memory_of(pid)
        self.over = threading.Event()
        self.watcher = threading.Thread(target=self._watch)

    def _watch(self):
        while not self.over.wait(0.005):
            self.peak = max(self.peak, private_memory_of(self.pid))

    def __enter__(self):
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.watcher.join()
