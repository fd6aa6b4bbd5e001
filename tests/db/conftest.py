from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pytest

import crawler.cli.ingest
from crawler.strata import Drained
from tests.db.folders import Folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'tearsheet.sqlite'}")


@pytest.fixture
def undrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `ingest` derive nothing, where that is another test's subject: two pages are said to be no text."""

    class Unread:
        def __init__(self, *_arguments: object) -> None: ...
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_raised: object) -> None: ...
        def pump(self) -> bool:
            return False

        def finish(self) -> Drained:
            return Drained(rejected={"type:pdf": 2})

    monkeypatch.setattr(crawler.cli.ingest, "Reading", Unread)
