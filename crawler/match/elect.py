"""Texts to clusters: stars around elected texts, the same for every order of arrival.

A text joins the better-ranked pivot that it is one release with, of several the one with which it shares most
fingerprints; with none, it is a pivot itself. The outcome is defined by induction over the rank (a greedy maximal
independent set), so that it depends on the texts alone. When a text comes or goes, only those it can touch are
looked at again, better ranks first.

A person's word goes before the words. A text that is linked stands where the best-ranked text of its group stands,
and takes along what follows it; one that is kept apart from others follows none into their clusters. Both are told
by better-ranked texts alone, so that the induction holds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from crawler.match.verdict import is_borderline, judge
from crawler.rulings import LINKED, Doubt, Placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.match.verdict import Verdict
    from crawler.records import Sketch
    from crawler.rulings import Ruling


class Field(Protocol):
    """The texts among which the election is held. Ids sort by rank."""

    def text(self, text: int) -> Sketch | None:
        """The text of that id, or None where there is none."""

    def is_used(self, text: int) -> bool:
        """Whether a page still has this text."""

    def star(self, text: int) -> int | None:
        """The text that it follows by its words, itself where it follows none, None where it was never placed."""

    def pivot(self, text: int) -> int | None:
        """The pivot of the text's cluster; another one than its star's only where a person said so."""

    def candidates(self, sketch: Sketch) -> Sequence[int]:
        """Better-ranked texts that follow none and share enough with the text, most promising first."""

    def touched(self, sketch: Sketch) -> Iterable[int]:
        """Worse-ranked texts that the text, where it follows none, may attract or crowd out."""

    def place(self, sketch: Sketch, placed: Placed) -> None:
        """Put the text there."""

    def remove(self, sketch: Sketch) -> None:
        """Forget a text that no page has."""


def elect(
    field: Field, dirty: Iterable[int], rulings: Mapping[int, Ruling] = MappingProxyType({})
) -> Iterator[tuple[int, int | None, int | None]]:
    """Place the dirty texts and all that they touch, best rank first; `rulings` are what people said of some.

    Yields every text that was looked at with the pivot of its cluster before and after. A text whose ruling
    changed must be among the dirty ones.
    """
    bound = _bound(rulings)
    heap = list(set(dirty))
    heapq.heapify(heap)
    waiting = set(heap)
    while heap:
        text = heapq.heappop(heap)
        waiting.discard(text)
        before, after, touched = _settle(field, text, rulings.get(text), bound.get(text, ()))
        for other in touched:
            if other not in waiting:
                waiting.add(other)
                heapq.heappush(heap, other)
        yield text, before, after


def _bound(rulings: Mapping[int, Ruling]) -> dict[int, list[int]]:
    """For each text those that go by where it stands: they are worse-ranked, and a ruling names it."""
    bound: dict[int, list[int]] = defaultdict(list)
    for text, ruling in rulings.items():
        named = {other for other, _ in ruling.closed} | ({ruling.leader} if ruling.leader is not None else set())
        for other in named:
            if other < text:
                bound[other].append(text)
    return bound


def _settle(
    field: Field, text: int, ruling: Ruling | None, bound: Sequence[int]
) -> tuple[int | None, int | None, Iterable[int]]:
    """Place one text: its pivot before and after, and whom to look at again where that is another one."""
    sketch, star, before = field.text(text), field.star(text), field.pivot(text)
    if sketch is None:
        return before, None, ()
    placed = _best(field, sketch, ruling) if field.is_used(text) else None
    leads, moved = placed is not None and placed.star == text, placed is None or placed.pivot != before
    touched = set(bound if moved else ())
    if (star == text) != leads or (leads and moved):
        touched.update(field.touched(sketch))
    if placed is None:
        field.remove(sketch)
        return before, None, touched
    field.place(sketch, placed)
    return before, placed.pivot, touched


def _best(field: Field, sketch: Sketch, ruling: Ruling | None) -> Placed:
    """Where the text belongs: with whom people put it, else with the text that it shares most with, else alone."""
    closed = _closed(field, sketch, ruling)
    placed = Placed(sketch.id, sketch.id, "stands for itself")
    doubts: list[tuple[int, Doubt]] = []
    for candidate in field.candidates(sketch):
        other, pivot = field.text(candidate), field.pivot(candidate)
        if other is None or pivot is None or pivot in closed:
            continue
        verdict = judge(sketch, other)
        if is_borderline(verdict):
            doubts.append((pivot, _doubt(candidate, verdict)))
        if verdict.same:
            placed = Placed(candidate, pivot, verdict.why)
            break
    sure = placed.star != sketch.id and not (doubts and doubts[-1][1].same)
    placed = _as_told(field, placed, ruling, closed)
    if sure or placed.why == LINKED:  # then nobody has to be asked about the others
        return placed
    return replace(placed, doubts=tuple(d for pivot, d in doubts if d.same == (pivot == placed.pivot)))


def _as_told(field: Field, placed: Placed, ruling: Ruling | None, closed: Mapping[int, int]) -> Placed:
    """The place by the words, or the one that a person gave."""
    if ruling is not None and ruling.leader is not None:
        pivot = field.pivot(ruling.leader)
        if pivot is not None and closed.get(pivot, 0) < ruling.since:
            return replace(placed, pivot=pivot, why=LINKED)
    return placed


def _doubt(candidate: int, verdict: Verdict) -> Doubt:
    return Doubt(
        candidate,
        verdict.same,
        verdict.margin,
        verdict.cover_a,
        verdict.cover_b,
        verdict.agree,
        verdict.conflict,
        verdict.why,
    )


def _closed(field: Field, sketch: Sketch, ruling: Ruling | None) -> dict[int, int]:
    """The pivots whose clusters are closed to the text, with the number of the newest overrule that says so."""
    closed: dict[int, int] = {}
    for other, n in ruling.closed if ruling is not None else ():
        pivot = field.pivot(other) if other < sketch.id else None
        if pivot is not None:
            closed[pivot] = max(n, closed.get(pivot, 0))
    return closed
