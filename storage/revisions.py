"""When the exported rows of releases and copies last changed: a number for each, counted up, and no clock.

The last step of a drain compares each row that was written anew with what its number stands for; one that says
something else gets the next number, and one that is gone keeps its place as a tombstone. Numbers are given out in
batches, each with a word drawn at random: a **marker** (`1042-9f3a61c8`) says up to where a reader has read. A
marker of another store, or of a state that a restored backup knows nothing of, is known by its word.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from sqlalchemy import func, select

from storage import lookups
from storage import tables as t
from storage.batches import PER_STATEMENT, insert_rows, rows_in
from storage.engine import replace as replace_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

Kind = Literal["copies", "releases"]

MARKER: Final = re.compile(r"([0-9]{1,18})-([0-9a-f]{8})", re.ASCII)
"""How a marker is written."""

_GONE: Final = ""
_KINDS: Final[tuple[Kind, ...]] = ("copies", "releases")


@dataclass(frozen=True, slots=True)
class Revised:
    """The number under which a row last changed, and its name: a copy's address or a release's cluster."""

    n: int
    name: str


def revise(connection: Connection, keys: Sequence[str], word: str) -> dict[Kind, list[str]]:
    """Number anew which of these rows changed (keys of the stratum `row`): their names. `word` is 8 hex digits."""
    changed: list[dict[str, Any]] = []
    last = connection.scalar(select(func.max(t.Marker.n))) or 0
    for kind in _KINDS:
        names = [key.removeprefix(f"{kind} ") for key in keys if key.startswith(f"{kind} ")]
        known = _known(connection, kind, names)
        now = dict(_copies(connection, names) if kind == "copies" else _releases(connection, names))
        for name in names:
            digest = now.get(name, _GONE)
            if digest != known.get(name, _GONE):
                changed.append({"kind": kind, "name": name, "n": last + len(changed) + 1, "digest": digest})
    if changed:
        replace_rows(connection, t.Revision, changed)
        insert_rows(connection, t.Marker, [{"n": last + len(changed), "word": word}])
    return {kind: [row["name"] for row in changed if row["kind"] == kind] for kind in _KINDS}


def newest(connection: Connection) -> str | None:
    """The marker that everything was given out up to; None where there was nothing yet."""
    row = connection.execute(select(t.Marker.n, t.Marker.word).order_by(t.Marker.n.desc()).limit(1)).first()
    return f"{row.n}-{row.word}" if row else None


def marker_at(connection: Connection, n: int) -> str:
    """The marker that says that a reader has read up to this number, which was given out."""
    m = t.Marker
    return f"{n}-{connection.scalar(select(m.word).where(m.n >= n).order_by(m.n).limit(1))}"


def position(connection: Connection, marker: str) -> int | None:
    """The number that a marker stands for; None where this store never gave it out."""
    parts = MARKER.fullmatch(marker)
    if parts is None:
        return None
    n = int(parts[1])
    return n if n > 0 and marker_at(connection, n) == marker else None


def revised(connection: Connection, kind: Kind, after: int, limit: int = PER_STATEMENT) -> list[Revised]:
    """The rows of a kind that changed, came or went behind a number, in the order of their numbers."""
    r = t.Revision
    wanted = select(r.n, r.name).where(r.kind == kind, r.n > after).order_by(r.n).limit(limit)
    return [Revised(row.n, row.name) for row in connection.execute(wanted)]


def _known(connection: Connection, kind: str, names: Sequence[str]) -> dict[str, str]:
    r = t.Revision
    wanted = select(r.name, r.digest).where(r.kind == kind)
    return {row.name: row.digest for row in rows_in(connection, wanted, r.name, names)}


def _copies(connection: Connection, urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What each copy says now, with its blocks; where its record lies is no part of that."""
    for at in range(0, len(urls), PER_STATEMENT):
        for copy in lookups.copies(connection, urls=urls[at : at + PER_STATEMENT], blocks=True):
            yield copy.url, _digest(replace(copy, place=None))


def _releases(connection: Connection, clusters: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at in range(0, len(clusters), PER_STATEMENT):
        for release in lookups.releases(connection, clusters=clusters[at : at + PER_STATEMENT]):
            yield release.cluster, _digest(release)


def _digest(row: object) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(row, order="deterministic")).hexdigest()
