"""What a machine may do to a data folder: a busy database, odd paths, few files, clocks that jump, old backups."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from crawler.errors import LockHeldError
from crawler.fetch.run import entry
from crawler.records import Lead
from storage import frontier, leases
from storage import tables as t
from storage.engine import insert_missing, open_engine, prepare, transact
from storage.store import Store
from tests.db.folders import Folder, arrivals, expected, read_all, sound, urls

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

ROOT = Path(__file__).parents[2]
PAGE = "<html><title>A pier</title><p>A pier was opened in the port of Lumbridge on Monday.</p></html>"


# ---------------------------------------------------------------------------------------------- a busy database


def hold_lock(path: Path, seconds: float) -> threading.Thread:
    """Another program that writes to the database for so long."""
    held = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    thread = threading.Thread(target=write)
    thread.start()
    assert held.wait(10)
    return thread


def test_a_database_that_is_busy_for_three_seconds_is_waited_for(folder: Folder) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 3))
        other = hold_lock(folder.path / "tearsheet.sqlite", 3.0)
        store.add(arrivals(3, 6))
        other.join()
        assert sound(store).captures == 6


def test_a_database_that_stays_busy_ends_the_run_with_75_and_nothing_is_lost(folder: Folder) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 3))
    other = hold_lock(folder.path / "tearsheet.sqlite", 30.0)
    page = folder.path.parent / "page.html"
    page.write_text("<p>A page</p>")
    command = [sys.executable, "-m", "crawler", "ingest", str(page), "--url", "http://a.example/1"]
    done = subprocess.run(
        [*command, "--data", str(folder.path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 75, done.stderr
    assert "is locked by" in done.stderr
    assert "Traceback" not in done.stderr
    other.join()
    with folder.open() as store:
        assert urls(store.engine) == expected(range(3))
        sound(store)


def test_a_write_that_waited_in_vain_is_taken_up_by_the_next_start(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.2)
    monkeypatch.setattr("storage.store.open_engine", lambda url: open_engine(url, busy_seconds=0.2))
    with folder.open() as store:
        store.add(arrivals(0, 3))
        other = hold_lock(folder.path / "tearsheet.sqlite", 2.0)
        with pytest.raises(LockHeldError):
            store.add(arrivals(3, 6))  # in the archive by now, and not in the database
        other.join()
    with folder.open() as store:
        assert urls(store.engine) == expected(range(6))
        assert sound(store).captures == 6


def test_a_reader_that_stays_open_holds_up_nobody(folder: Folder) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 3))
        with closing(sqlite3.connect(folder.path / "tearsheet.sqlite", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM capture").fetchone() == (3,)
            store.add(arrivals(3, 6))
            assert reader.execute("SELECT count(*) FROM capture").fetchone() == (3,)
        assert sound(store).captures == 6


@pytest.mark.parametrize("state", ["40001", "40P01", "25P03", "57P01"])
def test_what_a_server_takes_back_is_written_again_whole(postgres_url: str, state: str) -> None:
    engine, tries = open_engine(postgres_url), list[int]()
    prepare(engine)

    def work(connection: Connection) -> None:
        tries.append(1)
        insert_missing(connection, t.Host, [{"name": f"{len(tries)}.example"}])
        if len(tries) < 3:
            raised = f"DO $$ BEGIN RAISE EXCEPTION 'taken back' USING ERRCODE = '{state}'; END $$"
            connection.exec_driver_sql(raised)

    transact(engine, work)
    with engine.connect() as connection:
        assert connection.execute(select(t.Host.name)).scalars().all() == ["3.example"]
    engine.dispose()


# ------------------------------------------------------------------------------------------- folders and files


@pytest.mark.parametrize("name", ["with spaces", "ünïcödé 新聞", "percent%20 ?#;'", "-rf"])
def test_paths_of_all_kinds(tmp_path: Path, name: str) -> None:
    data = tmp_path / name / "data"
    page = tmp_path / name / "page.html"
    data.mkdir(parents=True)
    page.write_text(PAGE)
    command = [sys.executable, "-m", "crawler", "ingest", str(page), "--url", "http://a.example/1", "-q"]
    subprocess.run([*command, f"--data={data}"], cwd=ROOT, check=True, timeout=120)
    check = [sys.executable, "-m", "crawler", "db", "check", f"--data={data}"]
    subprocess.run(check, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    assert (data / "tearsheet.sqlite").exists()


def test_an_archive_behind_a_symbolic_link(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.path.mkdir()
    (folder.path / "archive").symlink_to(tmp_path / "elsewhere")
    folder.options = {"segment_bytes": 2500}
    with folder.open() as store:
        store.add(arrivals(0, 20))
        store.add(arrivals(20, 40))
    folder.forget_database()
    with folder.open() as store:
        assert len(read_all(store)) == 40
        sound(store)
    assert list((tmp_path / "elsewhere").glob("seg-*.warc.gz"))


def test_few_open_files_are_enough(folder: Folder) -> None:
    """A thousand segments and one file open at a time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    here = len(list(Path("/proc/self/fd").iterdir()))
    folder.options = {"segment_bytes": 500}
    resource.setrlimit(resource.RLIMIT_NOFILE, (here + 16, hard))
    try:
        with folder.open() as store:
            for n in range(100):
                store.add(arrivals(n, n + 1))
            assert len(read_all(store)) == 100
            sound(store)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(list((folder.path / "archive").glob("seg-*.gz*"))) > 50


# ------------------------------------------------------------------------------------------------- an old backup


def test_an_old_backup_of_the_database_takes_the_newer_records_back_in(folder: Folder) -> None:
    leads = [Lead(f"https://news.example/{n}", "news", "s", "listed", "item") for n in range(8)]
    folder.options = {"segment_bytes": 2000}
    with folder.open() as store:
        with store.engine.begin() as connection:
            frontier.offer(connection, [entry(lead) for lead in leads], store.now())
        store.add(arrivals(0, 5))
    backup = folder.path.parent / "backup.sqlite"
    shutil.copy(folder.path / "tearsheet.sqlite", backup)
    for first in range(5, 60, 5):
        with folder.open() as store:
            store.add(arrivals(first, first + 5))
            with store.engine.connect() as connection:
                later = connection.execute(select(t.Capture).order_by(t.Capture.id)).all()
                places = connection.execute(select(t.Location).order_by(t.Location.capture)).all()
    folder.forget_database()
    shutil.copy(backup, folder.path / "tearsheet.sqlite")
    with folder.open() as store:
        with store.engine.connect() as connection:
            assert connection.execute(select(t.Capture).order_by(t.Capture.id)).all() == later
            assert connection.execute(select(t.Location).order_by(t.Location.capture)).all() == places
            assert frontier.count_states(connection) == {"queued": 8}
        assert sound(store).captures == 60


# ------------------------------------------------------------------------------------------------------- clocks

NOON = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)


def stopped(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.mark.parametrize(
    "then",
    [NOON - timedelta(hours=1), NOON + timedelta(days=366), datetime(1970, 1, 1, tzinfo=UTC), NOON],
    ids=["back an hour", "forward a year", "no clock", "stands still"],
)
def test_a_lease_of_a_dead_run_is_broken_whatever_the_clock_says(folder: Folder, then: datetime) -> None:
    lead = Lead("https://news.example/1", "news", "s", "listed", "item")
    with Store.open(folder.path, folder.url, "test", clock=stopped(NOON)) as store:
        with store.engine.begin() as connection:
            frontier.offer(connection, [entry(lead)], store.now())
            frontier.lease(connection, "process 1", store.now(), 5, hosts_busy=(), sites=["news"])
        store.add(arrivals(0, 4))
    with Store.open(folder.path, folder.url, "test", clock=stopped(then)) as store:
        with store.engine.begin() as connection:
            assert frontier.count_states(connection) == {"queued": 1}
            row = frontier.lease_suspect(connection, "process 1", store.now(), ["news"], died=True)[0]
            assert row.suspect
            leases.release_all(connection, "process 1")
        store.add(arrivals(4, 8))
        store.add(arrivals(0, 8))
        assert sound(store).captures == 8


def test_times_are_utc_in_every_time_zone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    seen = set()
    for n, zone in enumerate(["UTC", "America/New_York", "Pacific/Kiritimati", "nonsense", ""]):
        data = tmp_path / str(n)
        environment = {**os.environ, "TZ": zone}
        command = [sys.executable, "-m", "crawler", "ingest", str(page), "--url", "http://a.example/1", "-q"]
        before = datetime.now(UTC) - timedelta(seconds=1)
        subprocess.run([*command, "--data", str(data)], cwd=ROOT, env=environment, check=True, timeout=120)
        with Store.open(data, f"sqlite:///{data / 'tearsheet.sqlite'}", "test") as store:
            with store.engine.connect() as connection:
                run = connection.execute(select(t.Run)).one()
            seen.add(sound(store).captures)
        assert before <= datetime.fromisoformat(run.started_at) <= datetime.now(UTC)
    assert seen == {1}
