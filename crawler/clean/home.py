"""The text's home: what stands outside the element that holds all of its paragraphs, and what among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.anatomy import closing

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_BOXES: Final = frozenset(
    """ad ads adv advert adverts advertisement advertising adslot adsbygoogle banner dfp gpt mpu sponsor sponsored
    promo promos promotion outbrain taboola teads related recirc teaser share sharing social newsletter subscribe
    signup caption credit attribution byline author bio tags comment comments nav breadcrumb widget sidebar rail
    recommended trending popular donate paywall gallery player video""".split()
)
"""Class words of elements that stand among paragraphs and are none."""

_LINES: Final = frozenset({"div", "center", "h2", "h3", "h4", "h5", "h6", "p", "pre"})
"""Elements that may hold a line of the text."""


def mark_outside(sheet: Sheet) -> None:
    """Mutate the sheet: what was kept of an open page but stands outside the element that holds the text."""
    if not sheet.home or sheet.span.closed:
        return
    for block in sheet.inside():
        if closing(block):
            continue
        if sheet.at_home(block):
            if not sheet.in_trunk(block) and not _quoted(sheet, block) and _boxed(sheet, block):
                sheet.mark([block], "other", "outside:box")
        elif block.n > sheet.bottom:
            sheet.mark([block], "other", "outside:below")
        elif block.n < sheet.top and not sheet.span.dateline and not _may_begin(sheet, block):
            sheet.mark([block], "byline-box", "outside:above")


def stands_between(sheet: Sheet, block: Block) -> bool:
    """Whether the block is set among the paragraphs: a quotation, or a line beside them that is in no box."""
    if sheet.top < block.n < sheet.bottom and _quoted(sheet, block):
        return block.linked < 900
    return (
        block.linked < 300
        and block.tag in _LINES
        and block.tag != sheet.trunk[1]
        and sheet.is_beside(block)
        and (shapes.is_prose(block) or _heads(sheet, block))
        and not _boxed(sheet, block)
    )


def _heads(sheet: Sheet, block: Block) -> bool:
    """Whether the block is a short line right above a paragraph of the text, and said but once."""
    below = sheet.blocks[block.n + 1]
    return (
        len(block.text) <= 120
        and sheet.in_trunk(below)
        and below.kept >= 500
        and sum(other.text == block.text for other in sheet.blocks) == 1
    )


def _quoted(sheet: Sheet, block: Block) -> bool:
    """Whether the block stands in a quotation within the text's home."""
    return "/blockquote" in block.path[len(sheet.home) :]


def _boxed(sheet: Sheet, block: Block) -> bool:
    """Whether the class of an element around the block, and around no paragraph of the text, names a box."""
    return not _BOXES.isdisjoint(block.hints) and bool(_BOXES.intersection(block.hints) - sheet.looks)


def _may_begin(sheet: Sheet, block: Block) -> bool:
    """Whether the block may be the text's first paragraph, set apart from the others."""
    return block.tag == sheet.trunk[1] and shapes.is_prose(block)
