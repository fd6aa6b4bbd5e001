"""What changed since a marker: each row that says something else now, and a tombstone for each that is gone.

Increments are applied by the row's name: a row takes the place of the one of that name, a tombstone (`gone`) takes
it away. Applied twice they change nothing, and after the last one there is what a whole export gives.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from crawler.errors import TearsheetError, UsageError
from crawler.export.form import dump_json
from crawler.export.rows import read_rows, read_schema
from storage import revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.export.rows import Row
    from storage.revisions import Kind

NAMES: Final[dict[str, tuple[Kind, str]]] = {
    "releases": ("releases", "cluster"),
    "copies": ("copies", "url"),
    "removed": ("copies", "url"),
}
"""The kinds of rows that have increments: whose revisions count, and the key that holds a row's name."""

_SEVERAL: Final = frozenset({"removed"})
"""Kinds of which one name has several rows: a tombstone goes before them, whatever came of them."""


class Cursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to where an export was taken, and of what: `rows` is a digest of how its rows look."""

    export: str
    options: tuple[str, ...]
    rows: str
    marker: str | None


def read_increment(connection: Connection, kind: str, after: int, **options: Any) -> Iterator[Row]:
    """The rows of a kind of `NAMES` that changed behind a number, oldest change first, and tombstones.

    `options` are those of `read_rows`; what they leave out is gone.
    """
    of, key = NAMES[kind]
    while batch := revisions.revised(connection, of, after):
        found: dict[str, list[Row]] = {each.name: [] for each in batch}
        for row in read_rows(connection, kind, only=tuple(found), **options):
            found[row[key]].append(row)
        for name, rows in found.items():
            if not rows or kind in _SEVERAL:
                yield {key: name, "gone": True}
            yield from rows
        after = batch[-1].n


def position_of(connection: Connection, marker: str) -> int:
    """The number that a marker stands for.

    Raises:
        UsageError: it is no marker.
        TearsheetError: this store never gave it out.

    """
    if not revisions.MARKER.fullmatch(marker):
        raise UsageError(f"--since: {marker!r} is no marker; a cursor file and the API have them")
    found = revisions.position(connection, marker)
    if found is None:
        raise TearsheetError(
            f"the marker {marker} is of another store, or of a state that was not restored: take everything anew"
        )
    return found


def load_cursor(path: str, kind: str, options: tuple[str, ...]) -> Cursor | None:
    """The cursor in a file; None where there is no file yet.

    Raises:
        UsageError: the file is no cursor, or one of another export.

    """
    try:
        cursor = msgspec.json.decode(Path(path).read_bytes(), type=Cursor)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: is no cursor file ({error}); name a new one") from error
    if (cursor.export, cursor.options) != (kind, options):
        said = " ".join((cursor.export, *cursor.options))
        raise UsageError(f"{path}: is the cursor of `export {said}`; name another one for this export")
    return cursor


def start_of(connection: Connection, cursor: Cursor | None) -> int | None:
    """The number behind which an increment goes on; None for a whole export. Where rows have got other keys since,
    it is 0: then all of them have changed.
    """
    if cursor is None or cursor.marker is None:
        return None
    after = position_of(connection, cursor.marker)
    return after if cursor.rows == _look(cursor.export) else 0


def next_cursor(connection: Connection, kind: str, options: tuple[str, ...]) -> str:
    """What a cursor file holds after an export of all that is there now."""
    cursor = Cursor(kind, options, _look(kind), revisions.newest(connection))
    return dump_json(msgspec.to_builtins(cursor)) + "\n"


def _look(kind: str) -> str:
    return hashlib.sha256(json.dumps(read_schema(kind), sort_keys=True).encode()).hexdigest()[:12]
