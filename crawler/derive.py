"""The loop that keeps derived rows current: reads what is out of date, lowest stratum first, and writes it whole.

With nothing left to do, derived rows are a function of captures, site data, rules and people's overrules alone:
the same input gives the same rows, whatever the order of arrival.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import Counter, deque
from concurrent.futures import TimeoutError as FutureTimeout
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from crawler.clean.memory import sight
from crawler.extract.several import SEVERAL
from crawler.flow import read_page, tell_listing
from crawler.match.settle import settle
from crawler.overruling import take_out
from crawler.records import Location, PageRead, Rejected, Summary
from crawler.sites.load import Sites
from crawler.strata import Drained, drain_sets, ledger
from crawler.workers import Expired, Workers
from storage import dirty, findings, pages, seen
from storage.archive import Archive
from storage.captures import expired
from storage.engine import consult, transact
from storage.warc import read as read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from crawler.flow import Read
    from crawler.records import Fetched, Found, Member
    from crawler.sites.load import Site
    from crawler.strata import Cluster
    from settings.app import AppConfig
    from storage.store import Store

    Progress = Callable[[str, int, int], None]

T = TypeVar("T")

_BATCH: Final = 32
_AHEAD: Final = 128
_IN_FLIGHT: Final = 4
"""Pages under way for each worker: enough that none waits for the parent."""

_CRASHES: Final = 3
"""How many workers a page may take with it before it is set aside: one may have been killed for another's sake."""


def drain(store: Store, config: AppConfig, sites: Sites, progress: Progress | None = None) -> Drained:
    """Bring every derived row up to date. Safe to stop anywhere: the next call goes on from there.

    `progress` is called with the stratum's name, how many are done and how many there are.
    """
    with Reading(store, config, sites, progress) as reading:
        return reading.finish()


def mark_everything(engine: Engine) -> None:
    """Put every capture out of date, so that the next drain derives everything again."""
    transact(engine, dirty.mark_all)


# ---------------------------------------------------------------------------------------------- stratum: pages


class Reading:
    """Captures read by workers while more arrive: `pump` between two batches keeps the workers busy, `finish`
    reads what is left and brings every later stratum up to date. What arrives is looked for a batch at a time.
    """

    def __init__(self, store: Store, config: AppConfig, sites: Sites, progress: Progress | None = None) -> None:
        self._store = store
        self._engine = store.engine
        self._sites = sites
        self._report = progress or (lambda _stratum, _done, _all: None)
        self._page_bytes = config.limits.page_bytes
        self._ahead = _IN_FLIGHT * config.workers
        self._folder, self._packed = str(config.archive_folder), pack_sites(sites)
        self._waiting = 0
        self._workers = Workers(config.workers, config.limits.page_seconds, config.limits.memory_bytes)
        self._under_way: deque[tuple[str, Location, Future[PageRead | Rejected]]] = deque()
        self._crashes: Counter[str] = Counter()
        self._read: list[tuple[str, PageRead | Rejected | None]] = []
        self._known: dict[str, Rejected | None] = {}
        self._next: deque[tuple[str, Location | None]] = deque()
        self._looked = -_BATCH
        self._done = Drained()

    def __enter__(self) -> Reading:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)

    def pump(self) -> bool:
        """Take in what is done, without waiting, and give the workers more once a batch of it has arrived."""
        return self._feed(_BATCH)

    def _feed(self, least: int) -> bool:
        """As `pump`, where so many have arrived since the last look; False where there is nothing to give."""
        while self._under_way and self._under_way[0][-1].done():
            self._take()
        while len(self._under_way) < self._ahead:
            if not self._next and not (self._store.added - self._looked >= least and self._look()):
                return False
            capture, location = self._next.popleft()
            if capture in self._known:
                self._read.append((capture, self._known[capture]))
            elif location is None:
                self._read.append((capture, Rejected("archive", "missing", "the archive has no such record")))
            else:
                self._submit(capture, location)
        return True

    def finish(self) -> Drained:
        """Read every capture that is out of date, then place the texts and sum the clusters up."""
        self._waiting = self._count() + consult(self._engine, lambda connection: dirty.count(connection, "page"))
        while self._feed(0) or self._under_way or self._read:
            if self._under_way:
                self._take()
            else:
                self._save()
        drain_sets(self._store, self._sites, self._report, self._done, self._settle)
        return self._done

    def _look(self) -> bool:
        """Find captures that are out of date and not under way."""
        arrived = self._store.added
        known = {capture for capture, *_ in self._under_way} | {capture for capture, _ in self._read}

        def look(connection: Connection) -> list[tuple[str, Location | None]]:
            waiting = dirty.waiting(connection, "page", "", len(known) + _AHEAD)
            new = [capture for capture in waiting if capture not in known]
            places = pages.locations(connection, new)
            self._known = _told(connection, new, self._sites)
            return [(key, Location(*places[key]) if key in places else None) for key in new]

        new = consult(self._engine, look)
        self._next.extend(new)
        if len(new) < _AHEAD:  # else there may be more
            self._looked = arrived
        return bool(new)

    def _submit(self, capture: str, location: Location) -> None:
        task = self._workers.submit(read_capture, self._folder, location, self._packed, self._page_bytes)
        self._under_way.append((capture, location, task))
        self._store.faults.at("extracting")

    def _take(self) -> None:
        """Wait for the page that is longest under way; a full batch is saved."""
        capture, location, task = self._under_way.popleft()
        result: PageRead | Rejected = _outcome(task)
        if isinstance(result, Rejected) and result.reason == "crash":
            self._crashes[capture] += 1
            if self._crashes[capture] < _CRASHES:
                self._submit(capture, location)
                return
        self._read.append((capture, result))
        if len(self._read) >= _BATCH:
            self._save()

    def _save(self) -> None:
        saved = tuple(self._read)

        def save(connection: Connection) -> list[PageRead | Rejected]:
            read = _write(connection, saved)
            self._store.faults.at("extract_mid")
            return read

        written = transact(self._engine, save)
        for result in written:
            if isinstance(result, Rejected):
                self._done.rejected[result.reason] = self._done.rejected.get(result.reason, 0) + 1
            else:
                self._done.pages += 1
        self._read.clear()
        self._report("page", self._count(), max(self._count(), self._waiting))

    def _settle(self, clusters: Sequence[Cluster]) -> list[Summary]:
        """Sum clusters up in the workers, which have no more pages to read.

        A page alone is done sooner than sent. What a worker could not finish within a page's limits is done here.
        """
        tasks = [
            self._workers.submit(settle_cluster, *cluster, self._packed) if len(cluster[0]) > 1 else None
            for cluster in clusters
        ]
        return [self._settled(*pair) for pair in zip(clusters, tasks, strict=True)]

    def _settled(self, cluster: Cluster, task: Future[Summary] | None) -> Summary:
        if task is not None:
            summary = _outcome(task)
            if not isinstance(summary, Rejected):
                return summary
        members, origin = cluster
        return settle(members, self._sites, origin)

    def _count(self) -> int:
        return self._done.pages + sum(self._done.rejected.values())


def _told(connection: Connection, captures: Sequence[str], sites: Sites) -> dict[str, Rejected | None]:
    """What is known of captures without reading them, and costs no worker: repeats (None), refusals, lists."""
    told: dict[str, Rejected | None] = {}
    for key, (url, status) in pages.answers(connection, captures).items():
        why = tell_listing(url, sites) if status in {0, 200} else Rejected("extract", f"status:{status}")
        if why is not None:
            told[key] = why
    return told | dict.fromkeys(seen.repeats(connection, captures))


def _write(
    connection: Connection, saved: Sequence[tuple[str, PageRead | Rejected | None]]
) -> list[PageRead | Rejected]:
    """Save pages, but for those that turn out to repeat the capture before them; what was saved.

    What no longer repeats one, because another came between, stays out of date and is read next.
    """
    left = expired(connection, [capture for capture, _ in saved])  # these stay as they were read last
    dirty.unmark(connection, "page", sorted(left))
    saved = [(capture, result) for capture, result in saved if capture not in left]
    again = seen.repeats(connection, [capture for capture, _ in saved])
    read = [(capture, result) for capture, result in saved if result is not None and capture not in again]
    pages.save_pages(connection, take_out(connection, read))
    pages.pass_over(connection, sorted(again))
    lists = [capture for capture, each in read if isinstance(each, Rejected) and each.reason == SEVERAL]
    if lists:
        findings.read_as_list(connection, lists)
    return [result for _, result in read]


def _outcome(future: Future[T]) -> T | Rejected:
    """What came of one page; a task that was killed is a reason like any other."""
    try:
        return future.result()
    except (TimeoutError, FutureTimeout):
        return Rejected("extract", "limit:time", "the page took too long and was stopped")
    except MemoryError:
        return Rejected("extract", "limit:memory", "the page wanted too much memory")
    except Expired as error:
        return Rejected("extract", "crash", f"the worker died ({error})")
    except Exception as error:  # a page must never take the others down; the reason is stored
        return Rejected("extract", "error", f"{type(error).__name__}: {error}"[:300])


def read_capture(folder: str, location: Location, packed_sites: bytes, page_bytes: int) -> PageRead | Rejected:
    """Read one record from the archive and take it through the page stages. Runs in a worker."""
    sites = _unpacked(packed_sites)
    fetched = read_record(Archive(Path(folder)).read(location))
    result = read_page(fetched, sites, page_bytes)
    if isinstance(result, Rejected):
        return result
    return _as_stored(result, sites)


def settle_cluster(members: Sequence[Member], origin: Found | None, packed_sites: bytes) -> Summary:
    """Sum a cluster up. Runs in a worker."""
    return settle(members, _unpacked(packed_sites), origin)


def read_alone(fetched: Fetched, sites: Sites, config: AppConfig) -> Read | Rejected:
    """Take one response through the page stages in a worker, within the same limits; nothing is stored."""
    limits = config.limits
    with Workers(1, limits.page_seconds, limits.memory_bytes) as workers:
        future = workers.submit(read_page, fetched, sites, limits.page_bytes)
        return _outcome(future)


def _as_stored(read: Read, sites: Sites) -> PageRead:
    page, draft = read.page, read.draft
    site = sites.of_url(page.url)
    return PageRead(
        url=page.url,
        site=site.name if site else None,
        family=sites.family_of(page.url),
        tier=site.page_tier if site else "copy",
        title=draft.title,
        language=draft.language,
        published_at=page.published_at,
        dateline=draft.dateline,
        text=draft.text,
        claims=page.claims,
        keys=draft.keys,
        links=draft.links,
        sketch=read.sketch,
        blocks=pages.pack_blocks(page.blocks, draft.decisions),
        removed=tuple(ledger(page.blocks, draft.decisions)),
        sightings=sight(page.blocks, draft.decisions),
        rules=rules_version(site, sites.grammars),
    )


def pack_sites(sites: Sites) -> bytes:
    """The site data as bytes, to send along with a task."""
    return pickle.dumps(sites.all)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Sites:
    return Sites(pickle.loads(packed))  # noqa: S301 (made by our own parent process, never stored)


@lru_cache(maxsize=1)
def _code_digest() -> bytes:
    """The digest of the page stages' own code and tables and of the libraries that decide what they answer."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    stages = [
        root / "flow.py",
        *(p for part in ("extract", "clean", "identify", "match", "sites") for p in (root / part).glob("*.py")),
        *(root / "clean" / "vocabulary").glob("*.toml"),
    ]
    for path in sorted(stages):
        digest.update(path.read_bytes())
    for library in ("trafilatura", "lxml", "rapidfuzz", "py3langid"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.digest()


@lru_cache(maxsize=512)
def rules_version(site: Site | None, grammars: bytes = b"") -> str:
    """Twelve hex digits that change with the rules that read a page: code, libraries, the site's own file, and the
    grammars of all sites (`Sites.grammars`), whose keys may stand on any page.
    """
    data = msgspec.json.encode(site) if site else b""
    return hashlib.sha256(_code_digest() + grammars + data).hexdigest()[:12]
