"""The vocabulary of cleaning, from the tables in `crawler/clean/vocabulary`, and how a line is compared with it.

A word decides nothing by itself: `crawler.clean.draft` asks for the right place and shape first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from crawler.clean.cues import Cues
from crawler.records import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

Tables = dict[str, dict[str, str]]
"""What a file of the vocabulary holds: kind, language, phrases parted by commas."""

_FOLDER: Final = Path(__file__).parent / "vocabulary"
_NOT_WORD = re.compile(r"[\W_]+")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0655\u0670\u3099\u309a]+")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
_CHOICE = re.compile(r"\(([^()]*)\)")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The comparable form of a line: NFKC, case folded, anything but letters and digits one blank.

    >>> fold("  You May Also Like: »")
    'you may also like'
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """A folded line without accents and other marks on its letters, as capitals and many sites leave them out.

    >>> bare("À LIRE ÉGALEMENT :"), bare("İlgili haberler ↓")
    ('a lire egalement', 'ilgili haberler')
    """
    if text.isascii():
        return fold(text)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return _NOT_WORD.sub(" ", plain).strip()


def squeeze(text: str) -> str:
    """A bare line without blanks, and without the counts before and after its words: the key of whole lines.

    >>> squeeze("Comments (12)"), squeeze("관련 기사")  == squeeze("관련기사")
    ('comments', True)
    """
    return bare(text).strip("0123456789 ").replace(" ", "")


def load(name: str) -> Tables:
    """The tables of one file of the vocabulary."""
    return msgspec.toml.decode((_FOLDER / f"{name}.toml").read_bytes(), type=Tables)


def phrases(table: dict[str, str]) -> Iterator[str]:
    """The phrases of a table in all its languages, as they are written."""
    for line in table.values():
        yield from (phrase for phrase in line.split(",") if phrase.strip())


def spell(phrase: str, between: str = " ") -> Iterator[str]:
    """Each way to read a phrase, bare; `between` stands for the blanks.

    >>> list(spell("(more|other) stories"))
    ['more stories', 'other stories']
    """
    parts = _CHOICE.split(phrase)
    choices = [[bare(c) for c in part.split("|")] if n % 2 else [bare(part)] for n, part in enumerate(parts)]
    for chosen in product(*choices):
        read = between.join(filter(None, chosen))
        yield read if between else read.replace(" ", "")


def whole_lines(table: dict[str, str]) -> frozenset[str]:
    """The keys of the lines that a table names."""
    return frozenset(line for phrase in phrases(table) for line in spell(phrase, ""))


def beginnings(table: dict[str, str]) -> frozenset[str]:
    """The beginnings of lines that a table names, bare."""
    return frozenset(line for phrase in phrases(table) for line in spell(phrase))


def begins(line: str, beginnings: frozenset[str]) -> bool:
    """Whether a bare line begins with one of these and goes on."""
    at = line.find(" ")
    while at > 0:
        if line[:at] in beginnings:
            return True
        at = line.find(" ", at + 1)
    return False


def cues(table: dict[str, str]) -> Cues:
    """The cues of a table."""
    return Cues(phrases(table), bare)


def single_words(table: dict[str, str]) -> frozenset[str]:
    """The words of a table that has no phrases."""
    return frozenset(word for line in table.values() for word in line.split())


_ROLES: Final = {role: role for role in get_args(Role)}
_HEADINGS: Final = load("headings")
_LINES: Final = load("lines")
_CUES: Final = load("cues")
_MASTHEAD: Final = load("masthead")

HEADINGS: Final[dict[str, Role]] = {
    line: _ROLES[kind]
    for kind, table in reversed(_HEADINGS.items())
    if kind != "starts"
    for line in whole_lines(table)
}
"""The role of a widget by the key of its heading; the first table that names a heading wins."""
HEADING_STARTS: Final = beginnings(_HEADINGS["starts"])
"""Beginnings of heading lines that go on with a name."""
POINTERS: Final = whole_lines(_LINES["pointer"])
"""What stands before the colon of a one-line pointer to another story."""
READ_MORE: Final = whole_lines(_LINES["read-more"])
"""Short lines that lead to the rest of a text."""
READ_MORE_STARTS: Final = beginnings(_LINES["read-more-starts"])
"""Beginnings of such lines that go on with a name."""
SHARE: Final = whole_lines(_LINES["share"])
"""Lines of a row of share buttons."""
ADVERTS: Final = whole_lines(_LINES["advert"])
"""Lines that say that an advertisement stands here."""
TAGS: Final = whole_lines(_LINES["tags"])
"""What stands before a list of tags."""
CARRIER: Final = cues(_CUES["carrier"])
"""What only a carrier says of a text that is not its own."""
ISSUER: Final = cues(_CUES["issuer"])
"""What an issuer says in its own text."""
DISCLAIMERS: Final = cues(_CUES["disclaimer"])
"""What a carrier or an issuer may say; decisive only outside the release."""
NEWSLETTER: Final = cues(_CUES["newsletter"])
"""Invitations to subscribe, to follow, to install."""
ORIGIN: Final = cues(_CUES["origin"])
"""Where a post stood first."""
TICKER: Final = cues(_CUES["ticker"])
"""The words of a price box."""
AUTHOR: Final = cues(_CUES["byline-box"])
"""Who wrote for the site."""
BY: Final = single_words(_MASTHEAD["by"])
"""What stands before an author's name in a line of its own."""
NAME_PARTICLES: Final = single_words(_MASTHEAD["name-particle"])
"""Small words within and between names."""
DATED: Final = single_words(_MASTHEAD["dated"])
"""Words beside a date in a line that is a date and nothing else, folded."""
