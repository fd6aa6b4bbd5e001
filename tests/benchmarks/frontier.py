"""What the frontier's questions take, by how many addresses are queued.

    python tests/benchmarks/frontier.py [--rows 1000 100000 1000000] [--hosts 1000] [--database URL] [--json]

Queues that many addresses on so many hosts of fifty sites and asks what a crawl asks: a lease of sixteen (one
address for each ready host), when the next one is ready, how many stand in each state and wait, what is due.
Milliseconds, the median of several rounds. `--database` takes an empty database and one number of rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.fetch.run import entry
from crawler.records import Lead
from storage import frontier
from storage.engine import open_engine, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

NOW: Final = "2026-01-01T00:00:00Z"
SITES: Final = 50
ROUNDS: Final = 7
AT_ONCE: Final = 10_000
LEASED: Final = 16


def fill(engine: Engine, rows: int, hosts: int) -> None:
    """Queue the addresses."""
    for first in range(0, rows, AT_ONCE):
        with engine.begin() as connection:
            entries = [
                entry(Lead(f"http://h{n % hosts}.test/{n}", site(n % hosts), "bench", "listed"))
                for n in range(first, min(rows, first + AT_ONCE))
            ]
            frontier.offer(connection, entries, NOW)


def site(host: int) -> str:
    """The site of a host."""
    return f"site{host % SITES}"


def questions(sites: list[str]) -> dict[str, Callable[[Connection], object]]:
    """What a crawl asks, by name."""

    def lease(connection: Connection) -> None:
        taken = frontier.lease(connection, "bench", NOW, LEASED, hosts_busy=["h1.test", "h2.test"], sites=sites)
        assert len(taken) == LEASED

    return {
        f"lease {LEASED}": lease,
        "lease of one site": lambda c: frontier.lease(c, "bench", NOW, LEASED, hosts_busy=(), sites=sites[:1]),
        "lease_suspect": lambda c: frontier.lease_suspect(c, "bench", NOW, sites, died=False),
        "next_ready": lambda c: frontier.next_ready(c, sites),
        "count_states": lambda c: frontier.count_states(c, sites),
        "count_waiting": lambda c: frontier.count_waiting(c, sites, NOW),
        "queue_due": lambda c: frontier.queue_due(c, sites, NOW),
    }


def measure(engine: Engine, rows: int, hosts: int) -> dict[str, tuple[float, float]]:
    """Milliseconds of each question: wall, and the CPU of this process, in which SQLite works too."""
    prepare(engine)
    wall, worked = time.perf_counter(), time.process_time()
    fill(engine, rows, hosts)
    spent = {"queue them all": (1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - worked))}
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE frontier"))
    for name, ask in questions([site(n) for n in range(SITES)]).items():
        times = []
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                wall, worked = time.perf_counter(), time.process_time()
                ask(connection)
                times.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - worked)))
        spent[name] = (statistics.median(each[0] for each in times), statistics.median(each[1] for each in times))
    return spent


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--hosts", type=int, default=1000, metavar="N")
    parser.add_argument("--database", metavar="URL", help="an empty one; a file in a scratch folder by default")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[int, dict[str, tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for rows in args.rows:
            engine = open_engine(args.database or f"sqlite:///{scratch}/{rows}.sqlite")
            found[rows] = measure(engine, rows, args.hosts)
            engine.dispose()
    if args.json:
        print(json.dumps(found, indent=1))
        return 0
    print(f"{'':20}" + "".join(f"{rows:>12} wall{'CPU':>12}" for rows in found))
    for name in next(iter(found.values())):
        print(
            f"{name:20}" + "".join(f"{wall:>17.2f}{cpu:>12.2f}" for wall, cpu in (f[name] for f in found.values()))
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
