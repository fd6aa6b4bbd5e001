"""Which responses need a browser before anything can be read from them, and whether there is one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from crawler import rendering
from crawler.extract.decode import header
from crawler.fetch.outcome import Outcome

if TYPE_CHECKING:
    from scrapy import Request

    from crawler.fetch.run import Run
    from crawler.records import Fetched
    from settings.app import Browser
    from storage.frontier import Row

META: Final = "tearsheet_render"
NO_BROWSER: Final = "needs:javascript"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_KINDS: Final = frozenset({"item", "listing"})
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})


def missing(config: Browser) -> str | None:
    """What keeps pages from being rendered: the extra is not installed, or there is no browser; or None."""
    if find_spec("scrapy_playwright") is None:
        return "the extra `javascript` is not installed: pip install 'tearsheet[javascript]'"
    if executable(config) is None:
        return "no Chromium is found: install the system's `chromium`, or set browser.path"
    return None


def executable(config: Browser) -> str | None:
    """The browser's program: the one that is set, or the system's."""
    found = [config.path] if config.path else [shutil.which(name) for name in _NAMES]
    return next((path for path in found if path and shutil.which(path)), None)


def needs_browser(run: Run, row: Row, fetched: Fetched) -> bool:
    """Whether a response is a page of a site whose pages have no text before their scripts have run."""
    site = run.site(row.site)
    if site is None or not site.fetch.javascript or row.kind not in _KINDS:
        return False
    mime = header(fetched.headers, "content-type").partition(";")[0].strip().lower()
    return fetched.status == 200 and not fetched.truncated and mime in _HTML


def for_browser(run: Run, request: Request, fetched: Fetched) -> tuple[Fetched, Outcome | None]:
    """The response as it is archived, and what it means for its address: nothing yet where a browser follows."""
    if run.no_browser is not None:
        return fetched, Outcome("failed", NO_BROWSER)
    request.meta[META] = True
    return replace(fetched, headers=(*fetched.headers, (rendering.HEADER, rendering.SOURCE))), None
