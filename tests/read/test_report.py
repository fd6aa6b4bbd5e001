"""The report opens from a file, runs nothing, links only to the web, and counts outlets once."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import insert

from crawler.errors import TearsheetError, UsageError
from crawler.records import ATTACHING
from crawler.report.gather import gather
from crawler.report.league import lay_matrix, rank
from crawler.report.render import LEGEND, render_html
from crawler.report.timeline import survive, trace
from crawler.report.wording import is_web
from crawler.report.write import write_report
from crawler.sites.load import load_sites
from storage import tables as t
from storage.lookups import copies, reading

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement
    from sqlalchemy import Engine

    from crawler.report.gather import Carrier, Report

KEY = "cgtn:1JjihOzBpvi"
SCRIPT = resources.files("crawler.report").joinpath("report.js").read_text("utf-8")


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
    assert [script.text_content() for script in tree.xpath("//script")] == [SCRIPT]
    assert not tree.xpath("//img | //iframe | //object | //link | //form | //base")
    assert not tree.xpath("//@style")
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert "{{7*7}}" in tree.text_content()
    assert "<script>alert(1)</script>" in tree.text_content()
    assert text.count("<script") == 1
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


def test_the_policy_allows_the_style_and_the_script_and_nothing_else(engine: Engine) -> None:
    _, tree = page(engine)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = tree.xpath("//style/text()")
    allowed = " ".join(
        f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}';"
        for kind, text in (("style", style), ("script", SCRIPT))
    )
    assert policy == f"default-src 'none'; {allowed} base-uri 'none'; form-action 'none'"
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


def test_rows_that_are_data_cannot_act(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    report = gathered(engine)
    story = report.stories[0]
    hostile = next(copy for copy in story.copies if copy.host == "hostile.example")
    many = tuple(replace(story.copies[0], url=f"https://many.example/{n}", host="many.example") for n in range(60))
    bad = "</script><script>alert(5)</script><!-- & \u2028\u202e"
    acting = tuple(
        replace(hostile, url=url, host=bad, why=bad) for url in ("javascript:alert(1)", "//evil.example")
    )
    everything = replace(report, stories=(replace(story, copies=many + acting + (hostile,)),))
    assert "application/json" not in "".join(render_html(everything))
    monkeypatch.setattr("crawler.report.render.ROWS", 20)
    text = "".join(render_html(everything))
    tree: HtmlElement = html.document_fromstring(text)
    shown = tree.xpath("//td//a[starts-with(@href, 'https://many.example/')]")
    scripts = tree.xpath("//script")
    assert isinstance(shown, list)
    assert isinstance(scripts, list)
    assert len(shown) == 20
    assert text.count("<script") == len(scripts) == 2
    data = next(each for each in scripts if isinstance(each, html.HtmlElement) and each.get("type"))
    raw = data.text or ""
    assert not set(raw) & set("<>&\u2028\u202e\x1b\x9b\x07\r")
    rows = json.loads(raw)
    assert [row[0] for row in rows[:40]] == [f"https://many.example/{n}" for n in range(20, 60)]
    assert [(row[0], row[1]) for row in rows[40:42]] == [("", bad.replace("\u202e", "\ufffd"))] * 2
    assert "<script>alert(1)</script>" in rows[42][11]
    assert "43 pages more" in tree.text_content()


def test_an_unknown_format_and_a_stale_store_are_refused(own_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of"):
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


def test_a_folder_has_a_page_for_each_release_and_each_altered_copy(engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / "report"
    for _ in range(2):  # the second takes the place of the first
        report = write_report(engine, target, "folder", sites=load_sites())
    index = html.parse(str(target / "index.html")).getroot()
    pages = {link for link in index.xpath("//a/@href") if link.endswith(".html")}
    assert len(pages) == len(report.stories)
    compared = set()
    for name in pages:
        found = html.parse(str(target / name)).getroot()
        local = {link for link in found.xpath("//a/@href") if not link.startswith(("http", "#"))}
        assert "index.html" in local
        compared |= local - {"index.html"}
    assert compared
    assert {path.relative_to(target).as_posix() for path in (target / "copies").iterdir()} == compared
    assert json.loads((target / "report.json").read_text("utf-8"))["copies"] == report.copies
    rows = list(csv.DictReader(io.StringIO((target / "copies.csv").read_text("utf-8"))))
    assert len(rows) == sum(len(story.own) + len(story.copies) for story in report.stories)


def test_a_folder_of_other_things_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="other things"):
        write_report(engine, tmp_path, "folder", sites=load_sites())
    assert (tmp_path / "index.html").read_text("utf-8") == "mine"


def test_all_forms_count_alike(engine: Engine, tmp_path: Path) -> None:
    report = write_report(engine, tmp_path / "report.csv", "csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text("utf-8"))))
    write_report(engine, tmp_path / "report.md", "md")
    lines = (tmp_path / "report.md").read_text("utf-8").splitlines()
    carried = [row for row in rows if row["relation"] not in {"origin", "wire"}]
    assert len(carried) == report.copies == sum(outlet.copies for outlet in rank(report.stories))
    assert len({row["family"] for row in carried}) == report.outlets == len(rank(report.stories))
    assert sum(line.startswith("| ") and line.endswith("` |") for line in lines) == report.copies
    with reading(engine) as connection:
        stored = [
            c for c in copies(connection) if c.relation in ATTACHING and c.relation not in {"origin", "wire"}
        ]
    assert {row["url"] for row in carried} == {copy.url for copy in stored}
    for row in rows:
        assert re.fullmatch("[0-9a-f]{32}", row["record"])


def test_markdown_stays_text(engine: Engine, tmp_path: Path) -> None:
    write_report(engine, tmp_path / "report.md", "md")
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "<script" not in text.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", text)
    assert not set(text) & set("\x1b\x9b\x07\r\u202e")


# -------------------------------------------------------------------------------------------------- the pictures


def carrier(like: Carrier, host: str, first: str | None, **more: Any) -> Carrier:
    return replace(like, url=f"https://{host}/1", host=host, family=host, first_seen=first, **more)


def test_a_timeline_runs_from_the_first_copy(engine: Engine) -> None:
    like = gathered(engine).stories[0].copies[0]
    copies = [
        carrier(like, "a.example", "2026-01-01T00:00:00Z", published_at=None),
        carrier(like, "b.example", "2026-01-09T00:00:00Z", published_at="2026-01-01T06:00:00+00:00"),
        carrier(like, "c.example", "2026-01-05T00:00:00Z", published_at="1999-01-01T00:00:00Z"),
        carrier(like, "d.example", None, published_at="2026-01-02"),
    ]
    line = trace(copies, "2025-12-31T20:00:00Z")
    assert line is not None
    assert [(each.carrier.host, round(each.hours), each.outlets, each.said) for each in line.appearances] == [
        ("a.example", 0, 1, False),
        ("b.example", 6, 2, True),
        ("c.example", 96, 3, False),  # what it says lies before the release, and is not believed
    ]
    assert line.wire_line == line.x(48)
    assert 0 < line.x(6) < line.x(48) < line.x(96) < 1
    assert trace([copies[3]], None) is None


def test_survival_tells_seen_gone_and_not_looked_at_apart(engine: Engine) -> None:
    like = gathered(engine).stories[0].copies[0]
    first = "2026-01-01T00:00:00Z"
    copies = [
        carrier(like, "a.example", first, last_seen="2026-02-15T00:00:00Z"),
        carrier(like, "b.example", first, last_seen="2026-01-03T00:00:00Z", missing_since="2026-01-05T00:00:00Z"),
        carrier(like, "c.example", first, last_seen=first),
    ]
    assert [(each.days, each.there, each.gone, each.unknown) for each in survive(copies)] == [
        (1, 2, 0, 1),
        (7, 1, 1, 1),
        (30, 1, 1, 1),
        (90, 0, 1, 2),
    ]


def test_the_pictures_have_words(engine: Engine, tmp_path: Path) -> None:
    write_report(engine, tmp_path / "one.html", "html", KEY, sites=load_sites())
    tree = html.parse(str(tmp_path / "one.html")).getroot()
    pictures = tree.xpath("//svg[not(@aria-hidden)]")
    assert len(pictures) > 1
    for each in pictures:
        assert each.get("role") == "img"
        assert each.get("aria-label")


def test_the_matrix_has_every_outlet_of_every_release(engine: Engine) -> None:
    report = gathered(engine)
    table = lay_matrix(report.stories, rank(report.stories))
    shown = {
        (story.cluster, family): cell[1]
        for story, cells in table.rows
        for family, cell in zip(table.families, cells, strict=True)
        if cell
    }
    counted = Counter((story.cluster, copy.family) for story in report.stories for copy in story.copies)
    assert shown == counted
    assert (table.more_releases, table.more_outlets) == (0, 0)
