"""Leases whose run is over: given back where it ended in order, broken where it died.

A lease is good for as long as its run holds the data folder's lock, so that no clock has a say in it. One that
a death broke goes back to queued at the next start and is counted in `breaks`, apart from `attempts`, which counts
answers and errors seen; from then on the address is asked for alone, before the others, until it is settled.
`alone` counts the runs that died while nothing else was under way: once that was so the address waits until
nothing else is left, which keeps a chance death of the next run away from it, and after `DEATHS` it is set aside.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from crawler.records import stamp
from storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

DEATHS: Final = 3
ASIDE: Final = timedelta(days=7)
QUARANTINED: Final = "quarantined"


def break_leases(connection: Connection, now: datetime) -> tuple[int, str | None]:
    """Take back the leases of a run that died: how many, and the address that is set aside for it, if one is."""
    f = t.Frontier
    broken = connection.execute(select(f.url_key, f.url, f.alone).where(f.state == "leased")).all()
    alone = 1 if len(broken) == 1 else 0
    back = update(f).where(f.state == "leased")
    connection.execute(back.values(state="queued", leased_by=None, breaks=f.breaks + 1, alone=f.alone + alone))
    for row in broken:
        if row.alone + alone >= DEATHS:
            aside = {"state": "failed", "reason": QUARANTINED, "not_before": stamp(now + ASIDE)}
            connection.execute(update(f).where(f.url_key == row.url_key).values(**aside))
            return len(broken), row.url
    return len(broken), None


def release(connection: Connection, keys: Sequence[str]) -> None:
    """Give leases back unused."""
    given = update(t.Frontier).where(t.Frontier.url_key.in_(keys), t.Frontier.state == "leased")
    connection.execute(given.values(state="queued", leased_by=None))


def release_all(connection: Connection, owner: str) -> None:
    """Give back every lease of a run that ends in order, so that nothing looks as if it had died of it."""
    given = update(t.Frontier).where(t.Frontier.state == "leased", t.Frontier.leased_by == owner)
    connection.execute(given.values(state="queued", leased_by=None))
