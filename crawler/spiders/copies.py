"""The spider of the copies: the sites that repost releases, and addresses that somebody named one by one."""

from __future__ import annotations

from crawler.spiders.feeding import Feeding


class Copies(Feeding):
    """Feeds, sitemaps and listings of syndicating sites, and the items that they name."""

    name = "copies"
    tiers = ("copy",)
    takes_strangers = True
