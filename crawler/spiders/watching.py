"""Watched releases: looked for ever more seldom, each time by a crawl; new ones of followed issuers join them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crawler.discover.queries import Sought, queries
from crawler.errors import UsageError
from crawler.fetch.addresses import url_fault
from crawler.fetch.revisit import moment, next_look, read_steps, step_at
from crawler.identify.issuers import issuer_of
from crawler.records import stamp
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from crawler.spiders.seeking import find_sought
from crawler.urls import url_key
from storage import watches
from storage.engine import consult, transact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.records import Lead
    from crawler.sites.load import Sites
    from settings.app import AppConfig
    from storage.store import Store

_ROUNDS: Final = 2
"""What the first copies add (a wire's id, an address) is asked for once more; then it is the next look's."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to watch. `issuer` is whose new releases to follow: a name, empty for the release's own, None for none.

    `days` is how long from now; None: as long as the schedule goes.
    """

    url: str
    issuer: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """What came of a first look: the release as it is sought, or why there is none, and the crawls."""

    sought: Sought | None
    fault: str
    crawls: tuple[CrawlSummary, ...]
    follows: str | None = None
    next_at: str | None = None


def track(store: Store, config: AppConfig, sites: Sites, wish: Wish, options: CrawlOptions) -> Tracked:
    """Fetch a release, look for its copies now, and watch it from now on.

    Raises:
        UsageError: the address is none that may be fetched.

    """
    fault = url_fault(wish.url)
    if fault is not None:
        raise UsageError(f"{wish.url}: an address that must not be fetched ({fault})")
    crawls = [crawl(store, config, sites, replace(options, urls=(wish.url,)))]
    sought, asked = consult(store.engine, lambda c: read_sought(c, wish.url)), set[str]()
    if sought is None:
        why = consult(store.engine, lambda c: watches.fault_of(c, url_key(wish.url)))
        return Tracked(None, why, tuple(crawls))
    follows = (wish.issuer or issuer_of(sought.text)) if wish.issuer is not None else None
    begin = _begun(wish, sought, follows, options.clock(), config)
    transact(store.engine, lambda c: watches.save(c, begin))
    for turn in range(_ROUNDS):
        leads = [lead for lead in queries(sought, sites, options.clock()) if lead.url not in asked]
        if crawls[-1].stopped or (turn and not leads):
            break
        asked |= {lead.url for lead in leads}
        look = replace(options, leads=leads, wanted=[(sought.key, sought.title)], due=turn > 0)
        crawls.append(crawl(store, config, sites, look))
        sought = consult(store.engine, lambda c: read_sought(c, wish.url)) or sought
    if not crawls[-1].stopped:
        next_at = transact(store.engine, lambda c: _looked(c, config, options.clock(), [begin["url"]]))
        begin["next_at"] = next_at.get(wish.url)
    return Tracked(sought, "", tuple(crawls), follows, begin["next_at"])


def look(store: Store, config: AppConfig, sites: Sites, options: CrawlOptions) -> CrawlSummary:
    """What `crawl --due` does: ask for the watched releases whose time has come, crawl, follow issuers."""
    now = options.clock()
    watching = consult(store.engine, lambda c: watches.watches(c, watches.WATCHING))
    due = [row for row in watching if (row.next_at or "") <= stamp(now)] if not options.sites else []
    leads: list[Lead] = []
    for row in due:
        sought = consult(store.engine, partial(read_sought, url=row.url))
        if sought is not None:
            leads += queries(sought, sites, now, asked_at=moment(row.asked_at))
    wanted = [*options.wanted, *((row.key or row.url, row.title) for row in watching)]
    summary = crawl(
        store, config, sites, replace(options, leads=leads, wanted=wanted, hurry=_hurry(watching, now, config))
    )
    if not summary.stopped:
        transact(store.engine, lambda c: _looked(c, config, now, [row.url for row in due]))
        transact(store.engine, lambda c: follow(c, config, now))
    return summary


def read_sought(connection: Connection, url: str) -> Sought | None:
    """What to look for: the release that the page there carries, or the page alone; None without a page."""
    page = watches.page_at(connection, url, url_key(url))
    if page is None:
        return None
    release = find_sought(connection, page.url)
    if release is None:
        return Sought(url, page.url, (), page.title, page.text, page.published_at, page.language)
    return replace(release, url=release.url or page.url)


def follow(connection: Connection, config: AppConfig, now: datetime) -> int:
    """Begin watches for the new releases of followed issuers, by their source lines; answers how many."""
    rows = watches.watches(connection)
    followed = {row.follows.casefold(): row for row in rows if row.follows and row.state == watches.WATCHING}
    if not followed:
        return 0
    known = {row.url for row in rows} | {row.key for row in rows}
    begun = 0
    for release in watches.released_since(connection, min(row.since for row in followed.values())[:10]):
        row = followed.get((issuer_of(release.text) or "").casefold())
        url = release.url or next(iter(release.wire_urls), None)
        if row is None or url is None or {url, release.key, *release.wire_urls} & known:
            continue
        sought = Sought(release.key or url, url, (), release.title, published_at=release.published_at)
        begin = _begun(Wish(url), sought, None, now, config)
        watches.save(connection, begin | {"why": f"follows {row.follows}", "next_at": stamp(now)})
        begun += 1
    return begun


def _begun(wish: Wish, sought: Sought, follows: str | None, now: datetime, config: AppConfig) -> dict[str, Any]:
    """The row of a new watch. It is as old as its release; a date in the future counts as now."""
    since = min(moment(sought.published_at) or now, now)
    lasts = read_steps(config.watch.queries)[-1].until
    until = now + timedelta(days=wish.days) if wish.days is not None else since + lasts
    key = sought.key if sought.key != wish.url else None
    return {
        "url": wish.url, "key": key, "title": sought.title, "state": watches.WATCHING, "since": stamp(since),
        "until": stamp(until), "follows": follows, "why": "named", "asked_at": None, "next_at": None,
    }  # fmt: skip


def _looked(
    connection: Connection, config: AppConfig, now: datetime, urls: Sequence[str]
) -> dict[str, str | None]:
    """Note that these were looked for; when they will be again."""
    steps, found = read_steps(config.watch.queries), dict[str, str | None]()
    for row in watches.watches(connection, watches.WATCHING):
        if row.url not in urls:
            continue
        since, until = datetime.fromisoformat(row.since), datetime.fromisoformat(row.until)
        when = next_look(steps, since, now) or now + steps[-1].every  # older than the schedule: as it ends
        found[row.url] = stamp(when) if when <= until else None
        watches.looked(connection, row.url, stamp(now), found[row.url])
    return found


def _hurry(watching: Sequence[Any], now: datetime, config: AppConfig) -> timedelta:
    """How often the youngest watched release is looked for."""
    steps = read_steps(config.watch.queries)
    places = (step_at(steps, now - datetime.fromisoformat(row.since)) for row in watching)
    return min((steps[at].every for at in places if at is not None), default=timedelta.max)
