"""Views of one item: its AMP page, its print page, its second page. Of several, the plain one is the lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.urls import normalise

if TYPE_CHECKING:
    from crawler.records import Lead
    from crawler.sites.load import Sites

_SUFFIX = re.compile(r"(?:/(?:amp|print)|/page/\d{1,3}|(?<=\w)/(?:[2-9]|[1-9]\d)|\.amp)/?$", re.IGNORECASE)
_SLUG = re.compile(r"/[^/]*-[^/]*/?$")
_PREFIX = re.compile(r"^/(?:amp|print)(?=/)", re.IGNORECASE)
_AMP_FILE = re.compile(r"[._-](?:amp|print)(?=\.s?html?$)", re.IGNORECASE)
_PARAMETERS: Final = frozenset({"amp", "print", "printable", "outputtype", "view", "page", "paged", "m"})
_VALUES = re.compile(r"(?:1|true|yes|amp|print|[2-9]|[1-9]\d)?", re.IGNORECASE)


def plain_view(url: str) -> str:
    """The address that this one may be a view of; itself where nothing says so.

    >>> plain_view("https://e.example/a-b/amp/"), plain_view("https://e.example/a?id=7&page=2")
    ('https://e.example/a-b', 'https://e.example/a?id=7')
    """
    parts = urlsplit(url)
    path = _AMP_FILE.sub("", _PREFIX.sub("", parts.path))
    cut = _SUFFIX.sub("", path)
    if path.rstrip("/")[-1:].isdigit() and "/page/" not in path and not _SLUG.search(cut):
        cut = path  # a number behind a title is its page; behind anything else it is the item's
    asked = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in asked if not (pair[0].lower() in _PARAMETERS and _VALUES.fullmatch(pair[1]))]
    query = urlencode(kept) if len(kept) < len(asked) else parts.query
    return urlunsplit((parts.scheme, parts.netloc.removeprefix("amp."), cut, query, ""))


def prefer_plain(leads: tuple[Lead, ...], sites: Sites) -> tuple[Lead, ...]:
    """The leads without the views of an item that is named beside them: nothing is guessed.

    Of an origin's page in several views, the site file tells which is the page.
    """
    named = {_comparable(lead.url) for lead in leads if lead.kind == "item"}
    return tuple(lead for lead in leads if lead.kind != "item" or not _plain_forms(lead.url, sites) & named)


def _plain_forms(url: str, sites: Sites) -> set[str]:
    """The addresses of which this one is another view, as far as that can be told from it."""
    forms = {_comparable(plain_view(url))}
    site = sites.of_host(urlsplit(url).hostname or "")
    if site is not None and site.tier == "origin":
        forms |= {_comparable(carried.url) for carried in sites.read(url)}
    return forms - {_comparable(url)}


def _comparable(url: str) -> str:
    return normalise(url).partition("://")[2].rstrip("/").removeprefix("www.")
