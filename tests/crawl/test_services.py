"""Services that know where a release stands, crawled for real over loopback: what they find, and how they fail."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import select

from crawler.discover.queries import Sought, queries
from crawler.fetch.run import entry
from crawler.records import Lead, Location, stamp
from crawler.reservations import FILE
from crawler.sites.load import Site, Sites, load_sites
from crawler.spiders.seeking import find_sought
from storage import frontier
from storage import tables as t
from storage.archive import Archive
from storage.engine import transact
from storage.warc import read
from tests.crawl.loopback import HOST, Bench, Reply, Server, listed, site, story
from tests.crawl.services import DATA, GDELT, INDEX, WAYBACK, CommonCrawl, Gdelt, Wayback, WordPress
from tests.releases import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHIPPED = {each.name: each for each in load_sites().all}
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
LEAD = (
    "PORTO, Jan. 8, 2026 /PRNewswire/ -- Harbour Lines opened a floating terminal whose ramps follow every tide."
)
RELEASE = Sought(
    "mirror:4711",
    f"http://{HOST}/news/4711",
    (),
    "Harbour Lines: Floating terminal follows every tide",
    LEAD,
    "2026-01-08",
)
BLOG = "blog.carrier.test"
STRANGER = "www.stranger.test"


def plain_http(name: str, **politeness: Any) -> Site:
    """A shipped site file as it is, but asked without TLS and without its pauses."""
    asked = SHIPPED[name]
    found = tuple(
        msgspec.structs.replace(query, url=query.url.replace("https://", "http://", 1))
        for query in asked.discover.queries
    )
    pace = msgspec.convert({"delay": 0, **politeness}, type(asked.politeness))
    return msgspec.structs.replace(
        asked, discover=msgspec.structs.replace(asked.discover, queries=found), politeness=pace
    )


def carrier() -> Site:
    return site("carrier", BLOG, items=["/{year}/{slug}/"])


def offer(bench: Bench, *leads: Lead) -> None:
    with bench.store() as store:
        entries = [entry(lead) for lead in leads]
        transact(store.engine, lambda connection: frontier.offer(connection, entries, stamp(NOW)))


def ask(bench: Bench, release: Sought = RELEASE) -> Sequence[Lead]:
    found = queries(release, bench.sites, NOW)
    offer(bench, *found)
    return found


def rows(bench: Bench, *columns: Any) -> list[tuple[Any, ...]]:
    with bench.store() as store, store.engine.connect().execution_options(reads=True) as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def states(bench: Bench) -> dict[str, tuple[str, str | None]]:
    f = t.Frontier
    return {url: (state, reason) for url, state, reason in rows(bench, f.url, f.state, f.reason)}


@pytest.fixture
def routes(server: Server) -> dict[str, str]:
    return dict.fromkeys((GDELT, WAYBACK, INDEX, DATA, BLOG, STRANGER), server.address)


def test_gdelt_leads_to_known_sites_and_to_strangers(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    service = Gdelt(
        [
            ("20260109010000", f"http://{BLOG}/2026/floating-terminal/", "Floating terminal", LEAD),
            ("20260110010000", f"http://{STRANGER}/a/b.html", "A stranger\u2019s copy", LEAD),
            ("20260110020000", "http://192.168.0.1/x", "A trap", LEAD),
            ("20260111010000", f"http://{STRANGER}/other", "Another story", "Nothing of the kind."),
        ]
    )
    server.services[GDELT] = service
    server.pages[f"{BLOG}/2026/floating-terminal/"] = server.pages[f"{STRANGER}/a/b.html"] = story()
    made = bench(plain_http("gdelt"), carrier(), loopback=routes)
    asked = ask(made)
    summary = made.run()
    assert summary.discovery == {}
    assert [path for host, path in server.hits if host == STRANGER] == ["/robots.txt", FILE, "/a/b.html"]
    assert "/2026/floating-terminal/" in server.paths(BLOG)
    found = rows(made, t.Lead.url_key, t.Lead.source, t.Lead.release_hint)
    assert {hint for _, _, hint in found} == {"mirror:4711"}
    named = [source for _, source, _ in found if source.startswith("http")]
    assert set(named) <= {lead.url for lead in asked}
    assert len(named) > len(set(named))  # several pages from one answer
    pages = [row for row in rows(made, t.Frontier.url_key, t.Frontier.kind) if row[1] == "item"]
    assert len(pages) == 2  # one lead each, however many queries named it


def test_a_refusal_in_words_under_200_holds_gdelt_back(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    service = Gdelt([("20260109010000", f"http://{BLOG}/2026/floating-terminal/", "Floating", LEAD)], refusals=1)
    server.services[GDELT] = service
    server.pages[f"{BLOG}/2026/floating-terminal/"] = story()
    made = bench(plain_http("gdelt"), carrier(), loopback=routes)
    ask(made)
    summary = made.run(patience=0.0)
    assert summary.discovery == {"discover:passing": 1}
    assert service.refused == 1
    assert len(service.asked_at) == 1  # nobody else is asked there meanwhile
    assert summary.waiting == summary.later == 2
    held = rows(made, t.Host.name, t.Host.reason)
    assert held == [(GDELT, "discover:passing")]
    again = made.run(patience=30.0)
    assert again.discovery == {}
    assert again.later == 0
    assert "/2026/floating-terminal/" in server.paths(BLOG)


def test_a_query_is_not_lost_by_refusals_and_ends_at_last(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = service = Gdelt([], refusals=1000)
    made = bench(plain_http("gdelt"), loopback=routes, retries=0)
    offer(made, queries(RELEASE, made.sites, NOW)[0])
    told: list[set[tuple[str, str | None]]] = []
    for _ in range(10):
        made.run(patience=0.0, clock=lambda: datetime(2027, 1, 1, len(told) * 2, tzinfo=UTC))
        told.append(set(states(made).values()))
    assert told[:8] == [{("queued", "discover:passing")}] * 8
    assert told[8:] == [{("done", "discover:passing")}] * 2
    assert service.refused == 9


def test_what_a_query_finds_on_a_reserved_site_is_noted_and_not_fetched(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = Gdelt([("20260109010000", f"http://{BLOG}/2026/a/", "Floating terminal", LEAD)])
    server.pages[f"{BLOG}/2026/a/"] = story()
    reserved = site("carrier", BLOG, items=["/{year}/{slug}/"], terms={"read": "2026-01-01", "allows": []})
    made = bench(plain_http("gdelt"), reserved, loopback=routes)
    ask(made)
    assert not made.run().partial
    assert server.paths(BLOG) == []
    assert states(made)[f"http://{BLOG}/2026/a/"] == ("blocked", "blocked:terms")
    made.run(sites=["carrier"])
    assert "/2026/a/" in server.paths(BLOG)


def test_the_pace_that_gdelt_wants_is_kept(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = service = Gdelt([], pace=0.4)
    made = bench(plain_http("gdelt", delay=1.5), loopback=routes)
    ask(made)
    made.run()
    assert service.refused == 0
    assert len(service.asked_at) == 2


def test_a_full_answer_is_asked_again_in_halves(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    articles = [
        (f"2026010{8 + n // 200}{n % 20:02}0000", f"http://{BLOG}/2026/story-{n}/", "Floating terminal", LEAD)
        for n in range(300)
    ]
    server.services[GDELT] = service = Gdelt(articles)
    made = bench(plain_http("gdelt"), carrier(), loopback=routes)
    offer(made, *[lead for lead in queries(RELEASE, made.sites, NOW) if "follow" in lead.url][:1])
    made.run(sites=["gdelt"])
    assert len(service.asked_at) > 2
    assert sum(kind == "item" for (kind,) in rows(made, t.Frontier.kind)) == 300


def test_strangers_are_few_and_lead_nowhere(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = Gdelt(
        [("20260109010000", f"http://{STRANGER}/{n}.html", "Floating terminal", LEAD) for n in range(40)]
    )
    for n in range(40):
        server.pages[f"{STRANGER}/{n}.html"] = listed(f"http://{STRANGER}/more/{n}", "http://elsewhere.test/x")
    server.pages[f"{STRANGER}/0.html"] = Reply(b"", 302, (("Location", "http://elsewhere.test/x"),))
    made = bench(plain_http("gdelt"), loopback={**routes, "elsewhere.test": server.address}, strangers=7)
    offer(made, queries(RELEASE, made.sites, NOW)[0])
    made.run()
    assert len([path for path in server.paths(STRANGER) if path.endswith(".html")]) == 7
    assert not [path for path in server.paths(STRANGER) if "more" in path]
    assert server.paths("elsewhere.test") == []


def test_without_a_release_nothing_leads_to_strangers(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = Gdelt([("20260109010000", f"http://{STRANGER}/1.html", "Floating", LEAD)])
    made = bench(plain_http("gdelt"), loopback=routes)
    url = queries(RELEASE, made.sites, NOW)[0].url
    offer(made, Lead(url, "gdelt", "somewhere", "why", "gdelt"))
    assert made.run().leads == 0
    assert server.paths(STRANGER) == []


def test_captures_of_the_wayback_machine_are_captures_of_the_page(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    there = f"http://{BLOG}/2026/floating-terminal-follows-every-tide/"
    other = f"http://{BLOG}/2026/another-story/"
    service = Wayback(
        [
            ("20260109101112", there, story("As it was").body),
            ("20260111101112", there, story("As it became").body),
            ("20260109101112", other, story("Another").body),
            ("20260109101112", f"http://{HOST}/news/4711", story("The release").body),
        ],
        rows=1,
        refusals=1,
    )
    server.services[WAYBACK] = service
    server.pages[f"{BLOG}/2026/floating-terminal-follows-every-tide/"] = Reply(b"gone", 404)
    made = bench(plain_http("wayback"), carrier(), site(), loopback=routes, retries=3)
    ask(made)
    summary = made.run()
    assert summary.failed == {}
    assert summary.later == 0
    c = t.Capture
    kept = {
        (url, at): (status, flags, origin)
        for url, at, status, flags, origin in rows(made, c.url, c.fetched_at, c.status, c.flags, c.origin)
    }
    for at in ("2026-01-09T10:11:12Z", "2026-01-11T10:11:12Z"):
        assert kept[there, at] == (200, "via=wayback", "ingest")
    assert kept[f"http://{HOST}/news/4711", "2026-01-09T10:11:12Z"][0] == 200
    assert other not in {url for url, _ in kept}
    assert summary.gone == {
        "status:404": 2
    }  # the pages themselves were looked for too, and what is not there is told


def test_common_crawl_gives_single_records(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    there = f"http://{BLOG}/2026/floating-terminal-follows-every-tide/"
    service = CommonCrawl(busy=1)
    service.add(f"http://{BLOG}/2026/another-story/", "2026-01-12T00:00:00Z", story("Another").body)
    service.add(there, "2026-01-12T03:04:05Z", story("Floating terminal").body)
    server.services |= {INDEX: service.index, DATA: service.data}
    server.pages[f"{BLOG}/2026/floating-terminal-follows-every-tide/"] = Reply(b"gone", 404)
    made = bench(plain_http("commoncrawl"), carrier(), loopback=routes)
    ask(made)
    summary = made.run()
    assert summary.failed == {}
    assert summary.discovery == {}
    assert len(service.ranges) == 1
    assert [path for path in service.asked if "2019" in path] == []
    c = t.Capture
    found = [row for row in rows(made, c.url, c.fetched_at, c.origin, c.flags, c.id) if row[0] == there]
    assert ("2026-01-12T03:04:05Z", "ingest", "via=commoncrawl") in {row[1:4] for row in found}
    identity = next(row[4] for row in found if row[2] == "ingest")
    with made.store() as store, store.engine.connect().execution_options(reads=True) as connection:
        place = frontier.place_of(connection, identity)
        assert place is not None
        held = read(Archive(made.config.archive_folder).read(Location(*place)))
    assert held.url == there
    assert b"Floating terminal" in held.body
    assert made.run().responses == 0  # what an archive holds does not change


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("other", "discover:mismatch"),
        ("torn", "discover:corrupt"),
        ("rubbish", "discover:corrupt"),
        ("whole", "no-range"),
        ("beyond", "status:416"),
    ],
)
def test_a_record_that_is_not_what_the_index_said(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str], fault: str, reason: str
) -> None:
    there = f"http://{BLOG}/2026/floating-terminal-follows-every-tide/"
    service = CommonCrawl()
    service.add(there, "2026-01-12T03:04:05Z", story("Floating terminal").body)
    row = service.rows[0]
    if fault == "other":
        row["url"] = f"http://{BLOG}/2026/floating-terminal-follows-every-other-tide/"
    elif fault == "torn":
        row["length"] = str(int(row["length"]) - 20)
    elif fault == "rubbish":
        service.archive = b"x" * len(service.archive)
    elif fault == "beyond":
        row["offset"] = "9999999"
    server.services |= {INDEX: service.index, DATA: service.data}
    if fault == "whole":
        server.services[DATA] = lambda path, _: service.data(path, {})
    made = bench(plain_http("commoncrawl"), carrier(), loopback=routes, retries=0)
    ask(made)
    summary = made.run(sites=["commoncrawl"])
    told = {*summary.discovery, *summary.failed}
    assert told == {reason}
    assert not [row for row in rows(made, t.Capture.origin) if row[0] == "ingest"]


def test_news_files_are_named_and_left_to_a_person(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    files = [f"crawl-data/CC-NEWS/2026/01/CC-NEWS-202601{day:02}120000-00001.warc.gz" for day in range(1, 29)]
    listed_there = Reply(gzip.compress("\n".join(files).encode()), mime="application/x-gzip")
    server.pages[f"{DATA}/crawl-data/CC-NEWS/2026/01/warc.paths.gz"] = listed_there
    query = {"kind": "ccnews", "url": f"http://{DATA}/crawl-data/CC-NEWS/{{month}}/warc.paths.gz#since={{since}}"}
    made = bench(site("news", DATA, tier="index", items=[], discover={"queries": [query]}), loopback=routes)
    ask(made)
    summary = made.run()
    assert server.paths(DATA) == ["/robots.txt", "/crawl-data/CC-NEWS/2026/01/warc.paths.gz"]
    assert not summary.partial
    left = [url for url, (state, reason) in states(made).items() if (state, reason) == ("blocked", "blocked:bulk")]
    assert sorted(url.rpartition("/")[2] for url in left) == [
        f"CC-NEWS-2026010{n}120000-00001.warc.gz" for n in (7, 8, 9)
    ]


def test_wordpress_is_asked_for_the_title(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    query = {"kind": "wordpress", "url": f"http://{BLOG}/wp-json/wp/v2/posts?search={{title}}&per_page=20"}
    blog = site("carrier", BLOG, discover={"queries": [query]})
    server.services[BLOG] = service = WordPress(
        [
            (f"http://{BLOG}/2026/01/09/a/", "Floating &#8220;terminal&#8221; follows every <b>tide</b>", LEAD),
            (f"http://{BLOG}/2026/01/09/b/", "Another story", "Nothing."),
        ]
    )
    made = bench(blog, loopback=routes)
    ask(made)
    assert made.run().discovery == {}
    assert "/2026/01/09/a/" in server.paths(BLOG)
    assert "/2026/01/09/b/" not in server.paths(BLOG)
    assert "Floating \u201cterminal\u201d follows every tide" in {why for (why,) in rows(made, t.Lead.why)}
    service.off = True
    offer(made, *queries(Sought("mirror:1", title="A pier for the small boats opens"), made.sites, NOW))
    assert made.run().discovery == {"discover:refused": 1}


def test_a_search_page_and_a_search_feed(bench: Callable[..., Bench], server: Server) -> None:
    found = site(discover={"queries": [{"kind": "search", "url": f"http://{HOST}/search?q={{title}}"}]})
    url = f"/search?q={queries(RELEASE, Sites((found,)), NOW)[0].url.partition('=')[2]}"
    server.pages[url] = listed("/news/1", "/about", "http://elsewhere.test/news/2")
    server.pages["/news/1"] = story()
    made = bench(found)
    ask(made)
    made.run()
    assert server.paths() == ["/robots.txt", url, FILE, "/news/1"]


def test_what_a_release_asks_is_asked_once(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = service = Gdelt([])
    made = bench(plain_http("gdelt"), loopback=routes)
    ask(made)
    made.run()
    first = len(service.asked_at)
    ask(made)
    made.run(due=True, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert len(service.asked_at) == first


def test_a_title_among_all_the_worlds_news(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    titles = (
        "Floating terminal follows every tide - The Stranger",
        "Every tide",
        "HARBOUR LINES: Floating Terminal Follows Every Tide",
    )
    items = "".join(
        f"<item><title>{title}</title><link>http://{STRANGER}/{n}</link></item>" for n, title in enumerate(titles)
    )
    server.pages[f"{GDELT}/feed.rss"] = Reply(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    for n in range(3):
        server.pages[f"{STRANGER}/{n}"] = story()
    index = site("index", GDELT, tier="index", items=[], discover={"titles": [f"http://{GDELT}/feed.rss"]})
    made = bench(index, loopback=routes)
    assert made.run().responses == 0  # nothing is looked out for
    made.run(wanted=[(RELEASE.key, RELEASE.title)])
    assert sorted(path for path in server.paths(STRANGER) if path not in {"/robots.txt", FILE}) == ["/0", "/2"]
    assert {hint for (hint,) in rows(made, t.Lead.release_hint) if hint} == {RELEASE.key}


def test_a_feed_that_was_moved_to_where_nothing_is_is_asked_again(
    bench: Callable[..., Bench], server: Server
) -> None:
    feed = f"<rss version='2.0'><channel><item><link>http://{HOST}/news/1</link></item></channel></rss>"
    moved = Reply(b"", 301, (("Location", "/list.rss/"),))
    server.pages |= {"/list.rss": [moved, Reply(feed.encode(), mime="text/xml")], "/news/1": story()}
    made = bench(site(discover={"feeds": [f"http://{HOST}/list.rss"]}))
    summary = made.run()
    assert server.paths() == ["/robots.txt", "/list.rss", "/list.rss/", "/list.rss", FILE, "/news/1"]
    assert summary.failed == {}


def test_a_page_of_several_releases_gives_leads_and_no_copy(bench: Callable[..., Bench], server: Server) -> None:
    stories = "".join(
        f'<article><h2><a href="/news/{n}">Story {n}</a></h2><p>{" ".join(paragraphs(n, 1))}</p></article>'
        for n in range(11, 15)
    )
    server.pages["/news/1"] = Reply(f"<html><body><main>{stories}</main></body></html>".encode())
    for n in range(11, 15):
        body = "".join(f"<p>{line}</p>" for line in paragraphs(n))
        server.pages[f"/news/{n}"] = Reply(f"<html><body><h1>Story {n}</h1>{body}</body></html>".encode())
    made = bench(site())
    first = made.run(urls=[f"http://{HOST}/news/1"], derives=True)
    assert first.drained.rejected["several"] == 1
    assert made.run(due=True, derives=True).fetched == 4
    assert server.paths().count("/news/1") == 1
    assert {url.rpartition("/")[2] for (url,) in rows(made, t.Copy.url)} == {"11", "12", "13", "14"}


def test_sitemaps_of_every_kind(bench: Callable[..., Bench], server: Server) -> None:
    def urls(*paths: str, root: str = "urlset", node: str = "url") -> bytes:
        inner = "".join(f"<{node}><loc>http://{HOST}{path}</loc></{node}>" for path in paths)
        return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'.encode()

    def index(*paths: str) -> Reply:
        return Reply(urls(*paths, root="sitemapindex", node="sitemap"), mime="application/xml")

    torn = gzip.compress(urls(*(f"/news/{n}" for n in range(100, 3000))))
    server.pages |= {
        "/index.xml": index(
            "/plain.xml", "/zipped.xml.gz", "/torn.xml.gz", "/index.xml", "/deep.xml", "/bomb.xml.gz"
        ),
        "/plain.xml": Reply(urls("/news/1", "/about"), mime="application/xml"),
        "/zipped.xml.gz": Reply(gzip.compress(urls("/news/2")), mime="application/x-gzip"),
        "/torn.xml.gz": Reply(torn[: len(torn) // 8], mime="application/x-gzip"),
        "/bomb.xml.gz": Reply(gzip.compress(b"<urlset>" + b" " * 40_000_000), mime="application/x-gzip"),
        "/deep.xml": index("/deeper.xml"),
        "/deeper.xml": index("/deepest.xml"),
        "/deepest.xml": index("/too-deep.xml"),
        "/too-deep.xml": Reply(urls("/news/3")),
    }
    made = bench(
        site(discover={"sitemaps": [f"http://{HOST}/index.xml"]}, politeness={"delay": 0, "max_pages": 30})
    )
    summary = made.run()
    assert summary.discovery == {"discover:torn": 1, "discover:limit:decoded": 1}
    assert "/too-deep.xml" not in server.paths()
    assert server.paths().count("/index.xml") == 1
    found = {url.rpartition("/")[2] for url, kind in rows(made, t.Frontier.url, t.Frontier.kind) if kind == "item"}
    assert {"1", "2", "100"} <= found
    assert not {"3", "about"} & found
    reasons = {url.rpartition("/")[2]: reason for url, (_, reason) in states(made).items() if reason}
    assert reasons["torn.xml.gz"] == "discover:torn"


def test_news_engines_are_asked_only_where_a_site_file_of_ones_own_allows_it(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    engine = "www.bing.com"
    link = f"http://{engine}/news/apiclick.aspx?url=http%3a%2f%2f{BLOG}%2f2026%2fa%2f&amp;c=1"
    feed = f"<rss version='2.0'><channel><item><title>x</title><link>{link}</link></item></channel></rss>"
    server.services[engine] = lambda path, _: Reply(feed.encode()) if "format=rss" in path else Reply(b"", 404)
    server.pages[f"{BLOG}/2026/a/"] = story()
    shipped = plain_http("bingnews")
    assert queries(RELEASE, Sites((shipped,)), NOW) == ()
    allowed = msgspec.structs.replace(shipped, terms=type(shipped.terms)(read="2026-01-01", allows=("crawl",)))
    made = bench(allowed, carrier(), loopback={**routes, engine: server.address})
    ask(made)
    made.run()
    assert "/2026/a/" in server.paths(BLOG)


def test_a_query_is_known_by_every_character_of_it(bench: Callable[..., Bench]) -> None:
    made = bench(plain_http("wayback"), carrier())
    again = queries(RELEASE, made.sites, NOW, asked_at=NOW)
    offer(made, *queries(RELEASE, made.sites, NOW), *again)
    since = {url.rpartition("from=")[2] for (url,) in rows(made, t.Frontier.url) if "from=" in url}
    assert len(since) == 2


def test_a_copy_that_is_gone_is_found_in_an_archive(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    def page(title: str) -> bytes:
        text = "".join(f"<p>{line}</p>" for line in paragraphs(7))
        return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>".encode()

    there = f"http://{BLOG}/2026/floating-terminal-follows-every-tide/"
    server.services[WAYBACK] = Wayback([("20260109101112", there, page("Floating terminal follows every tide"))])
    server.pages |= {
        "/news/4711": Reply(page(RELEASE.title)),
        f"{BLOG}/2026/floating-terminal-follows-every-tide/": Reply(b"", 410),
    }
    made = bench(plain_http("wayback"), carrier(), site(), loopback=routes)
    ask(made)
    made.run(urls=[f"http://{HOST}/news/4711"], sites=["wayback", "carrier", "mirror"], derives=True)
    c = t.Copy
    found = {url: told for url, *told in rows(made, c.url, c.cluster, c.first_seen, c.missing_since)}
    assert set(found) == {there, f"http://{HOST}/news/4711"}
    assert found[there][0] == found[f"http://{HOST}/news/4711"][0]
    assert found[there][1] == "2026-01-09T10:11:12Z"
    assert found[there][2] is not None


def test_the_copies_of_one_release_are_looked_for(
    bench: Callable[..., Bench], server: Server, routes: dict[str, str]
) -> None:
    server.services[GDELT] = service = Gdelt(
        [("20260109010000", f"http://{BLOG}/2026/a/", "Floating terminal", LEAD)]
    )
    server.pages[f"{BLOG}/2026/a/"] = story()
    listing = f"http://{HOST}/"
    made = bench(plain_http("gdelt"), carrier(), site(discover={"listings": [listing]}), loopback=routes)
    for times in (1, 2):
        made.run(sought=[RELEASE], clock=lambda: NOW)
        assert len(service.asked_at) == 2 * times  # named again, it is asked again
    assert "/2026/a/" in server.paths(BLOG)
    assert server.paths(HOST) == []  # the sites' lists are another run's


def test_what_is_sought_is_what_the_store_knows(bench: Callable[..., Bench]) -> None:
    made = bench(carrier())
    with made.store() as store, store.engine.connect().execution_options(reads=True) as connection:
        assert find_sought(connection, "cgtn:1") is None
