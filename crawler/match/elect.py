"""Texts to clusters: stars around elected texts, the same for every order of arrival.

A text joins the better-ranked pivot that it is one release with, of several the one with which it shares most
fingerprints; with none, it is a pivot itself. The outcome is defined by induction over the rank (a greedy maximal
independent set), so that it depends on the texts alone. When a text comes or goes, only those it can touch are
looked at again, better ranks first.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Protocol

from crawler.match.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.records import Sketch


class Field(Protocol):
    """The texts among which the election is held. Ids sort by rank."""

    def text(self, text: int) -> Sketch | None:
        """The text of that id, or None where there is none."""

    def is_used(self, text: int) -> bool:
        """Whether a page still has this text."""

    def pivot(self, text: int) -> int | None:
        """The pivot that the text stands under, itself where it is one, None where it was never placed."""

    def candidates(self, sketch: Sketch) -> Sequence[int]:
        """Better-ranked pivots that share enough with the text, most promising first."""

    def touched(self, sketch: Sketch) -> Iterable[int]:
        """Worse-ranked texts that the text, as a pivot, may attract or crowd out."""

    def place(self, sketch: Sketch, pivot: int, why: str) -> None:
        """Put the text under the pivot."""

    def remove(self, sketch: Sketch) -> None:
        """Forget a text that no page has."""


def elect(field: Field, dirty: Iterable[int]) -> Iterator[tuple[int, int | None, int | None]]:
    """Place the dirty texts and all that they touch, best rank first.

    Yields every text that was looked at with its pivot before and after.
    """
    heap = list(set(dirty))
    heapq.heapify(heap)
    waiting = set(heap)
    while heap:
        text = heapq.heappop(heap)
        waiting.discard(text)
        before, after, touched = _settle(field, text)
        for other in touched:
            if other not in waiting:
                waiting.add(other)
                heapq.heappush(heap, other)
        yield text, before, after


def _settle(field: Field, text: int) -> tuple[int | None, int | None, Sequence[int]]:
    """Place one text: its pivot before and after, and whom to look at again where it became a pivot or is none."""
    sketch, before = field.text(text), field.pivot(text)
    if sketch is None:
        return before, None, ()
    placed = _best(field, sketch) if field.is_used(text) else None
    flips = (before == text) != (placed is not None and placed[0] == text)
    touched = tuple(field.touched(sketch)) if flips else ()
    if placed is None:
        field.remove(sketch)
        return before, None, touched
    field.place(sketch, *placed)
    return before, placed[0], touched


def _best(field: Field, sketch: Sketch) -> tuple[int, str]:
    """The pivot that the text is one release with and shares most with; the text itself where there is none."""
    for candidate in field.candidates(sketch):
        other = field.text(candidate)
        verdict = judge(sketch, other) if other is not None else None
        if verdict is not None and verdict.same:
            return candidate, verdict.why
    return sketch.id, "stands for itself"
