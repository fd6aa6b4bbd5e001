"""The database: opened with the settings that durability needs, at the version that this program knows.

Every transaction of an engine takes the write lock at its start, so that none fails half way for want of it;
a connection with the execution option `reads` only reads, and waits for no writer. What the database refuses
arrives as a `DatabaseError` (or a `LockHeldError`) whose message says what to do.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from crawler.errors import DatabaseError, LockHeldError, UsageError
from storage.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.engine import ExceptionContext

T = TypeVar("T")

HEAD: Final = "0004"
"""The newest migration; versions are numbers of four digits, so they compare as text."""

BUSY_SECONDS: Final = 5.0
_PRAGMAS: Final = (
    "PRAGMA busy_timeout = {busy}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)
ATTEMPTS: Final = 12
"""How often a transaction is tried: for half a minute in all, in which a server has started again."""

_LONGEST_PAUSE: Final = 5.0

_RETRIED: Final = ("40001", "40P01", "25P03", "57P01", "57P02", "57P03", "08")
"""PostgreSQL's states that a repetition of the same transaction mends: conflicts, restarts, lost connections."""


def open_engine(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for a SQLite file or a PostgreSQL server; nothing is connected to yet.

    Raises:
        UsageError: the URL is none, or names a database that is neither.
        DatabaseError: the driver is not installed.

    """
    parsed = _parse(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": busy_seconds})
            _tune_sqlite(engine, busy_seconds)
        else:
            options = f"-c lock_timeout={int(busy_seconds * 1000)}"
            engine = create_engine(
                parsed, pool_pre_ping=True, connect_args={"options": options, "connect_timeout": 10}
            )
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"the database driver is missing ({error.name}): pip install 'tearsheet[postgres]'"
        ) from error
    event.listen(engine, "handle_error", _speak_plainly)
    return engine


def prepare(engine: Engine) -> None:
    """Make the database ready: an empty one is created, one at the right version is left alone.

    Raises:
        DatabaseError: it is older or newer than this program, or belongs to another one.

    """
    if version(engine) is None:
        upgrade(engine)
    check_version(engine)


def check_version(engine: Engine) -> None:
    """Do nothing when the database is at this program's version.

    Raises:
        DatabaseError: it is empty, older or newer.

    """
    found = version(engine)
    if found is None:
        raise DatabaseError(f"the database {_name(engine.url)} is empty: nothing has been taken in yet")
    if found < HEAD:
        raise DatabaseError(
            f"the database is at version {found}, this program needs {HEAD}: run `tearsheet db upgrade`"
        )
    if found > HEAD:
        raise DatabaseError(
            f"the database is at version {found}, newer than this program ({HEAD}): "
            "install the newer Tearsheet; `tearsheet db upgrade` never goes back"
        )


def version(engine: Engine) -> str | None:
    """The database's version, or None when it is empty.

    Raises:
        DatabaseError: it has tables, but no version: another program's, or damaged.

    """
    with engine.connect().execution_options(reads=True) as connection:
        tables = set(inspect(connection).get_table_names())
        if "alembic_version" in tables:
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if found is not None:
                return found
        ours = tables & set(Base.metadata.tables)
        if ours or (tables and engine.dialect.name == "sqlite"):
            raise DatabaseError(
                f"the database {_name(engine.url)} holds tables but no version of ours: "
                "it belongs to another program or was restored in part; name another with --db"
            )
        return None


def upgrade(engine: Engine) -> None:
    """Bring the database to this program's version, in one transaction."""
    # Alembic takes a tenth of a second to import, and is needed once in a database's life.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def transact(engine: Engine, work: Callable[[Connection], T], *, attempts: int = ATTEMPTS) -> T:
    """Run `work` in one writing transaction; repeat it whole when the server was only busy or away.

    `work` must be repeatable: a connection that is lost during the commit leaves the outcome unknown, and the
    same natural keys are then written again.
    """
    return _persist(engine.begin, work, attempts)


def consult(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run `work`, which only reads; repeat it whole when the server was away."""

    @contextmanager
    def reading() -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection.execution_options(reads=True)

    return _persist(reading, work, ATTEMPTS)


def _persist(
    begin: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], T], attempts: int
) -> T:
    for attempt in range(attempts - 1):
        try:
            with begin() as connection:
                return work(connection)
        except DatabaseError as error:
            if not _is_passing(error.__cause__):
                raise
            time.sleep(min(0.2 * 2**attempt, _LONGEST_PAUSE))
    with begin() as connection:
        return work(connection)


def insert_missing(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose primary key is not there yet. All rows name the same columns."""
    if rows:
        connection.execute(_missing(connection.dialect.name, table), list(rows))


def replace(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; where a primary key is there already, its other named columns are overwritten."""
    if rows:
        connection.execute(_replacing(connection.dialect.name, table, tuple(rows[0])), list(rows))


@cache  # putting a statement together costs more than running it
def _missing(dialect: str, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _replacing(dialect: str, table: type[Base], columns: Sequence[str]) -> sqlite.Insert | postgresql.Insert:
    statement = _insert(dialect, table)
    keys = {column.name for column in table.__table__.primary_key}
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if not changed:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=sorted(keys), set_=changed)


def _insert(dialect: str, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def storable(value: str) -> str:
    r"""The text without what no database holds: NUL and lone surrogates become U+FFFD.

    >>> storable("a\0b")
    'a�b'
    """
    if "\0" not in value:
        try:
            value.encode()  # nearly every text passes, and this is the quickest question
        except UnicodeEncodeError:
            pass
        else:
            return value
    return value.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UsageError(f"--db: {error}") from error
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return parsed
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise UsageError(f"--db: {backend} is not supported; give sqlite:///FILE or postgresql://USER@HOST/NAME")


def _name(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _tune_sqlite(engine: Engine, busy_seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and misses DDL
        for pragma in _PRAGMAS:
            _try_pragma(connection, pragma.format(busy=int(busy_seconds * 1000)))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _try_pragma(connection: sqlite3.Connection, pragma: str) -> None:
    try:
        connection.execute(pragma)
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):  # a read-only file keeps its journal mode, and can still be read
            raise


def _is_passing(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None)
    return (isinstance(state, str) and state.startswith(_RETRIED)) or _is_lost(error)


def _is_lost(error: BaseException | None) -> bool:
    """Psycopg reports a connection that vanished without a state."""
    return (
        error is not None
        and type(error).__module__.startswith("psycopg")
        and getattr(error, "sqlstate", "") is None
        and type(error).__name__ in {"OperationalError", "AdminShutdown"}
    )


def _speak_plainly(context: ExceptionContext) -> None:
    """Turn what a person has to act on into our own errors; a programming error stays what it is."""
    original = context.original_exception
    if context.is_pre_ping or not isinstance(context.sqlalchemy_exception, DBAPIError):
        return
    url = context.engine.url if context.engine is not None else None
    place = _name(url) if url is not None else "the database"
    if isinstance(original, sqlite3.Error):
        error = _sqlite_error(original, place, url)
    else:
        error = _server_error(original, place)
    if error is not None:
        raise error from original


def _sqlite_error(error: sqlite3.Error, place: str, url: URL | None) -> Exception | None:
    said = str(error)
    if isinstance(error, sqlite3.OperationalError) and "locked" in said:
        return LockHeldError(f"{place} is locked by {_writer(url)}; wait for it or stop it, then run this again")
    advice = {
        "readonly": "cannot be written: give this user write permission to the file and its folder",
        "full": "the disk is full: make room and run this again; what was acknowledged is kept",
        "unable to open": "cannot be opened: does its folder exist, and may this user read and write there?",
        "disk I/O": "cannot be read or written (disk error or full): check the disk, then run this again",
        "not a database": "is no SQLite database: name another with --db",
        "malformed": "is damaged: restore a backup or remove it; the archive builds it again",
    }
    for sign, what in advice.items():
        if sign in said:
            return DatabaseError(f"{place} {what} ({said})")
    return None


def _server_error(error: BaseException, place: str) -> Exception | None:
    state = getattr(error, "sqlstate", None)
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if state == "55P03":
        return LockHeldError(f"{place} is locked by another session for more than {BUSY_SECONDS:.0f} s: {said}")
    if state in {"25006", "42501"}:
        return DatabaseError(f"{place} cannot be written: {said}")
    if state == "53100":
        return DatabaseError(f"{place}: the server's disk is full: {said}")
    if _is_passing(error) or state is None or str(state).startswith(("28", "3D", "53", "57")):
        return DatabaseError(f"{place}: {said}") if type(error).__name__ != "DataError" else None
    return None


def _writer(url: URL | None) -> str:
    """Who holds SQLite's write lock, as the kernel tells it where it does."""
    unknown = f"another program for more than {BUSY_SECONDS:.0f} s"
    try:
        # Byte 120 of the -shm file is the write lock. The file itself must not be opened here: closing it would
        # drop this process's own locks on it.
        node = Path(f"{url.database if url is not None else ''}-shm").stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            if len(fields) == 8 and fields[5].endswith(f":{node}") and fields[6] == "120":
                name = Path(f"/proc/{fields[4]}/comm").read_text().strip()
                return f"process {fields[4]} ({name}) for more than {BUSY_SECONDS:.0f} s"
    except (OSError, ValueError):
        return unknown
    return unknown
