"""A small web on loopback, fast enough not to be what is measured: hosts with a list of release pages each.

    python tests/benchmarks/web.py HOSTS PAGES EVERY

serves PAGES pages on HOSTS hosts (`www.wire0.test`, …), each at a port of its own, as a host of the net has an
address of its own, and prints the ports. `/` is a host's list, `/news/N` a page; every EVERY-th one (0: none)
redirects to `/moved/N`. What was asked for so far is told, and forgotten, at `/-/hits`.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SYLLABLES: Final = "ba den fos gir hul jem kar lon mip nor pel qui ros sut tam vel wim yor zan dre".split()
WORDS: Final = tuple(first + second for first in SYLLABLES for second in SYLLABLES)
OF_A_HOST: Final = {"/robots.txt", "/.well-known/tdmrep.json"}
"""What every host is asked for before its pages, in each run."""
SMALL: Final = ("the", "of", "and", "to", "in", "for", "with", "on")
FURNITURE: Final = (
    '<nav><a href="/">Home</a> <a href="/about">About</a> <a href="/contact">Contact</a></nav>',
    '<aside class="related"><h3>Most read</h3><ul><li>Storm warning lifted</li><li>Timetable</li></ul></aside>',
    "<footer>Copyright Wire Service. All rights reserved. Terms of use. Privacy policy.</footer>",
)


@dataclass(frozen=True, slots=True)
class World:
    """How large the web is. Page N lies on host N modulo `hosts`."""

    hosts: int
    pages: int
    every: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The host names."""
        return tuple(f"www.wire{n}.test" for n in range(self.hosts))

    def host_of(self, page: int) -> str:
        """The name of the host that a page lies on."""
        return f"www.wire{page % self.hosts}.test"

    def moves(self, page: int) -> bool:
        """Whether the page's address redirects."""
        return self.every > 0 and page % self.every == 0

    def answers(self) -> dict[tuple[str, str], bytes]:
        """Each response, whole, by host and path."""
        found = {(name, "/"): _response(_list(self, n)) for n, name in enumerate(self.names)}
        for page in range(self.pages):
            host, path = self.host_of(page), f"/news/{page}"
            if self.moves(page):
                found[host, path] = _redirect(f"/moved/{page}")
                path = f"/moved/{page}"
            found[host, path] = _response(_page(page))
        return found


def _list(world: World, host: int) -> str:
    links = (f'<p><a href="/news/{page}">Story {page}</a></p>' for page in range(host, world.pages, world.hosts))
    return f"<html><head><title>News</title></head><body>{''.join(links)}</body></html>"


def _page(number: int) -> str:
    words = random.Random(number)
    title = f"{' '.join(words.choices(WORDS, k=3)).title()} {number}"

    def sentence() -> str:
        said = " ".join(f"{words.choice(SMALL)} {words.choice(WORDS)} {words.choice(WORDS)}" for _ in range(8))
        return f"{said.capitalize()}."

    body = "".join(f"<p>{sentence()} {sentence()}</p>" for _ in range(6))
    return (
        f"<html><head><title>{title} | Wire</title></head><body>{FURNITURE[0]}<article><h1>{title}</h1>"
        f"<p>OSLO, Dec. 22, 2025 -- {sentence()}</p>{body}<h2>About the Wire</h2><p>{sentence()}</p></article>"
        f"{FURNITURE[1]}{FURNITURE[2]}</body></html>"
    )


def _response(body: str) -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


_NONE: Final = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"


class _Serving(asyncio.Protocol):
    """One connection: requests without a body, answered in their order."""

    def __init__(self, answers: dict[tuple[str, str], bytes], hits: Counter[tuple[str, str]]) -> None:
        self._answers = answers
        self._hits = hits
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.decode("latin-1").split("\r\n")))

    def _answer(self, lines: list[str]) -> bytes:
        path = lines[0].split(" ")[1]
        if path == "/-/hits":
            said = json.dumps([[*key, count] for key, count in self._hits.items()])
            self._hits.clear()
            return _response(said)
        host = next((line[6:] for line in lines if line[:6].lower() == "host: "), "")
        self._hits[host, path] += 1
        return self._answers.get((host, path), _NONE)


async def _serve(world: World) -> None:
    answers, hits = world.answers(), Counter[tuple[str, str]]()
    loop, ports = asyncio.get_running_loop(), {}
    for name in world.names:
        server = await loop.create_server(lambda: _Serving(answers, hits), "127.0.0.1", 0)
        ports[name] = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


@contextmanager
def serving(world: World) -> Iterator[dict[str, str]]:
    """Serve it in a process of its own; gives each host's address."""
    command = [sys.executable, __file__, str(world.hosts), str(world.pages), str(world.every)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def hits(addresses: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """The pages that were asked for since the last question, by host and path."""
    address = next(iter(addresses.values()))
    with urllib.request.urlopen(f"http://{address}/-/hits", timeout=30) as response:
        asked = json.load(response)
    return Counter({(host, path): count for host, path, count in asked if path not in OF_A_HOST})


if __name__ == "__main__":
    asyncio.run(_serve(World(*map(int, sys.argv[1:4]))))
