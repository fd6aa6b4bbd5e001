from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, select, text

from crawler.errors import ArchiveError, DatabaseError, LockHeldError
from crawler.records import Capture, Fetched, Location
from storage import tables as t
from storage.archive import Archive
from storage.engine import insert_missing, open_engine
from storage.lock import hold
from storage.store import Arrival, Store
from storage.warc import build, read
from tests.db.folders import Folder, arrivals, count, expected, page, read_all, sound, urls

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_what_is_added_is_in_the_archive_the_tables_and_the_work_list(tmp_path: Path, database_url: str) -> None:
    with Store.open(tmp_path / "data", database_url, "test") as store:
        captures = store.add([*arrivals(0, 3), Arrival(page(1))])
        assert [capture.url for capture in captures] == [page(n).url for n in (0, 1, 2, 1)]
        assert store.added == 3
        assert {identity: back.url for identity, back in read_all(store).items()} == {
            capture.id: capture.url for capture in captures
        }
        with store.engine.connect() as connection:
            dirty = connection.execute(select(t.Dirty.stratum, t.Dirty.key)).all()
            assert sorted(row.key for row in dirty) == sorted({capture.id for capture in captures})
            row = connection.execute(select(t.Capture).where(t.Capture.url == page(2).url)).one()
        assert (row.origin, row.mime, row.status, row.flags) == ("crawl", "text/html", 200, None)
        assert row.payload_sha256 == hashlib.sha256(page(2).body).hexdigest()
        sound(store)


def test_what_is_known_is_not_stored_again(folder: Folder) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 5))
    size = folder.segment().stat().st_size
    with folder.open() as store:
        store.add(arrivals(0, 5))
        assert store.added == 0
        store.add([Arrival(page(0, at="2026-01-01T00:00:00Z"))])  # seen again later: another observation
        assert store.added == 1
        assert len(urls(store.engine)) == 6
    assert folder.segment().stat().st_size > size


def test_also_runs_in_the_same_transaction_even_when_nothing_is_new(folder: Folder) -> None:
    seen: list[str] = []

    def also(connection: Connection, captures: Sequence[Capture]) -> None:
        seen.extend(capture.url for capture in captures)
        insert_missing(connection, t.Host, [{"name": f"{len(seen)}"}])

    with folder.open() as store:
        store.add(arrivals(0, 2), also)
        store.add(arrivals(0, 1), also)
        assert seen == [page(0).url, page(1).url, page(0).url]
        assert count(store.engine, t.Host) == 2

    def fail(_connection: Connection, _captures: Sequence[Capture]) -> None:
        raise RuntimeError("no")

    with folder.open() as store:
        with pytest.raises(RuntimeError):
            store.add(arrivals(7, 9), fail)
        assert count(store.engine, t.Capture) == 2
        with pytest.raises(ArchiveError, match="run again"):
            store.add(arrivals(7, 9))
    with folder.open() as store:  # they had reached the archive
        assert urls(store.engine) == expected([0, 1, 7, 8])
        sound(store)


def test_a_ready_member_is_copied_as_it_is(folder: Folder) -> None:
    member = build(page(1))
    with folder.open() as store:
        store.add([Arrival(page(1), member, "ingest", "digest-mismatch")])
        with store.engine.connect() as connection:
            row = connection.execute(select(t.Location)).one()
            flags = connection.execute(select(t.Capture.flags)).scalar_one()
        assert store.archive.read(Location(row.file, row.offset, row.length)) == member
        assert flags == "digest-mismatch"


def test_hostile_addresses_and_headers_are_stored_on_every_database(tmp_path: Path, database_url: str) -> None:
    headers = (("Content-Type", "text/\0html\ud800; x"), ("a\r\nb", "\0"))
    hostile = Fetched("http://a/\0\ud800\n", None, 200, headers, b"x", "1\0", "\0length")
    with Store.open(tmp_path / "data", database_url, "test") as store:
        [capture] = store.add([Arrival(hostile, flags="\0\ud800")])
        assert capture.url == "http://a/%00\ufffd%0A"
        store.refuse("\0/path\udc80" + "x" * 5000, "0", "corrupt", "\0" * 5000)
        store.refuse("\0/path\udc80" + "x" * 5000, "0", "corrupt", "again")
        assert count(store.engine, t.Refused) == 1
        sound(store)


def test_an_address_that_no_index_holds_is_refused_before_anything_is_written(folder: Folder) -> None:
    with folder.open() as store:
        with pytest.raises(ValueError, match="2600 bytes"):
            store.add([*arrivals(0, 1), Arrival(Fetched("http://a/" + "é" * 1400, None, 200, (), b""))])
        assert count(store.engine, t.Capture) == 0
        store.add(arrivals(0, 1))  # nothing was half done, so the store goes on


def test_full_segments_are_closed_and_never_change(folder: Folder) -> None:
    folder.options = {"segment_bytes": 4000}
    with folder.open() as store:
        for n in range(0, 60, 10):
            store.add(arrivals(n, n + 10))
        parts = store.archive.parts()
        with store.engine.connect() as connection:
            rows = connection.execute(select(t.Segment).order_by(t.Segment.file)).all()
        assert len(parts) > 2
        assert [(row.file, row.closed, row.bytes, row.sha256) for row in rows] == [
            (part.file, part.closed, part.bytes, part.sha256) for part in parts
        ]
        assert [part.closed for part in parts] == [True] * (len(parts) - 1) + [False]
        for part in parts[:-1]:
            data = (store.archive.folder / part.file).read_bytes()
            assert part.sha256 == hashlib.sha256(data).hexdigest()
        assert len(read_all(store)) == 60
        sound(store)
    closed = sorted((folder.path / "archive").glob("*.gz"))
    before = [path.stat().st_mtime_ns for path in closed]
    with folder.open() as store:
        store.add(arrivals(0, 70))
        assert len(urls(store.engine)) == 70
    assert [path.stat().st_mtime_ns for path in closed] == before


def test_a_run_is_a_row_with_its_outcome_even_when_it_fails(folder: Folder) -> None:
    with folder.open() as store:
        with store.run("ingest") as outcome:
            outcome["pages"] = 3
        with pytest.raises(ArchiveError), store.run("crawl"):
            raise ArchiveError("no room")
        with store.engine.connect() as connection:
            rows = {row.verb: row for row in connection.execute(select(t.Run))}
    assert rows["ingest"].outcome == {"pages": 3}
    assert rows["crawl"].outcome == {"error": "no room"}
    assert all(row.ended_at for row in rows.values())


def test_a_server_that_drops_every_session_stops_nothing(tmp_path: Path, postgres_url: str) -> None:
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with Store.open(tmp_path / "data", postgres_url, "test") as store:
        for n in range(0, 30, 10):
            store.add(arrivals(n, n + 10))
            other = open_engine(postgres_url)
            with other.connect() as connection:
                connection.execute(text(f"{drop} pg_backend_pid()"))
            other.dispose()
        assert urls(store.engine) == expected(range(30))
        sound(store)


# -------------------------------------------------------------------------------------------- lock and refusals


def test_a_second_writer_is_told_who_holds_the_lock(folder: Folder) -> None:
    with folder.open("crawl"), pytest.raises(LockHeldError) as caught, folder.open("ingest"):
        pass
    assert f"`crawl` (process {os.getpid()}, since 2" in str(caught.value)
    with folder.open("ingest"):
        pass


def test_the_lock_dies_with_its_holder(folder: Folder) -> None:
    code = (
        "import os, sys; from pathlib import Path; from storage.lock import hold\n"
        "with hold(Path(sys.argv[1]), 'crawl'): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LockHeldError, match=str(child.pid)), hold(folder.path, "ingest"):
            pass
        child.kill()
    with hold(folder.path, "ingest"):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="cannot be written"), hold(tmp_path / "file" / "data", "x"):
        pass


def test_a_database_that_is_read_only_is_told(folder: Folder) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 1))
    read_only = f"sqlite:///file:{folder.path / 'tearsheet.sqlite'}?mode=ro&uri=true"
    with pytest.raises(DatabaseError, match="write permission"), Store.open(folder.path, read_only, "test"):
        pass
    with folder.open() as store:
        sound(store)


# ---------------------------------------------------------------------------------------------------- disk full


def test_a_disk_that_fills_in_the_archive_loses_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwrite

    def full(handle: int, data: bytes, offset: int) -> int:
        if len(data) > 100:
            return real(handle, data[: len(data) // 2], offset)
        raise OSError(errno.ENOSPC, "No space left on device")

    with folder.open() as store:
        store.add(arrivals(0, 5))
        size = folder.segment().stat().st_size
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(ArchiveError, match="No space left"):
            store.add(arrivals(5, 9))
        monkeypatch.undo()
        assert folder.segment().stat().st_size == size
        with pytest.raises(ArchiveError, match="run again"):
            store.add(arrivals(5, 9))
    with folder.open() as store:
        assert urls(store.engine) == expected(range(5))
        store.add(arrivals(5, 9))
        assert sound(store).captures == 9


@pytest.mark.parametrize("kilobytes", [1, 60, 240, 300, 500, 700])
def test_a_real_limit_on_files_ends_cleanly_and_resumes(folder: Folder, kilobytes: int) -> None:
    code = """
import resource, signal, sys
from crawler.errors import TearsheetError
from tests.db.folders import Folder, arrivals
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]) * 1024,) * 2)
from pathlib import Path
folder = Folder(Path(sys.argv[1]), f"sqlite:///{sys.argv[1]}/tearsheet.sqlite")
try:
    with folder.open() as store:
        for n in range(0, 6400, 32):
            store.add(arrivals(n, n + 32))
            print(n + 32, flush=True)
except TearsheetError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder.path), str(kilobytes)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    acknowledged = int(done.stdout.split()[-1]) if done.stdout else 0
    with folder.open() as store:
        assert set(expected(range(acknowledged))) <= set(urls(store.engine))
        sound(store)
        store.add(arrivals(0, 100))
        assert set(expected(range(100))) <= set(urls(store.engine))
        sound(store)


# ------------------------------------------------------------------------------------------------------ archive


def test_reading_from_another_process_needs_nothing_but_the_place(tmp_path: Path) -> None:
    writer, reader = Archive(tmp_path / "a"), Archive(tmp_path / "a")
    assert reader.parts() == ()
    [first, second] = writer.append([build(page(1)), build(page(2))])
    assert read(reader.read(second)) == page(2)
    assert read(reader.read(first)) == page(1)
    writer.close()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["seg-00001.warc.gz.open"]
    for bad, said in [
        (Location(first.file, second.offset, 10**6), "shorter"),
        (Location("seg-00009.warc.gz", 0, 1), "missing"),
        (Location("../lock", 0, 1), "no file of the archive"),
    ]:
        with pytest.raises(ArchiveError, match=said):
            reader.read(bad)


def test_another_program_in_the_same_file_is_noticed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.append([build(page(1))])
    with (tmp_path / "seg-00001.warc.gz.open").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ArchiveError, match="another program"):
        archive.append([build(page(2))])
    archive.close()


def test_a_data_folder_may_be_moved(folder: Folder, tmp_path: Path) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 3))
    moved = tmp_path / "elsewhere with spaces é"
    shutil.move(folder.path, moved)
    with Folder(moved, f"sqlite:///{moved / 'tearsheet.sqlite'}").open() as store:
        assert len(read_all(store)) == 3
