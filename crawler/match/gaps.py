"""What stands between the passages of two aligned texts: words touched up, other text, other names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.match import thresholds as t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.match.align import Alignment


@dataclass(frozen=True, slots=True)
class Gaps:
    """What differs between the first passage and the last, where words of one text stand for words of the other.

    `touched`: places of a few words, as an editor changes them. `replaced`: the tokens in longer ones, other
    text in the same place. What one text has and the other has not counts as neither. `renamed`: of the words
    that one text has there again and again and the other nowhere, as many as the other has likewise: two texts
    of one form about two things. An editor may put a word for another, but seldom the same for the same all
    through a text.
    """

    touched: int
    replaced: int
    renamed: int


def look_between(a: Sequence[str], b: Sequence[str], found: Alignment) -> Gaps:
    """Measure the gaps of an alignment. Symmetric."""
    touched = replaced = 0
    ours: list[str] = []
    theirs: list[str] = []
    for one, following in zip(found.passages, found.passages[1:], strict=False):
        mine = a[one.a + one.length : following.a]
        its = b[one.b + one.length : following.b]
        for_others = min(len(mine), len(its))
        if for_others > t.GAP:
            replaced += for_others
        else:
            touched += for_others > 0
        if for_others and max(len(mine), len(its)) <= t.NAME:
            ours += mine
            theirs += its
    return Gaps(touched, replaced, min(_own(ours, b), _own(theirs, a)))


def _own(changed: Sequence[str], other: Sequence[str]) -> int:
    """How many of the changed words come again and again and are nowhere in the other text; figures apart."""
    foreign = set(changed).difference(other)
    times = Counter(word for word in changed if word in foreign and not word[0].isdigit())
    return sum(count for count in times.values() if count > 1)
