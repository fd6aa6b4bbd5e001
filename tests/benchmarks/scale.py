"""What the index costs as it grows: time per release, lookups, bytes and memory, and datasketch beside it.

    python tests/benchmarks/scale.py [--releases 100000] [--database URL] [--beside 20000] [--seed 5] [--json]

Releases are invented (about 450 words, word frequencies as in prose, issuers of very different size that close
all their releases with their own boilerplate). Each is sketched, looked up, placed and stored by the program's
own code, in transactions of 500, in the order in which they come. Reported are the milliseconds per release
around 10,000 and at the end, the latency of looking up candidates (a new release, and truncated copies of known
ones), the bytes of the fingerprints' tables and the memory of the process.

`--filled N` is for those who cannot wait: it measures the first releases beside the fingerprints of N others,
which were put in at once. What stands behind these is not there, so it tells what the size of the index costs and
not what a million releases do.

`--beside N` puts N releases into the index and into datasketch's MinHashLSH (default settings, in memory, shingles
of five words, `update` for each or `update_batch` for all of a text) in turns of 500, so that noise meets all, and
counts which of the truncated copies each finds.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from sqlalchemy import select, text

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.match import thresholds as t
from crawler.match.elect import elect
from crawler.match.sketch import key_hash, sketch
from crawler.rulings import TAKEN_OUT
from storage import tables
from storage.batches import insert_plain, insert_rows
from storage.engine import open_engine, prepare, transact
from storage.field import Texts
from storage.pages import save_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

T = TypeVar("T")
BATCH: Final = 500
MILESTONES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
WINDOW: Final = 3_000
LOOKUPS: Final = 1000
ISSUERS: Final = 20_000
WORDS: Final = 120_000
SHINGLE: Final = 5
FEW: Final = 3_000
PER_RELEASE: Final = {"posting": 62, "opening": 9}
"""Fingerprints that a release has here, measured."""
POSTINGS: Final = ("posting", "opening")
OURS, PLAIN, BATCHED = "tearsheet", "datasketch update", "datasketch update_batch"


class Corpus:
    """Invented releases by number: the same seed and number give the same text."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        chance = np.random.default_rng(seed)
        letters = np.array(list("aeiourstnlmdkp"))
        self._words = ["".join(chance.choice(letters, size=2 + n % 9)) + f"{n:x}"[-3:] for n in range(WORDS)]
        self._heights = np.cumsum(1 / (np.arange(WORDS) + 2.7))
        self._issuers = np.cumsum(1 / (np.arange(ISSUERS) + 50))

    def release(self, n: int) -> str:
        """The news, with figures of its own, and below it what its issuer says under all its releases."""
        chance = np.random.default_rng((self._seed, n))
        issuer = int(np.searchsorted(self._issuers, chance.random() * self._issuers[-1]))
        news = self._prose(chance, int(chance.integers(250, 550)))
        for place in chance.integers(len(news), size=len(news) // 25):
            news[int(place)] = str(chance.integers(1, 3000))
        about = np.random.default_rng((self._seed, 1 << 40, issuer))
        return "\n".join((" ".join(news), " ".join(self._prose(about, int(about.integers(40, 100))))))

    def _prose(self, chance: np.random.Generator, size: int) -> list[str]:
        places = np.searchsorted(self._heights, chance.random(size) * self._heights[-1])
        return [self._words[place] for place in places.tolist()]


def cut(text: str, share: float) -> str:
    """The first part of a text."""
    words = text.split()
    return " ".join(words[: int(share * len(words))])


# --------------------------------------------------------------------------------------------------- the index


def store(connection: Connection, first: int, texts: Sequence[str]) -> tuple[list[int], int]:
    """Sketch, store and place some texts as pages of their own; their ids, and how many were looked at."""
    sketches = [sketch(told, ()) for told in texts]
    insert_rows(connection, tables.Page, [
        {"capture": f"{first + n:032}", "url": f"https://s.example/{first + n}", "family": "s.example",
         "tier": "copy", "title": "", "language": "en", "text": "", "text_id": drawn.id, "blocks": b"",
         "rules": ""}
        for n, drawn in enumerate(sketches)
    ])  # fmt: skip
    save_texts(connection, sketches)
    waiting = sorted({drawn.id for drawn in sketches})
    field = field_of(connection, waiting)
    looked_at = sum(1 for _ in elect(field, waiting))
    field.write()
    return [drawn.id for drawn in sketches], looked_at


def field_of(connection: Connection, waiting: Sequence[int] = ()) -> Texts:
    """The field of the election with the program's own numbers."""
    return Texts(
        connection,
        waiting,
        representatives=t.REPRESENTATIVES,
        common=t.COMMON,
        shared=t.SHARED,
        limit=t.CANDIDATES,
        key_hash=key_hash,
    )


def lookups(engine: Engine, corpus: Corpus, known: int, seed: int) -> dict[str, float]:
    """Milliseconds of a candidate query, warm: every query is asked twice, the second time counts."""
    chance = random.Random(seed)
    texts = [corpus.release(known + 1 + n) for n in range(LOOKUPS // 2)]
    texts += [cut(corpus.release(chance.randrange(known)), 0.5) for _ in range(LOOKUPS // 2)]
    sketches = [sketch(told, ()) for told in texts]
    wall, cpu = [], []
    with engine.connect().execution_options(reads=True) as connection:
        for drawn in sketches:
            field_of(connection).candidates(drawn)
            field = field_of(connection)
            started, worked = time.perf_counter(), time.thread_time()
            field.candidates(drawn)
            cpu.append(1000 * (time.thread_time() - worked))
            wall.append(1000 * (time.perf_counter() - started))
    return {
        f"{name} {share}": sorted(spent)[len(spent) * share // 100]
        for name, spent in (("wall", wall), ("cpu", cpu))
        for share in (50, 99)
    }


def sizes(engine: Engine) -> dict[str, float]:
    """Bytes of the fingerprints' tables, and of the whole database, in MB."""
    with engine.connect().execution_options(reads=True) as connection:
        if engine.dialect.name == "postgresql":
            size = text("SELECT pg_total_relation_size(cast(:name AS regclass))")
            whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        else:
            size = text("SELECT pgsize FROM dbstat WHERE name = :name AND aggregate = TRUE")
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            whole = pages * connection.execute(text("PRAGMA page_size")).scalar_one()
        found = {name: (connection.execute(size, {"name": name}).scalar() or 0) / 1e6 for name in POSTINGS}
        found["rows"] = float(connection.execute(text("SELECT count(*) FROM posting")).scalar_one())
    return {**found, "database": whole / 1e6}


def resident() -> float:
    """Memory of this process now, in MiB; where the system does not tell, the most that it ever was."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True, slots=True)
class Turn:
    """One transaction: how many releases there were after it, and the seconds that each of its releases took."""

    known: int
    stored: int
    looked_at: int
    wall: float
    cpu: float


def grow(engine: Engine, corpus: Corpus, releases: int) -> Iterator[Turn]:
    """Put releases in, a transaction at a time."""
    for first in range(0, releases, BATCH):
        texts = [corpus.release(n) for n in range(first, min(releases, first + BATCH))]
        wall, cpu = time.perf_counter(), time.process_time()
        _, looked_at = transact(engine, partial(store, first=first, texts=texts))
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        yield Turn(first + len(texts), len(texts), looked_at, *(each / len(texts) for each in spent))


def scale(engine: Engine, corpus: Corpus, releases: int) -> list[dict[str, Any]]:
    """The curve, at 10,000 releases and each time that there are about three times as many."""
    turns: list[Turn] = []
    found: list[dict[str, Any]] = []
    for turn in grow(engine, corpus, releases):
        turns.append(turn)
        if turn.known in MILESTONES or turn.known == releases:
            spent = window(turns)
            found.append(
                {
                    "releases": turn.known,
                    **spent,
                    "times_slower": {name: spent[name] / found[0][name] for name in spent} if found else None,
                    "lookup": lookups(engine, corpus, turn.known, 1),
                    "megabytes": sizes(engine),
                    "resident": round(resident()),
                }
            )
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def filled(engine: Engine, corpus: Corpus, releases: int) -> dict[str, Any]:
    """What releases take beside the fingerprints of so many others, put in at once and not one by one."""
    fill(engine, releases)
    turns = list(grow(engine, corpus, FEW))
    return {
        "filled": releases,
        **window(turns),
        "lookup": lookups(engine, corpus, FEW, 1),
        "megabytes": sizes(engine),
        "resident": round(resident()),
    }


def fill(engine: Engine, releases: int) -> None:
    """Put fingerprints of texts that are nowhere else into the index, in the order of their hashes."""
    chance = np.random.default_rng(1)
    for table, each in ((tables.Posting, (True,)), (tables.Opening, ())):
        edges = np.linspace(
            -(2**31), 2**31 - 1, max(2, releases * PER_RELEASE[table.__tablename__] // 500_000 + 2)
        )
        for low, high in pairwise(edges.tolist()):
            size = releases * PER_RELEASE[table.__tablename__] // (len(edges) - 1)
            hashes = np.sort(chance.integers(int(low), int(high), size=size)).tolist()
            texts = chance.integers(1 << 62, TAKEN_OUT, size=len(hashes)).tolist()
            rows = list(zip(hashes, *map(repeat, each), texts, strict=False))
            transact(engine, partial(insert_plain, table=table, rows=rows))


def window(turns: Sequence[Turn]) -> dict[str, float]:
    """Means of the last transactions: milliseconds a release, and texts looked at for one."""
    here = turns[-WINDOW // BATCH :]
    return {
        "wall": 1000 * statistics.mean(turn.wall for turn in here),
        "cpu": 1000 * statistics.mean(turn.cpu for turn in here),
        "looked_at": sum(turn.looked_at for turn in here) / sum(turn.stored for turn in here),
    }


# -------------------------------------------------------------------------------------------------- datasketch


def shingles(told: str) -> list[bytes]:
    """What is usual: the lower-cased words, five in a row."""
    words = told.lower().split()
    return [" ".join(words[at : at + SHINGLE]).encode() for at in range(max(1, len(words) - SHINGLE + 1))]


class MinHashes:
    """datasketch's index with its default settings; with `batch` shingles are handed over at once."""

    def __init__(self, *, batch: bool) -> None:
        from datasketch import MinHash, MinHashLSH

        self._hash, self._index, self._batch = MinHash, MinHashLSH(), batch

    def signature(self, told: str) -> Any:
        """The signature of a text."""
        signature = self._hash()
        if self._batch:
            signature.update_batch(shingles(told))
        else:
            for shingle in shingles(told):
                signature.update(shingle)
        return signature

    def store(self, first: int, texts: Sequence[str]) -> None:
        """Sign, look up and insert some texts."""
        for n, told in enumerate(texts, first):
            signature = self.signature(told)
            self._index.query(signature)
            self._index.insert(n, signature)

    def finds(self, n: int, told: str) -> bool:
        """Whether the release of that number is found by this copy of it."""
        return n in self._index.query(self.signature(told))


@dataclass(slots=True)
class Clock:
    """Seconds spent on one side."""

    wall: float = 0.0
    cpu: float = 0.0

    def run(self, work: Callable[[], T]) -> T:
        """Do something and count the time that it takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = work()
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        return done


def beside(engine: Engine, corpus: Corpus, releases: int, copies: int = 500) -> dict[str, Any]:
    """Both indexes in one run; what they take, and the share of truncated copies whose release they find."""
    there = importlib.util.find_spec("datasketch") is not None
    others = {name: MinHashes(batch=name == BATCHED) for name in (PLAIN, BATCHED) if there}
    clocks = {name: Clock() for name in (OURS, *others)}
    ids: list[int] = []
    for first in range(0, releases, BATCH):
        texts = [corpus.release(n) for n in range(first, min(releases, first + BATCH))]
        ids += clocks[OURS].run(partial(transact, engine, partial(store, first=first, texts=texts)))[0]
        for name, other in others.items():
            clocks[name].run(partial(other.store, first, texts))
    chosen = random.Random(2).sample(range(releases), min(copies, releases))
    recall: dict[str, dict[str, float]] = {}
    with engine.connect().execution_options(reads=True) as connection:
        pivots = dict(connection.execute(select(tables.DistinctText.id, tables.DistinctText.pivot)).all())
        for part, share in (("first half", 0.5), ("first quarter", 0.25)):
            parts = {n: cut(corpus.release(n), share) for n in chosen}
            found = {
                OURS: sum(
                    pivots[ids[n]] in field_of(connection).candidates(sketch(told, ()))
                    for n, told in parts.items()
                )
            }
            found |= {
                name: sum(other.finds(n, told) for n, told in parts.items()) for name, other in others.items()
            }
            recall[part] = {name: count / len(parts) for name, count in found.items()}
    return {
        "releases": releases,
        "milliseconds": {
            name: {"wall": 1000 * clock.wall / releases, "cpu": 1000 * clock.cpu / releases}
            for name, clock in clocks.items()
        },
        "times_ours": {
            name: {"wall": clocks[name].wall / clocks[OURS].wall, "cpu": clocks[name].cpu / clocks[OURS].cpu}
            for name in others
        },
        "recall": recall,
    }


# -------------------------------------------------------------------------------------------------- the command


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=100_000, metavar="N")
    parser.add_argument("--beside", type=int, default=20_000, metavar="N", help="0: do not measure it")
    parser.add_argument("--filled", type=int, default=0, metavar="N", help="also beside N that are put in at once")
    parser.add_argument("--database", metavar="URL", help="an empty one; a file in a scratch folder by default")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    corpus = Corpus(args.seed)
    said: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        if args.beside:
            engine = ready(f"sqlite:///{scratch}/beside.sqlite")
            said["beside"] = beside(engine, corpus, args.beside)
            engine.dispose()
            print(json.dumps(said["beside"]), file=sys.stderr, flush=True)
        if args.releases:
            engine = ready(args.database or f"sqlite:///{scratch}/scale.sqlite")
            said["scale"] = scale(engine, corpus, args.releases)
            engine.dispose()
        for size in (0, args.filled) if args.filled else ():
            engine = ready(f"sqlite:///{scratch}/filled{size}.sqlite")
            said.setdefault("filled", []).append(filled(engine, corpus, size))
            engine.dispose()
            print(json.dumps(said["filled"][-1]), file=sys.stderr, flush=True)
    print(json.dumps(said, indent=1))
    return 0


def ready(url: str) -> Engine:
    """A database with the program's tables."""
    engine = open_engine(url)
    prepare(engine)
    return engine


if __name__ == "__main__":
    sys.exit(main())
