"""What a run died of: asked for alone, set aside in the end, and in nobody's way. And leases that expire."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from crawler.fetch.run import Run, entry
from crawler.records import Lead
from storage import frontier
from storage import tables as t
from storage.store import Store
from tests.crawl.loopback import HOST, Bench, Reply, Server, listed, site, story

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    import pytest

ROOT = Path(__file__).parents[2]
NAMES = [f"www.mirror{n}.test" for n in range(6)]

POISONED = """
import os, sys
from pathlib import Path
from crawler.fetch.archive import ArchiveMiddleware
from crawler.sites.load import Sites
from crawler.spiders.crawl import CrawlOptions, crawl
from settings.app import AppConfig
from storage.store import Store
from tests.crawl.loopback import HOST, site

real = ArchiveMiddleware.process_response

async def process_response(self, request, response):
    if request.url.endswith("/news/2"):
        os._exit(139)
    return await real(self, request, response)

ArchiveMiddleware.process_response = process_response
data, address = sys.argv[1:]
if __name__ == "__main__":
    config = AppConfig(data=data, workers=1)
    sites = Sites((site(discover={"listings": [f"http://{HOST}/"]}),))
    with Store.open(config.data_folder, config.database_url, "crawl") as store:
        crawl(store, config, sites, CrawlOptions(loopback={HOST: address}, due=True, derives=False))
"""


def states(bench: Bench) -> dict[str, tuple[str, str | None]]:
    query = select(t.Frontier.url, t.Frontier.state, t.Frontier.reason)
    with bench.store() as store, store.engine.connect() as connection:
        return {row.url.partition(".test")[2]: (row.state, row.reason) for row in connection.execute(query)}


def test_suspects_come_first_and_one_at_a_time(server: Server, bench: Callable[..., Bench]) -> None:
    lock, under_way, seen = threading.Lock(), [0], list[tuple[str, int]]()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            under_way[0] += 1
            seen.append((handler.path, under_way[0]))
        time.sleep(0.1)
        with lock:
            under_way[0] -= 1
        body = story().body
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    made = bench(
        *(site(f"mirror{n}", name) for n, name in enumerate(NAMES)), loopback=dict.fromkeys(NAMES, server.address)
    )
    server.pages = {f"/news/{n}": slow for n in range(12)}
    leads = [Lead(f"http://{NAMES[n % 6]}/news/{n}", f"mirror{n % 6}", "s", "listed", "item") for n in range(12)]
    with made.store() as store, store.engine.begin() as connection:
        frontier.offer(connection, [entry(lead) for lead in leads], store.now())
        broken = [entry(lead).key for lead in leads[:3]]
        connection.execute(update(t.Frontier).where(t.Frontier.url_key.in_(broken)).values(breaks=1))
    made.run(due=True)
    assert sorted(path for path, _ in seen[:3]) == ["/news/0", "/news/1", "/news/2"]
    assert [busy for _, busy in seen[:3]] == [1, 1, 1]
    assert max(busy for _, busy in seen[3:]) > 1
    assert {state for state, _ in states(made).values()} == {"done"}


def test_a_page_that_runs_die_of_is_set_aside_and_all_others_come(
    server: Server, bench: Callable[..., Bench]
) -> None:
    made = bench()
    server.pages = {"/": listed(*(f"/news/{n}" for n in range(6))), **{f"/news/{n}": story() for n in range(6)}}
    deaths, said = 0, ""
    for _ in range(8):
        child = [sys.executable, "-c", POISONED, str(made.folder), server.address]
        done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        said += done.stderr
        if done.returncode == 0:
            break
        assert done.returncode == 139, done.stderr
        deaths += 1
    assert deaths == 3, "it is the only one of its host under way, so that each death counts"
    assert f"http://{HOST}/news/2 was alone under way when 3 runs died" in said
    found = states(made)
    assert found.pop("/news/2") == ("queued", "quarantined")
    assert set(found.values()) == {("done", None)}
    assert len(found) == 6
    assert server.paths().count("/news/2") == 3


def test_a_lease_that_nothing_comes_of_expires(
    server: Server, bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> None:
        time.sleep(3)

    made = bench(retries=0, timeout=60.0)
    server.pages = {"/": listed("/news/1"), "/news/1": never}
    monkeypatch.setattr(Run, "longest_lease", lambda *_: 0.5)
    began = time.monotonic()
    summary = made.run()
    assert summary.failed == {"expired": 1}
    assert time.monotonic() - began < 50  # nobody waited for the time-out
    assert states(made)["/news/1"] == ("failed", "expired")


def test_an_orderly_end_leaves_no_lease(server: Server, bench: Callable[..., Bench]) -> None:
    made = bench()
    server.pages = {"/": Reply(b"busy", 503, (("Retry-After", "3600"),))}
    made.run()
    with made.store() as store, store.engine.connect() as connection:
        rows: Any = connection.execute(select(t.Frontier.state, t.Frontier.breaks)).all()
    assert {tuple(row) for row in rows} == {("queued", 0)}


def test_a_lease_whose_commit_was_not_answered_is_not_lost(
    server: Server, bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server dies between a commit and its answer: what was written is written again, by who heard nothing."""
    real = Store.add

    def add(store: Store, arrivals: Any, also: Any = None) -> Any:
        if not arrivals:
            real(store, arrivals, also)
        return real(store, arrivals, also)

    monkeypatch.setattr(Store, "add", add)
    server.pages = {"/": listed(*(f"/news/{n}" for n in range(8)))}
    server.pages |= {f"/news/{n}": story(f"Pier {n} opened in the port, its owners said, " * 4) for n in range(8)}
    crawled = bench(site(discover={"listings": [f"http://{HOST}/"]}))
    assert crawled.run().fetched == 9
    assert {state for state, _ in states(crawled).values()} == {"done"}
    assert set(Counter(server.paths()).values()) == {1}
