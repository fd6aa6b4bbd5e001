"""What stands between a page's headline and its text: by-lines and dates, and what was kept from above both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.clean import shapes, words
from crawler.identify.dates import find_date

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_PARTS = re.compile(r"\n| ?[|\u00b7\u2022\u2027] ?| [\u2013\u2014-] ")
_CLOCK = re.compile(r"\d{1,2}(?:h\d{0,2})?$")
_READING = re.compile(r"\d{1,2}[ -]min(?:ute|utes|uten|utos)?\b(?: (?:read|de lectura))?$", re.IGNORECASE)
_LONGEST: Final = 120
_NAMED: Final = 6
"""Words of the longest by-line."""
_TOP: Final = 14
_PROSE: Final = 2
"""Paragraphs below which no line is a by-line."""


def mark_masthead(sheet: Sheet) -> None:
    """Mutate the sheet: near the top, lines of title, author and date alone; and what was kept above the title.

    A page's headline stands above its text, so that a notice above the headline is none of it.
    """
    blocks = sheet.inside()
    title = shapes.fold(sheet.page.title)
    head = next((b.n for b in blocks if b.tag == "h1" and b.n < sheet.top and shapes.fold(b.text) == title), None)
    if head is not None and not sheet.span.dateline:
        sheet.mark((b for b in blocks if b.n < head), "byline-box", "above-title")
    prose = 0
    for block in blocks[:_TOP]:
        signed = _is_signed(block, title)
        if signed is not None:
            sheet.mark([block], "byline-box", "by-line" if signed else "date-line")
        elif shapes.is_prose(block):
            prose += 1
            if prose == _PROSE:
                return


def _is_signed(block: Block, title: str) -> bool | None:
    """Whether a line names an author beside dates and the title; None where it has other parts."""
    if len(block.text) > _LONGEST + len(title):
        return None
    parts = [part for part in _PARTS.split(block.text) if part.strip()]
    dated = [part for part in parts if is_date_line(part)]
    signed = [part for part in parts if is_byline(_undated(part))]
    others = [p for p in parts if p not in dated and p not in signed and not _READING.match(p.strip())]
    if not (dated or signed) or any(shapes.fold(part) != title for part in others):
        return None
    return bool(signed)


def _undated(text: str) -> str:
    """A line without the date at its end, and a clock behind that."""
    date = find_date(text) if any(map(str.isdigit, text)) else None
    if date is None or date.iso.startswith("-") or not is_date_line(text[date.start :]):
        return text
    return text[: date.start].rstrip(" ,;(")


def is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else but a time, a day of the week or a word such as "Published".

    >>> is_date_line("Published: Monday, Dec. 22, 2025, 10:30 am"), is_date_line("14 de dezembro de 2025")
    (True, True)
    >>> is_date_line("BEIJING, Dec. 22, 2025"), is_date_line("The bridge opened on May 4, 2026.")
    (False, False)
    """
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return False
    date = find_date(text)
    if date is None or date.iso.startswith("-"):
        return False
    rest = shapes.fold(f"{text[: date.start]} {text[date.end :]}").split()
    return all(word in words.DATED or _CLOCK.match(word) for word in rest)


def is_byline(text: str) -> bool:
    """Whether a line names an author and nothing else.

    >>> is_byline("By Leif Anker"), is_byline("Von Wiebke Harms"), is_byline("By Monday the river had fallen")
    (True, True, False)
    """
    first, *names = text.rstrip(" ,;").split()[: _NAMED + 2] or [""]
    return (
        first.rstrip(":").casefold() in words.BY
        and 0 < len(names) <= _NAMED
        and text[-1:] not in ".!?"
        and all(name[0].isupper() or name.casefold() in words.NAME_PARTICLES for name in names)
    )
