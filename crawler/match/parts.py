"""A clean text to lines, sentences and marks: what is compared, and where in the text it stands.

A **mark** is a word, a figure or a sign, folded so that typography makes no difference: quotes, dashes and blanks
are none, `11,000` is `11 000`, `per cent` is `%`, `Dec. 22` is `December 22`. Addresses are no marks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from crawler.identify.dates import MONTHS
from crawler.match.tokens import ALONE, IGNORABLE
from crawler.match.vocabulary import ABBREVIATIONS, DAYS, IDEOGRAPHIC, NUMERALS, PER_CENT, PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_JOINED: Final = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
"""What stands on or beside a letter, in the scripts that have such signs."""
_BLANK: Final = " \u00a0\u2007\u2009\u202f"
_MARK = re.compile(
    rf"(?P<link>(?:https?://|www\.)[^\s<>\"\u201c\u201d\u300d]+)"
    rf"|(?P<figure>(?<!\d)\d{{1,3}}(?:[{_BLANK}]\d{{3}}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,'\u2019\u066b\u066c]\d+)*)"
    rf"|(?P<sign>[%\uff05\u2030\u066a$\u20ac\u00a3\u00a5\uffe5\u20b9\u20a9\u20bd\u20ba\u20ab])"
    rf"|(?P<alone>[{ALONE}])"
    rf"|(?P<word>[^\W\d_{ALONE}](?:[^\W_{ALONE}]|[{IGNORABLE}{_JOINED}])*)",
    re.IGNORECASE,
)
_FOLDED: Final = re.compile(f"[{IGNORABLE}]")
_PARTED = re.compile(rf"[.,'\u2019\u066b\u066c{_BLANK}]")
_STOP = re.compile(
    r"[.!?\u2026]{1,6}[\"'\u201d\u2019\u00bb)\]]{0,3}(?=\s)"
    r"|[\u3002\uff01\uff1f\uff61]{1,6}[\u201d\u2019\u300d\u300f\uff09\")]{0,3}"
    r"|[\u0964\u0965\u06d4\u061f\u104b\u1362\u17d4]{1,6}[\"\u201d\u00bb)]{0,3}"
)
_LAST_WORD = re.compile(r"[^\s(\"\u201c\u201e\u00ab]{1,12}$")
_QUOTED: Final = frozenset('"\u201c\u201e\u00ab\u300c:')
_DIGIT = re.compile(r"\d")
_POINTED = re.compile(r"(?:[^\W\d_]\.){1,4}[^\W\d_]$")
_OPENING: Final = "\"'\u201c\u201e\u00ab\u2018\u300c\u300e:\u2022\u2013\u2014"
_THOUSAND: Final = 3
_SURE: Final = 5
"""Letters from which a month's name is one though no figure stands beside it."""
_NO_MONTH: Final = frozenset({"march", "marche", "marts", "august"})
"""Names of months that are words of another kind where they are not capital."""
_CENT: Final = frozenset(phrase.rpartition(" ")[2] for phrase in PER_CENT)


class Mark(msgspec.Struct, frozen=True, gc=False):
    """A word, figure or sign, and where it stands in the text.

    `figure`: a number, a word with one (`Q3`), a date's month or day, or what is counted (`%`, `$`); `numeral`: a
    word that may be a number.
    `capital`: it begins with one; `first`: it stands where every word would.
    """

    symbol: str
    start: int
    end: int
    figure: bool = False
    numeral: bool = False
    capital: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: where it stands in the text, and its marks."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def split_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end, empty ones left out."""
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def split_sentences(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line begin and end.

    >>> line = 'It rose 1.5 percent, Dr. Hale said. "It works!" she added. Nobody asked.'
    >>> [line[start:end] for start, end in split_sentences(line)]
    ['It rose 1.5 percent, Dr. Hale said.', '"It works!" she added.', 'Nobody asked.']
    >>> len(split_sentences("第一句。第二句！"))
    2
    """
    found, start = [], 0
    for stop in _STOP.finditer(line):
        end = stop.end()
        behind = line[end : end + 40].lstrip()
        if behind and not _ends(line, start, stop, behind):
            continue
        found.append((start, end))
        start = end + (len(line[end : end + 40]) - len(behind))
    if line[start:].strip():
        found.append((start, len(line.rstrip())))
    return found


def _ends(line: str, start: int, stop: re.Match[str], behind: str) -> bool:
    """Whether a sentence ends at these marks, given what stands behind them."""
    if stop[0][0] not in ".\u2026!?":
        return True
    following = behind.lstrip(_OPENING + "([ ")[:1]
    if following.islower():
        return False
    if stop[0][0] != "." or len(stop[0]) > 1:
        return True
    word = _LAST_WORD.search(line, max(start, stop.start() - 12), stop.start())
    if word is None:
        return True
    last = word[0].casefold()
    if last in ABBREVIATIONS or (len(last) == 1 and word[0].isupper()) or _POINTED.match(last):
        return False
    name = re.match(r"[^\W\d_]+", behind)
    return not (last.isdigit() and len(last) <= 2 and name is not None and name[0].casefold() in MONTHS)


@lru_cache(maxsize=512)  # a release is held against copy after copy
def read_sentences(text: str, start: int, end: int) -> tuple[Sentence, ...]:
    """The sentences of the line that stands at `start` to `end`."""
    whole = text[start:end]
    return tuple(
        Sentence(start + one, start + other, tuple(_read_marks(whole, one, other, start)))
        for one, other in split_sentences(whole)
    )


def read_marks(line: str, at: int = 0) -> tuple[Mark, ...]:
    """The marks of a line that stands there in the text."""
    return tuple(_read_marks(line, 0, len(line), at))


def _read_marks(line: str, start: int, end: int, offset: int) -> list[Mark]:
    found: list[Mark] = []
    first = True
    for hit in _MARK.finditer(line, start, end):
        kind = hit.lastgroup
        if kind == "link":
            continue
        word = hit[0]
        at, behind = hit.span()
        opened = first or line[max(start, at - 2) : at].strip()[-1:] in _QUOTED
        place = (offset + at, offset + behind)
        if kind == "word":
            symbol = _FOLDED.sub("", word if word.isascii() else unicodedata.normalize("NFKC", word)).casefold()
            mark = Mark(
                symbol, *place,
                figure=not symbol.isalpha() and _DIGIT.search(symbol) is not None, numeral=symbol in NUMERALS,
                capital=word[0].isupper(), first=opened,
            )  # fmt: skip
        elif kind == "alone":
            mark = Mark(word, *place, numeral=word in IDEOGRAPHIC)
        else:
            symbol = _figure(word) if kind == "figure" else unicodedata.normalize("NFKC", word)
            mark = Mark(symbol, *place, figure=True)
        found.append(mark)
        first = False
    return _told(found)


def _told(marks: list[Mark]) -> list[Mark]:
    """The marks with months, days and percentages under one name each."""
    told: list[Mark] = []
    for n, mark in enumerate(marks):
        symbol = mark.symbol
        before = told[-1] if told else None
        if symbol in PERCENT:
            told.append(msgspec.structs.replace(mark, symbol="%", figure=True))
        elif before is not None and symbol in _CENT and f"{before.symbol} {symbol}" in PER_CENT:
            told[-1] = msgspec.structs.replace(mark, symbol="%", start=before.start, figure=True)
        elif symbol in DAYS and (mark.capital or not symbol.isascii() or len(symbol) > _SURE):
            told.append(msgspec.structs.replace(mark, symbol=DAYS[symbol], figure=True))
        elif symbol in MONTHS and _is_month(mark, marks[max(0, n - 2) : n + 3]):
            told.append(msgspec.structs.replace(mark, symbol=f"month{MONTHS[symbol]}", figure=True))
        else:
            told.append(mark)
    return told


def _is_month(mark: Mark, near: Sequence[Mark]) -> bool:
    if any(other.figure for other in near):
        return mark.capital or mark.symbol not in _NO_MONTH
    return len(mark.symbol) >= _SURE and (mark.capital or mark.symbol not in _NO_MONTH)


def _figure(word: str) -> str:
    r"""A number without what parts its thousands, its fraction behind a point.

    >>> [_figure(word) for word in ("11,000", "11\u00a0000", "1.250,50", "11,5", "22.12.2025")]
    ['11000', '11000', '1250.50', '11.5', '22.12.2025']
    """
    parts = _PARTED.split(word)
    if not word.isascii():
        parts = ["".join(str(unicodedata.decimal(c, 0)) for c in part) for part in parts]
    if len(parts) == 1:
        return parts[0]
    thousands = len(parts[0]) <= _THOUSAND and parts[0] != "0"
    if thousands and all(len(part) == _THOUSAND for part in parts[1:]):
        return "".join(parts)
    if len(parts) == 2:
        return ".".join(parts)
    if thousands and all(len(part) == _THOUSAND for part in parts[1:-1]):
        return f"{''.join(parts[:-1])}.{parts[-1]}"
    return ".".join(parts)
