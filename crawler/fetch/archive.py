"""The one way into the archive: every response, each hop and robots.txt too, is on the disk before it is acted on.

Downloader middleware at order 870: closer to the network than redirects, so it sees what they see, and the
body still content-coded. What the response means for its address is written in the same transaction.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler import rendering
from crawler.discover.answers import PASSING
from crawler.fetch.addresses import host_of
from crawler.fetch.needs import for_browser, needs_browser
from crawler.fetch.outcome import (
    ROBOTS_FORBID,
    ROBOTS_UNREACHABLE,
    ROBOTS_WAIT,
    Outcome,
    is_followed,
    of_response,
    wait_after,
)
from crawler.fetch.retry_after import read_retry_after
from crawler.fetch.robots import META as ROBOTS
from crawler.fetch.run import ONCE, REVISIT_ENTRIES, REVISIT_ITEMS
from crawler.records import Fetched, Location
from storage import frontier
from storage.store import Arrival

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy import Connection

    from crawler.fetch.run import Run
    from crawler.records import Capture, Rejected
    from storage.frontier import Row

ROW: Final = "tearsheet_row"
STORED: Final = "tearsheet_stored"
_OURS: Final = rendering.HEADER.lower().encode()
_BUSY: Final = frozenset({429, 503})
_PATIENCE: Final = 8
"""Answers that say to wait, one after the other, from one query; it is given up then."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written for a response, and what became of its address (None: not settled yet).

    `location` is where a list lies whose leads are to be read; other responses are not looked for.
    """

    capture: Capture
    location: Location | None
    outcome: Outcome | None
    news: str


class ArchiveMiddleware:
    """Hands each response to the writer and waits for it; a write that fails ends the crawl."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        return cls(crawler, crawler.spider.run)  # type: ignore[union-attr]  # our spiders have it

    async def process_response(self, request: Request, response: Response) -> Response:
        """Archive, then let the response go on."""
        fetched = as_fetched(response, request.url, self._run.now())
        row: Row | None = request.meta.get(ROW)
        hold = self._hold(row, response, request)
        location = header(response, "Location")
        followed = is_followed(response.status, location) and not request.meta.get(ROBOTS)
        settled = None
        if row is not None and not followed:
            settled = of_response(
                response.status,
                row.kind,  # type: ignore[arg-type]  # the column holds the kinds only
                truncated=fetched.truncated is not None,
                redirected=request.meta.get("redirect_times", 0) > 0,
            )
            if needs_browser(self._run, row, fetched):
                fetched, settled = for_browser(self._run, request, fetched)
        flags = "partial" if "partial" in response.flags else None

        def write(connection: Connection, capture: Capture) -> Stored:
            if hold is not None:
                frontier.hold_host(connection, *hold)
            outcome = None
            if row is not None and settled is not None:
                # A list that is as it was keeps the capture that its validators came with.
                kept = None if response.status == 304 else capture.id
                outcome = settle(connection, self._run, row, settled, kept)
            lists = outcome is not None and outcome.state == "archived"
            place = frontier.place_of(connection, capture.id) if lists else None
            news = _news(connection, capture, row)
            return Stored(capture, Location(*place) if place else None, outcome, news)

        try:
            stored = await asyncio.wrap_future(self._run.writer.archive(Arrival(fetched, flags=flags), write))
        except BaseException:
            _log.error("the archive could not be written: the crawl ends")
            asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="archive"))  # noqa: RUF006 (ends with it)
            raise
        self._run.tally.responses += 1
        request.meta[STORED] = stored
        return response

    def _hold(self, row: Row | None, response: Response, request: Request) -> tuple[str, str, str] | None:
        """Until when the host wants to be left alone, if it says so."""
        if response.status not in _BUSY:
            return None
        asked = read_retry_after(header(response, "Retry-After"), self._run.clock())
        host = host_of(request.url)
        attempts = row.attempts if row is not None else 0
        seconds = asked if asked is not None else wait_after(attempts, self._run.delay_of(host))
        said = f"status:{response.status}" + (", retry-after" if asked is not None else "")
        return host, self._run.now(seconds), said


def settle(connection: Connection, run: Run, row: Row, outcome: Outcome, capture: str | None = None) -> Outcome:
    """Write what came of an address: for good, or to be tried again later while attempts are left."""
    later, failed = None, outcome.state in {"failed", "blocked"}
    if outcome.passing and row.attempts < run.config.crawl.retries:
        outcome = Outcome("queued", outcome.reason)
        later = run.now(wait_after(row.attempts, run.delay_of(row.host)))
    elif outcome.reason == ROBOTS_UNREACHABLE:
        later = run.now(ROBOTS_WAIT)
    elif row.kind not in ONCE and (outcome.state in {"done", "failed"} or outcome.reason == ROBOTS_FORBID):
        revisit = REVISIT_ITEMS if row.kind == "item" else REVISIT_ENTRIES
        later = run.now(revisit.total_seconds())
    frontier.settle(
        connection, row.key, outcome.state, outcome.reason, capture=capture, not_before=later, failed=failed
    )
    return outcome


def settle_answer(connection: Connection, run: Run, row: Row, fault: Rejected | None) -> None:
    """Write what came of an answer that was read. One that says to wait has its host left alone, ever longer."""
    if fault is None or fault.reason != PASSING or row.attempts >= _PATIENCE:
        settle(connection, run, row, Outcome("done", f"discover:{fault.reason}" if fault else None))
        return
    until, reason = run.now(wait_after(row.attempts + 2, run.delay_of(row.host))), f"discover:{PASSING}"
    frontier.hold_host(connection, row.host, until, reason)
    frontier.settle(connection, row.key, "queued", reason, not_before=until, failed=True)


def _news(connection: Connection, capture: Capture, row: Row | None) -> str:
    """What the response is beside the one before it. Two within a second are one capture, if they are alike."""
    before = frontier.payload_before(connection, capture.url, capture.id)
    if before is None:
        return "unchanged" if row is not None and row.capture == capture.id else "new"
    return "unchanged" if before == capture.payload_sha256 else "changed"


def as_fetched(response: Response, url: str, now: str) -> Fetched:
    """A response as the archive takes it; the address is the one that was asked for."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
        if name.lower() != _OURS
    )
    cut = next((_CUT[flag] for flag in response.flags if flag in _CUT), None)
    peer = str(response.ip_address) if response.ip_address is not None else None
    return Fetched(url, now, response.status, headers, bytes(response.body), peer, cut)


def header(response: Response, name: str) -> str | None:
    """The first value of a header."""
    value: bytes | None = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


_CUT: Final = {"dataloss": "disconnect", "download_stopped": "length"}
"""Scrapy's flags of an incomplete body, and WARC's words for them."""
