"""Bounds that need the database: sites that show the same bytes wherever they are asked, depth by any way, and
addresses that a site counts on for ever without a text behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy import Integer, and_, bindparam, func, or_, select, update

from storage import tables as t
from storage.batches import PER_STATEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.records import Capture
    from storage.frontier import Entry

SOFT_GONE: Final = "gone:soft-404"
TOO_DEEP: Final = "budget.depth"
BARREN: Final = "trap.barren"
_OK: Final = 200
_LEAST: Final = 5
"""So many pages say that there is nothing behind such addresses, or that there are the same few texts."""

_SAMPLE: Final = 500
_TEXTLESS: Final = ("listing", "no-text", "empty", "too-short")
"""What a page is rejected for that has nothing to read. A wall or a limit says nothing of what is behind it."""

# What is asked for every page is put together once.
_SAME: Final = (
    t.Capture.payload_sha256 == bindparam("payload"),
    t.Capture.status == _OK,
    func.substr(t.Capture.url, 1, bindparam("long", type_=Integer)) == bindparam("root"),
)
_SHUT: Final = or_(*(t.Frontier.reason == f"blocked:{fault}" for fault in (TOO_DEEP, BARREN)))
_REOPEN: Final = (
    update(t.Frontier)
    .where(t.Frontier.url_key == bindparam("row"), _SHUT)
    .values(state="queued", reason=None, depth=bindparam("to"))
)
_OTHERS: Final = select(func.count(t.Capture.url.distinct())).where(*_SAME, t.Capture.url != bindparam("url"))


def is_soft_gone(connection: Connection, capture: Capture, most: int) -> bool:
    """Whether more than `most` addresses of the capture's host show its very bytes; if so, all of its pages are
    marked, so that the mark does not depend on which of them came first.
    """
    if capture.status != _OK:
        return False
    parts = urlsplit(capture.url)
    root = f"{parts.scheme}://{parts.netloc}/"
    same = {"payload": capture.payload_sha256, "root": root, "long": len(root)}
    others = connection.scalar(_OTHERS, {**same, "url": capture.url}) or 0
    if others < most:
        return False
    f = t.Frontier
    shown = select(t.Capture.id).where(*_SAME)
    marked = update(f).where(f.capture.in_(shown), f.kind == "item", f.state == "done", f.reason.is_(None))
    connection.execute(marked.values(reason=SOFT_GONE), same)
    return True


def barren_since(connection: Connection, host: str, beginning: str) -> str | None:
    """Since when no page whose address begins so was fetched, where none had a text, or all the same few; or None.

    One text that is its own is enough to say otherwise, and so is not having looked at enough of them.
    """
    f, c, p, r = t.Frontier, t.Capture, t.Page, t.Rejected
    fetched = (
        select(f.capture)
        .where(f.host == host, f.url.startswith(beginning, autoescape=True), f.kind == "item", f.state == "done")
        .where(f.capture.is_not(None))
        .limit(_SAMPLE)
        .subquery()
    )
    told = (
        select(
            func.count(p.capture),
            func.count(p.text_id.distinct()),
            func.count(r.capture),
            func.max(c.fetched_at),
        )
        .select_from(fetched)
        .join(c, c.id == fetched.c.capture)
        .outerjoin(p, p.capture == c.id)
        .outerjoin(r, and_(r.capture == c.id, r.reason.in_(_TEXTLESS)))
    )
    read, texts, textless, last = connection.execute(told).one()
    nothing = texts == 0 and textless >= _LEAST
    return last if nothing or read >= _LEAST * (texts + 1) else None


def unasked(connection: Connection, keys: Sequence[str]) -> str | None:
    """The first of the addresses that was never asked for; it is not on the frontier, or held there for barren."""
    f = t.Frontier
    known: set[str] = set()
    for at in range(0, len(keys), PER_STATEMENT):
        mine = f.url_key.in_(keys[at : at + PER_STATEMENT])
        asked = or_(f.reason.is_(None), f.reason != f"blocked:{BARREN}")
        known.update(connection.scalars(select(f.url_key).where(mine, asked)))
    return next((key for key in keys if key not in known), None)


def reopen(connection: Connection, entries: Sequence[Entry]) -> None:
    """Queue what was too deep by another way and is not by this one, which came first must not matter; and what
    was held for barren and is not any more.
    """
    shut = [{"row": entry.key, "to": entry.depth} for entry in entries if entry.fault is None]
    if shut:
        connection.execute(_REOPEN, shut)
