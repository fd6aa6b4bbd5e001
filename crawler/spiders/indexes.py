"""The spider of the indexes: services that know where a release stands, and archives that hold it."""

from __future__ import annotations

from crawler.spiders.feeding import Feeding


class Indexes(Feeding):
    """Queries, one by one, and the captures that archives hold."""

    name = "indexes"
    tiers = ("index",)
    reads_first = True
