"""What the dashboard's pages take beside a bare page of the same framework, under several readers at once.

    python tests/benchmarks/pages.py [--copies 20000] [--releases 400] [--readers 8] [--requests 400] [--json]

One server (Starlette on uvicorn, one process) has both: the dashboard over an invented store (`invented.py`), and
a page that says hello. Readers keep their connection and ask as soon as they are answered. For each kind of page
they ask for addresses drawn by chance, and right before and after for the bare page; told are the 95th percentiles
of both in milliseconds and their ratio: for addresses that nobody asked for before (`first`; there are only so
many start pages, and one page of each kind is asked for before anything is counted), and again (`again`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import select

from storage import tables as t
from storage.engine import open_engine, prepare
from storage.lookups import reading
from tests.benchmarks.invented import fill
from tests.benchmarks.web import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine

BARE: Final = "/-/bare"


def serve(database: str, port: int) -> None:
    """The server: the dashboard, and beside it a bare page."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Mount, Route

    from crawler.sites.load import load_sites
    from crawler.web.app import Serving, make_app
    from settings.app import AppConfig

    async def bare(_: object) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>hello</title><p>hello")

    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    dashboard = make_app(serving, open_engine(database))
    app = Starlette(routes=[Route(BARE, bare), Mount("/", dashboard)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", server_header=False, access_log=False)


@contextmanager
def serving(database: str) -> Iterator[int]:
    """The server in a process of its own; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with subprocess.Popen([sys.executable, __file__, "--serve", database, str(port)]) as process:
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, "the server did not start"
                    time.sleep(0.1)
            yield port
        finally:
            process.terminate()


def addresses(engine: Engine, count: int) -> dict[str, list[str]]:
    """Paths to ask for, by kind of page, each once."""
    chance = random.Random(1)
    with reading(engine) as connection:
        captures = sorted(connection.scalars(select(t.Copy.capture)))
        clusters = sorted(connection.scalars(select(t.Release.cluster)))
    chosen = chance.sample(captures, min(count, len(captures)))
    return {
        "start": [f"/?skip={50 * n}" for n in range(len(clusters) // 50 + 2)],
        "search": [f"/search?q={'+'.join(chance.sample(WORDS, 2))}" for _ in range(count)],
        "release": [f"/releases/{each}" for each in chance.sample(clusters, min(count, len(clusters)))],
        "copy": [f"/pages/{each}" for each in chosen],
        "difference": [f"/pages/{each}/difference" for each in chosen],
    }


async def read(port: int, paths: Sequence[str], readers: int) -> list[float]:
    """Have some readers ask for the paths; the milliseconds of each answer."""
    waiting, spent = list(reversed(paths)), []

    async def one() -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            path = waiting.pop()
            started = time.perf_counter()
            forth.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await back.readuntil(b"\r\n\r\n")).lower()
            await back.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            spent.append(1000 * (time.perf_counter() - started))
            assert head.startswith((b"http/1.1 200", b"http/1.1 303")), head
        forth.close()

    await asyncio.gather(*(one() for _ in range(readers)))
    return spent


def measure(port: int, paths: dict[str, list[str]], readers: int, requests: int) -> dict[str, Any]:
    """Both sides, by kind of page."""
    asyncio.run(read(port, [asked.pop() for asked in paths.values()], 1))
    found: dict[str, Any] = {}
    for kind, asked in paths.items():
        found[kind] = {}
        again = random.Random(2).choices(asked, k=requests)
        for turn, chosen in (("first", asked), ("again", again)):
            bare = asyncio.run(read(port, [BARE] * requests, readers))
            spent = asyncio.run(read(port, chosen, readers))
            bare += asyncio.run(read(port, [BARE] * requests, readers))
            ours, its = (sorted(each)[len(each) * 95 // 100] for each in (spent, bare))
            found[kind][turn] = {"p95": round(ours, 2), "bare": round(its, 2), "ratio": round(ours / its, 2)}
    return found


def main() -> int:
    """Fill, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=20_000, metavar="N")
    parser.add_argument("--releases", type=int, default=400, metavar="N")
    parser.add_argument("--readers", type=int, default=8, metavar="N")
    parser.add_argument("--requests", type=int, default=400, metavar="N", help="addresses of each kind, at most")
    parser.add_argument("--database", metavar="URL", help="a filled one, to measure again")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.serve:
        serve(args.serve[0], int(args.serve[1]))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        url = args.database or f"sqlite:///{scratch}/tearsheet.sqlite"
        engine = open_engine(url)
        if not args.database:
            prepare(engine)
            fill(engine, args.copies, args.releases)
        paths = addresses(engine, args.requests)
        engine.dispose()
        with serving(url) as port:
            said = measure(port, paths, args.readers, args.requests)
    if args.json:
        print(json.dumps(said, indent=1))
        return 0
    print("| page | | p95 (ms) | bare page (ms) | ratio |\n|---|---|---|---|---|")
    for kind, turns in said.items():
        for turn, figures in turns.items():
            print(f"| {kind} | {turn} | {' | '.join(str(figure) for figure in figures.values())} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
