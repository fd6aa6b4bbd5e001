from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from crawler.fetch.run import entry
from crawler.records import Lead
from storage import frontier, leases
from storage import tables as t
from storage.engine import open_engine, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

NOW, SOON, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z", "2026-01-02T00:00:00Z"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    prepare(made)
    yield made
    made.dispose()


@pytest.fixture
def connect(engine: Engine) -> Callable[[], Any]:
    @contextmanager
    def opened() -> Iterator[Connection]:
        with engine.begin() as connection:
            yield connection

    return opened


def lead(path: str, host: str = "a.test", site: str = "a", kind: Any = "item", source: str = "s") -> Lead:
    return Lead(f"http://{host}{path}", site, source, "listed", kind)


def take(
    connection: Connection,
    now: str = NOW,
    limit: int = 10,
    busy: tuple[str, ...] = (),
    sites: str | list[str] = "ab",
) -> list[str]:
    rows = frontier.lease(connection, "me", now, limit, hosts_busy=busy, sites=list(sites))
    return [row.url.removeprefix("http://") for row in rows]


def test_offers_are_counted_once(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        entries = [entry(lead("/1")), entry(lead("/1?utm_source=x")), entry(lead("/2"))]
        assert frontier.offer(connection, entries, NOW) == 2
        assert frontier.offer(connection, [entry(lead("/1", source="other"))], NOW) == 0
        assert len(connection.execute(select(t.Lead)).all()) == 3
        assert frontier.count_states(connection) == {"queued": 2}


def test_an_address_that_must_not_be_fetched_is_blocked_at_once(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        bad = [
            Lead(url, "", "s", "named")
            for url in ("http://127.0.0.1/", "file:///x", "http://[", "http://h:99999/")
        ]
        assert frontier.offer(connection, [entry(each) for each in bad], NOW) == 4
        query = select(t.Frontier.url, t.Frontier.reason)
        reasons = {row.url: row.reason for row in connection.execute(query)}
        assert reasons["http://127.0.0.1/"] == "blocked:address.loopback"
        assert reasons["file:///x"] == "blocked:scheme"
        frontier.offer(connection, [entry(each) for each in bad], NOW, again=True)
        assert frontier.count_states(connection) == {"blocked": 4}
        assert take(connection, sites=["", "a"]) == []


def test_one_address_for_each_host_that_is_ready(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        offers = [
            lead("/1"),
            lead("/2"),
            lead("/", kind="listing"),
            lead("/1", "b.test", "b"),
            lead("/1", "c.test", "c"),
        ]
        frontier.offer(connection, [entry(each) for each in offers], NOW)
        assert sorted(take(connection)) == ["a.test/", "b.test/1"]
        assert take(connection, busy=("a.test", "b.test")) == []
        assert len(take(connection)) == 1
        assert frontier.count_states(connection, ["a"]) == {"leased": 2, "queued": 1}


def test_waits_of_hosts_and_addresses(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        frontier.offer(connection, [entry(lead("/1")), entry(lead("/2", "b.test", "b"))], NOW)
        frontier.hold_host(connection, "a.test", LATER, "status:503")
        frontier.hold_host(connection, "a.test", SOON, "status:503")  # the longer wish stays
        assert take(connection) == ["b.test/2"]
        key = entry(lead("/2", "b.test", "b")).key
        frontier.settle(connection, key, "queued", "timeout", not_before=SOON, failed=True)
        assert take(connection) == []
        assert frontier.next_ready(connection, ["a", "b"]) == SOON
        assert frontier.next_ready(connection, ["a"]) == LATER
        assert frontier.next_ready(connection, ["c"]) is None
        row = frontier.lease(connection, "me", SOON, 5, hosts_busy=(), sites=["b"])[0]
        assert row.attempts == 1
        assert take(connection, now=LATER, sites="a") == ["a.test/1"]


def test_done_and_due(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        offers = [entry(lead("/1")), entry(lead("/2"))]
        frontier.offer(connection, offers, NOW)
        take(connection)
        frontier.settle(connection, offers[0].key, "done", None, capture="c" * 32, not_before=SOON)
        frontier.settle(connection, offers[1].key, "failed", "status:403", failed=True)
        assert frontier.queue_due(connection, ["a"], NOW) == 0
        assert frontier.queue_due(connection, ["b"], LATER) == 0
        assert frontier.queue_due(connection, ["a"], LATER) == 0  # a story of no release is fetched once
        connection.execute(update(t.Frontier).where(t.Frontier.url_key == offers[0].key).values(kind="feed"))
        assert frontier.queue_due(connection, ["a"], LATER) == 1
        assert frontier.offer(connection, offers, NOW, again=True) == 0
        assert frontier.count_states(connection) == {"queued": 2}


def test_leases_are_given_back(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        offers = [entry(lead("/1"))]
        frontier.offer(connection, offers, NOW)
        assert take(connection) == ["a.test/1"]
        leases.release(connection, [offers[0].key])
        assert take(connection) == ["a.test/1"]


def die(connection: Connection, now: str = NOW) -> str | None:
    """What the next start does about a run that died."""
    aside = leases.break_leases(connection, datetime.fromisoformat(now))[1]
    return aside.until if aside is not None else None


def suspect(connection: Connection, now: str = NOW, *, died: bool = False) -> list[str]:
    rows = frontier.lease_suspect(connection, "me", now, ["a", "b"], died=died)
    return [row.url.removeprefix("http://") for row in rows]


def test_what_broke_a_lease_is_leased_alone_until_it_is_settled(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        offers = [lead("/", kind="listing"), lead("/1"), lead("/1", "b.test", "b")]
        frontier.offer(connection, [entry(each) for each in offers], NOW)
        assert suspect(connection) == []
        assert take(connection) == ["a.test/", "b.test/1"]
        assert die(connection) is None
        assert take(connection) == ["a.test/1"]
        first = suspect(connection)
        assert len(first) == 1
        row = frontier.lease_suspect(connection, "me", NOW, ["a", "b"], died=False)[0]
        assert row.suspect
        frontier.settle(connection, row.key, "queued", "timeout", failed=True)
        assert suspect(connection) == []
        assert len(take(connection)) == 1


def test_an_address_that_three_runs_died_of_is_set_aside(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        offers = [entry(lead("/1")), entry(lead("/1", "b.test", "b"))]
        frontier.offer(connection, offers, NOW)
        take(connection)
        assert die(connection) is None  # which of the two it was is not known yet
        for died in (False, True):
            row = frontier.lease_suspect(connection, "me", NOW, ["a"], died=died)[0]
            assert row.url == "http://a.test/1"
            assert die(connection) is None
        assert frontier.lease_suspect(connection, "me", NOW, ["a"], died=False) == ()
        assert frontier.lease_suspect(connection, "me", NOW, ["a"], died=True)
        assert die(connection) == "2026-01-01T01:00:00Z"
        assert suspect(connection) == ["b.test/1"]
        assert suspect(connection, died=True) == []
        found = connection.execute(select(t.Frontier).where(t.Frontier.site == "a")).one()
        assert (found.state, found.reason, found.attempts) == ("queued", "quarantined", 0)
        leases.release_all(connection, "me")
        later = "2026-01-01T01:00:00Z"
        assert suspect(connection, later, died=True) == ["a.test/1"]
        assert die(connection, later) == "2026-01-01T03:00:00Z", "twice as long"
        for _ in range(12):
            suspect(connection, "2027-01-01T00:00:00Z", died=True)
            longest = die(connection, "2026-01-01T00:00:00Z")
        assert longest == "2026-01-08T00:00:00Z"
        row = frontier.lease_suspect(connection, "me", "2027-01-01T00:00:00Z", ["a"], died=True)[0]
        frontier.settle(connection, row.key, "queued", None)
        assert take(connection, sites="a") == ["a.test/1"], "an answer clears it"


def test_a_run_that_ends_in_order_leaves_no_suspects(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        frontier.offer(connection, [entry(lead("/1")), entry(lead("/1", "b.test", "b"))], NOW)
        take(connection)
        leases.release_all(connection, "another")
        assert frontier.count_states(connection) == {"leased": 2}
        leases.release_all(connection, "me")
        assert die(connection) is None
        assert suspect(connection) == []
        assert len(take(connection)) == 2


def test_named_hosts(connect: Callable[[], Any]) -> None:
    with connect() as connection:
        frontier.offer(
            connection, [entry(Lead("http://Stranger.test/x", "", "s", "named")), entry(lead("/1"))], NOW
        )
        assert frontier.named_hosts(connection) == {"stranger.test"}
