"""The network guard: no connection to an address that is not of the public net, whatever named it.

Three layers, each enough by itself: the URL is judged before anything is looked up, the resolver gives out no
address that is not public, and the connected peer is judged before a byte is sent. Response heads are capped,
since Scrapy counts only bodies. `TEARSHEET_LOOPBACK` maps exact host names to an exact loopback address and
port, for tests and the demo; there is no setting that allows private addresses. `TEARSHEET_OWN` lists public
addresses that are our own beside those of this machine's interfaces; they are refused like private ones.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived
from zope.interface import implementer

from crawler.fetch.addresses import address_kind, host_of, url_fault
from crawler.fetch.own import is_own, read_networks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.interfaces import IAddress

    from crawler.fetch.own import Network

HEAD_LIMIT: Final = 256 * 1024
"""Bytes of a response's status line and headers, those of interim responses included."""

_LOOKUP_SECONDS: Final = 20.0
_LOOPBACK: Final = "127.0.0.1"


class Blocked(IgnoreRequest):
    """A request that is not made, or is cut off, and the reason: `blocked:address.loopback`, `limit:headers`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_routes(setting: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """The loopback address of each host name that has one.

    Raises:
        ValueError: an address is not one of this machine's loopback with a port.

    """
    routes = {}
    for name, target in setting.items():
        ip, _, port = target.partition(":")
        if ip != _LOOPBACK or not port.isdigit():
            raise ValueError(f"TEARSHEET_LOOPBACK: {name} must lead to {_LOOPBACK}:PORT, not {target}")
        routes[name.lower()] = (ip, int(port))
    return routes


def peer_fault(ip: str, port: int, routed: frozenset[tuple[str, int]], own: Sequence[Network] = ()) -> str | None:
    """Why an IP address must not be connected to, or None: it is public and not `own` (nor any interface's of this
    machine), or exactly what a route leads to.
    """
    kind = address_kind(ip) or ("own" if is_own(ip, own) else None)
    return None if kind is None or (ip, port) in routed else f"blocked:address.{kind}"


# ------------------------------------------------------------------------------------------------- the resolver


async def look_up(name: str) -> Sequence[str]:
    """The addresses of a name, from the system."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Gives out public addresses only, and those that a route leads to. `refused` tells why a name had none."""

    def __init__(
        self,
        lookup: Callable[[str], Awaitable[Sequence[str]]],
        routed: frozenset[tuple[str, int]],
        own: Sequence[Network] = (),
    ) -> None:
        self._lookup = lookup
        self._routed = routed
        self._own = own
        self.refused: dict[str, str] = {}

    def install(self, reactor: Any) -> None:
        """Make this the resolver that every connection asks."""
        reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 (the interface's name)
        self,
        resolutionReceiver: Any,  # noqa: N803 (the interface's name)
        hostName: str,  # noqa: N803 (as above)
        portNumber: int = 0,  # noqa: N803 (as above)
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: ARG002, N803 (as above; both kinds are given)
        transportSemantics: str = "TCP",  # noqa: ARG002, N803 (as above)
    ) -> _Resolution:
        """Look a name up, and pass on what is public of it."""
        resolution = _Resolution(hostName)
        loop = asyncio.get_running_loop()
        resolution.task = loop.create_task(self._answer(resolution, resolutionReceiver, hostName, portNumber))
        return resolution

    async def addresses(self, name: str, port: int) -> tuple[Sequence[str], str | None]:
        """What is public of a name's addresses, and why another of them was refused."""
        try:
            found = await asyncio.wait_for(self._lookup(name), _LOOKUP_SECONDS)
        except (OSError, TimeoutError, UnicodeError):
            found = ()
        faults = {ip: self._fault(ip, port) for ip in found}
        why = [fault for fault in faults.values() if fault is not None]
        return tuple(ip for ip, fault in faults.items() if fault is None), why[-1] if why else None

    async def _answer(self, resolution: _Resolution, receiver: Any, name: str, port: int) -> None:
        receiver.resolutionBegan(resolution)
        found, fault = await self.addresses(name, port)
        for ip in found:
            family = IPv6Address if ":" in ip else IPv4Address
            receiver.addressResolved(family("TCP", ip, port))
        if fault is not None:
            self.refused[name] = fault
        receiver.resolutionComplete()

    def _fault(self, ip: str, port: int) -> str | None:
        return peer_fault(ip, port, self._routed, self._own)


# ------------------------------------------------------------------------------------------------- the connection


class _GuardedProtocol(_LenientHTTP11ClientProtocol):
    """Cuts a connection off whose response head grows over the limit."""

    _head_bytes = 0

    def request(self, request: Any) -> Any:
        self._head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        parser = self._parser
        if parser is not None and parser.state in {STATUS, HEADER}:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT:
                self._giveUp(Failure(Blocked("limit:headers")))  # type: ignore[no-untyped-call]  # as below
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted does not type it


class GuardedFactory(_LenientHTTP11ClientFactory):
    """Builds a protocol for a connected peer, unless the peer is not one of the public net."""

    routed: frozenset[tuple[str, int]] = frozenset()
    own: Sequence[Network] = ()

    def buildProtocol(self, addr: IAddress | None) -> _GuardedProtocol:  # noqa: N802 (Twisted's name)
        """Raise `Blocked` for a peer that is not public; called before the request or a TLS byte is sent."""
        if not isinstance(addr, IPv4Address | IPv6Address):
            raise Blocked("blocked:address.unknown")
        fault = peer_fault(addr.host, addr.port, self.routed, self.own)
        if fault is not None:
            raise Blocked(fault)
        return _GuardedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # as above


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's handler, with the URL judged before and the connections made through the guarded factory.

    A factory that the pool did not ask is told by the stat `tearsheet/peers`: it counts the peers judged.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._routes = read_routes(crawler.settings.getdict("TEARSHEET_LOOPBACK"))
        stats, networks = crawler.stats, read_networks(crawler.settings.getlist("TEARSHEET_OWN"))

        class Factory(GuardedFactory):
            routed = frozenset(self._routes.values())
            own = networks

            def buildProtocol(self, addr: IAddress | None) -> _GuardedProtocol:  # noqa: N802 (Twisted's name)
                stats.inc_value("tearsheet/peers")
                return super().buildProtocol(addr)

        self._pool._factory = Factory  # noqa: SLF001 (the pool has no other place for it; the version is pinned)

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise `Blocked`; what went wrong below is told by its reason and not by its wrapping."""
        fault = url_fault(request.url)
        if fault is not None:
            raise Blocked(f"blocked:{fault}")
        if request.meta.get("proxy"):
            raise Blocked("blocked:proxy")  # behind a proxy the peer would be the proxy
        try:
            response = await super().download_request(self._routed(request))
        except CannotResolveHostError as error:
            reason = _why_unresolved(host_of(request.url))
            raise Blocked(reason) if reason else error from error
        except Exception as error:
            blocked = _find_blocked(error)
            raise blocked if blocked is not None else error from error
        return response if response.url == request.url else response.replace(url=request.url)

    def _routed(self, request: Request) -> Request:
        parts = urlsplit(request.url)
        route = self._routes.get(host_of(request.url)) if parts.scheme == "http" else None
        if route is None:
            return request
        url = urlunsplit(parts._replace(netloc=f"{route[0]}:{route[1]}"))
        routed = request.replace(url=url)
        routed.headers["Host"] = parts.netloc
        return routed


def _why_unresolved(host: str) -> str | None:
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    return resolver.refused.pop(host, None) if isinstance(resolver, GuardedResolver) else None


def _find_blocked(error: BaseException | None) -> Blocked | None:
    """The guard's own word inside the wrappings of Twisted and Scrapy."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, Blocked):
            return error
        if isinstance(error, ResponseNeverReceived | ResponseFailed | RequestTransmissionFailed):
            for reason in error.reasons:
                if isinstance(reason.value, Blocked):
                    return reason.value
        error, seen = error.__cause__, seen + 1
    return None
