"""The file in which a host reserves text and data mining: asked for like robots.txt, and read from the archive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from crawler.reservations import FILE
from storage import tables as t
from storage.lookups import copies, reading
from tests.crawl.loopback import HOST, Bench, Reply, Server

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 1, tzinfo=UTC)
URLS = [f"http://{HOST}/news/1", f"http://{HOST}/open/2"]
LINE = "A port opened its new pier on Monday, and the first ship came in before noon with a load of timber. "
RESERVED = Reply(b'[{"location": "/news/", "tdm-reservation": 1}]', mime="application/json")


def page(words: str, head: str = "") -> Reply:
    body = "".join(f"<p>{LINE}{words} {n}. </p>" for n in range(3))
    return Reply(
        f"<html><head><title>{words}</title>{head}</head><body><article>{body}</article></body></html>".encode()
    )


def signals(bench: Bench) -> dict[str, tuple[str, ...]]:
    with bench.store() as store, reading(store.engine) as connection:
        return {copy.url: copy.signals for copy in copies(connection)}


def test_it_is_asked_for_once_before_the_first_page_and_counts_for_what_it_names(
    bench: Callable[..., Bench], server: Server
) -> None:
    server.pages = {
        FILE: RESERVED,
        "/news/1": page("Pier"),
        "/open/2": page("Quay", "<meta name=robots content=noarchive>"),
    }
    made = bench()
    made.run(urls=URLS, derives=True)
    assert [path for path in server.paths() if path != "/"][:2] == ["/robots.txt", FILE]
    assert server.paths().count(FILE) == 1
    assert signals(made) == {URLS[0]: ("tdm-reserved",), URLS[1]: ("noarchive",)}


def test_what_the_host_says_later_counts_though_the_page_stays_as_it_was(
    bench: Callable[..., Bench], server: Server
) -> None:
    nothing, broken = Reply(b"none", 404), Reply(b"oops", 503)
    server.pages = {FILE: [nothing, RESERVED, RESERVED, broken, nothing], "/news/1": page("Pier")}
    made = bench()
    found = []
    for day in range(5):
        made.run(urls=URLS[:1], derives=True, clock=lambda at=START + timedelta(days=day): at)
        found.append(signals(made)[URLS[0]])
    assert found == [(), ("tdm-reserved",), ("tdm-reserved",), ("tdm-reserved",), ()]


@pytest.mark.parametrize(
    "answer",
    [Reply(b"oops", 500), Reply(raw=b"nonsense"), Reply(status=302, headers=(("Location", "/elsewhere"),))],
    ids=["500", "nonsense", "redirect"],
)
def test_a_file_that_cannot_be_had_keeps_no_page_back(
    bench: Callable[..., Bench], server: Server, answer: Reply
) -> None:
    server.pages = {FILE: answer, "/news/1": page("Pier")}
    made = bench()
    assert made.run(urls=URLS[:1], derives=True).fetched == 1
    assert signals(made) == {URLS[0]: ()}
    assert "/elsewhere" not in server.paths()


def test_it_is_not_asked_for_where_robots_forbid_it_or_no_page_is_wanted(
    bench: Callable[..., Bench], server: Server
) -> None:
    server.pages = {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /.well-known/", mime="text/plain"),
        "/news/1": page("Pier"),
        "/": Reply(b"<p>no story today"),
    }
    made = bench()
    made.run()
    assert server.paths() == ["/robots.txt", "/"]
    assert made.run(urls=URLS[:1]).fetched == 1
    assert FILE not in server.paths()


def test_the_file_is_archived_and_has_a_reason_why_it_is_no_page(
    bench: Callable[..., Bench], server: Server
) -> None:
    server.pages = {FILE: RESERVED, "/news/1": page("Pier")}
    made = bench()
    made.run(urls=URLS[:1], derives=True)
    with made.store() as store, store.engine.connect() as connection:
        query = select(t.Rejected.reason, t.Rejected.detail).join(t.Capture, t.Capture.id == t.Rejected.capture)
        found = connection.execute(query.where(t.Capture.url == f"http://{HOST}{FILE}")).all()
    assert [tuple(row) for row in found] == [("reservations", "1 rule")]
