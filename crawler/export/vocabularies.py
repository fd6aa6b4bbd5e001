"""Releases and their copies in the words of others: schema.org's NewsArticle and the IPTC's ninjs.

https://schema.org/NewsArticle: a copy is based on its release (`isBasedOn`), the release's pages at wires are the
same thing (`sameAs`), and `archivedAt` names the capture. https://iptc.org/standards/ninjs/ (3.0): one news object
for each release, its copies associated with it. What is not known is left out, never empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from w3lib.url import safe_url_string

from crawler.records import ATTACHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from storage.rows import CopyRow, ReleaseRow

    Object = dict[str, Any]
    CopiesOf = Callable[..., Iterator[CopyRow]]

NINJS: Final = "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"
DISTRIBUTOR: Final = "http://cv.iptc.org/newscodes/contentprodpartyrole/distributor"
_PARTS: Final = frozenset({"truncated", "excerpt"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")


def read_articles(releases: Iterable[ReleaseRow], copies_of: CopiesOf) -> Iterator[Object]:
    """A NewsArticle for each release, followed by one for each of its copies, by address."""
    for release, copies in _families(releases, copies_of):
        yield release_article(release)
        for copy in copies:
            yield copy_article(release, copy)


def read_ninjs(releases: Iterable[ReleaseRow], copies_of: CopiesOf) -> Iterator[Object]:
    """A ninjs object for each release, with its copies as associations."""
    for release, copies in _families(releases, copies_of):
        yield release_ninjs(release, copies)


def release_article(release: ReleaseRow) -> Object:
    """The release itself."""
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": _id(release),
            "url": release.url and safe_url_string(release.url),
            "identifier": release.key,
            "headline": release.title,
            "articleBody": release.text,
            "inLanguage": _language(release.language),
            "datePublished": _date(release.published_at),
            "sameAs": [safe_url_string(url) for url in release.wire_urls if url != release.url],
            "usageInfo": _usage(release.signals),
        }
    )


def copy_article(release: ReleaseRow, copy: CopyRow) -> Object:
    """One copy, based on its release."""
    url = safe_url_string(copy.url)
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": url,
            "url": url,
            "headline": copy.title,
            "articleBody": copy.text,
            "inLanguage": _language(copy.language),
            "datePublished": _date(copy.published_at),
            "isBasedOn": None if copy.relation == "origin" else _id(release),
            "publisher": {"@type": "Organization", "name": copy.family},
            "archivedAt": f"urn:tearsheet:capture:{copy.capture}",
            "usageInfo": _usage(copy.signals),
        }
    )


def release_ninjs(release: ReleaseRow, copies: tuple[CopyRow, ...]) -> Object:
    """The release as one news object."""
    return _known(
        {
            "uri": _id(release),
            "standard": {"name": "ninjs", "version": "3.0", "schema": NINJS},
            "type": "text",
            "representationType": "full",
            "contentCreated": _moment(release.published_at),
            "pubStatus": "usable",
            "usageTerms": ", ".join(release.signals),
            "language": _language(release.language),
            "headlines": [{"value": release.title}] if release.title else [],
            "bodies": [
                {
                    "contentType": "text/plain",
                    "charCount": len(release.text),
                    "wordCount": len(release.text.split()),
                    "value": release.text,
                }
            ],
            "infoSources": [{"role": DISTRIBUTOR, "uri": safe_url_string(url)} for url in release.wire_urls],
            "altIds": [
                {"role": role, "value": value}
                for role, value in (("key", release.key), ("cluster", release.cluster))
                if value
            ],
            "associations": [_association(copy) for copy in copies if copy.url != release.url],
        }
    )


def _association(copy: CopyRow) -> Object:
    return _known(
        {
            "name": copy.family,
            "uri": safe_url_string(copy.url),
            "type": "text",
            "representationType": "partial" if copy.relation in _PARTS else "full",
            "profile": copy.relation,
            "versionCreated": copy.captured_at,
            "contentCreated": _moment(copy.published_at),
            "language": _language(copy.language),
            "headlines": [{"value": copy.title}] if copy.title else [],
            "edNote": copy.match.why if copy.match else None,
            "usageTerms": ", ".join(copy.signals),
        }
    )


def _families(
    releases: Iterable[ReleaseRow], copies_of: CopiesOf
) -> Iterator[tuple[ReleaseRow, tuple[CopyRow, ...]]]:
    for release in releases:
        yield release, tuple(copies_of(cluster=release.cluster, relations=sorted(ATTACHING)))


def _id(release: ReleaseRow) -> str:
    return safe_url_string(release.url) if release.url else f"urn:tearsheet:cluster:{release.cluster}"


def _usage(signals: Sequence[str]) -> Object | None:
    return {"@type": "CreativeWork", "keywords": list(signals)} if signals else None


def _language(tag: str) -> str | None:
    return tag if tag != "und" else None


def _date(said: str | None) -> str | None:
    """A date or a moment as ISO 8601 has them; what a page said in another way is left out."""
    return said if said and (_DAY.fullmatch(said) or _MOMENT.fullmatch(said)) else None


def _moment(said: str | None) -> str | None:
    return said if said and _MOMENT.fullmatch(said) else None


def _known(value: Object) -> Object:
    """What is known of it: neither null nor empty."""
    return {name: part for name, part in value.items() if part not in (None, "", [])}
