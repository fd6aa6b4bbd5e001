"""One crawl: the sites' entry pages on the frontier, then the spiders, then everything derived from the archive.

The event loop is the process's one Twisted reactor; it is started by the first crawl and kept for the next.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawler.derive import Reading
from crawler.errors import TearsheetError
from crawler.fetch.guard import GuardedResolver, look_up, read_routes
from crawler.fetch.needs import missing
from crawler.fetch.outcome import ROBOTS_FORBID
from crawler.fetch.own import read_networks
from crawler.fetch.run import TERMS, Run, Tally, entry
from crawler.fetch.takedowns import read_takedowns
from crawler.fetch.writer import Writer
from crawler.records import Lead, stamp
from crawler.spiders.copies import Copies
from crawler.spiders.indexes import Indexes
from crawler.spiders.origins import Origins
from crawler.spiders.seeking import seek
from crawler.spiders.stopping import stopping_on_signals
from crawler.strata import Drained
from crawler.workers import Workers, spent
from storage import findings, frontier, leases
from storage.engine import consult, transact
from storage.takedown import REASON as TAKEN_DOWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.discover.queries import Sought
    from crawler.records import LeadKind
    from crawler.sites.load import Site, Sites
    from settings.app import AppConfig
    from storage.store import Store

PATIENCE: Final = 60.0
"""Seconds that a run waits for an address that may be tried again then; a longer wait is the next run's."""

_REACTOR: Final = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What came of a crawl. Pages are counted once, robots.txt and redirects only in `responses`.

    `failed`, `blocked` and `gone` count by reason; `later` is how many addresses are left for another run, and
    `waiting` how many of them are because something went wrong; `stopped` is True where a signal ended it early;
    `sites` has what came of each site's addresses, `worker_seconds` is the CPU time of the processes that read
    pages and lists (None where it is not known).
    """

    responses: int
    fetched: int
    new: int
    changed: int
    unchanged: int
    failed: Mapping[str, int]
    blocked: Mapping[str, int]
    gone: Mapping[str, int]
    discovery: Mapping[str, int]
    leads: int
    later: int
    waiting: int
    stopped: bool
    drained: Drained
    sites: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    worker_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "drained": {
                "pages": self.drained.pages,
                "rejected": dict(self.drained.rejected),
                "texts": self.drained.texts,
                "clusters": self.drained.clusters,
            },
        }

    @property
    def partial(self) -> bool:
        """Whether something that should have been fetched was not.

        What robots.txt forbids, what was taken down and what looks like a trap is left out on purpose.
        """
        meant = (ROBOTS_FORBID, TAKEN_DOWN, "blocked:trap.", "blocked:budget.")
        refused = sum(count for reason, count in self.blocked.items() if not reason.startswith(meant))
        return bool(self.failed or self.discovery or refused or self.waiting)


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What to crawl and how. `sites` names some (empty: all), `urls` are fetched besides.

    With `due` an entry page waits until its time has come, and items are looked at again when theirs has.
    Without `derives` pages are only archived, and left to the next drain.
    `sought` are releases that are asked for besides, `wanted` keys and titles that news lists are searched for,
    `leads` further addresses to ask, `hurry` is how often the youngest watched release is looked for.
    `loopback` leads exact host names to 127.0.0.1:PORT, for tests and the demo; `lookup` is the resolver.
    """

    sites: Sequence[str] = ()
    urls: Sequence[str] = ()
    due: bool = False
    derives: bool = True
    sought: Sequence[Sought] = ()
    wanted: Sequence[tuple[str, str]] = ()
    leads: Sequence[Lead] = ()
    hurry: timedelta = timedelta.max
    loopback: Mapping[str, str] = field(default_factory=dict)
    patience: float = PATIENCE
    lookup: Callable[[str], Awaitable[Sequence[str]]] = look_up
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    progress: Callable[[Tally], None] | None = None


def crawl(store: Store, config: AppConfig, sites: Sites, options: CrawlOptions = CrawlOptions()) -> CrawlSummary:
    """Crawl, reading pages as they come, then derive what follows; safe to kill anywhere, the next call goes on.

    Raises:
        TearsheetError: the archive or the database could not be written; what was acknowledged is kept.

    """
    chosen = _chosen(sites, options)
    refused = transact(store.engine, lambda connection: _offer(connection, sites, options, chosen))
    named = consult(store.engine, frontier.named_hosts)
    takedowns = consult(store.engine, read_takedowns)
    limits, owner, before = config.limits, f"process {os.getpid()}", spent()
    with _giving_leases_back(store, owner), Reading(store, config, sites) as reading:
        with (
            Writer(store, reading.pump if options.derives else None) as writer,
            Workers(min(config.workers, 2), limits.page_seconds, limits.memory_bytes) as workers,
        ):
            run = Run(
                writer=writer,
                workers=workers,
                archive=config.archive_folder,
                sites=sites,
                named_hosts=set(named),
                takedowns=takedowns,
                config=config,
                owner=owner,
                clock=options.clock,
                patience=options.patience,
                chosen=chosen,
                wanted=(*options.wanted, *((each.key, each.title) for each in options.sought)),
                hurry=options.hurry,
                faults=store.faults,
                no_browser=missing(config.browser),
                progress=options.progress,
                tally=Tally(blocked=refused),
            )
            stopped = _run_spiders(run, scrapy_settings(config, options.loopback), options)
        if writer.error is not None:
            raise writer.error
        drained = reading.finish() if options.derives and not stopped else Drained()
    later = consult(store.engine, lambda connection: frontier.count_states(connection, chosen)).get("queued", 0)
    waiting = consult(store.engine, lambda connection: frontier.count_waiting(connection, chosen, run.now()))
    return _summary(run.tally, drained, (later, waiting), seconds=spent(before), stopped=stopped)


@contextmanager
def _giving_leases_back(store: Store, owner: str) -> Iterator[None]:
    """However the run ends, but for a death: nothing then looks as if it had died of what was under way."""
    try:
        yield
    finally:
        with suppress(TearsheetError):  # a database that is away: the next start takes them back
            transact(store.engine, lambda connection: leases.release_all(connection, owner))


def scrapy_settings(config: AppConfig, loopback: Mapping[str, str]) -> Settings:
    """The settings of `settings.crawl`, with what this run decides laid over them."""
    settings = Settings()
    settings.setmodule("settings.crawl", priority="project")
    own = {
        "CONCURRENT_REQUESTS": config.crawl.concurrency + 4,  # robots.txt is fetched beside the pages
        "DOWNLOAD_TIMEOUT": config.crawl.timeout,
        "DOWNLOAD_MAXSIZE": config.limits.page_bytes,
        "TEARSHEET_LOOPBACK": dict(loopback),
        "TEARSHEET_OWN": list(config.crawl.own),
    }
    if config.crawl.contact:
        own["USER_AGENT"] = settings["USER_AGENT"].replace("no contact given", _plain(config.crawl.contact))
    settings.setdict(own, priority="cmdline")
    return settings


def _plain(contact: str) -> str:
    return "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()")[:200]


# ------------------------------------------------------------------------------------------------ what to crawl


def _chosen(sites: Sites, options: CrawlOptions) -> frozenset[str] | None:
    """The names of the sites of this run, those of named addresses too; None where all are meant."""
    if options.sites or (options.urls and not options.due and not options.sought):
        return frozenset({*options.sites, *(_site_name(sites, url) for url in options.urls)})
    return None


def _site_name(sites: Sites, url: str) -> str:
    try:
        site = sites.of_host(urlsplit(url).hostname or "")
    except ValueError:
        return ""
    return site.name if site is not None else ""


def _offer(
    connection: Connection, sites: Sites, options: CrawlOptions, chosen: frozenset[str] | None
) -> Counter[str]:
    """Put on the frontier what this run begins with; answers what of it must not be fetched, by reason."""
    now = options.clock()
    leads = [Lead(url, _site_name(sites, url), "command line", "named", "item") for url in options.urls]
    named = [entry(lead) for lead in leads]
    refused = Counter(f"blocked:{each.fault}" for each in named if each.fault is not None)
    frontier.offer(connection, named, stamp(now), again=True)
    if options.sites:
        findings.let_go(connection, options.sites, f"blocked:{TERMS}")
    queries = [lead for each in options.sought for lead in seek(each, sites, now, frozenset(options.sites))]
    asked = [entry(lead) for lead in (*options.leads, *queries)]
    frontier.offer(connection, asked, stamp(now), again=True)
    if (options.urls or options.sought) and not options.sites and not options.due:
        return refused
    mine = [site for site in sites.all if (site.name in options.sites if options.sites else not site.is_reserved)]
    entries = [entry(lead) for site in mine for lead in _entry_pages(site, titles=bool(options.wanted))]
    frontier.offer(connection, entries, stamp(now), again=not options.due)
    if options.due:
        strangers = [""] if chosen is None else []
        frontier.queue_due(connection, [*strangers, *(site.name for site in mine)], stamp(now))
    return refused


def _entry_pages(site: Site, *, titles: bool) -> Iterator[Lead]:
    kinds: tuple[tuple[LeadKind, tuple[str, ...]], ...] = (
        ("sitemap", site.discover.sitemaps),
        ("feed", site.discover.feeds),
        ("listing", site.discover.listings),
        ("gal", site.discover.titles if titles else ()),
    )
    for kind, urls in kinds:
        for url in urls:
            yield Lead(url, site.name, f"site file {site.name}", kind, kind)


# ------------------------------------------------------------------------------------------------ running


def _run_spiders(run: Run, settings: Settings, options: CrawlOptions) -> bool:
    """Run the spiders, one after the other, so that a host has one queue; True where a signal stopped them."""
    reactor = _started_reactor()
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop  # noqa: SLF001 (Twisted has no public name for it)
    asyncio.set_event_loop(loop)
    routed = frozenset(read_routes(options.loopback).values())
    own = read_networks(settings.getlist("TEARSHEET_OWN"))
    GuardedResolver(options.lookup, routed, own).install(reactor)
    runner = AsyncCrawlerRunner(settings)
    with stopping_on_signals(loop, runner, run.stopping):
        loop.run_until_complete(_all(runner, run))
    return run.stopping.is_set()


async def _all(runner: AsyncCrawlerRunner, run: Run) -> None:
    for spider in (Origins, Indexes, Copies):
        if not run.stopping.is_set() and run.writer.error is None:
            await runner.crawl(spider, run=run)


def _started_reactor() -> Any:
    """The reactor, started, but run by us: Twisted could run it only once in a process."""
    install_reactor(_REACTOR)
    from twisted.internet import reactor
    from twisted.python.log import PythonLoggingObserver

    if not reactor.running:
        PythonLoggingObserver("twisted").start()  # type: ignore[no-untyped-call]  # the log of everything else
        reactor.startRunning(installSignalHandlers=False)
    return reactor


def _summary(
    tally: Tally, drained: Drained, left: tuple[int, int], *, seconds: float | None, stopped: bool
) -> CrawlSummary:
    return CrawlSummary(
        responses=tally.responses,
        fetched=tally.fetched,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        failed=dict(sorted(tally.failed.items())),
        blocked=dict(sorted(tally.blocked.items())),
        gone=dict(sorted(tally.gone.items())),
        discovery=dict(sorted(tally.discovery.items())),
        leads=tally.leads,
        later=left[0],
        waiting=left[1],
        stopped=stopped,
        drained=drained,
        sites={name: dict(sorted(counts.items())) for name, counts in sorted(tally.sites.items())},
        worker_seconds=seconds,
    )
