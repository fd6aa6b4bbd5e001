"""One pair of sentences to what was changed in it: where marks of the copy stand for others of the release."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from rapidfuzz.distance import LCSseq

from crawler.clean.words import NAME_PARTICLES
from crawler.match.tokens import mostly_alone, to_symbols
from crawler.match.vocabulary import BARE, SAYING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.match.pairs import Pair
    from crawler.match.parts import Mark

    Marks = Sequence[Mark]

Change = Literal["number", "name", "quote", "attribution-dropped", "wording"]

_SLIDE: Final = 3
"""Equal marks between two places that are one place, told the other way round."""

_CLAUSE: Final = 24
"""Marks of a part of a sentence that says who said it."""

_FEW: Final = 2
"""Marks that may stand for it: `he said` for `the minister said` is no attribution dropped, and no marks are."""

_APART: Final = 8
_PARTING: Final = frozenset(',;:()[]"\u201c\u201d\u201e\u00ab\u00bb/|')
"""What parts two names, and how far they may stand from each other to be one."""

_TITLED: Final = 4
"""Letters of a word that a headline's style would make capital."""

_WORDS: Final = frozenset(phrase for phrase in SAYING if " " not in phrase)
_LONGER: Final = tuple(phrase for phrase in SAYING if " " in phrase or mostly_alone(tuple(phrase)))
_RUNNING = re.compile(r"(?<=[^\W\d_A-Z] |, )[^\W\d_]\w+")
_SMALL = re.compile(r"(?<!\w)[^\W\d_A-Z]\w*")
_CLOSERS: Final = {"\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u00bb": "\u00ab",
                   "\u300c": "\u300d", "\u300e": "\u300f", '"': '"', "\u201d": "\u201d"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """A place that differs, and how: the marks on either side, perhaps none on one."""

    kind: Change
    copy: tuple[Mark, ...]
    release: tuple[Mark, ...]
    at: int
    """Where in the copy it stands, where it has no marks of its own."""


class Reader:
    """What is known of two texts as wholes: names, small words, quotations. Looked up when first needed."""

    def __init__(self, copy: str, release: str, language: str) -> None:
        self._texts = (copy, release)
        self._nouns_are_capital = language.partition("-")[0] in {"de", "lb", "gsw"}
        self._names: frozenset[str] | None = None
        self._small: frozenset[str] = frozenset()
        self._quotations: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}

    def names_of(self, marks: Marks, sentence: Marks, text: str) -> tuple[Mark, ...]:
        """Those of the marks that are parts of a proper name."""
        if not any(mark.capital for mark in marks):
            return ()
        titled = _is_titled(sentence)
        places = {mark.start: n for n, mark in enumerate(sentence)}
        return tuple(
            mark for mark in marks if self._is_name(mark, places[mark.start], sentence, text, titled=titled)
        )

    def _is_name(self, mark: Mark, n: int, sentence: Marks, text: str, *, titled: bool) -> bool:
        if not mark.capital or mark.figure or mark.end - mark.start < 2:  # `I` is no name
            return False
        self._look()
        capital = any(
            other.capital and not other.first and _touch(mark, other, text) for other in _beside(n, sentence)
        )
        if mark.first or titled:
            known = self._names is not None and mark.symbol in self._names
            return mark.symbol not in self._small and (titled or known or capital)
        if self._nouns_are_capital:
            before = sentence[n - 1].symbol if n else ""
            return capital or before in BARE or text[mark.start : mark.end].isupper()
        return True

    def may_be_name(self, mark: Mark) -> bool:
        """Whether a capital word at the beginning of a sentence can be a name: it is never written small."""
        self._look()
        return mark.capital and mark.first and mark.symbol not in self._small

    def is_quoted(self, side: int, place: int) -> tuple[int, int] | None:
        """The quotation of the text (0: the copy's) in which something stands, or None."""
        text = self._texts[side]
        start = text.rfind("\n", 0, place) + 1
        known = self._quotations.get((side, start))
        if known is None:
            end = text.find("\n", place)
            known = tuple(find_quotations(text[start : end if end >= 0 else len(text)]))
            self._quotations[side, start] = known
        return next(((start + a, start + b) for a, b in known if a <= place - start < b), None)

    def _look(self) -> None:
        if self._names is None:
            both = "\n".join(self._texts)
            self._names = frozenset(word.casefold() for word in _RUNNING.findall(both) if word[0].isupper())
            self._small = frozenset(word for word in _SMALL.findall(both) if word[0].islower())


def find_quotations(line: str) -> Iterator[tuple[int, int]]:
    """Where a line's quotations stand, without their marks; one that is not closed goes on to the end.

    >>> line = 'She said: "We built it," and “it stands”.'
    >>> [line[start:end] for start, end in find_quotations(line)]
    ['We built it,', 'it stands']
    """
    closer, start = "", 0
    for n, char in enumerate(line):
        if closer:
            if char in closer:
                yield start, n
                closer = ""
        elif char in _CLOSERS:
            closer, start = _CLOSERS[char], n + 1
    if closer:
        yield start, len(line)


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
        if found:
            yield from found
        elif len(mine) <= _FEW and _says(its, put_in) and not _says(mine, Counter()):
            yield Edit("attribution-dropped", tuple(mine), tuple(its), at)
        else:
            place = reader.is_quoted(1, its[0].start) if its else reader.is_quoted(0, mine[0].start)
            if place is None:
                yield Edit("wording", tuple(mine), tuple(its), at)
            elif place != quoted:  # one quotation is changed once, however many of its words are
                quoted = place
                yield Edit("quote", tuple(mine), tuple(its), at)


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
    places = (ours[one[0] : one[1]], ours[two[0] : two[1]], theirs[one[2] : one[3]], theirs[two[2] : two[3]])
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


def _is_titled(sentence: Marks) -> bool:
    """Whether the sentence is written as headlines are, nearly every word with a capital."""
    long = [mark for mark in sentence if mark.end - mark.start >= _TITLED and not mark.figure]
    return len(long) > 2 and sum(mark.capital for mark in long) * 10 >= len(long) * 7


def _beside(n: int, sentence: Marks) -> Iterator[Mark]:
    """The marks before and behind one; behind a small word that names are made with, the one after that."""
    for step in (-1, 1):
        at = n + step
        while 0 <= at < len(sentence) and sentence[at].symbol in NAME_PARTICLES:
            at += step
        if 0 <= at < len(sentence):
            yield sentence[at]


def _touch(one: Mark, other: Mark, text: str) -> bool:
    """Whether no more than a small word stands between two marks."""
    first, last = sorted((one, other), key=lambda mark: mark.start)
    between = text[first.end : last.start]
    return len(between) <= _APART and not any(char in _PARTING for char in between)
