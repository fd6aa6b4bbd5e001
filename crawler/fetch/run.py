"""What one run of the crawl shares: who writes, which sites, how to behave, and what came of it so far."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.fetch.addresses import host_of, url_fault
from crawler.fetch.revisit import read_span
from crawler.fetch.takedowns import Takedowns
from crawler.records import stamp
from crawler.sites.load import Budget
from crawler.urls import url_key
from storage.faults import Faults
from storage.frontier import Entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.fetch.writer import Writer
    from crawler.records import Lead
    from crawler.sites.load import Site, Sites
    from crawler.workers import Workers
    from settings.app import AppConfig

STRANGER_DELAY: Final = 5.0
"""Seconds between two requests to a host that no site file describes."""

STRANGER_PAGES: Final = 500
TERMS: Final = "terms"
"""The fault of an address on a site whose terms allow no crawling, where that site was not named."""

BULK: Final = "bulk"
"""The fault of a file that is too large for a crawl: a person may fetch it, and ingest it."""

ONCE: Final = frozenset(
    {"search", "wordpress", "newsrss", "gdelt", "cdx", "memento", "collections", "ccpages", "ccindex", "warc",
     "ccnews", "bulk"}
)  # fmt: skip
"""Kinds that ask a service: once, unless who asks does so again, and as written, with our note behind the `#`."""

LONGEST_DELAY: Final = 60.0
"""Seconds: what a robots.txt may ask for between two requests; more than that stops being a crawl."""

_REQUESTS: Final = 12
_SITES: Final = 500


@dataclass(slots=True)
class Tally:
    """What came of the run's addresses: each is counted when it is settled for good.

    `sites` has the same by site, or by host where no site file knows it: `fetched`, the reasons of what was not,
    and `listed`, the addresses that its `lists` named.
    """

    responses: int = 0
    fetched: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    leads: int = 0
    discovery: Counter[str] = field(default_factory=Counter)
    sites: dict[str, Counter[str]] = field(default_factory=dict)

    def of(self, site: str) -> Counter[str]:
        """The counts of a site; strangers beyond some hundred are counted together."""
        name = site if site in self.sites or len(self.sites) < _SITES else "others"
        return self.sites.setdefault(name, Counter())


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `clock` gives the time with its zone; `named_hosts` are allowed beside those of the sites.

    `chosen` names the sites to crawl (None: all), `patience` is how many seconds ahead a wait is waited out,
    `wanted` are keys and titles of releases to look out for, `hurry` is how often the youngest watched one is,
    `no_browser` why none can be rendered.
    """

    writer: Writer
    workers: Workers
    archive: Path
    sites: Sites
    named_hosts: set[str]
    config: AppConfig
    owner: str
    clock: Callable[[], datetime]
    patience: float
    chosen: frozenset[str] | None = None
    takedowns: Takedowns = field(default_factory=Takedowns)
    wanted: tuple[tuple[str, str], ...] = ()
    hurry: timedelta = timedelta.max
    faults: Faults = field(default_factory=lambda: Faults({}))
    no_browser: str | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    tally: Tally = field(default_factory=Tally)
    progress: Callable[[Tally], None] | None = None

    def now(self, ahead: float = 0.0) -> str:
        """The time as the tables hold it; so many seconds ahead, the next whole second then."""
        if not ahead:
            return stamp(self.clock())
        return stamp(self.clock() + timedelta(seconds=ahead, microseconds=999_999))

    def lists_pause(self) -> timedelta:
        """How long the sites' own lists are left alone: no longer than the youngest watch waits."""
        return min(read_span(self.config.watch.lists), self.hurry)

    def site(self, name: str) -> Site | None:
        """The site of that name."""
        return next((site for site in self.sites.all if site.name == name), None)

    def chosen_has(self, name: str) -> bool:
        """Whether the site of that name is crawled."""
        return self.chosen is None or name in self.chosen

    def reserves(self, lead: Lead) -> bool:
        """Whether the terms of the lead's site forbid to follow it: nobody named the site for this run."""
        site = self.site(lead.site) if lead.site else None
        return site is not None and site.is_reserved and (self.chosen is None or site.name not in self.chosen)

    def budget_of(self, host: str) -> Budget:
        """How far the site of a host is followed."""
        site = self.sites.of_host(host)
        return site.budget if site is not None else Budget()

    def delay_of(self, host: str) -> float:
        """Seconds between two requests to a host."""
        site = self.sites.of_host(host)
        return site.politeness.delay if site is not None else STRANGER_DELAY

    def longest_lease(self, host: str) -> float:
        """Seconds after which an address of a host cannot be under way any more: robots.txt, `tdmrep.json`, itself
        and its redirects, each after the longest wait and timed out.
        """
        return _REQUESTS * (self.config.crawl.timeout + max(self.delay_of(host), LONGEST_DELAY))


def entry(lead: Lead, depth: int = 0) -> Entry:
    """A lead as the frontier takes it; an address that must not be fetched goes there too, with its fault."""
    try:
        key = url_key(lead.url, exact=lead.kind in ONCE)
    except ValueError:  # no parser reads it; it is refused below, and its own spelling identifies it
        key = url_key("invalid:" + lead.url.encode("utf-8", "replace").hex()[:1800])
    fault = BULK if lead.kind == "bulk" else url_fault(lead.url)
    return Entry(key, host_of(lead.url), lead, depth, fault)
