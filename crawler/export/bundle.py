"""The evidence of one release in one file: every capture of its pages as archived, with what was read from them.

The file is a WACZ (https://specs.webrecorder.net/wacz/1.1.1/), a zip that replay tools open: WARC records byte
for byte, an index, a list of pages, and a manifest with the SHA-256 of every part. Beside those lie the rows, the
clean texts and the differences. Nothing in it depends on when it was packed: two bundles of one state are equal.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit

from crawler.errors import ArchiveError, TearsheetError
from crawler.export.comparison import comparison_object, hold
from crawler.export.form import dump_json
from crawler.export.rows import copy_row, release_row
from crawler.records import ATTACHING
from storage import lookups
from storage.evidence import evidence
from storage.notes import warcinfo
from storage.warc import agrees, is_ours, parse, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from crawler.sites.load import Sites
    from storage.archive import Archive
    from storage.rows import CopyRow, Observation, ReleaseRow

WARC: Final = "data.warc.gz"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_WWW = re.compile(r"^www\d*\.")

_README: Final = """\
Evidence of one press release and of the pages that carry it, packed by Tearsheet.

datapackage.json          the manifest: every file with its length and SHA-256
datapackage-digest.json   the SHA-256 of the manifest
archive/data.warc.gz      every capture of those pages, as it was archived (WARC 1.1)
indexes/index.cdx         where in that file each capture lies
pages/pages.jsonl         the pages; replay tools (ReplayWeb.page, pywb) open this whole file
release.json copies.jsonl what was derived, as `tearsheet export` writes it
texts/RECORD.txt          the clean text of a capture
differences/RECORD.json   how it differs from the release, as `tearsheet diff --json` prints it

RECORD is archive.record in copies.jsonl. The captures may hold names, numbers and addresses of press contacts.
"""


@dataclass(slots=True)
class Packed:
    """What went into a bundle; `missing` are records that the archive could not give, and why."""

    copies: int = 0
    captures: int = 0
    missing: dict[str, str] = field(default_factory=dict)


def write_bundle(connection: Connection, archive: Archive, sites: Sites, cluster: str, out: BinaryIO) -> Packed:
    """Pack the release of a cluster with all captures of its own pages and its copies.

    Raises:
        TearsheetError: the cluster is a page that is copied by nobody.

    """
    release = next(iter(lookups.releases(connection, cluster=cluster)), None)
    if release is None:
        raise TearsheetError(f"{cluster} is no release: one outlet shows it, and it names no origin")
    copies = tuple(lookups.copies(connection, cluster=cluster, relations=sorted(ATTACHING)))
    packed = Packed(copies=len(copies))
    with zipfile.ZipFile(out, "w") as box:
        writer = _Writer(box)
        lines = sorted(_pack_records(writer, archive, tuple(_observations(connection, copies)), packed))
        writer.add("indexes/index.cdx", ("".join(f"{line}\n" for line in lines)).encode())
        writer.add("pages/pages.jsonl", "".join(_page_lines(copies)).encode())
        writer.add("release.json", (dump_json(release_row(release), indent=2) + "\n").encode())
        writer.add("copies.jsonl", "".join(dump_json(copy_row(copy)) + "\n" for copy in copies).encode())
        for copy in copies:
            writer.add(f"texts/{copy.capture}.txt", copy.text.encode())
            held = comparison_object(hold(connection, copy, sites))
            writer.add(f"differences/{copy.capture}.json", (dump_json(held, indent=2) + "\n").encode())
        writer.add("README.txt", _README.encode())
        writer.close(_about(release, copies, packed))
    return packed


class _Writer:
    """A zip under way that keeps the manifest of what it was given."""

    def __init__(self, box: zipfile.ZipFile) -> None:
        self._box = box
        self._resources: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes) -> None:
        """Put in one file, compressed."""
        self._box.writestr(self._entry(path, zipfile.ZIP_DEFLATED), data)
        self._note(path, hashlib.sha256(data).hexdigest(), len(data))

    def add_members(self, path: str, members: Iterable[bytes]) -> None:
        """Put in one file piece by piece, as it is: what is compressed already stays readable in place."""
        digest, length = hashlib.sha256(), 0
        with self._box.open(self._entry(path, zipfile.ZIP_STORED), "w", force_zip64=True) as out:
            for member in members:
                out.write(member)
                digest.update(member)
                length += len(member)
        self._note(path, digest.hexdigest(), length)

    def close(self, about: dict[str, Any]) -> None:
        """Put in the manifest, and its digest."""
        manifest = (dump_json(about | {"resources": self._resources}, indent=2) + "\n").encode()
        self._box.writestr(self._entry("datapackage.json", zipfile.ZIP_DEFLATED), manifest)
        seal = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(manifest).hexdigest()}"}
        self._box.writestr(
            self._entry("datapackage-digest.json", zipfile.ZIP_DEFLATED), (dump_json(seal) + "\n").encode()
        )

    def _note(self, path: str, digest: str, length: int) -> None:
        name = path.rpartition("/")[2]
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": length})

    def _entry(self, path: str, compression: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, _EPOCH)
        entry.compress_type = compression
        entry.external_attr = 0o644 << 16
        return entry


def surt(url: str) -> str:
    """The sort-friendly form of an address, as CDX indexes have it: the host reversed, then path and query.

    >>> surt("https://www.News.example.com/a?b=C")
    'com,example,news)/a?b=c'
    """
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").lower())
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path or '/'}{query}".lower()


def _observations(connection: Connection, copies: Iterable[CopyRow]) -> Iterator[tuple[str, Observation]]:
    """Every capture of every page, by address and time."""
    for copy in copies:
        found = evidence(connection, (copy.url,))
        for seen in found.observations if found else ():
            yield copy.url, seen


def _pack_records(
    writer: _Writer, archive: Archive, seen: tuple[tuple[str, Observation], ...], packed: Packed
) -> list[str]:
    """Put in the records; the lines of the index come back."""
    lines: list[str] = []

    def members() -> Iterator[bytes]:
        dates = [each.fetched_at for _, each in seen if each.fetched_at]
        head = warcinfo(WARC, max(dates, default="1980-01-01T00:00:00Z"), "Tearsheet, a bundle of evidence")
        yield head
        offset = len(head)
        for url, each in seen:
            try:
                member = read_member(archive, each)
            except (ArchiveError, ValueError) as error:
                packed.missing[each.capture] = str(error)
                continue
            yield member
            lines.append(_index_line(url, each, offset, len(member)))
            packed.captures += 1
            offset += len(member)

    writer.add_members(f"archive/{WARC}", members())
    return lines


def read_member(archive: Archive, seen: Observation) -> bytes:
    """The record as it lies in the archive.

    Raises:
        ArchiveError: it cannot be read.
        ValueError: it is not there, another record is, or it is damaged.

    """
    if seen.place is None:
        raise ValueError("no longer in the archive")
    member = archive.read(seen.place)
    record = parse(unpack(member))
    if not is_ours(record, seen.capture):
        raise ValueError("another record lies in its place")
    if agrees(record) is False:
        raise ValueError("it does not have the digest that it states")
    return member


def _index_line(url: str, seen: Observation, offset: int, length: int) -> str:
    about = {
        "url": url,
        "mime": seen.mime,
        "status": str(seen.status),
        "digest": f"sha256:{seen.payload_sha256}",
        "length": str(length),
        "offset": str(offset),
        "filename": WARC,
    }
    return f"{surt(url)} {_digits(seen.fetched_at)} {json.dumps(about, ensure_ascii=True)}"


def _page_lines(copies: Iterable[CopyRow]) -> Iterator[str]:
    yield dump_json({"format": "json-pages-1.0", "id": "pages", "title": "Pages of the release"}) + "\n"
    for copy in copies:
        page = {"id": copy.capture, "url": copy.url, "ts": copy.captured_at, "title": copy.title}
        yield dump_json({name: value for name, value in page.items() if value}) + "\n"


def _about(release: ReleaseRow, copies: tuple[CopyRow, ...], packed: Packed) -> dict[str, Any]:
    dates = [copy.captured_at for copy in copies if copy.captured_at]
    own = next((copy for copy in copies if copy.url == release.url), None)
    about = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": release.title,
        "description": f"{release.key or release.cluster}: {packed.copies} pages, {packed.captures} captures",
        "created": max(dates, default=None),
        "software": "Tearsheet",
        "mainPageUrl": own.url if own else None,
        "mainPageDate": own.captured_at if own else None,
        "missing": [{"record": record, "reason": why} for record, why in sorted(packed.missing.items())],
    }
    return {name: value for name, value in about.items() if value not in (None, [])}


def _digits(moment: str | None) -> str:
    """A time as an index has it; what was taken in without one sorts first.

    >>> _digits("2026-01-02T03:04:05Z")
    '20260102030405'
    """
    return re.sub(r"\D", "", moment or "1980-01-01T00:00:00Z")
