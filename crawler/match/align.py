"""Two texts to matched passages: token alignment, with what agrees and what differs in it."""

from __future__ import annotations

from dataclasses import dataclass
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


def align(a: tuple[str, ...], b: tuple[str, ...]) -> Alignment:
    """Align two texts token by token (longest common subsequence) and keep runs that are no chance."""
    symbols_a, symbols_b = to_symbols(a, b)
    passages: list[Passage] = []
    agree = conflict = 0
    for step in LCSseq.opcodes(symbols_a, symbols_b):
        size_a, size_b = step.src_end - step.src_start, step.dest_end - step.dest_start
        if step.tag == "equal":
            if size_a >= t.RUN:
                passages.append(Passage(step.src_start, step.dest_start, size_a))
                agree += len(_figures(a[step.src_start : step.src_end]))
        elif 0 < size_a <= t.GAP and 0 < size_b <= t.GAP:
            ours, theirs = _figures(a[step.src_start : step.src_end]), _figures(b[step.dest_start : step.dest_end])
            conflict += bool(ours and theirs and ours != theirs)
    return Alignment(len(a), len(b), tuple(passages), agree, conflict)


def _lead(length: int, runs: Iterable[tuple[int, int]]) -> int:
    lead = min(length, max(t.LEAD_LEAST, length // t.LEAD_SHARE))
    return 1000 * sum(max(0, min(lead, start + size) - start) for start, size in runs) // max(1, lead)


def _figures(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token[0].isdigit()]
