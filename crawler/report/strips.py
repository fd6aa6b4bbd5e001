"""Coverage strips: which passages of a release a copy has, and in what order, as places on two lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.match.differences import find_passages
from storage import compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.export.comparison import Held
    from crawler.match.differences import Same
    from storage.rows import CopyRow


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that both texts have: where it begins and how long it is in either, in per mille of the text."""

    release: float
    release_length: float
    copy: float
    copy_length: float


WHOLE: Final = (Piece(0, 1000, 0, 1000),)
"""The strip of a copy that is the text that the others are held against."""


def strip(held: Held) -> tuple[Piece, ...]:
    """The strip of a copy that was held against its release; empty where there is none."""
    if held.standing == "itself":
        return WHOLE
    if held.comparison is None or held.its is None:
        return ()
    return _lay(held.comparison.passages, len(held.mine.text), len(held.its.text))


def draw_strips(connection: Connection, cluster: str, most: int) -> dict[str, tuple[Piece, ...]]:
    """The strips of a release's first copies by address, by capture; equal texts are held against it once."""
    texts = compared.texts_against(connection, cluster, most)
    drawn: dict[tuple[str, str], tuple[Piece, ...]] = {}
    strips: dict[str, tuple[Piece, ...]] = {}
    for capture, mine, its in texts:
        if (mine, its) not in drawn:
            drawn[mine, its] = _draw(mine, its)
        strips[capture] = drawn[mine, its]
    return strips


def draw_strip(connection: Connection, copy: CopyRow) -> tuple[Piece, ...]:
    """The strip of one copy; empty where it was held against nothing."""
    against = copy.match.against if copy.match else None
    its = compared.read_texts(connection, [against]).get(against) if against else None
    return _draw(copy.text, its) if its is not None else ()


def _draw(mine: str, its: str) -> tuple[Piece, ...]:
    return WHOLE if mine == its else _lay(find_passages(mine, its), len(mine), len(its))


def _lay(passages: Sequence[Same], mine: int, its: int) -> tuple[Piece, ...]:
    """The passages of texts of that length in the release's order; neighbours that stand alike in both are one."""
    of_release, of_copy = 1000 / max(1, its), 1000 / max(1, mine)
    found: list[tuple[int, int, int, int]] = []
    for same in sorted(passages, key=lambda same: (same.release.start, same.copy.start)):
        one = (same.release.start, same.release.end, same.copy.start, same.copy.end)
        if found and _goes_on(found[-1], one):
            one = (found[-1][0], one[1], found[-1][2], one[3])
            found.pop()
        found.append(one)
    return tuple(
        Piece(
            round(start * of_release, 1),
            round((end - start) * of_release, 1),
            round(at * of_copy, 1),
            round((until - at) * of_copy, 1),
        )
        for start, end, at, until in found
    )


def _goes_on(before: tuple[int, int, int, int], one: tuple[int, int, int, int]) -> bool:
    """Whether nothing but a blank or a mark lies between two passages, in both texts."""
    return 0 <= one[0] - before[1] <= 2 and 0 <= one[2] - before[3] <= 2
