"""An archived answer of a source -> leads. Pure; its input is hostile, so it runs in a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from crawler.discover.answers import Asked, Found, Named
from crawler.discover.commoncrawl import read_collections, read_index, read_news_files, read_pages
from crawler.discover.feeds import read_feed
from crawler.discover.gdelt import read_article_list, read_articles
from crawler.discover.listings import read_listing
from crawler.discover.queries import carriers
from crawler.discover.searches import read_news_feed, read_posts, read_search
from crawler.discover.sitemaps import read_sitemap, unzip
from crawler.discover.views import prefer_plain
from crawler.discover.wayback import read_captures, read_memento
from crawler.extract.decode import header, uncompress
from crawler.fetch.addresses import tidy_url, url_fault
from crawler.identify.tracking import unwrap
from crawler.records import Lead, Rejected
from crawler.urls import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crawler.records import Fetched, LeadKind
    from crawler.sites.load import Site, Sites

MOST_LEADS: Final = 5000
"""Leads that one answer may give."""

DEEPEST: Final[dict[LeadKind, int]] = {"sitemap": 3, "gdelt": 8, "cdx": 5}
"""How deep a source may lead on to itself, by kind: a circle ends there at the latest. Others lead on once."""


def discover(fetched: Fetched, sites: Sites, asked: Asked) -> Found:
    """The leads of an answer, each once, in its order: pages that may carry a release, and what to ask next.

    An address counts only where it passes the URL policy. A page must fit `items` of a known site, or be meant
    itself by an index that was asked for a release: then any page of a known site counts, and so many
    `strangers`. What to ask next must be on the answer's own site; a sitemap may lead to another known one's.
    """
    if asked.kind == "memento":
        return read_memento(fetched)
    plain = _plain(fetched, asked.limit)
    if isinstance(plain, Rejected):
        return Found(fault=plain)
    content, torn = plain
    answer = _Answer(fetched, content, header(fetched.headers, "content-type"), sites, asked)
    named = READERS[asked.kind](answer)
    if isinstance(named, Rejected):
        return Found(fault=named)
    leads: dict[str, Lead] = {}
    strangers = asked.strangers
    for each in named:
        lead = _lead(fetched.url, each, sites, asked)
        if lead is None or (lead.site == "" and strangers <= 0):
            continue
        key = f"{normalise(lead.url)}#{urlsplit(lead.url).fragment}"
        strangers -= lead.site == "" and key not in leads
        leads.setdefault(key, lead)
        if len(leads) >= MOST_LEADS:
            break
    fault = Rejected("discover", "torn", "the gzip stream is damaged; what came before is read") if torn else None
    return Found(prefer_plain(tuple(leads.values()), sites), fault=fault)


def _plain(fetched: Fetched, limit: int) -> tuple[bytes, bool] | Rejected:
    """The answer without its coding and unzipped, and whether it is torn."""
    plain = uncompress(header(fetched.headers, "content-encoding"), fetched.body, limit)
    if isinstance(plain, Rejected):
        return Rejected("discover", plain.reason, plain.detail)
    return unzip(plain, limit) or Rejected("discover", "limit:decoded", f"more than {limit} bytes")


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as the readers take it: `plain` is its content without coding and gzip."""

    fetched: Fetched
    plain: bytes
    mime: str
    sites: Sites
    asked: Asked


def _items(entries: tuple[tuple[str, str], ...] | Rejected) -> Iterable[Named] | Rejected:
    return entries if isinstance(entries, Rejected) else (Named("item", *entry) for entry in entries)


READERS: Final[Mapping[LeadKind, Callable[[_Answer], Iterable[Named] | Rejected]]] = {
    "listing": lambda a: _items(read_listing(a.fetched, a.asked.limit)),
    "feed": lambda a: _items(read_feed(a.plain, a.mime)),
    "sitemap": lambda a: read_sitemap(a.plain),
    "search": lambda a: read_search(a.fetched, a.plain, a.mime, a.asked.limit),
    "wordpress": lambda a: read_posts(a.plain),
    "newsrss": lambda a: read_news_feed(a.plain, a.mime),
    "gdelt": lambda a: read_articles(a.fetched.url, a.plain),
    "gal": lambda a: read_article_list(a.plain, a.mime, a.asked.wanted),
    "cdx": lambda a: read_captures(a.fetched.url, a.plain),
    "collections": lambda a: read_collections(a.fetched.url, a.plain, carriers(a.sites)),
    "ccpages": lambda a: read_pages(a.fetched.url, a.plain),
    "ccindex": lambda a: read_index(a.fetched.url, a.plain),
    "ccnews": lambda a: read_news_files(a.fetched.url, a.plain),
}
"""Who reads the answer of each kind of source."""


def _lead(page: str, named: Named, sites: Sites, asked: Asked) -> Lead | None:
    """What is named as a lead, or None where it is none for us."""
    url = _address(page, named, sites)
    if url is None:
        return None
    site = sites.of_host(urlsplit(url).hostname or "")  # not of_url: a list leads to hosts that are named only
    hint = named.hint or asked.hint
    if named.kind != "item":
        name = _next_site(page, named.kind, site, sites, asked)
        why = named.words[:200] or named.kind
        return Lead(url, name, _source(page), why, named.kind, hint) if name is not None else None
    means_it = named.exact and hint is not None
    why = named.words[:200] or ("found" if means_it else "listed")
    if site is None:
        return Lead(url, "", _source(page), why, "item", hint) if means_it else None
    if site.tier == "index" or not (means_it or site.is_item(url)):
        return None
    return Lead(url, site.name, _source(page), why, "item", hint)


def _source(page: str) -> str:
    """Where a lead came from: the address that was asked, without the note of ours behind it."""
    return page.partition("#")[0]


def _next_site(page: str, kind: LeadKind, site: Site | None, sites: Sites, asked: Asked) -> str | None:
    """The site of what to ask next, or None where it may not be asked: too deep, or nobody's we know."""
    if site is None or (kind == asked.kind and asked.depth >= DEEPEST.get(kind, 0)):
        return None
    same = site is sites.of_host(urlsplit(page).hostname or "")
    return site.name if same or kind == "sitemap" else None


def _address(page: str, named: Named, sites: Sites) -> str | None:
    href = named.href.strip()
    try:
        # Judged as it is written first: what a normaliser makes of a hostile address may look harmless.
        url = None if url_fault(urljoin(page, href).replace(" ", "%20")) else tidy_url(href, page)
        target = unwrap(url, sites.trackers) if url is not None else None
        url = url if target == url else tidy_url(target, page) if target else None
    except ValueError:
        return None
    if url is None or url_fault(url) is not None:
        return None
    _, mark, note = href.partition("#")
    return url + mark + note if named.kind in {"warc", "collections", "ccnews"} else url
