"""Whether the derived rows of a corpus are the same for every order of arrival and every size of batch.

    python tests/benchmarks/order.py SOURCE [--orders 5] [--batches 1 50 all] [--ones 5] [--seed 7] [--json]

SOURCE is a folder with `pages.warc.gz`, or SHARED, the folder with the syndication benchmark's builder and its
pages: then the corpus is built, of seed 7 and 60 releases. Everything goes through the Python entry points that
`ingest` uses: `Store.add` takes a batch in, `Reading.finish` brings every derived row up to date before the next
one comes. Each run has a store of its own. `--ones` is for how many of the orders batches of one page are tried:
they cost a drain for each page.

Two digests are printed for each run, and must be the same for all of them: `said`, of what each address is said to
be (cluster id, release, key, relation, versions), and `rows`, of every derived row there is.

Exit codes: 0 all are identical, 1 they differ or a tool failed, 2 SOURCE is neither.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from crawler.derive import Reading  # noqa: E402 (the path comes first)
from crawler.sites.load import load_sites  # noqa: E402
from settings.app import AppConfig  # noqa: E402
from storage import tables as t  # noqa: E402
from storage.intake import Source, Taken, take  # noqa: E402
from storage.store import Arrival, Store  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.sites.load import Sites

DERIVED: Final = (
    t.Page, t.PageKey, t.Claim, t.Removed, t.Rejected, t.Sighting, t.DistinctText, t.Posting, t.Opening, t.Memory,
    t.Recalled, t.Cluster, t.Release, t.Copy, t.Match, t.Version, t.Ruling, t.Doubt, t.Dirty,
)  # fmt: skip
"""Journals, aliases and places in the archive tell what happened here, and differ."""

ALL: Final = "all"
ADDED: Final = 32
"""Responses that the store takes in one transaction, as `ingest` hands them over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to. `shuffle` is the order's seed, None for the file's own order."""

    shuffle: int | None
    batch: int
    pages: int
    clusters: int
    said: str
    rows: str
    seconds: float


def main() -> int:
    """Run every order with every batch, print the digests; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("--orders", type=int, default=5, metavar="N", help="random orders, beside the file's own")
    parser.add_argument("--batches", nargs="+", default=["1", "50", ALL], metavar="N", help="pages, or `all`")
    parser.add_argument("--ones", type=int, default=5, metavar="N", help="random orders tried with batches of 1")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="of the corpus that is built")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            warc = find(args.source.resolve(), args.seed, Path(scratch))
        except FileNotFoundError as missing:
            print(f"not there: {missing.filename}", file=sys.stderr)
            return 2
        except subprocess.CalledProcessError as failed:
            print(f"{failed.cmd[1]}: exit {failed.returncode}", file=sys.stderr)
            return 1
        arrivals = [
            Arrival(item.fetched, item.member, "ingest", item.flags)
            for item in take(Source(warc, None))
            if isinstance(item, Taken)
        ]
        outcomes = []
        for n, (shuffle, size) in enumerate(plan(args.orders, args.batches, args.ones, len(arrivals))):
            outcomes.append(outcome := run(arrivals, shuffle, size, Path(scratch) / f"run{n}"))
            if not args.json:
                print(line(outcome), flush=True)
    same = len({(outcome.said, outcome.rows) for outcome in outcomes}) == 1
    if args.json:
        print(json.dumps({"identical": same, "runs": [asdict(outcome) for outcome in outcomes]}, indent=1))
    else:
        print(f"{'identical' if same else 'NOT IDENTICAL'}: {len(outcomes)} runs of {len(arrivals)} pages")
    return 0 if same else 1


def find(source: Path, seed: int, scratch: Path) -> Path:
    """The corpus: the folder's own, or one that is built with the folder's tools."""
    if (source / "pages.warc.gz").is_file():
        return source / "pages.warc.gz"
    builder, data, out = source / "tools" / "transplant.py", source / "data", scratch / "corpus"
    if not builder.is_file():
        raise FileNotFoundError(2, "no pages.warc.gz and no builder", str(builder))
    command = [
        sys.executable, str(builder), str(data / "pages"), str(out),
        "--stories", str(data / "releases" / "releases.jsonl"), "--pairs", str(data / "releases" / "pairs.csv"),
        "--seed", str(seed), "--releases", "60",
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=sys.stderr)
    return out / "pages.warc.gz"


def plan(orders: int, batches: Sequence[str], ones: int, pages: int) -> list[tuple[int | None, int]]:
    """What is run: the file's own order in one batch, then each random order with each size."""
    sizes = [pages if size == ALL else int(size) for size in batches]
    runs: list[tuple[int | None, int]] = [(None, pages)]
    return runs + [(n, size) for n in range(orders) for size in sizes if size > 1 or n < ones]


def run(arrivals: Sequence[Arrival], shuffle: int | None, size: int, folder: Path) -> Outcome:
    """Take everything in, in that order and so many at once, each batch derived before the next one comes."""
    started = time.perf_counter()
    order = list(arrivals)
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    sites, config = load_sites(), AppConfig(data=str(folder))
    with Store.open(config.data_folder, config.database_url, "benchmark") as store:
        feed(store, config, sites, order, size)
        with store.engine.connect().execution_options(reads=True) as connection:
            said, clusters = tell(connection)
            rows = digest(connection)
    return Outcome(shuffle, size, len(order), clusters, said, rows, round(time.perf_counter() - started, 1))


def feed(store: Store, config: AppConfig, sites: Sites, order: Sequence[Arrival], size: int) -> None:
    """One pool of workers for all batches: starting it for each would be all that is timed."""
    with Reading(store, config, sites) as reading:
        for at in range(0, len(order), size):
            batch = order[at : at + size]
            for of in range(0, len(batch), ADDED):
                store.add(batch[of : of + ADDED])
            reading.finish()


def tell(connection: Connection) -> tuple[str, int]:
    """The digest of what each address is said to be, and the number of clusters."""
    c, m = t.Copy, t.Match
    rows = sorted(
        tuple(row)
        for row in connection.execute(
            select(c.url, c.cluster, c.capture, c.versions, m.release, m.key, m.relation).join(m, m.url == c.url)
        )
    )
    return _hash(rows), len({row[1] for row in rows})


def digest(connection: Connection) -> str:
    """The digest of every derived row, table by table."""
    return _hash([
        (table.__tablename__, sorted(map(repr, map(tuple, connection.execute(select(table.__table__))))))
        for table in DERIVED
    ])  # fmt: skip


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def line(outcome: Outcome) -> str:
    """One run for people."""
    order = "as filed" if outcome.shuffle is None else f"order {outcome.shuffle}"
    size = ALL if outcome.batch == outcome.pages else str(outcome.batch)
    return (
        f"{order:10} batches of {size:>4}: {outcome.clusters} clusters, said {outcome.said}, "
        f"rows {outcome.rows}, {outcome.seconds:.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
