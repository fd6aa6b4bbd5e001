"""The sections that issuers set at the end of a release: about themselves, legal notes, and whom to ask."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from crawler.clean import wording
from crawler.clean.shapes import fold

if TYPE_CHECKING:
    from crawler.records import Block

Section = Literal["about", "contact"]


_GLUED: Final = tuple(map(fold, wording.ABOUT_GLUED))
_WHOLE: Final = frozenset(map(fold, wording.SECTIONS))
_LEGAL: Final = tuple(map(fold, wording.LEGAL))
_CONTACTS: Final = frozenset(map(fold, wording.CONTACTS))
_OURSELVES: Final = frozenset({"us", "the company", "the group", "nosotros", "nous", "uns", "noi", "nós"})
_REACH = re.compile(
    r"\w@\w|\+?\(?\d{1,4}\)?[-.\s/]\(?\d{2,4}\)?[-.\s/]\d{2,}|\b(?:tel|phone|fax|e-?mail|mobile|cell)\b ?[.:]",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?\u3002\uff01\uff1f\u061f\u0964]$")
_HEAD: Final = 120
_INLINE: Final = 80
_REACHED: Final = 320


def section_of(block: Block) -> Section | None:
    """The section that the block heads or is: its heading alone, or before a colon, a dash or a line's end."""
    return _section(block.text)


def reaches(block: Block) -> bool:
    """Whether the block says how to reach somebody: a mail address, a telephone number."""
    return len(block.text) <= _REACHED and _REACH.search(block.text) is not None


@lru_cache(maxsize=4096)
def _section(text: str) -> Section | None:
    first = text[: _HEAD + 1].partition("\n")[0]
    if len(first) <= _HEAD and (len(first) < len(text) or _ENDS.search(first) is None):
        found = _of_heading(first)
        if found is not None or len(first) == len(text):
            return found or _before(first)
    return _before(first)


def _before(line: str) -> Section | None:
    """The section of a text with its heading before it: `About Example: …`, `ABOUT EXAMPLE, INC.Example is …`."""
    for mark in (":", "\uff1a", " - ", " \u2013 ", " \u2014 "):
        head, found, _ = line[:_INLINE].partition(mark)
        if found:
            return _of_heading(head)
    words = line.split(maxsplit=2)
    if len(words) > 1 and words[0].isupper() and words[1].isupper() and f"{words[0].casefold()} " in wording.ABOUT:
        return "about"
    return None


def _of_heading(line: str) -> Section | None:
    """The section that a whole line heads."""
    folded = fold(line)
    if folded in _CONTACTS:
        return "contact"
    if folded in _WHOLE or folded.startswith(_GLUED):
        return "about"
    if any(words in folded for words in _LEGAL):
        return "about"
    plain = line.strip(" \t:\uff1a.-\u2013\u2014*#")
    low = plain.casefold()
    if low.startswith(wording.ABOUT):
        name = low[max(len(word) for word in wording.ABOUT if low.startswith(word)) :]
        return "about" if _names(plain[len(plain) - len(name) :]) else None
    last = next((words for words in wording.ABOUT_LAST if low.endswith(words)), None)
    return "about" if last and _names(plain[: -len(last)]) else None


def _names(words: str) -> bool:
    """Whether the words are a name: one begins with a capital, where there are capitals. A figure is none."""
    return words.casefold() in _OURSELVES or any(
        word[0].isalpha() and not word[0].islower() for word in words.split()
    )
