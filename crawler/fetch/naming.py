"""Captures that name a person, for who asks to be forgotten: in what a page shows, or anywhere in its source."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from crawler.errors import ArchiveError
from crawler.extract.decode import decode, header, uncompress
from crawler.match.tokens import are_alone, is_alone
from crawler.records import Fetched, Location, Rejected
from storage import tables as t
from storage.pages import unpack_blocks
from storage.warc import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from storage.archive import Archive

_TAG = re.compile(r"<[^<>]{0,2000}>")
_BATCH: Final = 200


def captures_naming(
    connection: Connection, archive: Archive, names: Sequence[str], page_bytes: int
) -> tuple[list[str], list[str]]:
    """The captures that name one of these people, and the addresses of those that are pages of text.

    A name is found whatever its case, its blanks and the markup inside it; each word of it has to be whole.
    """
    wanted = _pattern(names)
    c, p, place = t.Capture, t.Page, t.Location
    query = (
        select(c.id, c.url, p.title, p.blocks, place.file, place.offset, place.length)
        .outerjoin(p, p.capture == c.id)
        .outerjoin(place, place.capture == c.id)
        .order_by(place.file, place.offset)
        .execution_options(yield_per=_BATCH)
    )
    captures: list[str] = []
    pages: set[str] = set()
    for row in connection.execute(query):
        location = Location(row.file, row.offset, row.length) if row.file is not None else None
        shown = _shown(row.title, row.blocks) if row.blocks is not None else ()
        if any(wanted.search(fold(text)) for text in (*shown, *_source(archive, location, page_bytes))):
            captures.append(row.id)
            if row.blocks is not None:
                pages.add(row.url)
    return sorted(captures), sorted(pages)


def fold(text: str) -> str:
    r"""A text as names are looked for in it.

    >>> fold("Ja\u0301ne\n  DOE")
    'jáne doe'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_name(text: str) -> bool:
    """Whether a text is enough of a name to look for: two words, or one in a script that has no blanks."""
    return len(fold(text).split()) > 1 or (len(fold(text)) > 1 and are_alone(tuple(fold(text))))


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_whole, map(fold, names))))


def _whole(name: str) -> str:
    before = "" if is_alone(name[0]) else r"(?<!\w)"
    behind = "" if is_alone(name[-1]) else r"(?!\w)"
    return before + re.escape(name) + behind


def _shown(title: str, blocks: bytes) -> tuple[str, ...]:
    return title, *(block.text for block, _, _ in unpack_blocks(blocks))


def _source(archive: Archive, location: Location | None, page_bytes: int) -> Iterator[str]:
    """The text of an archived response, with its markup and without; nothing where there is no record."""
    if location is None:
        return
    try:
        fetched = read(archive.read(location))
    except (ArchiveError, ValueError):
        return
    text = _decoded(fetched, page_bytes)
    yield html.unescape(text)
    yield html.unescape(_TAG.sub("", text))
    yield html.unescape(_TAG.sub(" ", text))


def _decoded(fetched: Fetched, page_bytes: int) -> str:
    text = decode(fetched.headers, fetched.body, page_bytes)
    if not isinstance(text, Rejected):
        return text
    body = uncompress(header(fetched.headers, "content-encoding"), fetched.body, page_bytes)
    return "" if isinstance(body, Rejected) else body.decode("utf-8", "replace")
