"""Stored markup acts nowhere: every text of every row is hostile, and all that is shown is looked through."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import feedparser
import pytest
from lxml import html
from sqlalchemy import JSON, Text, select, update
from starlette.testclient import TestClient

from crawler.report.periods import read_period
from crawler.report.render import read_script
from crawler.report.write import write_periods, write_report
from crawler.sites.load import load_sites
from crawler.web.app import Serving, make_app
from settings.app import AppConfig
from storage import tables as t
from tests.read.conftest import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement
    from sqlalchemy import Engine

MARKUP: Final = (
    "\"'></title></script><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "{{7*7}}{% raw %}<!--]]>&lt;\u2028\u202egnp.exe\x1b[2J"
)
LINK: Final = "javascript:alert(document.domain)//" + MARKUP
OURS: Final = {"cluster", "against", "key", "block", "blocks", "file", "state", "stratum"}
"""Columns of text that hold ids of ours, or what the rows are joined by."""
BASE: Final = "http://127.0.0.1:8765"


def poison(engine: Engine) -> dict[str, str]:
    """Make every text of every row hostile; gives the new address of each page that is a copy."""
    renamed: dict[str, str] = {}
    with engine.begin() as connection:
        for n, url in enumerate(connection.scalars(select(t.Copy.url).order_by(t.Copy.url))):
            renamed[url] = f"{LINK}{n}" if n % 2 else f"https://h{n}.example/\"'><script>alert(1)</script>"
        for table in t.Base.metadata.sorted_tables:
            for column in table.columns:
                if column.name == "url" and isinstance(column.type, Text):
                    for old, new in renamed.items():
                        connection.execute(update(table).where(column == old).values({column.name: new}))
                elif table.name == "page" and column.name == "text":
                    continue  # one has markup of its own, and texts that are all alike have no difference view
                elif isinstance(column.type, Text) and not column.primary_key and column.name not in OURS:
                    said = LINK if "url" in column.name or column.name in {"value", "subject"} else MARKUP
                    connection.execute(update(table).where(column.is_not(None)).values({column.name: said}))
                elif isinstance(column.type, JSON) and column.name in {"wire_urls", "evidence", "contradictions"}:
                    connection.execute(update(table).values({column.name: [LINK]}))
        connection.execute(update(t.Release).values(url=LINK))
        connection.execute(update(t.Run).values(outcome={MARKUP: MARKUP}))
        parent = {"kind": "outlet", "url": LINK, "confidence": 50, "why": MARKUP}
        connection.execute(update(t.Match).values(parent=parent))
    return renamed


def look_through(text: str, where: str) -> None:
    """Nothing in a page but our own script and style acts."""
    tree: HtmlElement = html.document_fromstring(text)
    scripts = [each for each in tree.iter("script") if each.get("type") != "application/json"]
    assert {each.text for each in scripts} <= {read_script("report.js")}, where
    assert text.count("<script") == len(list(tree.iter("script"))), where
    for data in tree.iter("script"):
        if data.get("type") == "application/json":
            assert not set(data.text or "") & set("<>&"), where
    assert not tree.xpath("//img | //iframe | //object | //embed | //base | //link | //@style"), where
    for element in tree.iter():
        assert not [name for name in element.attrib if str(name).lower().startswith("on")], where
        for name in ("href", "src", "action", "formaction"):
            target = element.get(name)
            assert target is None or re.match(r"(https?://|/(?!/)|#|\.\./|[\w/-]+\.html$)", target), (
                where,
                target,
            )
    assert "49" not in (tree.findtext(".//title") or ""), where
    assert not set(text) & set("\x1b\u202e"), where


@pytest.fixture
def poisoned(own_engine: Engine) -> Engine:
    poison(own_engine)
    return own_engine


def test_in_every_form_of_the_report(poisoned: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in (200, 0):  # as rows of HTML, and nearly all as data
        monkeypatch.setattr("crawler.report.render.ROWS", rows)
        write_report(poisoned, tmp_path / "all.html", "html", sites=load_sites(), contacts=True)
        write_report(poisoned, tmp_path / "report", "folder", sites=load_sites(), contacts=True)
        write_report(poisoned, tmp_path / "one.html", "html", KEY, sites=load_sites())
        write_periods(poisoned, tmp_path / "p.html", "html", read_period("2025-12-22"), read_period("2025-12-21"))
        pages = list(tmp_path.rglob("*.html"))
        assert any(page.parent.name == "copies" for page in pages)
        for page in pages:
            look_through(page.read_text("utf-8"), page.name)
            assert "alert(1)" in page.read_text("utf-8"), page.name  # it was there to act
    names = {path.relative_to(tmp_path / "report").as_posix() for path in (tmp_path / "report").rglob("*.*")}
    ours = r"index\.html|report\.json|(copies|outlets)\.csv|r-\w+\.html|copies/[0-9a-f]{32}\.html"
    assert [name for name in names if not re.fullmatch(ours, name)] == []
    assert json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["copies"] == 6


def test_on_every_page_of_the_dashboard(poisoned: Engine) -> None:
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}), "a token of some length")
    client = TestClient(make_app(serving, poisoned), base_url=BASE, follow_redirects=False)
    with poisoned.connect() as connection:
        captures = list(connection.scalars(select(t.Copy.capture)))
        clusters = list(connection.scalars(select(t.Release.cluster)))
    paths = ["/", "/runs", "/review", "/search", *(f"/releases/{name}" for name in clusters)]
    paths += [f"/pages/{name}{more}" for name in captures for more in ("", "/difference")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        look_through(answer.text, path)
    for words in (MARKUP, LINK, "onerror"):
        look_through(client.get("/search", params={"q": words}, follow_redirects=True).text, words)


def test_in_feeds_and_in_the_api(poisoned: Engine) -> None:
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    client = TestClient(make_app(serving, poisoned), base_url=BASE)
    parsed: Any = feedparser.parse(client.get("/feed.rss").content)
    assert parsed.entries
    for entry in parsed.entries:
        assert entry.link.startswith(f"{BASE}/pages/")
    assert client.get("/feed.json").json()["items"]
    for path in ("/api/v1/releases", "/api/v1/copies", "/api/v1/runs"):
        answer = client.get(path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.json()["items"], path
        assert not set(answer.text) & set("\x1b\u202e\u2028"), path
