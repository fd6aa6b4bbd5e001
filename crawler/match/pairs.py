"""Two clean texts to pairs of sentences that say the same, in the order of the release."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import LCSseq

from crawler.match import thresholds as t
from crawler.match.tokens import to_symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.match.parts import Mark, Sentence

_ALIKE: Final = 0.8
"""Share of marks in common (Dice) at which a sentence that stands elsewhere is the same one."""

_HALF: Final = 0.5
"""The same, at which one that stands in the same place is."""

_MOST: Final = 4_000
"""Pairs of sentences that are tried for that."""


class Place(NamedTuple):
    """From where to where something stands in a text, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Sentences of the copy and of the release that belong together; one side may be empty.

    `equal`: lines that are the same character by character, and were not read any further.
    """

    copy: Place | None
    release: Place | None
    copy_marks: tuple[Mark, ...] = ()
    release_marks: tuple[Mark, ...] = ()
    equal: bool = False


def pair_lines(
    copy: str, release: str, copy_lines: Sequence[Place], release_lines: Sequence[Place]
) -> list[tuple[int, int]]:
    """The lines that are equal, by number: those in order first, then those that moved."""
    ours = tuple(copy[start:end] for start, end in copy_lines)
    theirs = tuple(release[start:end] for start, end in release_lines)
    found = [
        (step.src_start + n, step.dest_start + n)
        for step in LCSseq.opcodes(*to_symbols(ours, theirs))
        if step.tag == "equal"
        for n in range(step.src_end - step.src_start)
    ]
    left: defaultdict[str, list[int]] = defaultdict(list)
    paired = {b for _, b in found}
    for n, line in enumerate(theirs):
        if n not in paired:
            left[line].append(n)
    paired = {a for a, _ in found}
    found += [(n, left[line].pop(0)) for n, line in enumerate(ours) if n not in paired and left.get(line)]
    return found


def pair_sentences(copy: Sequence[Sentence], release: Sequence[Sentence]) -> list[Pair]:
    """The sentences in pairs: each with those of the other text that have half of its marks, or half of theirs."""
    groups = _Groups(len(copy), len(release))
    for (a, b), shared in _overlaps(copy, release).items():
        if 2 * shared >= min(len(copy[a].marks), len(release[b].marks)):
            groups.join(a, b)
    _join_facing(groups, copy, release)
    _join_moved(groups, copy, release)
    return [
        Pair(
            _place([copy[n] for n in ours]),
            _place([release[n] for n in theirs]),
            tuple(mark for n in ours for mark in copy[n].marks),
            tuple(mark for n in theirs for mark in release[n].marks),
        )
        for ours, theirs in groups.sorted()
    ]


def in_order(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """The pairs as one reads the release; what the copy alone has comes behind what it stands behind there."""
    added: defaultdict[Place | None, list[Pair]] = defaultdict(list)
    known = list(pairs)
    last: Place | None = None
    for pair in sorted((pair for pair in known if pair.copy), key=lambda pair: pair.copy or (0, 0)):
        if pair.release is None:
            added[last].append(pair)
        else:
            last = pair.release
    ordered = list(added[None])
    for pair in sorted((pair for pair in known if pair.release), key=lambda pair: pair.release or (0, 0)):
        ordered += (pair, *added.get(pair.release, ()))
    return tuple(ordered)


class _Groups:
    """Which sentences were joined. A sentence that stands between two of one group belongs to it too."""

    def __init__(self, copies: int, releases: int) -> None:
        self._copies = copies
        self._parent = list(range(copies + releases))

    def join(self, a: int, b: int) -> None:
        """Put a sentence of the copy and one of the release together."""
        self._parent[self._root(self._copies + b)] = self._root(a)

    def neighbours(self, n: int, *, of_copy: bool) -> tuple[int, int]:
        """The groups of the sentences before and behind one; -1 where its text begins or ends."""
        first, end = (0, self._copies) if of_copy else (self._copies, len(self._parent))
        before, behind = first + n - 1, first + n + 1
        return self._root(before) if before >= first else -1, self._root(behind) if behind < end else -1

    def alone(self) -> tuple[list[int], list[int]]:
        """The sentences of either text that were not joined."""
        counts = Counter(map(self._root, range(len(self._parent))))
        lone = [n for n in range(len(self._parent)) if counts[self._root(n)] == 1]
        return [n for n in lone if n < self._copies], [n - self._copies for n in lone if n >= self._copies]

    def sorted(self) -> list[tuple[list[int], list[int]]]:
        """The groups, each as the numbers of its sentences in either text."""
        self._fill(0, self._copies)
        self._fill(self._copies, len(self._parent))
        found: defaultdict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for n in range(len(self._parent)):
            mine = found[self._root(n)]
            if n < self._copies:
                mine[0].append(n)
            else:
                mine[1].append(n - self._copies)
        return list(found.values())

    def _fill(self, start: int, end: int) -> None:
        lone = {*self.alone()[0], *(n + self._copies for n in self.alone()[1])}
        if not lone:
            return
        spans: dict[int, tuple[int, int]] = {}
        for n in range(start, end):
            if n not in lone:
                first, _ = spans.get(self._root(n), (n, n))
                spans[self._root(n)] = (first, n)
        for root, (first, last) in spans.items():
            for n in range(first + 1, last):
                if n in lone:
                    self._parent[n] = root

    def _root(self, n: int) -> int:
        while self._parent[n] != n:
            self._parent[n] = self._parent[self._parent[n]]
            n = self._parent[n]
        return n


def _overlaps(copy: Sequence[Sentence], release: Sequence[Sentence]) -> Counter[tuple[int, int]]:
    """How many marks two sentences share, in runs that are no chance, where the texts are aligned as a whole."""
    ours = [n for n, sentence in enumerate(copy) for _ in sentence.marks]
    theirs = [n for n, sentence in enumerate(release) for _ in sentence.marks]
    found: Counter[tuple[int, int]] = Counter()
    if not ours or not theirs:
        return found
    symbols = to_symbols(_symbols(copy), _symbols(release))
    for step in LCSseq.opcodes(*symbols):
        if step.tag != "equal" or step.src_end - step.src_start < t.RUN:
            continue
        for a, b in zip(ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end], strict=True):
            found[a, b] += 1
    return found


def _symbols(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    return tuple(mark.symbol for sentence in sentences for mark in sentence.marks)


def _join_facing(groups: _Groups, copy: Sequence[Sentence], release: Sequence[Sentence]) -> None:
    """Join sentences that are left alone in the same place of either text, where half of their marks agree."""
    ours, theirs = groups.alone()
    between = {groups.neighbours(b, of_copy=False): b for b in theirs}
    facing = [(a, between[beside]) for a in ours if (beside := groups.neighbours(a, of_copy=True)) in between]
    for a, b in facing:
        if _share(copy[a], release[b]) >= _HALF:
            groups.join(a, b)


def _share(one: Sentence, other: Sentence) -> float:
    """The marks that two sentences have in common, as a share of all that they have (Dice)."""
    a, b = (Counter(_symbols([sentence])) for sentence in (one, other))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _join_moved(groups: _Groups, copy: Sequence[Sentence], release: Sequence[Sentence]) -> None:
    """Join sentences that are left and the same, or nearly so, wherever they stand."""
    ours, theirs = groups.alone()
    equal: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for b in theirs:
        equal[_symbols([release[b]])].append(b)
    for a in ours:
        same = equal.get(_symbols([copy[a]]))
        if same:
            groups.join(a, same.pop(0))
    ours, theirs = groups.alone()
    if len(ours) * len(theirs) > _MOST:
        return
    for a in ours:
        share, b = max(((_share(copy[a], release[b]), -b) for b in theirs), default=(0.0, 0))
        if share >= _ALIKE:
            groups.join(a, -b)
            theirs.remove(-b)


def _place(sentences: Sequence[Sentence]) -> Place | None:
    return Place(sentences[0].start, sentences[-1].end) if sentences else None
