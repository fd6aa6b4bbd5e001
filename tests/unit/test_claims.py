"""What a page says about itself is taken down and attaches nothing, however loud it says so."""

from __future__ import annotations

import json

import pytest

from crawler.flow import Read, read_page
from crawler.identify.keys import naming
from crawler.match.settle import settle
from crawler.records import Fetched, Member
from crawler.sites.load import load_sites
from tests.releases import paragraphs

SITES = load_sites()
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
WIRE = "https://www.prnewswire.com/news-releases/cgtn-a-bridge-opens-302648155.html"
OWN = paragraphs(31, count=6)
LD = json.dumps(
    {
        "@type": "NewsArticle", "headline": "A day at the fair", "isBasedOn": ARTICLE, "sameAs": [ARTICLE, WIRE],
        "mainEntityOfPage": {"@id": ARTICLE}, "url": ARTICLE, "publisher": {"name": "CGTN"},
        "datePublished": "2019-01-01", "articleBody": f"View original content: {ARTICLE}",
    }
)  # fmt: skip

HEADS = {
    "canonical": f'<link rel="canonical" href="{ARTICLE}">',
    "canonical in capitals": f'<LINK REL="Canonical" HREF="HTTPS://NEWS.CGTN.COM{ARTICLE[21:]}">',
    "canonical to the wire": f'<link rel="canonical" href="{WIRE}">',
    "og:url": f'<meta property="og:url" content="{ARTICLE}">',
    "original-source": f'<meta name="original-source" content="{ARTICLE}">',
    "original-source as link": f'<link rel="original-source" href="{ARTICLE}">',
    "syndication-source": f'<meta name="syndication-source" content="{ARTICLE}">',
    "syndication-source as link": f'<link name="syndication-source" href="{WIRE}">',
    "json-ld": f'<script type="application/ld+json">{LD}</script>',
    "base": f'<base href="{ARTICLE}">',
    "refresh": f'<meta http-equiv="refresh" content="9;url={ARTICLE}">',
}
BODIES = {
    "canonical in the body": f'<link rel="canonical" href="{ARTICLE}">',
    "a comment": f"<!-- View original content: {ARTICLE} -->",
    "a script": f"<script>var original = '{ARTICLE}'</script>",
    "not shown": f'<p style="display:none">View original content: <a href="{ARTICLE}">{ARTICLE}</a></p>',
    "hidden": f'<p hidden>View original content: <a href="{ARTICLE}">{ARTICLE}</a></p>',
    "a template": f"<template><p>View original content: {ARTICLE}</p></template>",
    "an attribute": f'<p data-original="{ARTICLE}" title="{WIRE}">The fair went on all night, and all came.</p>',
    "a related story": f'<div class="related"><h3>Related</h3><ul><li><a href="{ARTICLE}">A bridge</a></li>'
    f'<li><a href="{WIRE}">CGTN: A bridge opens</a></li></ul></div>',
    "below the source line": f'<p>SOURCE The Fair</p><div><h3>You may also like</h3><p><a href="{ARTICLE}">A '
    f"bridge opens in the valley</a></p><p>View original content: {ARTICLE}</p></div>",
}  # fmt: skip


def page(head: str = "", below: str = "") -> Read:
    text = "".join(f"<p>{line}</p>" for line in OWN)
    html = (
        f"<html><head><title>A day at the fair</title>{head}</head><body><h1>A day at the fair</h1>{text}{below}"
    )
    read = read_page(
        Fetched("https://fair.example/day", "2025-12-23T00:00:00Z", 200, (), html.encode()), SITES, 1 << 20
    )
    assert isinstance(read, Read)
    return read


def member(read: Read) -> Member:
    drawn = read.draft
    return Member(
        capture="1".ljust(32, "0"), url=read.page.url, fetched_at="2025-12-23T00:00:00Z", site=None,
        family="fair.example", tier="copy", title=drawn.title, language=drawn.language, published_at=None,
        text=drawn.text, text_id=read.sketch.id, words=read.sketch.words, keys=read.sketch.keys, found=drawn.keys,
        claims=read.page.claims, newest=True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_a_claim_in_the_head_names_no_release(kind: str) -> None:
    read = page(head=HEADS[kind])
    assert read.draft.keys == ()
    assert read.sketch.keys == ()
    if kind not in {"base", "refresh"}:
        assert any(claim.value.lower() in {ARTICLE.lower(), WIRE.lower()} for claim in read.page.claims)
    summary = settle([member(read)], SITES)
    assert summary.release is None
    assert [(match.relation, release, key) for _, match, release, key in summary.matches] == [
        ("unrelated", None, None)
    ]


@pytest.mark.parametrize("kind", BODIES)
def test_what_is_not_the_releases_own_text_names_no_release(kind: str) -> None:
    read = page(below=BODIES[kind])
    assert naming(read.draft.keys, "copy") == ()
    assert settle([member(read)], SITES).release is None


def test_the_clock_of_a_claim_makes_no_page_the_origin() -> None:
    read = page(head=HEADS["json-ld"])
    assert read.page.published_at == "2019-01-01"
    assert settle([member(read)], SITES).release is None
