"""Pages made to turn what is said of a release: they merge nothing, take nothing over, and cost little."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.match import elect as election
from crawler.match.sketch import sketch
from crawler.match.verdict import judge
from storage import tables as t
from tests.db.test_derive import ARTICLE, Room, opened
from tests.kinds.copies import Text
from tests.kinds.measure import place
from tests.kinds.prose import form, issuer, story
from tests.releases import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crawler.match.verdict import Verdict
    from crawler.records import Fetched, Sketch
    from tests.kinds.prose import Story

    Opened = Callable[[str], AbstractContextManager[Room]]

__all__ = ["opened"]  # a fixture

A, B, FOREIGN = (story(n, issuer(n)) for n in (1, 2, 3))
ORIGIN_B = "https://news.cgtn.com/news/2025-12-23/Another-opens-11y2iO2mCNq/p.html"
EARLY = "2025-12-20T00:00:00Z"
DATED = '<meta property="article:published_time" content="1999-01-01T00:00:00Z">'


def closing(article: str) -> list[str]:
    return [f"View original content: {article}", "SOURCE CGTN"]


def lines(of: Story) -> list[str]:
    return of.text.split("\n")


def family(of: Story, article: str, name: str) -> list[Fetched]:
    """The origin, a copy with its closing lines, one without, and one that was cut short."""
    signed = [f"BEIJING, Dec. 22, 2025 /PRNewswire/ -- {of.news[0]}", *lines(of)[1:], *closing(article)]
    return [
        page(article, lines(of), title=of.title),
        page(f"https://signed-{name}.example/1", signed, title=of.title),
        page(f"https://plain-{name}.example/1", lines(of), title=of.title),
        page(f"https://cut-{name}.example/1", list(of.news[: len(of.news) // 2]), title=of.title),
    ]


HOMES = [*family(A, ARTICLE, "a"), *family(B, ORIGIN_B, "b")]
HALF = [*A.news[: len(A.news) // 2], *B.news[: len(B.news) // 2]]
TURNED = [line for pair in zip(A.news, B.news, strict=False) for line in pair]
LONGER = [*FOREIGN.news, *story(4, issuer(4)).news, *story(5, issuer(5)).news]
FIFTY = [
    f"View original content: https://www.prnewswire.com/news-releases/x-{300000000 + n}.html" for n in range(50)
]
HIJACK = (
    f'<link rel="canonical" href="{ARTICLE}"><meta property="og:url" content="{ARTICLE}">'
    f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "X", "url": "{ARTICLE}", '
    f'"mainEntityOfPage": "{ARTICLE}", "isBasedOn": "{ARTICLE}", "datePublished": "1999-01-01"}}</script>'
)
POISON = {
    "a bridge of halves": page("https://evil.example/1", HALF),
    "a bridge in turns": page("https://evil.example/2", TURNED),
    "a bridge of wholes": page("https://evil.example/3", [*lines(A), *lines(B)]),
    "a bridge the other way": page("https://evil.example/4", [*lines(B), *lines(A)]),
    "a bridge with a key": page("https://evil.example/5", [*HALF, *closing(ARTICLE)]),
    "a bridge with both keys": page("https://evil.example/6", [*HALF, *closing(ARTICLE), *closing(ORIGIN_B)]),
    "a hijack": page("https://evil.example/7", lines(FOREIGN), head=HIJACK),
    "a forged end": page("https://evil.example/8", [*lines(FOREIGN), *closing(ARTICLE)]),
    "a forged end of a long text": page("https://evil.example/9", [*LONGER, *closing(ARTICLE)]),
    "a forged end after a part": page("https://evil.example/10", [*LONGER, *A.news[:3], *closing(ARTICLE)]),
    "a forged end after the lead": page("https://evil.example/11", [*A.news[:3], *LONGER, *closing(ARTICLE)]),
    "a forged end after what the issuer repeats": page(
        "https://evil.example/12", [FOREIGN.news[0], *A.issuer.about, *closing(ARTICLE)]
    ),
    "fifty keys": page(
        "https://evil.example/13", [*lines(FOREIGN), *FIFTY, *closing(ARTICLE), *closing(ORIGIN_B)]
    ),
    "fifty keys under a copy": page("https://evil.example/14", [*lines(A), *FIFTY, *closing(ORIGIN_B)]),
    "both many times": page("https://evil.example/15", [*lines(A) * 20, *lines(B) * 20]),
    "an early copy that claims to be earlier": page("https://evil.example/16", lines(A), at=EARLY, head=DATED),
    "an early copy of the lead": page("https://evil.example/17", list(A.news[:2]), at=EARLY, head=DATED),
    "a copy of the first and a hijack of the second": page(
        "https://evil.example/18", lines(A), head=HIJACK.replace(ARTICLE, ORIGIN_B)
    ),
}
ALONE = {"a bridge of halves", "a hijack", "both many times"}
"""Poison of which no more is said than that it is a page."""

SIGNED = {
    "a bridge with a key", "a forged end", "a forged end of a long text", "a forged end after a part",
    "a forged end after the lead", "fifty keys",
}  # fmt: skip
"""Poison whose closing lines name a release that it is not: a citation of it."""


def said(room: Room) -> dict[str, tuple[Any, ...]]:
    """Of each page its release, key and relation."""
    return {row[0]: row[1:4] for row in room.rows()["match"]}


def releases(room: Room) -> set[tuple[Any, ...]]:
    r = t.Release
    with room.store.engine.connect().execution_options(reads=True) as connection:
        return {tuple(row) for row in connection.execute(select(r.key, r.url, r.text, r.title, r.published_at))}


@pytest.mark.parametrize("poison", POISON)
def test_nothing_else_is_said_of_the_others(opened: Opened, poison: str) -> None:
    bad = POISON[poison]
    with opened("clean") as room:
        room.take(HOMES)
        before, known = said(room), releases(room)
        room.take([bad])
        first = room.rows()
    with opened("poisoned") as room:
        room.take([bad])
        room.take(HOMES)
        assert room.rows() == first
        after = said(room)
        mine = after.pop(bad.url)
        assert after == before
        assert known <= releases(room)
        of = room.clusters()
        assert of[ARTICLE] != of[ORIGIN_B]
        if poison in ALONE:
            assert mine == (None, None, "unrelated")
            assert len(releases(room)) == len(known)
        if poison in SIGNED:
            assert mine == (None, "cgtn:1JjihOzBpvi", "citation")
            assert releases(room) == known


def test_a_foreign_end_is_a_citation_once_the_release_is_there_and_only_then(opened: Opened) -> None:
    forged = POISON["a forged end"]
    with opened("lone") as room:
        room.take([forged])
        assert said(room)[forged.url] == (ARTICLE, "cgtn:1JjihOzBpvi", "verbatim"), (
            "alone, its word is all there is"
        )
        lone = room.rows()
        room.take(HOMES)
        assert said(room)[forged.url] == (None, "cgtn:1JjihOzBpvi", "citation")
        (line,) = room.match(forged.url).evidence
        assert line.startswith("trailer, block ")
        room.drop(HOMES)
        assert room.rows() == lone


def test_a_foreign_end_takes_nothing_from_copies_without_the_origin(opened: Opened) -> None:
    forged, copies = POISON["a forged end"], [each for each in HOMES if "-a." in each.url]
    again = page("https://again.example/1", [*lines(A), *closing(ARTICLE)], title=A.title)
    with opened("even") as room:
        room.take([forged, *copies])
        assert said(room)[forged.url][2] == "verbatim", (
            "one family names the id here, one there: nobody knows better"
        )
        room.take([again])
        assert said(room)[forged.url][2] == "citation", "two families close with it there"
        assert said(room)[again.url][:2] == (ARTICLE, "cgtn:1JjihOzBpvi")


def test_an_end_in_another_language_still_names_its_release(opened: Opened) -> None:
    told = [
        "Der Hafen von Lantern Bay hat am Montag eine Anlage in Betrieb genommen, die Schlick zu Ziegeln macht.",
        "Die Ingenieure sagten, dass die Anlage leise arbeitet und dass kein Vogel sein Nest verlassen musste.",
        "Weil der Bau im Winter begann, war er vor dem Frühling fertig, und die Stadt hat genug Ziegel.",
        "Die Stadt will im nächsten Jahr eine zweite Anlage bauen, wenn der Rat dem Plan im Herbst zustimmt.",
    ]
    german = page("https://hafen.example/1", [*told, *closing(ARTICLE)], title="Der Hafen nimmt sie in Betrieb")
    with opened("german") as room:
        room.take([*HOMES, german])
        assert said(room)[german.url][:2] == (ARTICLE, "cgtn:1JjihOzBpvi")


def test_one_changed_number_is_told_and_stays_attached(opened: Opened) -> None:
    number = next(word for word in A.news[3].split() if word.isdigit())
    changed = [line.replace(f" {number} ", " 31337 ") for line in lines(A)]
    with opened("number") as room:
        room.take([*HOMES, page("https://evil.example/1", changed, title=A.title)])
        match = room.match("https://evil.example/1")
        assert (match.release, match.relation) == (ARTICLE, "edited")
        assert match.differences["number"] == 1


def test_a_crowd_of_one_domain_is_one_family(opened: Opened) -> None:
    alike = [[*FOREIGN.news[:n], f"Line {n} is another here.", *FOREIGN.news[n:]] for n in range(8)]
    crowd = [page(f"https://s{n}.evil-paper.com/{n}", body) for n, body in enumerate(alike * 3)]
    with opened("crowd") as room:
        room.take(crowd)
        assert len(set(room.clusters().values())) == 1
        assert releases(room) == set(), "no release is what one family alone carries and no key names"
        room.take([page("https://other.example/1", lines(FOREIGN))])
        (row,) = room.rows()["cluster"]
        assert 2 in row


def test_two_thousand_near_copies_cost_a_few_looks_each(monkeypatch: pytest.MonkeyPatch) -> None:
    words = FOREIGN.text.split(" ")
    crowd = [Text("copy", "x", " ".join([*words[: n % 300], f"seven{n}", *words[n % 300 :]])) for n in range(2000)]
    looks = 0

    def counting(a: Sketch, b: Sketch) -> Verdict:
        nonlocal looks
        looks += 1
        return judge(a, b)

    monkeypatch.setattr(election, "judge", counting)
    assert len(set(place(crowd))) == 1
    assert looks < 2 * len(crowd)


def test_forms_of_one_issuer_stay_apart(opened: Opened) -> None:
    by = issuer(9)
    filled = [form(kind, n, by) for kind in ("results", "notice", "talk") for n in range(3)]
    with opened("forms") as room:
        room.take([page(f"https://f{n}.example/1", lines(each)) for n, each in enumerate(filled)])
        assert len(set(room.clusters().values())) == len(filled)


@pytest.mark.parametrize(
    "disguise",
    [
        str.maketrans({"e": "e\u200b", "a": "\u2060a"}),
        str.maketrans({"a": "\u0430", "o": "\u043e", "e": "\u0435"}),
        str.maketrans({"i": "\u0456", "p": "\u03c1", "c": "\u0441"}),
        {ord("a") + n: 0xFF41 + n for n in range(26)},
        {ord("a") + n: 0x1D41A + n for n in range(26)},
        str.maketrans({" ": "\u00a0", "-": "\u00ad"}),
    ],
)
def test_letters_in_disguise_hide_no_copy(disguise: dict[int, str | int]) -> None:
    hidden = " ".join(A.news).translate(disguise)
    assert hidden != " ".join(A.news)
    assert judge(sketch(hidden, ()), sketch(A.text, ())).same


def test_repetition_and_length_cost_little() -> None:
    whole, hundred = sketch(A.text, ()), sketch("\n".join([A.text] * 100), ())
    giant = sketch("\n".join(story(n, issuer(n)).text for n in range(400)), ())
    started = time.process_time()
    assert judge(whole, hundred).same, "it holds the release, whatever else it holds"
    assert not judge(hundred, giant).same
    assert not judge(whole, giant).same
    assert judge(giant, giant).same
    assert time.process_time() - started < 10  # a bound, however slow the machine
    assert len(hundred.hashes) < 2 * len(whole.hashes)
