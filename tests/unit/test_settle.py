"""A cluster's pages to one summary, whatever their order."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.match.settle import settle
from crawler.match.sketch import sketch
from crawler.match.tokens import tokenise
from crawler.records import Claim, Found, Member
from crawler.sites.load import load_sites
from tests.releases import paragraphs

if TYPE_CHECKING:
    from crawler.records import Match, Summary, Tier

SITES = load_sites()
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
OTHER = "https://news.cgtn.com/news/2020-05-20/A-canal-opens-11y2iO2mCNq/p.html"
WIRE = "https://www.prnewswire.com/news-releases/x-302648155.html"
TEXT = paragraphs(21)
ORIGIN_KEY = Found("cgtn", "1JjihOzBpvi", 1, "trailer", ARTICLE, 5, ARTICLE)
OTHER_KEY = Found("cgtn", "11y2iO2mCNq", 1, "trailer", OTHER, 5, OTHER)
WIRE_KEY = Found("prnewswire", "302648155", 2, "trailer", WIRE, 6, WIRE)


def member(
    host: str, lines: list[str], *found: Found, tier: Tier = "copy", at: str = "2025-12-22T08:00:00Z"
) -> Member:
    text = "\n".join(lines)
    shared = [key for key in found if key.scheme == "newsitem"]
    drawn = sketch(text, [key for key in found if key.where == "trailer"], shared)
    return Member(
        capture=host.ljust(32, "0"), url=f"https://{host}/1", fetched_at=at, site=None, family=host, tier=tier,
        title=host, language="en", published_at=None, text=text, text_id=drawn.id, words=drawn.words,
        keys=drawn.keys, found=found, claims=(), newest=True,
    )  # fmt: skip


def matches(summary: Summary) -> dict[str, tuple[Match, str | None, str | None]]:
    return {url: (match, release, key) for url, match, release, key in summary.matches}


def test_the_order_of_the_pages_does_not_count() -> None:
    pages = [
        member("a.example", TEXT, ORIGIN_KEY),
        member("b.example", TEXT[:4], at="2025-12-21T08:00:00Z"),
        member("c.example", TEXT, ORIGIN_KEY, WIRE_KEY),
        member("d.example", TEXT[1:], OTHER_KEY),
    ]
    expected = settle(pages, SITES)
    for seed in range(6):
        assert settle(random.Random(seed).sample(pages, 4), SITES) == expected
    assert expected.founder == pages[1].capture
    assert expected.id.startswith("c")
    assert expected.families == 4


def test_the_key_that_most_families_name_wins_and_the_other_is_told() -> None:
    summary = settle(
        [
            member("a.example", TEXT, ORIGIN_KEY),
            member("b.example", TEXT, ORIGIN_KEY),
            member("c.example", TEXT, OTHER_KEY),
        ],
        SITES,
    )
    assert summary.release is not None
    assert (summary.release.key, summary.release.url) == ("cgtn:1JjihOzBpvi", ARTICLE)
    assert matches(summary)["https://c.example/1"][0].contradictions


def test_one_site_cannot_outvote_two_with_many_pages() -> None:
    flood = [
        replace(member("flood.example", TEXT, OTHER_KEY), url=f"https://flood.example/{n}", capture=f"{n:032}")
        for n in range(9)
    ]
    summary = settle([*flood, member("a.example", TEXT, ORIGIN_KEY), member("b.example", TEXT, ORIGIN_KEY)], SITES)
    assert summary.release is not None
    assert summary.release.key == "cgtn:1JjihOzBpvi"
    assert summary.families == 3


def test_an_origin_outranks_a_wire_and_a_wire_stands_in_for_it() -> None:
    both = settle([member("a.example", TEXT, WIRE_KEY, ORIGIN_KEY)], SITES).release
    alone = settle([member("a.example", TEXT, WIRE_KEY)], SITES).release
    assert both is not None
    assert alone is not None
    assert (both.key, both.wire_urls) == ("cgtn:1JjihOzBpvi", (WIRE,))
    assert (alone.key, alone.url) == ("prnewswire:302648155", WIRE)
    assert both.published_at == "2025-12-22T07:16:09Z"


def test_a_key_in_running_text_is_a_citation() -> None:
    cited = replace(ORIGIN_KEY, where="body")
    summary = settle([member("a.example", TEXT, cited)], SITES)
    assert summary.release is None
    match, release, key = matches(summary)["https://a.example/1"]
    assert (match.relation, release, key) == ("citation", None, "cgtn:1JjihOzBpvi")


def test_a_claim_alone_names_nothing() -> None:
    page = replace(
        member("a.example", TEXT), claims=(Claim("canonical", ARTICLE), Claim("og:url", "javascript:x"))
    )
    summary = settle([page], SITES)
    assert summary.release is None
    assert matches(summary)["https://a.example/1"][0].relation == "unrelated"


def test_the_text_that_stands_for_the_release_is_the_origins_else_the_common_one() -> None:
    own = replace(ORIGIN_KEY, where="url", block=-1)
    pages = [member(f"{h}.example", TEXT) for h in "abc"] + [member("long.example", [*TEXT, *paragraphs(22)[:1]])]
    assert settle(pages, SITES).canonical in {page.capture for page in pages[:3]}
    origin = replace(member("news.cgtn.com", TEXT[:5], own, tier="origin"), url=ARTICLE)
    summary = settle([*pages, origin], SITES)
    assert summary.canonical == origin.capture
    assert matches(summary)[ARTICLE][0].relation == "origin"
    assert summary.release is not None
    assert summary.release.copies == 4


def test_a_stub_does_not_stand_for_the_release() -> None:
    stubs = [member(f"{h}.example", TEXT[:1]) for h in "abcde"]
    whole = [member("x.example", TEXT), member("y.example", TEXT)]
    summary = settle([*stubs, *whole], SITES)
    assert summary.canonical in {page.capture for page in whole}
    assert {match.relation for match, _, _ in matches(summary).values()} == {"truncated", "verbatim"}
    assert len(tokenise(whole[0].text)) > 100


def item(value: str, scheme: str = "newsitem") -> Found:
    return Found(scheme, value, 3, "body", f"https://rt.example/{value}", 4, f"https://rt.example/{value}")


def dated(*lines: str, day: str = "Dec. 22, 2025") -> list[str]:
    return [f"BEIJING, {day} /PRNewswire/ -- {TEXT[0]}", *TEXT[1:], *lines]


def test_an_item_id_of_another_page_is_what_decided_where_no_name_stands() -> None:
    pages = [
        member("a.example", TEXT, ORIGIN_KEY, item("1")),
        member("b.example", TEXT, item("1"), item("9", "mexc")),
        member("c.example", TEXT, item("8", "mexc")),
    ]
    found = matches(settle(pages, SITES))
    assert {url: match.rung for url, (match, _, _) in found.items()} == {
        "https://a.example/1": "origin-id",
        "https://b.example/1": "item-id",
        "https://c.example/1": "text",
    }
    assert found["https://b.example/1"][0].evidence == ("body, block 4: https://rt.example/1",)
    assert {release for _, release, _ in found.values()} == {ARTICLE}


def test_an_item_id_names_no_release() -> None:
    pages = [member("a.example", TEXT, item("1")), member("b.example", TEXT, item("1"))]
    summary = settle(pages, SITES)
    assert summary.release is not None
    assert (summary.release.key, summary.release.url) == (None, None)
    alone = matches(settle(pages[:1], SITES))["https://a.example/1"]
    assert (alone[0].relation, alone[1]) == ("unrelated", None)


def test_the_captures_of_one_page_do_not_witness_for_each_other() -> None:
    page = member("b.example", TEXT, item("1"))
    again = replace(page, capture="b2".ljust(32, "0"), newest=False)
    other = member("a.example", TEXT, ORIGIN_KEY)
    assert matches(settle([other, page, again], SITES))["https://b.example/1"][0].rung == "text"


def test_another_item_id_than_most_have_is_told() -> None:
    pages = [member(f"{host}.example", TEXT, item("1")) for host in "abc"] + [member("d.example", TEXT, item("2"))]
    found = matches(settle(pages, SITES))
    assert found["https://d.example/1"][0].contradictions == ("its text has newsitem:2, most have newsitem:1",)
    assert found["https://a.example/1"][0].contradictions == ()
    even = matches(settle([pages[0], pages[3]], SITES))
    assert all(match.contradictions == () for match, _, _ in even.values())


def test_a_title_and_its_day_on_another_site_are_what_decided_where_no_key_stands() -> None:
    title = "CGTN: A bridge opens in the valley"
    pages = [
        replace(member("a.example", dated(), ORIGIN_KEY), title=title),
        replace(member("b.example", dated("More.")), title=title.removeprefix("CGTN: ").upper()),
        replace(member("c.example", dated("Other.", day="Dec. 23, 2025")), title=title),
        replace(member("d.example", dated("Else.")), title="Quite another title for this text"),
        replace(member("e.example", dated("Again.", day="December 22")), title=title),
    ]
    rungs = {url: match.rung for url, (match, _, _) in matches(settle(pages, SITES)).items()}
    assert [rungs[f"https://{host}.example/1"] for host in "abcde"] == [
        "origin-id", "title-day", "text", "text", "title-day",
    ]  # fmt: skip
    one_site = [replace(page, family="one") for page in pages[1:2]] + [replace(pages[4], family="one")]
    assert {match.rung for match, _, _ in matches(settle(one_site, SITES)).values()} == {"text"}


def test_rungs_do_not_depend_on_the_order() -> None:
    pages = [
        member("a.example", dated(), ORIGIN_KEY, item("1")),
        member("b.example", dated("More."), item("1")),
        member("c.example", dated("Other."), item("2")),
        member("d.example", dated("Else."), item("2")),
    ]
    expected = settle(pages, SITES)
    for seed in range(6):
        assert settle(random.Random(seed).sample(pages, 4), SITES) == expected


def test_what_one_outlet_changed_is_held_against_the_origin_and_not_against_itself() -> None:
    changed = [
        *TEXT[:3],
        TEXT[3] + " The desk set one more sentence below it, and nobody had written that.",
        *TEXT[4:],
    ]
    pages = [
        member("news.cgtn.com", TEXT, replace(ORIGIN_KEY, where="url"), tier="origin"),
        member("a.example", changed, ORIGIN_KEY),
    ]
    match = matches(settle(pages, SITES))["https://a.example/1"][0]
    assert match.against == pages[0].capture
    assert dict(match.differences) == {"headline": 1, "sentence-added": 1}
    twice = settle([*pages, member("b.example", changed, ORIGIN_KEY)], SITES)
    assert {match.against for match, _, _ in matches(twice).values()} == {pages[0].capture, pages[1].capture}


@pytest.mark.parametrize("tier", ["origin", "wire", "copy"])
def test_a_page_that_may_have_broken_off_ranks_behind_a_whole_one(tier: Tier) -> None:
    """The newer one lacks the end; what is as long as a whole one lacks nothing, and is the newest state."""
    key = ORIGIN_KEY if tier == "origin" else WIRE_KEY
    whole = member("own.example", TEXT, key, tier=tier)
    shorter = member("own.example", TEXT[:-1], key, tier=tier, at="2025-12-23T08:00:00Z")
    short = replace(shorter, capture="e" * 32, cut=True)
    longer = member("own.example", [*TEXT, "And one line more."], key, tier=tier, at="2025-12-24T08:00:00Z")
    assert 0.8 * len(whole.words) < len(short.words) < len(whole.words)
    assert settle([whole, short], SITES).canonical == whole.capture
    if tier != "copy":
        assert settle([whole, replace(short, cut=False)], SITES).canonical == short.capture
    grown = replace(longer, capture="f" * 32, cut=True)
    assert settle([whole, grown], SITES).canonical == grown.capture
    assert settle([short], SITES).canonical == short.capture
