"""Where the time of a life goes: processor of every process, transactions of the database."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg

from bench.rounds import Load, run
from deploy.local.product import DATABASE, Product

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12  # fields 4, 14 and 15 of /proc/<pid>/stat, after the name
_COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


async def spent(load: Load, processes: Mapping[str, int], product: Product) -> Mapping[str, float]:
    """Per job: milliseconds of processor by process, and transactions."""
    before = {name: _seconds(pid) for name, pid in processes.items()}
    commits = await _commits(product)
    await run(load)
    after = {name: _seconds(pid) for name, pid in processes.items()}
    used = {
        f"{name}_cpu_ms": round((after[name] - before[name]) * 1000 / load.jobs, 1)
        for name in processes
    }
    transactions = (await _commits(product) - commits) / load.jobs
    return {**used, "transactions": round(transactions, 1)}


def pids(product: Product) -> Mapping[str, int]:
    """The processes of the engine, and the one that asks."""
    found = {"callers": os.getpid()}
    for server in product.servers:
        who = server.identity()
        assert who is not None
        found[server.name] = who.pid
    return found


def _seconds(pid: int) -> float:
    """Processor time of a process and of those it started, such as a database's connections.

    Our own started all the servers, which are counted by themselves.
    """
    counted = (pid,) if pid == os.getpid() else (pid, *_children(pid))
    return sum(_ticks(each) for each in counted) / _TICKS


def _children(pid: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(_fields(stat)[_PARENT]) == pid:
                yield int(stat.parent.name)
        except OSError:
            continue  # it ended while we looked


def _ticks(pid: int) -> int:
    try:
        fields = _fields(Path(f"/proc/{pid}/stat"))
    except OSError:
        return 0
    return int(fields[_USER]) + int(fields[_SYSTEM])


def _fields(stat: Path) -> list[str]:
    return stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


async def _commits(product: Product) -> int:
    database = await asyncpg.connect(product.postgres.url(DATABASE, driver="postgresql"))
    try:
        commits: int = await database.fetchval(_COMMITS)
        return commits
    finally:
        await database.close()
