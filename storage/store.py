"""The one writer of a data folder: the archive first, then the database, then the answer.

What `add` has returned is on the disk twice over: the record in the archive, the rows in the database. A crash
in between leaves the database behind the archive, never ahead of it, and the next start catches up.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import update

from crawler.errors import ArchiveError, TearsheetError
from crawler.records import stamp
from storage import tables as t
from storage.archive import SEGMENT_BYTES, Archive, Part
from storage.captures import Indexed, describe, index, located, note_parts, place
from storage.engine import consult, insert_missing, open_engine, prepare, storable, transact
from storage.faults import Faults
from storage.lock import hold, sole_writer
from storage.repair import repair
from storage.takedown import finish, purge, wipe
from storage.warc import URL_LIMIT, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from crawler.records import Capture, Fetched

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A response to store. `member` is its gzip member where one is at hand; it is copied as it is.

    `original` is the capture that a 304 says is still so.
    """

    fetched: Fetched
    member: bytes | None = None
    origin: str = "crawl"
    flags: str | None = None
    original: Capture | None = None


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Store:
    """One data folder, open for writing: its database and its archive. Made by `Store.open`."""

    def __init__(self, engine: Engine, archive: Archive, faults: Faults, clock: Callable[[], datetime]) -> None:
        self.engine = engine
        self.archive = archive
        self.faults = faults
        self._clock = clock
        self._failed = False
        self.added = 0
        """How many captures this store has taken in that were not known before."""

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        database_url: str,
        what: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], datetime] = utc_now,
    ) -> Iterator[Store]:
        """Open a data folder for the verb `what`, under its lock; what a crash left behind is repaired first.

        Raises:
            LockHeldError: another run writes to it.
            DatabaseError: the database cannot be opened, or is of another version.
            ArchiveError: the archive cannot be repaired.

        """
        faults = Faults()
        with hold(folder, what):
            engine = open_engine(database_url)
            archive = Archive(folder / "archive", segment_bytes=segment_bytes, faults=faults)
            try:
                with closing(archive), sole_writer(engine, what):
                    prepare(engine)
                    finish(engine, archive)
                    for line in repair(engine, archive, clock(), faults).lines():
                        _log.warning("%s", line)
                    store = cls(engine, archive, faults, clock)
                    resumed = purge(store)
                    if resumed:
                        _log.warning("a purge that was cut short is done now: run `tearsheet process`")
                    yield store
                    if resumed:
                        wipe(engine)
            finally:
                engine.dispose()

    def add(
        self,
        arrivals: Sequence[Arrival],
        also: Callable[[Connection, Sequence[Capture]], None] | None = None,
    ) -> Sequence[Capture]:
        """Store a batch (of at most a few dozen) and return what each is; one that is known is not stored again.

        `also` runs in the same transaction, and may run again where a server made it repeat.

        Raises:
            ValueError: an address is over the limit of the format; nothing is stored.
            ArchiveError, DatabaseError: nothing of the batch is acknowledged; this store takes no more.

        """
        if self._failed:
            raise ArchiveError("an earlier write failed: run again, the start repairs what it left")
        captures = [describe(arrival.fetched) for arrival in arrivals]
        for capture in captures:
            if len(capture.url.encode()) > URL_LIMIT:
                raise ValueError(f"an address of more than {URL_LIMIT} bytes: {capture.url[:80]}…")
        try:
            self._add(arrivals, captures, also)
        except BaseException:
            self._failed = True
            raise
        return captures

    def refuse(self, source: str, place: str, reason: str, detail: str) -> None:
        """Note input that never became a capture."""
        row = {
            "source": storable(source)[-600:],
            "place": place,
            "reason": reason,
            "detail": storable(detail)[:2000],
            "seen_at": self.now(),
        }
        transact(self.engine, lambda connection: insert_missing(connection, t.Refused, [row]))

    @contextmanager
    def run(self, verb: str) -> Iterator[dict[str, object]]:
        """One run of a command as a row; what is put into the value is its outcome, as JSON."""
        identity, outcome = uuid.uuid4().hex, dict[str, object]()
        row = {"id": identity, "verb": verb, "started_at": self.now()}
        transact(self.engine, lambda connection: insert_missing(connection, t.Run, [row]))
        try:
            yield outcome
        except (TearsheetError, KeyboardInterrupt) as error:
            outcome["error"] = str(error) or type(error).__name__
            raise
        finally:
            ended = update(t.Run).where(t.Run.id == identity).values(ended_at=self.now(), outcome=outcome)
            transact(self.engine, lambda connection: connection.execute(ended))

    def now(self) -> str:
        """The time as the tables hold it."""
        return stamp(self._clock())

    def _add(
        self,
        arrivals: Sequence[Arrival],
        captures: Sequence[Capture],
        also: Callable[[Connection, Sequence[Capture]], None] | None,
    ) -> None:
        fresh = self._fresh(captures)
        if not fresh and also is None:
            return
        parts = []
        closed = self.archive.rotate() if fresh else None
        if closed:
            parts.append(closed)
        members = [
            arrivals[n].member or build(arrivals[n].fetched, self.now(), arrivals[n].original) for n in fresh
        ]
        places = self.archive.append(members)
        found = [
            place(arrivals[n].fetched, captures[n], location, arrivals[n].origin, arrivals[n].flags)
            for n, location in zip(fresh, places, strict=True)
        ]
        current = self.archive.current()
        if found and current:
            parts.append(current)
        transact(self.engine, lambda connection: self._write(connection, found, parts, captures, also))
        self.added += len(found)
        self.faults.at("after_commit")

    def _write(
        self,
        connection: Connection,
        found: Sequence[Indexed],
        parts: Sequence[Part],
        captures: Sequence[Capture],
        also: Callable[[Connection, Sequence[Capture]], None] | None,
    ) -> None:
        index(connection, found)
        note_parts(connection, parts)
        self.faults.at("mid_tx")
        if also is not None:
            also(connection, captures)
        self.faults.at("before_commit")

    def _fresh(self, captures: Sequence[Capture]) -> list[int]:
        """Positions of those that the archive does not hold yet, each once."""
        known = consult(self.engine, lambda connection: located(connection, {capture.id for capture in captures}))
        fresh = []
        for n, capture in enumerate(captures):
            if capture.id not in known:
                known.add(capture.id)
                fresh.append(n)
        return fresh
