"""What a page says of itself: title, times, and claims that are stored and never believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.extract.ld import find_articles, own_articles
from crawler.extract.title import site_names, tell_title
from crawler.records import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.extract.ld import Article

_CLAIM_METAS: Final = frozenset(
    {"og:url", "og:site_name", "author", "original-source", "syndication-source", "article:publisher", "robots",
     "tdm-reservation", "tdm-policy"}
)  # fmt: skip
_PERMISSIONS: Final = frozenset(
    {"x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal"}
)
_CLAIM_LINKS: Final = frozenset({"canonical", "original-source", "syndication-source", "amphtml"})
_DATE_METAS: Final = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date",
    "publication_date", "citation_publication_date", "originalpublicationdate", "date", "dc.date",
    "dc.date.issued", "dcterms.date", "dcterms.created", "article:create_at",
)  # fmt: skip
_TITLE_METAS: Final = ("og:title", "twitter:title", "headline", "title")
_NAME_METAS: Final = ("og:site_name", "application-name")
_READ_METAS: Final = _CLAIM_METAS | {*_DATE_METAS, *_TITLE_METAS, *_NAME_METAS}
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_MAX_CLAIM: Final = 2000
_MAX_BODY: Final = 200_000


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself.

    `dates` are the times of publication that its head states, best first and as written. `body_text` is the
    article text that JSON-LD repeats, for pages made by script.
    """

    title: str
    dates: tuple[str, ...]
    claims: tuple[Claim, ...]
    body_text: str
    declared_language: str


def read_head(tree: HtmlElement, url: str, known: Sequence[str] = ()) -> Head:
    """Read title, times and claims from the head, the headings and JSON-LD.

    `url` is the page's own address, `known` are names that its site goes by.
    """
    marks: dict[str, list[HtmlElement]] = {"meta": [], "link": [], "script": []}
    for element in tree.iter(*marks):
        marks[element.tag].append(element)
    metas = _metas(marks["meta"])
    found = find_articles(marks["script"])
    named = [value for name in _TITLE_METAS for value in metas.get(name, ())]
    names = site_names(url, [*known, *(value for name in _NAME_METAS for value in metas.get(name, ()))])
    title = tell_title(tree, named, names)
    articles = own_articles(found, url, [name for name in (title, *named) if not names.has(name)])
    if not named and articles:
        title = tell_title(tree, [_text(article.text("headline")) for article in articles], names)
    claims = [Claim(name, value) for name in sorted(_CLAIM_METAS & metas.keys()) for value in metas[name][:3]]
    for link in marks["link"]:
        href = link.get("href", "")[:_MAX_CLAIM]
        claims += [Claim(rel, href) for rel in _relations(link) if href and rel in _CLAIM_LINKS]
    for article in articles:
        claims += _article_claims(article)
    return Head(
        title=title,
        dates=(
            *(date for article in articles if (date := _text(article.text("datePublished")))),
            *(value for name in _DATE_METAS for value in metas.get(name, ())),
        ),
        claims=tuple(dict.fromkeys(claims))[:40],
        body_text=max((_lines(article.fields.get("articleBody")) for article in articles), key=len, default=""),
        declared_language=(tree.get("lang") or tree.get("xml:lang") or "").strip().lower()[:16],
    )


def permission_claims(headers: tuple[tuple[str, str], ...]) -> tuple[Claim, ...]:
    """What the response's headers say of what may be done with the page, as claims such as `http:x-robots-tag`.

    >>> permission_claims((("X-Robots-Tag", "noarchive"), ("TDM-Reservation", "1"), ("Server", "x")))
    (Claim(kind='http:x-robots-tag', value='noarchive'), Claim(kind='http:tdm-reservation', value='1'))
    """
    said = ((name.lower(), _clean(value)[:_MAX_CLAIM]) for name, value in headers if name.lower() in _PERMISSIONS)
    return tuple(dict.fromkeys(Claim(f"http:{name}", value) for name, value in said if value))[:10]


def _metas(elements: Sequence[HtmlElement]) -> dict[str, list[str]]:
    """The metas by name. In the body only those that are no item's property: a related story has such too."""
    found: dict[str, list[str]] = {}
    for meta in elements:
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if not name and (parent := meta.getparent()) is not None and parent.tag == "head":
            name = (meta.get("itemprop") or "").strip().lower()
        value = _clean(meta.get("content")) if name in _READ_METAS else ""
        if value:
            found.setdefault(name, []).append(value[:_MAX_CLAIM])
    return found


def _relations(link: HtmlElement) -> list[str]:
    """What a link is to the page; one wire writes `name` where it means `rel`."""
    return f"{link.get('rel', '')} {link.get('name', '')}".lower().split()


def _article_claims(article: Article) -> list[Claim]:
    names = (
        "url", "mainEntityOfPage", "isBasedOn", "sameAs", "translationOfWork", "datePublished", "dateModified",
        "publisher", "author",
    )  # fmt: skip
    return [Claim(f"ld:{name}", value) for name in names if (value := _text(article.named(name)))]


def _text(value: str, limit: int = _MAX_CLAIM) -> str:
    return _CONTROL.sub(" ", value)[:limit].strip()


def _lines(value: object) -> str:
    """A text with its lines: in them a text that only JSON-LD says has its paragraphs."""
    if not isinstance(value, str):
        return ""
    lines = (_text(line, _MAX_BODY) for line in value[:_MAX_BODY].splitlines())
    return "\n".join(line for line in lines if line)


def _clean(value: str | None) -> str:
    return " ".join(_CONTROL.sub(" ", value or "").split())
