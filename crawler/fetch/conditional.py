"""Asking only for what has changed (RFC 9110, 13): with what the last answer said, lists and pages alike.

Pages were asked for whole once, to show that they still say the same. A 304 shows that too: it is archived as a
revisit of the capture that it speaks of, costs the site a few hundred bytes, and us no reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.errors import ArchiveError
from crawler.extract.decode import header
from crawler.records import Location
from storage import frontier
from storage.captures import describe
from storage.warc import read

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.records import Capture, Fetched
    from storage.archive import Archive
    from storage.frontier import Row

BEFORE: Final = "tearsheet_before"
"""Where a request carries its `Before`."""

_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Before:
    """The last capture of an address, and the request headers that its server compares with it."""

    capture: Capture
    headers: dict[str, str]


def recall(connection: Connection, archive: Archive, row: Row) -> Before | None:
    """What was fetched of an address before, if a server can compare it. A record that is gone is none."""
    place = frontier.place_of(connection, row.capture) if row.capture and row.kind != "warc" else None
    if place is None:
        return None
    try:
        fetched = read(archive.read(Location(*place)))
    except (ArchiveError, ValueError):
        return None
    headers = validators(fetched)
    return Before(describe(fetched), headers) if headers else None


def validators(before: Fetched) -> dict[str, str]:
    """The request headers that a server compares with what it sent us before; none for what came in part.

    >>> from crawler.records import Fetched
    >>> validators(Fetched("u", None, 200, (("ETag", '"a"'), ("Last-Modified", "x")), b""))
    {'If-None-Match': '"a"', 'If-Modified-Since': 'x'}
    """
    if before.status != 200 or before.truncated:
        return {}
    found = {
        "If-None-Match": header(before.headers, "etag"),
        "If-Modified-Since": header(before.headers, "last-modified"),
    }
    return {name: value for name, value in found.items() if value and len(value) <= _LONGEST and value.isascii()}
