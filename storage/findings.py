"""What discovery asks the frontier and tells it, besides the addresses that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

_DEEPEST_LIST: Final = 2


def hint_of(connection: Connection, key: str) -> str | None:
    """The release that an address was asked for; None where it was for none, or for several."""
    query = select(t.Lead.release_hint).where(t.Lead.url_key == key, t.Lead.release_hint.is_not(None)).distinct()
    hints = connection.execute(query.limit(2)).scalars().all()
    return hints[0] if len(hints) == 1 else None


def read_as_list(connection: Connection, captures: Sequence[str]) -> None:
    """Have the next crawl look for leads in pages that turned out to be lists; these are not fetched again.

    A list that a list led to, and so on, ends: archives go on for ever.
    """
    f = t.Frontier
    pages = update(f).where(f.capture.in_(captures), f.kind == "item", f.state == "done", f.depth <= _DEEPEST_LIST)
    connection.execute(pages.values(kind="search", lane=0, state="archived", not_before=None))


def let_go(connection: Connection, sites: Collection[str], reason: str) -> None:
    """Queue what was blocked for this reason on sites where it does not hold any more."""
    f = t.Frontier
    held = update(f).where(f.state == "blocked", f.reason == reason, f.site.in_(list(sites)))
    connection.execute(held.values(state="queued", reason=None))
