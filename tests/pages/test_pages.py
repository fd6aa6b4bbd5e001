"""One test for each page and statement about it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from crawler.flow import Read
from crawler.records import Rejected
from tests.pages.reading import CASES, ROOT, expected, key_of, read

read_once = lru_cache(read)


def told(case: str) -> Read:
    found = read_once(case)
    assert isinstance(found, Read), found
    return found


def statements() -> list[tuple[str, str, str]]:
    """(page, what is said of it, the words) for each statement of each page."""
    said = []
    for case in CASES:
        wanted = expected(case)
        if wanted.rejected:
            said.append((case, "rejected", wanted.rejected))
            continue
        said += [(case, name, getattr(wanted, name)) for name in ("title", "language", "key")]
        said += [(case, "contains", words) for words in wanted.contains]
        said += [(case, "excludes", words) for words in wanted.excludes]
        said.append((case, "clean", ""))
    return said


@pytest.mark.parametrize(("case", "what", "words"), statements())
def test_what_a_person_says_of_the_page_holds(case: str, what: str, words: str) -> None:
    if what == "rejected":
        found = read_once(case)
        assert isinstance(found, Rejected)
        assert found.reason == words
        return
    drawn = told(case).draft
    actual: dict[str, object] = {"title": drawn.title, "language": drawn.language, "key": key_of(case, told(case))}
    if what in actual:
        assert actual[what] == words
    elif what == "contains":
        assert words in drawn.text
    elif what == "excludes":
        assert words not in drawn.text
    else:
        assert drawn.text + "\n" == (ROOT / case / "clean.txt").read_text("utf-8"), "python tests/pages/rewrite.py"


def test_there_are_pages_of_many_layouts_and_languages() -> None:
    wanted = [expected(case) for case in CASES]
    assert len(CASES) >= 20
    assert len({case.partition("/")[0] for case in CASES}) >= 10
    assert len({each.language for each in wanted if each.language}) >= 4


def test_nothing_of_a_page_is_lost_without_a_trace() -> None:
    for case in CASES:
        found = read_once(case)
        if isinstance(found, Read):
            assert [d.block for d in found.draft.decisions] == [b.n for b in found.page.blocks]
