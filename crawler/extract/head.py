"""What a page says of itself: title, time of publication, and claims that are stored and never believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from crawler.records import Claim, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_CLAIM_METAS: Final = frozenset(
    {"og:url", "og:site_name", "author", "original-source", "syndication-source", "article:publisher", "robots",
     "tdm-reservation"}
)  # fmt: skip
_CLAIM_LINKS: Final = frozenset({"canonical", "original-source", "syndication-source", "amphtml"})
_DATE_METAS: Final = (
    "article:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "pubdate", "date",
    "dc.date", "dc.date.issued", "dcterms.created",
)  # fmt: skip
_TITLE_METAS: Final = ("og:title", "twitter:title", "headline", "title")
_SEPARATOR = re.compile(" [|\u2013\u2014\u00b7\u00bb-] ")  # in titles whose blanks are single: linear
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_MAX_JSON: Final = 400_000
_MAX_CLAIM: Final = 2000
_MAX_BODY: Final = 200_000


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page. `body_text` is the article text that JSON-LD repeats, for pages made by script."""

    title: str
    published_at: str | None
    claims: tuple[Claim, ...]
    body_text: str
    declared_language: str


def read_head(tree: HtmlElement) -> Head:
    """Read title, time and claims from the head, the headings and JSON-LD."""
    metas = _metas(tree)
    articles = tuple(_articles(tree))
    claims = [Claim(name, value) for name in sorted(_CLAIM_METAS & metas.keys()) for value in metas[name][:3]]
    for link in tree.iter("link"):
        href = link.get("href", "")[:_MAX_CLAIM]
        claims += [Claim(rel, href) for rel in link.get("rel", "").lower().split() if href and rel in _CLAIM_LINKS]
    for article in articles:
        claims += _article_claims(article)
    dates = [_text(article.get("datePublished")) for article in articles]
    dates += [value for name in _DATE_METAS for value in metas.get(name, ())]
    headlines = [_text(article.get("headline")) for article in articles]
    return Head(
        title=_title(tree, [*(v for name in _TITLE_METAS for v in metas.get(name, ())), *headlines]),
        published_at=next((moment for moment in map(_moment, dates) if moment), None),
        claims=tuple(dict.fromkeys(claims))[:40],
        body_text=max((_lines(article.get("articleBody")) for article in articles), key=len, default=""),
        declared_language=(tree.get("lang") or "").strip().lower()[:16],
    )


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        value = _clean(meta.get("content"))
        if value and name:
            found.setdefault(name, []).append(value[:_MAX_CLAIM])
    return found


def _articles(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """The JSON-LD objects that describe an article; anything malformed is passed over."""
    scripts = (script for script in tree.iter("script") if script.get("type") == "application/ld+json")
    for script in islice(scripts, 20):
        source = script.text or ""
        if not 2 < len(source) < _MAX_JSON:
            continue
        try:
            stack: list[object] = [msgspec.json.decode(source)]
        except (msgspec.DecodeError, RecursionError):
            continue
        steps = 0
        while stack and steps < 500:
            steps += 1
            item = stack.pop()
            if isinstance(item, list):
                stack += item[:100]
            elif isinstance(item, dict):
                kinds = item.get("@type")
                if any("Article" in str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    yield item
                elif "@graph" in item:
                    stack.append(item["@graph"])


def _article_claims(article: dict[str, object]) -> list[Claim]:
    claims = []
    for name in ("url", "mainEntityOfPage", "isBasedOn", "datePublished", "dateModified", "publisher", "author"):
        value: object = article.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url") or value.get("name")
        if _text(value):
            claims.append(Claim(f"ld:{name}", _text(value)))
    return claims


def _title(tree: HtmlElement, named: list[str]) -> str:
    """The headline: an `h1` that the head confirms, else what the head says without the site's name."""
    element = tree.find(".//head/title")
    whole = _clean("" if element is None else element.text_content())
    heads = [_clean(h1.text_content()) for h1 in islice(tree.iter("h1"), 5)]
    confirmed = [h1 for h1 in heads if len(h1) > 8 and (h1 in whole or any(h1 in name for name in named))]
    if confirmed:
        return max(confirmed, key=len)[:500]
    for name in named:
        if name:
            return _without_site(name, whole)[:500]
    if whole:
        return _without_site(whole, whole)[:500]
    return next((h1 for h1 in heads if h1), "")[:500]


def _without_site(title: str, whole: str) -> str:
    """Drop the last part after a separator where it is short beside the rest.

    >>> _without_site("A long enough headline | Site", "A long enough headline | Site")
    'A long enough headline'
    """
    if title != whole:
        return title
    parts = _SEPARATOR.split(title)
    cut = title[: title.rfind(parts[-1])].rstrip(" |\u2013\u2014\u00b7\u00bb-") if len(parts) > 1 else title
    return cut if len(cut) >= 2 * len(parts[-1]) else title


def _moment(value: str) -> str | None:
    """An ISO date or time as UTC where it has a zone, as a bare date or local time where it has none.

    >>> _moment("2025-12-22T15:16:09+08:00"), _moment("2025-12-22 10:00"), _moment("22/12/25")
    ('2025-12-22T07:16:09Z', '2025-12-22T10:00:00', None)
    """
    found = _ISO.match(value.strip()[:40])
    if not found:
        return None
    day, clock, zone = found.groups()
    try:
        if clock is None:
            return datetime.fromisoformat(day).date().isoformat()
        moment = datetime.fromisoformat(f"{day}T{clock}{zone or ''}")
        if moment.tzinfo is None:
            return moment.isoformat()
        return stamp(moment)
    except (ValueError, OverflowError):
        return None


def _text(value: object, limit: int = _MAX_CLAIM) -> str:
    return _CONTROL.sub(" ", value)[:limit].strip() if isinstance(value, str) else ""


def _lines(value: object) -> str:
    """A text with its lines: in them a text that only JSON-LD says has its paragraphs."""
    if not isinstance(value, str):
        return ""
    lines = (_text(line, _MAX_BODY) for line in value[:_MAX_BODY].splitlines())
    return "\n".join(line for line in lines if line)


def _clean(value: str | None) -> str:
    return " ".join(_CONTROL.sub(" ", value or "").split())
