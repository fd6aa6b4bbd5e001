"""Whatever names an address: nothing that is not of the public net is connected to, nor even looked up.

One row for each way in which a stranger can name an address. Each names every spelling of the inside, with the
port of a server that listens there and without, and one address that may be asked for: it shows that all was read.
"""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from crawler.fetch.run import entry
from crawler.records import Lead, stamp
from storage import frontier
from storage.engine import transact
from tests.crawl.loopback import HOST, Reply, Server, site, story
from tests.crawl.test_guard import SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.records import LeadKind
    from tests.crawl.loopback import Bench

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
TITLE = "Harbour Lines: Floating terminal follows every tide"
OTHERS = (
    "http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/", "http://[fd00:ec2::254]/",
    "http://10.0.0.1/", "http://printer.local/", "http://intranet/", "http://{HOST}@127.0.0.1/", "//127.0.0.1/",
    "file:///etc/passwd", "gopher://127.0.0.1/", "http://127.0.0.1\\@{HOST}/", "http://www.mirror.test:6379/",
)  # fmt: skip


def xml(text: str) -> Reply:
    return Reply(f"<?xml version='1.0' encoding='utf-8'?>{text}".encode(), mime="application/xml")


def data(value: object) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode(), mime="application/json")


def each(form: str, urls: Sequence[str]) -> str:
    return "".join(form.replace("{}", html.escape(url)) for url in urls)


def sitemap(urls: Sequence[str]) -> Reply:
    inside = each("<url><loc>{}</loc></url>", urls)
    return xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</urlset>')


def sitemap_index(urls: Sequence[str]) -> Reply:
    inside = each("<sitemap><loc>{}</loc></sitemap>", urls)
    return xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</sitemapindex>')


def rss(urls: Sequence[str]) -> Reply:
    inside = each(f"<item><title>{TITLE}</title><link>{{}}</link><guid>{{}}</guid></item>", urls)
    return xml(f"<rss version='2.0'><channel><title>x</title>{inside}</channel></rss>")


def atom(urls: Sequence[str]) -> Reply:
    inside = each("<entry><id>{}</id><title>x</title><link href='{}'/></entry>", urls)
    return xml(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{inside}</feed>")


def json_feed(urls: Sequence[str]) -> Reply:
    items = [{"id": url, "url": url, "external_url": url, "title": "x"} for url in urls]
    return data({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items})


def listing(urls: Sequence[str]) -> Reply:
    return Reply(each("<p><a href='{}'>A story of some length</a></p>", urls).encode())


def based(urls: Sequence[str]) -> Reply:
    """Relative links below each of the addresses, as far as a page can have more than one base."""
    return Reply((each("<base href='{}'><p><a href='news/1'>A story</a></p>", urls)).encode())


def posts(urls: Sequence[str]) -> Reply:
    return data([{"link": url, "title": {"rendered": TITLE}} for url in urls])


def articles(urls: Sequence[str]) -> Reply:
    return data({"articles": [{"url": url, "title": TITLE, "seendate": "20260109T010000Z"} for url in urls]})


def captures(urls: Sequence[str]) -> Reply:
    names = ["timestamp", "original", "mimetype", "statuscode", "digest"]
    return data([names, *(["20260109101112", url, "text/html", "200", url] for url in urls)])


def records(urls: Sequence[str]) -> Reply:
    row = {"timestamp": "20260109101112", "status": "200", "offset": "0", "length": "100"}
    lines = [json.dumps({**row, "url": url, "filename": "crawl-data/x.warc.gz"}) for url in urls]
    return Reply("\n".join(lines).encode(), mime="text/x-ndjson")


def collections(urls: Sequence[str]) -> Reply:
    return data([{"id": "CC-MAIN-2026-02", "name": "x", "cdx-api": url} for url in urls])


def claims(urls: Sequence[str]) -> Reply:
    """A page that claims to be elsewhere, in every way that a page can."""
    forms = (
        "<link rel='canonical' href='{}'>", "<link rel='amphtml' href='{}'>", "<link rel='next' href='{}'>",
        "<link rel='alternate' hreflang='en' href='{}'>", "<link rel='preload' as='fetch' href='{}'>",
        "<meta property='og:url' content='{}'>", "<meta name='original-source' content='{}'>",
        "<meta http-equiv='refresh' content='0;url={}'>", "<iframe src='{}'></iframe>", "<img src='{}'>",
    )  # fmt: skip
    head = "".join(each(form, urls) for form in forms)
    marked = json.dumps(
        {"@type": "NewsArticle", "url": urls[0], "mainEntityOfPage": urls[0], "isBasedOn": urls[:9]}
    )
    said = f"<p>{TITLE}, its owners said, and everybody came to see it on the first day. </p>" * 3
    body = f"{head}<script type='application/ld+json'>{marked}</script><h1>{TITLE}</h1>{said}"
    headers = tuple(("Link", f'<{url}>; rel="canonical"') for url in urls if url.isascii())
    return Reply(body.encode(), 200, (*headers, ("Refresh", f"0;url={urls[0]}"), ("Content-Location", urls[0])))


WAYS: dict[str, tuple[LeadKind, Callable[[Sequence[str]], Reply]]] = {
    "sitemap": ("sitemap", sitemap),
    "sitemap index": ("sitemap", sitemap_index),
    "RSS": ("feed", rss),
    "Atom": ("feed", atom),
    "JSON Feed": ("feed", json_feed),
    "listing": ("listing", listing),
    "base of a listing": ("listing", based),
    "search page": ("search", listing),
    "search feed": ("search", rss),
    "WordPress": ("wordpress", posts),
    "news search": ("newsrss", rss),
    "GDELT": ("gdelt", articles),
    "titles": ("gal", rss),
    "Wayback's index": ("cdx", captures),
    "Common Crawl's collections": ("collections", collections),
    "Common Crawl's index": ("ccindex", records),
    "claims of a page": ("item", claims),
}
"""What is asked, and what answers it."""


def hostile(port: int) -> list[str]:
    there = [f"http://{host}{at}/news/1" for host in SPELLINGS for at in (f":{port}", "")]
    return [*there, *(url.replace("{HOST}", HOST) for url in OTHERS)]


@pytest.fixture
def looked() -> list[str]:
    """The names that were looked up."""
    return []


def run(made: Bench, looked: list[str], when: datetime, urls: Sequence[str] = (), *, due: bool = False) -> None:
    async def look_up(name: str) -> Sequence[str]:
        looked.append(name)
        return (name,) if name == "127.0.0.1" else ()

    wanted = [("mirror:4711", TITLE)]
    options = {"urls": urls, "due": due, "wanted": wanted, "derives": True, "lookup": look_up, "patience": 0.0}
    summary = made.run(clock=lambda: when, **options)
    assert not summary.failed  # a connection that was refused would be one


@pytest.mark.parametrize("way", WAYS)
def test_nothing_inside_is_reached_by(
    way: str, bench: Callable[..., Bench], server: Server, other_server: Server, looked: list[str]
) -> None:
    kind, answer = WAYS[way]
    urls = [*hostile(other_server.port), f"http://{HOST}/news/1"]
    parts = [[url] for url in urls] if kind == "collections" else [urls]  # of these only a few are asked
    note = "#since=20260101000000&until=20260301000000&words=tide" if kind == "collections" else ""
    server.pages = {f"/ask?{n}": answer(part) for n, part in enumerate(parts)} | {"/news/1": story()}
    made = bench(site(items=["/news/{id:digits}", "/story/{slug}"], budget={"barren": 1000}))
    asks = [f"http://{HOST}/ask?{n}{note}" for n in range(len(parts))]
    with made.store() as store:
        entries = [entry(Lead(ask, "mirror", "test", "named", kind, "mirror:4711")) for ask in asks]
        transact(store.engine, lambda connection: frontier.offer(connection, entries, stamp(NOW)))
    for days in (0, 2):  # what is noted of the first run may be asked for by the next
        run(made, looked, NOW + timedelta(days=days), due=days > 0)
    asked = {urlsplit(path).path for path in server.paths(HOST)}
    led_on = kind != "item" and way != "base of a listing"
    assert asked >= ({"/ask", "/news/1"} if led_on else {"/ask"})
    assert other_server.connections == 0
    assert set(looked) == {"127.0.0.1"}  # where the route of the one host leads
    assert {host for host, _ in server.hits} == {HOST}


def test_nothing_inside_is_reached_by_being_named(
    bench: Callable[..., Bench], server: Server, other_server: Server, looked: list[str]
) -> None:
    """By `--urls`, and as a release to track: there a person named it, which changes nothing."""
    server.pages = {"/news/1": story()}
    made = bench(site())
    urls = [*hostile(other_server.port), f"http://{HOST}/news/1"]
    for days in (0, 2):
        run(made, looked, NOW + timedelta(days=days), urls)
    assert "/news/1" in server.paths(HOST)
    assert other_server.connections == 0
    assert set(looked) == {"127.0.0.1"}


def test_nothing_inside_is_reached_by_robots(
    bench: Callable[..., Bench], server: Server, other_server: Server, looked: list[str]
) -> None:
    lines = "".join(f"Sitemap: {url}\nHost: {url}\n" for url in hostile(other_server.port))
    server.pages = {"/news/1": story(), "/robots.txt": Reply(lines.encode(), mime="text/plain")}
    made = bench(site())
    for days in (0, 2):
        run(made, looked, NOW + timedelta(days=days), [f"http://{HOST}/news/1"])
    assert "/news/1" in server.paths(HOST)
    assert other_server.connections == 0
    assert set(looked) == {"127.0.0.1"}
