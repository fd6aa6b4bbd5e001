"""What is stored is this user's alone, whatever the umask lets through."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from tests.db.folders import arrivals

if TYPE_CHECKING:
    from pathlib import Path

    from tests.db.folders import Folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_others_cannot_read_a_data_folder(folder: Folder) -> None:
    before = os.umask(0)
    try:
        with folder.open() as store:
            store.add(arrivals(0, 2))
    finally:
        os.umask(before)
    assert mode(folder.path) == mode(folder.path / "archive") == 0o700
    assert mode(folder.segment()) == mode(folder.path / "lock") == 0o600
