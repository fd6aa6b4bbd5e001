"""Datelines: how a release begins, on every wire and after every mutation that aggregators do to it."""

from __future__ import annotations

import re
from typing import Final

_DASH: Final = r"(?:--|\u2014\u2014|\u2014|\u2013|\u2015|-|\u2212|\u0e42)"
_MARK = re.compile(
    r"(?=(?P<mark>/\s?[^/()\n]{2,60}?\s?/(?:[^/\n]{3,40}/)?|\([^()\n]{2,60}\))\s{0,4}(?P<rest>[^\n]{0,3}))"
)
"""What may hold a wire's name: slashes, with a date after them on one wire, or parentheses."""
_WIRE = re.compile(
    r"wire\b|wire[-.=_]|\u7f8e\u901a\u793e|\uc5f0\ud569\ub274\uc2a4|\bCNW\b|\bNewsfile\b|\bMarketwired\b|\bPRNews\b|\bots\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"news\b|news-|presse?release|\bXinhua\b|\bBernama\b|\bANI\b|\bPTI\b|\bReportage\b|\bNewsVoir\b", re.IGNORECASE
)
_DASHED = re.compile(rf"{_DASH}|:")
_SMALL = re.compile(r"\b[^\W\d_]{3,}\b")
_WORDS_OF_WIRE: Final = 2
_WORDS_OF_AGENCY: Final = 1
_PLACE_LIMIT: Final = 150


def find_dateline(text: str) -> str | None:
    """The dateline at the start of a paragraph, as written and without the dash after it, or None.

    A wire's name is enough; an agency's, which any sentence may put in parentheses, needs the dash after it.

    >>> find_dateline("BEIJING, Dec. 22, 2025 /PRNewswire/ \u2014 CGTN published an article")
    'BEIJING, Dec. 22, 2025 /PRNewswire/'
    >>> find_dateline("PONTE VEDRA, Fla.--(BUSINESS WIRE)--The company said")
    'PONTE VEDRA, Fla.--(BUSINESS WIRE)'
    >>> find_dateline("BEIJING, March 17 (Bernama-GLOBE NEWSWIRE) \u2014 A report")
    'BEIJING, March 17 (Bernama-GLOBE NEWSWIRE)'
    >>> find_dateline("He told the agency (a news service) \u2014 and others \u2014 that it was so.") is None
    True
    """
    start = text[: _PLACE_LIMIT + 120]
    for found in _MARK.finditer(start):
        place, mark = start[: found.start()], found["mark"]
        if "\n" in place or "/" in place or len(place) > _PLACE_LIMIT:
            return None
        dashed = _DASHED.match(found["rest"]) is not None
        if _WIRE.search(mark):
            return start[: found.end("mark")].strip() if _is_place(place, _WORDS_OF_WIRE + dashed) else None
        if _AGENCY.search(mark) and dashed:
            return start[: found.end("mark")].strip() if _is_place(place, _WORDS_OF_AGENCY) else None
    return None


def _is_place(place: str, words: int) -> bool:
    """Whether what stands before the wire's name can be place and date: of small words only a month's few."""
    found: list[str] = _SMALL.findall(place)
    return sum(word.islower() for word in found) <= words
