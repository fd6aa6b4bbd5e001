"""A period against another: what is counted, that the figures add up, and that all forms say the same."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import pytest
from lxml import html

from crawler.cli.main import main
from crawler.errors import UsageError
from crawler.records import Parent
from crawler.report.gather import gather
from crawler.report.league import name_issuer, name_wires, rank
from crawler.report.periods import compare_periods, read_period
from crawler.report.render import render_periods
from crawler.report.write import write_periods
from storage.lookups import reading
from tests.read.conftest import HOSTILE_TITLE, KEY

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement
    from sqlalchemy import Engine

    from crawler.report.gather import Story

NOW, BEFORE = read_period("2025-12-22/2025-12-28"), read_period("2025-12-21")


def stories_of(engine: Engine) -> tuple[Story, ...]:
    with reading(engine) as connection:
        return gather(connection).stories


@pytest.mark.parametrize(
    "said",
    ["", "yesterday", "2026-13", "2026-1", "2026-02-30/2026-03-01", "2026-03-02/2026-03-01", "2026-01-01/", "/",
     "2026-W03", "20260101", "٢٠٢٦-01", "2026-01-01/2026-01-31/x"],
)  # fmt: skip
def test_what_is_no_period_is_told(said: str) -> None:
    if said == "2026-01-01/":  # a day, with nothing behind the slash
        assert str(read_period(said)) == "2026-01-01"
        return
    with pytest.raises(UsageError):
        read_period(said)


def test_the_figures_add_up_to_the_copies_that_were_first_seen_in_it(engine: Engine) -> None:
    stories = stories_of(engine)
    found = compare_periods(stories, NOW, BEFORE)
    copies = [(story.cluster, copy) for story in stories for copy in story.copies]
    (whole,) = found.of("all")
    for period, figures in ((NOW, whole.now), (BEFORE, whole.before)):
        mine = [
            (cluster, copy)
            for cluster, copy in copies
            if str(period.first) <= (copy.first_seen or "")[:10] <= str(period.last)
        ]
        assert mine
        assert astuple(figures) == (
            len({cluster for cluster, _ in mine}),
            len(mine),
            len({copy.family for _, copy in mine}),
            0,
        )
    for kind in ("outlet", "issuer", "language", "relation"):
        for side in ("now", "before"):
            assert sum(getattr(each, side).copies for each in found.of(kind)) == getattr(whole, side).copies
    assert {each.name: (each.before.releases, each.now.releases) for each in found.of("issuer")} == {
        "cgtn": (0, 1),
        "not known": (1, 0),
    }
    assert [each.name for each in found.of("wire")] == ["wire", "not known"]


def test_an_outlet_is_independent_that_has_it_from_the_origin_or_a_wire(engine: Engine) -> None:
    story = stories_of(engine)[0]
    kinds = ("origin", "wire", "outlet", "unknown")
    parents = [Parent(kind, "https://a.example/", 90, "because") for kind in kinds]  # type: ignore[arg-type]
    copies = tuple(replace(copy, parent=parent) for copy, parent in zip(story.copies, parents, strict=True))
    story = replace(story, copies=copies)
    independent = {copy.family for copy in copies[:2]}
    (whole,) = compare_periods([story], NOW, BEFORE).of("all")
    assert whole.now.independent == len(independent)
    assert {each.family for each in rank([story]) if each.independent} == independent


def test_issuers_and_wires_are_told_apart(engine: Engine) -> None:
    story = next(each for each in stories_of(engine) if each.key == KEY)
    assert (name_issuer(story), name_wires(story)) == (
        "cgtn",
        ("wire",),
    )  # its page was captured; javascript: is none
    only_wire = replace(story, key="prnewswire:1", url=story.wire_urls[0], own=())
    assert (name_issuer(only_wire), name_wires(only_wire)) == ("not known", ("wire.example",))
    assert name_issuer(replace(only_wire, own=story.own)) == "origin"


def test_all_forms_say_the_same(engine: Engine, tmp_path: Path) -> None:
    found = write_periods(engine, tmp_path / "p.json", "json", NOW, BEFORE)
    for form in ("csv", "md", "html"):
        write_periods(engine, tmp_path / f"p.{form}", form, NOW, BEFORE)
    value = json.loads((tmp_path / "p.json").read_text("utf-8"))
    assert [(each["kind"], each["name"]) for each in value["changes"]] == [(c.kind, c.name) for c in found.changes]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "p.csv").read_text("utf-8"))))
    assert [(row["copies"], row["copies_before"]) for row in rows] == [
        (str(each["now"]["copies"]), str(each["before"]["copies"])) for each in value["changes"]
    ]
    lines = (tmp_path / "p.md").read_text("utf-8").splitlines()
    assert sum(line.startswith("| ") and not line.startswith("| | ") for line in lines) == len(rows)
    tree = html.parse(str(tmp_path / "p.html")).getroot()
    assert len(tree.xpath("//tbody/tr")) == len(rows) - 1
    with pytest.raises(UsageError, match="one file"):
        write_periods(engine, tmp_path / "p", "folder", NOW, BEFORE)


def test_a_name_of_an_outlet_stays_text(engine: Engine) -> None:
    story = stories_of(engine)[0]
    named = replace(story, copies=tuple(replace(copy, family=HOSTILE_TITLE) for copy in story.copies))
    text = "".join(render_periods(compare_periods([named], NOW, BEFORE)))
    tree: HtmlElement = html.document_fromstring(text)
    assert text.count("<script") == 1
    assert not tree.xpath("//img")
    assert HOSTILE_TITLE in tree.text_content()


def test_the_verb(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(data), "--quiet"]
    assert main(["report", "--period", "2025-12-22", "-o", str(tmp_path / "day.md"), *where]) == 0
    assert "# 2025-12-22 against 2025-12-21" in (tmp_path / "day.md").read_text("utf-8")
    for wrong in (["--against", "2025-11"], [KEY, "--period", "2025-12"], ["--period", "soon"]):
        assert main(["report", *wrong, "-o", str(tmp_path / "x.md"), *where]) == 2
        assert capsys.readouterr().err
