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
from crawler.fetch.conditional import BEFORE
from crawler.fetch.needs import for_browser, needs_browser
from crawler.fetch.novelty import FOLLOWED
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
from crawler.fetch.revisit import AFTER_FAILURE, moment, next_look, read_steps
from crawler.fetch.robots import META as ROBOTS
from crawler.fetch.run import ONCE
from crawler.records import Fetched, Location, stamp
from storage import frontier
from storage.bounds import SOFT_GONE, is_soft_gone
from storage.captures import PARTIAL
from storage.seen import NOT_MODIFIED, TELLING, history
from storage.store import Arrival
from storage.warc import address

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy import Connection

    from crawler.fetch.conditional import Before
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
                asked=request.meta.get(BEFORE) is not None,
            )
            if needs_browser(self._run, row, fetched):
                fetched, settled = for_browser(self._run, request, fetched)
        flags = PARTIAL if PARTIAL in response.flags else None
        arrival = Arrival(fetched, flags=flags, original=_original(request, response))

        alike = self._run.budget_of(host_of(request.url)).alike

        def write(connection: Connection, capture: Capture) -> Stored:
            if hold is not None:
                frontier.hold_host(connection, *hold)
            outcome, news = None, _news(connection, capture, row)
            if row is not None and settled is not None:
                known = settled.state == "archived" and news == "unchanged" and row.capture is not None
                known = known and row.kind not in ONCE  # the same answer again may be the same refusal
                # What is as it was, or cannot be had now, keeps the capture that its validators came with.
                kept = capture.id if response.status in TELLING else None
                result = Outcome("done") if known else settled
                if row.kind in FOLLOWED and settled.reason is None and is_soft_gone(connection, capture, alike):
                    result = Outcome("done", SOFT_GONE)
                outcome = settle(connection, self._run, row, result, kept)
            lists = outcome is not None and outcome.state == "archived"
            place = frontier.place_of(connection, capture.id) if lists else None
            return Stored(capture, Location(*place) if place else None, outcome, news)

        try:
            stored = await asyncio.wrap_future(self._run.writer.archive(arrival, write))
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
        later = _look_again(connection, run, row, outcome)
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


def _look_again(connection: Connection, run: Run, row: Row, outcome: Outcome) -> str | None:
    """When an address is due again: a list after its pause, an item by its age."""
    if row.kind != "item":
        return run.now(run.lists_pause().total_seconds())
    now, known = run.clock(), history(connection, row.key, row.capture)
    since = min(filter(None, (moment(known.named), moment(known.published))), default=now)
    when = next_look(read_steps(run.config.watch.pages), since, now, moment(known.changed))
    if when is None:
        return None
    return stamp(when if outcome.state == "done" else max(when, now + AFTER_FAILURE))


def _original(request: Request, response: Response) -> Capture | None:
    """The capture that a 304 speaks of, where it is one of the address that was asked for."""
    before: Before | None = request.meta.get(BEFORE)
    if before is None or response.status != NOT_MODIFIED or before.capture.url != address(request.url):
        return None
    return before.capture


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
