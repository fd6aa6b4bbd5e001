"""From whom a copy has its text: shared changes, links, closing lines, or nobody knows."""

from __future__ import annotations

import random
from dataclasses import replace

from crawler.match.descent import trace
from crawler.match.tokens import tokenise
from crawler.records import Found, Member, Tier
from tests.releases import paragraphs

TEXT = paragraphs(41)
ORIGIN = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
WIRE = "https://www.prnewswire.com/news-releases/x-302648155.html"
ORIGIN_KEY = Found("cgtn", "1JjihOzBpvi", 1, "trailer", ORIGIN, 5, ORIGIN)
WIRE_KEY = Found("prnewswire", "302648155", 2, "trailer", WIRE, 6, WIRE)


def member(host: str, lines: list[str], *found: Found, tier: Tier = "copy", at: str | None = None) -> Member:
    text = "\n".join(lines)
    return Member(
        capture=host.ljust(32, "0"), url=f"https://{host}/1", fetched_at=None, site=None, family=host, tier=tier,
        title=host, language="en", published_at=at, text=text, text_id=len(text), words=" ".join(tokenise(text)),
        keys=(), found=found, claims=(), newest=True,
    )  # fmt: skip


BASE = member("origin.example", TEXT, tier="origin")


def altered(*places: int) -> list[str]:
    """The text with a word of its own in each of these paragraphs."""
    return [f"{line} Oddly so in number {n}." if n in places else line for n, line in enumerate(TEXT)]


def test_changes_that_two_share_make_the_one_with_fewer_the_parent() -> None:
    pages = [
        member("a.example", altered(1, 3)), member("b.example", altered(1, 3, 4)), member("c.example", TEXT),
        member("d.example", TEXT), member("e.example", altered(2)),
    ]  # fmt: skip
    told = trace(pages, [BASE], [])
    assert told["https://b.example/1"].url == "https://a.example/1"
    assert told["https://b.example/1"].kind == "outlet"
    assert told["https://b.example/1"].confidence >= 60
    assert told["https://a.example/1"].kind == "origin"
    assert told["https://e.example/1"].kind == "origin"


def test_like_pages_are_told_apart_by_time_alone_and_not_without() -> None:
    early, late = (
        member(host, altered(1, 3), at=at)
        for host, at in (("a.example", "2025-12-22"), ("b.example", "2025-12-23"))
    )
    plain = [member(f"{host}.example", TEXT) for host in "cdef"]
    told = trace([early, late, *plain], [BASE], [])
    assert told[late.url].url == early.url
    assert told[early.url].kind == "origin"
    undated = [replace(page, published_at=None) for page in (early, late)]
    told = trace([*undated, *plain], [BASE], [])
    assert {told[page.url].kind for page in undated} == {"origin"}


def test_what_many_share_is_no_sign_of_descent() -> None:
    pages = [member(f"{n}.example", altered(1), at=f"2025-12-2{n}") for n in range(6)]
    assert {parent.kind for parent in trace(pages, [BASE], []).values()} == {"origin"}


def test_a_page_that_is_named_in_the_text_is_the_parent() -> None:
    item = Found("mexc", "325693", 3, "url", "https://www.mexc.com/news/325693", -1, "")
    outlet = member("m.example", TEXT, item)
    copy = member("a.example", TEXT, replace(item, where="body", block=3))
    told = trace([outlet, copy], [BASE], [])
    assert (told[copy.url].url, told[copy.url].confidence) == (outlet.url, 90)


def test_closing_lines_name_the_wire_before_the_origin() -> None:
    copy = member("a.example", TEXT, ORIGIN_KEY, WIRE_KEY)
    only = member("b.example", TEXT, ORIGIN_KEY)
    told = trace([copy, only], [BASE], [ORIGIN_KEY, WIRE_KEY])
    assert (told[copy.url].kind, told[copy.url].url) == ("wire", WIRE)
    assert (told[only.url].kind, told[only.url].url) == ("origin", ORIGIN)


def test_the_text_tells_wire_from_origin_and_nothing_tells_nothing() -> None:
    wire = member("wire.example", ["A wire's own first sentence stands here.", *TEXT], tier="wire")
    copy, stranger = (
        member("a.example", ["A wire's own first sentence stands here.", *TEXT]),
        member("b.example", paragraphs(77)),
    )
    told = trace([copy, stranger], [BASE, wire], [])
    assert told[copy.url].url == wire.url
    assert told[stranger.url].kind == "unknown"
    assert trace([copy], [copy], [])[copy.url].kind == "unknown"


def test_the_order_of_the_copies_does_not_count() -> None:
    chance = random.Random(3)
    pages = [
        member(f"{n}.example", altered(*chance.sample(range(6), n % 4)), at=f"2025-12-2{n}") for n in range(9)
    ]
    expected = trace(pages, [BASE], [])
    for seed in range(4):
        assert trace(random.Random(seed).sample(pages, len(pages)), [BASE], []) == expected
