"""The page stages on one screen: one archived response in, one cleaned page out, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler import rendering
from crawler.clean.draft import clean_text, draft
from crawler.clean.shapes import fold
from crawler.extract.decode import decode, header
from crawler.extract.head import permission_claims, read_head
from crawler.extract.language import tell_language
from crawler.extract.parse import name_paragraphs, parse, strip_furniture, strip_unread
from crawler.extract.published import is_dated, tell_published
from crawler.extract.reservations import read_reservations
from crawler.extract.segment import segment, segment_text
from crawler.extract.several import SEVERAL, lists_stories
from crawler.extract.times import read_times
from crawler.extract.vote import vote
from crawler.extract.walls import find_wall, is_shell
from crawler.identify.keys import find_keys, hinting, naming
from crawler.identify.links import find_links
from crawler.match.sketch import sketch
from crawler.records import KEPT_ROLES, Draft, Fetched, Page, Rejected, Sketch
from crawler.reservations import file_of

if TYPE_CHECKING:
    from crawler.extract.head import Head
    from crawler.extract.times import Shown
    from crawler.sites.load import Site, Sites

_OK: Final = 200
_MIN_TEXT: Final = 80
"""A clean text of fewer characters is a stub: nothing can be said of what it copies."""


@dataclass(frozen=True, slots=True)
class Read:
    """One page through the page stages."""

    page: Page
    draft: Draft
    sketch: Sketch


def read_page(fetched: Fetched, sites: Sites, page_bytes: int) -> Read | Rejected:
    """Extract, clean, identify and sketch one response. Pure: the same bytes and site data give the same value."""
    if fetched.status not in {0, _OK}:
        return Rejected("extract", f"status:{fetched.status}")
    told = tell_listing(fetched.url, sites)
    if told is not None:
        return told
    if fetched.url == file_of(fetched.url):
        return read_reservations(fetched)
    if header(fetched.headers, rendering.HEADER.lower()) in {rendering.SOURCE, rendering.PART}:
        return Rejected("extract", "rendering", "read as the browser showed it, from another record")
    site = sites.of_url(fetched.url)
    text = decode(fetched.headers, fetched.body, page_bytes)
    if isinstance(text, Rejected):
        return text
    opened = _open(fetched, text, site)
    return opened if isinstance(opened, Rejected) else _understand(opened, site, sites)


def tell_listing(url: str, sites: Sites) -> Rejected | None:
    """Why nothing is to be read there, where the address alone says so: it is a site's own list."""
    site = sites.of_url(url)
    if site is None or not site.is_listing(url):
        return None
    return Rejected("extract", "listing", "the site's own list of stories is none of them")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A page as blocks, with what is told of its time of publication: by its head, and marked up in its body."""

    page: Page
    head: Head
    times: tuple[Shown, ...]
    fetched_at: str | None


def _open(fetched: Fetched, text: str, site: Site | None) -> _Opened | Rejected:
    tree = parse(text)
    if isinstance(tree, Rejected):
        return tree
    head = read_head(tree, fetched.url, (site.title,) if site else ())
    times = () if is_dated(head, fetched.fetched_at) else read_times(tree)
    shell = is_shell(tree)
    strip_unread(tree)
    blocks = segment(tree)
    strip_furniture(tree)
    voted = vote(tree, blocks)
    blocks = vote(tree, blocks) if name_paragraphs(tree, voted) else voted
    wall = find_wall(head.title, blocks, shell=shell)
    if wall is not None and len(head.body_text) < _MIN_TEXT:
        return wall
    if wall is not None or not any(block.kept >= 500 for block in blocks):
        blocks = segment_text(head.body_text)  # a page made by script may still say its text in JSON-LD
    if lists_stories(blocks, fetched.url):
        return Rejected("extract", SEVERAL, "a page of several stories is none of them; it leads to them")
    if not blocks:
        return Rejected("extract", "no-text", "nothing on the page is a text")
    title = _title(head.title, site)
    return _Opened(
        Page(
            fetched.url,
            title,
            head.declared_language,
            None,
            head.claims + permission_claims(fetched.headers),
            blocks,
        ),
        head,
        times,
        fetched.fetched_at,
    )


def _understand(opened: _Opened, site: Site | None, sites: Sites) -> Read | Rejected:
    page = opened.page
    span, decisions = draft(page, _names(page, site), site.cleaning if site else None)
    text = clean_text(page.blocks, decisions)
    if len(text) < _MIN_TEXT:
        return Rejected("clean", "too-short", f"{len(text)} characters of clean text")
    keys = find_keys(page.url, page.blocks, decisions, sites, dated=span.dateline is not None)
    language = tell_language(text, page.language)
    dateline = span.dateline.text if span.dateline else None
    links = find_links(page.url, page.blocks, decisions, sites)
    drawn = Draft(page.title, text, language, dateline, decisions, keys, links)
    zone = site.zone if site else ""
    page = replace(
        page,
        published_at=tell_published(
            opened.head, opened.times, page, drawn, fetched_at=opened.fetched_at, zone=zone
        ),
    )
    told = clean_text(page.blocks, decisions, KEPT_ROLES - {"trailer"})  # closing lines are alike in all releases
    named = naming(keys, site.page_tier if site else "copy")
    return Read(page, drawn, sketch(told or text, named, hinting(keys, sites)))


def _names(page: Page, site: Site | None) -> tuple[str, ...]:
    """What the site may call itself in its own notes, folded: its host, its name, the title it claims."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    claimed = [claim.value for claim in page.claims if claim.kind == "og:site_name"]
    names = [host, host.partition(".")[0], *(claimed[:1]), *([site.title] if site else [])]
    return tuple(fold(name) for name in names if len(name) > 3)


def _title(title: str, site: Site | None) -> str:
    for suffix in site.cleaning.title_suffixes if site else ():
        title = title.removesuffix(suffix).rstrip()
    return title
