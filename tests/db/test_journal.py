"""What becomes of a cluster is put down once, and by its old id it is still found."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler import derive
from crawler.derive import drain, mark_everything
from crawler.sites.load import load_sites
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.journal import changes
from storage.lookups import find_cluster
from storage.store import Store
from tests.db.test_derive import ARTICLE, ONE, SIGNED, TWO, Inline
from tests.db.test_overrule import Desk
from tests.releases import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

A, B, C, D = (f"https://{host}.example/1" for host in "abcd")
EARLY = "2025-01-01T00:00:00Z"


class Diary(Desk):
    """A data folder, a person who decides, and the journal."""

    def noted(self) -> list[tuple[str, str, str | None]]:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            c = t.Change
            rows = connection.execute(select(c.what, c.cluster, c.other).order_by(c.seq))
            return [(row.what, row.cluster, row.other) for row in rows]

    def found(self, named: str) -> str | None:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return find_cluster(connection, named)


@pytest.fixture(params=["file", "server"])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AbstractContextManager[Diary]]:
    monkeypatch.setattr(derive, "Workers", Inline)
    url = request.getfixturevalue("postgres_url") if request.param == "server" else ""

    @contextmanager
    def diary() -> Iterator[Diary]:
        config = AppConfig(data=str(tmp_path / "d"), database=url, workers=1, limits=Limits(page_seconds=10))
        with Store.open(config.data_folder, config.database_url, "test") as store:
            yield Diary(store, config, load_sites())

    return diary


def test_a_link_merges_and_taking_it_back_splits(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, ONE), page(B, ONE, at="2025-12-23T00:00:00Z"), page(C, TWO, at="2025-12-24T00:00:00Z")])
        first, second = room.of("a", "c")
        assert room.noted() == []
        said = room.say("link", C, A)
        assert room.noted() == [("merge", first, second)]
        assert room.found(second) == first
        room.undo(said.id)
        assert room.noted()[1:] == [("split", first, second)]
        assert room.found(second) == second
        with room.store.engine.connect().execution_options(reads=True) as connection:
            told = changes(connection, second)
        assert [row.what for row in told] == ["merge", "split"]
        assert told[0].why == "a person said that they are one release"


def test_a_whole_text_merges_what_its_parts_could_not(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, ONE[:3], at=EARLY), page(B, [ONE[0], *ONE[3:]], at="2025-12-23T00:00:00Z")])
        first, second = room.of("a", "b")
        assert first != second
        room.take([page(ARTICLE, ONE, at="2025-12-25T00:00:00Z")])
        assert set(room.of("a", "b", ARTICLE)) == {first}
        assert room.noted() == [("merge", first, second)]


def test_an_earlier_capture_renames_and_a_removal_too(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, ONE)])
        (old,) = room.of("a")
        earlier = page(B, ONE, at=EARLY)
        room.take([earlier])
        (new,) = room.of("a")
        assert room.noted() == [("renamed", new, old)]
        assert room.found(old) == new
        room.drop([earlier])
        assert room.noted()[1:] == [("gone", new, None)]
        assert room.of("a") == [old]


def test_a_page_that_is_taken_out_is_split_off(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, SIGNED, at=EARLY), page(B, SIGNED), page(C, SIGNED)])
        (whole,) = set(room.of("a", "b", "c"))
        room.say("unlink", C, A)
        (out,) = room.of("c")
        assert room.noted() == [("split", whole, out)]


def test_a_founder_that_is_taken_out_keeps_the_id(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, SIGNED, at=EARLY), page(B, SIGNED), page(C, SIGNED)])
        (whole,) = set(room.of("a", "b", "c"))
        room.say("unlink", A, B)
        (rest,) = set(room.of("b", "c"))
        assert room.of("a") == [whole]
        assert room.noted() == [("split", whole, rest)]


def test_deriving_again_notes_nothing(opened: Callable[..., Any]) -> None:
    with opened() as room:
        room.take([page(A, ONE), page(B, SIGNED), page(C, TWO), page(D, [*TWO[:5]])])
        room.say("link", C, A)
        before = room.noted()
        for _ in range(2):
            mark_everything(room.store.engine)
            drain(room.store, room.config, room.sites)
        assert room.noted() == before
