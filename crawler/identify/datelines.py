"""Datelines: how a release begins, on every wire and after every mutation that aggregators do to it."""

from __future__ import annotations

import re
from typing import Final

_DASH: Final = r"(?:--|\u2014\u2014|\u2014|\u2013|\u2015|-|\u2212|\u0e42)"
_WIRE_NAME: Final = (
    r"[^/()\n]{0,24}(?:wire|news|presse?release|\u7f8e\u901a\u793e|CNW|Xinhua|\uc5f0\ud569\ub274\uc2a4|Bernama|ANI|PTI|Reportage|issuewire)"
    r"[^/()\n]{0,40}"
)
_MARK: Final = rf"(?:/\s?{_WIRE_NAME}\s?/|\(\s?{_WIRE_NAME}\s?\))"
_MARKED = re.compile(
    rf"(?P<line>(?P<place>[^/\n]{{0,150}}?){_DASH}?\s?{_MARK}(?:[^/\n]{{3,40}}/)?)\s*(?:{_DASH})?\s*",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"(?P<line>(?P<place>[^\W\d_a-z][^\W\d_a-z .'\u2019-]{{2,40}}(?:,\s[\w .]{{2,30}}){{0,2}}(?:,\s\d{{4}})?"
    rf"(?:\s?\([\w. ]{{2,30}}\))?))\s?{_DASH}\s"
)
_PLACE_LIMIT: Final = 150


def find_dateline(text: str) -> str | None:
    """The dateline at the start of a paragraph, as written and without the dash after it, or None.

    >>> find_dateline("BEIJING, Dec. 22, 2025 /PRNewswire/ \u2014 CGTN published an article")
    'BEIJING, Dec. 22, 2025 /PRNewswire/'
    >>> find_dateline("PONTE VEDRA, Fla.--(BUSINESS WIRE)--The company said")
    'PONTE VEDRA, Fla.--(BUSINESS WIRE)'
    >>> find_dateline("BEIJING, March 17 (Bernama-GLOBE NEWSWIRE) \u2014 A report")
    'BEIJING, March 17 (Bernama-GLOBE NEWSWIRE)'
    >>> find_dateline("He read the news and/or wrote it.") is None
    True
    """
    start = text[: _PLACE_LIMIT + 120]
    found = _MARKED.match(start)
    if found and _is_place(found["place"]):
        return found["line"].strip()
    return None


def find_plain_dateline(text: str) -> str | None:
    """A dateline without a wire's name (`GENEVA, Oct. 3 (Agency) -- `): weaker, for pages without another.

    >>> find_plain_dateline("LONDON (Agency) - Prices rose")
    'LONDON (Agency)'
    """
    found = _PLAIN.match(text[:200])
    return found["line"].strip() if found else None


def _is_place(place: str) -> bool:
    """Whether what stands before the wire's name can be place and date: no sentence goes on in it."""
    return not re.search(r"[.!?]\s+[^\W\d_]{3,}\s+[^\W\d_]{3,}\s+[^\W\d_]{2,}\s+[^\W\d_]{2,}", place)
