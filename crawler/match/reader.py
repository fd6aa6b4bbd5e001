"""What two texts tell about their words: which are proper names, and what stands in quotation marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.clean.words import NAME_PARTICLES
from crawler.match.vocabulary import BARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.match.parts import Mark

    Marks = Sequence[Mark]

_APART: Final = 8
_PARTING: Final = frozenset(',;:()[]"\u201c\u201d\u201e\u00ab\u00bb/|')
"""What parts two names, and how far they may stand from each other to be one."""

_TITLED: Final = 4
"""Letters of a word that a headline's style would make capital."""

_RUNNING = re.compile(r"(?<=[^\W\d_A-Z] |, )[^\W\d_]\w+")
_SMALL = re.compile(r"(?<!\w)[^\W\d_A-Z]\w*")
_CLOSERS: Final = {
    "\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u00bb": "\u00ab", "\u2018": "\u2019",
    "'": "'", "\u300c": "\u300d", "\u300e": "\u300f", '"': '"', "\u201d": "\u201d",
}  # fmt: skip


_FOREIGN: Final = frozenset({"van", "de", "del", "di", "da", "ten", "ter", "bin", "el", "al"})
"""Those of them that are no words of a language whose nouns are capital."""

_SINGLE: Final = frozenset("'\u2018\u2019")
_STOPS: Final = (",", ".", "!", "?")


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
        titled = not self._nouns_are_capital and _is_titled(sentence)
        places = {mark.start: n for n, mark in enumerate(sentence)}
        return tuple(
            mark for mark in marks if self._is_name(mark, places[mark.start], sentence, text, titled=titled)
        )

    def _is_name(self, mark: Mark, n: int, sentence: Marks, text: str, *, titled: bool) -> bool:
        if not mark.capital or mark.figure or mark.end - mark.start < 2:  # `I` is no name
            return False
        self._look()
        small = _FOREIGN if self._nouns_are_capital else NAME_PARTICLES
        capital = any(
            other.capital and not other.first and _touch(mark, other, text)
            for other in _beside(n, sentence, small)
        )
        if mark.first or titled:
            known = self._names is not None and mark.symbol in self._names
            letters = not titled and text[mark.start : mark.end].isupper()
            return mark.symbol not in self._small and (titled or known or capital or letters)
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
    >>> line = "The workers' choir sang. 'It isn't over,' she said."
    >>> [line[start:end] for start, end in find_quotations(line)]
    ["It isn't over,"]
    """
    closer, start = "", 0
    for n, char in enumerate(line):
        if closer:
            if char in closer and (char not in _SINGLE or not line[n + 1 : n + 2].isalnum()):
                yield start, n
                closer = ""
        elif char in _CLOSERS and (char not in _SINGLE or _begins(line, n)):
            closer, start = _CLOSERS[char], n + 1
    if closer:
        yield start, len(line)


def _begins(line: str, n: int) -> bool:
    """Whether a single quotation mark begins a quotation: an apostrophe does not, nor one that nothing closes."""
    if line[n - 1 : n].isalnum() or not line[n + 1 : n + 2].isalpha():
        return False
    closer = "'" if line[n] == "'" else "\u2019"
    return any(line.find(stop + closer, n) > 0 for stop in _STOPS) or line[n] != "'"


def _is_titled(sentence: Marks) -> bool:
    """Whether the sentence is written as headlines are, nearly every word with a capital."""
    long = [mark for mark in sentence if mark.end - mark.start >= _TITLED and not mark.figure]
    return len(long) > 2 and sum(mark.capital for mark in long) * 10 >= len(long) * 7


def _beside(n: int, sentence: Marks, small: frozenset[str]) -> Iterator[Mark]:
    """The marks before and behind one, those small words left out."""
    for step in (-1, 1):
        at = n + step
        while 0 <= at < len(sentence) and sentence[at].symbol in small:
            at += step
        if 0 <= at < len(sentence):
            yield sentence[at]


def _touch(one: Mark, other: Mark, text: str) -> bool:
    """Whether no more than a small word stands between two marks."""
    first, last = sorted((one, other), key=lambda mark: mark.start)
    between = text[first.end : last.start]
    return len(between) <= _APART and not any(char in _PARTING for char in between)
