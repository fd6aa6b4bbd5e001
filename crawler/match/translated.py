"""Which releases say the same in two languages: candidates by vectors, decided by what a translator leaves alone.

A vector only proposes. Two releases are linked where each is by far the nearest that the other has in its
language, the figures agree, and something else speaks for it; where part of that is missing, a person is asked.
They are linked, never merged: a translation is a release of its own. The outcome follows from the set of stories.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.match import thresholds as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_FIGURE = re.compile(r"\d(?:[\d.,]*\d)")
_NAME = re.compile(r"(?<![A-Za-zÀ-ɏ])[A-Z][A-Za-z]{2,}(?![A-Za-zÀ-ɏ])")
_FAR: Final = frozenset({"ar", "ja", "ko", "th", "zh"})
"""Languages whose vectors lie farther from the others'."""

SPOKEN: Final = frozenset(
    {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"}
)
"""Languages that the encoder knows; of others nothing is said."""

LEAST: Final = 80
"""Characters of a text that are enough to compare; less is a notice."""

LEAD: Final = 600
"""Characters of the text that stand for it, behind its title."""


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster as the comparison sees it. `vector` is of title and lead, in whole numbers, so that every order of
    summing gives one cosine; `day` is `2026-05-11`.
    """

    cluster: str
    language: str
    day: str
    key: str | None
    family: str
    url: str
    text: str
    links: frozenset[str]
    vector: bytes


@dataclass(frozen=True, slots=True)
class Translation:
    """Two clusters that say the same in two languages; `of` is the one that has a key, else the earlier one.

    `sure`: linked; else a person should look. Shares are per mille.
    """

    cluster: str
    of: str
    sure: bool
    cosine: int
    margin: int
    figures: int
    evidence: tuple[str, ...]


def primary(language: str) -> str:
    """The language without its region or script.

    >>> primary("zh-Hans"), primary("en")
    ('zh', 'en')
    """
    return language.partition("-")[0].lower()


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar: pages say all kinds of things.

    >>> is_day("2026-05-11"), is_day("2026-02-30")
    (True, False)
    """
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def opposite(days: Sequence[tuple[str, str]]) -> list[bool]:
    """For each (language, day) whether another language has something within the days that are compared."""
    there: dict[str, set[int]] = defaultdict(set)
    for language, day in days:
        there[language].add(_ordinal(day))
    near = {
        language: {at + step for at in found for step in range(-t.DAYS_APART, t.DAYS_APART + 1)}
        for language, found in there.items()
    }
    return [any(_ordinal(day) in near[other] for other in near if other != language) for language, day in days]


def translations(stories: Sequence[Story]) -> tuple[Translation, ...]:
    """Every pair of stories in two languages that are each other's nearest, as linked or as to be looked at."""
    shelves = {
        language: _Shelf([story for story in stories if story.language == language])
        for language in sorted({story.language for story in stories})
    }
    nearest = {
        (story.cluster, language): found
        for story in stories
        for language, shelf in shelves.items()
        if language != story.language and (found := shelf.nearest(story)) is not None
    }
    pairs = []
    for story in sorted(stories, key=lambda story: story.cluster):
        for language in shelves:
            found = nearest.get((story.cluster, language))
            if found is None or found.story.cluster < story.cluster or found.cosine < _least(story, found.story):
                continue
            back = nearest[found.story.cluster, story.language]
            if back.story.cluster == story.cluster:
                pairs.append(_compare(story, found.story, min(found.margin, back.margin), found.cosine))
    return tuple(pairs)


@dataclass(frozen=True, slots=True)
class _Near:
    story: Story
    margin: int
    cosine: int


class _Shelf:
    """The stories of one language, by day."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self._stories = sorted(stories, key=lambda story: (story.day, story.cluster))
        self._days = np.array([_ordinal(story.day) for story in self._stories])
        self._vectors = np.stack([_numbers(story) for story in self._stories])
        self._lengths = np.sqrt((self._vectors * self._vectors).sum(axis=1, dtype=np.float64))

    def nearest(self, story: Story) -> _Near | None:
        """The story nearest to one of another language, of those near in time; None where there is none.

        Products of whole numbers as small as these are exact, in whatever order they are summed.
        """
        day = _ordinal(story.day)
        start, end = np.searchsorted(self._days, (day - t.DAYS_APART, day + t.DAYS_APART + 1))
        if start == end:
            return None
        mine = _numbers(story)
        length = np.sqrt((mine * mine).sum(dtype=np.float64))
        products = (self._vectors[start:end] @ mine).astype(np.float64)
        cosines = np.floor(1000 * products / np.maximum(self._lengths[start:end] * length, 1)).astype(np.int64)
        ranked = np.argsort(-cosines, kind="stable")[:2]  # of equal ones the earlier, for every order of arrival
        best = int(cosines[ranked[0]])
        second = int(cosines[ranked[1]]) if len(ranked) > 1 else 0
        return _Near(self._stories[int(start + ranked[0])], best - second, best)


def _numbers(story: Story) -> NDArray[np.float32]:
    return np.frombuffer(story.vector, dtype=np.int8).astype(np.float32)


def _compare(one: Story, other: Story, margin: int, cosine: int) -> Translation:
    figures = _share(_figures(one.text), _figures(other.text))
    evidence = tuple(_evidence(one, other))
    sure = margin >= t.SECOND and figures >= t.SAME_FIGURES and bool(evidence)
    of, later = sorted((one, other), key=lambda story: (story.key is None, story.day, story.cluster))
    return Translation(later.cluster, of.cluster, sure, cosine, margin, figures, evidence)


def _evidence(one: Story, other: Story) -> Iterator[str]:
    """What else says that they are one story."""
    if one.key is not None and one.key == other.key:
        yield f"both name {one.key}"
    if one.family == other.family:
        yield f"both are on {one.family}"
    if one.url in other.links or other.url in one.links:
        yield "one links to the other"
    shared = sorted(_names(one.text) & _names(other.text))
    if len(shared) >= t.SAME_NAMES:
        yield f"both have the names {', '.join(shared[:8])}"


def _names(text: str) -> frozenset[str]:
    """The words in Latin letters with a capital, folded; letters of other scripts may touch them."""
    return frozenset(found.lower() for found in _NAME.findall(text))


def _figures(text: str) -> frozenset[str]:
    """The figures of two digits and more, without what parts thousands and decimals."""
    return frozenset(found.replace(",", "").replace(".", "") for found in _FIGURE.findall(text))


def _share(one: frozenset[str], other: frozenset[str]) -> int:
    """The share of the fewer figures that the other text has too; 0 where there are too few to tell."""
    least = min(len(one), len(other))
    return 1000 * len(one & other) // least if least >= t.FIGURES else 0


def _least(one: Story, other: Story) -> int:
    return t.NEAR_FAR if {one.language, other.language} & _FAR else t.NEAR


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
