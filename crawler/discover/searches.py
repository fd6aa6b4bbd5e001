"""Answers of a site's own search, WordPress's JSON, a feed or a page with links, and of news engines' feeds."""

from __future__ import annotations

import base64
import binascii
import re
from html import unescape
from typing import TYPE_CHECKING, Final

import msgspec

from crawler.discover.answers import Named, refusal
from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.fetch.addresses import host_of
from crawler.records import Rejected

if TYPE_CHECKING:
    from crawler.records import Fetched

_ENCODED = re.compile(r"/(?:rss/)?(?:articles|read)/(CBM[A-Za-z0-9_-]{8,4000})")
_HELD = re.compile(rb"https?://[\x21-\x7e]{4,2000}")
_TAG = re.compile(r"<[^>]{0,200}>")
_GOOGLE: Final = "news.google.com"


class _Title(msgspec.Struct):
    rendered: str = ""


class _Post(msgspec.Struct):
    link: str = ""
    title: _Title | None = None


class _Error(msgspec.Struct):
    code: str
    message: str = ""


def read_posts(body: bytes) -> tuple[Named, ...] | Rejected:
    """Posts that WordPress found (`/wp-json/wp/v2/posts?search=`), or why it does not answer."""
    try:
        posts = msgspec.json.decode(body, type=list[_Post])
    except (msgspec.DecodeError, RecursionError, ValueError):
        return _wordpress_error(body)
    titled = ((post.link, post.title.rendered if post.title else "") for post in posts)
    return tuple(Named("item", link, _words(title), exact=True) for link, title in titled if link)


def _wordpress_error(body: bytes) -> Rejected:
    try:
        error = msgspec.json.decode(body, type=_Error)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return refusal(body)
    return Rejected("discover", "refused", f"{error.code}: {error.message}"[:200])


def _words(title: str) -> str:
    return " ".join(unescape(_TAG.sub("", title)).split())


def read_search(fetched: Fetched, plain: bytes, content_type: str, limit: int) -> tuple[Named, ...] | Rejected:
    """What a site's search found: a feed, or a page with links of which only items of the site count."""
    if b"<rss" in plain[:1000] or b"<feed" in plain[:1000] or plain.lstrip()[:1] == b"{":
        entries = read_feed(plain, content_type)
    else:
        entries = read_listing(fetched, limit)
    return entries if isinstance(entries, Rejected) else tuple(Named("item", *entry) for entry in entries)


def read_news_feed(body: bytes, content_type: str) -> tuple[Named, ...] | Rejected:
    """What a news engine found. Google's addresses held the article's until 2024; newer ones cannot be read."""
    entries = read_feed(body, content_type)
    if isinstance(entries, Rejected):
        return entries
    found = [(google_target(link), title) for link, title in entries]
    named = tuple(Named("item", link, title, exact=True) for link, title in found if link)
    if entries and not named:
        return Rejected("discover", "opaque", f"{len(entries)} addresses that only the engine can read")
    return named


def google_target(link: str) -> str | None:
    """The article's address behind one of Google News; others as they are, None where it cannot be told.

    >>> google_target("https://news.google.com/rss/articles/CBMiFGh0dHBzOi8vZS5leGFtcGxlL2Fi0gEA?oc=5")
    'https://e.example/ab'
    """
    if host_of(link) != _GOOGLE:
        return link
    found = _ENCODED.search(link)
    if found is None:
        return None
    try:
        message = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return None
    held = _HELD.search(message)  # a protocol buffer: the address is its first string, its length a byte before
    return held[0].decode("ascii") if held else None
