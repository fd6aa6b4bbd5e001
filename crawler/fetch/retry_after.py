"""How long a server asks to be left alone (RFC 9110, 10.2.3), in all the ways that servers say it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

SHORTEST: Final = 1
LONGEST: Final = 24 * 3600


def read_retry_after(value: str | None, now: datetime) -> int | None:
    """Seconds to wait, between 1 and 24 hours, or None where the header is missing or says nothing.

    >>> moment = datetime(2026, 1, 1, tzinfo=UTC)
    >>> [read_retry_after(v, moment) for v in ("120", "-1", "1e9", "Thu, 01 Jan 2026 00:02:00 GMT", "soon")]
    [120, 1, 86400, 120, None]
    """
    if value is None or not value.strip() or len(value) > 100:
        return None
    seconds = _seconds(value.strip())
    if seconds is None:
        seconds = _until(value.strip(), now)
    if seconds is None:
        return None
    return int(min(max(seconds, SHORTEST), LONGEST))


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return None if math.isnan(seconds) else seconds


def _until(value: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - now).total_seconds()
