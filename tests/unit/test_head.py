from __future__ import annotations

import json
import time

import pytest

from crawler.extract.head import Head, read_head
from crawler.extract.parse import parse
from crawler.records import Claim, Rejected


def head_of(html: str) -> Head:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    return read_head(tree)


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
    ],
)
def test_titles(head: str, body: str, title: str | None) -> None:
    found = head_of(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>").title
    assert found == title or (title is None and found.startswith("State-of-the-art bridge - and a road"))


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (ld({"@type": "NewsArticle", "datePublished": "2025-12-22T15:16:09+08:00"}), "2025-12-22T07:16:09Z"),
        ("<meta property='article:published_time' content='2025-12-22T07:16:09.123Z'>", "2025-12-22T07:16:09Z"),
        ("<meta name=date content='2025-12-22 10:00'>", "2025-12-22T10:00:00"),
        ("<meta name=date content='2025-12-22'>", "2025-12-22"),
        ("<meta name=date content='2025-02-31'>", None),
        ("<meta name=date content='9999-12-31T23:59:59-12:00'>", None),
        ("<meta name=date content='03/04/05'>", None),
        (ld({"@type": "Article", "datePublished": ["x"]}) + "<meta name=date content='2025-12-22'>", "2025-12-22"),
        ("<meta name=date content='" + "a" * 5000 + "'>", None),
    ],
)
def test_times(head: str, published: str | None) -> None:
    assert head_of(f"<html><head>{head}</head><body><p>x</p></body></html>").published_at == published


def test_claims_are_taken_down_and_not_believed() -> None:
    found = head_of(
        "<html lang=EN-us><head><link rel='canonical' href='javascript:alert(1)'>"
        "<link rel=canonical href=https://other.example/a><meta property='og:url' content='https://me.example/b'>"
        "<meta name=robots content=noarchive>"
        + ld({"@type": "NewsArticle", "publisher": {"name": "Another"}, "author": [["x"], {"name": "y"}]})
        + "</head><body><link rel=canonical href=/in-body><p>x</p></body></html>"
    )
    assert Claim("canonical", "javascript:alert(1)") in found.claims
    assert Claim("canonical", "https://other.example/a") in found.claims
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
