"""JSON-LD: the objects that describe an article or a dated page, and which of them describe this page's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import msgspec

from crawler.clean.shapes import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

_MAX_JSON: Final = 400_000
_KINDS: Final = ("article", "blogposting", "pressrelease", "liveblogposting")
_WITHIN: Final = ("@graph", "mainEntity", "@Graph")
"""Where an article may stand inside another object. `isPartOf`, `mentions`, `itemListElement` hold others."""
_START = re.compile(r"(?<!CDATA)[\[{]\s*[\"{\[]")
_LENIENT: Final = json.JSONDecoder(strict=False)
_ALIKE: Final = 0.6
_SAYING: Final = 3
"""Words from which on a title says something of the text: a site's name seldom has as many."""


@dataclass(frozen=True, slots=True)
class Article:
    """One JSON-LD object that describes an article; its keys begin with a small letter, as they should."""

    fields: dict[str, object]

    def text(self, name: str) -> str:
        """A field that is a string, else the empty string."""
        value = self.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def named(self, name: str) -> str:
        """A field that is a string or the first object's address or name."""
        value: object = self.fields.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url") or value.get("name")
        return value.strip() if isinstance(value, str) else ""


def find_articles(scripts: Sequence[HtmlElement]) -> tuple[Article, ...]:
    """The articles of the page's JSON-LD in order, own or not; anything malformed is passed over."""
    scripts = [script for script in scripts if (script.get("type") or "").startswith("application/ld")]
    return tuple(article for script in islice(scripts, 20) for article in _articles(script.text or ""))


def own_articles(articles: Sequence[Article], url: str, titles: Sequence[str]) -> tuple[Article, ...]:
    """Those that describe this page's article, best first.

    One that has the page's address or its title is the page's; one with another title, or only another address, is
    a related story's. `titles` are what the page calls itself, by its headings and its head. Where neither can be
    compared, a lone article is believed.
    """
    names = [name for name in map(fold, titles) if name]
    scored = [(_agreement(article, url, names), n) for n, article in enumerate(articles)]
    own = sorted((-score, n) for score, n in scored if score > 0)
    if own:
        return tuple(articles[n] for _, n in own)
    lone = len(articles) == 1 and scored[0][0] == 0
    return tuple(articles) if lone else ()


def _articles(source: str) -> Iterator[Article]:
    if not 2 < len(source) < _MAX_JSON:
        return
    stack: list[object] = [_decoded(source)]
    steps = 0
    while stack and steps < 500:
        steps += 1
        item = stack.pop()
        if isinstance(item, list):
            stack += reversed(item[:100])
        elif isinstance(item, dict):
            kinds = item.get("@type") or item.get("@Type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            named = [str(kind).lower() for kind in kinds]
            article = any(kind.endswith(_KINDS) for kind in named)
            if article or ("webpage" in named and "datePublished" in item):
                yield Article({name[:1].lower() + name[1:]: value for name, value in item.items()})
            if not article:
                stack += [item[name] for name in _WITHIN if name in item]


def _decoded(source: str) -> object:
    """The value of a script, also of one in a comment or with bare line ends in its strings; or None."""
    try:
        return msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError):
        pass
    start = _START.search(source)
    try:
        value: object = _LENIENT.raw_decode(source, start.start() if start else 0)[0]
    except (ValueError, RecursionError):
        return None
    return value


def _agreement(article: Article, url: str, names: Sequence[str]) -> int:
    """Whether the article is the page's: above 0 it is, at 0 nothing can be compared, below 0 it is not."""
    headline = fold(article.text("headline") or article.text("name"))
    addresses = [path for path in map(_address, (article.named("url"), article.named("mainEntityOfPage"))) if path]
    same = _address(url) in addresses
    saying = [name for name in names if len(name.split()) >= _SAYING or not name.isascii()]
    alike = bool(headline) and any(is_alike(headline, name) for name in saying)
    if same or alike:
        return 2 * alike + same
    return -1 if addresses or (headline and saying) else 0


def is_alike(one: str, two: str) -> bool:
    """Whether two folded titles are one: one is in the other, or most of the shorter one's words are.

    >>> is_alike("a bridge opens in the valley", "a bridge opens in the val")
    True
    >>> is_alike("a canal is dredged again", "a bridge opens in the valley")
    False
    """
    short, long = sorted((one, two), key=len)
    if len(short) >= 8 and short in long:
        return True
    words = set(short.split())
    return len(words) >= _SAYING and len(words & set(long.split())) >= _ALIKE * len(words)


def _address(url: str) -> str:
    """What tells a page from others on its site, so that two hosts and forms of one address are equal.

    >>> _address("https://www.site.example/News/A%20b/") == _address("http://m.site.example/news/a b")
    True
    >>> _address("https://site.example/"), _address("#top"), _address("https://site.example/view?id=7")
    ('', '', '/view?id=7')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = unquote(parts.path).casefold().rstrip("/")
    counted = parts.query if not any(map(str.isdigit, path)) and "=" in parts.query else ""
    return f"{path}?{counted}" if counted else path
