"""The WARC files in a zip: in a WACZ (Webrecorder's 1.1.1) under `archive/`, in any other wherever they are.

Nothing is unpacked to a name: each file goes to one without a name, bounded, and is read from there. What the
package says of itself is checked and not believed: the records are what counts. Its index and its list of pages
say nothing that the records do not, and are not read.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTORY_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of the zip's own list of files: some 60,000 of them."""

_MANIFEST_LIMIT: Final = 16 * 1024 * 1024
_RATIO: Final = 100
"""What a zip may inflate to, as a multiple of its size: WARC files are compressed before they are put there."""

_FLOOR: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_SUFFIXES: Final = (".warc", ".warc.gz")
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, struct.error, msgspec.DecodeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inside:
    """A WARC file of the zip: its name, and an open handle of its content that is closed when it is passed."""

    name: str
    handle: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the zip or with a file in it: the file's name or "", a short fixed word, a detail."""

    name: str
    reason: str
    detail: str


def unpack_wacz(handle: int) -> Iterator[Inside | Fault]:
    """The WARC files in an open zip, in the order of their names; never raises for what is in it."""
    try:
        with _Bounded(handle, "rb", closefd=False) as file, zipfile.ZipFile(file) as box:
            yield from _files(box, os.fstat(handle).st_size)
    except _TooLongError:
        yield Fault("", "limit:zip", f"the zip's list of files is longer than {_DIRECTORY_LIMIT} bytes")
    except _UNREADABLE as error:
        yield Fault("", "corrupt:zip", str(error) or type(error).__name__)


class _TooLongError(Exception):
    """More would be read at once than a list of files may have."""


class _Bounded(io.FileIO):
    """A file of which nothing large is read at once, as a zip's list of files would be, whatever its end says."""

    def read(self, size: int | None = -1) -> bytes:
        """Up to so many bytes; all that is left where none are stated."""
        left = os.fstat(self.fileno()).st_size - self.tell()
        if (left if size is None or size < 0 else min(size, left)) > _DIRECTORY_LIMIT:
            raise _TooLongError
        return super().read(-1 if size is None else size) or b""


def _files(box: zipfile.ZipFile, size: int) -> Iterator[Inside | Fault]:
    every = sorted(box.infolist(), key=lambda info: info.filename)
    mine = [info for info in every if info.filename.lower().endswith((*_SUFFIXES, ".wacz")) and not info.is_dir()]
    if not mine:
        yield Fault("", "unsupported:zip", "a zip without WARC files")
    stated, left, seen = _stated(box), max(size * _RATIO, _FLOOR), set[str]()
    for info in mine:
        fault = _fault(info, seen)
        seen.add(info.filename)
        if fault is not None:
            yield Fault(info.filename, *fault)
            continue
        with tempfile.TemporaryFile() as copy:
            digest, broken = _copy(box, info, copy, left)
            left -= copy.tell()
            if copy.tell():
                copy.flush()
                yield Inside(info.filename, copy.fileno())
        if broken is None and stated.get(info.filename, digest) != digest:
            broken = Fault(info.filename, "wacz:digest", "not the digest that datapackage.json states for it")
        if broken is not None:
            yield broken


def _copy(box: zipfile.ZipFile, info: zipfile.ZipInfo, target: IO[bytes], left: int) -> tuple[str, Fault | None]:
    """Inflate a file up to `left` bytes: the digest of what came, and what was wrong."""
    digest = hashlib.sha256()
    try:
        with box.open(info) as file:
            while piece := file.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    why = f"the zip inflates to over {_RATIO} times its size"
                    return digest.hexdigest(), Fault(info.filename, "limit:zip", why)
                digest.update(piece)
                target.write(piece)
    except _UNREADABLE as error:
        return digest.hexdigest(), Fault(info.filename, "corrupt:zip", str(error) or type(error).__name__)
    return digest.hexdigest(), None


def _fault(info: zipfile.ZipInfo, seen: set[str]) -> tuple[str, str] | None:
    name = info.filename
    if info.orig_filename != name or name.startswith("/") or "\\" in name or ".." in name.split("/"):
        return "zip:name", "the name of a file in the zip leads out of it"
    if name in seen:
        return "zip:duplicate", "two files in the zip have this name"
    if name.lower().endswith(".wacz"):
        return "unsupported:nested", "a WACZ inside a WACZ: take it out and name it"
    if info.flag_bits & 0x1:
        return "unsupported:encrypted", "the file is encrypted"
    if info.compress_type not in _METHODS:
        return "unsupported:compression", f"compression method {info.compress_type} is not read"
    return None


class _Resource(msgspec.Struct):
    path: str = ""
    hash: str = ""


class _Package(msgspec.Struct):
    resources: list[_Resource] = []


def _stated(box: zipfile.ZipFile) -> dict[str, str]:
    """The SHA-256 that the manifest states for each file; nothing where there is no manifest that can be read."""
    try:
        info = box.getinfo("datapackage.json")
        with box.open(info) as file:
            data = file.read(_MANIFEST_LIMIT + 1)
        package = msgspec.json.decode(data, type=_Package)
    except (*_UNREADABLE, KeyError):
        return {}
    found = {each.path: each.hash.lower().removeprefix("sha256:") for each in package.resources}
    return {path: digest for path, digest in found.items() if len(digest) == 64}
