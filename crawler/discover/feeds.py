"""Feeds to leads: RSS, Atom and RDF of every dialect, from bytes; nothing is ever fetched here."""

from __future__ import annotations

import io

import feedparser

from crawler.records import Rejected


def read_feed(body: bytes, content_type: str) -> tuple[tuple[str, str], ...] | Rejected:
    """The entries of a feed in its order, each as (URL as written, title)."""
    # Only a file object is safe: a str that is an address would be fetched, and bytes that are a path opened.
    document = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type} if content_type else {},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = [(link, str(entry.get("title", ""))) for entry in document.entries for link in _links(entry)]
    if not entries and not document.get("version"):
        return Rejected("discover", "parse", "no feed")
    return tuple(entries)


def _links(entry: feedparser.FeedParserDict) -> list[str]:
    """The entry's page: its own link, else an id that is an address (`guid isPermaLink`)."""
    link = entry.get("link") or entry.get("id") or ""
    return [str(link)] if link else []
