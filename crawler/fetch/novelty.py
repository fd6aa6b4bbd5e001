"""When a site has led to nothing new for so long that following it further is no use: in this run, or at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.discover.traps import counted_from
from crawler.records import stamp
from storage.bounds import BARREN, barren_since, unasked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.records import LeadKind
    from crawler.sites.load import Budget
    from storage.frontier import Entry

FOLLOWED: Final[frozenset[LeadKind]] = frozenset({"item", "listing", "feed", "sitemap"})
"""Kinds whose addresses a site makes up; those of queries are ours."""

PROBE: Final = timedelta(days=7)
"""How often one more is asked for of addresses that lead to nothing: the site may have changed."""

_JUDGED: Final = 20
"""Beginnings of addresses that one list may have judged; more than that are no counting."""


@dataclass(slots=True)
class Novelty:
    """How many answers of each site in a row brought nothing new: no page and no address that was not known."""

    barren: Counter[str] = field(default_factory=Counter)

    def note(self, site: str, *, new: bool) -> None:
        """Count one answer to an address that was asked for the first time."""
        self.barren[site] = 0 if new else self.barren[site] + 1

    def is_spent(self, site: str, budget: Budget) -> bool:
        """Whether the site is left alone for the rest of the run."""
        return self.barren[site] >= budget.barren


def close_barren(connection: Connection, entries: Sequence[Entry], now: datetime) -> list[Entry]:
    """The pages that a list names; those that a site counts on for ever, without a text, have that as their fault.

    A calendar's next month and the same page under another session are new addresses in every run. What a query
    for a release named is asked for all the same.
    """
    counted, closed = dict[tuple[str, str], list[str]](), set[str]()
    for entry in entries:
        beginning = counted_from(entry.lead.url) if _is_listed(entry) else None
        if beginning is not None:
            counted.setdefault((entry.host, beginning), []).append(entry.key)
    for (host, beginning), keys in islice(counted.items(), _JUDGED):
        since = barren_since(connection, host, beginning)
        if since is not None:
            probe = unasked(connection, keys) if since < stamp(now - PROBE) else None
            closed.update(key for key in keys if key != probe)
    return [replace(entry, fault=BARREN) if entry.key in closed else entry for entry in entries]


def _is_listed(entry: Entry) -> bool:
    lead = entry.lead
    return entry.fault is None and lead.kind == "item" and bool(lead.site) and lead.release_hint is None
