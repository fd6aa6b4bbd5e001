"""robots.txt as RFC 9309 has it: what cannot be had is obeyed as if it forbade everything.

A file for each scheme, host and port; 4xx allows all, 5xx, time-outs and errors allow nothing for now; what
stands behind the first 500 KiB is not read; the answer is good for a day.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import StopDownload
from scrapy.http.request import NO_CALLBACK

from crawler.extract.decode import uncompress
from crawler.fetch.guard import Blocked
from crawler.fetch.outcome import ROBOTS_FORBID, ROBOTS_UNREACHABLE
from crawler.fetch.politeness import Politeness
from crawler.records import Rejected

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetch.run import Run

FILE_LIMIT: Final = 500 * 1024
_FETCH_LIMIT: Final = 1024 * 1024
_GOOD_FOR: Final = timedelta(hours=24)
_PRODUCT: Final = "Tearsheet"
META: Final = "tearsheet_robots"
_BYTES: Final = "tearsheet_robots_bytes"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says. `reachable` is False where it could not be had: nothing is allowed for now."""

    parsed: Protego | None
    reachable: bool = True

    def allows(self, url: str) -> bool:
        """Whether this address may be fetched."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, _PRODUCT))

    def delay(self) -> float | None:
        """The crawl-delay in seconds, where one is asked for."""
        found = self.parsed.crawl_delay(_PRODUCT) if self.parsed is not None else None
        return float(found) if found is not None else None


def read_rules(status: int, body: bytes, coding: str = "") -> Rules:
    """The rules of a response to the request for robots.txt.

    >>> read_rules(404, b"").allows("http://example.com/x"), read_rules(503, b"").reachable
    (True, False)
    """
    if 400 <= status < 500 and status != 429:
        return Rules(None)
    if status != 200:
        return Rules(None, reachable=False)
    plain = uncompress(coding, body, _FETCH_LIMIT)
    if isinstance(plain, Rejected):
        return Rules(None, reachable=False)
    text = plain[:FILE_LIMIT].decode("utf-8-sig", "ignore").replace("\0", "")
    if len(plain) > FILE_LIMIT:
        text = text.rpartition("\n")[0]  # the last line is cut, and half a rule is another rule
    if text.lstrip()[:1] == "<":
        return Rules(None)  # a page of HTML has no rules, and is no refusal either
    return Rules(Protego.parse(text))


class Robots:
    """Downloader middleware: asks a host's robots.txt before its first page, and refuses what that forbids."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run
        self._known: dict[str, tuple[datetime, asyncio.Task[Rules]]] = {}

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
            if request.meta[_BYTES] > _FETCH_LIMIT:
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
        if known is None or self._run.clock() - known[0] > _GOOD_FOR:
            task = asyncio.ensure_future(self._fetch(origin, parts.hostname or ""))
            known = self._known[origin] = (self._run.clock(), task)
        return await asyncio.shield(known[1])

    async def _fetch(self, origin: str, host: str) -> Rules:
        meta = {META: True, "download_maxsize": 0}  # a larger file is read up to our own limit, not refused
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, meta=meta, priority=1000)
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Exception:  # whatever kept it from us, RFC 9309 2.3.1.4 says to assume that nothing is allowed
            return Rules(None, reachable=False)
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        rules = read_rules(response.status, response.body, coding)
        delay = rules.delay()
        politeness = self._crawler.get_downloader_middleware(Politeness)
        if delay is not None and politeness is not None:
            politeness.ask(host, delay)
        return rules
