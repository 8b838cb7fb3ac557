"""The table's head: on what machine, with what versions and settings it was measured."""

import datetime
import os
import platform
import re
import subprocess

SETTINGS = ["shared_buffers", "work_mem", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method",
            "max_wal_size", "autovacuum", "max_parallel_workers_per_gather", "jit"]


def first_match(pattern, path, otherwise="unknown"):
    """What a pattern finds in a file."""
    try:
        with open(path) as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
        return found.group(1).strip() if found else otherwise
    except OSError:
        return otherwise


def said_by(*command):
    """The first line that a program says; empty where there is no such program."""
    try:
        return subprocess.run(command, text=True, capture_output=True).stdout.partition("\n")[0]
    except OSError:
        return ""


def commit():
    """The commit that was measured."""
    name = said_by("git", "rev-parse", "--short", "HEAD")
    return f", commit {name}{' with changes' if said_by('git', 'status', '--porcelain') else ''}" if name else ""


def head(bench, measured, minutes):
    """Lines of a list; `measured` is what commit() said when the run began."""
    value = bench.server.value
    memory = int(first_match(r"^MemTotal:\s+(\d+)", "/proc/meminfo", "0")) / 2**20
    processor = first_match(r"^model name\s*:(.*)$", "/proc/cpuinfo", platform.machine())
    version = first_match(r"^default_version = '(.*)'", "winback.control")
    ivm = value("SELECT default_version FROM pg_available_extensions WHERE name = 'pg_ivm'") or "not installed"
    settings = ", ".join(f"{name} {value(f'SHOW {name}')}" for name in SETTINGS)
    return "\n".join([
        f"- {datetime.date.today()}, {os.cpu_count()} x {processor}, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}; {minutes:.0f} minutes, load average at the end {os.getloadavg()[0]:.1f}",
        f"- PostgreSQL {value('SHOW server_version')}; {said_by('g++', '--version')}; winback {version}{measured}; "
        f"pg_ivm {ivm}",
        f"- {settings}",
        f"- medians of {bench.rounds} rounds ({bench.heavy_rounds()} where one takes long, more where it is short), "
        "contenders alternating; "
        f"scale {bench.scale:g}" + ("" if bench.scale == 1 else ": a trial, the limits are meant for scale 1"),
    ])
