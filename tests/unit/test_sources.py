"""Answers of the services, read from bytes: every fault has a reason, and none takes the reader down."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from crawler.discover.answers import Asked, note_of, noted
from crawler.discover.leads import discover
from crawler.records import Fetched, Lead, Rejected
from crawler.sites.load import load_sites
from crawler.spiders.leads import read_range
from storage.warc import build

if TYPE_CHECKING:
    from crawler.discover.answers import Found
    from crawler.records import LeadKind

SITES = load_sites()
GDELT = "https://api.gdeltproject.org/api/v2/doc/doc?query=%22a%22&startdatetime=20260101000000&enddatetime=20260103000000"
CDX = "https://web.archive.org/cdx/search/cdx?url=apnews.com&matchType=domain"
INDEX = "https://index.commoncrawl.org/CC-MAIN-2026-02-index?url=apnews.com&filter=~url:.*a.*"
COLLECTIONS = (
    "https://index.commoncrawl.org/collinfo.json#since=20260101000000&until=20260201000000&words=bridge.%2Aopens"
)
NEWS_FILES = "https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/01/warc.paths.gz#since=20260110000000"
POSTS = "https://www.manilatimes.net/wp-json/wp/v2/posts?search=x"
SERVICES: dict[LeadKind, str] = {
    "gdelt": GDELT, "cdx": CDX, "ccindex": INDEX, "ccpages": INDEX, "collections": COLLECTIONS,
    "ccnews": NEWS_FILES, "wordpress": POSTS, "gal": "https://data.gdeltproject.org/gdeltv3/gal/20260101000100.gal.json.gz",
    "newsrss": "https://news.google.com/rss/search?q=x", "search": POSTS, "feed": POSTS, "sitemap": POSTS,
    "listing": POSTS, "memento": "https://web.archive.org/web/20260109101112id_/https://apnews.com/a",
}  # fmt: skip
RUBBISH = [
    b"", b" ", b"\x00\xff" * 500, b"<html><h1>It works</h1></html>", b"null", b"{", b"[", b"[[[" * 50_000,
    b'{"a":' * 50_000,
    b'[{"link": 3}]', b'{"articles": 3}', b'{"pages": "many"}', b"[[]]", b'[["timestamp"]]', b"1e999", b'"x"',
    gzip.compress(b"{" * 1000), gzip.compress(b"x" * 1000)[:20], b"\x1f\x8b", b"%PDF-1.4",
    b"<?xml version='1.0'?><",
]  # fmt: skip


def ask(kind: LeadKind, body: bytes, url: str = "", hint: str | None = "cgtn:1", **more: Any) -> Found:
    fetched = Fetched(url or SERVICES[kind], "2026-01-20T00:00:00Z", 200, (), body)
    asked = Asked(kind, more.pop("depth", 0), 4_000_000, hint, more.pop("strangers", 10), more.pop("wanted", ()))
    return discover(fetched, SITES, asked)


def urls(found: Found, kind: str = "item") -> list[str]:
    assert found.fault is None, found.fault
    return [lead.url for lead in found.leads if lead.kind == kind]


def reason(found: Found) -> str:
    assert found.leads == ()
    assert isinstance(found.fault, Rejected)
    return found.fault.reason


@pytest.mark.parametrize("body", RUBBISH, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("kind", SERVICES)
def test_rubbish_is_refused_with_a_reason(kind: LeadKind, body: bytes) -> None:
    found = ask(kind, body)
    assert found.leads == ()
    if found.fault is not None:
        assert found.fault.reason
        assert len(found.fault.detail) <= 300
    else:  # nothing was found, and nothing held
        assert found.held is None or kind == "memento"


# ------------------------------------------------------------------------------------------------ GDELT


def test_gdelt_refuses_in_words() -> None:
    fast = b"Please limit requests to one every 5 seconds or contact us for larger queries."
    assert reason(ask("gdelt", fast)) == "passing"
    for said in (
        b"Your query was too short or too long.",
        b"The specified phrase is too short.",
        b"Invalid mode.",
    ):
        assert reason(ask("gdelt", said)) == "refused"
    assert ask("gdelt", b"{}").leads == ()


def test_gdelt_sends_what_is_no_json() -> None:
    body = b'{"articles": [{"url": "https://apnews.com/a", "title": "A port\\\'s \x02 new\tpier", "domain": "x"}]}'
    found = ask("gdelt", body)
    assert urls(found) == ["https://apnews.com/a"]
    assert found.leads[0].why.startswith("A port's")


def test_the_halves_of_a_full_answer_end() -> None:
    rows = [{"url": f"https://apnews.com/article/{n}", "title": "x"} for n in range(250)]
    body = json.dumps({"articles": rows}).encode()
    found = ask("gdelt", body)
    halves = [lead.url for lead in found.leads if lead.kind == "gdelt"]
    assert [half.partition("&")[2] for half in halves] == [
        "startdatetime=20260101000000&enddatetime=20260102000000",
        "startdatetime=20260102000000&enddatetime=20260103000000",
    ]
    assert urls(ask("gdelt", body, depth=8), "gdelt") == []
    hour = GDELT.replace("20260103000000", "20260101010000")
    assert urls(ask("gdelt", body, hour), "gdelt") == []


def test_an_article_list_gives_only_titles_that_are_wanted() -> None:
    lines = [
        {"url": "https://apnews.com/1", "title": "CGTN: A bridge opens in the upper valley"},
        {"url": "https://apnews.com/2", "title": "A bridge opens"},
        {"url": "https://nowhere.example/3", "title": "A Bridge Opens in the Upper Valley | The Paper"},
    ]
    body = gzip.compress(b"\n".join(json.dumps(line).encode() for line in lines) + b"\n{torn")
    found = ask("gal", body, hint=None, wanted=(("cgtn:7", "CGTN: A bridge opens in the upper valley"),))
    assert urls(found) == ["https://apnews.com/1", "https://nowhere.example/3"]
    assert {lead.release_hint for lead in found.leads} == {"cgtn:7"}
    assert {lead.site for lead in found.leads} == {"apnews", ""}
    assert ask("gal", body, hint=None).leads == ()


# ------------------------------------------------------------------------------------------------ archives


def cdx(*rows: tuple[str, str, str], end: tuple[list[str], ...] = ()) -> bytes:
    return json.dumps([["timestamp", "original", "digest"], *map(list, rows), *end]).encode()


def test_captures_of_an_index() -> None:
    page = "https://apnews.com/press-release/x/a-bridge-opens-0123456789abcdef0123456789abcdef"
    found = ask(
        "cdx",
        cdx(
            ("20260109101112", page, "A"), ("20260110101112", page, "A"), ("20260111101112", page, "B"),
            ("20260109101112", page.replace("https", "http").replace(".com", ".com:80"), "A"),
            ("20260109101112", "http://127.0.0.1/x", "C"), ("2026", page, "D"),
                ("20260109101112", "ftp://x/y", "E"),
            end=([], ["com,apnews)/x 2026"]),
        ),
    )  # fmt: skip
    assert urls(found, "memento")[0].startswith("https://web.archive.org/web/20260109101112id_/http")
    assert len(urls(found, "memento")) == 2
    assert page in {url.replace("http:", "https:").replace(":80", "") for url in urls(found)}
    assert urls(found, "cdx") == [f"{CDX}&resumeKey=com%2Capnews%29%2Fx%202026"]
    assert urls(ask("cdx", cdx(end=([], ["k"])), depth=5), "cdx") == []
    assert ask("cdx", b"[]").fault is None
    assert reason(ask("cdx", b"<html>Service overloaded, try again later</html>")) == "passing"
    assert reason(ask("cdx", b'[["urlkey"], ["x"]]')) == "parse"


def test_a_capture_is_of_its_own_address_and_time() -> None:
    url = "https://web.archive.org/web/20260109101112id_/http://apnews.com:80/a?b=1"
    kept = (
        ("content-type", "text/html"), ("x-archive-orig-last-modified", "x"), ("content-length", "7"),
        ("Content-Encoding", "gzip"), ("x-archive-orig-transfer-encoding", "chunked"), ("server", "archive"),
    )  # fmt: skip
    held = discover(Fetched(url, "2026-02-01T00:00:00Z", 200, kept, b"x"), SITES, Asked("memento", 0, 100)).held
    assert held == Fetched(
        "http://apnews.com/a?b=1", "2026-01-09T10:11:12Z", 200,
        (("content-type", "text/html"), ("Content-Encoding", "gzip"), ("last-modified", "x")), b"x",
    )  # fmt: skip
    for bad in ("20260109101112/http://apnews.com/a", "20269909101112id_/http://apnews.com/a",
                "20260109101112id_/http://127.0.0.1/a", "20260109101112id_/file:///etc/passwd"):  # fmt: skip
        fetched = Fetched(f"https://web.archive.org/web/{bad}", None, 200, (), b"x")
        assert reason(discover(fetched, SITES, Asked("memento", 0, 100)))


def test_crawls_of_the_time_are_asked_for_each_carrier() -> None:
    def crawl(name: str, **more: str) -> dict[str, str]:
        return {"id": name, "cdx-api": f"https://index.commoncrawl.org/{name}-index", **more}

    crawls = [
        crawl("CC-MAIN-2026-02"), crawl("CC-MAIN-2025-05"), crawl("CC-MAIN-2012"),
        crawl("CC-MAIN-2026-99", **{"from": "2026-01-20T00:00:00", "to": "2026-02-03T00:00:00"}),
        {"id": "CC-MAIN-2026-03", "cdx-api": "https://evil.example/index"},
    ]  # fmt: skip
    found = urls(ask("collections", json.dumps(crawls).encode()), "ccpages")
    assert {url.partition("?")[0] for url in found} == {
        "https://index.commoncrawl.org/CC-MAIN-2026-02-index", "https://index.commoncrawl.org/CC-MAIN-2026-99-index"
    }  # fmt: skip
    assert all("filter=~url:.*bridge.*opens.*" in url and url.endswith("showNumPages=true") for url in found)
    assert reason(ask("collections", b"[]", "https://index.commoncrawl.org/collinfo.json")) == "parse"
    assert reason(ask("collections", b"<html>503 Service Temporarily Unavailable</html>")) == "passing"


def test_pages_of_an_index_are_few() -> None:
    asked = f"{INDEX}&showNumPages=true"
    assert urls(ask("ccpages", b'{"pages": 2, "pageSize": 5, "blocks": 9}', asked), "ccindex") == [
        f"{INDEX}&page=0", f"{INDEX}&page=1"
    ]  # fmt: skip
    assert len(urls(ask("ccpages", b"99999", asked), "ccindex")) == 5
    for none in (b'{"pages": 0}', b"-3"):
        assert urls(ask("ccpages", none, asked), "ccindex") == []


def row(**more: object) -> bytes:
    known = {
        "url": "https://apnews.com/a", "status": "200", "offset": "7", "length": "9",
        "timestamp": "20260109101112",
        "filename": "crawl-data/CC-MAIN-2026-02/segments/1/warc/a.warc.gz",
    }  # fmt: skip
    return json.dumps({**known, **more}).encode()


def test_records_of_an_index() -> None:
    found = ask("ccindex", row() + b"\n" + row(offset=70, length=9, url="https://apnews.com/b") + b"\n{torn")
    assert urls(found, "warc") == [
        "https://data.commoncrawl.org/crawl-data/CC-MAIN-2026-02/segments/1/warc/a.warc.gz#" + note
        for note in (
            "bytes=7-15&url=https%3A%2F%2Fapnews.com%2Fa", "bytes=70-78&url=https%3A%2F%2Fapnews.com%2Fb"
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"filename": "../../etc/passwd"}, {"filename": "crawl-data/../x.warc.gz"}, {"filename": "https://evil.example/x.warc.gz"},
        {"offset": -1}, {"length": 0}, {"length": 10**12}, {"offset": "x"}, {"status": "404"}, {"filename": 7},
    ],
)  # fmt: skip
def test_records_that_are_none(more: dict[str, object]) -> None:
    assert urls(ask("ccindex", row(**more)), "warc") == []


def test_news_files_are_named_and_not_fetched() -> None:
    files = [f"crawl-data/CC-NEWS/2026/01/CC-NEWS-202601{day:02}120000-00001.warc.gz" for day in range(1, 29)]
    found = ask("ccnews", gzip.compress("\n".join([*files, "../x", ""]).encode()))
    assert [url.rpartition("/")[2] for url in urls(found, "bulk")] == [
        f"CC-NEWS-202601{day}120000-00001.warc.gz" for day in (10, 11, 12)
    ]


def test_a_record_is_taken_whole_or_not_at_all() -> None:
    held = Fetched("https://apnews.com/a", "2026-01-09T10:11:12Z", 200, (("Content-Type", "text/html"),), b"<p>x")
    member = build(held)

    def answer(body: bytes, url: str = held.url) -> Found:
        where = noted("https://data.commoncrawl.org/a.warc.gz", {"bytes": "0-9", "url": url})
        return read_range(Fetched(where, None, 206, (), body))

    taken = answer(member)
    assert taken.held is not None
    assert (taken.held.url, taken.held.body, taken.member) == (held.url, b"<p>x", member)
    for body in (member[:-3], member + member, member[5:], b"", b"x"):
        assert reason(answer(body)) == "corrupt"
    assert reason(answer(member, "https://apnews.com/b")) == "mismatch"


def test_notes_are_read_back() -> None:
    note = {"bytes": "1-2", "url": "https://e.example/a?b=1#c&d=%20"}
    assert note_of(noted("https://e.example/x#old", note)) == note


# ------------------------------------------------------------------------------------------------ searches


def test_wordpress_posts() -> None:
    posts = [
        {"link": "https://www.manilatimes.net/2026/01/09/x/", "title": {"rendered": "A &amp; <i>B</i>"}},
        {"id": 1},
    ]
    found = ask("wordpress", json.dumps(posts).encode())
    assert [(lead.url, lead.why) for lead in found.leads] == [
        ("https://www.manilatimes.net/2026/01/09/x/", "A & B")
    ]
    error = json.dumps(
        {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}
    ).encode()
    assert reason(ask("wordpress", error)) == "refused"


def test_news_feeds_name_the_article_behind_the_engine() -> None:
    items = "".join(
        f"<item><title>x</title><link>{link}</link></item>"
        for link in (
            "https://www.bing.com/news/apiclick.aspx?ref=x&amp;url=https%3a%2f%2fapnews.com%2fa&amp;c=1",
            "https://news.google.com/rss/articles/CBMiFGh0dHBzOi8vZS5leGFtcGxlL2Fi0gEA?oc=5",
            "https://news.google.com/rss/articles/CBMiAAU_yqLOMcannotbereadoffline",
            "https://www.bing.com/news/apiclick.aspx?url=javascript:alert(1)",
            "http://[",
            "//[",
            "https://news.google.com:x/rss/articles/CBMi",
        )
    )
    found = ask("newsrss", f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    assert urls(found) == ["https://apnews.com/a", "https://e.example/ab"]
    opaque = "<rss version='2.0'><channel><item><link>https://news.google.com/rss/articles/CBMi_x</link></item></channel></rss>"
    assert reason(ask("newsrss", opaque.encode())) == "opaque"


def test_an_index_leads_to_no_index_and_to_no_address_of_ours() -> None:
    rows = [
        {"url": url}
        for url in ("https://api.gdeltproject.org/x", "http://169.254.169.254/", "http://localhost/x", "https://e.example:8443/",
                    "https://user@e.example/", "https://apnews.com/article/x", "//x", "https://e.example/ok")
    ]  # fmt: skip
    found = ask("gdelt", json.dumps({"articles": rows}).encode())
    assert found.leads == (
        Lead("https://apnews.com/article/x", "apnews", GDELT, "found", "item", "cgtn:1"),
        Lead("https://e.example/ok", "", GDELT, "found", "item", "cgtn:1"),
    )
