"""When a release was made, where its key tells: an origin's id may hold the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.records import stamp
from crawler.sites.ids import CHECKS

if TYPE_CHECKING:
    from crawler.records import Found
    from crawler.sites.load import Sites

_EPOCH_YEAR: Final = 1970


def made_at(key: Found, sites: Sites) -> str | None:
    """When the key's id was made, UTC, as the check of its site's grammar reads it; None where it cannot say."""
    site = sites.of_url(key.url)
    for grammar in site.keys if site else ():
        moment = CHECKS[grammar.check](key.value) if grammar.scheme == key.scheme else None
        if moment is not None and moment.year > _EPOCH_YEAR:
            return stamp(moment)
    return None
