"""Of the views of one item that an answer names, the plain page is the lead."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.match.views import comparable, plain_view

if TYPE_CHECKING:
    from crawler.records import Lead
    from crawler.sites.load import Sites


def prefer_plain(leads: tuple[Lead, ...], sites: Sites) -> tuple[Lead, ...]:
    """The leads without the views of an item that is named beside them: nothing is guessed.

    Of an origin's page in several views, the site file tells which is the page.
    """
    named = {comparable(lead.url) for lead in leads if lead.kind == "item"}
    return tuple(lead for lead in leads if lead.kind != "item" or not _plain_forms(lead.url, sites) & named)


def _plain_forms(url: str, sites: Sites) -> set[str]:
    """The addresses of which this one is another view, as far as that can be told from it."""
    forms = {comparable(plain_view(url))}
    site = sites.of_host(urlsplit(url).hostname or "")
    if site is not None and site.tier == "origin":
        forms |= {comparable(carried.url) for carried in sites.read(url)}
    return forms - {comparable(url)}
