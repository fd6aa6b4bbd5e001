"""Stamps: the date or the age that a list of stories gives each of them, in many languages."""

from __future__ import annotations

import re
from typing import Final

from crawler.identify.dates import find_date

_LONGEST: Final = 80
_SHORT: Final = 40
_BESIDE: Final = 30
"""Characters beside a date that may name a source."""

_CLOCK: Final = r"(?:[ T,|·•–-]{1,3}(?:at |um |à |klo |kl\.? |в )?\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: (?:Uhr|[A-Z]{2,4}))?)?"  # fmt: skip  # noqa: E501
_DATE = re.compile(
    r"(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])"
    + _CLOCK
    + "$",
    re.IGNORECASE,
)
_BEFORE: Final = "hace|il y a|vor|för|před|منذ|قبل|לפני|πριν|acum|há"
_AFTER: Final = "fa|atrás|geleden|sedan|siden|sitten|temu|назад|тому|önce|پیش|पहले|lalu|trước|ที่แล้ว|ezelőtt"
_UNITS: Final = "minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|seconds?|secs?|[mhdw]"
_SIGNS: Final = "分钟|分鐘|分|小时|小時|個小時|時間|天|日|周|週間|个月|個月|분|시간|일|주"
_WORDS: Final = "yesterday|just now|gestern|ayer|ontem|ieri|gisteren|wczoraj|вчера|昨天|昨日|어제|kemarin|dün"
_AGE = re.compile(
    rf"(?:(?<!\d)\d{{1,3}} ?(?:{_UNITS}) ago|\ban? (?:minute|hour|day|week|month|year) ago"
    rf"|\b(?:{_BEFORE}) \d{{1,3}} \S{{1,12}}"
    rf"|(?<!\d)\d{{1,3}} ?[^\W\d]\S{{0,12}}(?: \S{{1,8}})? (?:{_AFTER})"
    rf"|(?<!\d)\d{{1,3}}\s?(?:{_SIGNS})\s?[前전]|\b(?:{_WORDS}))$",
    re.IGNORECASE,
)


def is_stamp(text: str) -> bool:
    """A source and a time glued or side by side, as teasers carry it.

    >>> [is_stamp(text) for text in ("CoinBoard2025/09/18 01:44", "Hafenpost · vor 3 Std.", "3小时前", "In 2025.")]
    [True, True, True, False]
    """
    if len(text) > _LONGEST:
        return False
    if text.endswith(".") and len(text) <= _SHORT:  # a unit that is shortened, not a sentence
        text = text[:-1]
    return _DATE.search(text) is not None or _AGE.search(text) is not None


def is_dated(text: str) -> bool:
    """A short line with a date in it, however written; what stands beside the date is at most a name.

    >>> is_dated("Hafenpost, 3. Dezember 2025"), is_dated("On Dec. 3, 2025, the mayor of the old town said no")
    (True, False)
    """
    if len(text) > _BESIDE + _SHORT:
        return False
    date = find_date(text)
    return date is not None and len(text) - (date.end - date.start) <= _BESIDE
