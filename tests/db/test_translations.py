"""Releases in two languages: linked where figures and more agree, never merged, the same for every order; and
nothing at all without the extra.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.match import encoder
from storage import tables as t
from storage.dirty import mark
from storage.engine import transact
from storage.evidence import evidence
from tests.db.test_derive import Room, opened
from tests.releases import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crawler.records import Fetched

    Opened = Callable[..., AbstractContextManager[Room]]

__all__ = ["opened"]  # a fixture

installed = pytest.mark.skipif(not encoder.is_installed(), reason="the extra `languages` is not installed")

DATA = tomllib.loads((Path(__file__).parents[1] / "kinds" / "languages.toml").read_text("utf-8"))


def url(name: str, language: str) -> str:
    return f"https://{name}-{language}.example/1"


def told(name: str, language: str, lines: list[str]) -> Fetched:
    fetched = page(url(name, language), lines[1:], title=lines[0], at="2026-05-15T08:00:00Z")
    return replace(fetched, body=fetched.body.replace(b"lang=en", f"lang={language}".encode()))


PAGES = [
    *(
        told(each["name"], language, lines)
        for each in DATA["story"]
        for language, lines in each.items()
        if language != "name"
    ),
    *(
        told(f"alone{n}", language, lines)
        for n, each in enumerate(DATA["alone"])
        for language, lines in each.items()
    ),
]
TRUE = {
    frozenset(url(each["name"], language) for language in pair)
    for each in DATA["story"]
    for pair in combinations(sorted(each.keys() - {"name"}), 2)
}


def pairs(room: Room) -> dict[frozenset[str], bool]:
    """The pairs of addresses that are linked (True) or to be looked at (False)."""
    x, c = t.Translation, t.Copy
    with room.store.engine.connect().execution_options(reads=True) as connection:
        at = {row.cluster: row.url for row in connection.execute(select(c.cluster, c.url))}
        return {
            frozenset((at[row[0]], at[row[1]])): row[2]
            for row in connection.execute(select(x.cluster, x.of, x.sure))
        }


def spoken(room: Room) -> list[Any]:
    with room.store.engine.connect().execution_options(reads=True) as connection:
        return sorted(map(repr, (tuple(row) for row in connection.execute(select(t.Translation.__table__)))))


@installed
def test_translations_are_linked_and_nothing_else_is(opened: Opened, database_url: str) -> None:
    with opened("all", database_url) as room:
        room.take(PAGES)
        assert len(set(room.clusters().values())) == len(PAGES), "linked, never merged"
        found = pairs(room)
    assert {pair for pair, sure in found.items() if sure} == TRUE
    (asked,) = found.keys() - TRUE
    assert asked == {url("turbine", "it"), url("alone1", "de")}, "near, and of other figures"


@installed
def test_every_order_and_batch_gives_the_same(opened: Opened) -> None:
    with opened("batch") as room:
        room.take(PAGES)
        expected = spoken(room)
    for seed in range(2):
        order = random.Random(seed).sample(PAGES, len(PAGES))
        with opened(f"order{seed}") as room:
            for at in range(0, len(order), 5):
                room.take(order[at : at + 5])
            assert spoken(room) == expected
    with opened("gone") as room:
        room.take(PAGES[:8])
        before = spoken(room)
        room.take(PAGES[8:])
        room.drop(PAGES[8:])
        assert spoken(room) == before


@installed
def test_explain_says_why(opened: Opened) -> None:
    with opened("why") as room:
        room.take(PAGES)
        with room.store.engine.connect().execution_options(reads=True) as connection:
            found = evidence(connection, (url("bridge", "zh"),))
    assert found is not None
    assert {other.url for other in found.translations} == {url("bridge", "de"), url("bridge", "en")}
    for other in found.translations:
        assert other.sure
        assert (other.figures, other.cosine > 550, other.margin >= 100) == (1000, True, True)
        assert "varga" in other.evidence[-1]


def test_without_the_extra_nothing_is_said_and_nothing_else_changes(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "find_spec", lambda _name: None)
    with opened("without") as room:
        room.take(PAGES)
        assert spoken(room) == []
        assert len(set(room.clusters().values())) == len(PAGES)
        assert room.rows()["dirty"] == []


def test_what_waits_does_not_wait_for_an_extra_that_is_gone(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "find_spec", lambda _name: None)
    with opened("left") as room:
        transact(room.store.engine, lambda connection: mark(connection, "language", ["all"]))
        room.take(PAGES[:1])
        assert room.rows()["dirty"] == []
