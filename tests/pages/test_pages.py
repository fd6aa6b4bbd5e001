"""One test for each page and statement about it."""

from __future__ import annotations

import pytest

from crawler.flow import Read
from crawler.records import Rejected
from tests.pages.gate import OPEN
from tests.pages.reading import CASES, ROOT, SITES, Statement, expected, ideal, read, statements, told


def named(statement: Statement) -> str:
    return f"{statement[0]}: {statement[1]}: {statement[2]}"


@pytest.mark.parametrize("statement", [each for case in CASES for each in statements(case)], ids=named)
def test_what_a_person_says_of_the_page_holds(statement: Statement) -> None:
    actual, wanted = told(statement)
    if list(statement) in OPEN:
        assert actual != wanted, "it holds now: python tests/pages/raise_floors.py"
    else:
        assert actual == wanted


@pytest.mark.parametrize("case", CASES)
def test_the_text_is_the_one_that_was_reviewed(case: str) -> None:
    found, path = read(case), ROOT / case / "clean.txt"
    if isinstance(found, Rejected):
        assert not path.exists(), found
    else:
        assert path.read_text("utf-8") == found.draft.text + "\n", "python tests/pages/rewrite.py"


def test_an_ideal_text_is_there_only_where_the_text_falls_short() -> None:
    for case in CASES:
        path = ROOT / case / "ideal.txt"
        clean = ROOT / case / "clean.txt"
        assert not path.exists() or not clean.exists() or ideal(case) != clean.read_text("utf-8"), case


def test_what_is_open_is_said_of_a_page() -> None:
    said = [list(each) for case in CASES for each in statements(case)]
    assert [each for each in OPEN if each not in said] == []


def test_there_are_pages_of_many_layouts_and_languages() -> None:
    wanted = [expected(case) for case in CASES]
    assert len(CASES) >= 60
    assert len({case.partition("/")[0] for case in CASES}) >= 20
    assert len({each.language for each in wanted if each.language}) >= 8


def test_nothing_of_a_page_is_lost_without_a_trace() -> None:
    for case in CASES:
        found = read(case)
        if isinstance(found, Read):
            assert [d.block for d in found.draft.decisions] == [b.n for b in found.page.blocks]


def test_every_site_that_ships_has_a_page_of_its_own() -> None:
    shown = {site.name for case in CASES if (site := SITES.of_url(expected(case).url))}
    having_pages = {site.name for site in SITES.all if site.tier != "index"}
    assert having_pages - shown == set()
