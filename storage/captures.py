"""The rows that make an archived response known: what it is, where it lies, and that its page is to be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from crawler.records import Capture, Fetched, Location, capture_id
from storage import tables as t
from storage.batches import VALUES, scalars_for, scalars_in
from storage.engine import insert_missing, replace, storable
from storage.seen import mark_arrivals
from storage.warc import address, header_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from storage.archive import Part

MISSING = "missing"
"""The flag of a capture whose record is gone from the archive."""

EXPIRED = "expired"
"""The flag of a capture whose record was kept for long enough (`storage.retention`)."""

PARTIAL = "partial"
"""The flag of a response that ended with nothing to say that it was whole."""

_LOCATED: Final = select(t.Location.capture).where(t.Location.capture.in_(VALUES))
_FLAGGED: Final = select(t.Capture.id, t.Capture.flags).where(
    t.Capture.id.in_(VALUES), t.Capture.flags.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A capture with its place in the archive and what only the table holds of it."""

    capture: Capture
    location: Location
    origin: str
    peer: str | None
    flags: str | None


def describe(fetched: Fetched) -> Capture:
    """What a response is, as it is stored; the same before it is archived and after it is read back."""
    url, digest = address(fetched.url), hashlib.sha256(fetched.body).hexdigest()
    content_type = next((value for name, value in fetched.headers if name.lower() == "content-type"), "")
    mime = header_value(content_type.partition(";")[0]).lower()[:255]
    identity = capture_id(url, fetched.fetched_at, digest)
    return Capture(identity, url, fetched.fetched_at, fetched.status, mime, digest, len(fetched.body))


def place(fetched: Fetched, capture: Capture, location: Location, origin: str, flags: str | None) -> Indexed:
    """A described response and where its record lies."""
    truncated = f"truncated={header_value(fetched.truncated)}" if fetched.truncated else None
    both = ",".join(filter(None, (truncated, storable(flags) if flags else None)))
    return Indexed(capture, location, origin, header_value(fetched.peer) if fetched.peer else None, both or None)


def is_capture(connection: Connection, identity: str) -> bool:
    """Whether that is the id of a capture."""
    return connection.scalar(select(t.Capture.id).where(t.Capture.id == identity)) is not None


def expired(connection: Connection, captures: Sequence[str]) -> set[str]:
    """Those of the captures whose records are gone because they were kept for long enough."""
    c, place = t.Capture, t.Location
    wanted = select(c.id).outerjoin(place, place.capture == c.id).where(place.capture.is_(None))
    return set(scalars_in(connection, wanted.where(c.flags.contains(EXPIRED)), c.id, captures))


def is_cut(flags: str | None) -> bool:
    """Whether a capture's response broke off, or ended without anything to say that it was whole."""
    return any(flag == PARTIAL or flag.startswith("truncated=") for flag in (flags or "").split(","))


def located(connection: Connection, captures: Iterable[str]) -> set[str]:
    """Those of the ids whose record is in the archive."""
    return set(scalars_for(connection, _LOCATED, list(captures)))


def index(connection: Connection, found: Sequence[Indexed]) -> None:
    """Make archived responses known. One that is known already, but whose record was gone, is found again."""
    insert_missing(connection, t.Capture, [_row(item) for item in found])
    ids = [item.capture.id for item in found]
    for identity, flags in connection.execute(_FLAGGED, {VALUES.key: ids}).all():
        if flags and not {MISSING, EXPIRED}.isdisjoint(flags.split(",")):
            kept = ",".join(flag for flag in flags.split(",") if flag not in {MISSING, EXPIRED}) or None
            connection.execute(update(t.Capture).where(t.Capture.id == identity).values(flags=kept))
    rows = [
        {
            "capture": item.capture.id,
            "file": item.location.file,
            "offset": item.location.offset,
            "length": item.location.length,
        }
        for item in found
    ]
    replace(connection, t.Location, rows)
    mark_arrivals(connection, [item.capture for item in found])


def note_parts(connection: Connection, parts: Sequence[Part]) -> None:
    """Make the state of archive files known."""
    rows = [
        {"file": part.file, "closed": part.closed, "bytes": part.bytes, "sha256": part.sha256} for part in parts
    ]
    replace(connection, t.Segment, rows)


def note_refused(connection: Connection, source: str, refused: Iterable[tuple[str, str]], now: str) -> None:
    """Note what was refused on behalf of a page or file: (place, reason) pairs, each once."""
    rows = [
        {
            "source": storable(source)[-600:],
            "place": storable(place)[:600],
            "reason": reason,
            "detail": "",
            "seen_at": now,
        }
        for place, reason in dict.fromkeys(refused)
    ]
    insert_missing(connection, t.Refused, rows)


def _row(item: Indexed) -> dict[str, Any]:
    capture = item.capture
    return {
        "id": capture.id,
        "url": capture.url,
        "fetched_at": capture.fetched_at,
        "status": capture.status,
        "mime": capture.mime,
        "payload_sha256": capture.payload_sha256,
        "length": capture.length,
        "origin": item.origin,
        "peer": item.peer,
        "flags": item.flags,
    }
