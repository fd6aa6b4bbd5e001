"""The identity ladder as `explain` shows it: which rung decided, what agrees with it and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.export.ladder import Ladder, climb, weigh_claims
from crawler.records import Claim, Found, Match
from crawler.sites.load import load_sites
from storage.rows import CopyRow, Evidence, ReleaseRow

SITES = load_sites()
URL = "https://www.mexc.com/news/310001"
ORIGIN = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
WIRE = "https://www.prnewswire.com/news-releases/a-bridge-opens-302648123.html"
OTHER_WIRE = "https://www.prnewswire.com/news-releases/a-road-opens-302648999.html"


def key(scheme: str, value: str, rung: int, where: Any = "trailer", url: str = ORIGIN) -> Found:
    return Found(scheme, value, rung, where, url, -1 if where == "url" else 7, url)


def page(*keys: Found, claims: tuple[Claim, ...] = (), **match: Any) -> Evidence:
    found: dict[str, Any] = {
        "relation": "verbatim",
        "cover_copy": 1000,
        "cover_release": 980,
        "rung": "origin-id",
        "why": "so",
    }
    copy = CopyRow(
        url=URL, capture="0" * 32, cluster="c1", site="mexc", family="mexc", title="A bridge opens", text="",
        language="en", published_at=None, first_seen=None, last_seen=None, versions=1, captured_at=None,
        payload_sha256="0" * 64, rules="r", release=ORIGIN, key="cgtn:1JjihOzBpvi", match=Match(**found | match),
        place=None,
    )  # fmt: skip
    release = ReleaseRow("c1", "cgtn:1JjihOzBpvi", ORIGIN, (WIRE,), "A bridge opens", "", "en", None, 1, 1, None)
    return Evidence(URL, (), copy, release, None, keys, claims, ())


def standings(ladder: Ladder) -> list[str | None]:
    return [step.standing for step in ladder.steps]


def test_the_strongest_rung_that_agrees_decided() -> None:
    item = key("mexc", "310001", 3, "url", URL)
    ladder = climb(page(item, key("prnewswire", "302648123", 2, url=WIRE), key("cgtn", "1JjihOzBpvi", 1)), SITES)
    assert [step.key.rung for step in ladder.steps] == [1, 2, 3]
    assert standings(ladder) == ["decided", "agrees", None]
    assert (ladder.words, ladder.decided, ladder.disagreed) == ("agrees", 1, ())
    assert ladder.shared == "98 % of the release is on this page; 100 % of this page's text is the release"


def test_the_moment_in_an_id_is_told_and_only_there() -> None:
    ladder = climb(page(key("cgtn", "1JjihOzBpvi", 1), key("prnewswire", "302648123", 2, url=WIRE)), SITES)
    assert [step.made_at for step in ladder.steps] == ["2025-12-22T07:16:09Z", None]


def test_a_wire_decides_where_the_page_does_not_name_the_origin() -> None:
    ladder = climb(page(key("prnewswire", "302648123", 2, url=WIRE), rung="wire-id"), SITES)
    assert (standings(ladder), ladder.decided) == (["decided"], 2)


def test_another_key_of_a_scheme_that_the_release_has_disagrees() -> None:
    keys = (key("cgtn", "1JjihOzBpvi", 1), key("prnewswire", "302648999", 2, url=OTHER_WIRE))
    ladder = climb(page(*keys), SITES)
    assert (standings(ladder), ladder.disagreed) == (["decided", "disagrees"], (2,))


def test_a_key_in_running_text_agrees_but_decides_and_contradicts_nothing() -> None:
    ladder = climb(page(key("cgtn", "1JjihOzBpvi", 1, "body"), key("cgtn", "x", 1, "body"), rung="text"), SITES)
    assert (standings(ladder), ladder.words, ladder.decided) == (["agrees", None], "decided", 5)


def test_what_a_citation_names_decided_it() -> None:
    mention = key("cgtn", "1JjihOzBpvi", 1, "body")
    ladder = climb(page(mention, relation="citation", cover_copy=0, cover_release=0), SITES)
    assert (standings(ladder), ladder.words, ladder.shared) == (["decided"], None, "")


def test_words_that_have_little_in_common_disagree() -> None:
    ladder = climb(page(key("cgtn", "1JjihOzBpvi", 1), cover_copy=120, cover_release=90), SITES)
    assert (ladder.words, ladder.decided, ladder.disagreed) == ("disagrees", 1, (5,))


def test_a_page_of_no_release_has_no_decision() -> None:
    alone = page(relation="unrelated", cover_copy=0, cover_release=0, rung="none")
    assert climb(alone, SITES) == Ladder((), None, "")


@pytest.mark.parametrize(
    ("value", "target", "agrees"),
    [
        (ORIGIN, "release", True),
        (WIRE, "release", True),
        (OTHER_WIRE, "another-release", False),
        (ORIGIN.replace("1JjihOzBpvi", "1JjiEcz79oA"), "elsewhere", None),  # no valid id: no key
        (URL + "?utm_source=x#top", "itself", None),
        ("/news/310001", "itself", None),
        ("https://www.mexc.com/news/310002", "elsewhere", None),
        ("javascript:alert(1)", None, None),
        ("http://[", "elsewhere", None),
        ("MEXC News", None, None),
    ],
)
def test_claims_are_held_against_the_release(value: str, target: str | None, *, agrees: bool | None) -> None:
    (weighed,) = weigh_claims(page(claims=(Claim("canonical", value),)), SITES)
    assert (weighed.target, weighed.agrees) == (target, agrees)


def test_an_item_that_another_page_has_decides_where_no_name_does() -> None:
    shared = key("newsitem", "20251222-CN41786", 3, "body", "https://rt.example/1")
    own = key("mexc", "9", 3, "url", URL)
    found = page(shared, own, rung="item-id", evidence=("body, block 7: https://rt.example/1",))
    ladder = climb(found, SITES)
    assert standings(ladder) == ["decided", None]
    assert (ladder.decided, ladder.words, ladder.title) == (3, "agrees", None)


def test_a_title_and_its_day_decide_where_no_key_does() -> None:
    ladder = climb(page(key("mexc", "9", 3, "url", URL), rung="title-day"), SITES)
    assert (standings(ladder), ladder.decided, ladder.title) == ([None], 4, "decided")
