"""Takedowns: what must not be kept is removed from the archive and the database, and is not let in again.

The archive is rewritten file by file. A file's successor is written beside it under a name that nobody reads, one
transaction moves every location to it, and then the names change and the old file goes. A death before that
transaction leaves the file as it was, one after it is finished at the next start (`finish`), and the next start
also goes on with the captures that are still condemned.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select, update

from crawler.errors import ArchiveError
from crawler.records import Rejected
from storage import tables as t
from storage.batches import PER_STATEMENT, delete_in, insert_rows, scalars_in
from storage.captures import note_parts
from storage.engine import insert_missing, transact
from storage.notes import tombstone, warcinfo
from storage.pages import save_pages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Engine
    from sqlalchemy.orm import InstrumentedAttribute

    from storage.archive import Archive
    from storage.store import Store

REASON: Final = "blocked:takedown"


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry of the takedown list: an address (by its key, see `crawler.urls`) or a host with all its names."""

    kind: str
    value: str
    shown: str
    reason: str
    at: str


def taken_down(connection: Connection) -> tuple[Taken, ...]:
    """The takedown list, oldest first."""
    d = t.Takedown
    rows = connection.execute(select(d.kind, d.value, d.shown, d.reason, d.at).order_by(d.at, d.kind, d.shown))
    return tuple(Taken(*row) for row in rows)


def forbid(connection: Connection, entries: Sequence[Taken]) -> None:
    """Put entries on the list, and their addresses out of the frontier's reach."""
    insert_missing(
        connection,
        t.Takedown,
        [{"kind": e.kind, "value": e.value, "shown": e.shown, "reason": e.reason, "at": e.at} for e in entries],
    )
    f = t.Frontier
    out = {"state": "blocked", "reason": REASON, "capture": None, "leased_by": None, "not_before": None}
    for entry in entries:
        mine = f.url_key == entry.value if entry.kind == "url" else _of_host(f.host, entry.value)
        connection.execute(update(f).where(mine).values(**out))


def permit(connection: Connection, shown: str) -> int:
    """Take entries off the list by what they show; how many. Their addresses may be fetched again."""
    d, f = t.Takedown, t.Frontier
    found = connection.execute(select(d.kind, d.value).where(d.shown == shown)).all()
    for kind, value in found:
        mine = f.url_key == value if kind == "url" else _of_host(f.host, value)
        back = {"state": "queued", "reason": None, "attempts": 0}
        connection.execute(update(f).where(mine, f.reason == REASON).values(**back))
    connection.execute(delete(d).where(d.shown == shown))
    return len(found)


def captures_of(connection: Connection, urls: Collection[str], hosts: Collection[str]) -> list[str]:
    """The captures of these addresses, as they were captured, and of these hosts."""
    c = t.Capture
    found: set[str] = set()
    found.update(scalars_in(connection, select(c.id), c.url, sorted(urls)))
    for host in hosts:
        near = connection.execute(select(c.id, c.url).where(c.url.icontains(host, autoescape=True)))
        found.update(identity for identity, url in near if _is_of(url, host))
    return sorted(found)


def condemn(connection: Connection, captures: Sequence[str], why: str) -> None:
    """Note that captures are to be purged: from here on it is done, if not by this run then by the next start."""
    insert_missing(connection, t.Doomed, [{"capture": capture, "reason": why} for capture in captures])


def purge(store: Store) -> int:
    """Remove the captures that are condemned and what was derived of them; how many.

    What followed from them is put out of date, for the next drain.

    Raises:
        ArchiveError: a file could not be rewritten; it is as it was, and so is what the database says of it.

    """
    with store.engine.connect().execution_options(reads=True) as connection:
        doomed = {row.capture: row.reason for row in connection.execute(select(t.Doomed.capture, t.Doomed.reason))}
    if not doomed:
        return 0
    captures = sorted(doomed)
    transact(store.engine, partial(_forget_derived, captures=captures))
    store.faults.at("purging")
    rewrite_all(store, doomed)
    transact(store.engine, partial(_forget_observed, captures=captures))
    return len(captures)


def rewrite_all(store: Store, doomed: Mapping[str, str]) -> None:
    """Rewrite the files that hold these captures' records, with a note of its reason in the place of each."""
    current = store.archive.seal()
    if current is not None:
        transact(store.engine, lambda connection: note_parts(connection, [current]))
    with store.engine.connect().execution_options(reads=True) as connection:
        files = _files_of(connection, sorted(doomed))
    for file in files:
        _rewrite(store, file, doomed)
        finish(store.engine, store.archive)


def wipe(engine: Engine) -> None:
    """Take what was deleted out of the database's file too: SQLite keeps it in free pages, and in the log.

    PostgreSQL's own vacuum does the same in its time.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            driver.isolation_level = None  # VACUUM runs outside of any transaction
            driver.execute(
                "INSERT INTO searched(searched) VALUES ('optimize')"
            )  # it keeps what it forgot, till then
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.invalidate()


def finish(engine: Engine, archive: Archive) -> None:
    """Finish a rewriting that a death cut short, or remove what is left of one that never counted."""
    with engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(select(t.Rewriting.old, t.Rewriting.new)).all()
    for old, new in rows:
        archive.supersede(old, new)
        transact(engine, partial(_forget_rewriting, old=old))
    archive.discard_drafts()


def _forget_rewriting(connection: Connection, old: str) -> None:
    connection.execute(delete(t.Rewriting).where(t.Rewriting.old == old))


def _forget_derived(connection: Connection, captures: Sequence[str]) -> None:
    """Take the pages away as the page stage would, had they turned out to be none."""
    known = scalars_in(connection, select(t.Capture.id), t.Capture.id, captures)
    save_pages(connection, [(capture, Rejected("purge", REASON)) for capture in known])
    delete_in(connection, t.Rejected, "capture", known)
    urls = scalars_in(connection, select(t.Capture.url).distinct(), t.Capture.id, captures)
    for at in range(0, len(urls), PER_STATEMENT):  # the alert stays, so that it is not told again; its words go
        told = update(t.Alert).where(t.Alert.subject.in_(urls[at : at + PER_STATEMENT]))
        connection.execute(told.values(says="(purged)"))


def _forget_observed(connection: Connection, captures: Sequence[str]) -> None:
    delete_in(connection, t.Location, "capture", captures)
    delete_in(connection, t.Capture, "id", captures)
    delete_in(connection, t.Doomed, "capture", captures)


def _files_of(connection: Connection, captures: Sequence[str]) -> list[str]:
    return sorted(set(scalars_in(connection, select(t.Location.file), t.Location.capture, captures)))


def _rewrite(store: Store, file: str, doomed: Mapping[str, str]) -> None:
    """Write a file's successor, and move everything to it in one transaction."""
    place = t.Location
    query = select(place.capture, place.offset, place.length).where(place.file == file).order_by(place.offset)
    with store.engine.connect().execution_options(reads=True) as connection:
        rows = [(row.capture, row.offset, row.length) for row in connection.execute(query)]
    new = store.archive.free_name()
    kept: list[dict[str, Any]] = []
    at = 0

    def members() -> Iterator[bytes]:
        nonlocal at
        now = store.now()
        head = warcinfo(new, now, "Tearsheet, rewritten: records were taken out")
        at += len(head)
        yield head
        with store.archive.path(file).open("rb", buffering=0) as source:
            for capture, offset, length in rows:
                if capture in doomed:
                    member = tombstone(capture, now, doomed[capture])
                else:
                    member = os.pread(source.fileno(), length, offset)
                    if len(member) != length:
                        raise ArchiveError(f"{file} ends before {offset + length}: run `tearsheet db check`")
                    kept.append({"capture": capture, "file": new, "offset": at, "length": length})
                at += len(member)
                yield member

    part = store.archive.draft(new, members())
    store.faults.at("rewriting")

    def switch(connection: Connection) -> None:
        connection.execute(delete(place).where(place.file == file))
        insert_rows(connection, t.Location, kept)
        connection.execute(delete(t.Segment).where(t.Segment.file == file))
        note_parts(connection, [part])
        insert_missing(connection, t.Rewriting, [{"old": file, "new": new}])

    transact(store.engine, switch)
    store.faults.at("rewritten")


def _of_host(column: InstrumentedAttribute[str], host: str) -> ColumnElement[bool]:
    return or_(column == host, column.endswith(f".{host}", autoescape=True))


def _is_of(url: str, host: str) -> bool:
    found = (
        url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].lower()
    )
    return found == host or found.endswith(f".{host}")
