"""Files that are there whole or not at all, and rows that are current or not written at all."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

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
    target = _expect_file_name(path)
    with _said_by(path):
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as out:
                yield out
        else:
            with _sibling(target) as sibling:
                with sibling.open("w", encoding="utf-8", newline="") as out:
                    yield out
                    _sync(out)
                sibling.replace(target)


@contextmanager
def replacing_bytes(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """The same for a file of bytes, which has to have a name: such a file is written with seeks.

    Raises:
        UsageError: no file is named, its folder is not there or the path is one.
        TearsheetError: the disk is full, read-only, …

    """
    if os.fspath(path) == "-":
        raise UsageError("this format is no text: name a file with -o FILE")
    target = _expect_file_name(path)
    with _said_by(path), _sibling(target) as sibling:
        with sibling.open("wb") as out:
            yield out
            _sync(out)
        sibling.replace(target)


@contextmanager
def replacing_folder(path: str | os.PathLike[str], mark: str, *others: str) -> Iterator[Path]:
    """A folder to fill that takes the place of `path` when the block ends well.

    A folder that is there is replaced only where it is empty or an earlier one of ours: something in it fits the
    pattern `mark`, and nothing fits neither that nor one of the others.

    Raises:
        UsageError: the path is no folder's, or something else is in that folder.
        TearsheetError: the disk is full, read-only, …

    """
    if os.fspath(path) == "-":
        raise UsageError("this writes a folder: name one with -o FOLDER")
    target = Path(path).resolve()
    if not target.parent.is_dir() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{path}: {'is a file' if target.exists() else 'the folder above it does not exist'}")
    entries = list(target.iterdir()) if target.exists() else []
    ours = all(any(map(entry.match, (mark, *others))) for entry in entries) and any(target.glob(mark))
    if entries and not ours:
        raise UsageError(f"{path}: holds other things, and would be replaced; name a new folder")
    with _said_by(path), _sibling(target) as sibling:
        sibling.mkdir()
        yield sibling
        if target.exists():
            before = target.with_name(sibling.name + ".before")
            target.rename(before)
            sibling.rename(target)
            shutil.rmtree(before)
        else:
            sibling.rename(target)


def _expect_file_name(path: str | os.PathLike[str]) -> Path:
    target = Path(path).resolve()
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{path}: {'is a folder' if target.is_dir() else 'its folder does not exist'}")
    return target


@contextmanager
def _said_by(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TearsheetError(f"{path}: {error.strerror or error}") from error


@contextmanager
def _sibling(target: Path) -> Iterator[Path]:
    """A name beside the target, for what takes its place; nothing is left of it, and the folder is synced."""
    sibling = target.with_name(f".tearsheet-{os.getpid()}.part")
    try:
        yield sibling
    finally:
        if sibling.is_dir():
            shutil.rmtree(sibling)
        sibling.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sync(out: TextIO | BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def speak_utf8() -> None:
    """Make standard output UTF-8: the terminal's own encoding must not change a byte of a row."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="")
