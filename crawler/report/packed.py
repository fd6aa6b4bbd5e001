"""Rows of a long table as data, which the page's own script draws: as HTML they take three times the room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from crawler.export.comparison import tell_counts
from crawler.report.wording import is_web, minute, short, tame, tell_family, tell_reason, tell_reserved, tell_strip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.report.gather import Carrier
    from crawler.report.strips import Piece

_ACTING = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What could end or begin anything inside an element of HTML."""


def pack_rows(rows: Sequence[Carrier], strips: Mapping[str, Sequence[Piece]], beside: Mapping[str, str]) -> Markup:
    """The rows as JSON that is safe inside a script element: a list for each, in the order that `report.js` reads.

    What is empty at the end of a row is left out.
    """
    packed = [_pack(row, strips.get(row.record, ()), beside.get(row.record, "")) for row in rows]
    text = json.dumps(packed, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ACTING))  # noqa: S704 (nothing in it acts any more)


def _pack(page: Carrier, pieces: Sequence[Piece], beside: str) -> list[Any]:
    link = page.url if is_web(page.url) else ""
    row: list[Any] = [
        link,
        "" if f"://{page.host}/" in link else tame(page.host),
        page.relation,
        page.cover_release,
        page.cover_copy,
        minute(page.first_seen or ""),
        minute(page.last_seen or ""),
        page.record[:12],
        tame(short(tell_reason(page), 240)),
        tell_counts(page.differences),
        tame(tell_family(page)),
        tame(short(page.headline or "", 160)),
        page.versions if page.versions > 1 else 0,
        minute(page.missing_since or ""),
        [tame(short(line, 240)) for line in page.contradictions],
        beside,
        [[p.release, p.release_length, p.copy, p.copy_length] for p in pieces],
        tell_strip(pieces) if pieces else "",
        tell_reserved(page),
    ]
    while not row[-1]:
        row.pop()
    return row
