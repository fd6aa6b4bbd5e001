"""Moments as pages write them: ISO, figures in the order of a language, months by name; with the clock beside."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from crawler.identify.dates import MONTHS
from crawler.records import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZONES: Final[dict[str, int | None]] = {
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "WIB": 7, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "ET": None, "CT": None, "MT": None, "PT": None, "CST": None, "IST": None, "BST": None,
}  # fmt: skip
"""Names of zones, in hours ahead of UTC; None where a name means more than one thing, or two in a year."""

_YEAR: Final = r"(?P<year>(?:19|20|25|٢٠|२०)\d\d)(?=\D|$|\d\d?:\d\d)"
"""A year; a clock may be glued to it."""
_WORD: Final = r"[^\s\d,/()|:-]{2,14}"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}(?P<mark>[-/.])\s?(?P<month>\d\d?)(?P=mark)\s?(?P<day>\d\d?)(?!\d)",
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일]",
        (
            rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|º|ª)?[.,]?[ -](?:de |of |tháng )?"
            rf"(?P<month>{_WORD}|\d\d?)[.,]?[ -](?:del? |năm |พ\.ศ\. ?)?{_YEAR}"
        ),
        rf"(?<![^\W_])(?P<month>{_WORD}) (?P<day>\d\d?)(?:st|nd|rd|th)?,? {_YEAR}",
        rf"(?<!\d)(?P<one>\d\d?)(?P<mark>[/.-])(?P<two>\d\d?)(?P=mark){_YEAR}",
    )
)
_CLOCK = re.compile(
    r"(?: ?г\.)?[^\w+-]{0,3}(?:[-–] )?(?:T|at|um|à|a las|alle|kl\.?|às|в|o|jam|pukul|с)?[^\w+-]{0,2}"
    r"(?P<hour>\d\d?)(?:[:h]|\.(?=\d\d\b))(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s?(?P<half>[ap]\.?m\b)?\.?\s?(?P<zone>Z\b|[+-]\d\d:?\d\d|(?:UTC|GMT)(?:[+-]\d\d?(?::?\d\d)?)?\b"
    rf"|(?:{'|'.join(_ZONES)})\b)?",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(
    r"(?<![\d:])(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s?"
    r"(?P<half>[ap]\.?m\b)?\.?(?P<zone>)[, ]{1,3}$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?$", re.ASCII)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?$", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d?):?(\d\d)?$")
_BUDDHIST: Final = 2500
_AHEAD: Final = 543
_NEAR: Final = 16
_DAY: Final = len("2025-12-22")
_MONTH_FIRST: Final = frozenset({"en", "en-us", "tl", "fil"})
"""Languages that write the month before the day; `en-gb` and its like, and all others, write the day first."""


def is_month_first(language: str) -> bool:
    """Whether `4/6/2016` is the sixth of April in this language (a tag such as `en` or `en-gb`)."""
    return language.lower().replace("_", "-") in _MONTH_FIRST


def read_moment(value: str, *, month_first: bool, zone: str = "") -> str | None:
    """What a machine's field says: an ISO date or time, a mail date, `20251222`, seconds since 1970; or None.

    UTC where the value has a zone or `zone` gives one (`+08:00`), else a bare date or a local time.

    >>> read_moment("2025-12-22T15:16:09+08:00", month_first=False)
    '2025-12-22T07:16:09Z'
    >>> read_moment("Mon, 22 Dec 2025 10:00:00 GMT", month_first=False)
    '2025-12-22T10:00:00Z'
    >>> read_moment("4/6/2016 4:00:00 PM", month_first=False)
    '2016-04-06T16:00:00'
    >>> read_moment("1766387769342", month_first=False)
    '2025-12-22T07:16:09Z'
    """
    value = value.strip()[:60]
    if value[:2] in {"19", "20"} and value[4:5] == value[7:8] == "-":  # nearly all that machines write
        with suppress(ValueError, OverflowError):
            return _written(datetime.fromisoformat(value), zone, has_clock=len(value) > _DAY)
    if _EPOCH.match(value):
        return stamp(datetime.fromtimestamp(int(value[:10]), UTC))
    compact = _COMPACT.match(value)
    if compact:
        year, month, day, hour, minute, second, ends = compact.groups()
        clock = f"T{hour}:{minute}:{second or '00'}{ends or ''}" if hour else ""
        value = f"{year}-{month}-{day}{clock}"
    return next(find_moments(value, month_first=month_first, zone=zone), None)


def find_moments(text: str, *, month_first: bool, zone: str = "") -> Iterator[str]:
    """The dates that a line shows, from left to right; a time right behind or before a date belongs to it.

    >>> list(find_moments("Published 22. Dezember 2025, 10:30 Uhr | Stand 23.12.2025", month_first=False))
    ['2025-12-22T10:30:00', '2025-12-23']
    >>> list(find_moments("03/04/2025", month_first=True)), list(find_moments("03/04/2025", month_first=False))
    (['2025-03-04'], ['2025-04-03'])
    >>> list(find_moments("BEIJING, Dec. 22, 2025 /PRNewswire/", month_first=True))
    ['2025-12-22']
    >>> list(find_moments("เผยแพร่ 22 ธันวาคม 2568", month_first=False))
    ['2025-12-22']
    """
    found = sorted(((hit.start(), n, hit) for n, form in enumerate(_FORMS) for hit in form.finditer(text)))
    end = -1
    for start, _, hit in found:
        if start < end:
            continue
        moment = _moment(hit, _clock(text, hit), month_first=month_first, zone=zone)
        if moment is not None:
            end = hit.end()
            yield moment


def _clock(text: str, hit: re.Match[str]) -> re.Match[str] | None:
    before = text[max(0, hit.start() - _NEAR) : hit.start()]
    return _CLOCK.match(text, hit.end()) or _CLOCK_BEFORE.search(before)


def _moment(hit: re.Match[str], clock: re.Match[str] | None, *, month_first: bool, zone: str) -> str | None:
    """The moment that a date and the clock behind it say; None where there is no such day."""
    parts = hit.groupdict()
    year = int(parts["year"])
    if "one" in parts:
        one, two = int(parts["one"]), int(parts["two"])
        halves = clock is not None and clock["half"] is not None and parts["mark"] == "/"
        swapped = two > 12 or ((month_first or halves) and parts["mark"] != "." and one <= 12)
        day, month = (two, one) if swapped else (one, two)
    else:
        named = parts["month"].casefold()
        day, month = int(parts["day"]), int(named) if named.isdecimal() else _month(named)
    try:
        moment = datetime(year - _AHEAD if year > _BUDDHIST else year, month, day)  # noqa: DTZ001 (zoned below)
        if clock is None:
            return _written(moment, "", has_clock=False)
        moment = moment.replace(hour=_hour(clock), minute=int(clock["minute"]), second=int(clock["second"] or 0))
        return _written(moment, clock["zone"] or zone, has_clock=True)
    except (ValueError, OverflowError):
        return None


def _written(moment: datetime, zone: str, *, has_clock: bool) -> str:
    """A moment in our form: UTC where its zone is known, else the local time, or the day alone."""
    if not has_clock:
        return moment.date().isoformat()
    offset = None if moment.tzinfo else _offset(zone)
    if moment.tzinfo is None and offset is None:
        return moment.isoformat(timespec="seconds")
    return stamp(moment if offset is None else (moment - offset).replace(tzinfo=UTC))


def _month(name: str) -> int:
    """The month of that name; 0 where there is none, which no date has.

    Also behind a Hebrew preposition, and where its short form for small screens stands before it (`Nov.November`).
    """
    whole = name.replace(".", "")
    short = name.rstrip(".").rpartition(".")[2]
    return MONTHS.get(whole) or MONTHS.get(whole.removeprefix("\u05d1")) or MONTHS.get(short, 0)


def _hour(clock: re.Match[str]) -> int:
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if not half:
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)


def _offset(zone: str) -> timedelta | None:
    """How far a zone is ahead of UTC, None where none is given.

    >>> _offset("+0530"), _offset("Z"), _offset("jst"), _offset("")
    (datetime.timedelta(seconds=19800), datetime.timedelta(0), datetime.timedelta(seconds=32400), None)
    """
    if not zone:
        return None
    if zone.upper() in _ZONES:
        hours_ahead = _ZONES[zone.upper()]
        return None if hours_ahead is None else timedelta(hours=hours_ahead)
    found = _ZONE.search(zone)
    if not found:
        return timedelta(0)
    sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return ahead if sign == "+" else -ahead
