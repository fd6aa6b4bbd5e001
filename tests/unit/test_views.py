"""Views of one item are one copy, whichever of them was met."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from crawler.match.settle import settle
from crawler.match.views import count_items, plain_view
from crawler.records import Claim, Member
from tests.unit.test_settle import ORIGIN_KEY, SITES, TEXT, member


def page(url: str, *claims: Claim, lines: int = 99) -> Member:
    made = member("paper.example", TEXT[:lines], ORIGIN_KEY)
    return replace(made, url=url, capture=f"{abs(hash(url)):032x}"[:32], claims=claims)


@pytest.mark.parametrize(
    ("view", "plain"),
    [
        ("https://e.example/2026/a-bridge-opens/amp", "https://e.example/2026/a-bridge-opens"),
        ("https://e.example/amp/2026/a-bridge-opens", "https://e.example/2026/a-bridge-opens"),
        ("https://amp.e.example/a-bridge-opens", "https://e.example/a-bridge-opens"),
        ("https://e.example/a-bridge-opens.amp.html", "https://e.example/a-bridge-opens.html"),
        ("https://e.example/a-bridge-opens/2/", "https://e.example/a-bridge-opens"),
        ("https://e.example/a-bridge-opens/page/2/", "https://e.example/a-bridge-opens"),
        ("https://e.example/story.php?id=7&print=1", "https://e.example/story.php?id=7"),
        ("https://e.example/story?outputType=amp", "https://e.example/story"),
        ("https://e.example/news/22", "https://e.example/news/22"),
        ("https://e.example/news/325693", "https://e.example/news/325693"),
        ("https://e.example/story.php?page=about", "https://e.example/story.php?page=about"),
        ("https://e.example/camp/", "https://e.example/camp/"),
    ],
)
def test_what_an_address_may_be_a_view_of(view: str, plain: str) -> None:
    assert plain_view(view) == plain
    assert plain_view(plain) == plain


def test_views_count_once_whatever_their_order() -> None:
    plain = "https://paper.example/a-bridge-opens"
    views = [
        page(plain),
        page(f"{plain}/amp"),
        page(f"{plain}/2/", lines=4),
        page("https://paper.example/x?a=1", Claim("canonical", plain)),
    ]
    assert count_items(views) == 1
    assert count_items([*views, page("https://paper.example/a-canal-opens")]) == 2
    elsewhere = replace(page(f"{plain}/print", Claim("canonical", plain)), family="other.example")
    assert count_items([*views, elsewhere]) == 2  # a claim about another outlet's page is none
    told = [settle(random.Random(seed).sample(views, 4), SITES).release for seed in range(4)]
    assert {release.copies for release in told if release} == {1}
    assert None not in told


def test_a_page_may_name_its_view() -> None:
    plain, view = "https://paper.example/a-bridge-opens", "https://paper.example/m?x=77"
    views = [page(plain, Claim("amphtml", view)), page(view)]
    assert count_items(views) == count_items(views[::-1]) == 1
    assert count_items([page(plain, Claim("amphtml", "https://other.example/x")), page(view)]) == 2


def test_addresses_that_are_none_are_compared_as_they_are() -> None:
    bad = "http://[/a-b/amp"
    assert plain_view(bad) == bad
    assert (
        count_items([page(bad), page("https://paper.example/a", Claim("canonical", "//["), Claim("amphtml", "["))])
        == 2
    )


def test_pages_that_name_each_other_are_one() -> None:
    one, other = "https://paper.example/a", "https://paper.example/b"
    assert count_items([page(one, Claim("canonical", other)), page(other, Claim("canonical", one))]) == 1
