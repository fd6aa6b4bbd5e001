from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from crawler.demo.newsroom import newsroom as make_newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.demo.newsroom import Newsroom


@pytest.fixture(scope="session")
def newsroom() -> Newsroom:
    """The sample newsroom: every response of its hosts, and the truth about each page."""
    return make_newsroom(seed=1)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty database of its own on the test server; without one the test is skipped, and fails in CI."""
    server = os.environ.get("TEARSHEET_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"tearsheet_{uuid.uuid4().hex[:16]}"
    admin = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5}
    )
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL to test with: {str(error).splitlines()[0]}")
    yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tearsheet.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
