"""Ids that can be tested: whether one is well formed, and when it was made. Each test answers offline."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE62: Final = {c: n for n, c in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_BEIJING: Final = timezone(timedelta(hours=8))
_EPOCH_2015: Final = 1420041600000  # 2015-01-01 00:00 +08:00, in ms
_EPOCH_TWITTER: Final = 1288834974657
_NUMBER = re.compile(r"News(\d{1,10}|\d{17})")
_DIGITS = re.compile(r"\d{18,19}", re.ASCII)
_ARTI = re.compile(r"ARTI(\d{10})\d{6}", re.ASCII)
_REGIONAL: Final = 17


def snowflake62(value: str) -> datetime | None:
    """When a base-62 snowflake was made (CGTN articles since 2020), or None where it is not one.

    The layout is fixed: bits 12 to 21 are 32 and the low bits a multiple of 64, so that a mangled id is told.

    >>> snowflake62("1JjihOzBpvi").isoformat()
    '2025-12-22T15:16:09.342000+08:00'
    >>> snowflake62("1JjihOzBpvj") is None
    True
    """
    if not 10 <= len(value) <= 11 or any(c not in _BASE62 for c in value):
        return None
    n = 0
    for c in value:
        n = n * 62 + _BASE62[c]
    if (n >> 12) & 1023 != 32 or n % 64:
        return None
    return _moment((n >> 22) + _EPOCH_2015)


def reversed_news(value: str) -> datetime | None:
    """When a legacy CGTN id was made: hex of the reversed base64 of `News` and digits.

    The short form holds a running number and tells no time: it is valid, and dated to the epoch. The long one
    holds thirteen digits of epoch milliseconds and four more.
    """
    try:
        turned = bytes.fromhex(value)[::-1]
        plain = base64.b64decode(turned, validate=True)
        found = _NUMBER.fullmatch(plain.decode("ascii"))
    except (ValueError, binascii.Error):
        return None
    if not found or base64.b64encode(plain) != turned:
        return None
    return _moment(int(found[1][:13]) if len(found[1]) == _REGIONAL else 0)


def snowflake_twitter(value: str) -> datetime | None:
    """When an 18 or 19 digit snowflake of the Twitter epoch was made (CGTN language sites)."""
    return _moment((int(value) >> 22) + _EPOCH_TWITTER) if _DIGITS.fullmatch(value) else None


def arti(value: str) -> datetime | None:
    """When an `ARTI` id of 16 digits was made: its first ten are epoch seconds."""
    found = _ARTI.fullmatch(value)
    return _moment(int(found[1]) * 1000) if found else None


def plain(value: str) -> datetime | None:
    """Any id will do, and tells no time."""
    return _moment(0) if value else None


CHECKS: Final[dict[str, Callable[[str], datetime | None]]] = {
    "none": plain,
    "snowflake62": snowflake62,
    "reversed-news": reversed_news,
    "snowflake-twitter": snowflake_twitter,
    "arti": arti,
}
"""The tests of an id by name; each answers when the id was made, the epoch where it cannot say, None if bad."""


def _moment(milliseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(_BEIJING)
    except (OverflowError, OSError, ValueError):
        return None
