"""Crawls that are killed again and again, and whether anything was lost, doubled or fetched once too often.

    python tests/benchmarks/kills.py [--kills 300] [--pages 800] [--at-once 4] [--random] [--database URL]

The `crawl` verb runs against a small web (`web.py`: several hosts, a list on each, one page in seven behind a
redirect) at concurrency 8, and is ended as `kill -9` ends it: at each named point of `storage/faults.py`, at its
1st, 2nd, 3rd, 7th and 20th pass, and between them at random moments, workers and all. After each kill the oracle
looks: what was acknowledged before is still there, archive and database hold the same records in the same order,
the database is sound; after every fifth kill the workers have to end by themselves. At last the crawl may get
through, and must end as an undisturbed one does: every address settled, every page read. Then the next folder is
begun. The web counts what it was asked for, so that what was fetched again is known. Prints one line for each
folder and the kills by point, and exits with 1 where anything does not hold. `--at-once` crawls so many folders
beside one another, each of a web of its own. With a PostgreSQL URL the rows lie there, in a database that is
emptied after each folder.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import MetaData, select, update  # noqa: E402 (the path comes first)

import crawler.cli.crawl  # noqa: E402 (what is imported here is not imported by each child)
import crawler.spiders.crawl  # noqa: E402, F401
from storage import tables as t  # noqa: E402
from storage.check import check  # noqa: E402
from storage.engine import open_engine  # noqa: E402
from storage.faults import POINTS, VARIABLE  # noqa: E402
from storage.leases import QUARANTINED  # noqa: E402
from storage.store import Store  # noqa: E402
from tests.benchmarks import routed  # noqa: E402
from tests.benchmarks.throughput import command, site_folder  # noqa: E402
from tests.benchmarks.web import World, hits, serving  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from multiprocessing.context import ForkServerProcess

Turn = tuple[str, ...]
"""The faults of runs that follow one another; an empty one is a random moment."""

AT_RANDOM: Final[Turn] = ("",)
PASSES: Final = (1, 2, 3, 7, 20)
OF_A_CRAWL: Final = [point for point in POINTS if point not in {"purging", "rewriting", "rewritten"}]
"""The other points lie on the way of `purge`, and are its own tests' subject."""

FIRST: Final = ("discovering",)
"""Points that a crawl passes while it reads lists: the first of a folder."""

LATE: Final = ("placing", "summing")
"""Points that a crawl passes when every page has come: the last of a folder."""

MOST: Final = {"placing": 1, "discovering": 3, "mid_close": 3, "extract_mid": 3}
"""Points that few passes lead by: once a run, for each list, each file, each batch."""

CONCURRENCY: Final = 8
SEGMENT_BYTES: Final = 60_000
"""Small enough for a folder's archive to have several files."""

LONGEST: Final = 300.0
"""Seconds after which a run is taken to hang."""


@dataclass(slots=True)
class Score:
    """What came of the kills so far."""

    kills: int = 0
    named: Counter[str] = field(default_factory=Counter)
    folders: int = 0
    requests: int = 0
    again: int = 0
    aside: int = 0
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Kill until there were enough kills; the exit code says whether all held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--pages", type=int, default=800)
    parser.add_argument("--hosts", type=int, default=12)
    parser.add_argument("--each", type=int, default=30, help="kills of one folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1, help="folders beside one another")
    parser.add_argument("--database", default="")
    parser.add_argument("--random", action="store_true", help="at random moments alone")
    args = parser.parse_args()
    if args.database and args.at_once > 1:
        parser.error("folders beside one another need a database each")
    points = [] if args.random else OF_A_CRAWL
    lanes = [Lane(args, number) for number in range(args.at_once)]
    turns = Turns(points)
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(args.at_once) as threads:
        for done in [threads.submit(lane.run, lanes, turns, Path(scratch)) for lane in lanes]:
            done.result()
    score = total(lanes)
    for name in points:
        print(f"{name:>14} {score.named[name]:4}")
    print(f"{'at random':>14} {score.kills - score.named.total():4}")
    print("\n".join(score.wrong) or "0 pages lost, 0 rows doubled, archive and database equal")
    return 1 if score.wrong else 0


class Lane:
    """Folders that are crawled and killed one after the other, beside those of other lanes."""

    def __init__(self, args: argparse.Namespace, number: int) -> None:
        self.score = Score()
        self._args = args
        self._number = number
        self._random = random.Random(args.seed * 1000 + number)

    def run(self, lanes: Sequence[Lane], turns: Turns, scratch: Path) -> None:
        """Until all lanes together have killed enough, or something does not hold."""
        args = self._args
        world = World(args.hosts, args.pages, every=7)
        with serving(world) as web:
            while total(lanes).kills < args.kills and not total(lanes).wrong:
                path = scratch / f"{self._number}-{self.score.folders}"
                mine = turns.take(min(args.each, args.kills - total(lanes).kills))
                folder = Folder(world, web, path, args.database)
                turns.give_back(kill_through(folder, self.score, mine, self._random))
                print(f"folder {total(lanes).folders}: {said(total(lanes))}", flush=True)


class Turns:
    """The named points that are still to be killed at, shared out a folder at a time."""

    def __init__(self, points: Sequence[str]) -> None:
        self._first = deque(plan([point for point in points if point in FIRST]))
        self._amid = deque(plan([point for point in points if point not in {*FIRST, *LATE}]))
        self._late = deque(plan([point for point in points if point in LATE]))

    def take(self, kills: int) -> list[Turn]:
        """About so many turns; of three one is at a named point and two at random moments."""
        turns = [self._first.popleft() for _ in range(min(1, len(self._first)))]
        while len(turns) < max(kills - 2, 1):
            turns += [*([self._amid.popleft()] if self._amid else []), AT_RANDOM, AT_RANDOM]
        return turns + [self._late.popleft() for _ in range(min(2, len(self._late)))]

    def give_back(self, turns: Sequence[Turn]) -> None:
        """What a folder had no pages left for."""
        for turn in turns:
            if turn != AT_RANDOM:
                point = turn[0].partition(":")[0]
                (self._first if point in FIRST else self._late if point in LATE else self._amid).append(turn)


def total(lanes: Sequence[Lane]) -> Score:
    """The scores of all lanes as one."""
    scores = [lane.score for lane in lanes]
    return Score(
        kills=sum(each.kills for each in scores),
        named=sum((each.named for each in scores), Counter()),
        folders=sum(each.folders for each in scores),
        requests=sum(each.requests for each in scores),
        again=sum(each.again for each in scores),
        aside=sum(each.aside for each in scores),
        wrong=[what for each in scores for what in each.wrong],
    )


def said(score: Score) -> str:
    """The figures in a line."""
    rate = score.again / max(score.kills, 1)
    return (
        f"{score.kills} kills so far, {score.named.total()} of them at {len(+score.named)} named points; "
        f"{score.requests} requests, {score.again} of them again: {rate:.2f} for each kill; "
        f"{score.aside} set aside for a while"
    )


class Folder:
    """One data folder that is crawled and killed."""

    def __init__(self, world: World, web: Mapping[str, str], path: Path, database: str) -> None:
        self.world = world
        self.path = site_folder(path, world, CONCURRENCY)
        self.database = database or f"sqlite:///{path / 'tearsheet.sqlite'}"
        self.web = dict(web)
        self._command = [*command(self.web, path, SEGMENT_BYTES), "--due", "--db", self.database]

    def start(self, fault: str = "") -> ForkServerProcess:
        """Begin a crawl, in a process group of its own; forked from one that has imported all and done nothing."""
        context = get_context("forkserver")
        context.set_forkserver_preload(["crawler.cli.crawl", "crawler.spiders.crawl"])
        child = context.Process(target=self._crawl, args=(fault,))
        child.start()
        return child

    def _crawl(self, fault: str) -> None:
        os.setsid()
        log = os.open(self.path / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ[VARIABLE] = fault
        sys.argv = self._command
        sys.exit(routed.main())

    def said(self) -> str:
        """The end of what its crawls said."""
        return (self.path / "said").read_text()[-2000:]

    def waits(self) -> bool:
        """Whether a harmless address is set aside that chance alone had killed: then a run ends with 3."""
        aside = select(t.Frontier.url).where(t.Frontier.reason == QUARANTINED)
        with Store.open(self.path, self.database, "look") as store, store.engine.connect() as connection:
            return connection.scalar(aside) is not None

    def archived(self) -> int:
        """The archive's size, or 0 in the moment in which a file of it gets its name."""
        try:
            return sum(path.stat().st_size for path in (self.path / "archive").glob("seg-*"))
        except FileNotFoundError:
            return 0

    def look(self) -> tuple[frozenset[str], list[str]]:
        """What the store has acknowledged, once a start has repaired it, and what is wrong with it."""
        with Store.open(self.path, self.database, "look") as store:
            problems = list(check(store.engine, store.archive).problems)
            with store.engine.connect() as connection:
                return frozenset(connection.execute(select(t.Capture.id)).scalars()), problems

    def shortfalls(self) -> Iterator[str]:
        """What an undisturbed crawl would have and this one has not, or has twice."""
        with Store.open(self.path, self.database, "look") as store, store.engine.connect() as connection:
            rows = connection.execute(select(t.Frontier.url, t.Frontier.state)).all()
            pages = Counter(connection.execute(select(t.Page.url)).scalars())
            left = connection.execute(select(t.Dirty.stratum, t.Dirty.key)).all()
        due = {f"http://{name}/" for name in self.world.names} | {self.url(n) for n in range(self.world.pages)}
        yield from (f"not on the frontier: {url}" for url in due - {row.url for row in rows})
        yield from (f"unexpected: {row}" for row in rows if row.url not in due or row.state != "done")
        stories = {self.story(n) for n in range(self.world.pages)}
        yield from (f"no text: {url}" for url in stories - pages.keys())
        yield from (f"unexpected text: {url}" for url in pages.keys() - stories)
        yield from (f"never derived: {tuple(row)}" for row in left)

    def url(self, page: int) -> str:
        """The address that a list names."""
        return f"http://{self.world.host_of(page)}/news/{page}"

    def story(self, page: int) -> str:
        """The address that has the text."""
        return self.url(page).replace("/news/", "/moved/") if self.world.moves(page) else self.url(page)

    def lift(self) -> int:
        """Let the time go by for which harmless addresses are set aside that chance alone had killed; how many."""
        waits = update(t.Frontier).where(t.Frontier.reason == QUARANTINED)
        with Store.open(self.path, self.database, "look") as store, store.engine.begin() as connection:
            return int(connection.execute(waits.values(not_before=None)).rowcount)

    def forget(self) -> None:
        """Empty the server's database for the next folder."""
        if not self.database.startswith("sqlite"):
            engine = open_engine(self.database)
            with engine.begin() as connection:
                there = MetaData()
                there.reflect(connection)
                there.drop_all(connection)
            engine.dispose()


def plan(points: Sequence[str]) -> list[Turn]:
    """Named points, each as the faults of runs that follow one another: a repair needs something to repair."""
    before = {"repairing": "after_append", "mid_cut": "half_append"}
    passes = [(min(nth, MOST.get(point, nth)), point) for nth, point in product(PASSES, points)]
    return [
        (f"{before[point]}:{nth}", f"{point}:1") if point in before else (f"{point}:{nth}",)
        for nth, point in passes
    ]


def kill_through(folder: Folder, score: Score, turns: Sequence[Turn], random_: random.Random) -> Sequence[Turn]:
    """Kill one folder's crawl in turn, until it got through; then let it get through, and compare.

    Answers with the turns that were left by then.
    """
    before, left = frozenset[str](), deque(turns)
    while left:
        faults = left.popleft()
        killed = [end(folder, score, fault, random_) for fault in faults]
        now, problems = folder.look()
        score.wrong += [f"lost: {each}" for each in before - now] + problems
        before = now
        if not all(killed):
            break
    score.aside += folder.lift()
    child = folder.start()
    child.join(LONGEST)
    score.wrong += [f"exit {child.exitcode}: {folder.said()}"] if child.exitcode != 0 else []
    now, problems = folder.look()
    score.wrong += [*problems, *folder.shortfalls(), *(f"lost: {each}" for each in before - now)]
    asked = hits(folder.web)
    score.folders += 1
    score.requests += asked.total()
    score.again += sum(n - 1 for n in asked.values())
    folder.forget()
    return tuple(left)


def end(folder: Folder, score: Score, fault: str, random_: random.Random) -> bool:
    """Run the crawl and end it, at its point or at random; whether it was still under way."""
    child = folder.start(fault)
    if not fault:
        kill_at_random(child, folder, random_)
    child.join(LONGEST)
    code, group = child.exitcode, child.pid or 0
    died = code in {137, -signal.SIGKILL}
    if died:
        score.kills += 1
        score.named[fault.partition(":")[0]] += bool(fault)
    elif code != (3 if folder.waits() else 0):
        score.wrong.append(f"exit {code}: {folder.said()}")
    if score.kills % 5 and died:  # the others' workers have to end by themselves, which takes time
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    if outlived(group):
        score.wrong.append(f"workers outlive the run that died at {fault or 'random'}")
    return died


def kill_at_random(child: ForkServerProcess, folder: Folder, random_: random.Random) -> None:
    """Kill it and its workers, at some moment after it has begun to write."""
    size, limit = folder.archived(), time.monotonic() + LONGEST
    while folder.archived() == size and child.is_alive() and time.monotonic() < limit:
        time.sleep(0.01)
    time.sleep(random_.uniform(0.0, 1.5))
    if child.is_alive():
        os.killpg(child.pid or 0, signal.SIGKILL)


def outlived(group: int) -> bool:
    """Whether a process of the group is still there some time after its leader died."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    sys.exit(main())
