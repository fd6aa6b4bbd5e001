"""Whether the database is as it was: a short text that changes with every commit, and is quick to ask for."""

from __future__ import annotations

import sqlite3
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.lookups import reading

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Edition:
    """Tells which edition of its rows a database is at. Texts of one object are compared with each other alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._held: sqlite3.Connection | None = None

    def now(self) -> str:
        """The edition: what is read after this call is of that edition or a newer one.

        SQLite counts the commits of others for a connection that stays open. In PostgreSQL two snapshots that are
        the same text see the same rows.
        """
        if self._engine.dialect.name == "postgresql":
            with reading(self._engine) as connection:
                return str(connection.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar_one())
        with self._lock:
            if self._held is None:
                path = str(self._engine.url.database)
                self._held = sqlite3.connect(
                    path, check_same_thread=False
                )  # stays open, so it is none of the pool's
            return str(self._held.execute("PRAGMA data_version").fetchone()[0])
