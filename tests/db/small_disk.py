"""A file system of a test's own: so small that it fills up, and read-only when that is wanted."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def mounted(at: Path, kilobytes: int) -> Iterator[Path]:
    """A tmpfs of that size at a new folder. Only root may mount: for others the test is skipped."""
    at.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", at],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip() or 'not root'}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def remount(at: Path, mode: str) -> None:
    """Make it `ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,{mode}", at], check=True)


def fill(at: Path, kilobytes_left: int) -> Path:
    """Fill it with one file until so much is left; the file."""
    filler = at / "filler"
    here = os.statvfs(at)
    with filler.open("wb") as file:
        file.write(bytes(max(0, here.f_bavail * here.f_frsize - kilobytes_left * 1024)))
    return filler
