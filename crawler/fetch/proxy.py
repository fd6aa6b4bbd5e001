"""The proxy that a browser gets instead of the net: each connection is judged here, whatever a page tries.

It listens on 127.0.0.1, serves whoever has a pass, looks names up by itself through the guarded resolver, connects
only to what was judged, and counts what each pass has used. HTTP is passed on with methods that change nothing;
tunnels go to port 443 alone, so that a socket without TLS has no way out. Nothing inside a tunnel is read.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import socket
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.fetch.addresses import host_of, url_fault
from crawler.fetch.guard import peer_fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from crawler.fetch.own import Network

_HEAD_LIMIT: Final = 64 * 1024
_HEAD_SECONDS: Final = 20.0
_CONNECT_SECONDS: Final = 20.0
_IDLE_SECONDS: Final = 30.0
_CHUNK: Final = 64 * 1024
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_TLS: Final = 443
_OWN_HEADERS: Final = re.compile(r"(?i)^(proxy-[a-z-]*|connection|keep-alive|te|upgrade|host):")


@dataclass(slots=True)
class Pass:
    """What one page may use of the net, and what it was refused: reason -> how often."""

    token: str
    bytes_left: int
    connections_left: int
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def used_up(self) -> bool:
        """Whether nothing more is passed on."""
        return self.bytes_left <= 0 or self.connections_left <= 0


class _RefusedError(Exception):
    """A request that is not passed on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GuardingProxy:
    """For a run. `resolve` gives a name's judged addresses and why others were refused; `is_ours` is the fence.

    `routes` lead exact host names to a loopback address, as the guard's do; `own` are our own networks.
    """

    def __init__(
        self,
        resolve: Callable[[str, int], Awaitable[tuple[Sequence[str], str | None]]],
        is_ours: Callable[[str], bool],
        routes: Mapping[str, tuple[str, int]],
        own: Sequence[Network] = (),
    ) -> None:
        self._resolve = resolve
        self._is_ours = is_ours
        self._routes = routes
        self._own = own
        self._passes: dict[str, Pass] = {}
        self._served: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._server: asyncio.Server | None = None
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def start(self) -> None:
        """Begin to answer."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, sock=self._socket, limit=_HEAD_LIMIT)

    async def close(self) -> None:
        """Answer no more, and cut what is under way."""
        self._passes.clear()
        for task in list(self._served):
            task.cancel()
        if self._server is not None:
            self._server.close()
        self._socket.close()

    def admit(self, size: int, connections: int = 0) -> Pass:
        """A pass for one page; its token is the user name that the browser gives, with any password."""
        made = Pass(secrets.token_urlsafe(24), size, connections)
        self._passes[made.token] = made
        return made

    def withdraw(self, given: Pass) -> None:
        """End a pass: its connections are cut at their next byte."""
        self._passes.pop(given.token, None)
        given.connections_left = given.bytes_left = 0

    # ------------------------------------------------------------------------------------------- one connection

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._served.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            if self._server is not None and self._server.is_serving():
                raise
        finally:
            self._served.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        first, *lines = head.decode("latin-1").split("\r\n")
        given = self._passes.get(_token(lines))
        if given is None:
            writer.write(_answer("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="crawl"'))
            await writer.drain()
            return
        try:
            method, target, _ = (*first.split(" "), "", "")[:3]
            host, port = self._judge(method, target)
            upstream, out = await self._connect(host, port, given)
        except _RefusedError as error:
            given.refused[error.reason] += 1
            writer.write(_answer("403 Forbidden", f"X-Refused: {error.reason}"))
            await writer.drain()
            return
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
            else:
                out.write(_passed_on(method, target, lines))
            await self._relay(given, (reader, writer), (upstream, out))
        finally:
            out.close()

    def _judge(self, method: str, target: str) -> tuple[str, int]:
        """The host and port of a request that may be passed on."""
        url = f"https://{target}/" if method == "CONNECT" else target
        if method == "CONNECT" and not target.endswith(f":{_TLS}"):
            raise _RefusedError("blocked:port")
        if method != "CONNECT" and method not in _METHODS:
            raise _RefusedError("blocked:method")
        if method != "CONNECT" and not url.lower().startswith("http://"):
            raise _RefusedError("blocked:scheme")
        fault = url_fault(url)
        if fault is not None:
            raise _RefusedError(f"blocked:{fault}")
        host = host_of(url)
        if not self._is_ours(host):
            raise _RefusedError("blocked:offsite")
        return host, urlsplit(url).port or (_TLS if method == "CONNECT" else 80)

    async def _connect(
        self, host: str, port: int, given: Pass
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a judged address, its peer judged once more."""
        if given.used_up:
            raise _RefusedError("limit:render")
        given.connections_left -= 1
        route = self._routes.get(host) if port != _TLS else None
        if route is not None:
            return await asyncio.wait_for(asyncio.open_connection(*route), _CONNECT_SECONDS)
        found, fault = await self._resolve(host, port)
        for ip in found:
            with suppress(OSError, TimeoutError):
                upstream, out = await asyncio.wait_for(asyncio.open_connection(ip, port), _CONNECT_SECONDS)
                peer = out.get_extra_info("peername")
                wrong = peer_fault(str(peer[0]), int(peer[1]), frozenset(self._routes.values()), self._own)
                if wrong is None:
                    return upstream, out
                out.close()
                raise _RefusedError(wrong)
        raise _RefusedError(fault or "connection")

    async def _relay(
        self,
        given: Pass,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Pass bytes on both ways until one side ends or the pass is used up."""
        ways = [
            asyncio.ensure_future(_pump(given, client[0], server[1])),
            asyncio.ensure_future(_pump(given, server[0], client[1])),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if ways[0].done() and not ways[1].done():
                await asyncio.wait(ways[1:], timeout=_IDLE_SECONDS)  # the client is done asking, not reading
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _pump(given: Pass, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while True:
        data = await asyncio.wait_for(source.read(_CHUNK), _IDLE_SECONDS)
        given.bytes_left -= len(data)
        if given.bytes_left <= 0:
            given.refused["limit:render"] += 1
            return
        if not data:
            return
        target.write(data)
        await target.drain()


def _token(lines: Sequence[str]) -> str:
    """The user name of the credentials that a request brings, or the empty string."""
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "proxy-authorization":
            kind, _, coded = value.strip().partition(" ")
            with suppress(ValueError, UnicodeDecodeError):
                plain = base64.b64decode(coded, validate=True).decode("ascii")
                return plain.partition(":")[0] if kind.lower() == "basic" else ""
    return ""


def _answer(status: str, header: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode("latin-1")


def _passed_on(method: str, target: str, lines: Sequence[str]) -> bytes:
    """The head as the server gets it: its own path, and nothing that is meant for the proxy."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if line and not _OWN_HEADERS.match(line)]
    head = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", *kept, "Connection: close"]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
