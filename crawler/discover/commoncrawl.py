"""Common Crawl: its crawls, the index of each, single records of its archive, and the lists of its news files.

https://commoncrawl.org/get-started and https://github.com/webrecorder/pywb/wiki/CDX-Server-API
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import msgspec

from crawler.discover.answers import Named, note_of, noted, refusal
from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA: Final = "data.commoncrawl.org"
_CRAWLS: Final = 3
"""Crawls that are asked for one release: the first after it came out."""

_PAGES: Final = 5
"""Pages of an index that are asked for one query: words of the title narrow it, so few are not empty."""

_RECORDS: Final = 100
_FILES: Final = 60
_NEWS_DAYS: Final = timedelta(days=3)
_LONGEST_RECORD: Final = 8 * 1024 * 1024
_FILE = re.compile(r"crawl-data/[A-Za-z0-9][A-Za-z0-9._/-]{0,300}\.warc\.gz")
_NEWS_FILE = re.compile(r"CC-NEWS-(\d{14})-\d+\.warc\.gz$")
_FIELDS: Final = "timestamp,url,mime,status,length,offset,filename"


class _Crawl(msgspec.Struct, rename={"api": "cdx-api", "start": "from", "end": "to"}):
    id: str
    api: str
    start: str = ""
    end: str = ""


def read_collections(url: str, body: bytes, domains: Sequence[str]) -> tuple[Named, ...] | Rejected:
    """How many pages the index has for each of these domains, in the crawls of the time that the note names."""
    note = note_of(url)
    try:
        crawls = msgspec.json.decode(body, type=list[_Crawl])
        since, until = (_moment(note[name]) for name in ("since", "until"))
        words = note["words"]
    except (msgspec.DecodeError, RecursionError):
        return refusal(body)
    except (KeyError, ValueError):
        return Rejected("discover", "parse", "the note says neither since, until nor words")
    spans = sorted((*_span(crawl), crawl.api) for crawl in crawls if _span(crawl))
    chosen = [api for start, end, api in spans if end >= since and start <= until][:_CRAWLS]
    narrowed = f"&filter=~url:.*{words}.*&filter=status:200&fl={_FIELDS}"
    asked = product(chosen, domains)
    return tuple(
        Named("ccpages", f"{api}?url={domain}&matchType=domain&output=json{narrowed}&showNumPages=true", domain)
        for api, domain in asked
    )


def _span(crawl: _Crawl) -> tuple[datetime, datetime] | tuple[()]:
    """From when to when a crawl went: as it says, else a fortnight from the week in its name."""
    try:
        return _moment(crawl.start), _moment(crawl.end)
    except ValueError:
        week = re.fullmatch(r"CC-MAIN-(\d{4})-(\d{2})", crawl.id)
    try:
        start = datetime.strptime(f"{week[1]} {week[2]} 1", "%G %V %u").replace(tzinfo=UTC) if week else None
    except ValueError:
        return ()
    return (start, start + timedelta(days=14)) if start else ()


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(f"{said[:8]}T{said[8:]}" if said.isdigit() else said)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Pages(msgspec.Struct):
    pages: int


def read_pages(url: str, body: bytes) -> tuple[Named, ...] | Rejected:
    """The pages of an index query. Older servers answer with the bare number."""
    try:
        said = msgspec.json.decode(body, type=_Pages | int)
    except (msgspec.DecodeError, RecursionError):
        return refusal(body)
    count = said.pages if isinstance(said, _Pages) else said
    asked = url.replace("&showNumPages=true", "")
    return tuple(Named("ccindex", f"{asked}&page={n}", f"page {n}") for n in range(min(max(count, 0), _PAGES)))


class _Row(msgspec.Struct):
    url: str
    filename: str
    offset: int | str
    length: int | str
    status: int | str = 200
    timestamp: str = ""


def read_index(url: str, body: bytes) -> tuple[Named, ...] | Rejected:
    """The captures of one page of an index, each as the bytes of its record, and the pages themselves."""
    scheme = urlsplit(url).scheme
    named: list[Named] = []
    lines = body.split(b"\n")
    for line in lines:
        row = _row(line)
        if row is None:
            continue
        first, size = row
        last = first[1] + size - 1
        note = {"bytes": f"{first[1]}-{last}", "url": first[2]}
        named.append(Named("warc", noted(f"{scheme}://{DATA}/{first[0]}", note), f"captured {first[3]}"))
        named.append(Named("item", first[2], f"captured {first[3]}"))
        if len(named) >= 2 * _RECORDS:
            break
    if not named and body.strip() and not any(line.startswith(b"{") for line in lines):
        return refusal(body)
    return tuple(named)


def _row(line: bytes) -> tuple[tuple[str, int, str, str], int] | None:
    """File, place, address and time of a capture, and the length of its record; None where that is no capture."""
    try:
        row = msgspec.json.decode(line, type=_Row)
        offset, length = int(row.offset), int(row.length)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    sound = _FILE.fullmatch(row.filename) is not None and ".." not in row.filename
    if not sound or str(row.status) != "200" or offset < 0 or not 0 < length <= _LONGEST_RECORD:
        return None
    return (row.filename, offset, row.url, row.timestamp[:14]), length


def read_news_files(url: str, body: bytes) -> tuple[Named, ...] | Rejected:
    """The news files of the days after a release came out. They are of a gigabyte each, and none is fetched."""
    note = note_of(url)
    try:
        since = _moment(note["since"])
    except (KeyError, ValueError):
        return Rejected("discover", "parse", "the note says no since")
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    files = [line for line in lines if _FILE.fullmatch(line) and ".." not in line and _NEWS_FILE.search(line)]
    if not files and body.strip():
        return refusal(body)
    until, scheme = since + _NEWS_DAYS, urlsplit(url).scheme
    within = sorted(file for file in files if since <= _made(file) <= until)
    address = f"{scheme}://{DATA}/"
    return tuple(Named("bulk", address + quote(file), "for `tearsheet ingest`") for file in within[:_FILES])


def _made(file: str) -> datetime:
    found = _NEWS_FILE.search(file)
    try:
        return _moment(found[1] if found else "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
