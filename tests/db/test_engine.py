from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

import storage.engine
from crawler.errors import DatabaseError, LockHeldError, UsageError
from storage import tables as t
from storage.engine import (
    HEAD,
    check_version,
    insert_missing,
    open_engine,
    prepare,
    replace,
    storable,
    transact,
    upgrade,
    version,
)
from storage.lock import sole_writer

IGNORED = {"include_object": lambda _object, name, *_: not str(name).startswith(("searched", "ix_searchable"))}
"""SQLite's full text index keeps itself in tables of its own, and takes the place of the server's index."""


def test_the_migrations_make_exactly_the_tables(database_url: str) -> None:
    engine = open_engine(database_url)
    prepare(engine)
    with engine.connect() as connection:
        compared = MigrationContext.configure(
            connection, opts=IGNORED if database_url.startswith("sqlite") else {}
        )
        assert compare_metadata(compared, t.Base.metadata) == []
    assert version(engine) == HEAD
    upgrade(engine)  # again: nothing to do
    prepare(engine)
    engine.dispose()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.engine.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_tables_without_rowids_stay_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    prepare(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    engine.dispose()
    tables = t.Base.metadata.tables.values()
    expected = {table.name for table in tables if not table.dialect_options["sqlite"]["with_rowid"]}
    assert expected
    assert {
        row.name for row in rows if "WITHOUT ROWID" in row.sql and row.name in t.Base.metadata.tables
    } == expected


@pytest.mark.parametrize(("found", "advice"), [("0000", "tearsheet db upgrade"), ("9999", "newer Tearsheet")])
def test_another_version_is_refused_with_what_to_do(database_url: str, found: str, advice: str) -> None:
    engine = open_engine(database_url)
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(DatabaseError, match=advice):
        prepare(engine)
    assert version(engine) == found
    engine.dispose()


def test_an_empty_database_is_refused_only_by_readers(database_url: str) -> None:
    engine = open_engine(database_url)
    with pytest.raises(DatabaseError, match="nothing has been taken in yet"):
        check_version(engine)
    engine.dispose()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (id)")
    connection.close()
    before = path.read_bytes()
    engine = open_engine(f"sqlite:///{path}")
    with pytest.raises(DatabaseError, match="another program"):
        prepare(engine)
    engine.dispose()
    assert path.read_bytes()[100:] == before[100:]


def test_inserting_again_keeps_and_replacing_overwrites(database_url: str) -> None:
    engine = open_engine(database_url)
    prepare(engine)

    def work(connection: Connection) -> list[tuple[str, str | None]]:
        row = {"name": "a", "reason": "first"}
        insert_missing(connection, t.Host, [row, row])
        insert_missing(connection, t.Host, [{**row, "reason": "second"}])
        insert_missing(connection, t.Host, [])
        replace(connection, t.Host, [{"name": "b", "reason": "first"}])
        replace(connection, t.Host, [{"name": "b", "reason": "second"}])
        replace(connection, t.Host, [{"name": "c"}] * 2)
        replace(connection, t.Host, [])
        found = select(t.Host.name, t.Host.reason).order_by(t.Host.name)
        return [(row.name, row.reason) for row in connection.execute(found)]

    assert transact(engine, work) == [("a", "first"), ("b", "second"), ("c", None)]
    engine.dispose()


def test_every_text_can_be_stored(database_url: str) -> None:
    engine = open_engine(database_url)
    prepare(engine)
    hostile = storable("a\0b\ud800c😀\udc00")
    with engine.begin() as connection:
        insert_missing(connection, t.Host, [{"name": hostile, "not_before": None, "reason": None}])
    with engine.connect() as connection:
        assert connection.execute(select(t.Host.name)).scalar_one() == "a\ufffdb\ufffdc😀\ufffd"
    engine.dispose()


def test_a_transaction_that_is_taken_back_leaves_nothing_not_even_tables(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("CREATE TABLE half (id)"))
        transaction.rollback()
    assert version(engine) is None
    engine.dispose()


def test_a_locked_database_names_its_holder_and_readers_do_not_wait(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    writer, other = open_engine(url), open_engine(url, busy_seconds=0.1)
    prepare(writer)
    with writer.begin() as connection:
        connection.execute(t.Host.__table__.insert(), {"name": "a.example"})  # type: ignore[attr-defined] # a Table
        with pytest.raises(LockHeldError, match="is locked by") as caught, other.begin():
            pass
        with other.connect().execution_options(reads=True) as reader:
            assert reader.execute(select(t.Host.name)).all() == []
    assert caught.value.exit_code == 75
    if Path("/proc/locks").exists():
        assert f"process {os.getpid()}" in str(caught.value)
    writer.dispose()
    other.dispose()


def test_one_server_database_has_one_writing_folder(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    again = sole_writer(engine, "ingest")
    with sole_writer(engine, "crawl"), pytest.raises(LockHeldError, match="another session"):
        again.__enter__()
    with sole_writer(engine, "ingest"):
        pass
    engine.dispose()


def test_a_killed_server_session_is_only_a_pause(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    prepare(engine)
    tries = []

    def work(connection: Connection) -> None:
        insert_missing(connection, t.Host, [{"name": "a.example"}])
        tries.append(1)
        if len(tries) == 1:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            connection.execute(text("SELECT 1"))

    transact(engine, work)
    assert len(tries) == 2
    with engine.connect() as connection:
        assert connection.execute(select(t.Host.name)).scalars().all() == ["a.example"]
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite+nothing:///a"])
def test_a_url_that_is_none_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError):
        open_engine(url)


def test_files_that_are_no_database_are_told(tmp_path: Path) -> None:
    text_file = tmp_path / "a.sqlite"
    text_file.write_text("this is no database " * 100)
    for path, said in [(text_file, "no SQLite database"), (tmp_path / "none" / "a.sqlite", "cannot be opened")]:
        engine = open_engine(f"sqlite:///{path}")
        with pytest.raises(DatabaseError, match=said):
            prepare(engine)
        engine.dispose()


def test_a_server_that_is_not_there_is_told() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseError, match="failed"):
        prepare(engine)
    engine.dispose()
