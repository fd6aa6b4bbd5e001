"""Two texts to matched passages: token alignment, with what agrees and what differs in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import LCSseq

from crawler.match import thresholds as t
from crawler.match.tokens import to_symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of equal tokens: where it starts in either text, and how long it is."""

    a: int
    b: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side. `agree` and `conflict` count figures in passages and in short gaps between them."""

    length_a: int
    length_b: int
    passages: tuple[Passage, ...]
    agree: int
    conflict: int

    @property
    def shared(self) -> int:
        """Tokens in common, in passages."""
        return sum(passage.length for passage in self.passages)

    @property
    def cover_a(self) -> int:
        """Share of the first text that the second has, per mille."""
        return 1000 * self.shared // max(1, self.length_a)

    @property
    def cover_b(self) -> int:
        """Share of the second text that the first has, per mille."""
        return 1000 * self.shared // max(1, self.length_b)

    @property
    def lead_a(self) -> int:
        """Share of the first text's lead that the second has, per mille."""
        return _lead(self.length_a, ((passage.a, passage.length) for passage in self.passages))

    @property
    def lead_b(self) -> int:
        """Share of the second text's lead that the first has, per mille."""
        return _lead(self.length_b, ((passage.b, passage.length) for passage in self.passages))


@lru_cache(maxsize=128)  # many copies have one text, and several stages ask the same of it
def align(a: tuple[str, ...], b: tuple[str, ...]) -> Alignment:
    """Align two texts token by token (longest common subsequence) and keep runs that are no chance."""
    symbols_a, symbols_b = to_symbols(a, b)
    passages: list[Passage] = []
    agree = conflict = at_a = at_b = 0
    for step in LCSseq.opcodes(symbols_a, symbols_b):
        if step.tag != "equal":  # what was left out and what was put in come one after the other: one gap
            continue
        conflict += _differ(a[at_a : step.src_start], b[at_b : step.dest_start])
        at_a, at_b = step.src_end, step.dest_end
        size = at_a - step.src_start
        if size >= t.RUN:
            passages.append(Passage(step.src_start, step.dest_start, size))
            agree += len(_figures(a[step.src_start : at_a]))
    conflict += _differ(a[at_a:], b[at_b:])
    return Alignment(len(a), len(b), tuple(passages), agree, conflict)


def _differ(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether a short gap between equal words holds other figures on either side."""
    if not (0 < len(ours) <= t.GAP and 0 < len(theirs) <= t.GAP):
        return False
    one, other = _figures(ours), _figures(theirs)
    return bool(one and other and one != other)


def _lead(length: int, runs: Iterable[tuple[int, int]]) -> int:
    lead = min(length, max(t.LEAD_LEAST, length // t.LEAD_SHARE))
    return 1000 * sum(max(0, min(lead, start + size) - start) for start, size in runs) // max(1, lead)


def _figures(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token[0].isdigit()]
