"""Pages that need a browser: the archived document is rendered, and what came of it archived too.

Downloader middleware at order 500: by then the document has passed the fence, robots.txt, the guard and the
archive like any other. The rendered document is a `conversion` record and is what is read; what the page
loaded are `response` records that are evidence alone. The address is settled with the rendered one.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final

from scrapy import signals
from sqlalchemy import select

from crawler import rendering
from crawler.extract.decode import header, uncompress
from crawler.fetch.addresses import host_of
from crawler.fetch.archive import ROW, STORED, Stored, settle
from crawler.fetch.guard import Blocked, GuardedResolver, read_routes
from crawler.fetch.needs import META
from crawler.fetch.offsite import is_ours
from crawler.fetch.outcome import Outcome
from crawler.fetch.own import read_networks
from crawler.fetch.proxy import GuardingProxy
from crawler.fetch.robots import Robots
from crawler.records import Fetched, Location, Rejected
from storage import frontier
from storage import tables as t
from storage.captures import note_refused
from storage.store import Arrival

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy import Connection

    from crawler.fetch.browser import Browser, Part, Rendered
    from crawler.fetch.run import Run
    from crawler.records import Capture
    from storage.frontier import Row

_AT_ONCE: Final = 2
"""Pages that are rendered at the same time."""

_LEFT_OUT: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
"""Headers that are no longer true of a body that is taken out of its codings, or are nobody's business."""


class Render:
    """Renders what the archive left unsettled for it; without such a page no browser is ever started."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._proxy: GuardingProxy | None = None
        self._browser: Browser | None = None
        tiers = getattr(crawler.spider, "tiers", ())
        mine = [site for site in run.sites.all if site.tier in tiers and run.chosen_has(site.name)]
        if run.no_browser is None and any(site.fetch.javascript for site in mine):
            self._prepare()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        made = cls(crawler, crawler.spider.run)  # type: ignore[union-attr]  # our spiders have it
        crawler.signals.connect(made.close, signals.engine_stopped)
        return made

    def _prepare(self) -> None:
        from crawler.fetch.browser import Browser  # an extra: it is only there where it is installed

        routes = read_routes(self._crawler.settings.getdict("TEARSHEET_LOOPBACK"))
        own = read_networks(self._crawler.settings.getlist("TEARSHEET_OWN"))
        self._proxy = GuardingProxy(_resolve, self._may_load_from, routes, own)
        self._browser = Browser(self._crawler, self._run.config.browser, self._proxy)

    async def close(self) -> None:
        """Stop the browser and its proxy."""
        if self._browser is not None and self._proxy is not None:
            await self._browser.close()
            await self._proxy.close()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render and archive where that is wanted; the response itself goes on as it is."""
        if not request.meta.pop(META, False) or self._browser is None:
            return response
        row: Row = request.meta[ROW]
        limit = self._run.config.limits.page_bytes
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, values in response.headers.items()
            for value in values
            if name.decode("latin-1").lower() not in _LEFT_OUT
        }
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        body = uncompress(coding, response.body, limit)
        if isinstance(body, Rejected):
            raise Blocked(body.reason)
        async with self._room:
            rendered = await self._browser.render(request.url, headers, body, self._fault, limit)
        await self._archive_parts(rendered, request.url)
        # Dated behind its source: one that came back as it was would else be the same capture.
        now = self._run.now()
        when = now if now != request.meta[STORED].capture.fetched_at else self._run.now(0.001)
        request.meta[STORED] = await self._archive(rendered, request.url, when, row)
        return response

    # ---------------------------------------------------------------------------------------- what may be loaded

    def _may_load_from(self, host: str) -> bool:
        return is_ours(host, self._run.sites, self._run.named_hosts) or self._run.sites.is_part(host)

    async def _fault(self, url: str) -> str | None:
        """Why a page must not load this, by the rules that its own address is fetched by."""
        if not self._may_load_from(host_of(url)):
            return "blocked:offsite"
        robots = self._crawler.get_downloader_middleware(Robots)
        return await robots.fault(url) if robots is not None else None

    # ---------------------------------------------------------------------------------------- archiving

    async def _archive(self, rendered: Rendered, url: str, when: str, row: Row) -> Stored:
        """The rendered document, and that its address is done, in one transaction."""
        headers = (("content-type", "text/html; charset=utf-8"), (rendering.HEADER, rendering.DOCUMENT))
        fetched = Fetched(url, when, 200, headers, rendered.html)

        def write(connection: Connection, capture: Capture) -> Stored:
            news = _news(connection, row, capture)
            outcome = settle(
                connection, self._run, row, Outcome("done" if row.kind == "item" else "archived"), capture.id
            )
            place = frontier.place_of(connection, capture.id)
            note_refused(connection, url, rendered.refused, self._run.now())
            return Stored(capture, Location(*place) if place else None, outcome, news)

        return await asyncio.wrap_future(self._run.writer.archive(Arrival(fetched), write))

    async def _archive_parts(self, rendered: Rendered, page: str) -> None:
        """What the page loaded; what is known to be as it was is not stored again."""
        urls = [part.url for part in rendered.parts if part.url != page]
        known = await asyncio.wrap_future(self._run.writer.submit(lambda connection: _payloads(connection, urls)))
        fresh = [
            part
            for part in rendered.parts
            if part.url != page and known.get(part.url) != hashlib.sha256(part.body).hexdigest()
        ]
        now = self._run.now()
        for part in fresh:
            arrival = Arrival(_as_fetched(part, now))
            await asyncio.wrap_future(self._run.writer.archive(arrival, lambda _connection, _capture: None))


def _as_fetched(part: Part, now: str) -> Fetched:
    """A part as the archive takes it: decoded as the browser had it, its own coding named beside."""
    kept = tuple(pair for pair in part.headers if pair[0].lower() not in (*_LEFT_OUT, rendering.HEADER.lower()))
    coding = header(part.headers, "content-encoding")
    more = (("X-Archive-Orig-Content-Encoding", coding),) if coding else ()
    return Fetched(part.url, now, part.status, (*kept, *more, (rendering.HEADER, rendering.PART)), part.body)


def _payloads(connection: Connection, urls: Sequence[str]) -> dict[str, str]:
    """The payload's digest of the latest capture of each address that has one."""
    found = ((url, frontier.payload_before(connection, url, "")) for url in urls)
    return {url: digest for url, digest in found if digest is not None}


def _news(connection: Connection, row: Row, capture: Capture) -> str:
    """What the rendered document is beside the one before it."""
    if row.capture is None:
        return "new"
    before = connection.execute(select(t.Capture.payload_sha256).where(t.Capture.id == row.capture)).scalar()
    return "unchanged" if before == capture.payload_sha256 else "changed"


async def _resolve(name: str, port: int) -> tuple[Sequence[str], str | None]:
    """A name's addresses from the resolver that every connection of the crawl asks."""
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    if not isinstance(resolver, GuardedResolver):
        return (), "blocked:resolver"
    return await resolver.addresses(name, port)
