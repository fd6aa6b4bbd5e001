"""Two texts to a verdict: one release or not, by what they say and which keys they name. Symmetric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.match import thresholds as t
from crawler.match.align import align
from crawler.match.gaps import look_between
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
    words_a, words_b = tuple(a.words.split(" ")), tuple(b.words.split(" "))
    found = align(words_a, words_b)
    cover_a, cover_b = found.cover_a, found.cover_b
    named, against = _compare_keys(names(a.keys), names(b.keys), min(cover_a, cover_b))
    other_facts = _other_facts(found, words_a, words_b)
    if named:
        same = max(cover_a, cover_b) >= t.NAMED and max(found.lead_a, found.lead_b) >= t.NAMED_LEAD
        why = f"both name {named}"
    elif against:
        same, why = False, against
    elif found.shared < t.ENOUGH:
        same, why = False, f"{found.shared} words in common"
    else:
        alike = _alike(found, sorted(set(a.keys) & set(b.keys))) or _changed(found, words_a, words_b)
        same, why = alike is not None and other_facts is None, alike or "their leads tell different news"
    if other_facts and not named:
        why = f"{why}, but {other_facts}"
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


def _figures_differ(found: Alignment, agreement: int) -> bool:
    figures = found.agree + found.conflict
    return found.conflict >= t.FIGURES and 1000 * found.agree < agreement * figures


def _other_facts(found: Alignment, a: Sequence[str], b: Sequence[str]) -> str | None:
    """What tells two texts of one form about two things: figures that differ, or names throughout and a figure."""
    if _figures_differ(found, t.AGREEMENT):
        return f"{found.conflict} of {found.conflict + found.agree} figures differ"
    if found.conflict >= t.A_FIGURE and look_between(a, b, found).renamed >= t.NAMES:
        return "names differ all through, and figures"
    return None


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


def _changed(found: Alignment, a: Sequence[str], b: Sequence[str]) -> str | None:
    """In which way two texts tell the same news though a site changed one or either, or None.

    What parts a text that was touched up, added to or cut from one of another release in the same form is what
    stands between the passages: there other text in the same places, or another name again and again; here words
    put in, left out or changed one by one.
    """
    gaps = look_between(a, b, found)
    low, high = sorted((found.cover_a, found.cover_b))
    lead_low, lead_high = sorted((found.lead_a, found.lead_b))
    lead = lead_high >= t.LED and lead_low >= t.LED_OTHER
    allowed = (t.REPLACED_LED if lead else t.REPLACED) * found.shared + t.A_TOUCH * gaps.touched
    if (
        1000 * gaps.replaced > allowed
        or 1000 * gaps.renamed >= t.RENAMED * found.shared
        or _figures_differ(found, t.FEW_AGREE)
    ):
        return None
    if (
        low >= t.TOUCHED
        and high >= t.TOUCHED_OTHER
        and lead_low >= t.TOUCHED_LEAD
        and lead_high >= t.TOUCHED_OTHER
    ):
        return "they have one text, touched up or with other lines between"
    if high >= t.OPENING and _opens(found, gaps.touched):
        return "one text is the beginning of the other, below a line of its own"
    return None


def _opens(found: Alignment, touched: int) -> bool:
    """Whether the shorter text is the other's beginning in one piece, up to the shorter one's end.

    Two releases of one issuer often open with the same dozens of words, and then go on differently.
    """
    first, last = found.passages[0], found.passages[-1]
    if first.a > t.HEAD or first.b > t.HEAD:
        return False
    if found.length_a <= found.length_b:
        span, rest = last.b + last.length - first.b, found.length_a - last.a - last.length
    else:
        span, rest = last.a + last.length - first.a, found.length_b - last.b - last.length
    return 1000 * (found.shared + touched) >= t.IN_ONE * span and (rest <= t.REST or found.shared >= t.NO_OPENER)
