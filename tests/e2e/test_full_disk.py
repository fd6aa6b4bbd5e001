"""A real file system without room, at every step of the way: a clean end, and the next run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.errors import ArchiveError, DatabaseError, TearsheetError
from crawler.sites.load import Sites
from settings.app import Crawl
from storage.warc import build
from tests.crawl.loopback import HOST, OF_A_HOST, Bench, Server, listed, serving, site, story
from tests.db.folders import Folder, arrivals, expected, page, sound, urls
from tests.db.small_disk import fill, mounted, remount

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LEVELS = (0, 4, 16, 40, 80, 120, 160, 200, 300, 400, 500, 650, 800, 1000, 1400)
"""Kilobytes that are left: it fills while the folder is made, the tables, the archive, the WAL, in a commit."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 16 * 1024) as at:
        yield at


def folder_on(disk: Path) -> Folder:
    return Folder(disk / "data", f"sqlite:///{disk / 'data' / 'tearsheet.sqlite'}")


@pytest.mark.parametrize("left", LEVELS)
def test_it_ends_with_one_line_and_goes_on_when_there_is_room(disk: Path, left: int) -> None:
    folder, filler, acknowledged = folder_on(disk), fill(disk, left), 0
    said = ""
    try:
        with folder.open() as store:
            for n in range(0, 20_000, 32):
                store.add(arrivals(n, n + 32))
                acknowledged = n + 32
    except (ArchiveError, DatabaseError) as error:
        said = str(error)
    assert said, "the disk must have been too small"
    assert "\n" not in said
    assert any(word in said for word in ("No space left", "disk is full", "disk error or full", "cannot be")), said
    with suppress(TearsheetError), folder.open() as store:  # still no room: as clean an end, and nothing lost
        store.add(arrivals(acknowledged, acknowledged + 32))
    filler.unlink()
    with folder.open() as store:
        assert set(expected(range(acknowledged))) <= set(urls(store.engine))
        sound(store)
        store.add(arrivals(0, 64))
        store.add(arrivals(acknowledged, acknowledged + 64))
        sound(store)


def test_the_real_verbs_end_with_1_and_go_on(disk: Path, tmp_path: Path) -> None:
    warc = tmp_path / "crawl.warc.gz"
    warc.write_bytes(b"".join(build(page(n)) for n in range(400)))
    command = [sys.executable, "-m", "crawler", "ingest", str(warc), "--data", str(disk / "data"), "-q"]
    filler = fill(disk, 700)
    full = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert full.returncode == 1, full.stderr
    assert full.stderr.splitlines()[-1].startswith("tearsheet: ")
    assert "Traceback" not in full.stderr
    filler.unlink()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    filler = fill(disk, 4)
    out = disk / "report.html"
    command = [sys.executable, "-m", "crawler", "report", "--data", str(disk / "data"), "-o", str(out)]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert report.returncode in {1, 2}, report.stderr
    assert "Traceback" not in report.stderr
    assert not out.exists(), "whole or not at all"
    filler.unlink()
    with folder_on(disk).open() as store:
        assert len(urls(store.engine)) == 400
        sound(store)


def test_a_crawl_ends_and_goes_on(disk: Path, server: Server) -> None:
    bench = crawled(disk / "data", server)
    filler = fill(disk, 800)
    with pytest.raises((ArchiveError, DatabaseError)):
        bench.run()
    filler.unlink()
    with bench.store() as store:
        before = set(urls(store.engine))
        sound(store)
    summary = bench.run(due=True)
    assert summary.failed == {}
    with bench.store() as store:
        assert before <= set(urls(store.engine))
        assert set(urls(store.engine)) == {f"http://{HOST}{path}" for path in (*server.pages, *OF_A_HOST)}
        sound(store)
    again = [n for path, n in Counter(server.paths()).items() if path not in OF_A_HOST and n > 1]
    assert sum(again) - len(again) <= 8, "what was under way"


def test_a_file_system_that_is_read_only_is_told(disk: Path, server: Server) -> None:
    bench = crawled(disk / "data", server)
    bench.run(patience=0.0)
    remount(disk, "ro")
    hits = len(server.hits)
    with pytest.raises(DatabaseError, match="cannot be written"):
        bench.run()
    assert len(server.hits) == hits, "nothing is asked for that could not be kept"
    command = [sys.executable, "-m", "crawler", "releases", "--data", str(disk / "data"), "--json"]
    read = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    remount(disk, "rw")
    assert "Traceback" not in read.stderr
    assert os.access(disk, os.W_OK)
    with bench.store() as store:
        sound(store)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        made.pages = {"/": listed(*(f"/news/{n}" for n in range(100)))}
        for n in range(100):
            made.pages[f"/news/{n}"] = story(
                "".join(f"Pier {n}.{m} opened. {os.urandom(60).hex()} " for m in range(80))
            )
        yield made


def crawled(data: Path, server: Server) -> Bench:
    sites = Sites((site(discover={"listings": [f"http://{HOST}/"]}),))
    return Bench(data, sites, {HOST: server.address}, Crawl(timeout=5.0))
