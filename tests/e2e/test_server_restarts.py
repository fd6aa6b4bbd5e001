"""PostgreSQL crashes and comes back while a run writes: it waits, goes on, and nothing is lost or there twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from crawler.errors import LockHeldError
from crawler.sites.load import Sites
from settings.app import Crawl
from storage import tables as t
from storage.store import Store
from tests.crawl.loopback import HOST, OF_A_HOST, Bench, listed, serving, site, story
from tests.db.cluster import Cluster, running
from tests.db.folders import arrivals, expected, sound, urls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CRASHES = 5


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as made:
        yield made


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """An empty database on the server that crashes."""
    yield cluster.url
    from storage.engine import open_engine

    engine = open_engine(cluster.url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@contextmanager
def crashing(cluster: Cluster, times: int, done: Callable[[], int]) -> Iterator[threading.Thread]:
    """Let it crash so often, each time when some more is done."""

    def crash() -> None:
        for _ in range(times):
            before, limit = done(), time.monotonic() + 60
            while done() < before + 4 and time.monotonic() < limit:
                time.sleep(0.02)
            cluster.crash()

    thread = threading.Thread(target=crash)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def test_crashes_while_pages_are_stored(cluster: Cluster, database: str, tmp_path: Path) -> None:
    acknowledged = 0
    with (
        Store.open(tmp_path / "data", database, "test") as store,
        crashing(cluster, CRASHES, lambda: acknowledged) as crashes,
    ):
        while crashes.is_alive():
            store.add(arrivals(acknowledged, acknowledged + 4))
            acknowledged += 4
    assert acknowledged >= CRASHES * 4
    with Store.open(tmp_path / "data", database, "test") as store:
        assert urls(store.engine) == expected(range(acknowledged))
        assert sound(store).captures == acknowledged


def test_crashes_while_a_crawl_is_on(cluster: Cluster, database: str, tmp_path: Path) -> None:
    pages = 60
    with serving() as server:
        server.pages = {"/": listed(*(f"/news/{n}" for n in range(pages)))}
        for n in range(pages):
            server.pages[f"/news/{n}"] = story(f"Pier {n} opened in the port, its owners said, " * 4)
        sites = Sites((site(discover={"listings": [f"http://{HOST}/"]}, politeness={"delay": 0.1}),))
        bench = Bench(tmp_path / "data", sites, {HOST: server.address}, Crawl(timeout=30.0), database)
        with crashing(cluster, 3, lambda: len(server.hits)):
            summary = bench.run(derives=True)
        assert summary.failed == {}
        assert summary.fetched == pages + 1
        with bench.store() as store:
            sound(store)
            with store.engine.connect() as connection:
                captures = Counter(connection.execute(select(t.Capture.url)).scalars())
                states = Counter(connection.execute(select(t.Frontier.state)).scalars())
                left = connection.execute(select(t.Dirty.key)).all()
        assert states == {"done": pages + 1}
        assert captures == {f"http://{HOST}{path}": 1 for path in {*server.pages, *OF_A_HOST}}
        assert left == []
        assert Counter(server.paths()).most_common(1)[0][1] == 1, "nothing was asked for twice"


def test_the_lock_is_taken_again_after_a_crash(cluster: Cluster, database: str, tmp_path: Path) -> None:
    with Store.open(tmp_path / "data", database, "test") as store:
        cluster.crash()
        store.add(arrivals(0, 4))
        with pytest.raises(LockHeldError), Store.open(tmp_path / "other", database, "test"):
            pass
        store.add(arrivals(4, 8))
    with Store.open(tmp_path / "data", database, "test") as store:
        assert urls(store.engine) == expected(range(8))


def test_the_lock_is_taken_again_when_its_session_alone_is_gone(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    holders = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    with Store.open(tmp_path / "data", database, "test") as store:
        with store.engine.connect().execution_options(reads=True) as connection:
            assert connection.execute(text(holders)).scalars().all() == [True]
        store.add(arrivals(0, 4))
        with pytest.raises(LockHeldError), Store.open(tmp_path / "other", database, "test"):
            pass


def test_who_lost_the_lock_to_another_writes_no_more(cluster: Cluster, database: str, tmp_path: Path) -> None:
    with Store.open(tmp_path / "data", database, "test") as store:
        store.add(arrivals(0, 4))
        cluster.crash()
        with Store.open(tmp_path / "other", database, "test") as other:
            with pytest.raises(LockHeldError, match="another session"):
                store.add(arrivals(4, 8))
            assert urls(other.engine) == expected(range(4))
            other.add(arrivals(8, 9))
    with Store.open(tmp_path / "data", database, "test") as store:
        store.add(arrivals(4, 8))
        assert urls(store.engine) == expected(range(9))
