"""One writer for each data folder: a file lock that the kernel frees when its holder dies, and a server's too."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from crawler.errors import DatabaseError, LockHeldError
from crawler.records import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

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

    Raises:
        LockHeldError: another session holds it.

    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"key": 0x7465617273686565}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
            place = engine.url.render_as_string(hide_password=True)
            raise LockHeldError(f"another session writes to {place}; `{what}` waits for nobody: run it later")
        try:
            yield
        finally:
            with suppress(DatabaseError):  # a server that was restarted has let go of it already
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
