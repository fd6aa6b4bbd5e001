"""Dates as pages write them, in many languages: `Dec. 22, 2025`, `22 de diciembre de 2025`, `2025年12月22日`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NAMES: Final = """
january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec
januar|jänner februar|feber märz|mrz - mai juni juli - - oktober|okt - dezember|dez
janvier|janv février|févr|fév mars avril|avr mai juin juillet|juil août septembre octobre novembre décembre|déc
enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre octubre noviembre diciembre|dic
janeiro fevereiro|fev março abril maio junho julho agosto setembro|set outubro|out novembro dezembro
gennaio|gen febbraio|febb marzo aprile maggio|mag giugno|giu luglio|lug agosto settembre|sett ottobre|ott novembre dicembre
januari februari maart|mrt april mei juni juli augustus september oktober november december
- - - - maj juni juli augusti - - - -
- - marts - - - - - - - - desember|des
tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu joulukuuta|joulukuu
ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září října|říjen listopadu prosince|prosinec
stycznia|styczeń lutego|luty marca|marzec kwietnia|kwiecień maja czerwca|czerwiec lipca|lipiec sierpnia|sierpień września|wrzesień października|październik listopada|listopad grudnia|grudzień
января|январь|янв февраля|февраль|фев марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл августа|август|авг сентября|сентябрь|сент|сен октября|октябрь|окт ноября|ноябрь|нояб|ноя декабря|декабрь|дек
січня|січень лютого|лютий березня|березень квітня|квітень травня|травень червня|червень липня|липень серпня|серпень вересня|вересень жовтня|жовтень - грудня|грудень
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
- február március április május június július augusztus szeptember október - -
ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ μαρτίου|μάρτιος|μαρ απριλίου|απρίλιος|απρ μαΐου|μάιος ιουνίου|ιούνιος|ιουν ιουλίου|ιούλιος|ιουλ αυγούστου|αύγουστος|αυγ σεπτεμβρίου|σεπτέμβριος|σεπ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοε δεκεμβρίου|δεκέμβριος|δεκ
يناير فبراير|شباط مارس|آذار أبريل|ابريل|نيسان مايو|أيار يونيو|حزيران يوليو|تموز أغسطس|اغسطس|آب سبتمبر|أيلول أكتوبر|اكتوبر نوفمبر ديسمبر
ינואר פברואר מרץ|מרס אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
जनवरी फरवरी|फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर
มกราคม|มค กุมภาพันธ์|กพ มีนาคม|มีค เมษายน|เมย พฤษภาคม|พค มิถุนายน|มิย กรกฎาคม|กค สิงหาคม|สค กันยายน|กย ตุลาคม|ตค พฤศจิกายน|พย ธันวาคม|ธค
- - mac - - - - ogos|agustus - - - disember
"""  # noqa: E501  # a language a line, a month a column
MONTHS: Final = {
    name.casefold(): number
    for row in _NAMES.strip().splitlines()
    for number, names in enumerate(row.split(), 1)
    for name in names.split("|")
    if name != "-"
}
"""Names of months and what shortens them, case folded and without points, to their number."""

_IDEOGRAPHIC = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]")
_TOLD = re.compile(r"(?:ng\u00e0y\s)?\b(\d{1,2}) th\u00e1ng (\d{1,2})(?:,? (?:n\u0103m )?(\d{4}))?", re.IGNORECASE)
_ISO = re.compile(r"\b(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\b")
_FIGURES = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})\2(\d{4})\b")
_TOKEN = re.compile(r"\d+|[^\W\d_][\w\u0300-\u036f\u0900-\u097f\u0e30-\u0e4e]*")
_SAID: Final = frozenset({"de", "del", "di", "of", "da", "d", "st", "nd", "rd", "th", "er", "re", "a", "din"})
"""Words that stand between day, month and year and say nothing."""
_NEAR: Final = 3
_OLDEST, _NEWEST = 1980, 2100
_BUDDHIST: Final = 543
_DAYS: Final = 31
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Date:
    """A date and where in the text it stands. `iso` is `2025-12-22`, or `--12-22` where no year is written."""

    start: int
    end: int
    iso: str


def find_date(text: str) -> Date | None:
    """The first date in a text, or None. Of `03/04/2025` nobody can say which is the month: None.

    >>> find_date("BEIJING, Dec. 22, 2025 /PRNewswire/").iso
    '2025-12-22'
    >>> find_date("PEKÍN, 22 de diciembre de 2025").iso
    '2025-12-22'
    >>> find_date("ATLANTA, Sept. 9 --").iso
    '--09-09'
    """
    found = _IDEOGRAPHIC.search(text)
    if found is not None:
        return _date(found.start(), found.end(), found[1], found[2], found[3])
    found = _TOLD.search(text)
    if found is not None:
        return _date(found.start(), found.end(), found[3], found[2], found[1])
    found = _ISO.search(text)
    if found is not None:
        return _date(found.start(), found.end(), found[1], found[3], found[4])
    found = _FIGURES.search(text)
    if found is not None:
        day, month = (found[3], found[1]) if found[2] == "/" and int(found[3]) > _MONTHS else (found[1], found[3])
        if found[2] == "/" and int(day) <= _MONTHS and day != month:
            return None
        return _date(found.start(), found.end(), found[4], month, day)
    return _named(text)


def _date(start: int, end: int, year: str | None, month: str | int, day: str) -> Date | None:
    if not (1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS):
        return None
    if year is not None and int(year) > _NEWEST:
        year = str(int(year) - _BUDDHIST)
    return Date(
        start, end, f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if year else f"--{month:0>2}-{int(day):02d}"
    )


def _named(text: str) -> Date | None:
    """A date whose month is a word: the day beside it, before or after, and the year if one is near."""
    tokens = [token for token in _TOKEN.finditer(text) if token[0].casefold() not in _SAID]
    for at, token in enumerate(tokens):
        month = None if token[0].isdigit() else MONTHS.get(token[0].casefold())
        if month is None:
            continue
        beside = [tokens[n] for n in (at - 1, at + 1) if 0 <= n < len(tokens)]
        day = next((t for t in beside if _is_near(text, token, t) and _is_day(t[0])), None)
        if day is None:
            continue
        year = next(
            (t for t in tokens[max(0, at - 2) : at + _NEAR] if _is_year(t[0]) and _is_near(text, token, t)), None
        )
        places = [t for t in (day, token, year) if t is not None]
        start, end = min(t.start() for t in places), max(t.end() for t in places)
        return _date(start, end, year[0] if year else None, month, day[0])
    return None


def _is_near(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether next to nothing stands between two words of a date: no bracket, no slash, no dash."""
    first, last = sorted((one, other), key=lambda each: each.start())
    between = text[first.end() : last.start()]
    return len(between) <= 14 and not any(mark in between for mark in "()/[];:")


def _is_day(word: str) -> bool:
    return word.isdigit() and len(word) <= 2 and 1 <= int(word) <= _DAYS


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4 and _OLDEST <= int(word) <= _NEWEST + _BUDDHIST
