"""A loopback server that counts what reaches it, and a data folder to crawl it into."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import msgspec

from crawler.reservations import FILE
from crawler.sites.load import Site, Sites
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from settings.app import AppConfig, Browser, Crawl
from storage.store import Store

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

HOST = "www.mirror.test"
OF_A_HOST = ("/robots.txt", FILE)
"""What every host is asked for before its pages."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers: `raw` replaces all else, byte for byte, and closes the connection."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    mime: str = "text/html; charset=utf-8"
    raw: bytes | None = None


Answer = Reply | list[Reply]


@dataclass(slots=True)
class Server:
    """A loopback server that counts: `pages` maps a path, or host and path, to what it answers (in turn).

    `services` maps a host to what answers there: a function of the path and the request's headers.
    """

    port: int
    pages: dict[str, Any] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    hits: list[tuple[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    http: Any = None

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def paths(self, host: str | None = None) -> list[str]:
        return [path for name, path in self.hits if host is None or name == host]

    def answer(self, host: str, path: str, headers: dict[str, str]) -> Any:
        if host in self.services and f"{host}{path}" not in self.pages:
            return self.services[host](path, headers)
        found = self.pages.get(f"{host}{path}", self.pages.get(path))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            server.hits.append((host, self.path))
            server.times.append(time.monotonic())
            server.agents.append(dict(self.headers.items()))
            reply = server.answer(host, self.path, dict(self.headers.items()))
            if callable(reply):
                self.close_connection = True
                reply(self)
                return
            if reply is None:
                reply = Reply(b"no such page", 404)
            if reply.raw is not None:
                self.close_connection = True
                self.wfile.write(reply.raw)
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.mime)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET  # noqa: N815 (the library's name)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    counted: Server

    def process_request(self, request: Any, client_address: Any) -> None:
        self.counted.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is the subject of some tests."""


@contextmanager
def serving() -> Iterator[Server]:
    server = Server(0)
    http = _Quiet(("127.0.0.1", 0), _handler(server))
    http.counted = server
    server.port, server.http = http.server_port, http
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


CHILD = """
import sys
from functools import partial
import crawler.cli.crawl as verb
from crawler.cli.main import main
from tests.crawl.loopback import HOST
verb.CrawlOptions = partial(verb.CrawlOptions, loopback={HOST: sys.argv[2]})
if __name__ == "__main__":
    sys.exit(main(["crawl", "--data", sys.argv[1], "--site", "mirror", *sys.argv[3:]]))
"""
"""A program for `python -c` that crawls the mirror as the verb does: data folder, server address, options."""


def site_file(delay: float) -> str:
    """The mirror as a site file."""
    return f"""
name = "mirror"
title = "A mirror"
tier = "copy"
hosts = ["{HOST}"]
items = ["/news/{{id:digits}}"]
discover.listings = ["http://{HOST}/"]
politeness.delay = {delay}
"""


def site(name: str = "mirror", host: str = HOST, **more: Any) -> Site:
    data: dict[str, Any] = {
        "name": name,
        "title": name,
        "tier": "copy",
        "hosts": [host],
        "items": ["/news/{id:digits}"],
        "politeness": {"delay": 0},
        **more,
    }
    return msgspec.convert(data, Site)


def listed(*paths: str) -> Reply:
    return Reply("".join(f'<p><a href="{path}">Story {path}</a></p>' for path in paths).encode())


def story(words: str = "A port opened its new pier") -> Reply:
    return Reply(f"<html><head><title>{words}</title></head><body><p>{words} today. </p></body></html>".encode())


@dataclass(slots=True)
class Bench:
    """One data folder and a crawl of it; pages are not derived, they are another test's subject."""

    folder: Path
    sites: Sites
    loopback: dict[str, str]
    crawl: Crawl
    database: str = ""
    browser: Browser = field(default_factory=Browser)

    @property
    def config(self) -> AppConfig:
        folder = str(self.folder)
        return AppConfig(folder, self.database, crawl=self.crawl, browser=self.browser, workers=1)

    @contextmanager
    def store(self) -> Iterator[Store]:
        config = self.config
        with Store.open(config.data_folder, config.database_url, "test") as store:
            yield store

    def run(self, **options: Any) -> CrawlSummary:
        chosen = CrawlOptions(loopback=self.loopback, **{"patience": 10.0, "derives": False, **options})
        with self.store() as store:
            return crawl(store, self.config, self.sites, chosen)
