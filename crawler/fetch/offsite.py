"""The fence: every request of a run, each hop of a redirect and robots.txt too, goes to a host that it is for.

Scrapy's own lets through what is marked `dont_filter`, as start requests, retries and redirects are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from crawler.fetch.addresses import host_of, url_fault
from crawler.fetch.guard import Blocked
from crawler.fetch.robots import META as ROBOTS
from storage.takedown import REASON

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetch.takedowns import Takedowns
    from crawler.sites.load import Sites


def is_ours(host: str, sites: Sites, named: AbstractSet[str]) -> bool:
    """Whether a host belongs to a known site, or was named by who started the run (with or without `www.`)."""
    bare = host.removeprefix("www.")
    return sites.of_host(host) is not None or bool({host, bare, f"www.{bare}"} & named)


class Fence:
    """Downloader middleware at order 60: refuses an address that must not be fetched, and a host not ours."""

    def __init__(self, sites: Sites, named: AbstractSet[str], takedowns: Takedowns) -> None:
        self._sites = sites
        self._named = named
        self._takedowns = takedowns

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy; the run comes with the spider."""
        run = crawler.spider.run  # type: ignore[union-attr]  # our spiders have it, and exist before this
        return cls(run.sites, run.named_hosts, run.takedowns)

    def process_request(self, request: Request) -> None:
        """Raise `Blocked` where the request must not be made."""
        fault = url_fault(request.url)
        if fault is not None:
            raise Blocked(f"blocked:{fault}")
        if self._takedowns.forbids(request.url):
            raise Blocked(REASON)
        host = host_of(request.url)
        asked_for_parts = request.meta.get(ROBOTS) and self._sites.is_part(host)
        if not asked_for_parts and not is_ours(host, self._sites, self._named):
            raise Blocked("blocked:offsite")


class Redirects(RedirectMiddleware):
    """Scrapy's redirects, without a referrer and with a reason where they end."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy's, which would look for its referrer middleware too and warn that there is none."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002 (Scrapy's signature)
        """Send no referrer, whatever the response's policy says."""
        request.headers.pop("Referer", None)

    def process_response(  # type: ignore[override]  # Scrapy's has a parameter besides that is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow, or raise `Blocked` where there have been too many hops."""
        hops = request.meta.get("redirect_times", 0)
        following = super().process_response if hops < self.max_redirect_times else None
        if following is not None:
            return following(request, response)
        if response.status in {301, 302, 303, 307, 308} and "Location" in response.headers:
            raise Blocked("limit:redirects")
        return response
