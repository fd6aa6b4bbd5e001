"""The sample newsroom as one value: every response of every host, and the truth about each page.

Pure: the same seed gives the same bytes. `crawler.demo.server` serves it; tests score the pipeline on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, Final, Literal

from crawler.demo import outlets as o
from crawler.demo.editions import editions
from crawler.demo.pages import address, clean_text, environment, render, widgets
from crawler.demo.releases import ORIGIN_ISSUER, read_originals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.demo.editions import Edition
    from crawler.demo.pages import Item, Outlet
    from crawler.demo.releases import Original
    from crawler.records import Relation

Fate = Literal["page", "wall", "forbidden"]

_HTML: Final = (("Content-Type", "text/html; charset=utf-8"),)
_XML: Final = (("Content-Type", "application/xml; charset=utf-8"),)
_PLAIN: Final = (("Content-Type", "text/plain; charset=utf-8"),)
_NOT_FOUND: Final = b"<!DOCTYPE html><title>Not found</title><h1>404</h1><p>There is no such page.</p>"
_ROBOTS: Final = "User-agent: *\nDisallow: /search/\n"
_NO_STORIES: Final = "User-agent: *\nDisallow: /stories/\n"


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Served:
    """What a host answers at a path: each of the responses once, the last from then on."""

    host: str
    path: str
    answers: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so about a page, and what a perfect run makes of it.

    `release` is the canonical address of the release that the page is a copy of, `fate` what becomes of it: a
    page of text, a wall in front of one, or an address that robots.txt forbids.
    """

    url: str
    release: str | None
    key: str | None
    relation: Relation | None
    title: str
    text: str
    widgets: tuple[str, ...]
    fate: Fate

    def row(self) -> dict[str, Any]:
        """The truth as a row of a benchmark's truth file."""
        return {
            "url": self.url,
            "release": self.release,
            "relation": self.relation if self.release else None,
            "title": self.title,
            "text": self.text,
            "widgets": list(self.widgets),
        }


@dataclass(frozen=True)
class Newsroom:
    """All hosts with all that they answer, and the truth about their pages."""

    served: tuple[Served, ...]
    truth: tuple[Truth, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts' names."""
        return tuple(dict.fromkeys(served.host for served in self.served))

    @cached_property
    def _places(self) -> dict[tuple[str, str], Served]:
        return {(served.host, served.path): served for served in self.served}

    def answer(self, host: str, path: str, times: int = 0) -> Response:
        """The response to a request that was made so many times before."""
        served = self._places.get((host, path))
        if served is None:
            return Response(404, _HTML, _NOT_FOUND)
        return served.answers[min(times, len(served.answers) - 1)]


def newsroom(seed: int = 1) -> Newsroom:
    """The newsroom. The seed decides what does not matter: tickers, teasers."""
    printed = editions(Random(seed))  # noqa: S311 (no secret: it picks teasers)
    originals = {original.name: original for original in read_originals()}
    served = [one for edition in printed for one in (*_fronts(edition, originals), *_pages(edition))]
    truth = [_truth(edition.outlet, item, originals) for edition in printed for item in edition.items]
    return Newsroom(tuple(served), tuple(truth))


def _truth(outlet: Outlet, item: Item, originals: dict[str, Original]) -> Truth:
    original = originals.get(item.release or "")
    fate: Fate = "wall" if outlet == o.GATE else "forbidden" if outlet == o.QUIET else "page"
    return Truth(
        address(outlet, item),
        original.url if original else None,
        original.key if original else None,
        item.relation,
        item.title,
        clean_text(item) if fate != "wall" else "",
        widgets(outlet, item),
        fate,
    )


# ------------------------------------------------------------------------------------------------ responses


def _pages(edition: Edition) -> list[Served]:
    found = []
    for n, item in enumerate(edition.items):
        page = Response(200, _HTML, render(edition.outlet, item).encode())
        busy = Response(503, (*_HTML, ("Retry-After", "1")), b"<h1>503</h1><p>The presses are busy.</p>")
        answers = (busy, page) if edition.outlet == o.LEDGER and n == 0 else (page,)
        found.append(Served(edition.outlet.host, item.path, answers))
    return found


def _fronts(edition: Edition, originals: dict[str, Original]) -> list[Served]:
    """The pages that list the others, and robots.txt."""
    outlet, newest = edition.outlet, sorted(edition.items, key=lambda item: item.published, reverse=True)
    robots = _NO_STORIES if outlet == o.QUIET else _ROBOTS
    fronts = [Served(outlet.host, "/robots.txt", (Response(200, _PLAIN, robots.encode()),))]
    if outlet == o.WIRE:
        names = {original.wire_title for original in originals.values() if original.issuer == ORIGIN_ISSUER}
        fronts += [
            _front(outlet, "/rss/news-releases-list.rss", "feed.xml.j2", "All releases", newest[:4]),
            _front(
                outlet, "/news/halcyon/", "listing.html.j2", "Halcyon", [i for i in newest if i.title in names]
            ),
            _front(outlet, "/news-releases/", "listing.html.j2", "All releases", newest),
        ]
        return fronts
    path, template, heading = _FRONTS[outlet.host]
    return [*fronts, _front(outlet, path, template, heading, newest)]


_FRONTS: Final = {
    o.ORIGIN.host: ("/rss/world.xml", "feed.xml.j2", "World"),
    o.BAZAAR.host: ("/news", "listing.html.j2", "News"),
    o.MIRROR.host: ("/news", "listing.html.j2", "News"),
    o.DISPATCH.host: ("/feed/", "feed.xml.j2", "Notes on water"),
    o.PORTAL.host: ("/sitemap_news.xml", "sitemap.xml.j2", ""),
    **{station.host: ("/sitemap_news.xml", "sitemap.xml.j2", "") for station in o.STATIONS},
    o.LEDGER.host: ("/business/", "listing.html.j2", "Business"),
    o.QUIET.host: ("/", "listing.html.j2", "Quiet Post"),
    o.FARO.host: ("/feed/", "feed.xml.j2", "Portada"),
    o.GATE.host: ("/", "listing.html.j2", "Today"),
}


def _front(outlet: Outlet, path: str, template: str, heading: str, items: Sequence[Item]) -> Served:
    text = environment().get_template(template).render(outlet=outlet, heading=heading, items=items)
    headers = _XML if template.endswith(".xml.j2") else _HTML
    return Served(outlet.host, path, (Response(200, headers, text.encode()),))
