"""Nothing that is not of the public net is reached, by whatever spelling, redirect, name or answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError

from crawler.errors import UsageError
from crawler.fetch import guard
from crawler.fetch.guard import Blocked, GuardedHandler, GuardedResolver, peer_fault, read_routes
from crawler.fetch.own import is_own, read_networks
from crawler.spiders.crawl import _started_reactor, scrapy_settings
from settings.app import AppConfig, load_config
from settings.app import Crawl as CrawlConfig
from tests.crawl.loopback import HOST, Bench, Reply, Server, serving, site, story

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SPELLINGS = [
    "127.0.0.1", "localhost", "LOCALHOST.", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "0",
    "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "127。0。0。1", "①②⑦.0.0.1", "１２７.0.0.1",
]  # fmt: skip


def handle(
    url: str,
    *,
    lookup: Callable[[str], Any] | None = None,
    loopback: dict[str, str] | None = None,
    timeout: float = 3.0,
    seen: dict[str, Any] | None = None,
    own: Sequence[str] = (),
) -> Any:
    """One request through the handler alone, as Scrapy would give it."""
    reactor = _started_reactor()
    routed = frozenset(read_routes(loopback or {}).values())
    original = reactor.nameResolver
    if lookup is not None:
        GuardedResolver(lookup, routed, read_networks(own)).install(reactor)

    async def go() -> Any:
        config = AppConfig(crawl=CrawlConfig(timeout=timeout, own=tuple(own)))
        crawler = Crawler(Spider, scrapy_settings(config, loopback or {}))
        crawler.spider = Spider(name="x")
        crawler._apply_settings()
        handler = GuardedHandler(crawler)
        try:
            return await handler.download_request(Request(url, meta={"download_timeout": timeout}))
        finally:
            if seen is not None:
                seen["peers"] = crawler.stats.get_value("tearsheet/peers", 0)
            with contextlib.suppress(Exception):
                await handler.close()

    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(go())
    finally:
        reactor.installNameResolver(original)


async def to_loopback(_: str) -> Sequence[str]:
    return ("127.0.0.1",)


async def to_system(name: str) -> Sequence[str]:
    return (name,)


def test_the_factory_is_asked(server: Server) -> None:
    """If this fails, Scrapy or Twisted no longer asks our factory, and the peers are not judged."""
    server.pages = {"/": story()}
    seen: dict[str, Any] = {}
    response = handle(f"http://{HOST}/", lookup=to_system, loopback={HOST: server.address}, seen=seen)
    assert response.status == 200
    assert response.url == f"http://{HOST}/"
    assert server.hits == [(HOST, "/")]
    assert seen["peers"] == 1


@pytest.mark.parametrize("host", SPELLINGS)
def test_spellings_are_refused_before_anything_is_looked_up(host: str) -> None:
    looked = []

    async def lookup(name: str) -> Sequence[str]:
        looked.append(name)
        return ("127.0.0.1",)

    with pytest.raises(Blocked, match="blocked:address"):
        handle(f"http://{host}/", lookup=lookup)
    assert not looked


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "rebound.example.com"]
)
def test_the_peer_alone_is_enough(host: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without URL policy and with a resolver that gives everything out, no request is sent."""
    monkeypatch.setattr("crawler.fetch.guard.url_fault", lambda _: None)
    monkeypatch.setattr(GuardedResolver, "_fault", lambda *_: None)
    with pytest.raises(Blocked, match=r"blocked:address\.loopback"):
        handle(f"http://{host}:{server.port}/", lookup=to_loopback)
    assert server.hits == []


def test_the_resolver_alone_is_enough(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without URL policy and peer check no connection is even begun."""
    monkeypatch.setattr("crawler.fetch.guard.url_fault", lambda _: None)

    def build(self: Any, _: object) -> Any:
        return guard._GuardedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # of Twisted

    monkeypatch.setattr(guard.GuardedFactory, "buildProtocol", build)
    with pytest.raises(Blocked, match=r"blocked:address\.loopback"):
        handle(f"http://rebound.example.com:{server.port}/", lookup=to_loopback)
    assert server.connections == 0


def test_a_route_opens_one_address_and_port(server: Server, other_server: Server) -> None:
    routes = {HOST: server.address}
    with pytest.raises(Blocked):
        handle(f"http://{other_server.address}/", lookup=to_system, loopback=routes)
    with pytest.raises(Blocked):
        handle(f"http://{server.address}/", lookup=to_system, loopback=routes)
    with pytest.raises(Blocked):
        handle("http://other.mirror.test/", lookup=to_loopback, loopback=routes)
    assert server.connections == other_server.connections == 0
    with pytest.raises(ValueError, match="must lead to"):
        read_routes({HOST: "10.0.0.1:80"})


def test_https_is_cut_before_a_byte_of_tls(other_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetch.guard.url_fault", lambda _: None)
    monkeypatch.setattr(GuardedResolver, "_fault", lambda *_: None)
    read: list[bytes] = []

    def first(handler: Any) -> None:
        read.append(handler.rfile.read(1))

    other_server.pages = {"/": first}
    with pytest.raises(Blocked, match="loopback"):
        handle(f"https://tls.example.com:{other_server.port}/", lookup=to_loopback)
    assert other_server.hits == []
    assert read == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer is let through here, so that the certificate alone decides."""
    monkeypatch.setattr("crawler.fetch.guard.url_fault", lambda _: None)
    monkeypatch.setattr("crawler.fetch.guard.peer_fault", lambda *_: None)
    with serving() as server:
        server.pages = {"/": story()}
        server.wrap(self_signed(tmp_path, "tls.example.com"))
        with pytest.raises(Exception, match="certificate"):
            handle(f"https://tls.example.com:{server.port}/", lookup=to_loopback)
        assert server.hits == []


def self_signed(folder: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "tls.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_proxy_of_the_environment_is_not_used(
    bench: Callable[..., Bench], server: Server, other_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{other_server.address}")
    server.pages = {"/news/1": story()}
    assert bench(site()).run(urls=[f"http://{HOST}/news/1"]).fetched == 1
    assert other_server.connections == 0


def test_a_name_that_does_not_resolve_is_no_refusal() -> None:
    async def nothing(_: str) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(CannotResolveHostError):
        handle("http://nowhere.example.com/", lookup=nothing)


def test_rebinding_changes_nothing(server: Server, bench: Callable[..., Bench]) -> None:
    """A name that is public when it is first looked up, and ours when it is connected to."""
    answers = iter([("127.0.0.1",), ("10.0.0.1", "127.0.0.1"), ("::1",)])

    async def lookup(name: str) -> Sequence[str]:
        return (name,) if name == "127.0.0.1" else next(answers, ("169.254.169.254",))

    server.pages = {"/robots.txt": Reply(b""), "/news/1": story()}
    made = bench(site(), site("rebound", "www.rebound.test"))
    summary = made.run(urls=["http://www.rebound.test/news/1", f"http://{HOST}/news/1"], lookup=lookup)
    assert summary.fetched == 1
    assert {host for host, _ in server.hits} == {HOST}
    assert summary.later == 1  # its robots.txt could not be had


def test_hostile_addresses_in_a_crawl(bench: Callable[..., Bench], server: Server, other_server: Server) -> None:
    """Named, linked and redirected to, in every spelling: the other server is never connected to."""
    targets = [f"http://{host}:{other_server.port}/" for host in SPELLINGS]
    targets += [f"http://{host}/" for host in SPELLINGS]
    links = "".join(f'<a href="{target}news/1">x</a>' for target in targets)
    server.pages = {"/": Reply(links.encode())}
    for n, target in enumerate(targets):
        server.pages[f"/news/{n}"] = Reply(
            status=(301, 302, 303, 307, 308)[n % 5], headers=(("Location", _ascii(target)),)
        )
    made = bench(site(discover={"listings": [f"http://{HOST}/"]}))
    named = [*targets, *(f"http://{HOST}/news/{n}" for n in range(len(targets)))]
    summary = made.run(sites=["mirror"], urls=[*named, "file:///etc/passwd", "http://user:pw@example.com/"])
    assert other_server.connections == 0
    assert summary.leads == 0
    assert summary.fetched == 1
    assert sum(summary.blocked.values()) == 2 * len(targets) + 2
    assert not summary.failed


def _ascii(url: str) -> str:
    return "".join(c if ord(c) < 128 else "".join(f"%{b:02X}" for b in c.encode()) for c in url)


def test_robots_redirected_inside_reach_nothing(
    bench: Callable[..., Bench], server: Server, other_server: Server
) -> None:
    server.pages = {
        "/robots.txt": Reply(status=302, headers=(("Location", f"http://{other_server.address}/robots.txt"),)),
        "/news/1": story(),
    }
    made = bench(site())
    summary = made.run(urls=[f"http://{HOST}/news/1"])
    assert other_server.connections == 0
    assert summary.fetched == 0
    assert summary.later == 1


def test_a_flood_of_headers_is_cut_off(server: Server) -> None:
    sent = 0

    def flood(handler: Any) -> None:
        nonlocal sent
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            for n in range(40_000):
                handler.wfile.write(b"X-%d: " % n + b"a" * 10_000 + b"\r\n")
                sent += 10_000

    def one_line(handler: Any) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 5_000_000)

    def interim(handler: Any) -> None:
        with contextlib.suppress(OSError):
            for _ in range(100_000):
                handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n")

    server.pages = {"/flood": flood, "/line": one_line, "/interim": interim}
    for path in ("/flood", "/interim"):
        with pytest.raises(Blocked, match="limit:headers"):
            handle(f"http://{HOST}{path}", lookup=to_system, loopback={HOST: server.address}, timeout=5.0)
    assert sent < 20_000_000
    with pytest.raises(Exception):  # noqa: B017, PT011 (Twisted refuses such a line by itself)
        handle(f"http://{HOST}/line", lookup=to_system, loopback={HOST: server.address}, timeout=5.0)


def test_an_endless_body_is_cut_off(bench: Callable[..., Bench], server: Server) -> None:
    def endless(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"a" * 65536)

    def slow(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(40):
                handler.wfile.write(b"a")
                time.sleep(0.1)

    short = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>half"
    server.pages = {"/news/1": endless, "/news/2": slow, "/news/3": Reply(raw=short)}
    made = bench(site(), retries=0, timeout=1.0)
    summary = made.run(urls=[f"http://{HOST}/news/{n}" for n in (1, 2, 3)])
    assert summary.failed == {"limit:body": 1, "timeout": 1, "truncated": 1}


PUBLIC = "93.184.215.14"


async def to_public(name: str) -> list[str]:
    return [PUBLIC if name.endswith(".test") else name]


@pytest.mark.parametrize("listed", [PUBLIC, "93.184.208.0/20"])
def test_our_own_public_address_is_refused_as_listed(
    bench: Callable[..., Bench], server: Server, listed: str
) -> None:
    server.pages = {"/news/1": story()}
    here, there = f"http://{HOST}/news/1", "http://www.elsewhere.test/news/1"
    made = bench(site(), site("elsewhere", "www.elsewhere.test"), own=(listed,))
    summary = made.run(urls=[here, there], lookup=to_public)
    assert (summary.fetched, summary.later) == (1, 1)  # not even its robots.txt is asked for
    assert peer_fault(PUBLIC, 443, frozenset(), read_networks([listed])) == "blocked:address.own"
    with pytest.raises(Blocked, match=r"blocked:address\.own"):
        handle(there, lookup=to_public, own=[listed])


def test_an_address_of_this_machines_interfaces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no public address here is told one of loopback's, which is as much an interface's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.77", 0))
    assert is_own("127.0.0.77", ())
    assert not is_own(PUBLIC, ())
    assert not is_own("2606:4700::1111", ())
    monkeypatch.setattr("crawler.fetch.guard.address_kind", lambda _: None)  # were it a public address
    assert peer_fault("127.0.0.77", 80, frozenset()) == "blocked:address.own"
    assert peer_fault("127.0.0.77", 80, frozenset({("127.0.0.77", 80)})) is None


@pytest.mark.parametrize("said", ["x", "300.1.1.1", "::1/200"])
def test_what_is_no_address_is_refused_in_the_settings(said: str, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(f'[crawl]\nown = ["{said}"]\n')
    with pytest.raises(UsageError, match=r"\$\.crawl"):
        load_config(tmp_path / "c.toml", {})


def test_a_tls_handshake_that_stalls_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer is let through here; it takes the connection and the ClientHello, and says nothing."""
    monkeypatch.setattr("crawler.fetch.guard.url_fault", lambda _: None)
    monkeypatch.setattr("crawler.fetch.guard.peer_fault", lambda *_: None)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                while part := connection.recv(65536):
                    heard.append(part)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(DownloadTimeoutError):
            handle(f"https://tls.example.com:{port}/", lookup=to_loopback, timeout=1.0)
        thread.join(10)
    assert not thread.is_alive()  # the connection was closed
    assert b"".join(heard).startswith(b"\x16\x03")  # a handshake was begun
