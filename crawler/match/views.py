"""Views of one item: its AMP page, its print page, its second page. They are one copy, and the plain one is it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Member

_Place = tuple[str, str]
"""A family, and an address as it is compared."""

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
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = _AMP_FILE.sub("", _PREFIX.sub("", parts.path))
    cut = _SUFFIX.sub("", path)
    if path.rstrip("/")[-1:].isdigit() and "/page/" not in path and not _SLUG.search(cut):
        cut = path  # a number behind a title is its page; behind anything else it is the item's
    asked = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in asked if not (pair[0].lower() in _PARAMETERS and _VALUES.fullmatch(pair[1]))]
    query = urlencode(kept) if len(kept) < len(asked) else parts.query
    return urlunsplit((parts.scheme, parts.netloc.removeprefix("amp."), cut, query, ""))


def comparable(url: str) -> str:
    """The address without what makes no other page: scheme, `www.`, a slash at the end, a fragment.

    >>> comparable("http://www.E.example/a/?b=1#c")
    'e.example/a?b=1'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower().removeprefix('www.')}{path}" + (f"?{parts.query}" if parts.query else "")


def count_items(members: Sequence[Member]) -> int:
    """How many copies these pages are. Pages of one family count once where one is a view of the other by its
    address, or one of them says so (`canonical`, `amphtml`): all of them carry the release, so the text agrees.
    """
    places = {(member.family, comparable(member.url)) for member in members}
    plain: dict[_Place, set[_Place]] = {place: set() for place in places}
    for member in members:
        own = (member.family, comparable(member.url))
        plain[own] |= {
            (member.family, comparable(url)) for url in (plain_view(member.url), *_claimed(member, "canonical"))
        }
        for url in _claimed(member, "amphtml"):
            plain.get((member.family, comparable(url)), set()).add(own)
    leads_to = {place: min((plain[place] & places) - {place}, default=place) for place in places}
    return len({_root(place, leads_to) for place in places})


def _claimed(member: Member, kind: str) -> list[str]:
    return [claim.value for claim in member.claims if claim.kind == kind]


def _root(place: _Place, leads_to: dict[_Place, _Place]) -> _Place:
    """Where the views of an item lead; of pages that name each other, the first."""
    way = [place]
    while leads_to[way[-1]] not in way:
        way.append(leads_to[way[-1]])
    return min(way[way.index(leads_to[way[-1]]) :])
