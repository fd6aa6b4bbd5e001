"""What a crawl is sent: the first signal ends it in order, the second at once, and `kill -9` its workers too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from storage import tables as t
from tests.crawl.loopback import CHILD, Server, listed, serving, site_file, story
from tests.db.folders import Folder, sound

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        made.pages = {"/": listed(*(f"/news/{n}" for n in range(80)))}
        made.pages |= {
            f"/news/{n}": story(f"Pier {n} opened in the port, its owners said, " * 4) for n in range(80)
        }
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    data = tmp_path / "data"
    (data / "sites").mkdir(parents=True)
    (data / "sites" / "mirror.toml").write_text(site_file(0.1))
    return Folder(data, f"sqlite:///{data / 'tearsheet.sqlite'}")


def start(folder: Folder, server: Server, *before: str, hits: int = 6) -> subprocess.Popen[str]:
    """A crawl under way, which has asked for so much."""
    child = subprocess.Popen(
        [*before, sys.executable, "-c", CHILD, str(folder.path), server.address],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    limit = time.monotonic() + 60
    while len(server.hits) < hits and child.poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
    return child


def alive(group: int, seconds: float) -> bool:
    """Whether a process of the group is still there after so long."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def leases(folder: Folder) -> list[tuple[str, int]]:
    """The addresses that look as if a run had died of them."""
    with folder.open() as store, store.engine.connect() as connection:
        sound(store)
        f = t.Frontier
        query = select(f.url, f.breaks).where((f.breaks > 0) | (f.state == "leased"))
        return [(row.url, row.breaks) for row in connection.execute(query)]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_it_in_order(folder: Folder, server: Server, sent: int) -> None:
    with start(folder, server) as child:
        child.send_signal(sent)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "stopped; run it again" in out
    assert "Traceback" not in err
    assert not alive(child.pid, 20)
    assert leases(folder) == []


def test_the_second_signal_ends_it_at_once(folder: Folder, server: Server) -> None:
    server.pages |= {f"/news/{n}": lambda _: time.sleep(20) for n in range(80)}
    with start(folder, server, hits=3) as child:  # robots.txt, the list, and a page that does not come
        child.send_signal(signal.SIGINT)
        time.sleep(1.0)
        assert child.poll() is None, "in order it would wait for the answer"
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert time.monotonic() - began < 15
    assert not alive(child.pid, 20)
    assert leases(folder) == [], "it ended in order all the same: nothing is suspected of its death"


def test_a_terminal_that_closes_does_not_end_what_nohup_started(folder: Folder, server: Server) -> None:
    with start(folder, server, "nohup") as child:
        child.send_signal(signal.SIGHUP)
        out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    assert "81 pages fetched" in out


def test_workers_do_not_outlive_a_parent_that_is_killed(folder: Folder, server: Server) -> None:
    with start(folder, server) as child:
        os.kill(child.pid, signal.SIGKILL)  # the parent alone, as the kernel does that is out of memory
        child.wait()
        assert not alive(child.pid, 30)
    with folder.open() as store:
        sound(store)


def test_a_second_crawl_is_told_who_is_at_work(folder: Folder, server: Server) -> None:
    with start(folder, server) as first:
        done = subprocess.run(
            [sys.executable, "-m", "crawler", "crawl", "--data", str(folder.path), "--site", "mirror"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert done.returncode == 75
    assert f"`crawl` (process {first.pid}, since " in done.stderr
    assert "holds the lock" in done.stderr
    assert first.returncode == 130
    assert leases(folder) == []


def test_a_crawl_that_slept_goes_on(folder: Folder, server: Server) -> None:
    """As a laptop whose lid was closed: stopped in the middle of a fetch, and woken."""
    with start(folder, server) as child:
        os.killpg(child.pid, signal.SIGSTOP)
        time.sleep(3.0)
        os.killpg(child.pid, signal.SIGCONT)
        out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    assert "81 pages fetched" in out
    assert leases(folder) == []
