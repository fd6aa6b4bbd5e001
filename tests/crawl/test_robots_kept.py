"""robots.txt is asked for once a day, whatever runs come in between, and costs a 304 where it did not change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.records import Fetched, stamp
from storage import tables as t
from storage.store import Arrival
from tests.crawl.loopback import HOST, Reply, site, story

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawl.loopback import Bench, Server

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PATH = "/robots.txt"
FORBIDS = b"User-agent: *\nDisallow: /news/2\n"


def robots(body: bytes = FORBIDS, *, status: int = 200, **headers: str) -> Reply:
    said = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(body, status, said, "text/plain")


@pytest.fixture
def made(bench: Callable[..., Bench], server: Server) -> Bench:
    server.pages = {"/news/1": story("One"), "/news/2": story("Two"), PATH: robots()}
    return bench(site())


def look(made: Bench, hours: float, page: int = 2) -> Any:
    """Ask for a page so many hours after the start."""
    when = START + timedelta(hours=hours)
    return made.run(urls=[f"http://{HOST}/news/{page}"], clock=lambda: when, patience=0.0)


def asked(server: Server) -> list[dict[str, str]]:
    """The headers of each request for robots.txt."""
    return [headers for (_, path), headers in zip(server.hits, server.agents, strict=True) if path == PATH]


def test_it_is_asked_for_once_a_day_and_obeyed_in_between(made: Bench, server: Server) -> None:
    for hours in (0, 1, 23.9):
        assert look(made, hours).blocked == {"blocked:robots": 1}
    assert len(asked(server)) == 1
    server.pages[PATH] = robots(b"")
    assert look(made, 24).fetched == 1
    assert len(asked(server)) == 2


def test_its_delay_is_kept_too(made: Bench, server: Server) -> None:
    server.pages[PATH] = robots(b"User-agent: *\nCrawl-delay: 0.4")
    look(made, 0)
    made.run(urls=[f"http://{HOST}/news/{n}" for n in (1, 2)], clock=lambda: START + timedelta(hours=1))
    assert len(asked(server)) == 1
    assert server.times[-1] - server.times[-2] >= 0.3  # a busy machine sends some of them late


def test_a_day_later_it_is_asked_whether_it_changed(made: Bench, server: Server, database_url: str) -> None:
    made.database = database_url
    server.pages[PATH] = [robots(ETag='"1"'), robots(b"", status=304), robots(b"", ETag='"2"')]
    for hours in (0, 25, 48):
        assert look(made, hours).blocked == {"blocked:robots": 1}
    first, second = asked(server)
    assert "If-None-Match" not in first
    assert second["If-None-Match"] == '"1"'
    assert look(made, 50).fetched == 1
    with made.store() as store, store.engine.connect() as connection:
        mine = select(t.Capture.status).where(t.Capture.url == f"http://{HOST}{PATH}")
        assert connection.scalars(mine.order_by(t.Capture.fetched_at)).all() == [200, 304, 200]


@pytest.mark.parametrize(
    ("said", "good_for"),
    [
        ("max-age=7200", 2),
        ("public, Max-Age = 7200", 2),
        ("max-age=0", 1),
        ("no-cache", 1),
        ("no-store, max-age=7200", 1),
        ("max-age=99999999999", 24),
        ("s-maxage=60", 24),
        ("max-age=soon", 24),
    ],
)
def test_the_host_says_how_long_within_bounds(made: Bench, server: Server, said: str, good_for: int) -> None:
    server.pages[PATH] = robots(Cache_Control=said)
    for hours in (0, good_for - 0.1, good_for):
        look(made, hours)
    assert len(asked(server)) == 2
    look(made, good_for)
    assert len(asked(server)) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_that_there_is_none_is_good_for_a_day(made: Bench, server: Server, status: int) -> None:
    server.pages[PATH] = robots(status=status)
    assert look(made, 0).fetched == look(made, 23).fetched == 1
    assert len(asked(server)) == 1
    server.pages[PATH] = robots()
    assert look(made, 25).blocked == {"blocked:robots": 1}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_that_it_cannot_be_had_forbids_all_for_an_hour(made: Bench, server: Server, status: int) -> None:
    """Whatever it said before: what is kept is good for its time and no longer."""
    server.pages[PATH] = [robots(b""), robots(status=status), robots(b"")]
    assert look(made, 0).fetched == 1
    assert look(made, 24).later == 1
    assert look(made, 24.9, page=1).later == 2
    assert len(asked(server)) == 2
    assert look(made, 25.1).fetched == 1  # the other page waits for its own hour
    assert len(asked(server)) == 3


def test_a_host_that_does_not_answer_is_asked_again(made: Bench, server: Server) -> None:
    server.pages[PATH] = [Reply(raw=b""), robots()]
    assert look(made, 0, page=1).later == 1
    assert look(made, 0.1).blocked == {"blocked:robots": 1}


def test_a_redirect_is_kept_as_what_it_led_to(made: Bench, server: Server) -> None:
    server.pages[PATH] = Reply(status=302, headers=(("Location", "/rules"),))
    server.pages["/rules"] = robots()
    for hours in (0, 23):
        assert look(made, hours).blocked == {"blocked:robots": 1}
    assert server.paths() == [PATH, "/rules"]
    look(made, 25)
    assert server.paths() == [PATH, "/rules"] * 2


def test_what_others_archived_says_nothing(made: Bench, server: Server) -> None:
    """Nor does an answer from the future, as after a clock that was wrong."""
    held = Fetched(f"http://{HOST}{PATH}", stamp(START), 200, (("Content-Type", "text/plain"),), b"")
    later = Fetched(f"http://{HOST}{PATH}", stamp(START + timedelta(days=9)), 200, (), b"")
    with made.store() as store:
        store.add([Arrival(held, origin="ingest"), Arrival(later)])
    assert look(made, 1).blocked == {"blocked:robots": 1}
    assert len(asked(server)) == 1


def test_one_without_end_is_kept_as_far_as_it_counts(made: Bench, server: Server) -> None:
    server.pages[PATH] = robots(FORBIDS + b"#" * 4_000_000, ETag='"1"')
    for hours in (0, 1):
        assert look(made, hours).blocked == {"blocked:robots": 1}
    assert len(asked(server)) == 1
    look(made, 25)
    assert "If-None-Match" not in asked(server)[-1]  # we have not seen all of it


def test_one_that_broke_off_is_not_kept(made: Bench, server: Server) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\n" + FORBIDS
    server.pages[PATH] = Reply(raw=cut)
    for hours in (0, 1):
        assert look(made, hours).blocked == {"blocked:robots": 1}
    assert len(asked(server)) == 2


def test_one_whose_record_is_damaged_is_asked_for_again(made: Bench, server: Server) -> None:
    look(made, 0)
    with made.store() as store, store.engine.connect() as connection:
        place = connection.execute(select(t.Location).join(t.Capture, t.Capture.id == t.Location.capture)).one()
    path = next((made.folder / "archive").glob(f"{place.file}*"))
    held = bytearray(path.read_bytes())
    held[place.offset + 20 : place.offset + place.length - 20] = bytes(place.length - 40)
    path.write_bytes(held)
    assert look(made, 1).blocked == {"blocked:robots": 1}
    assert len(asked(server)) == 2
