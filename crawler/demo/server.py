"""The sample newsroom as a web server on this machine: every host by its name, at one port of 127.0.0.1."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.demo.newsroom import Newsroom

_SECONDS: Final = 10.0
"""How long a connection may stay silent."""


@dataclass(slots=True)
class Requests:
    """What was asked for so far, by host and path; `get` and `note` may be called from any thread."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, host: str, path: str) -> int:
        """Count a request; answers how many there were before it."""
        with self._lock:
            before = self._counts[host, path]
            self._counts[host, path] += 1
            return before

    def of_host(self, host: str) -> Mapping[str, int]:
        """How often each path of a host was asked for."""
        with self._lock:
            return {path: count for (name, path), count in sorted(self._counts.items()) if name == host}


@dataclass(frozen=True, slots=True)
class Running:
    """A newsroom that is being served: where, and what it was asked for."""

    address: str
    requests: Requests
    hosts: tuple[str, ...]

    @property
    def loopback(self) -> Mapping[str, str]:
        """The route of each host, as the crawl's test-only setting wants it."""
        return dict.fromkeys(self.hosts, self.address)


@contextmanager
def serving(newsroom: Newsroom) -> Iterator[Running]:
    """Serve the newsroom at a port that is free, until the block is left."""
    requests = Requests()
    server = _Server(("127.0.0.1", 0), _handler(newsroom, requests))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Running(f"127.0.0.1:{server.server_address[1]}", requests, newsroom.hosts)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(newsroom: Newsroom, requests: Requests) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _SECONDS

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0].lower()
            response = newsroom.answer(host, self.path, requests.note(host, self.path))
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'
            same = response.status == 200 and self.headers.get("If-None-Match") == tag
            body = b"" if same else response.body
            self.send_response_only(304 if same else response.status)
            self.send_header("Server", "newsroom")
            self.send_header("Date", formatdate(usegmt=True))
            self.send_header("ETag", tag)
            for name, value in response.headers:
                self.send_header(name, value)
            if not same:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Say nothing: what was asked for is counted."""

    return Handler
