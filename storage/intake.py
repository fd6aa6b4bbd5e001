"""What is in a file that someone hands in: responses to store, kinds that are passed over, and what is refused.

Nothing that a page says about itself gives it its address: a record has one, and an HTML file is given one or
keeps the address of the file.
"""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.records import Fetched
from storage.archivebox import snapshot
from storage.revisits import Revisit, names_of, revisit_fault
from storage.stream import MAGIC, Broken, Entry, entries
from storage.wacz import Inside, unpack_wacz
from storage.warc import RECORD_LIMIT, URL_LIMIT, address, agrees, fetched, is_page, pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER_SUFFIXES: Final = (".html", ".htm", ".html.gz", ".htm.gz", ".warc", ".warc.gz", ".wacz")
"""What is taken out of a folder; a file that is named is looked at, whatever its name."""

_HTML: Final = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
_SIGNS: Final = {
    b"WARC/": "warc",
    b"filedesc:": "unsupported:arc",
    b"\x04\x22\x4d\x18": "unsupported:lz4",
    b"\x28\xb5\x2f\xfd": "unsupported:zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"%PDF": "unsupported:pdf",
}


_NO_PAGES: Final = frozenset({"dns", "metadata", "urn", "whois"})
"""Schemes of records about a crawl: wget's own log, Browsertrix's screenshots and texts, Heritrix's look-ups."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A response to store; `member` is its gzip member, ready to be copied, or None for a file of HTML.

    `names` are those by which a revisit may refer to it.
    """

    fetched: Fetched
    member: bytes | None
    flags: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record of a kind that holds no response, such as `request` or `warcinfo`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be taken in: the file, the place in it, a short fixed word and a detail for people."""

    source: str
    place: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file to take in, and the address of its page where it is one of HTML (None: it has none)."""

    path: Path
    url: str | None = None


Item = Taken | Skipped | Revisit | Refusal


def sources(path: Path, url: str | None = None) -> Iterator[Source | Refusal]:
    """The files behind a path: itself, or what a folder holds, in the order of their names.

    An HTML file in a folder has the address of the file; one that is named has `url`. Of a folder that
    ArchiveBox made for one address, what it captured is taken, and not the pages that it made itself.
    """
    if not path.is_dir():
        yield Source(path, url)
        return
    failed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=failed.append):
        folders.sort()
        kept = snapshot(path.__class__(folder)) if "index.json" in names else None
        if kept is not None:
            folders.clear()
            yield from (Source(file, kept.url) for file in kept.files)
            continue
        for name in sorted(names):
            file = path.__class__(folder, name)
            if name.lower().endswith(FOLDER_SUFFIXES):
                yield Source(file, file.resolve().as_uri())
    for error in failed:
        yield Refusal(str(error.filename), "", "unreadable", error.strerror or str(error))


def take(source: Source) -> Iterator[Item]:
    """What a file holds, one record at a time; never raises for what is in it."""
    name = str(source.path)
    try:
        handle = os.open(source.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        yield Refusal(name, "", "missing", "no such file or folder")
        return
    except OSError as error:
        yield Refusal(name, "", "unreadable", error.strerror or str(error))
        return
    try:
        yield from _take(handle, source)
    except OSError as error:
        yield Refusal(name, "", "unreadable", error.strerror or str(error))
    finally:
        os.close(handle)


def _take(handle: int, source: Source) -> Iterator[Item]:
    kind = _kind(handle, source)
    if kind == "warc":
        yield from _records(handle, str(source.path))
    elif kind == "zip":
        for each in unpack_wacz(handle):
            name = f"{source.path}!{each.name}" if each.name else str(source.path)
            if isinstance(each, Inside):
                yield from _records(each.handle, name)
            else:
                yield Refusal(name, "", each.reason, each.detail)
    elif kind == "html":
        yield _html(handle, source)
    else:
        yield Refusal(str(source.path), "", kind, _WHY.get(kind, "not a WARC file and not HTML"))


_WHY: Final = {
    "empty": "the file is empty",
    "unsupported:arc": "the ARC format is not read; convert it with `warcio recompress`",
    "unsupported:kind": "neither a file nor a folder",
}


def _kind(handle: int, source: Source) -> str:
    """What a file is by its content, `html`, `warc`, or the reason why it is refused."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return "unsupported:kind"
    head = os.pread(handle, 4096, 0)
    if not head:
        return "empty"
    if head.startswith(MAGIC[:2]):
        head = _inflated(head) or head
    for sign, kind in _SIGNS.items():
        if head.lstrip(b"\r\n").startswith(sign):
            return kind
    return _by_name(head, source)


def _by_name(head: bytes, source: Source) -> str:
    name = source.path.name.lower()
    if name.endswith((".warc", ".warc.gz")):
        return "warc"  # damaged at its start: what is whole behind it is taken
    page = name.endswith(_HTML) or source.url or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return "html" if page else "unsupported:format"


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, 4096)
    except zlib.error:
        return b""


def _records(handle: int, source: str) -> Iterator[Item]:
    for item in entries(handle):
        yield _taken(handle, item, source)


def _taken(handle: int, item: Entry | Broken, source: str) -> Item:
    if isinstance(item, Broken):
        return Refusal(source, item.place, item.reason, item.detail)
    url = address(item.record.get("WARC-Target-URI") or "")
    if item.record.kind == "revisit":
        fault = revisit_fault(item.record) or _url_fault(url)
        return (
            Refusal(source, item.place, *fault) if fault else Revisit(source, item.place, item.head, item.record)
        )
    if not is_page(item.record) or url.partition(":")[0].lower() in _NO_PAGES:
        return Skipped(item.record.kind)
    try:
        response = fetched(item.record)
    except ValueError as error:
        return Refusal(source, item.place, "corrupt:http", str(error))
    fault = _url_fault(response.url)
    if fault:
        return Refusal(source, item.place, *fault)
    if item.member is not None:
        offset, length = item.member
        member = os.pread(handle, length, offset)
    else:
        member = pack(b"".join((item.head, item.record.block, b"\r\n\r\n")))
    flags = "digest-mismatch" if agrees(item.record) is False else None
    return Taken(response, member, flags, names_of(item.record))


def _url_fault(url: str) -> tuple[str, str] | None:
    if len(url.encode()) <= URL_LIMIT:
        return None
    return "limit:url", f"an address of more than {URL_LIMIT} bytes"


def _html(handle: int, source: Source) -> Taken | Refusal:
    name = str(source.path)
    if source.url is None:
        return Refusal(name, "", "no-address", "an HTML file needs its address: name it alone, with --url URL")
    fault = _url_fault(address(source.url))
    if fault:
        return Refusal(name, "", *fault)
    with open(handle, "rb", buffering=0, closefd=False) as file:
        body = file.read(RECORD_LIMIT + 1) or b""
    if name.lower().endswith(".gz") and body.startswith(MAGIC[:2]) and len(body) <= RECORD_LIMIT:
        inflate = zlib.decompressobj(31)
        try:
            body = inflate.decompress(body, RECORD_LIMIT + 1)
        except zlib.error as error:
            return Refusal(name, "", "corrupt:gzip", str(error))
        if not inflate.eof and len(body) <= RECORD_LIMIT:
            return Refusal(name, "", "truncated", "the file ends in the middle of its gzip stream")
    if len(body) > RECORD_LIMIT:
        return Refusal(name, "", "limit:record", f"a page of more than {RECORD_LIMIT} bytes")
    # Neither the file's own time nor anything in the page says when it was fetched.
    return Taken(Fetched(source.url, None, 0, (("content-type", "text/html"),), body), None)
