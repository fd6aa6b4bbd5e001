"""One writer for each data folder: a file lock that the kernel frees when its holder dies, and a server's too."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import event, text

from crawler.errors import DatabaseError, LockHeldError
from crawler.records import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_log = logging.getLogger(__name__)


@contextmanager
def hold(folder: Path, what: str, file: str = "lock") -> Iterator[None]:
    """Hold the folder's lock as `what` (the verb); the folder is made when it is missing, for this user alone.

    Raises:
        LockHeldError: another process holds it; the message says which, and since when.
        DatabaseError: the folder cannot be made or written.

    """
    handle = _open(folder, file)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip() or "another run"
            raise LockHeldError(f"{holder} holds the lock of {folder}; wait for it or stop it") from error
        except OSError as error:
            raise DatabaseError(
                f"{folder / file} cannot be locked ({error.strerror}): is it a network folder?"
            ) from error
        since = stamp(datetime.now(UTC))
        os.ftruncate(handle, 0)
        try:
            os.pwrite(handle, f"`{what}` (process {os.getpid()}, since {since})\n".encode(), 0)
        except OSError:  # a full disk: the lock holds all the same, its holder is only not named
            os.ftruncate(handle, 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _open(folder: Path, file: str) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _warn_if_open(folder)
        return os.open(folder / file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseError(f"the data folder {folder} cannot be written: {error.strerror}") from error


def _warn_if_open(folder: Path) -> None:
    """Say so where others may look into the folder: it was made for its user alone."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        _log.warning("others can look into %s (mode %o): `chmod 700` it, unless that is meant", folder, mode)


@contextmanager
def sole_writer(engine: Engine, what: str) -> Iterator[None]:
    """Hold a server's database against a second data folder; a SQLite file needs nothing more than its folder.

    A server that was restarted, or lost the session, has let go: every transaction that writes sees to it first
    that the lock is still held, and takes it again.

    Raises:
        LockHeldError: another session holds it; from a transaction too, and then nothing of it is written.

    """
    if engine.dialect.name != "postgresql":
        yield
        return
    lock = _ServerLock(engine, what)
    lock.take()
    event.listen(engine, "begin", lock.see_to_it)
    try:
        yield
    finally:
        event.remove(engine, "begin", lock.see_to_it)
        lock.let_go()


class _ServerLock:
    """An advisory lock, which PostgreSQL holds for as long as one session lives."""

    _KEY: Final = {"key": 0x7465617273686565}

    def __init__(self, engine: Engine, what: str) -> None:
        self._engine = engine
        self._what = what
        self._session: Connection | None = None
        self._mutex = threading.Lock()

    def see_to_it(self, connection: Connection) -> None:
        """Have the lock before a transaction that writes."""
        if connection.get_execution_options().get("reads"):
            return
        with self._mutex:
            if not self._is_held():
                self.take()
                _log.warning("the database let go of the lock; it is taken again")

    def take(self) -> None:
        """Take it for a session of its own."""
        options = {"isolation_level": "AUTOCOMMIT", "reads": True}
        session = self._engine.connect().execution_options(**options)
        try:
            if not session.execute(text("SELECT pg_try_advisory_lock(:key)"), self._KEY).scalar():
                place = self._engine.url.render_as_string(hide_password=True)
                raise LockHeldError(
                    f"another session writes to {place}; `{self._what}` waits for nobody: run it later"
                )
        except BaseException:
            session.close()
            raise
        self._session = session

    def let_go(self) -> None:
        """Give it back; a server that is away has let go of it already."""
        if self._session is not None:
            with suppress(DatabaseError):
                self._session.execute(text("SELECT pg_advisory_unlock(:key)"), self._KEY)
            self._session.close()

    def _is_held(self) -> bool:
        """Whether the session is still there, and the lock with it."""
        if self._session is None:
            return False
        try:
            self._session.execute(text("SELECT 1"))
        except DatabaseError:
            self._session.close()
            self._session = None
        return self._session is not None
