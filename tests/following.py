"""The grown newsroom followed for real: one `track` of a release; a day later it is looked at again."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.records import ATTACHING
from crawler.spiders.crawl import CrawlOptions, CrawlSummary
from crawler.spiders.watching import Wish, look, track
from crawler.workers import Workers, spent
from settings.app import AppConfig, Crawl, Limits, Watch
from storage.lookups import copies, reading, releases
from storage.store import Store
from tests.crawl.loopback import serving
from tests.newsroom import NOW, PAGE_BYTES, grow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawl.loopback import Server
    from tests.newsroom import Grown

LATER: Final = timedelta(days=1, hours=2)


@dataclass(slots=True)
class Pass:
    """One go: what the crawls said, what it took, how often each host was asked, and the statuses that came."""

    summaries: list[CrawlSummary] = field(default_factory=list)
    seconds: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def worker_seconds(self) -> float:
        """CPU seconds of the workers."""
        return sum(summary.worker_seconds or 0.0 for summary in self.summaries)


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of it: of the `first` go, and of one a day later (`again`), when nothing has changed but a trap.
    `loading` are the CPU seconds of loading what workers share, once a process that has anything to read.

    `found` are addresses attached to their own release, `wrong` those attached to another,
    `touched` what was asked for and must not be, `inside` how many connections reached a server behind the guard.
    """

    room: Grown
    found: frozenset[str]
    wrong: frozenset[str]
    touched: frozenset[tuple[str, str]]
    inside: int
    loading: float
    first: Pass
    again: Pass

    @property
    def missed(self) -> list[str]:
        """Copies that can be had and were not found."""
        return sorted(set(self.room.reachable) - self.found)

    @property
    def share(self) -> float:
        """The share of the reachable copies that was found."""
        return len(self.found & set(self.room.reachable)) / len(self.room.reachable)


def follow(folder: Path, database: str = "", *, say: Callable[[str], None] = lambda _: None) -> Followed:
    """Track one of the newsroom's releases, which crawls all its sites; then look again.

    What the workers share is loaded before, so that neither go seems dearer for it.
    """
    loading = _load()
    with serving() as server, serving() as inside:
        room = grow(inside.address)
        for host in room.hosts:
            server.services[host.name] = host
        limits = Limits(page_bytes=PAGE_BYTES)
        config = AppConfig(
            str(folder),
            database,
            workers=2,
            limits=limits,
            crawl=Crawl(concurrency=16, timeout=8.0),
            watch=Watch(pages=("1d until 400d",)),  # the samples' releases are from half a year
        )
        first, again = Pass(), Pass()
        say(f"{len(room.hosts)} hosts, {len(room.reachable)} copies that can be had")
        with _Measured(first, room, server):
            _track(config, room, server, first, NOW)
        say(f"first: {first.seconds:.1f} s")
        with _Measured(again, room, server):
            _look(config, room, server, again, NOW + LATER)
        found, wrong = _found(config, room)
        touched = frozenset(server.hits) & room.forbidden
        return Followed(room, found, wrong, touched, inside.connections, loading, first, again)


class _Measured:
    """Note what a pass took: time, requests by host, statuses."""

    def __init__(self, of: Pass, room: Grown, server: Server) -> None:
        self.of, self.room, self.server = of, room, server

    def __enter__(self) -> None:
        self.began, self.hits = time.monotonic(), len(self.server.hits)
        for host in self.room.hosts:
            host.answers.clear()

    def __exit__(self, *_: object) -> None:
        self.of.seconds = time.monotonic() - self.began
        self.of.asked = Counter(host for host, _ in self.server.hits[self.hits :])
        for host in self.room.hosts:
            self.of.answers.update(host.answers)


def _track(config: AppConfig, room: Grown, server: Server, into: Pass, now: datetime) -> None:
    with Store.open(config.data_folder, config.database_url, "test") as store, store.run("track"):
        tracked = track(store, config, room.sites, Wish(room.tracked), _options(room, server, now))
    into.summaries += tracked.crawls


def _look(config: AppConfig, room: Grown, server: Server, into: Pass, begins: datetime) -> None:
    options = replace(_options(room, server, begins), due=True)
    with Store.open(config.data_folder, config.database_url, "test") as store, store.run("crawl") as outcome:
        summary = look(store, config, room.sites, options)
        outcome.update(summary.as_json())
    into.summaries.append(summary)


def _load() -> float:
    before = spent()
    with Workers(1, 60.0, Limits().memory_bytes) as workers:
        workers.submit(len, ()).result()
    return spent(before) or 0.0


def _options(room: Grown, server: Server, begins: datetime) -> CrawlOptions:
    started = datetime.now(UTC)
    return CrawlOptions(
        loopback={host.name: server.address for host in room.hosts},
        patience=10.0,
        clock=lambda: begins + (datetime.now(UTC) - started),
    )


def _found(config: AppConfig, room: Grown) -> tuple[frozenset[str], frozenset[str]]:
    found, wrong = set[str](), set[str]()
    with Store.open(config.data_folder, config.database_url, "test") as store, reading(store.engine) as connection:
        own = {row.cluster: row.url for row in releases(connection)}
        for row in copies(connection):
            if row.relation not in ATTACHING:
                continue
            release = own.get(row.cluster)
            right = room.reachable.get(row.url)
            if right is None or release is None:
                continue
            (found if release == right else wrong).add(row.url)
    return frozenset(found), frozenset(wrong)
