"""Two texts to a verdict: one release or not, by what they say and which keys they name. Symmetric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import LCSseq

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
    """Whether two texts are one release. Coverages are per mille of the tokens of either side.

    `margin` is how far the share that decided is above what it takes, from 0 at the threshold to 1000 where all is
    the other's; below it, down to -1000. Near 0 another few words would have decided otherwise.
    """

    same: bool
    cover_a: int
    cover_b: int
    agree: int
    conflict: int
    why: str
    margin: int


def is_borderline(verdict: Verdict) -> bool:
    """Whether a person should look at it."""
    return abs(verdict.margin) <= t.BAND


_NEVER: Final = -1000
_ALWAYS: Final = 1000


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
    facts, other_facts = _other_facts(found, words_a, words_b)
    if named:
        lead = max(found.lead_a, found.lead_b)
        margin = min(_above(max(cover_a, cover_b), t.NAMED), _above(lead, t.NAMED_LEAD))
        why = f"both name {named}"
        if margin < 0 <= (told := _told_alike(words_a, words_b)):
            margin, why = told, f"{why}, and give the same figures in other words"
    elif against:
        margin, why = _above(min(cover_a, cover_b), t.RESENT), against
    elif found.shared < t.ENOUGH:
        margin, why = _NEVER, f"{found.shared} words in common"
    else:
        ways = _alike(found, sorted(set(a.keys) & set(b.keys)))
        if max(ways)[0] <= t.BAND:
            ways += _changed(found, words_a, words_b)
        margin = min(max(ways)[0], facts)
        why = next((how for above, how in ways if above >= 0), "their leads tell different news")
    if other_facts and not named:
        why = f"{why}, but {other_facts}"
    return Verdict(margin >= 0, cover_a, cover_b, found.agree, found.conflict, why, margin)


def _told_alike(a: Sequence[str], b: Sequence[str]) -> int:
    """How far two texts that share few words give the same figures in the same order, as translations do.

    Single digits do not count: every text has them.
    """
    figures = [[word for word in words if word[0].isdigit() and len(word) > 1] for words in (a, b)]
    shared = LCSseq.similarity(*figures)
    if shared < t.FIGURES_TOLD:
        return _NEVER
    return _above(1000 * shared // min(map(len, figures)), t.TOLD)


def _above(share: int, threshold: int) -> int:
    """Where the share lies between its threshold (0) and all (1000) or nothing (-1000)."""
    return 1000 * (share - threshold) // (1000 - threshold if share >= threshold else threshold)


def _below(count: int, limit: int) -> int:
    """How far a count is below its limit: 1000 where it is nothing, less than 0 above the limit.

    >>> _below(0, 5), _below(5, 5), _below(6, 5), _below(10, 5), _below(0, 0)
    (1000, 0, -167, -500, 1000)
    """
    return 1000 * (limit - count) // max(limit, count) if count else _ALWAYS


def _compare_keys(a: Sequence[str], b: Sequence[str], low: int) -> tuple[str | None, str | None]:
    """The key in common; else, where both name keys of one scheme, the contradiction."""
    common = sorted(set(a) & set(b))
    if common:
        return common[0], None
    schemes = {key.partition(":")[0] for key in a} & {key.partition(":")[0] for key in b}
    if schemes and low < t.RESENT:
        return None, f"they name different keys ({a[0]}, {b[0]})"
    return None, None


def _agreeing(found: Alignment, agreement: int) -> int:
    """How far the share of figures that agree is above what it takes; all the way where few enough differ."""
    if found.conflict < t.FIGURES:
        return _ALWAYS
    return _above(1000 * found.agree // (found.agree + found.conflict), agreement)


def _other_facts(found: Alignment, a: Sequence[str], b: Sequence[str]) -> tuple[int, str | None]:
    """What tells two texts of one form about two things: figures that differ, or names throughout and a figure.

    With it how far the two are from that, less than 0 where it holds.
    """
    figures = _agreeing(found, t.AGREEMENT)
    if figures < 0:
        return figures, f"{found.conflict} of {found.conflict + found.agree} figures differ"
    if found.conflict >= t.A_FIGURE and look_between(a, b, found).renamed >= t.NAMES:
        return _NEVER, "names differ all through, and figures"
    return figures, None


_Ways = tuple[tuple[int, str], ...]
"""Ways in which two texts may tell the same news, each with how far above what it takes its worst share is."""


def _alike(found: Alignment, items: Sequence[str]) -> _Ways:
    """The ways that go by coverage alone; `items` are the item ids that both texts have."""
    low, high = sorted((found.cover_a, found.cover_b))
    lead_low, lead_high = sorted((found.lead_a, found.lead_b))
    contained = found.lead_a if found.cover_a >= found.cover_b else found.lead_b
    begin = any(passage.a <= t.HEAD and passage.b <= t.HEAD for passage in found.passages)
    how = "both begin alike" if begin else f"both have {items[0].removeprefix(HINT)}" if items else ""
    lead = min(_above(lead_high, t.WITHIN_LEAD), _above(lead_low, t.WITHIN_LEAD_OTHER))
    return (
        (min(_above(low, t.ALIKE), _above(lead_low, t.ALIKE_LEAD)), "nearly all of either text is the other's"),
        (
            min(_above(high, t.WITHIN), _above(low, t.WITHIN_OTHER), lead),
            "one text is the other with a lead of its own",
        ),
        (
            min(_above(low, t.HALF), _above(lead_high, t.HALF_LEAD), _above(lead_low, t.HALF_LEAD_OTHER)),
            "they have the lead and half of their words in common",
        ),
        (
            min(_above(high, t.PART_OF), _above(contained, t.PART_LEAD)) if how else _NEVER,
            f"one text is a part of the other, and {how}",
        ),
    )


def _changed(found: Alignment, a: Sequence[str], b: Sequence[str]) -> _Ways:
    """The ways in which two texts tell the same news though a site changed one or either.

    What parts a text that was touched up, added to or cut from one of another release in the same form is what
    stands between the passages: there other text in the same places, or another name again and again; here words
    put in, left out or changed one by one.
    """
    gaps = look_between(a, b, found)
    low, high = sorted((found.cover_a, found.cover_b))
    lead_low, lead_high = sorted((found.lead_a, found.lead_b))
    led = lead_high >= t.LED and lead_low >= t.LED_OTHER
    allowed = (t.REPLACED_LED if led else t.REPLACED) * found.shared + 1000 * t.A_TOUCH * gaps.touched
    between = min(
        _below(1000 * gaps.replaced, allowed),
        _below(1000 * gaps.renamed, max(t.RENAMED * found.shared, t.RENAMED_OF * gaps.touched) - 1),
        _agreeing(found, t.FEW_AGREE),
    )
    covers = min(_above(low, t.TOUCHED), _above(high, t.TOUCHED_OTHER))
    leads = min(_above(lead_low, t.TOUCHED_LEAD), _above(lead_high, t.TOUCHED_OTHER))
    opens = _above(high, t.OPENING) if _opens(found, gaps.touched) else _NEVER
    return (
        (min(covers, leads, between), "they have one text, touched up or with other lines between"),
        (min(opens, between), "one text is the beginning of the other, below a line of its own"),
    )


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
