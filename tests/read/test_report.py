"""The report opens from a file, runs nothing, links only to the web, and counts outlets once."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import html
from sqlalchemy import insert

from crawler.errors import TearsheetError, UsageError
from crawler.report.gather import gather
from crawler.report.render import LEGEND, is_web, render_html
from crawler.report.write import write_report
from storage import tables as t
from storage.lookups import reading

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement
    from sqlalchemy import Engine

    from crawler.report.gather import Report

KEY = "cgtn:1JjihOzBpvi"


def gathered(engine: Engine, key: str | None = None) -> Report:
    with reading(engine) as connection:
        return gather(connection, key)


def page(engine: Engine, key: str | None = None) -> tuple[str, HtmlElement]:
    text = "".join(render_html(gathered(engine, key)))
    return text, html.document_fromstring(text)


def test_outlets_are_counted_once_with_the_raw_count_beside(engine: Engine) -> None:
    report = gathered(engine)
    assert (report.copies, report.outlets, report.hosts) == (6, 5, 6)
    story = report.stories[0]
    assert (story.key, len(story.copies), story.outlets, story.hosts) == (KEY, 4, 3, 4)
    assert [own.relation for own in story.own] == ["origin", "wire"]


def test_copies_come_in_the_order_they_were_first_seen(engine: Engine) -> None:
    seen = [copy.first_seen or "" for copy in gathered(engine).stories[0].copies]
    assert seen == sorted(seen)


def test_the_rest_is_counted_too(engine: Engine) -> None:
    report = gathered(engine)
    assert [linked.relation for linked in report.stories[0].linked] == ["citation"]
    assert (report.unattached, report.unattached_outlets) == (1, 1)
    assert [(tally.reason, tally.count) for tally in report.rejected] == [("consent-wall", 2)]
    assert [tally.reason for tally in report.refused] == ["torn-record"]
    cuts = {(cut.role, cut.rule): cut for cut in report.stories[0].cuts}
    assert cuts["related", "heading"].blocks == 3
    assert cuts["related", "heading"].samples == ("Related stories",)


def test_nothing_of_a_page_becomes_markup(engine: Engine) -> None:
    text, tree = page(engine)
    assert not tree.xpath("//script | //img | //iframe | //object | //link | //form | //base")
    assert not tree.xpath("//@style")
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert "{{7*7}}" in tree.text_content()
    assert "<script>alert(1)</script>" in tree.text_content()
    assert "<script" not in text
    assert "<b>Disclaimer</b>" in tree.text_content()


def test_only_the_web_is_linked_to_and_no_referrer_goes_out(engine: Engine) -> None:
    _, tree = page(engine)
    targets = [link.get("href", "") for link in tree.iter("a")]
    outside = [target for target in targets if not target.startswith("#")]
    assert outside
    assert all(target.startswith(("https://", "http://")) for target in outside)
    anchors = {f"#{element.get('id')}" for element in tree.xpath("//*[@id]")}
    assert {target for target in targets if target.startswith("#")} <= anchors
    for link in tree.iter("a"):
        if not link.get("href", "").startswith("#"):
            assert set(link.get("rel", "").split()) == {"noreferrer", "noopener", "nofollow"}
    assert "javascript:alert(2)" in tree.text_content()


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example/", "file:///etc/passwd", "https://",
     "java\nscript:alert(1)", "https://a.example/\u202egnp.exe", "http://[bad", "", "vbscript:x"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    assert not is_web(url)


def test_the_policy_allows_the_style_and_nothing_else(engine: Engine) -> None:
    _, tree = page(engine)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = tree.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def test_control_characters_do_not_reach_the_page(engine: Engine) -> None:
    text, _ = page(engine)
    assert not set(text) & set("\x1b\x9b\x07\r\u202e")


def test_one_release_alone(engine: Engine) -> None:
    text, tree = page(engine, KEY)
    assert "Tea growers meet" not in text
    assert tree.findtext(".//h1/bdi") == "CGTN: A bridge opens, and a valley comes closer"
    with pytest.raises(TearsheetError, match="no release of that name"):
        gathered(engine, "cgtn:nothing")


def test_every_relation_is_explained(engine: Engine) -> None:
    report = gathered(engine)
    shown = {copy.relation for story in report.stories for copy in (*story.copies, *story.linked)}
    assert shown <= {word for word, _ in LEGEND}


def test_both_forms_hold_the_same(engine: Engine, tmp_path: Path) -> None:
    report = write_report(engine, tmp_path / "report.html", "html")
    write_report(engine, tmp_path / "report.json", "json")
    write_report(engine, tmp_path / "again.json", "json")
    value = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (tmp_path / "report.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert (tmp_path / "report.html").read_text("utf-8") == "".join(render_html(report))
    assert [release["key"] for release in value["releases"]] == [story.key for story in report.stories]
    assert value["releases"][0]["copies"][3]["coverage"] == {"copy": 0.985, "release": 0.93}


def test_a_long_report_says_what_it_leaves_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    report = gathered(engine)
    story = report.stories[0]
    many = tuple(replace(story.copies[0], url=f"https://many.example/{n}") for n in range(60))
    assert "not shown" not in "".join(render_html(replace(report, stories=(replace(story, copies=many),))))
    monkeypatch.setattr("crawler.report.render.ROWS", 20)
    text = "".join(render_html(replace(report, stories=(replace(story, copies=many),))))
    assert "40 pages not shown" in text
    assert text.count("https://many.example/") == 20


def test_an_unknown_format_and_a_stale_store_are_refused(own_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="html nor json"):
        write_report(own_engine, tmp_path / "x", "pdf")
    with own_engine.begin() as connection:
        connection.execute(insert(t.Dirty).values(stratum="cluster", key="1"))
    with pytest.raises(TearsheetError, match="tearsheet process"):
        write_report(own_engine, tmp_path / "report.html", "html")
    assert not (tmp_path / "report.html").exists()
    write_report(own_engine, tmp_path / "report.html", "html", allow_stale=True)
    assert "had not been derived anew" in (tmp_path / "report.html").read_text("utf-8")


def test_an_empty_store_gives_a_report_that_says_so(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        for table in reversed(t.Base.metadata.sorted_tables):
            connection.execute(table.delete())
    _, tree = page(own_engine)
    assert "No release yet" in tree.text_content()
