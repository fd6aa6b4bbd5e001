"""Feeds of new copies: RSS 2.0 (https://www.rssboard.org/rss-specification) and JSON Feed 1.1
(https://www.jsonfeed.org/version/1.1/), of everything, of one release, or of one issuer.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from crawler.report.wording import is_web
from storage import browse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from storage.rows import CopyRow


def newest(connection: Connection, *, cluster: str = "", issuer: str = "") -> list[CopyRow]:
    """The newest copies, newest first; those whose address is none of the web are left out."""
    found = browse.newest_copies(connection, 50, cluster=cluster, key_scheme=issuer)
    rows = browse.copy_rows(connection, [capture for capture, _ in found], "excerpt")
    return [row for row in rows if is_web(row.url)]


def as_json_feed(copies: list[CopyRow], title: str, base: str, address: str) -> dict[str, Any]:
    """The copies as a JSON Feed; `base` is where the dashboard is, `address` where the feed itself is."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}{address}",
        "items": [
            {
                "id": f"urn:tearsheet:capture:{copy.capture}",
                "url": f"{base}/pages/{copy.capture}",
                "external_url": copy.url,
                "title": _clean(copy.title) or copy.url,
                "content_text": _clean(_said(copy)),
                **({"date_published": copy.first_seen} if copy.first_seen else {}),
                "tags": [copy.relation],
            }
            for copy in copies
        ],
    }


def as_rss(copies: list[CopyRow], title: str, base: str, address: str) -> bytes:
    """The copies as RSS."""
    atom = "http://www.w3.org/2005/Atom"
    rss = etree.Element("rss", version="2.0", nsmap={"atom": atom})
    channel = etree.SubElement(rss, "channel")
    for name, text in (
        ("title", title),
        ("link", f"{base}/"),
        ("description", "New copies, as they are first seen"),
    ):
        etree.SubElement(channel, name).text = text
    own = {"href": f"{base}{address}", "rel": "self", "type": "application/rss+xml"}
    etree.SubElement(channel, f"{{{atom}}}link", own)
    for copy in copies:
        item = etree.SubElement(channel, "item")
        for name, text in _parts(copy, base):
            etree.SubElement(item, name, {"isPermaLink": "false"} if name == "guid" else {}).text = text
    document: bytes = etree.tostring(rss, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _parts(copy: CopyRow, base: str) -> Iterator[tuple[str, str]]:
    yield "title", _clean(copy.title) or copy.url
    yield "link", f"{base}/pages/{copy.capture}"
    yield "guid", f"urn:tearsheet:capture:{copy.capture}"
    yield "description", _clean(_said(copy))
    yield "category", copy.relation
    if copy.first_seen:
        yield "pubDate", format_datetime(datetime.fromisoformat(copy.first_seen))


def _said(copy: CopyRow) -> str:
    return f"{copy.relation} at {copy.family}, {copy.url}"


def _clean(text: str) -> str:
    """What XML 1.0 allows of a text, on one line."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
