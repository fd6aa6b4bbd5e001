"""The dashboard in a real browser over a real server: search, difference, review, a phone, and accessibility."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

from crawler.derive import drain
from crawler.sites.load import load_sites
from settings.app import AppConfig
from storage.store import Arrival, Store
from tests.db.test_review import H, W, pages
from tests.libraries import library
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOKEN = "a token that nobody guesses"
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
COPY = "https://coins.example/1"
STORY = paragraphs(77)

library("playwright")
library("axe_playwright_python")
if CHROMIUM is None and os.environ.get("CI") != "true":
    pytest.skip("no Chromium on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that writes, over releases with a copy that was changed and two open questions."""
    config = AppConfig(data=str(tmp_path_factory.mktemp("dashboard") / "data"), workers=1)
    changed = [STORY[0].replace("The", "A", 1), *STORY[1:5], f"View original content: {ARTICLE}", "SOURCE CGTN"]
    fetched = [page(ARTICLE, STORY, title="A bridge opens"), page(COPY, changed, title="Bridge opens"), *pages()]
    with Store.open(config.data_folder, config.database_url, "test") as store:
        store.add([Arrival(each) for each in fetched])
        drain(store, config, load_sites())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "crawler", "serve", "--quiet", "--port", str(port), "--data", config.data],
        env={**os.environ, "TEARSHEET_TOKEN": TOKEN},
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            httpx.get(address, timeout=5)
            break
        except httpx.TransportError:
            assert server.poll() is None
            time.sleep(0.2)
    yield address
    server.terminate()
    assert server.wait(30) is not None


@pytest.fixture
def opened(base: str) -> Iterator[Any]:
    """Opens a path at a width; afterwards nothing was said on the console and no other host was asked."""
    from playwright.sync_api import sync_playwright

    heard: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith(base):
            heard.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_at(path: str, width: int = 1200) -> Any:
            tab = browser.new_page(viewport={"width": width, "height": 900})
            tab.on("console", lambda message: heard.append(message.text))
            tab.on("pageerror", lambda error: heard.append(str(error)))
            tab.on("request", note)
            tab.goto(base + path)
            return tab

        yield open_at
        browser.close()
    assert [line for line in heard if "favicon" not in line] == []


def test_a_pasted_address_leads_to_its_difference(opened: Any) -> None:
    tab = opened("/")
    tab.fill("#q", COPY)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/pages/*")
    tab.get_by_text("side by side").click()
    tab.wait_for_url("**/difference")
    assert tab.locator("ins, del").count() > 0
    tab.get_by_text("the release", exact=True).first.click()
    tab.wait_for_url("**/releases/*")
    assert tab.locator("h1").inner_text() == "A bridge opens"


def test_a_review_is_completed(opened: Any) -> None:
    tab = opened("/review")
    story = tab.locator("article").filter(has_text=H).filter(has_text=W)
    story.locator("input[name=token]").fill(TOKEN)
    story.locator("button[value=apart]").click()
    tab.wait_for_url(lambda url: "said" in url, timeout=60_000)  # what follows from it is derived first
    assert tab.locator("[role=status]").is_visible()
    assert tab.locator("article").filter(has_text=H).count() == 0


@pytest.mark.parametrize("path", ["/", "/search?q=bridge", "/review", "/runs", "release", "page"])
def test_it_fits_a_phone_and_has_no_serious_fault(opened: Any, base: str, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    if path in {"release", "page"}:
        found = httpx.get(f"{base}/api/v1/copy", params={"url": COPY}).json()
        path = f"/releases/{found['cluster']}" if path == "release" else f"/pages/{found['archive']['record']}"
    tab = opened(path, 360)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        faults = Axe().run(tab).response["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in {"serious", "critical"}] == []
