"""What carriers do to a release: cut it, quote from it, change it, wrap it, set it in other typography."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.demo.releases import Line

_ADDRESS: Final = re.compile(r"(https?://\S+)")


def truncate(lines: Sequence[Line], keep: int, words: int) -> tuple[Line, ...]:
    """The first `keep` paragraphs and some words of the next, with an ellipsis."""
    cut = " ".join(lines[keep].text.split(" ")[:words]).rstrip(",.;:") + "…"
    return (*lines[:keep], replace(lines[keep], text=cut))


def excerpt(lines: Sequence[Line], chosen: Sequence[int]) -> tuple[Line, ...]:
    """Some paragraphs of it, word for word; negative positions count from the end."""
    return tuple(lines[n] for n in chosen)


def edit(lines: Sequence[Line], changes: Mapping[str, str]) -> tuple[Line, ...]:
    """Other words in the place of its own.

    Raises:
        ValueError: a phrase to change does not stand in the text.

    """
    edited = tuple(replace(line, text=_changed(line.text, changes)) for line in lines)
    missing = [phrase for phrase in changes if not any(phrase in line.text for line in lines)]
    if missing:
        raise ValueError(f"no such words in the text: {missing[0]!r}")
    return edited


def expand(lines: Sequence[Line], around: Sequence[Line], at: int) -> tuple[Line, ...]:
    """The release inside a longer text, after the first `at` paragraphs of that."""
    return (*around[:at], *lines, *around[at:])


def texturize(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The text as a blog engine sets it: curly quotes, long dashes; addresses stay as they are."""
    return tuple(replace(line, text="".join(map(_curly, _ADDRESS.split(line.text)))) for line in lines)


def _changed(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def _curly(piece: str) -> str:
    """Set one piece of text; an address is left alone.

    >>> _curly('"It is" -- he')
    '“It is” — he'
    """
    if _ADDRESS.fullmatch(piece):
        return piece
    piece = re.sub(r'(^|[\s(\[])"', "\\1“", piece).replace('"', "”")
    return piece.replace("'", "’").replace(" -- ", " — ").replace(" --", " —")
