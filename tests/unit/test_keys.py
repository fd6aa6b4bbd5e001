from __future__ import annotations

import base64

import pytest

from crawler.identify.keys import find_keys, key_of_url, naming
from crawler.records import Block, Decision, Role
from crawler.sites.ids import CHECKS, arti, reversed_news, snowflake62, snowflake_twitter
from crawler.sites.load import load_sites

SITES = load_sites()
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
LEGACY = base64.b64encode(b"News138690")[::-1].hex()
WIRE = "https://www.prnewswire.com/news-releases/cgtn-a-bridge-opens-302648155.html"


def block(n: int, text: str, *links: str) -> Block:
    return Block(n, text, "p", f"/html/body/p[{n + 1}]", 1000, 0, links=tuple(links))


def keys_of(*blocks: tuple[str, Role, str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    built = [block(n, text, *links) for n, (text, _, _, links) in enumerate(blocks)]
    decisions = [Decision(n, role, rule) for n, (_, role, rule, _) in enumerate(blocks)]
    found = find_keys("https://copy.example/1", built, decisions, SITES)
    return [(key.scheme, key.value, key.where) for key in found]


def test_an_id_tells_when_it_was_made() -> None:
    made = snowflake62("1JjihOzBpvi")
    assert made is not None
    assert made.isoformat() == "2025-12-22T15:16:09.342000+08:00"


@pytest.mark.parametrize("value", ["1JjihOzBpv", "1JjihOzBpvj", "1jjihozbpvi", "1JjihOzBpvi1", "", "1Jjih-zBpvi"])
def test_a_mangled_id_is_told(value: str) -> None:
    assert snowflake62(value) is None


def test_the_older_ids() -> None:
    assert reversed_news(LEGACY) is not None
    regional = reversed_news(base64.b64encode(b"News15735630308504743")[::-1].hex())
    assert regional is not None
    assert regional.date().isoformat() == "2019-11-12"
    assert reversed_news(LEGACY[:-2]) is None
    assert reversed_news("zz") is None
    made = arti("ARTI1781490625242419")
    assert made is not None
    assert made.date().isoformat() == "2026-06-15"
    assert arti("ARTI17814906252424") is None
    assert snowflake_twitter("12345") is None
    assert all(check("") is None for check in CHECKS.values())


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (ARTICLE, "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("p.html", "index.html?from=timeline&isappinstalled=0"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", "/share_amp.html"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", ""), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https://news.", "http://newseu."), "cgtn:1JjihOzBpvi"),
        (f"https://news.cgtn.com/news/{LEGACY}/share_p.html", f"cgtn:{LEGACY}"),
        ("https://espanol.cgtn.com/2026/06/15/ARTI1781490625242419", "cgtn:ARTI1781490625242419"),
        (WIRE, "prnewswire:302648155"),
        (WIRE.replace("/news-releases", "/apac/news-releases"), "prnewswire:302648155"),
        ("https://www.mexc.co/en-US/news/325693", "mexc:325693"),
    ],
)
def test_an_address_carries_a_key(url: str, key: str) -> None:
    found = key_of_url(url, SITES)
    assert found is not None
    assert f"{found.scheme}:{found.value}" == key


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE.replace("1JjihOzBpvi", "1JjihOzBpvj"),
        ARTICLE.replace("1JjihOzBpvi", "1JjihO"),
        ARTICLE.replace("news.cgtn.com", "news.cgtn.com.evil.test"),
        ARTICLE.replace("news.cgtn.com", "evil.test"),
        "https://www.cgtn.com/opinions",
        "https://www.prnewswire.com/news/cgtn/",
        "https://user:word@[::1/x",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_carry_none(url: str) -> None:
    assert key_of_url(url, SITES) is None


def test_a_mirror_and_its_languages_have_one_key() -> None:
    one, other = (key_of_url(u, SITES) for u in ("https://mexc.us/news/9", "https://www.mexc.com/de/news/9"))
    assert one is not None
    assert other is not None
    assert (one.value, one.url) == (other.value, other.url)


def test_where_a_key_stands_is_kept() -> None:
    found = keys_of(
        ("As an article said, the bridge is open.", "body", "body", (WIRE,)),
        (f"For more information, please click: {ARTICLE}.", "trailer", "trailer:pointer", ()),
        ("SOURCE CGTN", "trailer", "trailer:source", ()),
    )
    assert found == [("prnewswire", "302648155", "body"), ("cgtn", "1JjihOzBpvi", "trailer")]


def test_what_was_removed_names_nothing() -> None:
    assert keys_of(("A bridge opens", "related", "under:related", (ARTICLE,))) == []


def test_a_tracker_is_looked_through_and_quoted_as_it_stood() -> None:
    tracker = "https://c212.net/c/link/?u=" + ARTICLE.replace(":", "%3A").replace("/", "%2F")
    blocks = [block(0, "View original content", tracker)]
    decisions = [Decision(0, "trailer", "trailer:original")]
    found = find_keys("https://copy.example/1", blocks, decisions, SITES)
    assert [(key.value, key.quoted, key.url) for key in found] == [("1JjihOzBpvi", tracker, ARTICLE)]


def test_a_copys_own_address_names_no_release() -> None:
    found = find_keys("https://www.mexc.com/news/9", [], [], SITES)
    assert [key.where for key in found] == ["url"]
    assert naming(found, "copy") == ()
    own = find_keys(ARTICLE, [], [], SITES)
    assert [key.value for key in naming(own, "origin")] == ["1JjihOzBpvi"]
    assert naming(own, "copy") == ()
