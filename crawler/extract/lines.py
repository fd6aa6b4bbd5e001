"""Lines to paragraphs: what was set with line breaks, or wrapped at a column, is put together again."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS = re.compile(r"[.!?:\u2026\u3002\uff01\uff1f\uff1a\u061f\u0964][\"'\u201d\u2019\u00bb)\]]?$")
_NARROWEST, _WIDEST = 50, 100
"""Columns at which mails and wires wrap a text."""
_ADDRESS: Final = "://"
_ODD: Final = 4
_PROSE: Final = 140
_SENTENCE: Final = 90


def paragraphs(lines: Sequence[str]) -> list[list[list[int]]]:
    """The numbers of these lines, put together as paragraphs, each of lines, each of pieces of a wrapped one.

    An empty line parts paragraphs. A line of running text is a paragraph of its own; short lines stay together.

    >>> paragraphs(["A verse", "and one more", "", "The next"])
    [[[0], [1]], [[3]]]
    """
    wraps = _wraps(lines)
    found: list[list[list[int]]] = []
    for n, line in enumerate(lines):
        if not line:
            continue
        if found and n and lines[n - 1]:
            if wraps[n - 1]:
                found[-1][-1].append(n)
            else:
                found[-1].append([n])
        else:
            found.append([[n]])
    return [part for each in found for part in (_parted(each, lines) if len(each) > 1 else (each,))]


def _parted(paragraph: list[list[int]], lines: Sequence[str]) -> list[list[list[int]]]:
    """A paragraph as it is, or its lines as paragraphs where one of them is running text."""
    size = [sum(len(lines[n]) + 1 for n in pieces) for pieces in paragraph]
    if any(
        length > _PROSE or (length > _SENTENCE and _ENDS.search(lines[pieces[-1]]))
        for length, pieces in zip(size, paragraph, strict=True)
    ):
        return [[pieces] for pieces in paragraph]
    return [paragraph]


def _wraps(lines: Sequence[str]) -> list[bool]:
    """For each line but the last whether it goes on with the next. On a text that is not wrapped none does.

    A line was wrapped where the first word of the next would not have fitted on it. Verses, lists and addresses
    break where they like and often begin with capitals; only where nearly all agree they were wrapped.
    """
    none = [False] * len(lines)
    width = max((len(line) for line in lines if _ADDRESS not in line), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return none
    found = [
        bool(line) and bool(after) and _ADDRESS not in line and not after.startswith(("http", "www."))
        and len(line) + 1 + len(after.partition(" ")[0]) > width
        for line, after in pairwise(lines)
    ]  # fmt: skip
    goes_on = [n for n, wrapped in enumerate(found) if wrapped]
    small = sum(lines[n + 1][0].islower() and _ENDS.search(lines[n]) is None for n in goes_on)
    odd = sum(
        not found[n] and bool(line and after) and _ADDRESS not in line + after and _ENDS.search(line) is None
        for n, (line, after) in enumerate(pairwise(lines))
    )
    return none if 2 * small < len(goes_on) or not small or _ODD * odd > len(goes_on) else found
