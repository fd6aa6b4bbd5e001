"""Addresses that go on for ever: calendars, faceted lists, links relative to themselves. Pure, by shape alone.

Lists lead to pages and never to lists, and a run takes so many pages of a site, so that no trap has an end to
reach; this keeps what a trap makes from filling the frontier with addresses that no release has.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import parse_qsl, urlsplit

DEEPEST: Final = 20
"""Segments of a path."""

REPEATED: Final = 2
"""Times that a word may be a segment of one path: `/a/b/a/b/a/b` is a link that is relative to itself."""

NUMBERS: Final = 3
"""Parameters that are numbers: pages, offsets, days, prices."""

PARAMETERS: Final = 25
_YEAR_LONG: Final = 4
_COUNTS: Final = re.compile(r"\Ahttps?://[^/?]+[^#]*?[/=](?=\d)", re.IGNORECASE)


def trap_fault(url: str) -> str | None:
    """What makes an address look like a trap's, or None.

    >>> trap_fault("https://a.example/a/b/a/b/a/b"), trap_fault("https://a.example/?y=2026&m=1&d=1&page=7")
    ('trap.repetition', 'trap.parameters')
    >>> trap_fault("https://a.example/2025/12/12/12-releases-of-12-makers?page=2") is None
    True
    """
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, max_num_fields=PARAMETERS)
    except ValueError:
        return "trap.parameters"
    segments = [segment.lower() for segment in parts.path.split("/") if segment]
    if len(segments) > DEEPEST:
        return "trap.depth"
    words = Counter(segment for segment in segments if not _is_number(segment))
    if words and max(words.values()) > REPEATED:
        return "trap.repetition"
    if sum(value.isdigit() for _, value in query) > NUMBERS:
        return "trap.parameters"
    return None


def counted_from(url: str) -> str | None:
    """What stands before the first number of an address, or None: what a site counts on from there is of one kind.

    >>> counted_from("https://a.example/calendar/2026/11/"), counted_from("https://a.example/a/?b=x&sid=17")
    ('https://a.example/calendar/', 'https://a.example/a/?b=x&sid=')
    >>> counted_from("https://a.example/a-bridge-opened-2026") is None
    True
    """
    found = _COUNTS.match(url)
    return found[0] if found else None


def _is_number(segment: str) -> bool:
    """Years, months, days: `/12/12/12` is a page of a 12th of December."""
    return segment.isdigit() and len(segment) <= _YEAR_LONG
