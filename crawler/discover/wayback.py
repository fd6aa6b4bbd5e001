"""The Wayback Machine: the index of captures (CDX), and a capture as it was (`web/<time>id_/<address>`).

https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import msgspec

from crawler.discover.answers import Found, Named, refusal
from crawler.fetch.addresses import url_fault
from crawler.records import Fetched, Rejected, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST: Final = 50
"""Captures that one answer leads to: the first of each address before its later ones."""

_CAPTURE = re.compile(r"/web/(\d{14})id_/(https?:/{1,2}.+)", re.DOTALL)
_RESUMED = re.compile(r"&resumeKey=[^&]*")
_ORIGINAL: Final = "x-archive-orig-"
_OWN: Final = frozenset({"content-type", "content-encoding"})
_NOT_KEPT: Final = frozenset({*_OWN, "transfer-encoding", "content-length", "connection"})


def read_captures(url: str, body: bytes) -> tuple[Named, ...] | Rejected:
    """What the index found: captures to fetch, the pages themselves, and the next part where there is one.

    The answer is an array of rows, their names in the first; behind an empty row stands the key to go on with.
    """
    if not body.strip():
        return ()  # how the index says that there is nothing
    try:
        rows = msgspec.json.decode(body, type=list[list[str | None]])
    except (msgspec.DecodeError, RecursionError, ValueError):
        return refusal(body)
    if not rows:
        return ()
    names, parts = rows[0], urlsplit(url)
    if not {"timestamp", "original"} <= set(names):
        return Rejected("discover", "parse", f"no such columns: {names}"[:200])
    end = next((n for n, row in enumerate(rows) if not row), len(rows))
    found = list(_distinct([dict(zip(names, row, strict=False)) for row in rows[1:end]]))
    named: list[Named] = []
    for time, original in found[:_MOST]:
        held, why = f"{parts.scheme}://{parts.hostname}/web/{time}id_/{original}", f"captured {time}"
        named += [Named("memento", held, why), Named("item", original, why)]
    named += [
        Named("cdx", f"{_RESUMED.sub('', url)}&resumeKey={quote(key, safe='')}", "the next part")
        for key in (rows[-1][0] if end < len(rows) - 1 and rows[-1] else None,)
        if key
    ]
    return tuple(named)


def _distinct(rows: Sequence[dict[str | None, str | None]]) -> Iterator[tuple[str, str]]:
    """Time and address of captures that differ, the first of each address before its later ones."""
    seen: set[tuple[str, str]] = set()
    ranked: list[tuple[int, str, str]] = []
    turns: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row.get("timestamp") or "", row.get("original") or "")):
        time, original = row.get("timestamp") or "", row.get("original") or ""
        page = _bare(original).partition("://")[2].lower().removesuffix("/")
        payload = row.get("digest") or time
        if len(time) != 14 or not time.isdigit() or url_fault(_bare(original)) or (page, payload) in seen:
            continue
        seen.add((page, payload))
        turns[page] = turns.get(page, -1) + 1
        ranked.append((turns[page], time, original))
    return ((time, original) for _, time, original in sorted(ranked))


def read_memento(fetched: Fetched) -> Found:
    """A capture as the response that the archive got: its own address and time, and the headers that were kept."""
    parts = _CAPTURE.search(fetched.url)
    if parts is None:
        return Found(fault=Rejected("discover", "parse", "the address is no capture's"))
    original = _bare(re.sub(r"^(https?:)/+", r"\1//", parts[2]))
    fault = url_fault(original)
    if fault is not None:
        return Found(fault=Rejected("discover", f"blocked:{fault}", original[:200]))
    try:
        moment = datetime.strptime(parts[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return Found(fault=Rejected("discover", "parse", f"no time: {parts[1]}"))
    headers = [(name, value) for name, value in fetched.headers if name.lower() in _OWN]
    for name, value in fetched.headers:
        bare = name.lower().removeprefix(_ORIGINAL)
        if name.lower().startswith(_ORIGINAL) and bare not in _NOT_KEPT:
            headers.append((bare, value))
    return Found(held=Fetched(original, stamp(moment), 200, tuple(headers), fetched.body))


def _bare(original: str) -> str:
    """An address as the index writes it, without the port that it goes without."""
    return re.sub(r"^(http://[^/:]+):80(?=/|$)|^(https://[^/:]+):443(?=/|$)", r"\1\2", original)
