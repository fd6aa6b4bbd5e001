"""Address templates: readable, and linear to match.

| placeholder | stands for |
|---|---|
| `{id}` | letters and digits, the id of the item |
| `{id:digits}` `{id:hex}` | the same, narrower |
| `{slug}` | anything within one path segment, possibly nothing |
| `{date}` | `2025-12-22` |
| `{digits}` | digits |
| `{year}` `{month}` `{day}` | four, one or two, one or two digits |
| `{lang}` | `en`, `en-US`, `zh_CN` |
| `{word}` | letters, digits, `_` and `-`, at least one |
| `{rest}` | anything, slashes too; only at the end |
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KINDS: Final = {
    "slug": "[^/?]*",
    "date": r"\d{4}-\d{2}-\d{2}",
    "digits": r"\d+",
    "year": r"\d{4}",
    "month": r"\d{1,2}",
    "day": r"\d{1,2}",
    "lang": "[a-z]{2}(?:[-_][A-Za-z]{2})?",
    "word": "[A-Za-z0-9_-]+",
    "rest": ".*",
    "id": "[0-9A-Za-z]+",
    "id:digits": r"\d+",
    "id:hex": "[0-9a-f]+",
}
_PLACEHOLDER = re.compile(r"\{([a-z:]+)\}")


class TemplateError(ValueError):
    """A template that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template."""

    source: str
    pattern: re.Pattern[str]

    def match(self, target: str) -> dict[str, str] | None:
        """The placeholders' values where the whole of `target` (path, or path and query) fits, else None."""
        found = self.pattern.fullmatch(target)
        return found.groupdict() if found else None


@lru_cache(maxsize=1024)
def compile_template(source: str) -> Template:
    """Compile a template.

    >>> compile_template("/news/{date}/{slug}-{id}/p.html").match("/news/2025-12-22/a-b-1Jj/p.html")["id"]
    '1Jj'

    Raises:
        TemplateError: an unknown or doubled placeholder, or one of several segments before the end.

    """
    parts, at, seen = [], 0, set()
    for hit in _PLACEHOLDER.finditer(source):
        kind = hit[1]
        if kind not in _KINDS:
            raise TemplateError(f"{source!r}: unknown placeholder {{{kind}}}; known: {', '.join(_KINDS)}")
        name = kind.partition(":")[0]
        if name in seen:
            raise TemplateError(f"{source!r}: {{{name}}} stands twice")
        if kind == "rest" and hit.end() != len(source):
            raise TemplateError(f"{source!r}: {{rest}} may only stand at the end")
        seen.add(name)
        parts += [re.escape(source[at : hit.start()]), f"(?P<{name}>{_KINDS[kind]})"]
        at = hit.end()
    parts.append(re.escape(source[at:]))
    return Template(source, re.compile("".join(parts)))


def fill(canonical: str, values: Mapping[str, str]) -> str:
    """Put the values in the places of the canonical template."""
    return _PLACEHOLDER.sub(lambda hit: values.get(hit[1].partition(":")[0], ""), canonical)


# ------------------------------------------------------------------------------- checks of ids, by name

_BASE62: Final = {c: n for n, c in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_BEIJING: Final = timezone(timedelta(hours=8))
_EPOCH_2015: Final = 1420041600000  # 2015-01-01 00:00 +08:00, in ms
_EPOCH_TWITTER: Final = 1288834974657


def snowflake62(value: str) -> datetime | None:
    """When a base-62 snowflake was made (CGTN articles since 2020), or None where it is not one.

    The layout is fixed: bits 12 to 21 are 32 and the low bits a multiple of 64, so that a mangled id is told.

    >>> snowflake62("1JjihOzBpvi").isoformat()
    '2025-12-22T15:16:09.342000+08:00'
    >>> snowflake62("1JjihOzBpvj") is None
    True
    """
    if not 9 <= len(value) <= 12 or any(c not in _BASE62 for c in value):
        return None
    n = 0
    for c in value:
        n = n * 62 + _BASE62[c]
    if (n >> 12) & 1023 != 32 or n % 64:
        return None
    return _moment((n >> 22) + _EPOCH_2015)


def reversed_news(value: str) -> datetime | None:
    """When a legacy CGTN id was made: hex of the reversed base64 of `News` and digits.

    The short form holds a running number and tells no time: it is valid, and dated to the epoch.
    """
    try:
        plain = base64.b64decode(bytes.fromhex(value)[::-1], validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return None
    found = re.fullmatch(r"News(\d{1,20})", plain)
    if not found:
        return None
    return _moment(int(found[1][:13])) if len(found[1]) >= 17 else _moment(0)


def snowflake_twitter(value: str) -> datetime | None:
    """When an 18 or 19 digit snowflake of the Twitter epoch was made (CGTN language sites)."""
    if not re.fullmatch(r"\d{18,19}", value):
        return None
    return _moment((int(value) >> 22) + _EPOCH_TWITTER)


def arti(value: str) -> datetime | None:
    """When an `ARTI` id of 16 digits was made: its first ten are epoch seconds."""
    found = re.fullmatch(r"ARTI(\d{10})\d{6}", value)
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
