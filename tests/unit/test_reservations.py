"""What a page and its host reserve is told from every way in which it can be said, and from nothing else."""

from __future__ import annotations

import gzip
import json

import pytest

from crawler.extract.reservations import read_reservations
from crawler.flow import read_page
from crawler.records import Claim, Fetched, Rejected
from crawler.reservations import file_of, read_signals
from crawler.sites.load import Sites

URL = "https://a.example/news/a%20b.html?x=1"
FILE = "https://a.example/.well-known/tdmrep.json"


@pytest.mark.parametrize(
    ("kind", "value", "signals"),
    [
        ("robots", "NoArchive , follow", ("noarchive",)),
        ("robots", "none", ("noindex",)),
        ("robots", "max-snippet: 0, noai", ("nosnippet", "ai-reserved")),
        ("robots", "max-snippet:100, index, archive", ()),
        ("http:x-robots-tag", "otherbot: noarchive", ()),
        ("http:x-robots-tag", "otherbot: noindex, tearsheet: noarchive, nosnippet", ("noarchive", "nosnippet")),
        ("http:x-robots-tag", "unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT, noarchive", ("noarchive",)),
        ("http:content-usage", "train-ai=n", ("ai-reserved",)),
        ("http:content-signal", "search=yes, ai-train=no", ("ai-reserved",)),
        ("http:content-signal", "ai-train=yes", ()),
        ("tdm-reservation", "1", ("tdm-reserved",)),
        ("http:tdm-reservation", "0", ()),
        ("http:tdm-reservation", "yes", ()),
    ],
)
def test_what_a_page_says(kind: str, value: str, signals: tuple[str, ...]) -> None:
    assert read_signals(URL, [Claim(kind, value)]) == signals


@pytest.mark.parametrize(
    ("rules", "reserved"),
    [
        (("/ 1",), True),
        (("/news/ 0", "/ 1"), False),  # the first that fits counts
        (("/ 1 https://a.example/policy", "/news/ 0"), True),
        (("/sport/ 1",), False),
        (("/news/*.html$ 1",), False),  # the address goes on behind it
        (("/news/*.html?x=1$ 1",), True),
        (("/news/a%20b 1",), True),
        (("/*/a*html 1",), True),
        (("/news$ 1",), False),
        (("* 1",), True),
    ],
)
def test_the_rules_of_a_host(rules: tuple[str, ...], *, reserved: bool) -> None:
    assert read_signals(URL, (), rules) == (("tdm-reserved",) if reserved else ())


def test_what_is_nearer_to_the_page_goes_first() -> None:
    header, meta = Claim("http:tdm-reservation", "0"), Claim("tdm-reservation", "1")
    assert read_signals(URL, [header], ("/ 1",)) == ()
    assert read_signals(URL, [header, meta]) == ("tdm-reserved",)


def test_the_file_of_an_address() -> None:
    assert file_of(URL) == FILE
    assert file_of("file:///tmp/x.html") is None
    assert file_of("http://[::1") is None


def answer(body: bytes, *headers: tuple[str, str]) -> Rejected:
    found = read_page(Fetched(FILE, "2026-01-01T00:00:00Z", 200, headers, body), Sites(()), 1 << 24)
    assert isinstance(found, Rejected)
    assert (found.stage, found.reason) == ("extract", "reservations")
    return found


def test_a_file_is_kept_as_claims() -> None:
    rules = [
        {"location": "/a/*", "tdm-reservation": 1, "tdm-policy": "https://a.example/p.json"},
        {"location": "/", "tdm-reservation": 0, "more": {}},
    ]
    found = answer(gzip.compress(json.dumps(rules).encode()), ("Content-Encoding", "gzip"))
    assert found.claims == (Claim("tdmrep", "/a/* 1 https://a.example/p.json"), Claim("tdmrep", "/ 0"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><p>not here",
        b'{"location": "/", "tdm-reservation": 1}',
        b"[" * 100_000,
        b'[{"location": "/ 1 x", "tdm-reservation": 1}, 7, null, {"location": ["/"], "tdm-reservation": 1}]',
        b'[{"location": "/", "tdm-reservation": [1]}, {"location": "/", "tdm-reservation": "yes"}]',
        b'[{"location": "/' + b"a" * 5000 + b'", "tdm-reservation": 1}]',
        b"[" + b'{"location": "/", "tdm-reservation": 1},' * 40_000 + b"0]",
        b"\xff\xfe[\x00]\x00",
    ],
    ids=["empty", "page", "no list", "deep", "no rules", "odd values", "long", "huge", "utf-16"],
)
def test_a_hostile_file_reserves_nothing_and_has_a_reason(body: bytes) -> None:
    found = answer(body)
    assert found.claims == ()
    assert found.detail


def test_a_file_says_no_more_than_so_many_rules() -> None:
    body = json.dumps([{"location": f"/{n}", "tdm-reservation": 1} for n in range(2000)]).encode()
    assert len(read_reservations(Fetched(FILE, None, 200, (), body)).claims) == 500
