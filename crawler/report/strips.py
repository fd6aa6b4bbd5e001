"""Coverage strips: which passages of a release a copy has, and in what order, as places on two lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.export.comparison import Held


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that both texts have: where it begins and how long it is in either, in per mille of the text."""

    release: float
    release_length: float
    copy: float
    copy_length: float


def strip(held: Held) -> tuple[Piece, ...]:
    """The passages of a copy in the order of its release; neighbours that stand alike in both are one piece."""
    if held.standing == "itself":
        return (Piece(0, 1000, 0, 1000),)
    if held.comparison is None or held.its is None:
        return ()
    of_release, of_copy = 1000 / max(1, len(held.its.text)), 1000 / max(1, len(held.mine.text))
    found: list[tuple[int, int, int, int]] = []
    for same in sorted(held.comparison.passages, key=lambda same: (same.release.start, same.copy.start)):
        one = (same.release.start, same.release.end, same.copy.start, same.copy.end)
        if found and _goes_on(found[-1], one):
            one = (found[-1][0], one[1], found[-1][2], one[3])
            found.pop()
        found.append(one)
    return tuple(
        Piece(
            round(start * of_release, 1),
            round((end - start) * of_release, 1),
            round(its * of_copy, 1),
            round((its_end - its) * of_copy, 1),
        )
        for start, end, its, its_end in found
    )


def _goes_on(before: tuple[int, int, int, int], one: tuple[int, int, int, int]) -> bool:
    """Whether nothing but a blank or a mark lies between two passages, in both texts."""
    return 0 <= one[0] - before[1] <= 2 and 0 <= one[2] - before[3] <= 2
