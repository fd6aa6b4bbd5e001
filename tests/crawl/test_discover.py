from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from crawler.discover.answers import Asked
from crawler.discover.leads import MOST_LEADS, discover
from crawler.records import Fetched, Rejected
from crawler.sites.load import Sites, load_sites
from tests.crawl.loopback import HOST, site

if TYPE_CHECKING:
    from crawler.records import Lead, LeadKind

SITES = Sites((site(), site("origin", "news.origin.test", tier="origin", items=["/story/{id}"])))
LIMIT = 4_000_000
HOSTILE = [
    "file:///etc/passwd", "http://127.0.0.1/news/1", "http://2130706433/news/1", "http://[::1]/news/1",
    "http://①②⑦.0.0.1/news/1", "javascript:alert(1)", "data:text/html,x", "http://user:pw@www.mirror.test/news/1",
    "http://www.mirror.test:8080/news/1", "http://www.mirror.test\\@evil.test/news/1", "http://[", "//",
    "http://elsewhere.test/news/1", "/about", "", "http://www.mirror.test/news/1\r\nHost: evil",
    "/news/" + "1" * 3000,
]  # fmt: skip


def leads(kind: LeadKind, body: bytes, *headers: tuple[str, str], depth: int = 0) -> tuple[Lead, ...] | Rejected:
    fetched = Fetched(f"http://{HOST}/list", "2026-01-01T00:00:00Z", 200, headers, body)
    found = discover(fetched, SITES, Asked(kind, depth, LIMIT))
    return found.fault if found.fault is not None and not found.leads else found.leads


def urls(found: tuple[Lead, ...] | Rejected) -> list[str]:
    assert not isinstance(found, Rejected), found
    return [lead.url.removeprefix(f"http://{HOST}") for lead in found]


def rss(*links: str) -> bytes:
    items = "".join(f"<item><title>A story</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def sitemap(*links: str, root: str = "urlset", node: str = "url") -> bytes:
    inner = "".join(f"<{node}><loc>{link}</loc><lastmod>9999-01-01</lastmod></{node}>" for link in links)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'.encode()


def test_a_listing() -> None:
    body = f"""<html><body><a href="/news/2">Two  words</a><a href="/news/1#top">One</a>
      <a href="/news/2?utm_source=a">again</a><a href="http://news.origin.test/story/abc">the original</a>
      <a href="http://{HOST}/about">about</a><a>no address</a><a href="#x">here</a></body></html>""".encode()
    found = leads("listing", body)
    assert urls(found) == ["/news/2", "/news/1", "http://news.origin.test/story/abc"]
    assert not isinstance(found, Rejected)
    assert [lead.why for lead in found] == ["Two words", "One", "the original"]
    assert [lead.site for lead in found] == ["mirror", "mirror", "origin"]
    assert {lead.source for lead in found} == {f"http://{HOST}/list"}


def test_the_base_of_a_page_cannot_lead_astray() -> None:
    assert urls(leads("listing", b'<base href="http://127.0.0.1/"><a href="/news/1">x</a>')) == []
    assert urls(leads("listing", b'<base href="/en/"><a href="../news/1">x</a>')) == ["/news/1"]


@pytest.mark.parametrize("link", HOSTILE)
def test_hostile_links(link: str) -> None:
    from html import escape

    shown = escape(link)
    assert urls(leads("listing", f'<a href="{shown}">x</a><a href="/news/7">y</a>'.encode())) == ["/news/7"]
    assert urls(leads("feed", rss(shown, f"http://{HOST}/news/7"))) == ["/news/7"]
    assert urls(leads("sitemap", sitemap(shown, f"http://{HOST}/news/7"))) == ["/news/7"]


def test_an_address_that_tells_whose_it_is_on_any_host_is_no_lead_to_that_host() -> None:
    anywhere = load_sites()
    url = "https://evil.test/business/press-releases/cision/20260422CN41786/x/"
    assert anywhere.of_url(url) is not None
    page = Fetched(f"http://{HOST}/list", "2026-01-01T00:00:00Z", 200, (), f'<a href="{url}">a</a>'.encode())
    assert discover(page, anywhere, Asked("listing", 0, LIMIT)).leads == ()
    ours = Fetched(page.url, page.fetched_at, 200, (), page.body.replace(b"evil.test", b"ktla.com"))
    assert [lead.site for lead in discover(ours, anywhere, Asked("listing", 0, LIMIT)).leads] == ["nexstar"]


def test_feeds_of_several_dialects() -> None:
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
      <entry><title>One</title><link href="http://{HOST}/news/1"/><id>urn:1</id></entry>
      <entry><title>Two</title><link href="/news/2"/><id>urn:1</id></entry></feed>""".encode()
    guid = f'<rss version="2.0"><channel><item><guid>http://{HOST}/news/3</guid></item></channel></rss>'.encode()
    assert urls(leads("feed", atom)) == ["/news/1", "/news/2"]
    assert urls(leads("feed", guid)) == ["/news/3"]
    assert urls(leads("feed", gzip.compress(rss(f"http://{HOST}/news/4")), ("Content-Encoding", "gzip"))) == [
        "/news/4"
    ]


def test_a_feed_fetches_and_opens_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(f"http://{HOST}/news/1"))
    for body in (b"http://127.0.0.1/feed", str(feed).encode()):
        assert leads("feed", body) == Rejected("discover", "parse", "no feed")


def test_entities_are_not_resolved(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://www.mirror.test/news/9")
    body = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
        + f"]><urlset><url><loc>&e;</loc></url><url><loc>&a8;</loc></url><url><loc>http://{HOST}/news/1</loc></url></urlset>"
    ).encode()
    found = leads("sitemap", body)
    assert isinstance(found, Rejected) or set(urls(found)) <= {"/news/1"}


def test_sitemaps() -> None:
    many = [f"http://{HOST}/news/{n}" for n in (1, 2)]
    assert urls(leads("sitemap", sitemap(*many))) == ["/news/1", "/news/2"]
    assert urls(leads("sitemap", gzip.compress(sitemap(*many)))) == ["/news/1", "/news/2"]
    assert urls(leads("sitemap", "\n".join(many).encode())) == ["/news/1", "/news/2"]


def test_a_torn_sitemap_gives_what_came_before_the_damage_and_the_reason() -> None:
    many = [f"http://{HOST}/news/{n}" for n in range(2000)]
    whole = gzip.compress(sitemap(*many))
    fetched = Fetched(f"http://{HOST}/s.xml.gz", "2026-01-01T00:00:00Z", 200, (), whole[: len(whole) // 2])
    found = discover(fetched, SITES, Asked("sitemap", 0, LIMIT))
    assert 0 < len(found.leads) < len(many)
    assert found.fault is not None
    assert found.fault.reason == "torn"


def test_a_sitemap_of_several_gzip_members_is_one() -> None:
    whole = sitemap(f"http://{HOST}/news/1", f"http://{HOST}/news/2")
    assert urls(leads("sitemap", gzip.compress(whole[:150]) + gzip.compress(whole[150:]))) == [
        "/news/1",
        "/news/2",
    ]


def test_a_sitemap_may_be_a_feed() -> None:
    assert urls(leads("sitemap", rss(f"http://{HOST}/news/1"))) == ["/news/1"]


def test_json_feeds() -> None:
    def feed(*items: object, version: str = "https://jsonfeed.org/version/1.1") -> bytes:
        return json.dumps({"version": version, "title": "x", "items": items}).encode()

    items = [{"id": f"http://{HOST}/news/1"}, {"id": 2, "url": "/news/2", "title": "Two"}, {"id": ""}]
    found = leads("feed", feed(*items), ("Content-Type", "application/feed+json"))
    assert urls(found) == ["/news/1", "/news/2"]
    assert not isinstance(found, Rejected)
    assert found[1].why == "Two"
    for body in (feed(version="1"), b"{}", b'{"version": 1}', b"{" * 100_000, b'{"items": [}'):
        rejected = leads("feed", body)
        assert isinstance(rejected, Rejected)
        assert rejected.reason == "parse"


def test_the_plain_page_is_the_lead_and_not_its_views() -> None:
    many = [
        f"http://{HOST}/news/1?amp=1",
        f"http://{HOST}/news/2?page=2",
        f"http://{HOST}/news/1",
        f"http://{HOST}/news/3?amp",
    ]
    assert urls(leads("feed", rss(*many))) == ["/news/2?page=2", "/news/1", "/news/3?amp"]
    story = "https://news.cgtn.com/news/2025-12-22/-A-bridge-opens--1JjihOzBpvi/"
    page = Fetched("https://www.cgtn.com/x.xml", None, 200, (), rss(f"{story}share_amp.html", f"{story}p.html"))
    found = discover(page, load_sites(), Asked("feed", 0, LIMIT))
    assert [lead.url for lead in found.leads] == [f"{story}p.html"]


def test_sitemaps_of_sitemaps_end() -> None:
    index = sitemap(f"http://{HOST}/list", "http://elsewhere.test/s.xml", root="sitemapindex", node="sitemap")
    found = leads("sitemap", index)
    assert urls(found) == ["/list"]
    assert not isinstance(found, Rejected)
    assert found[0].kind == "sitemap"
    assert urls(leads("sitemap", index, depth=3)) == []


def test_bombs_and_traps() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 20_000_000)
    assert leads("sitemap", bomb) == Rejected("discover", "limit:decoded", f"more than {LIMIT} bytes")
    page = "".join(f'<a href="/news/{n}">x</a>' for n in range(MOST_LEADS * 3)).encode()
    assert len(urls(leads("listing", page))) == MOST_LEADS


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01\x02" * 100, b"<", b"<html><p>An error page</p></html>", b"%PDF-1.4"]
)
def test_rubbish_has_no_leads(kind: LeadKind, body: bytes) -> None:
    found = leads(kind, body)
    assert isinstance(found, Rejected) or found == ()
