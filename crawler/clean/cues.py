"""Cues: rows of words, with gaps, that tell what a longer line is. Looked for in one walk over its words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CHOICE = re.compile(r"\(([^()]*)\)|(\u2026)")
_UNBROKEN: Final = "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff"
"""Writings without blanks, or with endings: each of their signs is a word. Hangul comes in its parts."""
_WORDS = re.compile(rf"[{_UNBROKEN}]|[^\W_{_UNBROKEN}]+")
_REACH: Final = 10
"""Words that a gap may hold."""
_SIGNS: Final = 3
"""Signs of a writing without blanks that make about a word."""

Row = tuple[str, ...]


class _Slot:
    """One place of a cue: the rows of words that may stand there, after a gap or at once; it may be missing."""

    __slots__ = ("gap", "missing", "rows")

    def __init__(self, rows: Iterable[Row], *, gap: bool) -> None:
        self.gap = gap
        self.rows: dict[str, list[Row]] = {}
        self.missing = False
        for row in rows:
            if row:
                self.rows.setdefault(row[0], []).append(row)
            else:
                self.missing = True


class Cues:
    """A set of cues. A phrase is words, choices `(a|b)` and gaps `…`; `bare` makes a word comparable."""

    __slots__ = ("_first",)

    def __init__(self, phrases: Iterable[str], bare: Callable[[str], str]) -> None:
        self._first: dict[str, list[tuple[Row, tuple[_Slot, ...]]]] = {}
        for phrase in phrases:
            slots = _read(phrase, bare)
            while slots:
                for rows in slots[0].rows.values():
                    for row in rows:
                        self._first.setdefault(row[0], []).append((row, tuple(slots[1:])))
                if not slots[0].missing:
                    break
                slots = slots[1:]

    def found_in(self, line: str) -> bool:
        """Whether one of the cues stands in a bare line."""
        words = _words(line)
        first = self._first
        if first.keys().isdisjoint(words):  # so it is with nearly all lines
            return False
        reach = _REACH if len(line) > _SIGNS * len(words) else _REACH * _SIGNS
        return any(
            words[at : at + len(row)] == row and _goes_on(words, at + len(row), rest, reach)
            for at, word in enumerate(words)
            if word in first
            for row, rest in first[word]
        )


def _read(phrase: str, bare: Callable[[str], str]) -> list[_Slot]:
    """The slots of a phrase."""
    slots: list[_Slot] = []
    gap, at = False, 0
    for found in [*_CHOICE.finditer(phrase), None]:
        plain = _row(phrase[at : found.start() if found else None], bare)
        if plain:
            slots.append(_Slot([plain], gap=gap))
            gap = False
        if found is None:
            break
        at = found.end()
        if found[2]:
            gap = True
        else:
            slots.append(_Slot([_row(choice, bare) for choice in found[1].split("|")], gap=gap))
            gap = False
    return slots


def _row(text: str, bare: Callable[[str], str]) -> Row:
    return _words(bare(text))


@lru_cache(maxsize=4096)
def _words(line: str) -> Row:
    """The words of a bare line, which several sets of cues are looked for in."""
    return tuple(_WORDS.findall(line))


def _goes_on(words: Row, at: int, slots: tuple[_Slot, ...], reach: int) -> bool:
    """Whether the slots follow from this word on."""
    if not slots:
        return True
    slot, rest = slots[0], slots[1:]
    for start in range(at, min(at + (reach if slot.gap else 0) + 1, len(words))):
        for row in slot.rows.get(words[start], ()):
            if words[start : start + len(row)] == row and _goes_on(words, start + len(row), rest, reach):
                return True
    return slot.missing and _goes_on(words, at, rest, reach)
