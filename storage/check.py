"""Whether the database and the archive agree, and both with themselves. Reads everything, changes nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from crawler.errors import ArchiveError
from storage import tables as t
from storage.archive import file_digest
from storage.captures import EXPIRED, MISSING, describe
from storage.stream import Entry, members
from storage.warc import fetched, is_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from storage.archive import Archive, Part


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: how much was read, and one line for each problem."""

    captures: int
    files: int
    bytes: int
    problems: tuple[str, ...]


def check(engine: Engine, archive: Archive) -> Checked:
    """Read every record of the archive and hold it against the database; under the lock."""
    problems = list(_unsound(engine))
    captures, parts = 0, archive.parts()
    with engine.connect().execution_options(reads=True) as connection:
        known = {row.file: row for row in connection.execute(select(t.Segment.file, t.Segment.sha256))}
        problems += [f"{file} is missing" for file in sorted(known.keys() - {part.file for part in parts})]
        for part in parts:
            row = known.get(part.file)
            if row is not None and row.sha256 and row.sha256 != file_digest(archive.path(part.file)):
                problems.append(f"{part.file} is not what was written: its SHA-256 differs")
            found, wrong = _compare(connection, archive, part)
            captures += found
            problems += wrong
        problems += _homeless(connection)
    return Checked(captures, len(parts), sum(part.bytes for part in parts), tuple(problems))


def _unsound(engine: Engine) -> Iterator[str]:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(reads=True) as connection:
        for (said,) in connection.execute(text("PRAGMA integrity_check(20)")):
            if said != "ok":
                yield f"database: {said}"


def _compare(connection: Connection, archive: Archive, part: Part) -> tuple[int, list[str]]:
    """Walk one file and its rows side by side, both in the order of their offsets."""
    query = select(t.Location.offset, t.Location.length, t.Location.capture).where(t.Location.file == part.file)
    rows = connection.execution_options(yield_per=1000).execute(query.order_by(t.Location.offset))
    found, unknown, problems = 0, 0, list[str]()
    expected = next(rows, None)
    for offset, length, capture in _records(archive, part, problems):
        while expected is not None and expected.offset < offset:
            problems.append(f"{part.file} at {expected.offset}: capture {expected.capture} is not there")
            expected = next(rows, None)
        if expected is None or expected.offset != offset:
            unknown += 1
            continue
        if (expected.length, expected.capture) != (length, capture):
            problems.append(f"{part.file} at {offset}: holds capture {capture}, not {expected.capture}")
        found += 1
        expected = next(rows, None)
    while expected is not None:
        problems.append(f"{part.file} at {expected.offset}: capture {expected.capture} is not there")
        expected = next(rows, None)
    if unknown:
        problems.append(f"{part.file}: {unknown} records that the database does not know")
    return found, problems


def _records(archive: Archive, part: Part, problems: list[str]) -> Iterator[tuple[int, int, str]]:
    """The captures of a file as they are read back: offset, length and id; what is damaged goes to `problems`."""
    try:
        handle = os.open(archive.path(part.file), os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise ArchiveError(f"{part.file} cannot be read: {error.strerror}") from error
    try:
        end = 0
        for item in members(handle):
            if not isinstance(item, Entry) or item.member is None:
                problems.append(f"{part.file} at {item.place}: a record is damaged")
                continue
            end = sum(item.member)
            if not is_page(item.record):
                continue
            try:
                capture = describe(fetched(item.record)).id
            except ValueError as error:
                problems.append(f"{part.file} at {item.place}: {error}")
                continue
            yield item.member[0], item.member[1], capture
        if end < part.bytes and not any("is damaged" in line for line in problems):
            problems.append(f"{part.file} at {end}: nothing but zeros up to its end")
    finally:
        os.close(handle)


def _homeless(connection: Connection) -> Iterator[str]:
    """Captures that lie nowhere and were not meant to go."""
    query = (
        select(t.Capture.id, t.Capture.flags)
        .outerjoin(t.Location, t.Location.capture == t.Capture.id)
        .where(t.Location.capture.is_(None))
        .order_by(t.Capture.id)
    )
    for row in connection.execute(query):
        flags = (row.flags or "").split(",")
        if EXPIRED in flags:
            continue
        gone = MISSING in flags
        yield f"capture {row.id} {'is gone from the archive' if gone else 'lies nowhere in the archive'}"
