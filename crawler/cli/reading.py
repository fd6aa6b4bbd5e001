"""How the verbs that only look things up open the store: no lock, nothing created, one state of it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crawler.cli.terminal import escape
from crawler.errors import TearsheetError, UsageError
from crawler.urls import spellings, url_key
from storage.engine import check_version, open_engine
from storage.evidence import pending
from storage.lookups import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from settings.app import AppConfig


@contextmanager
def open_store(config: AppConfig) -> Iterator[Engine]:
    """The database of a store that is there.

    Raises:
        TearsheetError: there is none yet; the message says how to begin.

    """
    _expect_file(config)
    engine = open_engine(config.database_url)
    try:
        check_version(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_reading(config: AppConfig) -> Iterator[Connection]:
    """A connection to the store that sees one state of it."""
    with open_store(config) as engine, reading(engine) as connection:
        yield connection


def tell_unknown(connection: Connection, url: str) -> str:
    """What is known of an address that was never captured, and what to do."""
    variants = spellings(url)
    known = pending(connection, variants, [url_key(variant) for variant in variants if "://" in variant])
    if known is None:
        return (
            f"{escape(url)}: never seen; `tearsheet copies` lists the pages that are stored, "
            "`tearsheet ingest FILE --url URL` takes one in"
        )
    told = [f"{url}: known, but never captured"]
    if known.state:
        told.append(f"  on the frontier: {known.state}" + (f" ({known.reason})" if known.reason else ""))
    told += [f"  named by {source}: {why}" for source, why in known.leads]
    told += [f"  refused: {reason}" + (f" ({detail})" if detail else "") for reason, detail in known.refusals]
    return "\n".join(map(escape, told))


def _expect_file(config: AppConfig) -> None:
    try:
        url = make_url(config.database_url)
    except ArgumentError as error:
        raise UsageError(f"--db: {error}") from error
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise TearsheetError(
            f"nothing is stored in {config.data_folder} yet: begin with `tearsheet demo`, `tearsheet crawl` "
            "or `tearsheet ingest FILE`, or name another folder with --data"
        )
