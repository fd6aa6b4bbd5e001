"""What a page may say of its dates, and where it may hide a text, without being believed."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from crawler.flow import Read, read_page
from crawler.records import Fetched, Rejected
from crawler.sites.load import Sites
from tests.releases import paragraphs

LINES = list(paragraphs(3))
FETCHED = "2026-03-01T00:00:00Z"


def read(body: str, head: str = "") -> Read | Rejected:
    html = (
        f"<html><head><title>A bridge opens</title>{head}</head><body><h1>A bridge opens</h1>{body}</body></html>"
    )
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return read_page(Fetched("https://a.example/x", FETCHED, 200, headers, html.encode()), Sites(()), 1 << 24)


def article(*lines: str) -> str:
    return "<article>" + "".join(f"<p>{line}</p>" for line in lines) + "</article>"


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("1970-01-01T00:00:00Z", None),
        ("2999-01-01", None),
        ("9999-12-31T23:59:59Z", None),
        ("31/02/2026", None),
        ("2026-02-31", None),
        ("0000-00-00", None),
        ("99999999999999999999", None),
        ("a" * 5000, None),
        ("1e999", None),
        ("2026-02-27T09:00:00+08:00", "2026-02-27T01:00:00Z"),
        ("٢٠٢٦-٠١-٠٢", "2026-01-02"),
    ],
)
def test_a_date_that_cannot_be_is_none(said: str, believed: str | None) -> None:
    found = read(article(*LINES), f'<meta property="article:published_time" content="{said}">')
    assert isinstance(found, Read)
    assert found.page.published_at == believed


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("1999-01-01", "2026-02-25"),  # years before the text
        ("2026-02-19T08:00:00Z", "2026-02-25"),
        ("2026-02-23T08:00:00Z", "2026-02-23T08:00:00Z"),  # sent ahead, under embargo
        ("2026-02-26T08:00:00Z", "2026-02-26T08:00:00Z"),
    ],
)
@pytest.mark.parametrize("how", ["meta", "json"])
def test_no_page_carried_a_text_days_before_the_texts_own_dateline(said: str, believed: str, how: str) -> None:
    meta = f'<meta property="article:published_time" content="{said}">'
    told = json.dumps({"@type": "NewsArticle", "headline": "A bridge opens", "datePublished": said})
    head = meta if how == "meta" else f'<script type="application/ld+json">{told}</script>'
    found = read(article("LISBON, Feb. 25, 2026 /Wire Example/ -- A bridge was opened. " + LINES[0], *LINES), head)
    assert isinstance(found, Read)
    assert found.page.published_at == believed


@pytest.mark.parametrize(
    "hiding",
    [
        "<noscript>{}</noscript>",
        "<template>{}</template>",
        "<!-- {} -->",
        '<div data-text="{}"></div>',
        '<style>p::before {{ content: "{}" }}</style>',
        '<div style="display:none">{}</div>',
        "<div hidden>{}</div>",
        "<textarea>{}</textarea>",
    ],
)
def test_a_text_that_no_reader_sees_is_none(hiding: str) -> None:
    hidden = "This text is seen by no reader of the page, whatever program may find it in there. " * 4
    found = read(hiding.format(hidden))
    assert isinstance(found, Rejected)
    both = read(article(*LINES) + hiding.format(hidden))
    assert isinstance(both, Read)
    assert "no reader" not in both.draft.text


def test_a_million_marks_on_one_letter_are_read() -> None:
    found = read(article("a" + "\u0301" * 1_000_000, *LINES))
    assert isinstance(found, Read)
    assert LINES[-1] in found.draft.text


def test_the_same_page_in_threads_and_in_any_order_is_the_same_value() -> None:
    """No stage keeps anything of a page for the next one."""
    bodies = [article(*paragraphs(n)) for n in range(6)]
    alone = [read(body) for body in bodies]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(read, [body for _ in range(3) for body in reversed(bodies)]))
    assert together == [*reversed(alone)] * 3


def test_a_paragraph_said_five_times_stays_five_times() -> None:
    found = read(article(*LINES[:2], *[LINES[2]] * 5, *LINES[3:]))
    assert isinstance(found, Read)
    assert found.draft.text.count(LINES[2]) == 5


def test_reading_a_page_makes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it names: libraries that fetch by themselves are given bytes, and lists that come with them."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was made")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    named = "http://169.254.169.254/latest/meta-data/"
    head = f"""<link rel=canonical href="{named}"><meta property="og:url" content="{named}"><base href="{named}">
      <meta http-equiv=refresh content="0; url={named}"><link rel=stylesheet href="{named}">
      <script type="application/ld+json">
        {{"@context": "{named}", "@type": "NewsArticle", "url": "{named}"}}</script>"""
    found = read(article(*LINES) + f'<img src="{named}"><iframe src="{named}"></iframe>', head)
    assert isinstance(found, Read)
    assert found.page.url == "https://a.example/x"
    assert Sites(()).family_of("https://news.example.co.uk/x") == "example.co.uk"


def test_what_a_page_reserves_is_kept_with_it() -> None:
    html = (
        f"<html><head><title>A bridge opens</title><meta name=tdm-reservation content=1></head>{article(*LINES)}"
    )
    headers = (("X-Robots-Tag", "noarchive\x00"), ("x-robots-tag", "otherbot: noindex"), ("TDM-Reservation", "1"))
    found = read_page(Fetched("https://a.example/x", FETCHED, 200, headers, html.encode()), Sites(()), 1 << 24)
    assert isinstance(found, Read)
    assert {(claim.kind, claim.value) for claim in found.page.claims} == {
        ("tdm-reservation", "1"),
        ("http:x-robots-tag", "noarchive"),
        ("http:x-robots-tag", "otherbot: noindex"),
        ("http:tdm-reservation", "1"),
    }
