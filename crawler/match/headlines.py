"""Whether two headlines are one: typography says nothing, nor a site's or issuer's name set before or behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.match.parts import read_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARTS = re.compile(r" ?[:\uff1a|\uff5c\u00b7\u2022] ?| [-\u2013\u2014\u00bb] ")
_CUT: Final = ("\u2026", "...")
_NAME: Final = 5
"""Words of a name before or behind a headline, at most."""

_ENOUGH: Final = 4
"""Words from which a headline that was cut short is known."""


def is_same_headline(copy: str, release: str, names: Iterable[str]) -> bool:
    """Whether the copy's headline is the release's.

    `names` are texts in which the name of an issuer or outlet would stand; a part of a headline that is in none is
    no name: `Update: …` is another headline.

    >>> names = ("SOURCE CGTN", "aldport-daily.example")
    >>> is_same_headline("A Bridge Opens - Aldport Daily", "CGTN: A bridge opens", names)
    True
    >>> is_same_headline("Update: A bridge opens", "A bridge opens", names)
    False
    """
    mine, its = _symbols(copy), _symbols(release)
    if "".join(mine) == "".join(its):
        return True
    cut = copy.rstrip().endswith(_CUT) or release.rstrip().endswith(_CUT)
    if cut and min(len(mine), len(its)) >= _ENOUGH and all(a == b for a, b in zip(mine, its, strict=False)):
        return True
    known = ["".join(_symbols(name)) for name in names]
    return not {"".join(_symbols(t)) for t in _bared(copy, known)}.isdisjoint(
        "".join(_symbols(t)) for t in _bared(release, known)
    )


def _bared(title: str, known: list[str]) -> Iterator[str]:
    """The headline, and what is left of it without a name before it, behind it, or both."""
    title = " ".join(title.split())
    marks = list(_PARTS.finditer(title))
    begins = [0] + [m.end() for m in marks[:1] if _is_name(title[: m.start()], known)]
    ends = [len(title)] + [m.start() for m in marks[-1:] if _is_name(title[m.end() :], known)]
    for begin in begins:
        for end in ends:
            if begin < end:
                yield title[begin:end]


def _is_name(part: str, known: list[str]) -> bool:
    words = _symbols(part)
    return 0 < len(words) <= _NAME and any("".join(words) in text for text in known)


def _symbols(text: str) -> list[str]:
    return [mark.symbol for mark in read_marks(text)]
