"""One request at a time for each host, with the site's own delay between two: never less, whatever is measured.

Scrapy's throttle may lengthen the delay of a slow host; here is where it stays above what the site is owed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.fetch.addresses import host_of
from crawler.fetch.run import LONGEST_DELAY

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.fetch.run import Run


class Politeness:
    """Downloader middleware behind robots.txt: sets the delay of the host's slot before the request joins it."""

    def __init__(self, crawler: Crawler, run: Run) -> None:
        self._crawler = crawler
        self._run = run
        self._asked: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        return cls(crawler, crawler.spider.run)  # type: ignore[union-attr]  # our spiders have it

    def ask(self, host: str, delay: float) -> None:
        """Keep this delay for a host from now on, as its robots.txt asks."""
        self._asked[host] = min(max(delay, 0.0), LONGEST_DELAY)

    def process_request(self, request: Request) -> None:
        """See to it that the host's slot keeps the delay."""
        downloader = self._crawler.engine.downloader
        host = host_of(request.url)
        delay = max(self._run.delay_of(host), self._asked.get(host, 0.0))
        request.meta["download_slot"] = host
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay, "jitter": 0.0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, delay)
