"""The spider of the originals: the publishers' own sites and the wires that send their releases out."""

from __future__ import annotations

from crawler.spiders.feeding import Feeding


class Origins(Feeding):
    """Feeds, sitemaps and listings of origins and wires, and the items that they name."""

    name = "origins"
    tiers = ("origin", "wire")
