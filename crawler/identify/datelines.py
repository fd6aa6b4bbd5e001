"""Datelines: how a release begins, on every wire and after every mutation that aggregators do to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from crawler.identify.dates import Date, find_date

_DASH: Final = (
    r"(?:--|\u2014\u2014|\u2014|\u2013|\u2015|\u2012|-|\u2212|\u30fc|\u2500|\u0e42|&[mn]dash;|&#821[12];"
    r"|\u00e2\u20ac\u201d?|\u00e2\u20ac\u201c|\u00e2\x80[\x93\x94]|\ufffd{1,3})"
)
"""The dash after a dateline, with what wrong code pages make of it."""
_MARK = re.compile(
    rf"(?=(?P<mark>/\s?(?P<slashed>[^/()\n]{{2,60}}?)\s?/|\((?P<held>[^()\n]{{2,60}})\)"
    rf"|{_DASH}\s?(?P<dashed>[^\W\d_][^/()\n\u2014\u2013-]{{2,40}})(?={_DASH})))"
)
"""What may hold a wire's name: slashes, parentheses, dashes."""
_WIRE = re.compile(
    r"wire\b|wire[-.=_]|wired\b|\u7f8e\u901a\u793e|\uc5f0\ud569\ub274\uc2a4|\ub274\uc2a4\uc640\uc774\uc5b4"
    r"|PR\u30ef\u30a4\u30e4\u30fc|\u4e9a\u592a\u5546\u8baf|\u4e9e\u592a\u5546\u8a0a|\u5546\u4e1a\u8d44\u8baf"
    r"|\bCNW\b|\bNewsfile\b|\bPRNews\b|\bPR ?Web\b|\bots\b|\bAsiaNet\b|\bMedianet\b|\bKyodo JBN\b|\bAPO\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"news\b|news-|presse?release|\bXinhua\b|\bBernama\b|\bANI\b|\bPTI\b|\bReportage\b|\bNewsVoir\b", re.IGNORECASE
)
_CREDIT = re.compile(
    r"(?:photos?|images?|graphic|logo|foto|video|source|credit|courtesy|via|by|see)\b", re.IGNORECASE
)
_BARE = re.compile(
    rf"[\s,.]{{0,3}}(?:{_DASH}\s?)?(?P<wire>(?:PR ?Newswire|Globe ?Newswire|Business ?Wire|ACCESS ?Wire"
    rf"|ACCESS Newswire|EIN ?Presswire|Newsfile(?: Corp)?)[^\s/]{{0,12}})?\s{{0,2}}{_DASH}",
    re.IGNORECASE,
)
"""What follows the date where an outlet took the wire's slashes, or the whole name, away."""
_DATED = re.compile(rf"\d.{{0,70}}{_DASH}")
_DASHED = re.compile(rf"\s{{0,4}}(?:{_DASH}|:)")
_ENDS_DASHED = re.compile(rf"{_DASH}\s{{0,2}}$")
_WORDS = re.compile(r"[^\W\d_]+")
_NO_PLACE = re.compile(r"[%$;?!\"\u201c\u201d\u3002=|]|[a-z]{3}\. [A-Z]|: ")
_LEFT: Final = " ,.\u060c\uff0c\u3001-\u2014\u2013\t\u00a0"
_PARTICLES: Final = frozenset(
    "of the and und et y e i и й та or de del della des du da do dos das di la le les el los las am an der den "
    "dem bei im in auf upon on sur sous en under zum zur al ad bin van von ten ter op aan och og ja ve và dan şi "
    "si a à na nad via próximo near ngày tháng năm tanggal г р".split()
)
"""Small words that names of places are made with."""
_STARTS: Final = frozenset(
    "on in by at since from until before after published updated posted released last the this le el il am vom "
    "em no na dia op den d på w dne от с о monday tuesday wednesday thursday friday saturday sunday mon tue wed "
    "thu fri sat sun date dated lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves "
    "viernes sábado domingo montag dienstag mittwoch donnerstag freitag samstag sonntag segunda terça quarta "
    "quinta sexta lunedì martedì mercoledì giovedì venerdì sabato domenica by".split()
)
"""First words that make a date one of a sentence or of a by-line."""
_WIDE: Final = {0xFF0F: "/", 0xFF08: "(", 0xFF09: ")"}
_PLACE_LIMIT: Final = 150
_BARE_LIMIT: Final = 60
_CASELESS: Final = 24
_REST: Final = 40


@dataclass(frozen=True, slots=True)
class Dateline:
    """How a release begins. `text` is the dateline as written, without the dash after it; `wire` as it is named.

    `date` is ISO 8601, `2025-12-22`, or `--12-22` where the year is not written; `place` may be empty. `wire` is
    None where an outlet took the name away.
    """

    text: str
    place: str
    date: str | None
    wire: str | None


@lru_cache(maxsize=4096)
def read_dateline(text: str) -> Dateline | None:
    """The dateline at the start of a paragraph, or None.

    A wire's name is enough between slashes; in parentheses it needs a date or a dash beside it, an agency's the
    dash. Without a name it takes a place in capitals, a date with its year, and the dash.

    >>> read_dateline("BEIJING, Dec. 22, 2025 /PRNewswire/ \u2014 CGTN published an article")
    Dateline(text='BEIJING, Dec. 22, 2025 /PRNewswire/', place='BEIJING', date='2025-12-22', wire='PRNewswire')
    >>> read_dateline("PONTE VEDRA, Fla.--(BUSINESS WIRE)--The company said").place
    'PONTE VEDRA, Fla'
    >>> read_dateline("BEIJING, March 17 (Bernama-GLOBE NEWSWIRE) \u2014 A report").date
    '--03-17'
    >>> read_dateline("He told the agency (a news service) \u2014 and others \u2014 that it was so.") is None
    True
    """
    start = text[: _PLACE_LIMIT + 120].translate(_WIDE)
    marked = "/" in start or "(" in start or "wire" in start.lower()  # nearly all paragraphs end here
    for found in _MARK.finditer(start) if marked else ():
        place = start[: found.start()]
        if "\n" in place or len(place) > _PLACE_LIMIT:
            break
        name = found["slashed"] or found["held"] or found["dashed"]
        wire = _WIRE.search(name) is not None
        if (wire or _AGENCY.search(name)) and not _CREDIT.match(name):
            read = _read(start, found, name, wire=wire)
            if read is not None:
                return replace(read, text=text[: len(read.text)])
    return _read_bare(start)


def _read(start: str, found: re.Match[str], name: str, *, wire: bool) -> Dateline | None:
    """The dateline that this mark with this name ends, if what stands before it is a place and a date."""
    place, end = start[: found.start()], found.end("mark")
    within = find_date(name) if any(c.isdigit() for c in name) else None
    date = within or find_date(place)
    if date is None:
        date, end = _date_behind(start, end)
    dashed = _DASHED.match(start, end) is not None or _ENDS_DASHED.search(place) is not None
    sure = wire and (found["slashed"] is not None or (found["held"] is not None and date is not None))
    if not (dashed or sure) or (found["dashed"] is not None and date is None):
        return None
    where = place[: date.start] if date is not None and date is not within and date.end <= found.start() else place
    if not _is_place(where, dated=date is not None):
        return None
    told = (name[: within.start] + name[within.end :] if within else name).strip(" -\u2013\u2014,")
    return Dateline(start[:end].strip(), _trim(where), date.iso if date else None, told)


def _date_behind(start: str, end: int) -> tuple[Date | None, int]:
    """A date right behind the wire's name, as some wires have it, and where it ends."""
    behind = start[end : end + _REST]
    date = find_date(behind)
    if date is None or behind[: date.start].strip(" -\u2013\u2014"):
        return None, end
    closed = re.match(r"\s?/", behind[date.end :])
    return date, end + date.end + (closed.end() if closed else 0)


def _read_bare(start: str) -> Dateline | None:
    """A dateline whose wire lost its marks or its name: place and date, then a dash and running text."""
    head = start[: _BARE_LIMIT + _REST].partition("\n")[0]
    date = find_date(head) if _DATED.search(head) else None
    if date is None or not 1 < date.start <= _BARE_LIMIT:
        return None
    place, behind = start[: date.start], _BARE.match(start, date.end)
    if behind is None or len(start) - behind.end() < _REST:
        return None
    first = _WORDS.search(place)
    if first is None or first[0].casefold() in _STARTS or not _is_place(place, dated=True):
        return None
    if behind["wire"] is None and not (first[0].isupper() and len(first[0]) > 1 and len(date.iso) == 10):
        return None
    end = behind.end("wire") if behind["wire"] else date.end
    return Dateline(start[:end].strip(), _trim(place), date.iso, behind["wire"])


def _trim(place: str) -> str:
    """The place without what led over to the date: commas, `le`, `den`."""
    words = place.strip(_LEFT).split()
    while words and words[-1].casefold() in {"le", "den", "ngày", "the", "am", "el", "il", "tanggal", "on"}:
        words.pop()
    return " ".join(words).strip(_LEFT)


def _is_place(place: str, *, dated: bool) -> bool:
    """Whether what stands before date and wire can be a place, or several: names, and the small words in them."""
    if _NO_PLACE.search(place):
        return False
    words: list[str] = _WORDS.findall(place)
    small = [w for w in words if w.islower() and len(w) > 2 and w not in _PARTICLES]
    if small and not (dated and len(small) == 1 and len(words) <= 4):
        return False
    if all(w.islower() or w[:1].isupper() for w in words):
        return True
    return len(place.strip()) <= (2 * _CASELESS if dated else _CASELESS) and (dated or "\uff0c" not in place)
