"""What is said twice at the top: the title, the lead or a teaser of it, above the dateline or below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes, words
from crawler.clean.anatomy import body_of
from crawler.identify.datelines import read_dateline

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_TOP: Final = 14
_NEAR: Final = 30
_LEAST: Final = 30
"""Characters of a line that repeats another; below it both may well begin alike."""
_CUT: Final = 18
_READ_MORE: Final = 4
"""Words that "Read the full story" may have."""


def mark_before(sheet: Sheet) -> None:
    """Mutate the sheet: what stands above the release."""
    title = shapes.fold(sheet.page.title)
    lead = _wholes(sheet.blocks[sheet.span.first])
    for block in sheet.blocks[: sheet.span.first]:
        if block.kept < 500 and block.n < sheet.span.first - _NEAR:
            sheet.mark([block], "navigation", "above-release")
            continue
        line = shapes.fold(block.text)
        if line and line == title:
            sheet.mark([block], "title", "title")
        elif len(line) > _LEAST and any(_repeats(each, lead) for each in _lines(block, title)):
            sheet.mark([block], "duplicate-lead", "above-dateline:repeats-lead")
        elif block.kept >= 500:
            sheet.mark([block], "byline-box", "above-release")
        else:
            sheet.mark([block], "navigation", "above-release")


def mark_doubled_lead(sheet: Sheet) -> None:
    """Mutate the sheet: near the top, a title said again or a block that a later one begins with, cut or glued."""
    title = shapes.fold(sheet.page.title)
    top = [b for b in sheet.inside() if b.n - sheet.span.first < _TOP]
    for at, block in enumerate(top):
        line = shapes.fold(block.text)
        if block.linked < 900 and (line == title or _is_cut_title(block, line, title)):
            sheet.mark([block], "title", "title")
        elif len(line) > _LEAST and _is_said_again(block, top[at + 1 :], title):
            sheet.mark([block], "duplicate-lead", "repeated-below")
        elif shapes.is_prose(block):
            return


def _is_said_again(block: Block, below: list[Block], title: str) -> bool:
    """Whether a later block begins with this one; or is it: the next one, or a caption."""
    line = shapes.fold(block.text)
    lines = _lines(block, title)
    for later in below:
        if line == shapes.fold(later.text):
            if later.n == block.n + 1 or not shapes.is_prose(block):
                return True
        elif any(_repeats(each, _wholes(later)) for each in lines):
            return True
    return False


def _is_cut_title(block: Block, line: str, title: str) -> bool:
    """Whether the line is the title cut off, and says so."""
    cut = block.text.rstrip(" ])").endswith(("...", "\u2026"))
    return cut and len(line) >= _CUT and len(line) < len(title) and title.startswith(_less(line))


def _lines(block: Block, title: str) -> tuple[str, ...]:
    """What the block may say again: its text without "read more", a title glued to it, and its dateline."""
    line = _wholes(block)[0]
    told = line.split(" ")
    for count in range(1, _READ_MORE + 1):
        if len(told) > count and words.squeeze(" ".join(told[-count:])) in words.READ_MORE:
            line = " ".join(told[:-count])
            break
    found = [line]
    if len(title) > _CUT and len(line) > len(title) + _LEAST:
        if line.startswith(title):
            found.append(line[len(title) :].lstrip())
        elif line.endswith(title):
            found.append(line[: -len(title)].rstrip())
    dateline = read_dateline(block.text)
    if dateline is not None:
        found.append(shapes.fold(body_of(block.text, dateline)))
    return tuple(each for each in found if len(each) > _LEAST)


def _wholes(block: Block) -> tuple[str, ...]:
    """A block's folded text, with its dateline and without."""
    line = shapes.fold(block.text)
    dateline = read_dateline(block.text)
    return (line, shapes.fold(body_of(block.text, dateline))) if dateline else (line,)


def _repeats(line: str, wholes: tuple[str, ...]) -> bool:
    """Whether a folded line is the beginning of another text, cut, or that beginning twice over."""
    half = line[: len(line) // 2]
    twice = len(half) > _LEAST and line.endswith(half[-25:])
    return any(
        (len(line) < len(whole) and whole.startswith(_less(line))) or (twice and whole.startswith(half[:-8]))
        for whole in wholes
    )


def _less(line: str) -> str:
    """A line without its last word, which may be cut."""
    return line.rpartition(" ")[0] or line
