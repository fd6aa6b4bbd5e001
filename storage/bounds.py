"""Bounds that need the database: sites that show the same bytes wherever they are asked, and depth by any way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.records import Capture
    from storage.frontier import Entry

SOFT_GONE: Final = "gone:soft-404"
TOO_DEEP: Final = "budget.depth"
_OK: Final = 200


def is_soft_gone(connection: Connection, capture: Capture, most: int) -> bool:
    """Whether more than `most` addresses of the capture's host show its very bytes; if so, all of its pages are
    marked, so that the mark does not depend on which of them came first.
    """
    if capture.status != _OK:
        return False
    parts = urlsplit(capture.url)
    c, f = t.Capture, t.Frontier
    same = (
        c.payload_sha256 == capture.payload_sha256,
        c.status == _OK,
        c.url.startswith(f"{parts.scheme}://{parts.netloc}/", autoescape=True),
    )
    others = connection.scalar(select(func.count(c.url.distinct())).where(*same, c.url != capture.url)) or 0
    if others < most:
        return False
    shown = select(c.id).where(*same)
    marked = update(f).where(f.capture.in_(shown), f.kind == "item", f.state == "done", f.reason.is_(None))
    connection.execute(marked.values(reason=SOFT_GONE))
    return True


def reopen(connection: Connection, entries: Sequence[Entry]) -> None:
    """Queue what was too deep by another way and is not by this one: which came first must not matter."""
    f = t.Frontier
    for entry in entries:
        if entry.fault is None:
            shut = update(f).where(f.url_key == entry.key, f.reason == f"blocked:{TOO_DEEP}")
            connection.execute(shut.values(state="queued", reason=None, depth=entry.depth))
