"""Answers that break HTTP: each address ends with a reason of its own, and the others are fetched."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from sqlalchemy import select

from crawler.fetch.robots import Robots
from crawler.fetch.rules import Kept, read_rules
from storage import tables as t
from tests.crawl.loopback import HOST, Bench, Reply, Server, site, story
from tests.db.folders import sound

if TYPE_CHECKING:
    from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def raw(*parts: bytes) -> Reply:
    return Reply(raw=b"".join(parts))


def silent(handler: Any) -> None:
    time.sleep(4)


def reset(handler: Any) -> None:
    """Send the headers, then tear the connection down."""
    with contextlib.suppress(OSError):
        handler.wfile.write(OK + b"Content-Length: 100\r\n\r\n<p>")
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()


def slow_head(handler: Any) -> None:
    with contextlib.suppress(OSError):
        for byte in OK[:30]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.2)


ANSWERS: dict[str, tuple[Any, tuple[str, str | None]]] = {
    "negative length": (raw(OK, b"Content-Length: -5\r\n\r\n<p>x"), ("failed", "connection")),
    "signed length": (raw(OK, b"Content-Length: +5\r\n\r\n<p>xy"), ("failed", "connection")),
    "two lengths": (raw(OK, b"Content-Length: 4\r\nContent-Length: 6\r\n\r\n<p>xyz"), ("failed", "connection")),
    "too long a length": (raw(OK, b"Content-Length: 99\r\n\r\n<p>half"), ("failed", "truncated")),
    "too short a length": (raw(OK, b"Content-Length: 3\r\n\r\n<p>more than that"), ("done", None)),
    "cut chunks": (raw(OK, b"Transfer-Encoding: chunked\r\n\r\n9\r\n<p>"), ("failed", "truncated")),
    "bad chunks": (raw(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<p>x"), ("failed", "truncated")),
    "no length": (raw(OK, b"\r\n<p>until the end"), ("done", None)),
    "http 0.9": (raw(b"<p>no head at all"), ("failed", "connection")),
    "empty": (Reply(b""), ("done", None)),
    "no content": (Reply(b"", 204), ("failed", "status:204")),
    "partial": (Reply(b"<p>", 206), ("failed", "status:206")),
    "not modified": (raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), ("failed", "status:304")),  # nobody asked
    "999": (raw(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"), ("failed", "status:999")),
    "silence": (silent, ("failed", "timeout")),
    "slow head": (slow_head, ("failed", "timeout")),
    "reset": (reset, ("failed", "truncated")),
    "a head with no end": (raw(OK), ("failed", "connection")),
}


def test_each_has_its_end_and_the_next_is_fetched(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {f"/news/{n}": answer for n, (answer, _) in enumerate(ANSWERS.values())}
    server.pages["/news/99"] = story()
    made = bench(site(), retries=0, timeout=2.0)
    urls = [f"http://{HOST}/news/{n}" for n in (*range(len(ANSWERS)), 99)]
    summary = made.run(urls=urls)
    with made.store() as store:
        sound(store)
        with store.engine.connect().execution_options(reads=True) as connection:
            rows = connection.execute(select(t.Frontier.url, t.Frontier.state, t.Frontier.reason)).all()
            captures = connection.execute(select(t.Capture.url, t.Capture.flags)).all()
    flags = {row.url: row.flags for row in captures}
    found = {row.url.rpartition("/")[2]: (row.state, row.reason) for row in rows}
    assert found.pop("99") == ("done", None)
    assert {name: found[str(n)] for n, name in enumerate(ANSWERS)} == {
        name: expected for name, (_, expected) in ANSWERS.items()
    }
    names = list(ANSWERS)
    assert flags[urls[names.index("no length")]] == "partial"  # nothing says whether more was to come
    assert flags[urls[names.index("cut chunks")]] == "truncated=disconnect"
    assert summary.fetched == sum(expected[0] == "done" for _, expected in ANSWERS.values()) + 1


def test_rules_are_those_of_the_scheme_and_port_and_good_for_a_day() -> None:
    asked: list[str] = []
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    robots = Robots(cast("Any", None), cast("Any", SimpleNamespace(clock=lambda: now[0])))

    async def learn(origin: str, _host: str) -> Kept:
        asked.append(origin)
        rules = read_rules(200, b"User-agent: *\nDisallow: /a" if origin.startswith("https") else b"")
        return Kept(rules, now[0] + timedelta(hours=24))

    async def go() -> list[str | None]:
        first = [await robots.fault(f"{scheme}://x.example/a") for scheme in ("http", "https", "http")]
        now[0] += timedelta(hours=23)
        again = await robots.fault("https://x.example/a")
        now[0] += timedelta(hours=2)
        return [*first, again, await robots.fault("https://x.example/b")]

    loop = asyncio.new_event_loop()  # asyncio.run would take the reactor's away from the next test
    with patch.object(robots, "_learn", learn), contextlib.closing(loop):
        found = loop.run_until_complete(go())
    assert found == [None, "blocked:robots", None, "blocked:robots", None]
    assert asked == ["http://x.example", "https://x.example", "https://x.example"]


def test_robots_behind_many_redirects_are_not_had(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {f"/r{n}": Reply(status=302, headers=(("Location", f"/r{n + 1}"),)) for n in range(9)}
    server.pages["/robots.txt"] = Reply(status=302, headers=(("Location", "/r0"),))
    server.pages["/news/1"] = story()
    summary = bench(site()).run(urls=[f"http://{HOST}/news/1"])
    assert (summary.fetched, summary.later) == (0, 1)
    assert "/news/1" not in server.paths()
