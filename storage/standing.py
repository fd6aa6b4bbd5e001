"""How a run stands at this moment, in four counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Standing:
    """Hosts that are asked, addresses that wait, pages that are still to be read, copies of releases."""

    hosts: int
    queued: int
    unread: int
    copies: int


def standing(connection: Connection) -> Standing:
    """The counts of this moment."""
    f = t.Frontier
    hosts = select(func.count(f.host.distinct())).where(f.state == "leased")
    queued = select(func.count()).where(f.state == "queued")
    unread = select(func.count()).select_from(t.Dirty).where(t.Dirty.stratum == "page")
    copies = select(func.coalesce(func.sum(t.Release.copies), 0))
    return Standing(*(int(connection.scalar(query) or 0) for query in (hosts, queued, unread, copies)))
