"""What is out of date: `page` (a capture to read), `text` (one to place), `memory` (a text whose blocks are to be
counted, or a block), `cluster` (one to sum up), `seen` (an address that was seen again as it was), `language` (all
clusters, to look for the same in two languages), `row` (an exported row that was written anew, and may say
something else now: `copies` and an address, or `releases` and a cluster).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, literal, select

from storage import tables as t
from storage.batches import PER_STATEMENT
from storage.engine import insert_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection


def mark(connection: Connection, stratum: str, keys: Iterable[str]) -> None:
    """Note that these are out of date."""
    insert_missing(connection, t.Dirty, [{"stratum": stratum, "key": key} for key in set(keys)])


def mark_rows(connection: Connection, kind: str, names: Iterable[str]) -> None:
    """Note that exported rows of a kind (`copies`, `releases`) may say something else now, or be gone."""
    mark(connection, "row", [f"{kind} {name}" for name in names])


def unmark(connection: Connection, stratum: str, keys: Sequence[str]) -> None:
    """Note that these are up to date again."""
    for at in range(0, len(keys), PER_STATEMENT):
        part = keys[at : at + PER_STATEMENT]
        connection.execute(delete(t.Dirty).where(t.Dirty.stratum == stratum, t.Dirty.key.in_(part)))


def waiting(connection: Connection, stratum: str, after: str, limit: int) -> list[str]:
    """The next keys of a stratum that are out of date, in order, after the given one."""
    wanted = select(t.Dirty.key).where(t.Dirty.stratum == stratum, t.Dirty.key > after)
    return list(connection.scalars(wanted.order_by(t.Dirty.key).limit(limit)))


def count(connection: Connection, stratum: str) -> int:
    """How many keys of the stratum are out of date."""
    counted = connection.scalar(select(func.count()).select_from(t.Dirty).where(t.Dirty.stratum == stratum))
    return counted or 0


def mark_all(connection: Connection) -> None:
    """Note that every capture is to be read again; a 304 has nothing to read."""
    stratum = select(literal("page"), t.Capture.id).where(
        t.Capture.status != 304,
        ~select(t.Dirty.key).where(t.Dirty.stratum == "page", t.Dirty.key == t.Capture.id).exists(),
    )
    connection.execute(insert(t.Dirty).from_select(["stratum", "key"], stratum))
