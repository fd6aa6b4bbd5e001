"""What is stored is this user's alone, whatever the umask lets through."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from crawler.cli.main import main
from tests.db.folders import arrivals

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


def test_a_folder_that_was_opened_up_is_told_at_every_start(
    folder: Folder, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with folder.open():
        pass
    assert "can look into" not in caplog.text
    folder.path.chmod(0o750)
    with folder.open():
        pass
    assert f"others can look into {folder.path} (mode 750)" in caplog.text
    caplog.clear()
    assert main(["db", "check", "--data", str(folder.path)]) == 0  # a group may be meant
    assert "(mode 750): `chmod 700` it" in capsys.readouterr().err
    folder.path.chmod(0o700)
    assert main(["db", "check", "--data", str(folder.path)]) == 0
    assert "chmod" not in capsys.readouterr().err
