"""The records of a WARC file, one at a time, whatever is wrong with it.

What is whole is given out, what is not is named with its place, and reading goes on behind it. No more than one
record is held, and never one larger than the limit. Our own member loop, because readers that are made for
whole files hide a tail that is cut short.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from storage.warc import END_OF_HEAD, HEADER_LIMIT, RECORD_LIMIT, Record, agrees, block_length, parse_head

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"\x1f\x8b\x08"
_SIGN: Final = b"\n\r\nWARC/"
"""How a record begins behind another one."""

_CHUNK: Final = 64 * 1024
_WINDOW: Final = 1024 * 1024
_MEMBER_LIMIT: Final = 4 * 1024 * 1024 * 1024
"""Inflated bytes after which a member is given up as a bomb."""

_BLANKS: Final = 64
"""Bytes of blank lines behind a record up to which its member is copied as it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole record. `head` is its header as it stands in the file, version line and blank line included.

    `member` is the (offset, length) of the gzip member that holds this record and nothing else, else None.
    `place` is where it lies: a byte offset, and behind a `+` the offset inside the gzip member.
    """

    place: str
    record: Record
    head: bytes
    member: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read at `offset`, and why: a short fixed word and a detail for people."""

    place: str
    offset: int
    reason: str
    detail: str


class _CutError(Exception):
    """The file ends where more should follow."""


class _DamagedError(Exception):
    """The bytes are not what they should be; the reader looks for the next record behind them."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def entries(handle: int, start: int = 0, *, limit: int = RECORD_LIMIT) -> Iterator[Entry | Broken]:
    """The records of an open WARC file from `start` on, gzipped or plain, and what lies broken between them."""
    if os.pread(handle, 2, start) == MAGIC[:2]:
        return members(handle, start, limit=limit)
    return _plain(handle, start, limit)


def find_member(handle: int, start: int) -> int | None:
    """The offset of the next gzip member that begins a WARC record, at `start` or behind it."""
    at = start
    while window := os.pread(handle, _WINDOW, at):
        hit = window.find(MAGIC)
        while hit >= 0:
            if _begins_record(os.pread(handle, 1024, at + hit)):
                return at + hit
            hit = window.find(MAGIC, hit + 1)
        if len(window) < _WINDOW:
            return None
        at += _WINDOW - len(MAGIC) + 1
    return None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 64).lstrip(b"\r\n").startswith(b"WARC/")
    except zlib.error:
        return False


class _BadMemberError(_DamagedError):
    """The gzip stream itself is damaged."""


class _Member:
    """One gzip member: its content in pieces, and where it ended once they are all taken."""

    def __init__(self, handle: int, offset: int) -> None:
        self._handle = handle
        self.offset = offset
        self.end: int | None = None

    def pieces(self) -> Iterator[bytes]:
        inflate, at, given = zlib.decompressobj(31), self.offset, 0
        while not inflate.eof:
            data = inflate.unconsumed_tail
            if not data:
                data = os.pread(self._handle, _CHUNK, at)
                at += len(data)
                if not data:
                    raise _CutError
            try:
                piece = inflate.decompress(data, _WINDOW)
            except zlib.error as error:
                raise _BadMemberError("corrupt:gzip", str(error)) from error
            given += len(piece)
            if given > _MEMBER_LIMIT:
                raise _BadMemberError("limit:member", f"inflates to more than {_MEMBER_LIMIT} bytes")
            if piece:
                yield piece
        self.end = at - len(inflate.unused_data)


class _Feed:
    """Bytes pulled from an iterator as they are needed; `taken` counts those that are gone."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()
        self.taken = 0

    def _fill(self, size: int) -> bool:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._held += piece
        return True

    def take(self, size: int) -> bytes | None:
        if not self._fill(size):
            return None
        taken = bytes(self._held[:size])
        del self._held[:size]
        self.taken += size
        return taken

    def skip(self, size: int) -> bool:
        while size > len(self._held):
            size -= len(self._held)
            self.taken += len(self._held)
            self._held.clear()
            if not self._fill(1):
                return size == 0
        del self._held[:size]
        self.taken += size
        return True

    def seek(self) -> bool:
        """Go on to where the next line begins like a record; False at the end."""
        self.skip(1)
        while self._fill(len(_SIGN)):
            hit = self._held.find(_SIGN)
            if hit >= 0:
                return self.skip(hit + len(_SIGN) - len(b"WARC/"))
            self.skip(len(self._held) - len(_SIGN) + 1)
        self.skip(len(self._held))
        return False

    def ended(self) -> bool:
        """Whether nothing but the blank lines between records is left; they are taken."""
        while self._fill(1):
            blank = len(self._held) - len(self._held.lstrip(b"\r\n"))
            del self._held[:blank]
            self.taken += blank
            if self._held:
                return False
        return True

    def head(self) -> bytes:
        """The header of the record that begins here."""
        seen = 0
        while True:
            if self._held[:5] != b"WARC/"[: len(self._held)]:
                raise _DamagedError("corrupt:record", "no WARC record begins here")
            found = END_OF_HEAD.search(self._held, max(0, seen - 4))
            if found:
                return self.take(found.end()) or b""
            seen = len(self._held)
            if seen > HEADER_LIMIT:
                raise _DamagedError("limit:header", f"the WARC headers are larger than {HEADER_LIMIT} bytes")
            if not self._fill(seen + 1):
                raise _CutError


def members(handle: int, start: int = 0, *, limit: int = RECORD_LIMIT) -> Iterator[Entry | Broken]:
    """The records of a gzipped WARC file from `start` on, whatever stands there."""
    offset, size = start, os.fstat(handle).st_size
    while offset < size:
        member = _Member(handle, offset)
        try:
            yield from _records(member, limit)
            if member.end is None:  # cannot be: the loop ends at the member's end or raises
                raise _CutError
            offset = member.end
            continue
        except _CutError:
            # A member that is whole, but whose record is not, is no reason to search: the next one follows it.
            reason = "truncated" if member.end is None else "truncated:record"
            detail = "the file ends in the middle of a record" if member.end is None else "a record is cut short"
        except _DamagedError as error:
            reason, detail = error.reason, str(error)
        following = member.end if member.end is not None else find_member(handle, offset + 1)
        if _is_padding(handle, offset, size):
            return
        yield Broken(str(offset), offset, reason, detail)
        if following is None:
            return
        offset = following


def _records(member: _Member, limit: int) -> Iterator[Entry | Broken]:
    """The records of one gzip member, usually one."""
    feed = _Feed(member.pieces())
    several = False
    while not feed.ended():
        inside = feed.taken
        place = f"{member.offset}+{inside}" if several else str(member.offset)
        item = _one(feed, limit, place, member.offset)
        if isinstance(item, Entry):
            try:
                last = feed.ended()
            except (_CutError, _DamagedError):
                if several or agrees(item.record):  # whole all the same, as its neighbours or its digest say
                    yield item
                raise
            tidy = feed.taken <= len(item.head) + len(item.record.block) + _BLANKS
            if last and tidy and inside == 0 and member.end is not None:
                item = replace(item, member=(member.offset, member.end - member.offset))
        yield item
        several = True


def _one(feed: _Feed, limit: int, place: str, offset: int) -> Entry | Broken:
    """Take the record that begins here; behind a bad one the feed stands where the next may begin."""
    try:
        head = feed.head()
        headers = parse_head(head)
        length = block_length(headers)
    except (_BadMemberError, _CutError):
        raise
    except (_DamagedError, ValueError) as error:
        reason = error.reason if isinstance(error, _DamagedError) else "corrupt:record"
        feed.seek()
        return Broken(place, offset, reason, str(error))
    if length > limit:
        if not feed.skip(length):
            raise _CutError
        return Broken(place, offset, "limit:record", f"a record of {length} bytes; the limit is {limit}")
    block = feed.take(length)
    if block is None:
        raise _CutError
    kind = next((value for name, value in headers if name.lower() == "warc-type"), "")
    return Entry(place, Record(kind.lower(), headers, block), head, None)


def _plain(handle: int, start: int, limit: int) -> Iterator[Entry | Broken]:
    offset: int | None = start
    while offset is not None:
        feed, here = _Feed(_pieces(handle, offset)), offset
        try:
            while not feed.ended():
                here = offset + feed.taken
                yield _one(feed, limit, str(here), here)
        except _CutError:
            yield Broken(str(here), here, "truncated", "the file ends in the middle of a record")
            offset = _find_plain(handle, here + 1)
        else:
            return


def _pieces(handle: int, offset: int) -> Iterator[bytes]:
    while piece := os.pread(handle, _CHUNK, offset):
        offset += len(piece)
        yield piece


def _find_plain(handle: int, start: int) -> int | None:
    """The next place where a line begins like a record, behind a blank line."""
    at = start
    while window := os.pread(handle, _WINDOW, at):
        hit = window.find(_SIGN)
        if hit >= 0:
            return at + hit + len(_SIGN) - len(b"WARC/")
        if len(window) < _WINDOW:
            return None
        at += _WINDOW - len(_SIGN) + 1
    return None


def _is_padding(handle: int, offset: int, size: int) -> bool:
    """Whether nothing but zeros follows, as some tools pad a file."""
    while offset < size:
        window = os.pread(handle, _WINDOW, offset)
        if window.strip(b"\0"):
            return False
        offset += len(window)
    return True
