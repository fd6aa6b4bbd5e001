"""`tearsheet demo` as a user runs it, twice; and the same crawl seen from the servers' side."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from crawler.cli.demo import SITES, _listed, _say_fetched
from crawler.cli.main import main
from crawler.demo.server import serving
from crawler.sites.load import Sites, load_site
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from crawler.strata import Drained
from settings.app import AppConfig
from storage import tables as t
from storage.engine import open_engine
from storage.store import Store

if TYPE_CHECKING:
    from crawler.demo.newsroom import Newsroom, Truth

ROOT = Path(__file__).parents[2]
QUIET = "www.quietpost.test"
EXACT = 0.85
"""Share of the pages whose clean text is right to the letter."""


@dataclass(frozen=True)
class Ran:
    """What two runs of the demo in one folder said and left behind."""

    first: str
    second: dict[str, Any]
    folder: Path
    rows: tuple[dict[str, Any], ...]
    captures: tuple[dict[str, int], dict[str, int]]

    def copy(self, url: str) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["url"] == url), None)


def tearsheet(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def captures(folder: Path) -> dict[str, int]:
    """How often each address was captured."""
    engine = open_engine(f"sqlite:///{folder / 'tearsheet.sqlite'}")
    with engine.connect() as connection:
        found = connection.execute(select(t.Capture.url, func.count()).group_by(t.Capture.url))
        counts = {row[0]: row[1] for row in found}
    engine.dispose()
    return counts


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    place = tmp_path_factory.mktemp("demo")
    folder = place / "tearsheet-demo"
    first = tearsheet(place, "demo")
    before = captures(folder)
    second = json.loads(tearsheet(place, "demo", "--json", "-o", "again.html"))
    tearsheet(place, "export", "copies", "--format", "jsonl", "-o", "copies.jsonl", "--data", "tearsheet-demo")
    rows = tuple(json.loads(line) for line in (place / "copies.jsonl").read_text("utf-8").splitlines())
    return Ran(first, second, folder, rows, (before, captures(folder)))


def stories(newsroom: Newsroom) -> list[Truth]:
    return [truth for truth in newsroom.truth if truth.fate == "page"]


def test_it_says_what_it_did_and_what_it_found(ran: Ran) -> None:
    assert "12 sample sites at 127.0.0.1:" in ran.first
    assert f"data in {ran.folder.resolve()}" in ran.first
    assert "6 releases, and who carried them" in ran.first
    assert re.search(
        r"^ +4 +3 +Orrin Marine Opens Turbine Works in Lantern Bay +4 verbatim$", ran.first, re.MULTILINE
    )
    assert re.search(r"^ +2 +1 +Veltrane Logistics Reports Third Quarter 2026 Results ", ran.first, re.MULTILINE)
    assert "2 citation only" in ran.first
    assert "www.harborledger.test was busy (503) and was asked again" in ran.first
    assert "1 not asked for: its robots.txt forbids it" in ran.first
    assert "4 stories without a text" in ran.first
    for wall in ("a consent page", "a bot check", "a login", "it has no text until a script has run"):
        assert f"1 because {wall}" in ran.first
    assert "below-trailer" in ran.first


def test_it_writes_a_report_of_every_release(ran: Ran, newsroom: Newsroom) -> None:
    report = ran.folder / "report.html"
    assert report.resolve().as_uri() in ran.first
    html = report.read_text("utf-8")
    assert html.count("<script") == 1  # our own, that sorts and filters
    for truth in stories(newsroom):
        if truth.relation in {"origin", "wire"}:
            assert truth.url in html
    again = ran.folder.parent / "again.html"
    assert Path(ran.second["report"]) == again.resolve()
    assert again.stat().st_size > 10_000


def test_the_second_run_adds_nothing(ran: Ran, newsroom: Newsroom) -> None:
    crawled = ran.second["crawl"]
    assert (crawled["new"], crawled["changed"], crawled["failed"]) == (0, 0, {})
    before, after = ran.captures
    for truth in newsroom.truth:
        assert before.get(truth.url) == after.get(truth.url), truth.url
    assert set(before) == set(after)
    for release in ran.second["found"]["releases"]:
        assert re.search(rf"{re.escape(release['title'])} +{_listed(release['copies'])}$", ran.first, re.MULTILINE)


def test_a_run_without_news_says_so() -> None:
    summary = CrawlSummary(14, 14, 0, 0, 14, {}, {}, {}, {}, 0, 0, 0, stopped=False, drained=Drained())
    assert _say_fetched(summary) == "nothing new: 14 pages were looked at again, 14 are as they were"


def test_no_page_is_attached_to_a_release_that_is_not_its_own(ran: Ran, newsroom: Newsroom) -> None:
    for truth in stories(newsroom):
        row = ran.copy(truth.url)
        assert row is not None, truth.url
        assert row["release"] in {None, truth.release}, truth.url


def test_every_copy_is_attached(ran: Ran, newsroom: Newsroom) -> None:
    missed = {truth.url for truth in stories(newsroom) if truth.release and ran.copy(truth.url)["release"] is None}  # type: ignore[index]  # the test before says that it is there
    assert missed == set()


def test_relations_are_right(ran: Ran, newsroom: Newsroom) -> None:
    for truth in stories(newsroom):
        row = ran.copy(truth.url)
        assert row is not None
        if truth.relation is not None:
            assert row["relation"] == truth.relation, truth.url


def test_mirrors_and_stations_count_once(ran: Ran) -> None:
    families = {row["url"]: row["family"] for row in ran.rows}
    assert families["http://www.coinbazaar.test/news/1001"] == families["http://www.cb-exchange.test/news/1001"]
    stations = {family for url, family in families.items() if "kvlo" in url or "wbrn" in url}
    assert stations == {"lakeshore"}


def test_clean_texts_hold_no_widget(ran: Ran, newsroom: Newsroom) -> None:
    copies = [truth for truth in stories(newsroom) if truth.relation != "origin"]
    for truth in copies:
        row = ran.copy(truth.url)
        assert row is not None
        leaked = set(row["text"].split("\n")) & set(truth.widgets)
        assert not leaked, truth.url
    exact = sum(ran.copy(truth.url)["text"] == truth.text for truth in copies)  # type: ignore[index]  # as above
    assert exact >= EXACT * len(copies)


def test_the_report_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "-o", "-", "--data", str(tmp_path / "x")]) == 2
    assert "-o" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_the_lying_canonical_is_not_believed(ran: Ran) -> None:
    row = ran.copy("http://www.coinbazaar.test/news/1005")
    assert row is not None
    assert (row["release"], row["relation"]) == (None, "unrelated")


def test_what_robots_forbids_is_never_asked_for(tmp_path: Path, newsroom: Newsroom) -> None:
    sites = Sites(tuple(load_site(path) for path in sorted(SITES.glob("*.toml"))))
    config = AppConfig(data=str(tmp_path))
    with (
        serving(newsroom) as running,
        Store.open(tmp_path, config.database_url, "test") as store,
    ):
        summary = crawl(store, config, sites, CrawlOptions(loopback=running.loopback))
        asked = running.requests
    assert set(asked.of_host(QUIET)) == {"/", "/robots.txt"}
    assert summary.blocked == {"blocked:robots": 1}
    assert not summary.partial
    (busy,) = (served for served in newsroom.served if len(served.answers) > 1)
    assert asked.of_host(busy.host)[busy.path] == 2
    for truth in newsroom.truth:
        host, _, path = truth.url.removeprefix("http://").partition("/")
        if truth.fate != "forbidden":
            assert asked.of_host(host)["/" + path] == (2 if "/" + path == busy.path else 1), truth.url
