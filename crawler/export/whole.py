"""Files that are there whole or not at all, and rows that are current or not written at all."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from crawler.errors import TearsheetError, UsageError
from storage.lookups import dirty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def refuse_stale(connection: Connection) -> None:
    """Pass only where nothing waits to be derived.

    Raises:
        TearsheetError: saying how much waits and what to run.

    """
    waiting = dirty(connection)
    if waiting:
        counts = ", ".join(f"{count} {stratum}{'s' if count != 1 else ''}" for stratum, count in waiting.items())
        raise TearsheetError(
            f"not everything is derived yet ({counts} out of date): run `tearsheet process` first, "
            "or take the rows as they are with --allow-stale"
        )


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when the block ends well, and leaves no trace when it does not.

    `-` is standard output; a pipe or a device is written to directly.

    Raises:
        UsageError: the folder is not there or the path is one.
        TearsheetError: the disk is full, read-only, …

    """
    if os.fspath(path) == "-":
        speak_utf8()
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(path).resolve()
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{path}: {'is a folder' if target.is_dir() else 'its folder does not exist'}")
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as out:
                yield out
        else:
            yield from _through_sibling(target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TearsheetError(f"{path}: {error.strerror or error}") from error


def _through_sibling(target: Path) -> Iterator[TextIO]:
    sibling = target.with_name(f".tearsheet-{os.getpid()}.part")
    try:
        with sibling.open("w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        sibling.replace(target)
    finally:
        sibling.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def speak_utf8() -> None:
    """Make standard output UTF-8: the terminal's own encoding must not change a byte of a row."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="")
