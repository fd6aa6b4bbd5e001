"""One pair of sentences to what was changed in it: where marks of the copy stand for others of the release."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from rapidfuzz.distance import LCSseq

from crawler.clean.words import NAME_PARTICLES
from crawler.match.tokens import is_alone, to_symbols
from crawler.match.vocabulary import SAYING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.match.pairs import Pair
    from crawler.match.parts import Mark
    from crawler.match.reader import Reader

    Marks = Sequence[Mark]

Change = Literal["number", "name", "quote", "attribution-dropped", "sentence-dropped", "sentence-added", "wording"]

_SLIDE: Final = 3
"""Equal marks between two places that are one place, told the other way round."""

_CLAUSE: Final = 24
"""Marks of a part of a sentence that says who said it."""

_SENTENCE: Final = 5
_ENDS: Final = frozenset(".!?\u2026\u3002\uff01\uff1f\n")
_OPENERS: Final = " \u00a0\"'\u201c\u201d\u2018\u2019\u00ab\u00bb)("
"""Marks of a sentence at least, and what stands around one."""

_FEW: Final = 2
"""Marks that may stand for it: `he said` for `the minister said` is no attribution dropped, and no marks are."""

_WORDS: Final = frozenset(phrase for phrase in SAYING if " " not in phrase)
_LONGER: Final = tuple(phrase for phrase in SAYING if " " in phrase or all(map(is_alone, phrase)))


@dataclass(frozen=True, slots=True)
class Edit:
    """A place that differs, and how: the marks on either side, perhaps none on one."""

    kind: Change
    copy: tuple[Mark, ...]
    release: tuple[Mark, ...]
    at: int
    """Where in the copy it stands, where it has no marks of its own."""


def find_edits(pair: Pair, reader: Reader, copy: str, release: str) -> Iterator[Edit]:
    """What differs between the sentences of a pair, in the order of the release."""
    ours, theirs = pair.copy_marks, pair.release_marks
    gaps = _find_gaps(ours, theirs)
    put_in = Counter(mark.symbol for a0, a1, _, _ in gaps for mark in ours[a0:a1])
    quoted: tuple[int, int] | None = None
    for a0, a1, b0, b1 in gaps:
        mine, its = ours[a0:a1], theirs[b0:b1]
        at = mine[0].start if mine else (ours[a0 - 1].end if a0 else pair.copy[0] if pair.copy else 0)
        found = [*_figures(mine, its, at), *_names(mine, its, at, reader, (ours, theirs), (copy, release))]
        if len(found) == 1:  # what else is in that place belongs to it
            yield replace(found[0], copy=tuple(mine), release=tuple(its))
        elif found:
            yield from found
        elif (not mine and _is_sentence(its, release)) or (not its and _is_sentence(mine, copy)):
            yield Edit("sentence-added" if mine else "sentence-dropped", tuple(mine), tuple(its), at)
        elif len(mine) <= _FEW and _says(its, put_in) and not _says(mine, Counter()):
            yield Edit("attribution-dropped", tuple(mine), tuple(its), at)
        else:
            place = reader.is_quoted(1, its[0].start) if its else reader.is_quoted(0, mine[0].start)
            if place is None:
                yield Edit("wording", tuple(mine), tuple(its), at)
            elif place != quoted:  # one quotation is changed once, however many of its words are
                quoted = place
                yield Edit("quote", tuple(mine), tuple(its), at)


def _is_sentence(marks: Marks, text: str) -> bool:
    """Whether the marks are a whole sentence, though the text was not parted there."""
    if len(marks) < _SENTENCE:
        return False
    before = text[max(0, marks[0].start - 4) : marks[0].start].rstrip(_OPENERS)
    behind = text[marks[-1].end : marks[-1].end + 2]
    return (not before or before[-1] in _ENDS) and any(char in _ENDS for char in behind)


def find_runs(pair: Pair) -> Iterator[tuple[int, int, int]]:
    """Where the marks of a pair are the same: from which of the copy's, which of the release's, and how many."""
    a, b = (tuple(mark.symbol for mark in marks) for marks in (pair.copy_marks, pair.release_marks))
    for step in LCSseq.opcodes(*to_symbols(a, b)):
        if step.tag == "equal":
            yield step.src_start, step.dest_start, step.src_end - step.src_start


Gap = tuple[int, int, int, int]
"""From and to which mark of the copy, from and to which of the release."""


def _find_gaps(ours: Marks, theirs: Marks) -> list[Gap]:
    """The places between equal marks, those that say the same in another spelling or order left out."""
    a, b = (tuple(mark.symbol for mark in marks) for marks in (ours, theirs))
    if a == b:
        return []
    gaps: list[Gap] = []
    at_a = at_b = 0
    for step in (*LCSseq.opcodes(*to_symbols(a, b)), None):
        if step is not None and step.tag != "equal":
            continue
        end_a, end_b = (step.src_start, step.dest_start) if step else (len(a), len(b))
        if end_a > at_a or end_b > at_b:
            gaps.append((at_a, end_a, at_b, end_b))
        if step:
            at_a, at_b = step.src_end, step.dest_end
    gaps = _joined(gaps, lambda one, two: _slides(one, two, a, b))
    gaps = _joined(gaps, lambda one, two: _is_reordered(one, two, a, b) or _is_dated(one, two, ours, theirs))
    return [gap for gap in gaps if _differs(a[gap[0] : gap[1]], b[gap[2] : gap[3]], ours[gap[0] : gap[1]])]


def _joined(gaps: Sequence[Gap], belong: Callable[[Gap, Gap], Gap | None]) -> list[Gap]:
    found: list[Gap] = []
    for gap in gaps:
        whole = belong(found[-1], gap) if found else None
        if whole is not None:
            found[-1] = whole
        else:
            found.append(gap)
    return found


def _slides(one: Gap, two: Gap, a: Sequence[str], b: Sequence[str]) -> Gap | None:
    """Two places where only one text has something that are one: what is equal between them is at an end too."""
    between = two[0] - one[1]
    if between > _SLIDE:
        return None
    if one[0] == one[1] and two[0] == two[1]:
        equal = b[one[3] : two[2]]
        if b[two[3] - between : two[3]] == equal and two[3] - two[2] >= between:
            return (one[0], one[1], one[2], two[3] - between)
        if b[one[2] : one[2] + between] == equal and one[3] - one[2] >= between:
            return (two[0], two[1], one[2] + between, two[3])
    if one[2] == one[3] and two[2] == two[3]:
        equal = a[one[1] : two[0]]
        if a[two[1] - between : two[1]] == equal and two[1] - two[0] >= between:
            return (one[0], two[1] - between, one[2], one[3])
        if a[one[0] : one[0] + between] == equal and one[1] - one[0] >= between:
            return (one[0] + between, two[1], two[2], two[3])
    return None


def _is_reordered(one: Gap, two: Gap, a: Sequence[str], b: Sequence[str]) -> Gap | None:
    """Two places that hold the same, left out here and put in there: one place with another order."""
    whole = (one[0], two[1], one[2], two[3])
    if two[0] - one[1] > _SLIDE or Counter(a[whole[0] : whole[1]]) != Counter(b[whole[2] : whole[3]]):
        return None
    return whole


def _is_dated(one: Gap, two: Gap, ours: Marks, theirs: Marks) -> Gap | None:
    """Two places in one date or amount: only figures, and what stands between day and month, are between them."""
    places = ([*ours[gap[0] : gap[1]], *theirs[gap[2] : gap[3]]] for gap in (one, two))
    if two[0] - one[1] > _SLIDE or not all(map(_is_dating, places)):
        return None
    between = ours[one[1] : two[0]]
    return (one[0], two[1], one[2], two[3]) if all(m.figure or m.symbol in _DATING for m in between) else None


def _is_dating(marks: Marks) -> bool:
    return any(m.figure for m in marks) and all(m.figure or m.symbol in _DATING for m in marks)


def _differs(a: Sequence[str], b: Sequence[str], marks: Marks) -> bool:
    if Counter(a) == Counter(b):
        return not _is_dating(marks) or not any(symbol.startswith("month") for symbol in a)
    return _plain(a) != _plain(b)


_DATING: Final = frozenset((*"of de del the le st nd rd th d".split(), *"年月日号號년월일"))
"""What stands between day, month and year."""


def _plain(symbols: Sequence[str]) -> str:
    """The letters alone: `well-being` is `wellbeing`, `Malaga` is `Málaga`, `&` is no word."""
    joined = "".join(symbols).removeprefix("and")
    if joined.isascii():
        return joined
    return "".join(c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c))


def _figures(mine: Marks, its: Marks, at: int) -> Iterator[Edit]:
    """A number, date or amount that is another one."""
    ours, theirs = _numbers(mine, its), _numbers(its, mine)
    mine, its = ([m for m in marks if m.symbol not in _DATING] for marks in (mine, its))
    if not (ours and theirs):
        alone = ours or theirs
        if not alone or len(alone) < len(mine or its) or (mine and its and len(alone) < max(len(mine), len(its))):
            return
    if [mark.symbol for mark in ours] != [mark.symbol for mark in theirs]:
        yield Edit("number", ours, theirs, at)


def _numbers(mine: Marks, its: Marks) -> tuple[Mark, ...]:
    """The figures; where the other side has numbers too, the words that are numbers as well."""
    counted = any(mark.figure or mark.numeral for mark in its)
    return tuple(mark for mark in mine if mark.figure or (counted and mark.numeral))


def _names(
    mine: Marks, its: Marks, at: int, reader: Reader, sentences: tuple[Marks, Marks], texts: tuple[str, str]
) -> Iterator[Edit]:
    """A proper name that is another one: most of what differs is names, on both sides."""
    words = [
        [m for m in marks if not (m.figure or m.numeral or m.symbol in NAME_PARTICLES)] for marks in (mine, its)
    ]
    if not all(words):
        return
    ours, theirs = (
        reader.names_of(marks, sentence, text)
        for marks, sentence, text in zip(words, sentences, texts, strict=True)
    )
    if theirs and not ours:
        ours = tuple(mark for mark in words[0] if reader.may_be_name(mark))
    elif ours and not theirs:
        theirs = tuple(mark for mark in words[1] if reader.may_be_name(mark))
    if (
        2 * len(ours) >= len(words[0])
        and 2 * len(theirs) >= len(words[1])
        and Counter(mark.symbol for mark in ours) != Counter(mark.symbol for mark in theirs)
    ):
        yield Edit("name", ours, theirs, at)


def says(marks: Marks) -> bool:
    """Whether the marks tell that somebody said it, and who."""
    return _says(marks, Counter())


def _says(marks: Marks, put_in: Counter[str]) -> bool:
    if not 1 < len(marks) <= _CLAUSE:
        return False
    if any(mark.symbol in _WORDS and not put_in[mark.symbol] for mark in marks):
        return True
    told = " ".join(mark.symbol for mark in marks)
    glued = told.replace(" ", "")
    return any((f" {phrase} " in f" {told} ") if " " in phrase else phrase in glued for phrase in _LONGER)
