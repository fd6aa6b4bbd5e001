"""A release's text from its witnesses: what most copies show, and how many that is."""

from __future__ import annotations

import random
from dataclasses import replace

from crawler.match.canonical import reconstruct
from crawler.match.tokens import tokenise
from crawler.records import Member, Tier
from tests.releases import paragraphs

TEXT = paragraphs(31)


def member(host: str, lines: list[str], *, tier: Tier = "copy") -> Member:
    text = "\n".join(lines)
    return Member(
        capture=host.ljust(32, "0"), url=f"https://{host}/1", fetched_at=None, site=None, family=host, tier=tier,
        title=host, language="en", published_at=None, text=text, text_id=len(text), words=" ".join(tokenise(text)),
        keys=(), found=(), claims=(), newest=True,
    )  # fmt: skip


def test_a_line_that_only_the_base_changed_is_put_right() -> None:
    wrong = [*TEXT[:2], TEXT[2].replace("The", "A"), *TEXT[3:]]
    base, others = member("a.example", wrong), [member("b.example", TEXT), member("c.example", TEXT)]
    told = reconstruct(base, others)
    assert told.text.split("\n") == TEXT
    assert told.supports == ((3, 3), (3, 3), (2, 3), (3, 3), (3, 3), (3, 3))


def test_a_line_that_the_base_lacks_comes_back_and_one_that_it_added_goes() -> None:
    copies = [member("b.example", TEXT), member("c.example", TEXT)]
    assert reconstruct(member("a.example", [*TEXT[:2], *TEXT[3:]]), copies).text.split("\n") == TEXT
    assert (
        reconstruct(member("a.example", [*TEXT[:2], "Our own line.", *TEXT[2:]]), copies).text.split("\n") == TEXT
    )


def test_two_against_two_leave_the_base_as_it_is() -> None:
    changed = [*TEXT[:2], "Another line of much the same length.", *TEXT[3:]]
    pages = [member("b.example", changed), member("c.example", TEXT), member("d.example", TEXT)]
    assert reconstruct(member("a.example", changed), pages).text.split("\n") == changed


def test_copies_that_were_cut_short_do_not_cut_the_release() -> None:
    stubs = [member(f"{host}.example", TEXT[:3]) for host in "bcd"]
    told = reconstruct(member("a.example", TEXT), stubs)
    assert told.text.split("\n") == TEXT
    assert told.supports[3:] == ((1, 4), (1, 4), (1, 4))


def test_links_that_most_outlets_strip_stay() -> None:
    whole = [*TEXT, "View original content: https://www.example.com/1", "SOURCE Aldport"]
    bare = [*TEXT, "SOURCE Aldport"]
    told = reconstruct(member("a.example", whole), [member(f"{host}.example", bare) for host in "bcd"])
    assert told.text.split("\n") == whole


def test_a_family_counts_once_and_an_origin_is_never_rewritten() -> None:
    changed = [*TEXT[:2], "A mirror's line.", *TEXT[3:]]
    mirrors = [replace(member(f"m{n}.example", changed), family="mirrors") for n in range(5)]
    assert reconstruct(member("a.example", TEXT), [*mirrors, member("b.example", TEXT)]).text.split("\n") == TEXT
    origin = member("o.example", changed, tier="origin")
    assert reconstruct(origin, [member(f"{host}.example", TEXT) for host in "abc"]).text.split("\n") == changed


def test_the_order_of_the_witnesses_does_not_count() -> None:
    chance = random.Random(4)
    pages = [
        member(f"{n}.example", [line for line in TEXT if chance.random() > 0.2] + [f"Line of {n % 2}."])
        for n in range(7)
    ]
    base = member("a.example", TEXT)
    expected = reconstruct(base, pages)
    for seed in range(5):
        assert reconstruct(base, random.Random(seed).sample(pages, len(pages))) == expected
