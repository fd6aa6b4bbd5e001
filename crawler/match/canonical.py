"""The text that stands for a release, put together from its witnesses, with the support of every line.

The origin's or the wire's own page speaks for itself. Where neither was captured, no single copy is trusted:
between two lines on which the copies agree, what most families show counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.match.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.records import Member

_AGREED = 2
"""Families that must show a line for the text to be anchored there."""

Line = tuple[str, ...]
"""A line as it is compared: its tokens."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """The text, and for each of its lines how many families show it, of those that could."""

    text: str
    supports: tuple[tuple[int, int], ...]


def reconstruct(base: Member, witnesses: Sequence[Member]) -> Canonical:
    """The release's text from the page that stands for it and the pages that carry the release.

    Start and end are the base's: a copy that was cut short must not cut the release. A family counts once, with
    its longest page. The outcome follows from the set of witnesses, not from their order.
    """
    shown = _shown([*witnesses, base])
    own = [(tuple(tokenise(line)), line) for line in base.text.split("\n") if line]
    if base.tier == "copy":
        own = list(_agreed(own, shown))
    supports = []
    for line, _ in own:
        having = sum(line in lines for lines in shown.values())
        supports.append((having, len(shown)))
    return Canonical("\n".join(text for _, text in own), tuple(supports))


def _shown(members: Sequence[Member]) -> dict[str, dict[Line, tuple[int, str]]]:
    """For each family the lines of its longest page, each with its place and wording, where it stands once."""
    longest: dict[str, Member] = {}
    for member in sorted(members, key=lambda m: (-len(m.words), m.text_id, m.capture)):
        longest.setdefault(member.family, member)
    shown = {}
    for family, member in sorted(longest.items()):
        lines = [(tuple(tokenise(line)), line) for line in member.text.split("\n") if line]
        counts = Counter(line for line, _ in lines)
        shown[family] = {line: (n, text) for n, (line, text) in enumerate(lines) if counts[line] == 1}
    return shown


def _agreed(
    own: Sequence[tuple[Line, str]], shown: Mapping[str, Mapping[Line, tuple[int, str]]]
) -> Iterator[tuple[Line, str]]:
    """The base's lines, those between two anchors replaced by what most families show there."""
    counts = Counter(line for line, _ in own)
    anchors = [
        n
        for n, (line, _) in enumerate(own)
        if counts[line] == 1 and sum(line in lines for lines in shown.values()) >= _AGREED
    ]
    if len(anchors) < _AGREED:
        yield from own
        return
    yield from own[: anchors[0] + 1]
    for one, other in pairwise(anchors):
        yield from _between(own[one : other + 1], shown)
        yield own[other]
    yield from own[anchors[-1] + 1 :]


def _between(
    passage: Sequence[tuple[Line, str]], shown: Mapping[str, Mapping[Line, tuple[int, str]]]
) -> tuple[tuple[Line, str], ...]:
    """What most families show between the ends of a passage; the passage's own where none does."""
    first, last, mine = passage[0][0], passage[-1][0], tuple(passage[1:-1])
    votes: Counter[tuple[Line, ...]] = Counter()
    wordings: dict[tuple[Line, ...], set[tuple[str, ...]]] = defaultdict(set)
    for lines in shown.values():
        if first not in lines or last not in lines:
            continue
        start, end = lines[first][0], lines[last][0]
        inside = sorted((n, line, text) for line, (n, text) in lines.items() if start < n < end)
        if end <= start or len(inside) != end - start - 1:
            continue  # the other way round, or with a line that stands twice: no witness for this passage
        run = tuple(line for _, line, _ in inside)
        votes[run] += 1
        wordings[run].add(tuple(text for _, _, text in inside))
    if any("http" in text or "www." in text for _, text in mine):
        return mine  # outlets strip links, and their number is no argument
    own = tuple(line for line, _ in mine)
    best = min(votes, key=lambda run: (-votes[run], run != own, run), default=own)
    if best == own or votes[best] <= votes[own]:
        return mine
    return tuple(zip(best, min(wordings[best]), strict=True))
