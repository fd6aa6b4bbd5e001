"""What the spiders share: addresses come from the frontier, one for each host that is ready, and go back settled.

The event loop runs no SQL and no parser here: the writer thread leases and settles, workers discover.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from scrapy import Request, Spider

from crawler.discover.answers import Asked, Found, note_of
from crawler.discover.traps import trap_fault
from crawler.fetch.addresses import host_of
from crawler.fetch.archive import ROW, STORED, Stored, settle, settle_answer
from crawler.fetch.conditional import BEFORE, recall
from crawler.fetch.novelty import FOLLOWED, Novelty, close_barren
from crawler.fetch.outcome import UNCHANGED, Outcome, of_error
from crawler.fetch.run import STRANGER_PAGES, TERMS, entry
from crawler.records import Lead, Location, Rejected
from crawler.spiders.leads import read_leads
from storage import findings, frontier, leases
from storage.archive import Archive
from storage.bounds import TOO_DEEP, reopen
from storage.store import Arrival

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from concurrent.futures import Future

    from scrapy.http import Response
    from sqlalchemy import Connection
    from twisted.python.failure import Failure

    from crawler.fetch.conditional import Before
    from crawler.fetch.run import Run
    from crawler.records import LeadKind, Tier
    from storage.frontier import Entry, Row

_log = logging.getLogger(__name__)

_LOOK_AGAIN: Final = 0.5
"""Seconds after which the frontier is asked again although nothing was settled: a wait may be over."""


class Feeding(Spider):
    """A spider without addresses of its own. `tiers` says which sites it serves; it ends when nothing is ready.

    With `reads_first` a host is not asked again before its last answer was read: that may say to wait.
    """

    tiers: tuple[Tier, ...] = ()
    takes_strangers = False
    reads_first = False

    def __init__(self, name: str | None = None, *, run: Run) -> None:
        super().__init__(name)
        self.run = run
        self.under_way: dict[str, Row] = {}
        self.since: dict[str, float] = {}
        self.discovering: dict[str, Row] = {}
        self.taken: Counter[str] = Counter()
        self.lists: Counter[str] = Counter()
        self.novelty = Novelty()
        self.changed = asyncio.Event()

    async def start(self) -> AsyncIterator[Request]:
        """Feed what is ready, until nothing is and nothing will be within the run's patience."""
        for found in await self._written(self.run.writer.submit(self._archived)):
            self._begin_discovery(found)
        while self.run.writer.error is None and not self.run.stopping.is_set():
            await self._expire()
            leased = await self._lease()
            for row, before in leased:
                yield self._request(row, before)
            if not leased and not await self._wait():
                return

    async def parse(self, response: Response) -> None:
        """Everything is archived and settled by now; leads are read by a worker."""
        row: Row = response.meta[ROW]
        stored: Stored = response.meta[STORED]
        outcome, lists = stored.outcome, False
        try:
            if outcome is None:  # a redirect that leads nowhere: another scheme
                outcome = await self._written(self._settle(row, Outcome("blocked", "blocked:scheme")))
            self._count(row, outcome, stored)
            lists = outcome.state == "archived" and stored.location is not None
            if lists:
                self.discovering[row.key] = row
        finally:
            self._finish(row)  # the host is free while a worker reads the list
        if lists and stored.location is not None:
            await self._discover(row, stored.location)

    async def fail(self, failure: Failure) -> None:
        """Settle an address that got no answer, or none that counts."""
        row: Row = failure.request.meta[ROW]  # type: ignore[attr-defined]  # Scrapy sets it
        try:
            if self.run.writer.error is None and row.key in self.under_way:  # or it has expired
                outcome = await self._written(self._settle(row, of_error(failure.value or RuntimeError())))
                self._count(row, outcome, None)
        finally:
            self._finish(row)

    # ------------------------------------------------------------------------------------------- feeding

    async def _lease(self) -> Sequence[tuple[Row, Before | None]]:
        room = self.run.config.crawl.concurrency - len(self.under_way)
        sites = self._open_sites()
        if room <= 0 or not sites or any(row.suspect for row in self.under_way.values()):
            return ()
        idle, busy = not self.under_way, {row.host for row in self.under_way.values()}
        # Lists lead to items, but may not take all of a site's pages while what they lead to waits.
        items_first = {name for name in sites if self.lists[name] * 2 >= self._pages(name)}
        read_first = sites if self.reads_first else items_first
        busy.update(row.host for row in self.discovering.values() if row.site in read_first)
        run, archive = self.run, Archive(self.run.archive)
        unheard: list[str] = []

        def take(connection: Connection) -> list[tuple[Row, Before | None]]:
            leases.release(connection, unheard)  # of a commit that a server made, and died before it said so
            rows: Sequence[Row] = ()
            if idle:  # what a run may have died of is asked for alone, so that the next death tells more
                rows = frontier.lease_suspect(connection, run.owner, run.now(), sites, died=False)
            if not rows:
                rows = frontier.lease(
                    connection, run.owner, run.now(), room, hosts_busy=busy, sites=sites, items_first=items_first
                )
            if idle and not rows:
                rows = frontier.lease_suspect(connection, run.owner, run.now(), sites, died=True)
            unheard[:] = [row.key for row in rows]
            return [(row, recall(connection, archive, row)) for row in rows]

        leased = await self._written(run.writer.submit(take))
        if leased:
            run.faults.at("after_lease")
        return self._within_budget(leased)

    def _within_budget(self, leased: Sequence[tuple[Row, Before | None]]) -> Sequence[tuple[Row, Before | None]]:
        """What the sites' pages for this run allow; a site of several hosts may have got more, which goes back."""
        kept, over = [], []
        for row, before in leased:
            if self.taken[row.site] < self._pages(row.site):
                self.taken[row.site] += 1
                self.lists[row.site] += row.kind != "item"
                self.under_way[row.key] = row
                self.since[row.key] = time.monotonic()
                kept.append((row, before))
            else:
                over.append(row.key)
        if over:
            self.run.writer.submit(lambda connection: leases.release(connection, over))
        return kept

    async def _wait(self) -> bool:
        """Wait until something may be ready; False where nothing will be."""
        if self.under_way or self.discovering:
            self.changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), _LOOK_AGAIN)
            return True
        sites = self._open_sites()
        when = await self._written(self.run.writer.submit(lambda c: frontier.next_ready(c, sites)))
        if when is None:
            return False
        ahead = (datetime.fromisoformat(when) - self.run.clock()).total_seconds() if when else 0.0
        if ahead > self.run.patience:
            return False
        await asyncio.sleep(max(ahead, 0.02))
        return True

    def _request(self, row: Row, before: Before | None) -> Request:
        meta, headers = {ROW: row, BEFORE: before}, before.headers if before else {}
        if row.kind == "warc":  # the bytes of one record
            headers = {"Range": f"bytes={note_of(row.url).get('bytes', '')}", "Accept-Encoding": "identity"}
        return Request(row.url, callback=self.parse, errback=self.fail, headers=headers, meta=meta)

    def _finish(self, row: Row) -> None:
        self.under_way.pop(row.key, None)
        self.since.pop(row.key, None)
        self.changed.set()

    async def _expire(self) -> None:
        """Settle what neither answered nor failed in so long a time that it will not: no lease is for ever."""
        now = time.monotonic()
        for key, since in list(self.since.items()):
            row = self.under_way[key]
            if now - since > self.run.longest_lease(row.host):
                outcome = await self._written(self._settle(row, Outcome("failed", "expired", passing=True)))
                self._count(row, outcome, None)
                self._finish(row)

    def _sites(self) -> list[str]:
        names = [site.name for site in self.run.sites.all if site.tier in self.tiers]
        return [*names, ""] if self.takes_strangers else names

    def _open_sites(self) -> list[str]:
        """The sites whose pages for this run are not used up."""
        chosen = self.run.chosen
        return [
            name
            for name in self._sites()
            if self.taken[name] < self._pages(name)
            and (chosen is None or name in chosen)
            and not self._is_spent(name)
        ]

    def _is_spent(self, name: str) -> bool:
        """Whether the site has led to nothing new for so long that the rest of it waits for another run."""
        site = self.run.site(name)
        if site is None or not self.novelty.is_spent(name, site.budget):
            return False
        self.run.tally.of(name)["budget:novelty"] = 1
        return True

    def _note_novelty(self, row: Row, *, new: bool) -> None:
        if row.capture is None and row.kind in FOLLOWED:
            self.novelty.note(row.site, new=new)

    def _pages(self, name: str) -> int:
        site = self.run.site(name)
        return site.politeness.max_pages if site is not None else STRANGER_PAGES

    # ------------------------------------------------------------------------------------------- discovering

    def _archived(self, connection: Connection) -> list[tuple[Row, Location | None]]:
        found = []
        for row in frontier.archived(connection, self._sites()):
            place = frontier.place_of(connection, row.capture) if row.capture else None
            found.append((row, Location(*place) if place else None))
        return found

    def _begin_discovery(self, found: tuple[Row, Location | None]) -> None:
        row, location = found
        if location is None:
            self.run.writer.submit(lambda connection: frontier.settle(connection, row.key, "queued", None))
            return
        self.discovering[row.key] = row
        task = asyncio.ensure_future(self._discover(row, location))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _discover(self, row: Row, location: Location) -> None:
        """Read what an archived response holds, and store that with its being done."""
        run = self.run
        try:
            hint = await self._written(run.writer.submit(lambda connection: findings.hint_of(connection, row.key)))
            asked = Asked(
                kind=cast("LeadKind", row.kind),
                depth=row.depth,
                limit=run.config.limits.page_bytes,
                hint=hint,
                strangers=run.config.crawl.strangers,
                wanted=run.wanted if row.kind == "gal" else (),
            )
            found = await self._found(run.workers.submit(read_leads, str(run.archive), location, run.sites, asked))
            run.faults.at("discovering")
            run.named_hosts.update(host_of(lead.url) for lead in found.leads if not lead.site)
            fresh = await self._store(row, found, hint)
            run.tally.leads += fresh
            self._note_novelty(row, new=fresh > 0)
            run.tally.of(row.site or row.host).update(lists=1, listed=len(found.leads))
            if found.fault is not None:
                run.tally.discovery[f"discover:{found.fault.reason}"] += 1
        finally:
            self.discovering.pop(row.key, None)
            self.changed.set()

    async def _store(self, row: Row, found: Found, hint: str | None) -> int:
        """Put the leads on the frontier, and a response that the answer holds into the archive."""
        run = self.run
        leads = list(found.leads)
        site = run.sites.of_host(host_of(found.held.url)) if found.held is not None else None
        if found.held is not None and site is not None and site.is_item(found.held.url):
            leads.append(Lead(found.held.url, site.name, row.url, "archived", "item", hint))
        entries = [self._entry(lead, row.depth + 1) for lead in leads]

        def write(connection: Connection, _: object = None) -> tuple[int, list[str]]:
            judged = close_barren(connection, entries, run.clock())
            sound = [each for each in judged if each.fault is None]
            refused = [each for each in judged if each.fault is not None]
            reopen(connection, sound)
            frontier.offer(connection, refused, run.now())
            fresh = frontier.offer(connection, sound, run.now())
            settle_answer(connection, run, row, found.fault)
            return fresh, [f"blocked:{each.fault}" for each in refused]

        if found.held is None:
            fresh, refused = await self._written(run.writer.submit(write))
        else:
            arrival = Arrival(found.held, found.member, "ingest", f"via={row.site}")
            fresh, refused = await self._written(run.writer.archive(arrival, write))
        run.tally.blocked.update(each for each in refused if each.startswith(("blocked:trap.", "blocked:budget.")))
        return int(fresh)

    def _entry(self, lead: Lead, depth: int) -> Entry:
        made = entry(lead, depth)
        fault = made.fault or (TERMS if self.run.reserves(lead) else None)
        fault = fault or (trap_fault(lead.url) if lead.kind == "item" else None)
        too_deep = lead.kind in FOLLOWED and depth > self.run.budget_of(made.host).depth
        return replace(made, fault=fault or (TOO_DEEP if too_deep else None))

    async def _found(self, future: Future[Found]) -> Found:
        """What the worker found; a worker that was killed is a reason like any other."""
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError:
            return Found(fault=Rejected("discover", "limit:time"))
        except MemoryError:
            return Found(fault=Rejected("discover", "limit:memory"))
        except Exception as error:  # a listing must never take the crawl down; the reason is stored
            return Found(fault=Rejected("discover", "crash", f"{type(error).__name__}: {error}"[:300]))

    # ------------------------------------------------------------------------------------------- settling

    def _settle(self, row: Row, outcome: Outcome) -> Future[Outcome]:
        return self.run.writer.submit(lambda connection: settle(connection, self.run, row, outcome))

    async def _written(self, future: Future[Any]) -> Any:
        return await asyncio.wrap_future(future)

    def _count(self, row: Row, outcome: Outcome, stored: Stored | None) -> None:
        tally, news = self.run.tally, stored.news if stored is not None else None
        _log.info("%s %s (%s)", outcome.state, row.url, outcome.reason or news or row.kind)
        tally.of(row.site or row.host)[outcome.reason or "fetched"] += 1
        if outcome.state in {"done", "failed"}:
            self._note_novelty(row, new=outcome.reason is None and news != "unchanged")
        if stored is not None and outcome.state in {"done", "archived"}:
            tally.fetched += 1
            if outcome.reason == UNCHANGED:
                tally.unchanged += 1
            elif outcome.reason is None:
                tally.new += stored.news == "new"
                tally.unchanged += stored.news == "unchanged"
                tally.changed += stored.news == "changed"
            else:
                tally.gone[outcome.reason] += 1
        elif outcome.state == "failed":
            tally.failed[outcome.reason or ""] += 1
        elif outcome.state == "blocked":
            tally.blocked[outcome.reason or ""] += 1
        if self.run.progress is not None:
            self.run.progress(tally)
