"""The report in a real browser, from file://: it asks for nothing, sorts, filters, fits a phone and paper."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from crawler.cli.main import main
from crawler.demo.newsroom import newsroom
from crawler.records import Fetched
from storage.warc import build
from tests.libraries import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ON_CI = os.environ.get("CI") == "true"

library("playwright")
library("axe_playwright_python")
if CHROMIUM is None and not ON_CI:
    pytest.skip("no Chromium on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the sample newsroom, as a folder."""
    folder = tmp_path_factory.mktemp("report")
    members = [
        build(Fetched(f"http://{s.host}{s.path}", "2026-11-24T03:17:56Z", a.status, a.headers, a.body))
        for s in newsroom().served
        for a in s.answers[-1:]
    ]
    (folder / "newsroom.warc.gz").write_bytes(b"".join(members))
    where = ["--data", str(folder / "data"), "--quiet"]
    assert main(["ingest", str(folder / "newsroom.warc.gz"), *where]) == 0
    assert main(["report", "-o", str(folder / "report") + "/", *where]) == 0
    assert main(["report", "--period", "2026-11", "-o", str(folder / "period.html"), *where]) == 0
    return folder / "report"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Any]:
    """Opens a file at a width; afterwards nothing was said on the console, and no other host was asked."""
    pages: list[Any] = []
    heard: list[str] = []
    local = {each.as_uri() for each in report.parent.rglob("*.html")}

    def open_at(path: Path, width: int = 1200) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.extend({request.url} - local))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_at
    for page in pages:
        page.close()
    assert heard == []


def busiest(report: Path) -> Path:
    return max(report.glob("r-*.html"), key=lambda path: path.read_text("utf-8").count("<tr data-relation"))


def shown(page: Any) -> list[str]:
    found: list[str] = (
        page.locator("table.pages").first.locator("tbody tr:visible td.outlet > a").all_inner_texts()
    )
    return found


def test_the_table_sorts_and_filters(report: Path, opened: Any) -> None:
    page = opened(busiest(report))
    hosts = shown(page)
    head = page.locator("table.pages").first.locator("th").first
    head.locator("button").click()
    assert shown(page) == sorted(hosts)
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert shown(page) == sorted(hosts, reverse=True)
    page.locator(".filter input").first.fill(hosts[0])
    assert set(shown(page)) == {hosts[0]}
    page.locator(".filter input").first.fill("")
    page.locator(".filter select").first.select_option("verbatim")
    relations = (
        page.locator("table.pages")
        .first.locator("tbody tr:visible")
        .evaluate_all("rows => rows.map(row => row.dataset.relation)")
    )
    assert set(relations) == {"verbatim"}
    assert len(relations) < len(hosts)


def test_the_summary_leads_to_a_release_and_to_a_difference(report: Path, opened: Any) -> None:
    page = opened(report / "index.html")
    name = busiest(report).name
    page.locator(f"a[href='{name}']").first.click()
    assert page.url.endswith(name)
    assert page.locator("figure.timeline svg").is_visible()
    page.get_by_text("side by side").first.click()
    assert "/copies/" in page.url
    assert page.locator("del, ins").count() > 0
    page.get_by_text("the release", exact=True).first.click()
    assert page.url.endswith(name)


LOOKS = """rows => rows.map(row => [
    row.innerText,
    [...row.querySelectorAll("a")].map(link => [link.href, link.rel]),
    [...row.querySelectorAll("svg, rect, path")].map(shape => shape.outerHTML.replaceAll(/\\s|\\.0(?!\\d)/g, "")),
])"""
"""What a person gets of each row: words, addresses, shapes."""


def test_a_row_that_is_drawn_looks_as_one_that_is_there(
    report: Path, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    path = busiest(report)
    for rows in (2, 200):
        monkeypatch.setattr("crawler.report.render.ROWS", rows)
        assert main(["report", "-o", f"{report}/", "--data", str(report.parent / "data"), "--quiet"]) == 0
        page = opened(path)
        table = page.locator("table.pages").first
        if page.locator("button.more:visible").count():
            page.locator("button.more").first.click()
        looks.append(table.locator("tbody tr").evaluate_all(LOOKS))
        page.close()
    assert len(looks[0]) > 2
    for one, other in zip(*looks, strict=True):
        assert one == other


def test_without_script_every_row_is_there(report: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(busiest(report).as_uri())
    rows = page.locator("table.pages tbody tr").count()
    assert rows == busiest(report).read_text("utf-8").count("<tr data-relation")
    context.close()


@pytest.mark.parametrize("name", ["index", "release", "copy", "period"])
def test_it_fits_a_phone_and_has_no_serious_fault(report: Path, opened: Any, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    copy = sorted((report / "copies").glob("*.html"))[0]
    others = {"index": report / "index.html", "copy": copy, "period": report.parent / "period.html"}
    path = others.get(name, busiest(report))
    page = opened(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults = Axe().run(page).response["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in {"serious", "critical"}] == []


def test_paper_shows_every_row_and_no_control(report: Path, opened: Any) -> None:
    page = opened(busiest(report))
    rows = page.locator("table.pages").first.locator("tbody tr").count()
    page.locator(".filter input").first.fill("no such outlet")
    page.emulate_media(media="print")
    assert not page.locator(".filter").first.is_visible()
    assert page.locator("table.pages").first.locator("tbody tr:visible").count() == rows
    assert page.pdf(format="A4").startswith(b"%PDF")
