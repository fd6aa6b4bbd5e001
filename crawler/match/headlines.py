"""Whether two headlines are one: typography says nothing, nor a site's or issuer's name set before or behind."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from crawler.match.parts import read_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PARTS = re.compile(r" ?[:\uff1a|\uff5c\u00b7\u2022] ?| [-\u2013\u2014\u00bb] ")
_CUT: Final = ("\u2026", "...")
_NAME: Final = 5
"""Words of a name before or behind a headline, at most."""

_ENOUGH: Final = 4
"""Words from which a headline that was cut short is known."""


def is_same_headline(copy: str, release: str, names: Sequence[str]) -> bool:
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
    return not {_said(each) for each in _bared(copy, names)}.isdisjoint(map(_said, _bared(release, names)))


def _bared(title: str, names: Sequence[str]) -> Iterator[str]:
    """The headline, and what is left of it without a name before it, behind it, or both."""
    title = " ".join(title.split())
    marks = list(_PARTS.finditer(title))
    begins = [0] + [m.end() for m in marks[:1] if _is_name(title[: m.start()], names)]
    ends = [len(title)] + [m.start() for m in marks[-1:] if _is_name(title[m.end() :], names)]
    for begin in begins:
        for end in ends:
            if begin < end:
                yield title[begin:end]


def _is_name(part: str, names: Sequence[str]) -> bool:
    words = _symbols(part)
    return 0 < len(words) <= _NAME and any("".join(words) in _said(text) for text in names)


@lru_cache(maxsize=64)  # a release's whole text is among them, for copy after copy
def _said(text: str) -> str:
    return "".join(_symbols(text))


def _symbols(text: str) -> list[str]:
    return [mark.symbol for mark in read_marks(text)]
