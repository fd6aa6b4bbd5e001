"""A host's `tdmrep.json`, asked for before its first page: what it says is read from the archive with all else.

It is asked for within the fence, the guard and robots.txt, once a day, whatever runs there are. A file that cannot
be had reserves nothing and keeps no page from being fetched; one that has moved is not followed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.archive import ROW
from crawler.reservations import file_of
from storage.seen import TELLING, last_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.fetch.run import Run
    from storage.frontier import Row
    from storage.seen import Answer

_GOOD_FOR: Final = timedelta(hours=24)


class Reservations:
    """Downloader middleware behind robots.txt: a page waits until its host's file was asked for."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run
        self._asked: dict[str, tuple[datetime, asyncio.Task[None]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        return cls(crawler, crawler.spider.run)  # type: ignore[union-attr]  # our spiders have it

    async def process_request(self, request: Request) -> None:
        """Ask for the file where the request is for a page of a host that was not asked today."""
        row: Row | None = request.meta.get(ROW)
        file = file_of(request.url) if row is not None and row.kind == "item" else None
        if file is None:
            return
        asked = self._asked.get(file)
        if asked is None or self._run.clock() - asked[0] >= _GOOD_FOR:
            asked = self._asked[file] = (self._run.clock(), asyncio.ensure_future(self._ask(file)))
        await asyncio.shield(asked[1])

    async def _ask(self, file: str) -> None:
        last = await self._last(file)
        if last is not None and self._run.clock() - datetime.fromisoformat(last.fetched_at) < _GOOD_FOR:
            return
        request = Request(file, callback=NO_CALLBACK, meta={"dont_redirect": True}, priority=1000)
        with suppress(Exception):  # robots.txt forbids it, the host fails: nothing is known of a reservation
            await self._crawler.engine.download_async(request)

    async def _last(self, file: str) -> Answer | None:
        """What a run was told last, where that said whether there is such a file."""
        now = self._run.now()
        last = await asyncio.wrap_future(
            self._run.writer.submit(lambda connection: last_of(connection, file, now))
        )
        return last if last is not None and last.status in TELLING else None
