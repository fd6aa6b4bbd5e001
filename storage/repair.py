"""What a start does first: bring the database level with the archive, whatever ended the last run.

Only what the database does not know yet is read: the tail behind the last known record of a file. Whole records
there are made known; a torn tail is saved beside the archive and cut off. Where the archive is shorter than the
database says, the captures that are gone are marked and their addresses queued again.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from crawler.errors import ArchiveError
from crawler.records import Location, stamp
from storage import tables as t
from storage.archive import Part, file_digest
from storage.captures import MISSING, Indexed, describe, index, located, note_parts, place
from storage.engine import insert_missing, transact
from storage.faults import Faults
from storage.leases import Aside, break_leases
from storage.seen import mark_behind
from storage.stream import Broken, Entry, find_member, members
from storage.warc import fetched, is_ours, is_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from storage.archive import Archive

_BATCH: Final = 32
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a start found: records made known, places that are damaged, captures that are gone, broken leases,
    and an address that is set aside because runs died of it.
    """

    adopted: int
    damaged: tuple[str, ...]
    missing: tuple[str, ...]
    requeued: int
    aside: Aside | None = None

    def lines(self) -> tuple[str, ...]:
        """What a person should know of it."""
        gone = [
            f"capture {identity} is gone from the archive; the next crawl fetches it again"
            for identity in self.missing
        ]
        more = [f"… and {len(gone) - _SHOWN} more captures"] if len(gone) > _SHOWN else []
        aside = [
            f"{each.url} was alone under way when {each.deaths} runs died: it is set aside until {each.until}"
            for each in filter(None, [self.aside])
        ]
        return (*self.damaged, *gone[:_SHOWN], *more, *aside)


def repair(engine: Engine, archive: Archive, clock: datetime, faults: Faults | None = None) -> Repaired:
    """Bring the database level with the archive and break the leases of the run that ended; under the lock.

    Raises:
        ArchiveError: the archive cannot be read or mended.

    """
    with engine.connect().execution_options(reads=True) as connection:
        segments = connection.execute(select(t.Segment.file, t.Segment.closed, t.Segment.bytes)).all()
    known = {row.file: (row.closed, row.bytes) for row in segments}
    parts = archive.parts()
    work = _Work(engine, archive, stamp(clock), faults or Faults({}))
    for file in sorted(known.keys() - {part.file for part in parts}):
        work.lose(file, 0)
        transact(engine, partial(_forget, file=file))
    for part in parts:
        if known.get(part.file) != (part.closed, part.bytes):
            work.level(part)
    for saved in archive.torn():
        work.salvage(saved)
    broken, aside = transact(engine, lambda connection: break_leases(connection, clock))
    return Repaired(work.adopted, tuple(work.damaged), tuple(work.missing), broken, aside)


@dataclass(slots=True)
class _Work:
    """One repair under way, and what it has found so far."""

    engine: Engine
    archive: Archive
    now: str
    faults: Faults
    adopted: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def level(self, part: Part) -> None:
        """Bring one file and what is known of it together."""
        if part.bytes < _known_end(self.engine, part.file):
            self.lose(part.file, part.bytes)
        start = _known_end(self.engine, part.file)
        size = part.bytes
        with _opened(self.archive.path(part.file)) as handle:
            end = self._adopt_tail(handle, part, start)
        if not part.closed and end < part.bytes:
            self.archive.cut(part.file, end)
            size = end
        sha256 = (part.sha256 or file_digest(self.archive.path(part.file))) if part.closed else None
        transact(
            self.engine, lambda connection: note_parts(connection, [Part(part.file, part.closed, size, sha256)])
        )

    def lose(self, file: str, size: int) -> None:
        """Mark the captures whose records lie behind the end of a file."""
        query = select(t.Location.capture).where(
            t.Location.file == file, t.Location.offset + t.Location.length > size
        )
        with self.engine.connect().execution_options(reads=True) as connection:
            gone = list(connection.execute(query.order_by(t.Location.offset)).scalars())
        for first in range(0, len(gone), 500):
            ids = gone[first : first + 500]
            transact(self.engine, partial(_mark_missing, file=file, ids=ids, now=self.now))
        self.missing += gone

    def _adopt_tail(self, handle: int, part: Part, start: int) -> int:
        """Make the whole records from `start` on known; where they end. In a closed file damage is passed over."""
        end, batch = start, list[Indexed]()
        for item in members(handle, start):
            if isinstance(item, Entry) and item.member is not None:
                batch += _indexed(item, Location(part.file, *item.member))
                end = sum(item.member)
            elif part.closed:
                self._note(part.file, item, "is damaged and stays as it is")
            else:
                break
            if len(batch) >= _BATCH:
                self._index(batch)
                batch = []
        self._index(batch)
        return end

    def salvage(self, saved: Path) -> None:
        """Append again what is whole in a torn tail, so that the archive stays free of holes."""
        before, size = self.adopted, saved.stat().st_size
        with _opened(saved) as handle:
            start = find_member(handle, 0)
            for item in members(handle, start) if start is not None else ():
                if isinstance(item, Entry) and item.member is not None and self._is_new(item):
                    offset, length = item.member
                    [location] = self.archive.append([os.pread(handle, length, offset)])
                    self._index(_indexed(item, location))
        current = self.archive.current()
        if current is not None:
            transact(self.engine, lambda connection: note_parts(connection, [current]))
        done = saved.rename(saved.with_suffix(""))
        kept = self.adopted - before
        said = f"{size} bytes were torn; they are saved as {done.name}, {kept} whole records of them are kept"
        _, segment, number, place = done.stem.split("-")[:4]
        self._note_torn(f"{segment}-{number}.warc.gz", int(place), said)

    def _is_new(self, entry: Entry) -> bool:
        found = _indexed(entry, Location("", 0, 0))
        with self.engine.connect().execution_options(reads=True) as connection:
            return bool(found) and not located(connection, [found[0].capture.id])

    def _note(self, file: str, item: Entry | Broken, what: str) -> None:
        detail = f"{item.detail} ({item.reason})" if isinstance(item, Broken) else "several records in one member"
        self._note_torn(file, int(item.place.partition("+")[0]), f"{what}: {detail}")

    def _note_torn(self, file: str, offset: int, detail: str) -> None:
        self.damaged.append(f"{file} at {offset}: {detail}")
        row = _refused(file, str(offset), "archive:torn", detail, self.now)
        transact(self.engine, lambda connection: insert_missing(connection, t.Refused, [row]))

    def _index(self, batch: Sequence[Indexed]) -> None:
        if batch:
            transact(self.engine, lambda connection: index(connection, batch))
            self.adopted += len(batch)
            self.faults.at("repairing")


def _indexed(entry: Entry, location: Location) -> list[Indexed]:
    """The capture that a whole record holds; none for a warcinfo."""
    if not is_page(entry.record):
        return []
    try:
        response = fetched(entry.record)
    except ValueError:
        return []
    capture = describe(response)
    # A crawl writes its records itself; what was taken in from a file was copied, or has no HTTP.
    origin = "crawl" if response.status and is_ours(entry.record, capture.id) else "ingest"
    return [place(response, capture, location, origin, None)]


def _forget(connection: Connection, *, file: str) -> None:
    connection.execute(delete(t.Segment).where(t.Segment.file == file))


def _known_end(engine: Engine, file: str) -> int:
    query = (
        select(t.Location.offset + t.Location.length)
        .where(t.Location.file == file)
        .order_by(t.Location.offset.desc())
        .limit(1)
    )
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).scalar() or 0


def _mark_missing(connection: Connection, *, file: str, ids: Sequence[str], now: str) -> None:
    rows = connection.execute(
        select(t.Capture.id, t.Capture.url, t.Capture.flags, t.Location.offset)
        .join(t.Location, t.Location.capture == t.Capture.id)
        .where(t.Capture.id.in_(ids))
    ).all()
    for row in rows:
        flags = ",".join(filter(None, (row.flags, MISSING)))
        connection.execute(update(t.Capture).where(t.Capture.id == row.id).values(flags=flags))
    refused = [_refused(file, str(row.offset), "archive:missing", row.url, now) for row in rows]
    insert_missing(connection, t.Refused, refused)
    connection.execute(delete(t.Location).where(t.Location.capture.in_(ids)))
    connection.execute(delete(t.Dirty).where(t.Dirty.stratum == "page", t.Dirty.key.in_(ids)))
    mark_behind(connection, ids)
    connection.execute(update(t.Frontier).where(t.Frontier.capture.in_(ids)).values(state="queued", capture=None))


def _refused(source: str, place: str, reason: str, detail: str, now: str) -> dict[str, str]:
    return {"source": source, "place": place, "reason": reason, "detail": detail, "seen_at": now}


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
    try:
        yield handle
    finally:
        os.close(handle)
