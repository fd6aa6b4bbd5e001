"""What the index costs as it grows: time per release, lookups, bytes and memory, and datasketch beside it.

    python tests/benchmarks/scale.py [--releases 100000] [--database URL] [--beside 20000] [--seed 5] [--json]

Releases are invented (about 450 words, word frequencies as in prose, issuers of very different size that close
all their releases with their own boilerplate). Each is sketched, looked up, placed and stored by the program's
own code, in transactions of 500, in the order in which they come. Reported are the milliseconds per release
around 10,000 and at the end, the latency of looking up candidates (a new release, and truncated copies of known
ones), the bytes of the fingerprints' tables and the memory of the process.

`--beside N` puts N releases into the index and into datasketch's MinHashLSH (default settings, in memory, shingles
of five words) in turns of 500, so that noise meets both, and counts which of the truncated copies each finds.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import select, text

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.match import thresholds as t
from crawler.match.elect import elect
from crawler.match.sketch import key_hash, sketch
from storage import tables
from storage.batches import insert_rows
from storage.engine import open_engine, prepare, transact
from storage.field import Texts
from storage.pages import save_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

BATCH: Final = 500
EARLY: Final = 10_000
WINDOW: Final = 5_000
LOOKUPS: Final = 1000
ISSUERS: Final = 20_000
WORDS: Final = 120_000
SHINGLE: Final = 5
POSTINGS: Final = ("posting", "opening")


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


def store(connection: Connection, first: int, texts: Sequence[str]) -> list[int]:
    """Sketch, store and place some texts as pages of their own; their ids."""
    sketches = [sketch(told, ()) for told in texts]
    insert_rows(connection, tables.Page, [
        {"capture": f"{first + n:032}", "url": f"https://s.example/{first + n}", "family": "s.example",
         "tier": "copy", "title": "", "language": "en", "text": "", "text_id": drawn.id, "blocks": b"", "rules": ""}
        for n, drawn in enumerate(sketches)
    ])  # fmt: skip
    save_texts(connection, sketches)
    waiting = sorted({drawn.id for drawn in sketches})
    field = field_of(connection, waiting)
    looked_at = sum(1 for _ in elect(field, waiting))
    field.write()
    COUNTS["looked_at"] += looked_at
    return [drawn.id for drawn in sketches]
COUNTS = {"looked_at": 0}


def field_of(connection: Connection, waiting: Sequence[int] = ()) -> Texts:
    """The field of the election with the program's own numbers."""
    return Texts(
        connection, waiting, representatives=t.REPRESENTATIVES, shared=t.SHARED, limit=t.CANDIDATES, key_hash=key_hash
    )


def lookups(engine: Engine, corpus: Corpus, known: int, seed: int) -> dict[str, float]:
    """Milliseconds of a candidate query, warm: every query is asked twice, the second time counts."""
    chance = random.Random(seed)
    texts = [corpus.release(known + 1 + n) for n in range(LOOKUPS // 2)]
    texts += [cut(corpus.release(chance.randrange(known)), 0.5) for _ in range(LOOKUPS // 2)]
    sketches = [sketch(told, ()) for told in texts]
    spent = []
    with engine.connect().execution_options(reads=True) as connection:
        for drawn in sketches:
            field_of(connection).candidates(drawn)
            field = field_of(connection)
            started = time.perf_counter()
            field.candidates(drawn)
            spent.append(1000 * (time.perf_counter() - started))
    spent.sort()
    return {"p50": spent[len(spent) // 2], "p99": spent[len(spent) * 99 // 100], "most": spent[-1]}


def sizes(engine: Engine) -> dict[str, float]:
    """Bytes of the fingerprints' tables, and of the whole database, in MB."""
    with engine.connect().execution_options(reads=True) as connection:
        if engine.dialect.name == "postgresql":
            size = text("SELECT pg_total_relation_size(cast(:name AS regclass))")
            whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        else:
            size = text("SELECT sum(pgsize) FROM dbstat WHERE name = :name AND aggregate")
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
    wall: float
    cpu: float


def grow(engine: Engine, corpus: Corpus, releases: int) -> Iterator[Turn]:
    """Put releases in, a transaction at a time."""
    for first in range(0, releases, BATCH):
        texts = [corpus.release(n) for n in range(first, min(releases, first + BATCH))]
        wall, cpu = time.perf_counter(), time.process_time()
        transact(engine, lambda connection, first=first, texts=texts: store(connection, first, texts))
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        yield Turn(first + len(texts), *(each / len(texts) for each in spent))


def scale(engine: Engine, corpus: Corpus, releases: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """The whole curve."""
    turns: list[Turn] = []
    memory: dict[int, int] = {}
    for turn in grow(engine, corpus, releases):
        turns.append(turn)
        if turn.known % max(BATCH, releases // 20 // BATCH * BATCH) == 0 or turn.known == EARLY:
            memory[turn.known] = round(resident())
            last = window(turns, turn.known)
            tell(f"{turn.known:>9} releases: {last['wall']:.2f} ms wall, {last['cpu']:.2f} ms CPU, {resident():.0f} MiB, {COUNTS}")
    early, late = window(turns, min(EARLY, releases)), window(turns, releases)
    return {
        "releases": releases,
        "early": early,
        "late": late,
        "times_slower": {name: late[name] / early[name] for name in early},
        "lookup": lookups(engine, corpus, releases, 1),
        "megabytes": sizes(engine),
        "memory": memory,
    }


def window(turns: Sequence[Turn], known: int) -> dict[str, float]:
    """Mean milliseconds a release of the transactions up to there."""
    here = [turn for turn in turns if known - WINDOW < turn.known <= known]
    return {
        "wall": 1000 * statistics.mean(turn.wall for turn in here),
        "cpu": 1000 * statistics.mean(turn.cpu for turn in here),
    }


# -------------------------------------------------------------------------------------------------- datasketch


def shingles(told: str) -> list[bytes]:
    """What is usual: the lower-cased words, five in a row."""
    words = told.lower().split()
    return [" ".join(words[at : at + SHINGLE]).encode() for at in range(max(1, len(words) - SHINGLE + 1))]


class MinHashes:
    """datasketch's index with its default settings."""

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self._hash, self._index = MinHash, MinHashLSH()

    def signature(self, told: str) -> Any:
        """The signature of a text."""
        signature = self._hash()
        signature.update_batch(shingles(told))
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


def beside(engine: Engine, corpus: Corpus, releases: int, copies: int = 500) -> dict[str, Any]:
    """Both indexes in one run; what they take, and the share of truncated copies whose release they find."""
    other = MinHashes() if importlib.util.find_spec("datasketch") else None
    ids: list[int] = []
    ours = theirs = 0.0
    for first in range(0, releases, BATCH):
        texts = [corpus.release(n) for n in range(first, min(releases, first + BATCH))]
        started = time.perf_counter()
        ids += transact(engine, lambda connection, first=first, texts=texts: store(connection, first, texts))
        ours += time.perf_counter() - started
        if other is not None:
            started = time.perf_counter()
            other.store(first, texts)
            theirs += time.perf_counter() - started
    chosen = random.Random(2).sample(range(releases), min(copies, releases))
    recall: dict[str, dict[str, float]] = {}
    with engine.connect().execution_options(reads=True) as connection:
        pivots = dict(connection.execute(select(tables.DistinctText.id, tables.DistinctText.pivot)).all())
        for name, share in (("first half", 0.5), ("first quarter", 0.25)):
            parts = {n: cut(corpus.release(n), share) for n in chosen}
            found = sum(
                pivots[ids[n]] in field_of(connection).candidates(sketch(part, ())) for n, part in parts.items()
            )
            recall[name] = {"ours": found / len(parts)}
            if other is not None:
                recall[name]["datasketch"] = sum(other.finds(n, part) for n, part in parts.items()) / len(parts)
    return {
        "releases": releases,
        "ours_a_second": releases / ours,
        "datasketch_a_second": releases / theirs if theirs else None,
        "ratio": theirs / ours if theirs else None,
        "recall": recall,
    }


# -------------------------------------------------------------------------------------------------- the command


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=100_000, metavar="N")
    parser.add_argument("--beside", type=int, default=20_000, metavar="N", help="0: do not measure it")
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
            tell = lambda line: print(line, file=sys.stderr, flush=True)
            said["scale"] = scale(engine, corpus, args.releases, tell)
            engine.dispose()
    print(json.dumps(said, indent=1))
    return 0


def ready(url: str) -> Engine:
    """A database with the program's tables."""
    engine = open_engine(url)
    prepare(engine)
    return engine


if __name__ == "__main__":
    sys.exit(main())
