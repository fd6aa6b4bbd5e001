"""GDELT: the DOC 2.0 API's lists of articles, and the article list of the last quarter of an hour.

https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/ and /announcing-the-gdelt-article-list-rss-feed/
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from crawler.discover.answers import Named, refusal
from crawler.discover.feeds import read_feed
from crawler.discover.phrases import bare_title
from crawler.match.tokens import tokenise
from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL: Final = 250
"""Rows that one answer has at most; there are no pages, so a full one is asked again in two halves."""

_SHORTEST_SLICE: Final = 3600
"""Seconds that are not halved any more."""

_STAMP: Final = "%Y%m%d%H%M%S"
_ESCAPE = re.compile(r'(\\[\\"/bfnrtu])|\\')
_LINES: Final = 50_000
_FEWEST: Final = 4
"""Words of a title by which a release is told among all the world's."""


class _Article(msgspec.Struct):
    url: str = ""
    title: str = ""


class _Articles(msgspec.Struct):
    articles: list[_Article] = []


def read_articles(url: str, body: bytes) -> tuple[Named, ...] | Rejected:
    """What the DOC API found: articles, and the two halves of the time where there may be more.

    A refusal is plain text, sometimes with status 200; JSON comes with control characters and escapes that JSON
    does not have.
    """
    text = body.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        return refusal(body)
    try:
        found = msgspec.convert(json.loads(_ESCAPE.sub(r"\1", text), strict=False), _Articles)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        return Rejected("discover", "parse", str(error)[:200])
    named = [Named("item", each.url, each.title, exact=True) for each in found.articles if each.url]
    if len(found.articles) >= _FULL:
        named += [Named("gdelt", half, "half of a full answer") for half in _halves(url)]
    return tuple(named)


def _halves(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    try:
        start, end = (datetime.strptime(asked[name], _STAMP) for name in ("startdatetime", "enddatetime"))  # noqa: DTZ007 (UTC, by the API)
    except (KeyError, ValueError):
        return
    if (end - start).total_seconds() <= _SHORTEST_SLICE:
        return
    middle = start + (end - start) / 2
    for one, other in ((start, middle), (middle, end)):
        times = {"startdatetime": f"{one:{_STAMP}}", "enddatetime": f"{other:{_STAMP}}"}
        yield urlunsplit(parts._replace(query=urlencode({**asked, **times}, quote_via=quote)))


class _Line(msgspec.Struct):
    url: str = ""
    title: str = ""


def read_article_list(
    body: bytes, content_type: str, wanted: tuple[tuple[str, str], ...]
) -> tuple[Named, ...] | Rejected:
    """The articles of an article list, a feed or lines of JSON, whose title is that of a watched release."""
    if body.lstrip()[:1] == b"<":
        entries = read_feed(body, content_type)
        if isinstance(entries, Rejected):
            return entries
        titled = list(entries)
    else:
        lines = body.split(b"\n", _LINES)[:_LINES]
        titled = [(line.url, line.title) for line in map(_line, lines) if line is not None]
        if not titled and body.strip():
            return refusal(body)
    known = {title: key for key, raw in wanted if len(title := tokenise(bare_title(raw))) >= _FEWEST}
    found = ((url, title, _release(title, known)) for url, title in titled)
    return tuple(Named("item", url, title, exact=True, hint=hint) for url, title, hint in found if hint)


def _line(line: bytes) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _release(title: str, known: dict[tuple[str, ...], str]) -> str | None:
    """The release whose title this is, with or without the issuer before it or the outlet behind it."""
    words = tokenise(title)
    sizes = {len(title) for title in known}
    places = ((first, size) for size in sorted(sizes, reverse=True) for first in range(len(words) - size + 1))
    return next((known[part] for first, size in places if (part := words[first : first + size]) in known), None)
