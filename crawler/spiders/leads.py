"""What a worker does with an archived answer: read the record, find its leads, or the page that it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crawler.discover.answers import Asked, Found, note_of
from crawler.discover.leads import discover
from crawler.records import Rejected
from crawler.urls import normalise
from storage.archive import Archive
from storage.warc import URL_LIMIT, agrees, fetched, parse, read, unpack

if TYPE_CHECKING:
    from crawler.records import Fetched, Location
    from crawler.sites.load import Sites


def read_leads(folder: str, location: Location, sites: Sites, asked: Asked) -> Found:
    """What came of the response that lies there."""
    answer = read(Archive(Path(folder)).read(location))
    return read_range(answer) if asked.kind == "warc" else discover(answer, sites, asked)


def read_range(answer: Fetched) -> Found:
    """The response in the one record that was asked for, with the record as it is.

    The index said whose it is; a record of another address is refused.
    """
    try:
        record = parse(unpack(answer.body))
        held = fetched(record)
        same = normalise(held.url) == normalise(note_of(answer.url).get("url", ""))
    except ValueError as error:
        return Found(fault=Rejected("discover", "corrupt", str(error)[:200]))
    if agrees(record) is False:
        return Found(fault=Rejected("discover", "digest", "the record does not agree with its own digest"))
    if not same or len(held.url.encode()) > URL_LIMIT:
        return Found(fault=Rejected("discover", "mismatch", f"the record is of {held.url}"[:200]))
    if held.fetched_at is None:
        return Found(fault=Rejected("discover", "no-date", "the record does not say when it was made"))
    return Found(held=held, member=answer.body)
