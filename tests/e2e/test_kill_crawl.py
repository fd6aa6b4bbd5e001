"""`kill -9` at random moments of a crawl: the next run goes on, nothing stored is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from storage import tables as t
from tests.crawl.loopback import HOST, Reply, Server, listed, serving, story
from tests.db.folders import Folder, sound

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = 60
KILLS = 10
CHILD = """
import json, sys
from pathlib import Path
import crawler.spiders.crawl as module
from crawler.sites.load import Sites
from settings.app import AppConfig
from storage.store import Store
from tests.crawl.loopback import HOST, site

data, address, derives = sys.argv[1:]
if __name__ == "__main__":
    config = AppConfig(data=data, workers=1)
    sites = Sites((site(discover={"listings": [f"http://{HOST}/", f"http://{HOST}/more"]}),))
    with Store.open(config.data_folder, config.database_url, "crawl") as store:
        options = module.CrawlOptions(loopback={HOST: address}, due=True, derives=derives == "yes")
        print(json.dumps(module.crawl(store, config, sites, options).as_json()))
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        half = PAGES // 2
        made.pages = {
            "/": listed(*(f"/news/{n}" for n in range(half))),
            "/more": listed(*(f"/news/{n}" for n in range(half, PAGES))),
        }
        for n in range(PAGES):
            made.pages[f"/news/{n}"] = story(f"Pier {n} opened in the port of Lumbridge, its owners said, " * 4)
        for n in range(0, PAGES, 7):
            made.pages[f"/news/{n}"] = Reply(status=302, headers=(("Location", f"/moved/{n}"),))
            made.pages[f"/moved/{n}"] = story(f"Moved {n}")
        yield made


def start(folder: Folder, server: Server, *, derives: str = "no") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder.path), server.address, derives],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def kill(child: subprocess.Popen[bytes]) -> bool:
    with child:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return child.returncode == -signal.SIGKILL


def captured(folder: Folder) -> set[str]:
    if not (folder.path / "tearsheet.sqlite").exists():
        return set()
    with folder.open() as store:
        sound(store)
        with store.engine.connect() as connection:
            return set(connection.execute(select(t.Capture.id)).scalars())


@pytest.mark.parametrize("seed", [20261124])
def test_ten_kills_lose_and_double_nothing(tmp_path: Path, server: Server, seed: int) -> None:
    random_ = random.Random(seed)
    folder = Folder(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'tearsheet.sqlite'}")
    before: set[str] = set()
    killed = 0
    for _ in range(KILLS):
        hits, child = len(server.hits), start(folder, server)
        limit = time.monotonic() + 20
        while len(server.hits) == hits and child.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)  # it is loading; the moment is counted from its first request
        time.sleep(random_.uniform(0.0, 0.5))
        killed += kill(child)
        now = captured(folder)
        assert before <= now
        before = now
    assert killed >= KILLS - 2
    with start(folder, server, derives="yes") as child:
        out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err.decode()
    assert json.loads(out)["drained"]["pages"] > 0
    with folder.open() as store:
        sound(store)
        with store.engine.connect() as connection:
            rows = connection.execute(select(t.Frontier.url, t.Frontier.state)).all()
            captures = Counter(connection.execute(select(t.Capture.url)).scalars())
            dirty = connection.execute(select(t.Dirty.key)).all()
    assert Counter(row.state for row in rows) == {"done": PAGES + 2}
    assert {f"http://{HOST}/news/{n}" for n in range(PAGES)} <= captures.keys()
    assert dirty == []
    fetched = Counter(server.paths())
    again = sum(fetched[f"/news/{n}"] - 1 for n in range(PAGES))
    assert again <= KILLS, "only what was in flight is fetched again"
    assert all(count <= fetched[url.removeprefix(f"http://{HOST}")] for url, count in captures.items())
