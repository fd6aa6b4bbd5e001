"""A feed, sitemap or listing as it was fetched -> leads. Pure; its input is hostile, so it runs in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.discover.sitemaps import read_sitemap
from crawler.extract.decode import header, uncompress
from crawler.fetch.addresses import tidy_url, url_fault
from crawler.records import Lead, Rejected
from crawler.urls import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.records import Fetched, LeadKind
    from crawler.sites.load import Sites

MOST_LEADS: Final = 5000
"""Leads that one response may give."""

DEEPEST: Final = 3
"""Sitemaps under sitemaps; one that lists itself ends there at the latest."""


def discover(
    fetched: Fetched, kind: LeadKind, sites: Sites, depth: int, limit: int
) -> tuple[Lead, ...] | Rejected:
    """The leads of a response, each once, in its order: pages of known sites that may carry a release.

    An address counts only where it passes the URL policy and fits `items` of the site it belongs to.
    `limit` bounds the bytes after compression is taken off.
    """
    named = _named(fetched, kind, limit)
    if isinstance(named, Rejected):
        return named
    leads: dict[str, Lead] = {}
    for what, href, words in named:
        lead = _lead(fetched.url, what, href, words, sites, depth)
        if lead is not None:
            leads.setdefault(normalise(lead.url), lead)
        if len(leads) >= MOST_LEADS:
            break
    return tuple(leads.values())


def _named(fetched: Fetched, kind: LeadKind, limit: int) -> Iterator[tuple[LeadKind, str, str]] | Rejected:
    """What the response names: (kind, address, words)."""
    if kind == "listing":
        links = read_listing(fetched, limit)
        return links if isinstance(links, Rejected) else (("item", href, words) for href, words in links)
    plain = uncompress(header(fetched.headers, "content-encoding"), fetched.body, limit)
    if isinstance(plain, Rejected):
        return Rejected("discover", plain.reason, plain.detail)
    if kind == "feed":
        entries = read_feed(plain, header(fetched.headers, "content-type"))
        return entries if isinstance(entries, Rejected) else (("item", href, words) for href, words in entries)
    found = read_sitemap(plain, limit)
    if isinstance(found, Rejected):
        return found
    return (("sitemap" if what == "sitemap" else "item", href, "") for what, href in found)


def _lead(page: str, what: LeadKind, href: str, words: str, sites: Sites, depth: int) -> Lead | None:
    try:
        # Judged as it is written first: what a normaliser makes of a hostile address may look harmless.
        url = None if url_fault(urljoin(page, href.strip()).replace(" ", "%20")) else tidy_url(href, page)
    except ValueError:
        return None
    if url is None or url_fault(url) is not None:
        return None
    site = sites.of_host(urlsplit(url).hostname or "")  # not of_url: a list leads to hosts that are named only
    if site is None:
        return None
    if what == "sitemap":
        return Lead(url, site.name, page, "sitemap", "sitemap") if depth < DEEPEST else None
    return Lead(url, site.name, page, words[:200] or "listed", "item") if site.is_item(url) else None
