"""A copy and its release to a relation, with the coverage of either by the other and a reason for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.match import thresholds as t
from crawler.match.align import align

if TYPE_CHECKING:
    from crawler.match.align import Alignment
    from crawler.records import Relation


def relate(copy: tuple[str, ...], release: tuple[str, ...]) -> tuple[Relation, Alignment]:
    """How a copy's text relates to the release's: by shares of tokens (crawler.match.thresholds).

    `verbatim`: nearly all of either, and no line left out nor word put for another. `truncated`: the copy is the
    beginning. `excerpt`: the copy is parts of it, word for word. `expanded`: the release stands inside a longer
    text. `edited`: most of either, changed. `paraphrase`: less than that.
    """
    found = align(copy, release)
    mine, its = found.cover_a, found.cover_b
    relation: Relation
    if mine >= t.VERBATIM and its >= t.VERBATIM:
        relation = _whole(found)
    elif mine >= t.WHOLE and its < t.VERBATIM:
        relation = _part(found)
    elif its >= t.WHOLE:
        relation = "expanded"
    elif min(mine, its) >= t.MOST or mine >= t.PART:
        relation = "edited"
    else:
        relation = "paraphrase"
    return relation, found


def _whole(found: Alignment) -> Relation:
    """What a copy is that has nearly all of the release and little else."""
    if _changed_places(found):
        return "edited"
    gaps = zip(found.passages, found.passages[1:], strict=False)
    return "excerpt" if any(b.b - a.b - a.length > t.GAP for a, b in gaps) else "verbatim"


def _part(found: Alignment) -> Relation:
    """Which part of the release a copy is whose words are nearly all the release's."""
    last = found.passages[-1]
    reached = last.b + last.length
    if 1000 * found.shared >= t.VERBATIM * reached and reached < found.length_b:
        return "truncated"
    changed = found.cover_a < t.VERBATIM or _changed_places(found) > 1 + len(found.passages) // t.A_CHANGE_IN
    return "edited" if changed and found.cover_b >= t.MOST else "excerpt"


def _changed_places(found: Alignment) -> int:
    """Places where a few words of the copy stand for a few others of the release."""
    places = 0
    for one, following in zip(found.passages, found.passages[1:], strict=False):
        ours = following.a - one.a - one.length
        theirs = following.b - one.b - one.length
        places += 0 < ours <= t.GAP and 0 < theirs <= t.GAP
    return places
