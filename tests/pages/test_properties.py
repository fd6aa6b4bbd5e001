"""What holds of cleaning on every page: a clean text stays as it is, and no widget takes any of it away."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.clean.draft import tidy
from crawler.flow import Read, read_page
from crawler.records import KEPT_ROLES, Fetched
from crawler.sites.load import Sites
from tests.pages.plain import CELLS, WIDGETS, Piece, plain
from tests.pages.reading import CASES, SITES, expected, read
from tests.releases import paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADERS = (("Content-Type", "text/html; charset=utf-8"),)
SHORT = 40
NAMES = sorted(WIDGETS)
TEXTS = tuple(case for case in CASES if not expected(case).rejected)


def cleaned(html: str, url: str = "https://plain.example/a/1", sites: Sites = SITES) -> Read:
    found = read_page(Fetched(url, "2026-12-31T00:00:00Z", 200, HEADERS, html.encode()), sites, 1 << 24)
    assert isinstance(found, Read), found
    return found


def kept(found: Read) -> list[str]:
    """The lines of the text, one by one."""
    return found.draft.text.split("\n")


@lru_cache
def pieces(case: str) -> tuple[Piece, ...]:
    """The blocks of a page's clean text; cells stay cells, all else is a paragraph."""
    found = read(case)
    assert isinstance(found, Read)
    return tuple(
        Piece(tidy(block.text), block.tag if block.tag in CELLS else "p")
        for block, decision in zip(found.page.blocks, found.draft.decisions, strict=True)
        if decision.role in KEPT_ROLES
    )


@lru_cache
def gaps(case: str) -> tuple[int, ...]:
    """The pieces of a page that are a paragraph below a paragraph: where a widget stands between two of them."""
    found = read(case)
    assert isinstance(found, Read)
    roles = [decision.role for decision in found.draft.decisions if decision.role in KEPT_ROLES]
    return tuple(
        n
        for n, (above, piece) in enumerate(pairwise(pieces(case)), 1)
        if roles[n - 1] == roles[n] == "body" and is_paragraph(above) and is_paragraph(piece)
    )


def is_paragraph(piece: Piece) -> bool:
    return piece.tag == "p" and len(piece.text) >= SHORT


def lost(before: Sequence[str], after: Sequence[str]) -> list[str]:
    return [line for line in before if line not in after]


# ------------------------------------------------------------------------------------------ the project's pages


@pytest.mark.parametrize("case", TEXTS)
def test_a_clean_text_comes_out_of_a_plain_page_as_itself(case: str) -> None:
    first = read(case)
    assert isinstance(first, Read)
    again = cleaned(plain(first.draft.title, pieces(case)), expected(case).url)
    assert again.draft.text == first.draft.text
    assert again.draft.title == first.draft.title


@pytest.mark.parametrize("case", TEXTS)
def test_a_widget_takes_nothing_away(case: str) -> None:
    many, title, url = pieces(case), expected(case).title, expected(case).url
    before = kept(cleaned(plain(title, many), url))
    for turn, place in enumerate(("below", "inside", "between", "between")):
        name = NAMES[(TEXTS.index(case) * 5 + turn) % len(NAMES)]
        box, places = WIDGETS[name].html("box"), gaps(case)
        inserted = {places[len(places) * (turn + 1) // 5]: box} if place == "between" and places else {}
        html = plain(title, many, inserted, box if place == "below" else "")
        html = html.replace("</main>", box + "</main>") if place == "inside" else html
        assert lost(before, kept(cleaned(html, url))) == [], f"{name} {place}"


# ------------------------------------------------------------------------------------------------ generated pages

DATELINE = "LANTERN BAY, Dec. 22, 2025 /PRNewswire/ -- "
TRAILER = (
    "View original content:https://www.prnewswire.com/news-releases/a-bridge-opens-302648155.html",
    "SOURCE Halcyon",
)


@st.composite
def releases(draw: st.DrawFn) -> tuple[Piece, ...]:
    """A release: with a dateline or without, closed or open, with sub-heads in it or without."""
    lines = list(paragraphs(draw(st.integers(0, 500)), count=draw(st.integers(4, 9)), sentences=2))
    if draw(st.booleans()):
        lines[0] = DATELINE + lines[0]
    found = [Piece(line) for line in lines]
    if draw(st.booleans()):
        found.insert(draw(st.integers(2, len(found) - 1)), Piece("A lagoon instead of a wall", "h2"))
    if draw(st.booleans()):
        found += [
            Piece("About Halcyon", "p"),
            Piece("Halcyon builds plants. It was founded in 2009 in Lantern Bay."),
        ]
    if draw(st.booleans()):
        found += [Piece(line) for line in TRAILER]
    return tuple(found)


def between(release: Sequence[Piece]) -> list[int]:
    """Where a widget stands between two paragraphs: not right below a short line, nor among the closing lines.

    A list below a line of its own is headed by it, and a paragraph among closing lines is another text.
    """
    last = len(release) - (release[-1].text == TRAILER[-1])
    return [n for n in range(1, last) if is_paragraph(release[n - 1])]


@settings(max_examples=80, deadline=None)
@given(releases(), st.sampled_from(["p", "div", "br"]), st.data())
def test_no_widget_takes_text_of_any_release_and_the_rest_stays_as_it_is(
    release: tuple[Piece, ...], form: str, data: st.DataObject
) -> None:
    title = "How Lantern Bay turned its mudflats into a power station"
    names = st.tuples(st.sampled_from(NAMES), st.sampled_from(["box", form]))
    at = data.draw(st.dictionaries(st.sampled_from(between(release)), names, max_size=3))
    below = data.draw(st.lists(st.sampled_from(NAMES), max_size=3))
    before = kept(cleaned(plain(title, release, form=form)))
    assert [piece.text for piece in release] == before
    inserted = {n: WIDGETS[name].html(how) for n, (name, how) in at.items()}
    foot = "".join(WIDGETS[name].html("box") for name in below)
    after = kept(cleaned(plain(title, release, inserted, foot, form)))
    assert lost(before, after) == []
    assert kept(cleaned(plain(title, map(Piece, after)))) == after


TAGS = "div p span a ul li table tr td h1 h2 section article aside form b br blockquote pre custom-box".split()
WORDS = st.sampled_from(
    [*paragraphs(3, count=3, sentences=2), "SOURCE X", "Share", "$1.20", "You may also like", "«", ""]
)


@st.composite
def markup(draw: st.DrawFn, depth: int = 4) -> str:
    """Elements in elements, some never closed, with texts of every kind in them."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        tag = draw(st.sampled_from(TAGS))
        inner = draw(markup(depth - 1)) if depth and draw(st.booleans()) else draw(WORDS)
        name = draw(
            st.sampled_from(["", ' class="related share"', ' href="/x"', ' style="display:none"', " hidden"])
        )
        parts.append(f"<{tag}{name}>{inner}" + (f"</{tag}>" if draw(st.integers(0, 5)) else ""))
    return "".join(parts)


@settings(max_examples=150, deadline=None)
@given(markup())
def test_any_markup_is_read_and_every_block_decided_once(body: str) -> None:
    page = f"<html><title>A page of any kind</title><body>{body}</body></html>".encode()
    found = read_page(Fetched("https://any.example/", None, 200, HEADERS, page), Sites(()), 1 << 20)
    if isinstance(found, Read):
        assert [d.block for d in found.draft.decisions] == [block.n for block in found.page.blocks]
        assert found.draft.text.strip()
