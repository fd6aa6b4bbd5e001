"""The text's home: what stands outside the element that holds all of its paragraphs, and what among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.closing import closing
from crawler.clean.masthead import is_byline, is_date_line

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_BOXES: Final = frozenset(
    """ad ads adv advert adverts advertisement advertising adslot adsbygoogle banner dfp gpt mpu sponsor sponsored
    promo promos promotion outbrain taboola teads related recirc teaser share sharing social newsletter subscribe
    signup attribution byline author bio tags comment comments nav breadcrumb widget sidebar rail
    recommended trending popular donate paywall gallery player video""".split()
)
"""Class words of elements that stand among paragraphs and are none."""

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_LINES: Final = frozenset({"div", "center", "p", "pre", *_HEADINGS})
"""Elements that may hold a line of the text."""


def mark_outside(sheet: Sheet) -> None:
    """Mutate the sheet: what was kept of an open page but stands outside the element that holds the text."""
    if not sheet.home or sheet.span.closed:
        return
    title = _find_title(sheet)
    for block in sheet.inside():
        if closing(block):
            continue
        if sheet.at_home(block):
            if not sheet.in_trunk(block) and not _quoted(sheet, block) and _boxed(sheet, block):
                sheet.mark([block], "other", "outside:box")
        elif block.n > sheet.bottom:
            sheet.mark([block], "other", "outside:below")
        elif block.n < sheet.top and not sheet.span.dateline and not _may_begin(sheet, block, title):
            sheet.mark([block], "byline-box", "outside:above")


def stands_between(sheet: Sheet, block: Block) -> bool:
    """Whether the block is set among the paragraphs: a quotation, or a line beside them that is in no box."""
    if not sheet.top < block.n < sheet.bottom:
        return False
    if _quoted(sheet, block):
        return block.linked < 900
    return (
        block.linked < 300
        and block.tag in _LINES
        and block.tag != sheet.trunk[1]
        and (sheet.is_beside(block) or (block.tag in _HEADINGS and sheet.at_home(block)))
        and (shapes.is_prose(block) or _heads(sheet, block))
        and not _boxed(sheet, block)
    )


def _heads(sheet: Sheet, block: Block) -> bool:
    """Whether the block is a short line, said but once and no date, right above what was kept.

    What is no heading by its element must stand above a paragraph of the text.
    """
    below = sheet.blocks[block.n + 1]
    return (
        len(block.text) <= 120
        and below.kept >= 500
        and (sheet.in_trunk(below) or (block.tag in _HEADINGS and sheet.is_beside(block)))
        and not (is_date_line(block.text) or is_byline(block.text))
        and sum(other.text == block.text for other in sheet.blocks) == 1
    )


def _quoted(sheet: Sheet, block: Block) -> bool:
    """Whether the block stands in a quotation within the text's home."""
    return "/blockquote" in block.path[len(sheet.home) :]


def _boxed(sheet: Sheet, block: Block) -> bool:
    """Whether the class of an element around the block, and around no paragraph of the text, names a box."""
    return not _BOXES.isdisjoint(block.hints) and bool(_BOXES.intersection(block.hints) - sheet.looks)


def _find_title(sheet: Sheet) -> int:
    """The number of the last block above the text that is its title, or -1."""
    title = shapes.fold(sheet.page.title)
    above = sheet.blocks[: sheet.top]
    return max((b.n for b in above if b.tag == "h1" or shapes.fold(b.text) == title), default=-1)


def _may_begin(sheet: Sheet, block: Block, title: int) -> bool:
    """Whether the block may be the text's first paragraph, set apart from the others but below the title."""
    return block.n > title and block.tag == sheet.trunk[1] and shapes.is_sentence(block)
