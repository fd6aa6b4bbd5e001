"""No network at the start, names that no longer resolve in the middle, a net of IPv6 alone: later is not lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv6Address

from crawler.fetch.guard import GuardedResolver
from tests.crawl.loopback import HOST, Bench, Reply, Server, listed, site, story

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


async def no_network(_: str) -> Sequence[str]:
    raise OSError("Temporary failure in name resolution")


def test_no_network_at_the_start_is_tried_again_by_the_next_run(
    server: Server, bench: Callable[..., Bench]
) -> None:
    made = bench(site(discover={"listings": [f"http://{HOST}/"]}))
    server.pages = {"/": listed("/news/1"), "/news/1": story()}
    away = Bench(made.folder, made.sites, {}, made.crawl)
    summary = away.run(patience=0.0, lookup=no_network, clock=lambda: START)
    assert (summary.fetched, summary.later) == (0, 1)
    assert summary.partial
    assert server.hits == []
    summary = made.run(due=True, clock=lambda: START + timedelta(hours=2))
    assert summary.fetched == 2
    assert summary.later == 0


def test_names_that_stop_resolving_in_the_middle(server: Server, bench: Callable[..., Bench]) -> None:
    looked = list[str]()

    async def lookup(name: str) -> Sequence[str]:
        looked.append(name)
        if len(looked) > 3:
            raise OSError("Temporary failure in name resolution")
        return (name,)

    def closing(body: bytes) -> Reply:
        return Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)

    made = bench(retries=0)
    server.pages = {"/robots.txt": closing(b""), "/": closing(listed(*(f"/news/{n}" for n in range(4))).body)}
    server.pages |= {f"/news/{n}": closing(story().body) for n in range(4)}
    summary = made.run(lookup=lookup, clock=lambda: START)
    assert summary.fetched == 2
    assert summary.failed == {"dns": 3}
    summary = made.run(due=True, clock=lambda: START + timedelta(days=40))
    assert summary.fetched >= 4
    assert summary.failed == {}


def test_a_net_of_ipv6_alone() -> None:
    given, told = list[Any](), list[str]()

    class Receiver:
        def resolutionBegan(self, _: object) -> None:  # noqa: N802 (the interface's name)
            told.append("began")

        def addressResolved(self, address: object) -> None:  # noqa: N802 (the interface's name)
            given.append(address)

        def resolutionComplete(self) -> None:  # noqa: N802 (the interface's name)
            told.append("complete")

    async def lookup(_: str) -> Sequence[str]:
        return ("2606:4700::1111", "fd00::1", "fe80::1", "::1", "64:ff9b::7f00:1")

    async def resolve() -> None:
        resolver = GuardedResolver(lookup, frozenset())
        resolution = resolver.resolveHostName(Receiver(), "six.example", 443)
        assert resolution.task is not None
        await resolution.task

    loop = asyncio.new_event_loop()  # the reactor keeps its own
    loop.run_until_complete(resolve())
    loop.close()
    assert given == [IPv6Address("TCP", "2606:4700::1111", 443)]
    assert told == ["began", "complete"]
