"""The copies of one release as witnesses of each other: which blocks they have, and in which order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from crawler.match.tokens import tokenise
from crawler.records import KEPT_ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Member

_RUN: Final = 4
_LONG: Final = 0.9
"""Share of the longest other copy's words that a copy without closing lines needs to count as whole."""

_MANY: Final = ""
"""Stands for several families: none has an empty name."""


class Witnesses:
    """What the pages of one release say of its blocks. Families count once; a page is no witness for its own.

    It answers from the set of members alone, whatever their order.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self.families = len({member.family for member in members})
        self._carriers: dict[int, set[str]] = defaultdict(set)
        self._next: dict[tuple[int | None, int | None], dict[str, int]] = defaultdict(dict)
        self._runs: dict[tuple[str, ...], str] | None = None
        self._whole: set[str] = set()
        self._length: dict[str, int] = defaultdict(int)
        for member in members:
            self._note(member)

    def _note(self, member: Member) -> None:
        kept = [s for s in member.sightings if s.role in KEPT_ROLES]
        chain = [s.hash for s in kept if s.role != "trailer"]
        weight = 1 if member.tier == "copy" else 2
        for one, following in zip([None, *chain], [*chain, None], strict=True):
            going = self._next[one, following]
            going[member.family] = max(weight, going.get(member.family, 0))
        for sighting in kept:
            self._carriers[sighting.hash].add(member.family)
        self._length[member.family] = max(self._length[member.family], sum(s.size for s in kept))
        if len(chain) < len(kept):
            self._whole.add(member.family)

    def carriers(self, block: int, family: str) -> int:
        """How many families but this one have the block in their text."""
        found = self._carriers.get(block)
        return 0 if found is None else len(found) - (family in found)

    def without(self, before: int | None, after: int | None, family: str) -> int:
        """How many other families go straight from one block to the other; None is the text's beginning or end.

        An origin's or a wire's page counts for two. A copy that ends early was cut there: at the end only those
        count that have closing lines, or are as long as any.
        """
        if before is None and after is None:
            return 0
        found = self._next.get((before, after), {})
        if after is None:
            long = _LONG * max((size for name, size in self._length.items() if name != family), default=0)
            found = {name: w for name, w in found.items() if name in self._whole or self._length[name] >= long}
        return sum(weight for name, weight in found.items() if name != family)

    def within(self, before: int | None, block: int, after: int | None, family: str) -> int:
        """How many other families have the block next to one of its neighbours here, counted as in `without`."""
        found: dict[str, int] = {}
        if before is not None:
            found |= self._next.get((before, block), {})
        if after is not None:
            found |= self._next.get((block, after), {})
        return sum(weight for name, weight in found.items() if name != family)

    def share(self, text: str, member: Member) -> float:
        """Share of the text's runs of four words that other families' texts have, however they are cut."""
        words = tokenise(text)
        runs = [words[at : at + _RUN] for at in range(max(1, len(words) - _RUN + 1))]
        known = self._known_runs()
        return sum(known.get(run, member.family) != member.family for run in runs) / len(runs)

    def _known_runs(self) -> dict[tuple[str, ...], str]:
        """The runs of four words of all texts, each with the family that has it."""
        if self._runs is None:
            self._runs = {}
            for member in self._members:
                words = tuple(member.words.split(" "))
                for at in range(len(words) - _RUN + 1):
                    run = words[at : at + _RUN]
                    if self._runs.setdefault(run, member.family) != member.family:
                        self._runs[run] = _MANY
        return self._runs
