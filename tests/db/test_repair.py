from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text, update

from crawler.errors import ArchiveError
from storage import tables as t
from storage.archive import Archive
from storage.engine import insert_missing
from storage.store import Store
from tests.db.folders import Folder, arrivals, count, expected, page, read_all, sound, urls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Location

ROOT = Path(__file__).parents[2]
POINTS = ("before_append", "half_append", "after_append", "before_commit", "after_commit")
SEEDS = range(60)

CHILD = """
import sys
from pathlib import Path
from tests.db.folders import Folder, arrivals
folder = Folder(Path(sys.argv[1]), f"sqlite:///{sys.argv[1]}/tearsheet.sqlite", {"segment_bytes": 2500})
with folder.open() as store:
    for n in range(0, 64, 8):
        store.add(arrivals(n, n + 8))
        print(n + 8, flush=True)
"""


@pytest.mark.parametrize("nth", [1, 6])
@pytest.mark.parametrize("point", POINTS)
def test_death_at_every_point_loses_and_doubles_nothing(folder: Folder, point: str, nth: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder.path)],
        env={**os.environ, "TEARSHEET_FAULT": f"{point}:{nth}"},
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 137, done.stderr
    acknowledged = int(done.stdout.split()[-1]) if done.stdout else 0
    folder.options = {"segment_bytes": 2500}
    with folder.open() as store:
        stored = urls(store.engine)
        assert set(expected(range(acknowledged))) <= set(stored)
        reached = {"before_append": range(1), "half_append": range(1, 8)}.get(point, range(8, 9))
        assert len(stored) - acknowledged in reached
        sound(store)
        store.add(arrivals(0, 64))
        assert urls(store.engine) == expected(range(64))
        assert count(store.engine, t.Dirty) == 64
        assert sound(store).captures == 64
    torn = list((folder.path / "archive").glob("torn-*"))
    assert bool(torn) == (point == "half_append")


def _damage(data: bytearray, start: int, how: str, random_: random.Random) -> bytes:
    at = random_.randrange(start, len(data))
    if how == "cut":
        return bytes(data[:at])
    if how == "zeros":
        return bytes(data[:at]) + bytes(len(data) - at)
    data[at] ^= 1 << random_.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_tail_is_cut_off_and_everything_known_stays(folder: Folder, seed: int) -> None:
    random_ = random.Random(seed)
    with folder.open() as store:
        store.add(arrivals(0, 10))
    known = folder.segment().stat().st_size
    saved = {file: file.read_bytes() for file in folder.path.glob("tearsheet.sqlite*")}
    with folder.open() as store:
        store.add(arrivals(10, 20))
    folder.forget_database()
    for file, data in saved.items():  # as after a crash before the commit, or with last week's backup
        file.write_bytes(data)
    segment = folder.segment()
    segment.write_bytes(
        _damage(bytearray(segment.read_bytes()), known, ("cut", "zeros", "flip")[seed % 3], random_)
    )
    with folder.open() as store:
        stored = urls(store.engine)
        assert set(expected(range(10))) <= set(stored)
        assert len(stored) >= 10 + (9 if seed % 3 == 2 else 0)  # one flipped byte costs one record at most
        sound(store)
        store.add(arrivals(0, 20))
        assert urls(store.engine) == expected(range(20))
        assert sound(store).captures == 20
        assert {back.body for back in read_all(store).values()} == {page(n).body for n in range(20)}


def test_a_flipped_bit_in_a_lost_databases_archive_costs_one_record(folder: Folder) -> None:
    folder.options = {"segment_bytes": 3000}
    with folder.open() as store:
        for n in range(0, 60, 6):
            store.add(arrivals(n, n + 6))
        with store.engine.connect() as connection:
            places = connection.execute(select(t.Location)).all()
    folder.forget_database()
    closed, is_open = min(row.file for row in places), max(row.file for row in places)
    victims = []
    for file in (closed, is_open):
        victim = sorted((row for row in places if row.file == file), key=lambda row: row.offset)[2]
        path = folder.archive.path(file)
        data = bytearray(path.read_bytes())
        data[victim.offset + victim.length // 2] ^= 4
        path.write_bytes(data)
        victims.append(victim.capture)
    with folder.open() as store:
        kept = set(read_all(store))
        assert {row.capture for row in places} - kept == set(victims)
        assert count(store.engine, t.Refused) == 2
    with folder.open() as store:  # and once repaired, it is not repaired again
        assert count(store.engine, t.Refused) == 2
        assert set(read_all(store)) == kept


def test_a_repair_that_is_interrupted_goes_on(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 12))
        with store.engine.connect() as connection:
            places = connection.execute(select(t.Location).order_by(t.Location.offset)).all()
    folder.forget_database()
    data = bytearray(folder.segment().read_bytes())
    data[places[3].offset + 30] ^= 1
    folder.segment().write_bytes(data)
    real, calls = Archive.append, list[int]()

    def fail(archive: Archive, members: Sequence[bytes]) -> list[Location]:
        calls.append(1)
        if len(calls) > 4:
            raise ArchiveError("no room")
        return real(archive, members)

    monkeypatch.setattr(Archive, "append", fail)
    with pytest.raises(ArchiveError), folder.open():
        pass
    monkeypatch.undo()
    with folder.open() as store:
        assert set(read_all(store)) == {row.capture for row in places} - {places[3].capture}
        assert sound(store).captures == 11
    assert not list((folder.path / "archive").glob("*.part"))


def test_everything_is_made_known_again_from_the_archive_alone(tmp_path: Path, folder: Folder) -> None:
    folder.options = {"segment_bytes": 2500}
    with folder.open() as store:
        store.add(arrivals(0, 20))
        store.add(arrivals(20, 40))
        with store.engine.connect() as connection:
            before = connection.execute(select(t.Capture).order_by(t.Capture.id)).all()
            places = connection.execute(select(t.Location).order_by(t.Location.capture)).all()
            segments = connection.execute(select(t.Segment).order_by(t.Segment.file)).all()
    folder.forget_database()
    with folder.open() as store, store.engine.connect() as connection:
        assert connection.execute(select(t.Capture).order_by(t.Capture.id)).all() == before
        assert connection.execute(select(t.Location).order_by(t.Location.capture)).all() == places
        assert connection.execute(select(t.Segment).order_by(t.Segment.file)).all() == segments
        assert count(store.engine, t.Dirty) == 40


def test_the_same_on_a_server(tmp_path: Path, postgres_url: str) -> None:
    with Store.open(tmp_path / "data", postgres_url, "test") as store:
        store.add(arrivals(0, 40))
        with store.engine.begin() as connection:
            connection.execute(text('DELETE FROM location WHERE "offset" > 3000'))
            connection.execute(text("DELETE FROM segment"))
        left = len(read_all(store))
        assert left < 40
    with Store.open(tmp_path / "data", postgres_url, "test") as store:
        assert len(read_all(store)) == 40
        sound(store)


def test_an_archive_that_is_shorter_than_the_database_says(folder: Folder) -> None:
    with folder.open() as store:
        captures = store.add(arrivals(0, 10))
        rows = [
            {
                "url_key": f"{n}", "url": capture.url, "host": "news.example", "site": "x", "kind": "item",
                "state": "done", "capture": capture.id,
            }
            for n, capture in enumerate(captures)
        ]  # fmt: skip
        with store.engine.begin() as connection:
            insert_missing(connection, t.Frontier, rows)
            offset = connection.execute(
                select(t.Location.offset).where(t.Location.capture == captures[6].id)
            ).scalar_one()
    os.truncate(folder.segment(), offset + 10)
    with folder.open() as store:
        with store.engine.connect() as connection:
            flags = {row.id: row.flags for row in connection.execute(select(t.Capture.id, t.Capture.flags))}
            states = dict(connection.execute(select(t.Frontier.url, t.Frontier.state)).fetchall())
            reasons = connection.execute(select(t.Refused.reason)).scalars().all()
        assert [flags[capture.id] for capture in captures] == [None] * 6 + ["missing"] * 4
        assert [states[capture.url] for capture in captures] == ["done"] * 6 + ["queued"] * 4
        assert sorted(reasons) == ["archive:missing"] * 4 + ["archive:torn"]
        assert len(read_all(store)) == 6
        store.add(arrivals(0, 10))  # fetched again, they are there again
        assert len(read_all(store)) == 10
        sound(store)
    with folder.open() as store, store.engine.connect() as connection:
        assert set(connection.execute(select(t.Capture.flags)).scalars()) == {None}


def test_an_archive_that_was_away_comes_back(folder: Folder, tmp_path: Path) -> None:
    with folder.open() as store:
        store.add(arrivals(0, 10))
    (folder.path / "archive").rename(tmp_path / "away")
    with folder.open() as store:
        assert read_all(store) == {}
    (tmp_path / "away").rename(folder.path / "archive")
    with folder.open() as store:
        assert len(read_all(store)) == 10
        sound(store)


def test_leases_of_the_dead_are_broken(folder: Folder) -> None:
    row = {"url_key": "1", "url": "http://a/", "host": "a", "site": "x", "kind": "item", "state": "queued"}
    with folder.open() as store, store.engine.begin() as connection:
        insert_missing(connection, t.Frontier, [row])
        connection.execute(update(t.Frontier).values(state="leased", leased_by="someone"))
    with folder.open() as store, store.engine.connect() as connection:
        found = connection.execute(select(t.Frontier)).one()
        assert (found.state, found.leased_by, found.breaks) == ("queued", None, 1)


def test_a_check_names_what_is_wrong(folder: Folder) -> None:
    from storage.check import check

    with folder.open() as store:
        store.add(arrivals(0, 5))
        sound(store)
        with store.engine.begin() as connection:
            rows = connection.execute(select(t.Location).order_by(t.Location.offset)).all()
            connection.execute(text("DELETE FROM location WHERE capture = :id"), {"id": rows[1].capture})
        data = bytearray(folder.segment().read_bytes())
        data[rows[3].offset + 20] ^= 255
        folder.segment().write_bytes(data)
        problems = "\n".join(check(store.engine, store.archive).problems)
    assert "1 records that the database does not know" in problems
    assert f"at {rows[3].offset}: a record is damaged" in problems
    assert f"capture {rows[3].capture} is not there" in problems
    assert f"capture {rows[1].capture} lies nowhere" in problems
