from __future__ import annotations

import json
import time

import pytest

from crawler.extract.head import Head, read_head
from crawler.extract.parse import parse
from crawler.records import Claim, Rejected


def head_of(html: str, url: str = "https://news.example/a/1") -> Head:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    return read_head(tree, url)


def ld(value: object) -> str:
    raw = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{raw}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>A bridge opens in the valley | Example News</title>", "", "A bridge opens in the valley"),
        ("<title>A bridge opens – Example</title>", "<h1>A bridge opens</h1>", "A bridge opens"),
        ("<title>Example</title>", "<h1>Example</h1><h1>Other words of the page</h1>", "Example"),
        (
            "<meta property=og:title content='A bridge opens'><title>A bridge opens - Site</title>",
            "",
            "A bridge opens",
        ),
        ("", "<h1> A <b>bridge</b>\nopens </h1>", "A bridge opens"),
        (ld({"@type": "NewsArticle", "headline": "A bridge opens"}), "<h1>Site</h1>", "A bridge opens"),
        ("<title>State-of-the-art bridge - and a road - opens</title>", "", None),
        ("", "", ""),
        (
            "<title>The Valley Herald</title><meta property=og:site_name content='The Valley Herald'>",
            "<h1>The Valley Herald</h1><h2>A bridge opens at last</h2>",
            "A bridge opens at last",
        ),
        (
            "<title>A bridge opens | Valley Herald</title><meta property=og:site_name content='Valley Herald'>",
            "<h1>Valley Herald</h1>",
            "A bridge opens",
        ),
        (
            "<title>Bridges, roads and canals in the news</title>",
            "<h1>A gorge is crossed at last</h1>",
            "A gorge is crossed at last",
        ),
        (
            "<title>Bridges, roads and canals in the news</title><meta property=og:title content='Opened'>",
            "<h1>Press releases of our partners</h1>",
            "Opened",
        ),
        (
            "<title>A bridge opens in the valley - a good day | Local News | Herald</title>",
            "",
            "A bridge opens in the valley - a good day",
        ),
        (
            (
                "<meta property=og:title content='Valley Herald'>"
                "<meta property=og:site_name content='Valley Herald'>"
                "<title>Valley Herald - A bridge opens in the valley at last</title>"
            ),
            "",
            "A bridge opens in the valley at last",
        ),
        (
            "<title>CGTN: A bridge opens in the val… | Coin News</title>",
            "<h1>CGTN: A bridge opens in the valley</h1>",
            "CGTN: A bridge opens in the valley",
        ),
        (
            "<title>CGTN: A bridge opens in the valley</title><meta property=og:title content='CGTN: A bri...'>",
            "",
            "CGTN: A bridge opens in the valley",
        ),
        (
            "<meta property=og:title content='Tom &amp;amp; Ann&amp;#8217;s bridge opens'>",
            "",
            "Tom & Ann’s bridge opens",
        ),
        ("<title>A bridge opens in the valley - Local - Herald</title>", "", "A bridge opens in the valley"),
        (
            "<title>Four things to do - Expert how-to for all the riders of Lindale</title>",
            "<h1>Four things to do</h1><h1>Get more like this in your mail!</h1>",
            "Four things to do",
        ),
        (
            "<meta property=og:site_name content='Rye and Salt'><title>Rye and Salt: A pie for the night</title>",
            "<h1>Rye and Salt</h1><h3>A pie for the night</h3>",
            "A pie for the night",
        ),
        (
            "<meta property=og:site_name content='CGTN'><title>CGTN: A bridge opens in the valley</title>",
            "<h1>CGTN: A bridge opens in the valley</h1>",
            "CGTN: A bridge opens in the valley",
        ),
        (
            "<title>A bridge opens at last</title>",
            "<h1>News from the gorge since 1891</h1><h2>A bridge opens at last</h2>",
            "A bridge opens at last",
        ),
        (
            "<title>A bridge opens at last</title><meta property=og:title content='A bridge opens at last'>",
            "<h1><span>Traffic</span> A bridge opens at last</h1>",
            "A bridge opens at last",
        ),
        (
            "<title>A bridge opens at last</title><meta property=og:title content='A bridge opens at last'>",
            "<h1>CGTN: A bridge opens at last</h1>",
            "CGTN: A bridge opens at last",
        ),
        ("<title>大桥在山谷中正式通车-本地新闻</title>", "", "大桥在山谷中正式通车"),
        (
            "<title>What the new bridge means for Lindale</title>",
            "<h1>What the bridge will mean for Lindale's people</h1>",
            "What the bridge will mean for Lindale's people",
        ),
        (
            "<title>A bridge opens at last | Press Releases | Herald</title>",
            "<h1>Press Releases</h1>",
            "A bridge opens at last",
        ),
        (
            "<title>A bridge opens in the valley</title>",
            "<h1>A bridge opens in the valley</h1><h1>A canal is dredged again</h1>",
            "A bridge opens in the valley",
        ),
    ],
)
def test_titles(head: str, body: str, title: str | None) -> None:
    found = head_of(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>").title
    assert found == title or (title is None and found.startswith("State-of-the-art bridge - and a road"))


OWN = {"@type": "NewsArticle", "headline": "A bridge opens in the valley", "datePublished": "2025-12-22"}
OTHER = {
    "@type": "NewsArticle",
    "headline": "A canal is dredged again",
    "url": "https://news.example/a/9",
    "datePublished": "2024-01-01",
    "articleBody": "x" * 500,
}
TITLE = "<title>A bridge opens in the valley | Valley Herald</title>"


@pytest.mark.parametrize(
    ("told", "dates"),
    [
        ([OWN], ("2025-12-22",)),
        ([OTHER], ()),
        ([OTHER, OWN], ("2025-12-22",)),
        ([{"@graph": [OTHER, {"@type": "WebPage", "mainEntity": OWN}]}], ("2025-12-22",)),
        ([{**OWN, "mentions": [OTHER], "hasPart": OTHER, "isPartOf": OTHER}], ("2025-12-22",)),
        (
            [{"@graph": [{"@type": "WebPage", "url": "https://news.example/a/1", "datePublished": "2025-12-22"}]}],
            ("2025-12-22",),
        ),
        (
            [{"@graph": [{"@type": "WebPage", "url": "https://news.example/a/9", "datePublished": "2025-12-22"}]}],
            (),
        ),
        ([{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": OTHER}]}], ()),
        (
            [{**OWN, "headline": "The gorge is crossed", "url": "http://news.example/a/1/?s=x"}],
            ("2025-12-22",),
        ),
        ([{**OWN, "headline": "The gorge is crossed", "url": "https://news.example/a/2"}], ()),
        ([{"@type": "NewsArticle", "datePublished": "2025-12-22"}], ("2025-12-22",)),
        (
            [{"@type": "NewsArticle", "Headline": "A Bridge Opens in the Valley", "DatePublished": "4/6/2016"}],
            ("4/6/2016",),
        ),
        (
            [{"@type": ["BlogPosting"], "name": "A bridge opens in the valley", "datePublished": "2025-12-22"}],
            ("2025-12-22",),
        ),
    ],
)
def test_only_the_pages_own_article_counts(told: list[object], dates: tuple[str, ...]) -> None:
    found = head_of(f"<html><head>{TITLE}{''.join(map(ld, told))}</head><body><p>x</p></body></html>")
    assert found.dates == dates
    assert "canal" not in found.title
    assert "xxx" not in found.body_text
    assert all(claim.value != "https://news.example/a/9" for claim in found.claims)


@pytest.mark.parametrize(
    "raw",
    [
        "<!-- " + json.dumps(OWN) + " -->",
        "//<![CDATA[\n" + json.dumps(OWN) + "\n//]]>",
        json.dumps(OWN) + ";",
        json.dumps(OWN).replace("opens in", "opens\n in"),
    ],
)
def test_json_as_pages_write_it_is_read(raw: str) -> None:
    found = head_of(f"<html><head>{TITLE}{ld(raw)}</head><body><p>x</p></body></html>")
    assert found.dates == ("2025-12-22",)


def test_dates_are_taken_as_written_with_jsonld_first() -> None:
    metas = (
        "<meta name=date content='2025-12-22 10:00'>"
        "<meta property='og:article:published_time ' content='4/6/2016'>"
        "<meta itemprop=datePublished content=2025-12-20>"
    )
    body = "<div><meta itemprop=datePublished content=2020-01-01><p>x</p></div>"
    found = head_of(f"<html><head>{TITLE}{metas}{ld(OWN)}</head><body>{body}</body></html>")
    assert found.dates == ("2025-12-22", "4/6/2016", "2025-12-20", "2025-12-22 10:00")


def test_claims_are_taken_down_and_not_believed() -> None:
    found = head_of(
        "<html lang=EN-us><head><link rel='canonical' href='javascript:alert(1)'>"
        "<link rel=canonical href=https://other.example/a>"
        "<link name=syndication-source href=https://wire.example/1><meta property='og:url' content='https://me.example/b'>"
        "<meta name=robots content=noarchive>"
        + ld({"@type": "NewsArticle", "publisher": {"name": "Another"}, "author": [["x"], {"name": "y"}]})
        + "</head><body><link rel=canonical href=/in-body><p>x</p></body></html>"
    )
    assert Claim("canonical", "javascript:alert(1)") in found.claims
    assert Claim("canonical", "https://other.example/a") in found.claims
    assert Claim("syndication-source", "https://wire.example/1") in found.claims
    assert Claim("og:url", "https://me.example/b") in found.claims
    assert Claim("ld:publisher", "Another") in found.claims
    assert Claim("robots", "noarchive") in found.claims
    assert found.declared_language == "en-us"


def test_the_articles_text_is_found_in_a_graph() -> None:
    body = "The council opened the bridge. " * 20
    found = head_of(
        "<html><head>" + ld({"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"], "articleBody": body}]})
    )
    assert found.body_text == body.strip()


@pytest.mark.parametrize(
    "raw",
    [
        "[" * 200_000,
        '{"@graph":' * 50_000 + "1" + "}" * 50_000,
        '{"@type":"Article","headline":NaN}',
        '{"@type":"Article","headline":1e999}',
        '{"@type":"Article","headline":{"a":1},"author":[[["x"]]],"datePublished":5,"articleBody":["x"]}',
        '[{"@type":"Article"}' + ',{"@graph":[]}' * 20_000 + "]",
        "{",
        '"' + "\\ud800" * 100 + '"',
    ],
)
def test_hostile_json_is_passed_over(raw: str) -> None:
    started = time.perf_counter()
    found = head_of("<html><head><title>A bridge opens</title>" + ld(raw) + "</head><body><p>x</p></body></html>")
    assert found.title == "A bridge opens"
    assert time.perf_counter() - started < 1


def test_lengths_are_bounded() -> None:
    many = "".join(f"<link rel=canonical href=https://x.example/{n}{'y' * 9000}>" for n in range(100))
    found = head_of(f"<html><head><title>{'z ' * 9000}</title>{many}</head><body><p>x</p></body></html>")
    assert len(found.claims) <= 40
    assert max(len(claim.value) for claim in found.claims) <= 2000
    assert len(found.title) <= 500
