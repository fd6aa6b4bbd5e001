from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import ArchiveError, DatabaseError
from crawler.fetch.writer import BATCH, Writer
from crawler.records import Fetched
from storage.frontier import count_states
from storage.store import Arrival, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from crawler.records import Capture


def arrival(n: int) -> Arrival:
    return Arrival(Fetched(f"http://a.test/{n}", "2026-01-01T00:00:00Z", 200, (), b"x%d" % n))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite'}", "test") as made:
        yield made


def test_what_waits_is_one_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    begun, go = threading.Event(), threading.Event()
    original = store.add

    def add(arrivals: Sequence[Arrival], also: Any = None) -> Sequence[Capture]:
        sizes.append(len(arrivals))
        begun.set()
        go.wait(5)
        return original(arrivals, also)

    monkeypatch.setattr(store, "add", add)
    with Writer(store) as writer:
        first = writer.archive(arrival(0), lambda _, capture: capture.url)
        begun.wait(5)
        rest = [writer.archive(arrival(n), lambda _, capture: capture.url) for n in range(1, BATCH + 5)]
        plain = writer.submit(count_states)
        go.set()
        assert first.result(5) == "http://a.test/0"
        assert [each.result(5) for each in rest] == [f"http://a.test/{n}" for n in range(1, BATCH + 5)]
        assert plain.result(5) == {}
    assert sizes == [1, BATCH, 4]
    assert store.added == BATCH + 5


def test_a_failed_write_poisons_what_waits_and_what_comes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise ArchiveError("the disk is full")

    monkeypatch.setattr(store.archive, "append", full)
    with Writer(store) as writer:
        answers = [writer.archive(arrival(n), lambda *_: None) for n in range(3)]
        answers.append(writer.submit(lambda _: None))
        for answer in answers:
            with pytest.raises(ArchiveError, match="full"):
                answer.result(5)
        with pytest.raises(ArchiveError, match="full"):
            writer.submit(lambda _: None).result(5)
        assert isinstance(writer.error, ArchiveError)


def test_a_waiter_that_went_away_harms_nobody(store: Store) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(_: Connection) -> None:
        begun.set()
        go.wait(5)

    with Writer(store) as writer:
        first = writer.submit(work)
        begun.wait(5)
        assert not first.cancel()
        gone = writer.submit(lambda _: None)
        assert gone.cancel()
        go.set()
        assert writer.archive(arrival(1), lambda _, capture: capture.url).result(5) == "http://a.test/1"
        assert writer.error is None


def test_an_error_of_the_work_is_not_swallowed(store: Store) -> None:
    def work(_: Connection) -> None:
        raise LookupError("ours")

    with Writer(store) as writer:
        with pytest.raises(LookupError):
            writer.submit(work).result(5)
        assert isinstance(writer.error, LookupError)


def test_what_is_queued_is_written_before_the_end(store: Store) -> None:
    with Writer(store) as writer:
        answers = [writer.archive(arrival(n), lambda _, capture: capture.id) for n in range(50)]
    assert len({answer.result(0) for answer in answers}) == 50


def test_what_is_done_between_batches_comes_behind_the_answers(store: Store) -> None:
    seen: list[int] = []
    with Writer(store, lambda: seen.append(store.added)) as writer:
        for n in range(3):
            writer.archive(arrival(n), lambda *_: None).result(5)
    assert seen == [1, 2, 3]


def test_what_fails_between_batches_poisons_what_comes(store: Store) -> None:
    def fail() -> None:
        raise DatabaseError("away")

    with Writer(store, fail) as writer:
        assert writer.archive(arrival(1), lambda _, capture: capture.url).result(5) == "http://a.test/1"
        with pytest.raises(DatabaseError, match="away"):
            writer.submit(lambda _: None).result(5)
    assert isinstance(writer.error, DatabaseError)
