"""Whole crawls of a loopback server: what is fetched, archived and settled, and in which order."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update

from crawler.reservations import FILE
from crawler.spiders.feeding import Feeding
from storage import tables as t
from storage.warc import read
from tests.crawl.loopback import HOST, Bench, Reply, Server, listed, site, story

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import Store


def rows(store: Store) -> dict[str, Any]:
    with store.engine.connect() as connection:
        found = connection.execute(select(t.Frontier.__table__)).all()
    return {row.url: row for row in found}


def captures(store: Store) -> list[tuple[str, int]]:
    with store.engine.connect() as connection:
        query = select(t.Capture.url, t.Capture.status, t.Location.offset).join(
            t.Location, t.Location.capture == t.Capture.id
        )
        return [(row.url, row.status) for row in connection.execute(query.order_by(t.Location.offset))]


def test_a_small_crawl(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {
        "/": listed("/news/1", "/news/2?utm_source=x", "/about", "http://elsewhere.test/news/3", "/news/4"),
        "/news/1": story("One"),
        "/news/2?utm_source=x": story("Two"),
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /news/4", mime="text/plain"),
    }
    made = bench()
    summary = made.run()
    assert (summary.fetched, summary.new, summary.leads, summary.later) == (3, 3, 3, 0)
    assert summary.blocked == {"blocked:robots": 1}
    assert not summary.partial
    assert sorted(server.paths()) == ["/", FILE, "/news/1", "/news/2?utm_source=x", "/robots.txt"]
    assert {host for host, _ in server.hits} == {HOST}
    agent = server.agents[0]
    assert agent["User-Agent"].startswith("Tearsheet/")
    assert "Referer" not in agent
    assert "Cookie" not in agent
    with made.store() as store:
        states = {url.removeprefix(f"http://{HOST}"): (row.state, row.reason) for url, row in rows(store).items()}
        assert states == {
            "/": ("done", None),
            "/news/1": ("done", None),
            "/news/2?utm_source=x": ("done", None),
            "/news/4": ("blocked", "blocked:robots"),
        }
        assert captures(store)[0] == (f"http://{HOST}/robots.txt", 200)
    again = made.run()
    assert (again.fetched, again.unchanged, again.new) == (1, 1, 0)
    assert server.paths().count("/news/1") == 1


def test_what_looks_like_a_trap_is_noted_and_not_asked_for(bench: Callable[..., Bench], server: Server) -> None:
    traps = ["/news/1?y=2026&m=1&d=2&h=3", "/news/2?y=2026&m=1&d=2&h=4"]
    server.pages = {"/": listed("/news/3", *traps), "/news/3": story("One")}
    made = bench()
    summary = made.run()
    assert summary.blocked == {"blocked:trap.parameters": 2}
    assert not summary.partial
    assert sorted(server.paths()) == ["/", FILE, "/news/3", "/robots.txt"]
    with made.store() as store:
        states = {row.reason for url, row in rows(store).items() if "y=2026" in url}
    assert states == {"blocked:trap.parameters"}


def test_the_archive_holds_every_hop_before_the_spider_sees_it(
    bench: Callable[..., Bench], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages = {
        "/news/1": Reply(status=301, headers=(("Location", "/news/2"),)),
        "/news/2": Reply(status=302, headers=(("Location", "/news/3"),), body=b"moved"),
        "/news/3": Reply(
            b"\x1f\x8bnot really gzip", headers=(("Content-Encoding", "gzip"), ("X-Two", "a"), ("X-Two", "b"))
        ),
    }
    from crawler.spiders.feeding import Feeding

    stored: list[list[str]] = []
    original = Feeding.parse

    async def look(self: Feeding, response: Any) -> None:
        with self.run.writer._store.engine.connect() as connection:
            stored.append(list(connection.execute(select(t.Capture.url)).scalars()))
        await original(self, response)

    monkeypatch.setattr(Feeding, "parse", look)
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert summary.fetched == 1
    assert {url.removeprefix(f"http://{HOST}") for url in stored[0]} == {
        "/robots.txt",
        FILE,
        "/news/1",
        "/news/2",
        "/news/3",
    }
    with made.store() as store:
        assert [status for _, status in captures(store)] == [404, 404, 301, 302, 200]
        assert rows(store)[f"http://{HOST}/news/1"].state == "done"
        with store.engine.connect() as connection:
            place = connection.execute(
                select(t.Location)
                .join(t.Capture, t.Capture.id == t.Location.capture)
                .where(t.Capture.url.endswith("/news/3"))
            ).one()
        from crawler.records import Location

        fetched = read(store.archive.read(Location(place.file, place.offset, place.length)))
        assert fetched.body == b"\x1f\x8bnot really gzip"
        assert [value for name, value in fetched.headers if name == "X-Two"] == ["a", "b"]
        assert fetched.peer == "127.0.0.1"


def test_a_busy_server_is_asked_again_later(bench: Callable[..., Bench], server: Server) -> None:
    busy = Reply(b"busy", 503, (("Retry-After", "1"),))
    server.pages = {"/news/1": [busy, story()], "/news/2": [Reply(b"oops", 500), story()]}
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/1", f"http://{HOST}/news/2"])
    assert summary.fetched == 2
    assert not summary.partial
    asked = [when for when, (_, path) in zip(server.times, server.hits, strict=True) if path == "/news/1"]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 0.95
    with made.store() as store:
        assert [status for url, status in captures(store) if url.endswith("/1")] == [503, 200]


@pytest.mark.parametrize("wait", ["86400", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_long_wait_is_kept_for_the_next_run(bench: Callable[..., Bench], server: Server, wait: str) -> None:
    server.pages = {"/news/1": Reply(b"busy", 429, (("Retry-After", wait),)), "/news/2": story()}
    made = bench(site())
    urls = [f"http://{HOST}/news/1", f"http://{HOST}/news/2"]
    summary = made.run(urls=urls[:1])
    assert summary.later == 1
    assert summary.partial
    before = len(server.hits)
    assert made.run(urls=urls[1:]).later == 2  # the host is left alone, not the address
    assert len(server.hits) == before
    with made.store() as store, store.engine.connect() as connection:
        held = connection.execute(select(t.Host)).one()
        assert held.reason == "status:429, retry-after"


def test_attempts_end(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/news/1": Reply(b"oops", 500)}
    made = bench(site(), retries=1)
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert summary.failed == {"status:500": 1}
    assert summary.partial
    assert server.paths().count("/news/1") == 2


def test_what_is_gone_is_no_failure(bench: Callable[..., Bench], server: Server) -> None:
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert summary.gone == {"status:404": 1}
    assert not summary.partial


def test_redirects_end(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {
        f"/news/{n}": Reply(status=302, headers=(("Location", f"/news/{n % 3 + 1}"),)) for n in (1, 2, 3)
    }
    server.pages["/news/7"] = Reply(status=302, headers=(("Location", "/news/7?" + "a" * 10_000),))
    server.pages["/news/8"] = Reply(status=302, headers=(("Location", "file:///etc/passwd"),))
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/{n}" for n in (1, 7, 8)])
    assert summary.failed == {"limit:redirects": 1}
    assert summary.blocked == {"blocked:length": 1, "blocked:scheme": 1}
    assert len([path for path in server.paths() if path in {"/news/1", "/news/2", "/news/3"}]) == 6


def test_a_retry_that_redirects_off_the_site_is_refused(
    bench: Callable[..., Bench], server: Server, other_server: Server
) -> None:
    off = Reply(status=302, headers=(("Location", "http://elsewhere.test/news/1"),))
    server.pages = {"/news/1": [Reply(b"busy", 503), off]}
    other_server.pages = {"/news/1": story()}
    made = bench(site(), loopback={"elsewhere.test": other_server.address})
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert summary.blocked == {"blocked:offsite": 1}
    assert other_server.connections == 0


def test_a_named_address_opens_its_host_and_no_other(
    bench: Callable[..., Bench], server: Server, other_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetch.run.STRANGER_DELAY", 0.0)
    server.pages = {"/x": Reply(status=302, headers=(("Location", "http://third.test/y"),)), "/z": story()}
    other_server.pages = {"/y": story()}
    made = bench(loopback={"stranger.test": server.address, "third.test": other_server.address})
    summary = made.run(urls=["http://stranger.test/z", "http://stranger.test/x"], patience=20.0)
    assert summary.fetched == 1
    assert summary.blocked == {"blocked:offsite": 1}
    assert other_server.connections == 0


def test_budget_and_delay(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/": listed(*(f"/news/{n}" for n in range(9)))}
    server.pages |= {f"/news/{n}": story(str(n)) for n in range(9)}
    polite = {"delay": 0.3, "max_pages": 4}
    made = bench(site(discover={"listings": [f"http://{HOST}/"]}, politeness=polite))
    summary = made.run()
    assert (summary.fetched, summary.later, summary.waiting) == (4, 6, 0)
    assert not summary.partial  # a budget that is used up is no failure
    gaps = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    assert sorted(gaps)[len(gaps) // 2] >= 0.28  # a busy machine may note one arrival late
    assert made.run().fetched == 4  # the list, and three more


def test_a_signal_at_the_start_of_a_spider_ends_the_crawl(
    bench: Callable[..., Bench], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages = {"/": listed("/news/1"), "/news/1": story("One")}
    begin = Feeding.__init__

    def interrupted(self: Feeding, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Feeding, "__init__", interrupted)
    summary = bench().run()
    assert (summary.stopped, summary.fetched, server.paths()) == (True, 0, [])


def test_named_addresses_are_fetched_beside_the_sites_that_are_named(
    bench: Callable[..., Bench], server: Server
) -> None:
    """Those of other sites and of strangers too; of these sites nothing else is asked for."""
    other, stranger = "www.other.test", "www.stranger.test"
    sites = (
        site(discover={"listings": [f"http://{HOST}/"]}),
        site("other", other, discover={"listings": [f"http://{other}/"]}),
    )
    server.pages = {"/": listed("/news/1"), "/news/1": story(), "/news/2": story("Two")}
    made = bench(*sites, loopback=dict.fromkeys((HOST, other, stranger), server.address))
    summary = made.run(sites=["mirror"], urls=[f"http://{other}/news/2", f"http://{stranger}/news/2"])
    assert (summary.fetched, summary.later) == (4, 0)
    assert [server.paths(host)[-1] for host in (other, stranger)] == ["/news/2"] * 2
    assert "/" not in server.paths(other)


def test_the_budget_of_a_site_with_several_hosts(bench: Callable[..., Bench], server: Server) -> None:
    hosts = [f"m{n}.mirror.test" for n in range(5)]
    server.pages = {"/news/1": story()}
    many = site(hosts=hosts, politeness={"delay": 0, "max_pages": 3})
    made = bench(many, loopback=dict.fromkeys(hosts, server.address))
    summary = made.run(urls=[f"http://{host}/news/1" for host in hosts])
    assert (summary.fetched, summary.later) == (3, 2)
    assert made.run(urls=[f"http://{hosts[0]}/news/1"]).later == 0


def test_the_delay_that_robots_ask_for(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {f"/news/{n}": story(str(n)) for n in range(3)}
    server.pages["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 0.4", mime="text/plain")
    assert bench(site()).run(urls=[f"http://{HOST}/news/{n}" for n in range(3)]).fetched == 3
    gaps = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    assert min(gaps) >= 0.3  # a busy machine sends some of them late


def test_nothing_is_carried_from_one_response_to_the_next(bench: Callable[..., Bench], server: Server) -> None:
    sly = (("Set-Cookie", "id=1; Path=/"), ("Referrer-Policy", "unsafe-url"), ("Location", "/news/2"))
    server.pages = {"/news/1": Reply(status=302, headers=sly), "/news/2": story(), "/news/3": story("Three")}
    assert bench(site()).run(urls=[f"http://{HOST}/news/{n}" for n in (1, 3)]).fetched == 2
    for sent in server.agents:
        assert not {"Cookie", "Referer", "Authorization"} & sent.keys()


def test_a_crawl_into_a_server(bench: Callable[..., Bench], server: Server, postgres_url: str) -> None:
    server.pages = {"/": listed("/news/1", "/news/2"), "/news/1": story("1"), "/news/2": story("2")}
    made = bench()
    made.database = postgres_url
    assert made.run().fetched == 3
    assert made.run().unchanged == 1


def test_robots_that_cannot_be_had_forbid(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/robots.txt": Reply(b"oops", 500), "/news/1": story()}
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert summary.later == 1
    assert summary.partial
    assert server.paths() == ["/robots.txt"]
    with made.store() as store:
        row = rows(store)[f"http://{HOST}/news/1"]
        assert (row.state, row.reason, row.attempts) == ("queued", "robots:unreachable", 0)
        assert row.not_before > store.now()


def test_robots_too_large_are_read_as_far_as_they_count(bench: Callable[..., Bench], server: Server) -> None:
    body = b"User-agent: *\nDisallow: /news/1\n" + b"#\n" * 4_000_000
    server.pages = {"/robots.txt": Reply(body, mime="text/plain"), "/news/1": story(), "/news/2": story()}
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/{n}" for n in (1, 2)])
    assert summary.fetched == 1
    assert summary.blocked == {"blocked:robots": 1}


def test_a_write_that_fails_ends_the_crawl(bench: Callable[..., Bench], server: Server) -> None:
    from crawler.errors import ArchiveError

    server.pages = {"/": listed(*(f"/news/{n}" for n in range(5)))}
    server.pages |= {f"/news/{n}": story(str(n)) for n in range(5)}
    made = bench()
    with made.store() as store:
        original, writes = store.archive.append, 0

        def full(members: Any) -> Any:
            nonlocal writes
            writes += 1
            if writes > 3:
                raise ArchiveError("the disk is full")
            return original(members)

        store.archive.append = full  # type: ignore[method-assign]  # as a full disk would
        from crawler.spiders.crawl import CrawlOptions, crawl

        with pytest.raises(ArchiveError, match="full"):
            crawl(store, made.config, made.sites, CrawlOptions(loopback=made.loopback))
    summary = made.run()
    assert summary.fetched + 1 >= 5
    with made.store() as store:
        assert {row.state for row in rows(store).values()} == {"done"}


def test_an_archived_list_is_discovered_again_at_the_start(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/": listed("/news/1"), "/news/1": story()}
    made = bench()
    made.run()
    with made.store() as store, store.engine.begin() as connection:
        connection.execute(delete(t.Frontier).where(t.Frontier.kind == "item"))
        connection.execute(update(t.Frontier).values(state="archived"))
    before = server.paths().count("/")
    summary = made.run(due=True)
    assert summary.leads == 1
    assert server.paths().count("/") == before  # from the archive
    assert server.paths().count("/news/1") == 2


def test_a_list_that_is_as_it_was_is_not_sent_again(bench: Callable[..., Bench], server: Server) -> None:
    tag = (("ETag", '"v1"'), ("Last-Modified", "Mon, 22 Dec 2025 07:16:09 GMT"))
    full = Reply(listed("/news/1").body, headers=tag)
    server.pages = {"/": [full, Reply(status=304, headers=tag), Reply(status=304)], "/news/1": story()}
    made = bench()
    made.run()
    assert "If-None-Match" not in server.agents[0]
    for _ in range(2):
        again = made.run()
        assert (again.fetched, again.unchanged, again.gone) == (1, 1, {})
        assert server.agents[-1]["If-None-Match"] == '"v1"'
        assert server.agents[-1]["If-Modified-Since"] == "Mon, 22 Dec 2025 07:16:09 GMT"


def test_what_is_due(bench: Callable[..., Bench], server: Server) -> None:
    from datetime import UTC, datetime, timedelta

    server.pages = {"/": listed("/news/1"), "/news/1": story("One")}
    made = bench()
    made.run()
    assert made.run(due=True).responses == 0  # not even robots.txt
    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    later = made.run(due=True, clock=lambda: tomorrow)
    assert (later.fetched, later.unchanged) == (1, 1)  # the list; the story is of no release
