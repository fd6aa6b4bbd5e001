"""The archive: WARC files that only grow, one gzip member a record, synchronised before anything is believed.

Files are `seg-00001.warc.gz`, with `.open` behind it while it is written. A location names the file without
that ending, so that closing a file moves nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Final

from crawler.errors import ArchiveError
from crawler.records import Location, stamp
from storage.faults import Faults
from storage.notes import warcinfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEGMENT_BYTES: Final = 1 << 30
_NAME: Final = re.compile(r"seg-(\d{5,})\.warc\.gz")
_SOFTWARE: Final = "Tearsheet"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive, as it stands."""

    file: str
    closed: bool
    bytes: int
    sha256: str | None = None


class Archive:
    """A folder of WARC files. Reading needs no lock and may happen in any process; one process appends.

    Nothing is touched before the first append.
    """

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES, faults: Faults | None = None) -> None:
        self.folder = folder
        self._segment_bytes = segment_bytes
        self._faults = faults or Faults({})
        self._handle: int | None = None
        self._file = ""
        self._end = 0

    def append(self, members: Sequence[bytes]) -> list[Location]:
        """Append gzip members behind one another, with one fdatasync for all.

        Raises:
            ArchiveError: it could not be written; the file is as long as before and nothing is acknowledged.

        """
        if not members:
            return []
        self._faults.at("before_append")
        try:
            handle = self._open()
            parts = ([self._info()] if self._end == 0 else []) + list(members)
            at, places = self._end, []
            for part in parts:
                places.append(Location(self._file, at, len(part)))
                at += len(part)
            self._write(handle, b"".join(parts))
        except OSError as error:
            raise ArchiveError(
                f"the archive {self.folder} cannot be written ({error.strerror}); what was acknowledged is kept: "
                "mend that and run again"
            ) from error
        self._end = at
        self._faults.at("after_append")
        return places[-len(members) :]

    def read(self, location: Location) -> bytes:
        """The gzip member at that place.

        Raises:
            ArchiveError: the file is missing or shorter than that.

        """
        for _ in range(2):  # a file that is closed between the two looks is found at the second
            path = self.path(location.file)
            try:
                with path.open("rb", buffering=0) as file:
                    member = os.pread(file.fileno(), location.length, location.offset)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
            if len(member) == location.length:
                return member
            raise ArchiveError(f"{path} is shorter than {location.offset + location.length} bytes")
        raise ArchiveError(f"{self.folder / location.file} is missing")

    def path(self, file: str) -> Path:
        """Where a file of the archive lies now, open or closed."""
        if not _NAME.fullmatch(file):
            raise ArchiveError(f"{file!r} is no file of the archive")
        closed = self.folder / file
        return closed if closed.exists() else self.folder / f"{file}.open"

    def parts(self) -> tuple[Part, ...]:
        """The files of the archive in the order they were written; digests are those written beside them."""
        if not self.folder.is_dir():
            return ()
        found: dict[int, Part] = {}
        for path in self.folder.iterdir():
            name = path.name.removesuffix(".open")
            match = _NAME.fullmatch(name)
            if match:
                closed = name == path.name
                digest = _read_digest(path) if closed else None
                found[int(match[1])] = Part(name, closed, path.stat().st_size, digest)
        return tuple(part for _, part in sorted(found.items()))

    def rotate(self) -> Part | None:
        """Close the open file if it is full: its digest is written beside it and it is never changed again.

        Raises:
            ArchiveError: it could not be closed; nothing is lost.

        """
        return self._close_from(self._segment_bytes)

    def seal(self) -> Part | None:
        """Close the open file however short it is, so that it can be rewritten; None where there is none."""
        parts = self.parts()
        return self._close_from(1) if parts and not parts[-1].closed else None

    def _close_from(self, size: int) -> Part | None:
        """Close the open file if it has at least that many bytes."""
        try:
            handle = self._open()
            if self._end < size:
                return None
            os.fsync(handle)
            path = self.folder / self._file
            part = Part(self._file, closed=True, bytes=self._end, sha256=file_digest(Path(f"{path}.open")))
            _write_whole(Path(f"{path}.sha256"), f"{part.sha256}  {self._file}\n".encode())
            self._faults.at("mid_close")
            Path(f"{path}.open").rename(path)
            _sync_folder(self.folder)
        except OSError as error:
            raise ArchiveError(f"{self._file} cannot be closed: {error.strerror}; run again") from error
        self.close()
        return part

    def free_name(self) -> str:
        """The name of the next file, behind all that are there."""
        parts = self.parts()
        return f"seg-{int(parts[-1].file[4:-8]) + 1 if parts else 1:05d}.warc.gz"

    def draft(self, file: str, members: Iterable[bytes]) -> Part:
        """Write a closed file under a name that nobody reads yet; `supersede` gives it its own.

        Raises:
            ArchiveError: it could not be written; nothing is changed.

        """
        path = self.folder / f"{file}.draft"
        try:
            with path.open("wb") as out:
                for member in members:
                    out.write(member)
                out.flush()
                os.fsync(out.fileno())
            part = Part(file, closed=True, bytes=path.stat().st_size, sha256=file_digest(path))
            _write_whole(self.folder / f"{file}.sha256", f"{part.sha256}  {file}\n".encode())
            _sync_folder(self.folder)
        except OSError as error:
            raise ArchiveError(f"{path} cannot be written: {error.strerror}; mend that and run again") from error
        return part

    def supersede(self, old: str, new: str) -> None:
        """Give a draft its name, and remove the file whose place it takes; done as often as it is called."""
        try:
            draft = self.folder / f"{new}.draft"
            if draft.exists():
                draft.rename(self.folder / new)
                _sync_folder(self.folder)
            for name in (old, f"{old}.sha256"):
                (self.folder / name).unlink(missing_ok=True)
            _sync_folder(self.folder)
        except OSError as error:
            raise ArchiveError(f"{old} cannot be removed: {error.strerror}; mend that and run again") from error

    def discard_drafts(self) -> None:
        """Remove drafts that never counted."""
        for draft in self.folder.glob("seg-*.warc.gz.draft"):
            (self.folder / f"{draft.name.removesuffix('.draft')}.sha256").unlink(missing_ok=True)
            draft.unlink(missing_ok=True)

    def current(self) -> Part | None:
        """The file that is being written, or None before the first append."""
        return Part(self._file, closed=False, bytes=self._end) if self._handle is not None else None

    def cut(self, file: str, offset: int) -> Path:
        """Take what lies behind `offset` out of the open file into a `torn-….bin.part` beside it; its path.

        Raises:
            ArchiveError: it could not be saved; nothing is cut.

        """
        self.close()
        path = self.path(file)
        saved = self._free_name(f"torn-{file.partition('.')[0]}-{offset}")
        try:
            with path.open("r+b") as source, saved.open("wb") as target:
                source.seek(offset)
                copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
                _sync_folder(self.folder)
                self._faults.at("mid_cut")
                source.truncate(offset)
                os.fsync(source.fileno())
        except OSError as error:
            raise ArchiveError(f"{path} cannot be repaired: {error.strerror}; mend that and run again") from error
        return saved

    def _free_name(self, stem: str) -> Path:
        taken = {path.name.removesuffix(".part") for path in self.folder.glob("torn-*")}
        names = chain([f"{stem}.bin"], (f"{stem}-{number}.bin" for number in count(2)))
        return self.folder / f"{next(name for name in names if name not in taken)}.part"

    def torn(self) -> tuple[Path, ...]:
        """What was cut and not yet gone through for whole records."""
        return tuple(sorted(self.folder.glob("torn-seg-*.bin.part")))

    def close(self) -> None:
        """Let go of the open file; the next append opens it again."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        if self._handle is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            parts = self.parts()
            if parts and not parts[-1].closed:
                self._file = parts[-1].file
            else:
                number = int(parts[-1].file[4:-8]) + 1 if parts else 1
                self._file = f"seg-{number:05d}.warc.gz"
            path = self.folder / f"{self._file}.open"
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._end = os.fstat(self._handle).st_size
            _sync_folder(self.folder)
        return self._handle

    def _info(self) -> bytes:
        return warcinfo(self._file, stamp(datetime.now(UTC)), _SOFTWARE)

    def _write(self, handle: int, data: bytes) -> None:
        if os.fstat(handle).st_size != self._end:
            raise ArchiveError(
                f"{self._file} was changed by another program while this one wrote to it: run again"
            )
        try:
            if self._faults.due("half_append"):
                os.pwrite(handle, data[: len(data) // 2], self._end)
                self._faults.die()
            view, at = memoryview(data), self._end
            while view:
                written = os.pwrite(handle, view, at)
                view, at = view[written:], at + written
            self._faults.at("after_write")
            _sync_data(handle)
        except OSError:
            with suppress(OSError):  # what cannot even be cut off is cut off at the next start
                os.ftruncate(handle, self._end)
            raise


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_digest(path: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        digest = Path(f"{path}.sha256").read_text(encoding="ascii").partition(" ")[0]
        return digest if re.fullmatch(r"[0-9a-f]{64}", digest) else None
    return None


def _write_whole(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_data(handle: int) -> None:
    getattr(os, "fdatasync", os.fsync)(handle)  # macOS has no fdatasync


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
