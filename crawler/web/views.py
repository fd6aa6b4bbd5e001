"""The pages of the dashboard: what they show is read in one transaction, and escaped by the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crawler.export.blocks import place_blocks
from crawler.export.comparison import hold
from crawler.report.beside import render_comparison
from crawler.report.gather import read_story, report_on
from crawler.report.reconcile import find_copy
from crawler.report.render import Shown, render_html, render_page
from crawler.report.strips import draw_strip, draw_strips
from storage import browse, lookups
from storage.doubts import doubts
from storage.evidence import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.sites.load import Sites
    from storage.rows import CopyRow, ReleaseRow

STRIPS: Final = 300
"""Copies of a release whose passages are drawn on its page: each is held against it when the page is asked for."""

_STYLES: Final = ("report.css", "web.css")


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address or a name that somebody pasted leads: a release, a page, or nowhere."""

    cluster: str | None = None
    capture: str | None = None


def home(connection: Connection, skip: int) -> Iterator[str]:
    """The newest releases."""
    rows = browse.release_rows(connection, browse.newest_releases(connection, 50, skip), "excerpt")
    return _page("home.html.j2", "Releases", rows=rows, skip=skip, kept=browse.count_kept(connection))


def search(connection: Connection, words: str) -> tuple[Found, Iterator[str]]:
    """What is known by some words: a place to go to at once, or a list of releases."""
    found = find(connection, words)
    rows: list[ReleaseRow] = []
    if found == Found() and words.strip():
        rows = browse.release_rows(connection, browse.search_releases(connection, words), "excerpt")
    return found, _page("search.html.j2", "Search", words=words, rows=rows)


def find(connection: Connection, words: str) -> Found:
    """Where an address, a key or a cluster id leads."""
    named = words.strip()
    if not named or " " in named:
        return Found()
    copy = find_copy(connection, named) if {".", ":"} & set(named) else None
    if copy is not None:
        return Found(copy.cluster, copy.capture)
    return Found(cluster=lookups.find_cluster(connection, named))


def release(connection: Connection, cluster: str) -> Iterator[str] | None:
    """The page of a release; None where there is none."""
    story = read_story(connection, cluster)
    if story is None:
        return None
    strips = draw_strips(connection, cluster, STRIPS)
    pages = {page.record: f"/pages/{page.record}" for page in (*story.own, *story.copies, *story.linked)}
    return render_html(report_on(story), Shown(strips, pages, "this page"), home="/")


def page(connection: Connection, capture: str, *, writes: bool) -> Iterator[str] | None:
    """What is known of a page: text, removed blocks, versions, captures; None where no copy shows that capture."""
    url = browse.urls_of(connection, [capture]).get(capture)
    found = evidence(connection, (url,)) if url is not None else None
    if found is None or found.copy is None:
        return None
    copy = found.copy
    open_, _ = doubts(connection, (copy.url,))
    removed = [each for each in place_blocks(found.copy) if each.is_removed]
    return _page(
        "page.html.j2",
        copy.title or copy.url,
        copy=copy,
        evidence=found,
        removed=removed,
        pieces=draw_strip(connection, copy),
        open=open_,
        writes=writes,
    )


def difference(connection: Connection, capture: str, sites: Sites) -> Iterator[str] | None:
    """A page beside its release; None where no copy shows that capture."""
    copy = _copy(connection, capture)
    if copy is None:
        return None
    return render_comparison(hold(connection, copy, sites), home=f"/releases/{copy.cluster}")


def review(connection: Connection, *, writes: bool, said: str = "") -> Iterator[str]:
    """What lies near a threshold, with a question for a person."""
    rows, count = doubts(connection, limit=50)
    copies = (lookups.copies(connection, url=url, texts="excerpt") for url in _named(rows))
    captures = {copy.url: copy.capture for found in copies for copy in found}
    return _page("review.html.j2", "Review", rows=rows, count=count, captures=captures, writes=writes, said=said)


def runs(connection: Connection) -> Iterator[str]:
    """The runs, and what waits."""
    rows = tuple(lookups.runs(connection, 50))
    return _page("runs.html.j2", "Runs", rows=rows, waiting=lookups.dirty(connection))


def nothing(what: str) -> Iterator[str]:
    """The page that says that there is none."""
    return _page("nothing.html.j2", "Not here", what=what)


def _copy(connection: Connection, capture: str) -> CopyRow | None:
    return next(iter(browse.copy_rows(connection, [capture])), None)


def _named(rows: Any) -> set[str]:
    return {witness.url for row in rows for witness in (row.page, row.other)}


def _page(template: str, heading: str, **values: Any) -> Iterator[str]:
    return render_page(template, _STYLES, heading=heading, **values)
