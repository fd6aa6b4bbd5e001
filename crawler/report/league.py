"""The outlets beside each other: what each carries, how whole, how honest about the source, how soon, how long."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from crawler.report.timeline import trace
from crawler.report.wording import bare, find_host, is_web

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.report.gather import Carrier, Story

MOST_RELEASES: Final = 60
MOST_OUTLETS: Final = 24
"""Rows and columns of the matrix that are shown."""

MOST_COUNTED: Final = 12
_RANK: Final = ("verbatim", "edited", "expanded", "truncated", "excerpt", "translation")
"""Relations, from the one that shows most of a release."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One family. Shares are per mille of its copies; `whole` is the median share of the release that they show.

    `extra`: blocks removed from each copy on average; `independent`: copies that it has from the origin or a wire
    itself, as far as is known; `lag`: median hours behind a release's first copy.
    """

    family: str
    copies: int
    releases: int
    whole: int
    attributed: int
    linked: int
    headline: int
    figures: int
    extra: float
    independent: int
    lag: float | None
    gone: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which outlet carries which release, and how: its most complete relation, and how many copies.

    `cells` has for each release one entry for each family, None where it does not carry it. What does not fit is
    counted in `more_releases` and `more_outlets`.
    """

    families: tuple[str, ...]
    rows: tuple[tuple[Story, tuple[tuple[str, int] | None, ...]], ...]
    more_releases: int
    more_outlets: int


def rank(stories: Sequence[Story]) -> tuple[Outlet, ...]:
    """The outlets, those that carry most releases first."""
    copies: dict[str, list[Carrier]] = defaultdict(list)
    releases: Counter[str] = Counter()
    lags: dict[str, list[float]] = defaultdict(list)
    for story in stories:
        for copy in story.copies:
            copies[copy.family].append(copy)
        releases.update({copy.family for copy in story.copies})
        line = trace(story.copies, story.published_at)
        for each in line.appearances if line else ():
            lags[each.carrier.family].append(each.hours)
    found = [_outlet(family, its, releases[family], lags[family]) for family, its in copies.items()]
    return tuple(sorted(found, key=lambda each: (-each.releases, -each.copies, each.family)))


def lay_matrix(stories: Sequence[Story], outlets: Sequence[Outlet]) -> Matrix:
    """The releases with most copies against the outlets with most releases."""
    carried = [story for story in stories if story.copies]
    families = tuple(outlet.family for outlet in outlets[:MOST_OUTLETS])
    rows = []
    for story in carried[:MOST_RELEASES]:
        mine: dict[str, list[str]] = defaultdict(list)
        for copy in story.copies:
            mine[copy.family].append(copy.relation)
        cells = tuple(
            (min(mine[family], key=_place), len(mine[family])) if family in mine else None for family in families
        )
        rows.append((story, cells))
    return Matrix(
        families,
        tuple(rows),
        max(0, len(carried) - MOST_RELEASES),
        max(0, len(outlets) - MOST_OUTLETS),
    )


def count_rules(stories: Sequence[Story]) -> tuple[tuple[str, int], ...]:
    """The rules that cut most, with how many blocks."""
    return _most(Counter(_summed((f"{cut.role} by {cut.rule}", cut.blocks) for s in stories for cut in s.cuts)))


def count_languages(stories: Sequence[Story]) -> tuple[tuple[str, int], ...]:
    """The languages of the releases, with how many."""
    return _most(Counter(story.language or "not known" for story in stories))


def count_issuers(stories: Sequence[Story]) -> tuple[tuple[str, int], ...]:
    """Who issued the releases, with how many."""
    return _most(Counter(name_issuer(story) for story in stories))


def count_wires(stories: Sequence[Story]) -> tuple[tuple[str, int], ...]:
    """The wires that sent the releases out, with how many; a release that several sent counts for each."""
    return _most(Counter(wire for story in stories for wire in name_wires(story)))


def name_issuer(story: Story) -> str:
    """Who issued a release: the scheme of its origin's ids, or the outlet of its origin's page.

    A wire's id says who sent a release out, not who issued it.
    """
    if story.key and story.url not in story.wire_urls:
        return story.key.partition(":")[0]
    return next((page.family for page in story.own if page.relation == "origin"), "not known")


def name_wires(story: Story) -> tuple[str, ...]:
    """The wires that sent a release out: by name where a page of theirs was captured, else by the host."""
    captured = {page.host: page.family for page in story.own if page.relation == "wire"}
    named = (find_host(url) for url in story.wire_urls if is_web(url))
    return tuple(sorted({*captured.values(), *(captured.get(host, bare(host)) for host in named)}))


def is_independent(copy: Carrier) -> bool:
    """Whether a copy has its text from the origin or a wire itself, as far as is known."""
    return copy.parent is not None and copy.parent.kind in {"origin", "wire"}


def _summed(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, number in counted:
        total[name] += number
    return total


def _most(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:MOST_COUNTED])


def _outlet(family: str, copies: list[Carrier], releases: int, lags: list[float]) -> Outlet:
    def without(kind: str) -> int:
        return 1000 * sum(kind not in copy.differences for copy in copies) // len(copies)

    return Outlet(
        family=family,
        copies=len(copies),
        releases=releases,
        whole=int(median(copy.cover_release for copy in copies)),
        attributed=without("attribution-dropped"),
        linked=without("link-dropped"),
        headline=1000 - without("headline"),
        figures=sum(copy.differences.get("number", 0) for copy in copies),
        extra=round(sum(copy.removed for copy in copies) / len(copies), 1),
        independent=sum(map(is_independent, copies)),
        lag=round(median(lags), 1) if lags else None,
        gone=sum(copy.missing_since is not None for copy in copies),
    )


def _place(relation: str) -> int:
    return _RANK.index(relation) if relation in _RANK else len(_RANK)
