"""Retention: records that were kept for long enough leave the archive; what was derived of them stays.

A capture is flagged before its record goes, so that a death in between leaves nothing unexplained; the next time
goes on where this one ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from storage import tables as t
from storage.batches import rows_in
from storage.captures import EXPIRED
from storage.engine import transact
from storage.takedown import rewrite_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.store import Store

_WHY = "retention"


def overdue(connection: Connection, before: str) -> list[str]:
    """The captures from before a time whose records are still there, but for those that nobody has read yet."""
    c, place = t.Capture, t.Location
    unread = select(t.Dirty.key).where(t.Dirty.stratum == "page")
    wanted = select(c.id).join(place, place.capture == c.id).where(c.fetched_at < before, c.id.not_in(unread))
    return list(connection.scalars(wanted.order_by(c.id)))


def expire(store: Store, before: str) -> int:
    """Take the records of captures from before a time out of the archive; how many.

    Raises:
        ArchiveError: a file could not be rewritten; it is as it was, and so is what the database says of it.

    """
    with store.engine.connect().execution_options(reads=True) as connection:
        captures = overdue(connection, before)
    if captures:
        transact(store.engine, lambda connection: _flag(connection, captures))
        rewrite_all(store, dict.fromkeys(captures, _WHY))
    return len(captures)


def _flag(connection: Connection, captures: Sequence[str]) -> None:
    c = t.Capture
    for row in rows_in(connection, select(c.id, c.flags), c.id, captures):
        flags = [flag for flag in (row.flags or "").split(",") if flag not in {"", EXPIRED}]
        connection.execute(update(c).where(c.id == row.id).values(flags=",".join([*flags, EXPIRED])))
