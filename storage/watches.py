"""The watches as rows: which releases are looked for, until when, and what is read of a release to look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from storage import tables as t
from storage.engine import replace
from storage.lookups import copies, releases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from storage.rows import CopyRow, ReleaseRow

WATCHING, ENDED, STOPPED = "watching", "ended", "stopped"


def save(connection: Connection, watch: dict[str, Any]) -> None:
    """Begin a watch, or begin it anew."""
    replace(connection, t.Watch, [watch])


def watches(connection: Connection, state: str | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """The watches in that state, or all: those that are due first come first, ended ones last."""
    query = select(t.Watch.__table__).order_by(t.Watch.next_at.is_(None), t.Watch.next_at, t.Watch.url)
    if state is not None:
        query = query.where(t.Watch.state == state)
    return connection.execute(query).all()


def looked(connection: Connection, url: str, asked_at: str, next_at: str | None) -> None:
    """Note a look, and when the next one is; None ends the watch."""
    values = {"asked_at": asked_at, "next_at": next_at, "state": WATCHING if next_at else ENDED}
    mine = update(t.Watch).where(t.Watch.url == url, t.Watch.state == WATCHING)
    connection.execute(mine.values(**values))


def stop(connection: Connection, named: str) -> int:
    """Stop the watches of that address or key; answers how many ran."""
    mine = update(t.Watch).where((t.Watch.url == named) | (t.Watch.key == named), t.Watch.state == WATCHING)
    return int(connection.execute(mine.values(state=STOPPED, next_at=None)).rowcount)


def page_at(connection: Connection, url: str, key: str) -> CopyRow | None:
    """The stored page that an address leads to, itself or by a redirect; `key` is its key on the frontier."""
    found = next(copies(connection, url=url), None)
    if found is not None:
        return found
    led = select(t.Capture.url).join(t.Frontier, t.Frontier.capture == t.Capture.id)
    other = connection.scalar(led.where(t.Frontier.url_key == key))
    return next(copies(connection, url=other), None) if other else None


def fault_of(connection: Connection, key: str) -> str:
    """Why there is no page at an address: what the crawl or the reading of it says."""
    row = connection.execute(
        select(t.Frontier.state, t.Frontier.reason, t.Rejected.reason.label("rejected"))
        .outerjoin(t.Rejected, t.Rejected.capture == t.Frontier.capture)
        .where(t.Frontier.url_key == key)
    ).first()
    return (row.reason or row.rejected or row.state) if row else "not fetched"


def released_since(connection: Connection, day: str) -> list[ReleaseRow]:
    """The releases with a key that came out on that day (`2026-03-02`) or later."""
    r = t.Release
    query = select(r.cluster).where(r.key.is_not(None), r.published_at >= day).order_by(r.published_at, r.cluster)
    return [row for cluster in connection.scalars(query).all() for row in releases(connection, cluster=cluster)]
