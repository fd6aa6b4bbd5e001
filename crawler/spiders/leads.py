"""What a worker does with an archived feed, sitemap or listing: read the record, find its leads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crawler.discover.leads import discover
from storage.archive import Archive
from storage.warc import read

if TYPE_CHECKING:
    from crawler.records import Lead, LeadKind, Location, Rejected
    from crawler.sites.load import Sites


def read_leads(
    folder: str, location: Location, kind: LeadKind, sites: Sites, depth: int, limit: int
) -> tuple[Lead, ...] | Rejected:
    """The leads of the response that lies there."""
    return discover(read(Archive(Path(folder)).read(location)), kind, sites, depth, limit)
