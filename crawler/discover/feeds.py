"""Feeds to leads: RSS, Atom and RDF of every dialect, and JSON Feed, from bytes; nothing is ever fetched here."""

from __future__ import annotations

import io
from typing import Final

import feedparser
import msgspec

from crawler.records import Rejected

_MANY: Final = 10_000
"""Entries of a feed that are looked at."""


class _Item(msgspec.Struct):
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    id: str | int | float | None = None


class _JsonFeed(msgspec.Struct):
    """https://www.jsonfeed.org/version/1.1/"""

    version: str
    items: list[_Item]


def read_feed(body: bytes, content_type: str) -> tuple[tuple[str, str], ...] | Rejected:
    """The entries of a feed in its order, each as (URL as written, title)."""
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json(body.removeprefix(b"\xef\xbb\xbf"))
    # Only a file object is safe: a str that is an address would be fetched, and bytes that are a path opened.
    document = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type} if content_type else {},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = [(link, str(entry.get("title", ""))) for entry in document.entries[:_MANY] for link in _links(entry)]
    if not entries and not document.get("version"):
        return Rejected("discover", "parse", "no feed")
    return tuple(entries)


def _links(entry: feedparser.FeedParserDict) -> list[str]:
    """The entry's page: the address behind a feed's own counter, its link, else an id that is an address."""
    link = entry.get("feedburner_origlink") or entry.get("link") or entry.get("id") or ""
    return [str(link)] if link else []


def _read_json(body: bytes) -> tuple[tuple[str, str], ...] | Rejected:
    """JSON Feed. What an item links to elsewhere (`external_url`) is not the item."""
    try:
        feed = msgspec.json.decode(body, type=_JsonFeed)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return Rejected("discover", "parse", f"no feed: {error}"[:200])
    if "jsonfeed.org/version/" not in feed.version:
        return Rejected("discover", "parse", "no feed: JSON of another kind")
    pages = ((item.url or item.id or item.external_url, item.title) for item in feed.items[:_MANY])
    return tuple((str(url), title or "") for url, title in pages if url)
