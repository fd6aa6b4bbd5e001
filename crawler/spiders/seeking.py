"""Looking for the copies of one release: what to ask for it, of what the store knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.discover.queries import Sought, queries
from crawler.records import Lead
from storage import lookups

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection

    from crawler.sites.load import Sites


def find_sought(connection: Connection, named: str) -> Sought | None:
    """The release of that key, address or cluster as it is looked for, or None where the store has none."""
    cluster = lookups.find_cluster(connection, named)
    release = next(lookups.releases(connection, cluster=cluster), None) if cluster else None
    if release is None:
        return None
    return Sought(
        key=release.key or release.cluster,
        url=release.url,
        wire_urls=release.wire_urls,
        title=release.title,
        text=release.text,
        published_at=release.published_at,
        language=release.language,
    )


def seek(sought: Sought, sites: Sites, now: datetime, named: AbstractSet[str]) -> Iterator[Lead]:
    """What to ask for a release: its queries, and the lists of everybody's titles."""
    yield from queries(sought, sites, now, named=named)
    for site in sites.all:
        if not site.is_reserved or site.name in named:
            for url in site.discover.titles:
                yield Lead(url, site.name, f"site file {site.name}", "titles", "gal")
