"""The copying tree as `show` draws it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.cli.tree import draw_tree
from crawler.records import Match, Parent
from storage.lookups import copies, reading

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.rows import CopyRow

ORIGIN = "https://origin.example/1"


def tree(rows: list[CopyRow]) -> list[str]:
    return [branch for branch, _ in draw_tree(rows)]


def copy(like: CopyRow, url: str, parent: Parent | None, relation: str = "verbatim") -> CopyRow:
    match = Match(relation, 1000, 1000, "text", "", parent=parent)  # type: ignore[arg-type]  # any relation will do
    return replace(like, url=url, match=match)


def test_copies_hang_under_whom_they_have_it_from(engine: Engine) -> None:
    with reading(engine) as connection:
        like = next(copies(connection))
    from_origin = Parent("origin", ORIGIN, 60, "its words")
    rows = [
        copy(like, ORIGIN, None, "origin"),
        copy(like, "https://a.example/1", from_origin),
        copy(like, "https://b.example/1", Parent("outlet", "https://a.example/1", 70, "two changes")),
        copy(like, "https://c.example/1", from_origin),
        copy(like, "https://d.example/1", Parent("unknown", None, 0, "")),
        copy(like, "https://e.example/1", Parent("wire", "https://wire.example/9", 80, "its closing lines")),
    ]
    assert tree(rows) == [
        "the origin, https://origin.example/1",
        "├─ https://a.example/1",
        "│  └─ https://b.example/1",
        "└─ https://c.example/1",
        "the wire, https://wire.example/9",
        "└─ https://e.example/1",
        "nobody knows",
        "└─ https://d.example/1",
    ]
    assert dict(draw_tree(rows))["│  └─ https://b.example/1"] == "70 %: two changes"


def test_a_circle_is_cut_and_loses_nobody(engine: Engine) -> None:
    with reading(engine) as connection:
        like = next(copies(connection))
    rows = [
        copy(like, "https://a.example/1", Parent("outlet", "https://b.example/1", 70, "")),
        copy(like, "https://b.example/1", Parent("outlet", "https://a.example/1", 70, "")),
    ]
    assert len(tree(rows)) >= 2
    assert {line.split()[-1] for line in tree(rows)} == {row.url for row in rows}
