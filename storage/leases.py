"""Leases whose run is over: given back where it ended in order, broken where it died.

A lease is good for as long as its run holds the data folder's lock, so that no clock has a say in it. One that
a death broke goes back to queued at the next start and is counted in `breaks`, apart from `attempts`, which counts
answers and errors seen; from then on the address is asked for alone, before the others, until it is settled.
`alone` counts the runs that died while nothing else was under way: once that was so the address waits until
nothing else is left, which keeps a chance death of the next run away from it, and after `DEATHS` it is set aside:
for an hour first, twice as long after each further death. So even what died of nothing but chance is not lost.
"""

from __future__ import annotations

from dataclasses import dataclass
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
ASIDE: Final = timedelta(hours=1)
LONGEST_ASIDE: Final = timedelta(days=7)
QUARANTINED: Final = "quarantined"


@dataclass(frozen=True, slots=True)
class Aside:
    """An address that is set aside, after how many deaths, and until when."""

    url: str
    deaths: int
    until: str


def break_leases(connection: Connection, now: datetime) -> tuple[int, Aside | None]:
    """Take back the leases of a run that died: how many, and the address that is set aside for it, if one is."""
    f = t.Frontier
    broken = connection.execute(select(f.url_key, f.url, f.alone).where(f.state == "leased")).all()
    back = update(f).where(f.state == "leased")
    connection.execute(back.values(state="queued", leased_by=None, breaks=f.breaks + 1))
    if len(broken) != 1:
        return len(broken), None
    row, deaths = broken[0], broken[0].alone + 1
    mine = update(f).where(f.url_key == row.url_key)
    connection.execute(mine.values(alone=deaths))
    if deaths < DEATHS:
        return 1, None
    until = stamp(now + min(ASIDE * 2 ** min(deaths - DEATHS, 10), LONGEST_ASIDE))
    connection.execute(mine.values(reason=QUARANTINED, not_before=until))
    return 1, Aside(row.url, deaths, until)


def release(connection: Connection, keys: Sequence[str]) -> None:
    """Give leases back unused."""
    if keys:
        given = update(t.Frontier).where(t.Frontier.url_key.in_(keys), t.Frontier.state == "leased")
        connection.execute(given.values(state="queued", leased_by=None))


def release_all(connection: Connection, owner: str) -> None:
    """Give back every lease of a run that ends in order, so that nothing looks as if it had died of it."""
    given = update(t.Frontier).where(t.Frontier.state == "leased", t.Frontier.leased_by == owner)
    connection.execute(given.values(state="queued", leased_by=None))
