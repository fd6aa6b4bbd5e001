"""Two texts to a verdict: one release or not, by what they say and which keys they name. Symmetric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.match import thresholds as t
from crawler.match.align import align
from crawler.match.sketch import HINT, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.match.align import Alignment
    from crawler.records import Sketch


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two texts are one release. Coverages are per mille of the tokens of either side."""

    same: bool
    cover_a: int
    cover_b: int
    agree: int
    conflict: int
    why: str


def judge(a: Sketch, b: Sketch) -> Verdict:
    """Whether two texts are one release.

    A key in common needs little text. Without one the lead decides: the news of a release stands in its first
    paragraphs and what an issuer repeats at the end, so that two texts are one where their leads are, and two
    where they only close alike. One text may be a part of the other, if both begin alike (a teaser inside a page
    begins elsewhere) or have an item id in common. Different keys, or different figures where the sentences align,
    keep texts apart whatever else they share.
    """
    found = align(tuple(a.words.split(" ")), tuple(b.words.split(" ")))
    cover_a, cover_b = found.cover_a, found.cover_b
    named, against = _compare_keys(names(a.keys), names(b.keys), min(cover_a, cover_b))
    figures_differ = _figures_differ(found)
    if named:
        same, why = max(cover_a, cover_b) >= t.NAMED, f"both name {named}"
    elif against:
        same, why = False, against
    elif found.shared < t.ENOUGH:
        same, why = False, f"{found.shared} words in common"
    else:
        alike = _alike(found, sorted(set(a.keys) & set(b.keys)))
        same, why = alike is not None and not figures_differ, alike or "their leads tell different news"
    if figures_differ and not named:
        why = f"{why}, but {found.conflict} of {found.conflict + found.agree} figures differ"
    return Verdict(same, cover_a, cover_b, found.agree, found.conflict, why)


def _compare_keys(a: Sequence[str], b: Sequence[str], low: int) -> tuple[str | None, str | None]:
    """The key in common; else, where both name keys of one scheme, the contradiction."""
    common = sorted(set(a) & set(b))
    if common:
        return common[0], None
    schemes = {key.partition(":")[0] for key in a} & {key.partition(":")[0] for key in b}
    if schemes and low < t.RESENT:
        return None, f"they name different keys ({a[0]}, {b[0]})"
    return None, None


def _figures_differ(found: Alignment) -> bool:
    figures = found.agree + found.conflict
    return found.conflict >= t.FIGURES and 1000 * found.agree < t.AGREEMENT * figures


def _alike(found: Alignment, items: Sequence[str]) -> str | None:
    """In which way two texts tell the same news, or None; `items` are the item ids that both have."""
    low, high = sorted((found.cover_a, found.cover_b))
    lead_low, lead_high = sorted((found.lead_a, found.lead_b))
    if low >= t.ALIKE and lead_low >= t.ALIKE_LEAD:
        return "nearly all of either text is the other's"
    within = high >= t.WITHIN and low >= t.WITHIN_OTHER
    if within and lead_high >= t.WITHIN_LEAD and lead_low >= t.WITHIN_LEAD_OTHER:
        return "one text is the other with a lead of its own"
    if low >= t.HALF and lead_high >= t.HALF_LEAD and lead_low >= t.HALF_LEAD_OTHER:
        return "they have the lead and half of their words in common"
    contained = found.lead_a if found.cover_a >= found.cover_b else found.lead_b
    begin = any(passage.a <= t.HEAD and passage.b <= t.HEAD for passage in found.passages)
    if high >= t.PART_OF and contained >= t.PART_LEAD and (begin or items):
        how = "both begin alike" if begin else f"both have {items[0].removeprefix(HINT)}"
        return f"one text is a part of the other, and {how}"
    return None
