"""robots.txt as RFC 9309 has it: what cannot be had is obeyed as if it forbade everything.

A file for each scheme, host and port, asked for once while it is good (`crawler.fetch.rules`), in later runs too:
its answers are captures like all others, and are read from the archive again.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import StopDownload
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.conditional import BEFORE
from crawler.fetch.guard import Blocked
from crawler.fetch.outcome import ROBOTS_FORBID, ROBOTS_UNREACHABLE, ROBOTS_WAIT
from crawler.fetch.politeness import Politeness
from crawler.fetch.rules import FETCH_LIMIT, Kept, Rules, good_for, read_rules, recall_rules
from storage.archive import Archive
from storage.seen import NOT_MODIFIED

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetch.run import Run

META: Final = "tearsheet_robots"
_BYTES: Final = "tearsheet_robots_bytes"


class Robots:
    """Downloader middleware: asks a host's robots.txt before its first page, and refuses what that forbids."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run
        self._known: dict[str, asyncio.Task[Kept]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        made = cls(crawler, crawler.spider.run)  # type: ignore[union-attr]  # our spiders have it
        crawler.signals.connect(made.stop_at_limit, signals.bytes_received)
        return made

    def stop_at_limit(self, data: bytes, request: Request) -> None:
        """Stop reading a robots.txt that goes on for ever; what has come of it is used."""
        if request.meta.get(META):
            request.meta[_BYTES] = request.meta.get(_BYTES, 0) + len(data)
            if request.meta[_BYTES] > FETCH_LIMIT:
                raise StopDownload(fail=False)

    async def process_request(self, request: Request) -> None:
        """Raise `Blocked` where robots.txt forbids the address or could not be had."""
        if request.meta.get(META):
            return
        fault = await self.fault(request.url)
        if fault is not None:
            raise Blocked(fault)

    async def fault(self, url: str) -> str | None:
        """Why robots.txt keeps an address from being fetched, or None."""
        rules = await self._rules(url)
        if not rules.reachable:
            return ROBOTS_UNREACHABLE
        return None if rules.allows(url) else ROBOTS_FORBID

    async def _rules(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._known.get(origin)
        if known is None or (known.done() and known.result().until <= self._run.clock()):
            known = self._known[origin] = asyncio.ensure_future(self._learn(origin, parts.hostname or ""))
        return (await asyncio.shield(known)).rules

    async def _learn(self, origin: str, host: str) -> Kept:
        """What is kept, while it is good; else what the host says now."""
        url = f"{origin}/robots.txt"
        kept = await self._recall(url)
        if kept is None or kept.until <= self._run.clock():
            kept = await self._fetch(url, kept)
        delay = kept.rules.delay()
        politeness = self._crawler.get_downloader_middleware(Politeness)
        if delay is not None and politeness is not None:
            politeness.ask(host, delay)
        return kept

    async def _recall(self, url: str) -> Kept | None:
        run, archive = self._run, Archive(self._run.archive)
        return await asyncio.wrap_future(
            run.writer.submit(lambda connection: recall_rules(connection, archive, url, run.clock()))
        )

    async def _fetch(self, url: str, kept: Kept | None) -> Kept:
        before = kept.before if kept is not None else None
        meta = {META: True, BEFORE: before, "download_maxsize": 0}  # a larger file is read up to our own limit
        headers = before.headers if before is not None else {}
        request = Request(url, callback=NO_CALLBACK, headers=headers, meta=meta, priority=1000)
        now = self._run.clock()
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Exception:  # whatever kept it from us, RFC 9309 2.3.1.4 says to assume that nothing is allowed
            return Kept(Rules(None, reachable=False), now + timedelta(seconds=ROBOTS_WAIT))
        if response.status == NOT_MODIFIED and kept is not None and before is not None:
            rules = kept.rules
        else:
            rules = read_rules(response.status, response.body, _header(response, "Content-Encoding"))
        return Kept(rules, now + good_for(rules, _header(response, "Cache-Control")))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
