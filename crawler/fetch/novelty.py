"""When a site has led to nothing new for so long that following it further is no use in this run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawler.records import LeadKind
    from crawler.sites.load import Budget

FOLLOWED: Final[frozenset[LeadKind]] = frozenset({"item", "listing", "feed", "sitemap"})
"""Kinds whose addresses a site makes up; those of queries are ours."""


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
