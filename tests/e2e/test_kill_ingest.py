"""`kill -9` at random moments, of the real command: nothing that was stored is lost, nothing is there twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import tables as t
from storage.warc import build
from tests.db.folders import Folder, count, page, read_all, sound, urls

ROOT = Path(__file__).parents[2]
PAGES = 500
KILLS = 10


def command(warc: Path, folder: Folder) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", "ingest", str(warc), "--data", str(folder.path)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [20261124])
def test_ten_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    warc = tmp_path / "crawl.warc.gz"
    with warc.open("wb") as file:
        for n in range(PAGES):
            file.write(build(page(n)))
    folder = Folder(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'tearsheet.sqlite'}")
    before: set[str] = set()
    killed = 0
    for _ in range(KILLS):
        with command(warc, folder) as child:
            time.sleep(random_.uniform(0.4, 1.2))
            child.send_signal(signal.SIGKILL)
            child.wait()
        killed += child.returncode == -signal.SIGKILL
        if not (folder.path / "tearsheet.sqlite").exists():
            continue
        with folder.open() as store:
            now = set(urls(store.engine))
            assert before <= now
            before = now
            sound(store)
    assert killed >= KILLS // 2
    with command(warc, folder) as child:
        _, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    with folder.open() as store:
        assert urls(store.engine) == sorted(page(n).url for n in range(PAGES))
        assert sound(store).captures == PAGES
        assert {back.url: back.body for back in read_all(store).values()} == {
            page(n).url: page(n).body for n in range(PAGES)
        }
        assert count(store.engine, t.Dirty) == 0
        assert count(store.engine, t.Page) + count(store.engine, t.Rejected) == PAGES
        with store.engine.connect() as connection:
            assert len(set(connection.execute(select(t.Location.capture)).scalars())) == PAGES
