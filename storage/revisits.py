"""Records that say "as before" (WARC 1.1, 6.7): put off until all of the input is read, then given their payload.

What they refer to may stand in the same input, before or behind them, or have been stored long ago. A revisit
becomes a response of its own, with its own time: the archive holds what was seen then, whole.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import select

from crawler.errors import ArchiveError
from crawler.records import Fetched, Location
from storage import tables as t
from storage.warc import HEADER_LIMIT, Record, address, fetched, moment, parse, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from storage.archive import Archive

_PROFILES: Final = ("identical-payload-digest", "uri-agnostic-identical-payload-digest", "server-not-modified")
_CANDIDATES: Final = 20
"""Captures of one address that are looked through for the payload of a digest, the newest first."""

_TABLES: Final = """
CREATE TABLE named (name TEXT PRIMARY KEY, capture TEXT) WITHOUT ROWID;
CREATE TABLE waiting (n INTEGER PRIMARY KEY, source TEXT, place TEXT, head BLOB, block BLOB);
"""


@dataclass(frozen=True, slots=True)
class Revisit:
    """A revisit record that waits for what it refers to: the file, the place in it, its head and its record."""

    source: str
    place: str
    head: bytes
    record: Record


@dataclass(frozen=True, slots=True)
class Resolved:
    """A revisit with the payload that it refers to, and the capture that has it."""

    fetched: Fetched
    original: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A revisit whose payload is nowhere, and why: a short fixed word and a detail for people."""

    revisit: Revisit
    reason: str
    detail: str


class Revisits:
    """The revisits of one input, and the names of what else is in it; a context manager.

    Both are kept in a file without a name, so that memory stays flat whatever the input holds.
    """

    def __enter__(self) -> Self:
        self._kept = sqlite3.connect("", isolation_level=None)  # "": a database of its own that goes with it
        self._kept.executescript(_TABLES)
        self._kept.execute("BEGIN")
        return self

    def __exit__(self, *_raised: object) -> None:
        self._kept.close()

    def note(self, names: Sequence[str], capture: str) -> None:
        """Remember that these names (see `names_of`) stand for a capture."""
        self._kept.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", [(name, capture) for name in names])

    def put_off(self, revisit: Revisit) -> None:
        """Keep a revisit until `resolve`."""
        row = (revisit.source, revisit.place, revisit.head, revisit.record.block)
        self._kept.execute("INSERT INTO waiting (source, place, head, block) VALUES (?, ?, ?, ?)", row)

    def resolve(self, engine: Engine, archive: Archive) -> Iterator[Resolved | Unresolved]:
        """What became of every revisit, once all else of the input is stored."""
        left = [n for (n,) in self._kept.execute("SELECT n FROM waiting ORDER BY n").fetchall()]
        while left:
            later = dict[int, Unresolved]()
            for n in left:
                revisit = self._waiting(n)
                named = self._named(revisit.record)
                with engine.connect().execution_options(reads=True) as connection:
                    item = _resolve(connection, archive, revisit, named)
                if isinstance(item, Unresolved):
                    later[n] = item  # it may refer to another revisit, of which more is known by then
                else:
                    self.note(names_of(revisit.record), item.original)
                    yield item
            if len(later) == len(left):
                yield from later.values()
                return
            left = list(later)

    def _waiting(self, n: int) -> Revisit:
        row = self._kept.execute("SELECT source, place, head, block FROM waiting WHERE n = ?", (n,)).fetchone()
        source, place, head, block = row
        return Revisit(source, place, head, parse(head + block))

    def _named(self, record: Record) -> str | None:
        """The capture that a name in the same input leads to: that of the record referred to, then the digest."""
        digest = _digest(record.get("WARC-Payload-Digest"))
        for name in filter(None, (_bare(record.get("WARC-Refers-To")), digest)):
            row = self._kept.execute("SELECT capture FROM named WHERE name = ?", (name,)).fetchone()
            if row:
                return str(row[0])
        return None


def names_of(record: Record) -> tuple[str, ...]:
    """By what a revisit may refer to a record: its id, and the digest of its payload as it states it."""
    return tuple(filter(None, (_bare(record.get("WARC-Record-ID")), _digest(record.get("WARC-Payload-Digest")))))


def revisit_fault(record: Record) -> tuple[str, str] | None:
    """Why a revisit cannot be used whatever it refers to (reason, detail), or None."""
    profile = (record.get("WARC-Profile") or "").rstrip("/").rpartition("/")[2].lower()
    if profile and profile not in _PROFILES:
        return "revisit:profile", f"a revisit of the profile {profile[:80]}"
    if len(record.block) > HEADER_LIMIT:
        return "limit:header", f"a revisit with more than {HEADER_LIMIT} bytes"
    return None


def _resolve(
    connection: Connection, archive: Archive, revisit: Revisit, named: str | None
) -> Resolved | Unresolved:
    record, wrong = revisit.record, 0
    for capture, location in _candidates(connection, record, named):
        try:
            original = parse(unpack(archive.read(location)))
            before = fetched(original)
        except (ArchiveError, ValueError) as error:
            return Unresolved(revisit, "revisit:unreadable", str(error))
        if _is_meant(record, original, before, sure=capture == named):
            return Resolved(_as_response(record, before), capture)
        wrong += 1
    if wrong:
        return Unresolved(revisit, "revisit:other-payload", "what is stored of its address is not what it means")
    return Unresolved(revisit, "revisit:no-original", "what it refers to is neither in this input nor stored")


def _candidates(connection: Connection, record: Record, named: str | None) -> Iterator[tuple[str, Location]]:
    """Captures that may be meant: what the input names, the address and time referred to, the own address."""
    c, p = t.Capture, t.Location
    query = select(c.id, p.file, p.offset, p.length).join(p, p.capture == c.id)
    if named is not None:
        yield from _places(connection, query.where(c.id == named))
        return
    url, when = record.get("WARC-Refers-To-Target-URI"), moment(record.get("WARC-Refers-To-Date") or "")
    newest = query.where(c.status != 304).order_by(c.fetched_at.desc(), c.id).limit(_CANDIDATES)
    if url and when:
        yield from _places(connection, newest.where(c.url == address(url), c.fetched_at == when))
    own = address(record.get("WARC-Target-URI") or "")
    for each in dict.fromkeys([address(url or ""), own]):
        yield from _places(connection, newest.where(c.url == each))


def _places(connection: Connection, query: object) -> list[tuple[str, Location]]:
    rows = connection.execute(query).all()  # type: ignore[call-overload]  # a select, whatever its columns
    return [(row[0], Location(row[1], row[2], row[3])) for row in rows]


def _is_meant(record: Record, original: Record, before: Fetched, *, sure: bool) -> bool:
    """Whether the payload is the one referred to: by digest, by name, by time, or by an unchanged validator."""
    said = _digest(record.get("WARC-Payload-Digest"))
    if said is not None:
        return said == _digest(original.get("WARC-Payload-Digest")) or said in _digests(before.body)
    when = moment(record.get("WARC-Refers-To-Date") or "")
    refers = _bare(record.get("WARC-Refers-To"))
    sure = sure or (refers is not None and refers == _bare(original.get("WARC-Record-ID")))
    if sure or (when is not None and when == before.fetched_at):
        return True
    now = _answer(record)
    return now is not None and any(
        value and value == _header(before, name)
        for name, value in ((name, _header(now, name)) for name in ("etag", "last-modified"))
    )


def _as_response(record: Record, before: Fetched) -> Fetched:
    """What was seen at the revisit's time. Its own head stands, but the coding is that of the payload kept."""
    url = address(record.get("WARC-Target-URI") or "") or before.url
    peer, now = record.get("WARC-IP-Address"), _answer(record)
    seen = replace(before, url=url, fetched_at=moment(record.get("WARC-Date") or ""), peer=peer)
    if now is None or now.status == 304:
        return seen
    coding = tuple(pair for pair in before.headers if pair[0].lower() in _CODING)
    rest = tuple(pair for pair in now.headers if pair[0].lower() not in _CODING)
    return replace(seen, status=now.status, headers=rest + coding)


_CODING: Final = frozenset({"content-encoding", "x-archive-orig-transfer-encoding"})


def _answer(record: Record) -> Fetched | None:
    """The HTTP head that a revisit brings, where it brings one."""
    try:
        return fetched(Record("response", record.headers, record.block))
    except ValueError:
        return None


def _header(response: Fetched, name: str) -> str | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


def _bare(identity: str | None) -> str | None:
    return identity.strip().removeprefix("<").removesuffix(">").lower() if identity else None


def _digest(said: str | None) -> str | None:
    """A digest in one spelling, hexadecimal; None where it is none that we know.

    >>> _digest("SHA1:" + "A" * 32), _digest("md5:0"), _digest(None)
    ('sha1:0000000000000000000000000000000000000000', None, None)
    """
    name, _, value = (said or "").strip().partition(":")
    name, value = name.lower().replace("-", ""), value.strip()
    size = {"sha1": 20, "sha256": 32}.get(name)
    if size is None:
        return None
    try:
        padded = value.upper() + "=" * (-len(value) % 8)
        raw = bytes.fromhex(value) if len(value) == 2 * size else base64.b32decode(padded)
    except (ValueError, binascii.Error):
        return None
    return f"{name}:{raw.hex()}" if len(raw) == size else None


def _digests(body: bytes) -> tuple[str, str]:
    sha1 = hashlib.sha1(body, usedforsecurity=False).hexdigest()
    return f"sha1:{sha1}", f"sha256:{hashlib.sha256(body).hexdigest()}"
