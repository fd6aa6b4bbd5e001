from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.fetch.outcome import Outcome, of_response, wait_after
from crawler.fetch.retry_after import read_retry_after
from crawler.fetch.rules import FILE_LIMIT, read_rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = "https://www.example.com/news/1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        ("120", 120),
        (" 120 ", 120),
        ("0", 1),
        ("-1", 1),
        ("86400", 86400),
        ("1e9", 86400),
        ("99999999999999999999", 86400),
        ("inf", 86400),
        ("nan", None),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 1),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Thursday, 01-Jan-26 00:02:00 GMT", 120),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 5000, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert read_retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "reachable", "allowed"),
    [
        (200, b"", True, True),
        (200, b"User-agent: *\nDisallow: /news/", True, False),
        (200, b"User-agent: *\nDisallow: /news/\n\nUser-agent: tearsheet\nAllow: /", True, True),
        (200, b"User-agent: *\nAllow: /\n\nUser-agent: Tearsheet\nDisallow: /", True, False),
        (200, b"User-agent: Tearsheetish\nDisallow: /", True, True),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", True, False),
        (200, b"User-agent: *\rDisallow: /", True, False),
        (200, b"User-agent: *\0\nDisallow: /", True, False),
        (200, b"User-agent: *\nDisallow: /" + b"*a" * 2000, True, True),
        (200, b"<!doctype html><title>Not found</title>", True, True),
        (200, b"#" * FILE_LIMIT + b"\nUser-agent: *\nDisallow: /", True, True),
        (200, b"User-agent: *\nDisallow: /\n" + b"#" * FILE_LIMIT, True, False),
        (404, b"User-agent: *\nDisallow: /", True, True),
        (410, b"", True, True),
        (401, b"", True, True),
        (403, b"", True, True),
        (429, b"", False, True),
        (500, b"", False, True),
        (503, b"", False, True),
        (302, b"", False, True),
    ],
)
def test_robots(status: int, body: bytes, reachable: bool, allowed: bool) -> None:
    rules = read_rules(status, body)
    assert rules.reachable == reachable
    assert rules.allows(PAGE) == allowed


def test_half_a_rule_at_the_limit_is_none() -> None:
    line = b"Disallow: /newsletter/only\n"
    head = b"User-agent: *\n"
    padding = b"#" * (FILE_LIMIT - len(head) - len(b"\nDisallow: /news")) + b"\n"
    assert read_rules(200, head + padding + line).allows(PAGE)


def test_robots_compressed() -> None:
    body = gzip.compress(b"User-agent: *\nDisallow: /")
    assert not read_rules(200, body, "gzip").allows(PAGE)
    bomb = gzip.compress(b"#" * 5_000_000)
    assert not read_rules(200, bomb, "gzip").reachable


def test_crawl_delay() -> None:
    assert read_rules(200, b"User-agent: *\nCrawl-delay: 7").delay() == 7
    assert read_rules(200, b"").delay() is None
    assert read_rules(404, b"").delay() is None


def test_outcomes() -> None:
    assert of_response(200, "item", truncated=False) == Outcome("done")
    assert of_response(200, "feed", truncated=False) == Outcome("archived")
    assert of_response(200, "item", truncated=True).passing
    assert of_response(404, "item", truncated=False) == Outcome("done", "status:404")
    assert of_response(403, "item", truncated=False) == Outcome("failed", "status:403")
    assert of_response(503, "item", truncated=False) == Outcome("failed", "status:503", passing=True)
    assert of_response(999, "item", truncated=False) == Outcome("failed", "status:999")


def test_waits_grow() -> None:
    assert [wait_after(n, 0) for n in range(4)] == [1, 2, 4, 8]
    assert wait_after(1, 10) == 20
    assert wait_after(100, 10) == 3600


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_robots_in_two_bytes_a_character(coding: str) -> None:
    """With a mark they are read as what they are; without one their ASCII is what is left of them."""
    said = "User-agent: *\r\nDisallow: /private\r\nDisallow: /caf\u00e9\r\n"
    rules = read_rules(200, said.encode(coding))
    assert rules.reachable
    assert not rules.allows("https://a.example/private/x")
    assert rules.allows("https://a.example/open")
    if not coding.endswith("e"):
        assert not rules.allows("https://a.example/caf%C3%A9/1")
    swapped = read_rules(200, b"\xfe\xff" + said.encode("utf-16-be"))
    assert not swapped.allows("https://a.example/caf%C3%A9/1")
