"""A page as a browser shows it: Chromium, through scrapy-playwright, with the guarding proxy as its only way out.

The document itself was fetched by the crawl and is handed to the browser; what the page loads besides is asked of
`Judge` first and goes through the proxy, which judges once more. One context for each page, thrown away after it:
no cookies, storage, service workers, downloads or pop-ups outlive or leave it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from scrapy import Request
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.fetch.addresses import url_fault
from crawler.fetch.guard import Blocked
from crawler.fetch.needs import executable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler

    from crawler.fetch.proxy import GuardingProxy, Pass
    from settings.app import Browser as Config

_log = logging.getLogger(__name__)

PARTS_LIMIT: Final = 200
"""Requests of one page; further ones are refused."""

_PASS_BYTES: Final = 4
"""What a page may move, as a multiple of what a page may have."""

_CONNECTIONS: Final = 100
_QUIET_SECONDS: Final = 5.0
"""For how long it is waited until nothing has been loaded for half a second."""

_VISIT: Final = "tearsheet_visit"
_UNSEEN: Final = frozenset({"image", "media", "font"})
"""What is never loaded: it has no text."""

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # it looks nothing up: names are the proxy's
    "--proxy-bypass-list=<-loopback>",  # Chromium goes past a proxy to this machine unless it is told not to
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-domain-reliability",
    "--disable-background-networking",
    "--disable-component-update",
    "--js-flags=--max-old-space-size=512",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a page loaded: decoded as the browser had it."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page after its scripts have run: its document as UTF-8 HTML, what it loaded, what it was refused."""

    html: bytes
    parts: tuple[Part, ...]
    refused: tuple[tuple[str, str], ...]
    """(address, reason); of what only the proxy saw, the address is empty."""


@dataclass
class _Visit:  # without slots: Playwright leaves an attribute on whose method it calls
    """One page that is being rendered, and what it has tried so far."""

    url: str
    headers: dict[str, str]
    body: bytes
    given: Pass
    judge: Callable[[str], Awaitable[str | None]]
    size: int
    watched: bool = False
    handed_over: bool = False
    asked: int = 0
    answers: list[Any] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    async def watch(self, page: Any, _request: Request) -> None:
        """Put every request of the page, and of what it opens, before the judge; close what it opens."""
        await page.context.route("**/*", self.route)
        await page.route("**/*", self.route)
        page.context.on("page", lambda opened: asyncio.ensure_future(_close(opened)))
        page.on("response", self.keep)
        self.watched = True
        self.given.connections_left = _CONNECTIONS  # not before: what fails here would otherwise go unjudged

    def keep(self, answer: Any) -> None:
        """Remember what was answered; its body is asked for when the page has settled."""
        if len(self.answers) < PARTS_LIMIT:
            self.answers.append(answer)

    async def route(self, route: Any, request: Any) -> None:
        """Hand over the document, pass on what may be loaded, refuse all else and what cannot be judged."""
        try:
            await self._route(route, request)
        except PlaywrightError:
            try:
                await route.abort("blockedbyclient")
            except PlaywrightError:  # the page is gone: say so, or Playwright waits for an answer for ever
                with suppress(PlaywrightError):
                    await route.fallback()

    async def _route(self, route: Any, request: Any) -> None:
        if request.is_navigation_request() and not self.handed_over and request.url == self.url:
            self.handed_over = True
            await route.fulfill(status=200, headers=self.headers, body=self.body)
            return
        if request.resource_type in _UNSEEN:
            await route.abort("blockedbyclient")
            return
        leaves = request.is_navigation_request() and request.frame.parent_frame is None
        fault = await self._fault(request, leaves=leaves)
        if fault is None:
            await route.continue_()
            return
        if len(self.refused) < PARTS_LIMIT:
            self.refused.append((request.url[:2000], fault))
        if leaves:
            await route.abort("aborted")  # the page stays where it is; after another error it would be gone
        else:
            await route.abort("blockedbyclient")

    async def _fault(self, request: Any, *, leaves: bool) -> str | None:
        self.asked += 1
        if self.asked > PARTS_LIMIT:
            return "limit:render"
        if request.method not in _METHODS:
            return "blocked:method"
        fault = url_fault(request.url)
        if fault is not None:
            return f"blocked:{fault}"
        if leaves:
            return "blocked:navigation"
        return await self.judge(request.url)

    async def settle(self, page: Any) -> None:
        """Wait until the page is quiet, then hold it still; raise `Blocked` where its document is too large."""
        if not self.watched:  # scrapy-playwright goes on where `watch` has failed
            raise Blocked("render:failed")
        with suppress(PlaywrightTimeoutError):  # one that is never quiet is taken as it is
            await page.wait_for_load_state("networkidle", timeout=_QUIET_SECONDS * 1000)
        if urlsplit(page.url)[:2] != urlsplit(self.url)[:2]:
            raise Blocked("render:left")  # without a request, as for about:blank
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        # A world of our own, where the page's scripts have changed nothing.
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
        measure = {
            "expression": "document.documentElement ? document.documentElement.outerHTML.length : 0",
            "contextId": world["executionContextId"],
            "timeout": 5000,
        }
        found = await session.send("Runtime.evaluate", measure)
        if not 0 <= found["result"].get("value", -1) <= self.size:
            raise Blocked("limit:body")

    async def parts(self) -> tuple[Part, ...]:
        """What was loaded and can still be had, within the size of one page for all."""
        found, left = [], self.size
        for answer in self.answers:
            if answer.url == self.url or not 200 <= answer.status < 300 or not answer.url.startswith("http"):
                continue
            with suppress(PlaywrightError, TimeoutError):
                body = await asyncio.wait_for(answer.body(), 5.0)
                left -= len(body)
                if left < 0:
                    break
                headers = await answer.headers_array()
                pairs = tuple((str(each["name"]), str(each["value"])) for each in headers)
                found.append(Part(answer.url, answer.status, pairs, body))
        return tuple(found)


class _Handler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it ships no types
    """scrapy-playwright's, which would wait for a page's last image here, and take any document down."""

    async def _apply_page_methods(self, page: Any, request: Request, spider: Any) -> None:  # noqa: ARG002 (its signature)
        await request.meta[_VISIT].settle(page)


class Browser:
    """One Chromium for a run, started at the first page and stopped by `close`."""

    def __init__(self, crawler: Crawler, config: Config, proxy: GuardingProxy) -> None:
        self._handler = _Handler(crawler)
        self._handler.process_request_headers = None  # the browser's own, with our name
        self._handler.config.launch_options = {
            "executable_path": executable(config),
            "headless": True,
            "chromium_sandbox": config.sandbox,
            "args": [*_ARGUMENTS, f"--proxy-server={proxy.address}"],
            "env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"},
        }
        if not config.sandbox:
            _log.warning("the browser runs without its sandbox: a page that breaks out has this user's rights")
        self._agent = str(crawler.settings["USER_AGENT"])
        self._seconds = config.page_seconds
        self._proxy = proxy

    async def render(
        self,
        url: str,
        headers: dict[str, str],
        body: bytes,
        judge: Callable[[str], Awaitable[str | None]],
        size: int,
    ) -> Rendered:
        """The page that a document becomes. `body` is without content-coding, `size` bounds what comes of it.

        Raises:
            Blocked: it took too long or grew too large (`limit:render`, `limit:body`), or the browser failed
                (`render:failed`).

        """
        await self._proxy.start()
        given = self._proxy.admit(size * _PASS_BYTES)
        visit = _Visit(url, headers, body, given, judge, size)
        try:
            return await asyncio.wait_for(self._visit(visit), self._seconds)
        except TimeoutError as error:
            raise Blocked("limit:render") from error
        except Blocked:
            raise
        except PlaywrightError as error:
            raise Blocked("render:failed") from error
        finally:
            self._proxy.withdraw(given)
            await self._leave(given.token)

    async def close(self) -> None:
        """Stop the browser."""
        with suppress(Exception):  # it may have died before
            await asyncio.wait_for(self._handler.close(), 20.0)

    async def _visit(self, visit: _Visit) -> Rendered:
        wait = {"wait_until": "commit", "timeout": self._seconds * 1000}
        request = Request(
            visit.url,
            meta={
                "playwright": True,
                "playwright_context": visit.given.token,
                "playwright_context_kwargs": self._context(visit.given),
                "playwright_include_page": True,
                "playwright_page_init_callback": visit.watch,
                "playwright_page_goto_kwargs": wait,
                _VISIT: visit,
            },
        )
        response = await self._handler.download_request(request)
        refused = [*visit.refused, *(("", why) for why in _only_there(visit))]
        return Rendered(response.text.encode("utf-8", "replace"), await visit.parts(), tuple(refused))

    def _context(self, given: Pass) -> dict[str, Any]:
        return {
            "proxy": {
                "server": self._proxy.address,
                "username": given.token,
                "password": "x",
                "bypass": "<-loopback>",
            },
            "user_agent": self._agent,
            "service_workers": "block",
            "accept_downloads": False,
            "locale": "en",
        }

    async def _leave(self, context: str) -> None:
        """Throw the page's context away, whatever became of it."""
        wrapper = self._handler.context_wrappers.get(context)
        if wrapper is not None:
            with suppress(Exception):  # a browser that died has none
                await asyncio.wait_for(wrapper.context.unroute_all(behavior="ignoreErrors"), 10.0)
                await asyncio.wait_for(wrapper.context.close(), 10.0)


def _only_there(visit: _Visit) -> list[str]:
    """What the proxy refused that the judge never saw: sockets, pop-ups, what the browser asked by itself."""
    counts = visit.given.refused - Counter[str]()
    return [reason for reason, times in sorted(counts.items()) for _ in range(min(times, 20))]


async def _close(page: Any) -> None:
    with suppress(Exception):  # it may have closed itself
        await page.close()
