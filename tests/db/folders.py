"""Data folders for tests: filled, damaged, and looked at from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crawler.records import Fetched, Location
from storage import tables as t
from storage.archive import Archive
from storage.check import Checked, check
from storage.store import Arrival, Store
from storage.warc import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Engine


def page(n: int, *, at: str | None = "2025-12-22T07:16:09Z", body: bytes | None = None) -> Fetched:
    """The n-th of as many different responses as a test needs."""
    return Fetched(
        f"https://news.example/{n}",
        at,
        200,
        (("Content-Type", "text/html; charset=utf-8"), ("Server", "tests")),
        body if body is not None else f"<p>Page number {n}.</p>".encode() * (1 + n % 40),
    )


def arrivals(first: int, last: int) -> list[Arrival]:
    return [Arrival(page(n)) for n in range(first, last)]


@dataclass
class Folder:
    """A data folder as a test sees it: opened, looked at, damaged."""

    path: Path
    url: str
    options: dict[str, int] = field(default_factory=dict)

    def open(self, what: str = "test", **options: int) -> AbstractContextManager[Store]:
        return Store.open(self.path, self.url, what, **{**self.options, **options})  # type: ignore[arg-type] # segment_bytes alone

    @property
    def archive(self) -> Archive:
        return Archive(self.path / "archive")

    def segment(self) -> Path:
        return sorted((self.path / "archive").glob("*.open"))[-1]

    def forget_database(self) -> None:
        for file in self.path.glob("tearsheet.sqlite*"):
            file.unlink()


def urls(engine: Engine) -> list[str]:
    with engine.connect().execution_options(reads=True) as connection:
        return list(connection.execute(select(t.Capture.url).order_by(t.Capture.url)).scalars())


def count(engine: Engine, table: type[t.Base]) -> int:
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def read_all(store: Store) -> dict[str, Fetched]:
    """Every capture as the archive gives it back, by its id."""
    query = select(t.Location.capture, t.Location.file, t.Location.offset, t.Location.length)
    with store.engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query).all()
    return {row.capture: read(store.archive.read(Location(row.file, row.offset, row.length))) for row in rows}


def sound(store: Store) -> Checked:
    """The oracle after every fault: nothing unlike between archive and database."""
    store.archive.close()
    found = check(store.engine, store.archive)
    assert found.problems == ()
    return found


def expected(pages: Sequence[int]) -> list[str]:
    return sorted(page(n).url for n in pages)
