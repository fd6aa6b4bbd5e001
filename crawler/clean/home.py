"""The text's home: what stands outside the element that holds all of its paragraphs, and what among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.anatomy import closing

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_BOXES: Final = frozenset(
    """ad ads adv advert advertisement advertising sponsor sponsored promo promotion related recirc teaser share
    sharing social newsletter subscribe signup caption credit byline author bio tags comment comments nav
    breadcrumb widget sidebar rail recommended trending popular donate paywall""".split()
)
"""Class words of elements that stand among paragraphs and are none."""


def mark_outside(sheet: Sheet) -> None:
    """Mutate the sheet: what was kept of an open page but stands outside the element that holds the text."""
    if not sheet.home or sheet.span.closed:
        return
    for block in sheet.inside():
        if sheet.at_home(block) or closing(block):
            continue
        if block.n > sheet.bottom:
            sheet.mark([block], "other", "outside:below")
        elif block.n < sheet.top and not sheet.span.dateline and not _may_begin(sheet, block):
            sheet.mark([block], "byline-box", "outside:above")


def stands_between(sheet: Sheet, block: Block) -> bool:
    """Whether the block is set among the paragraphs: a quotation, or an element beside them that is no box."""
    if sheet.top < block.n < sheet.bottom and "/blockquote" in block.path[len(sheet.home) :]:
        return True
    return (
        block.linked < 600
        and sheet.is_beside(block)
        and block.tag not in {sheet.trunk[1], "figure"}
        and not _BOXES.intersection(block.hints) - sheet.looks
    )


def _may_begin(sheet: Sheet, block: Block) -> bool:
    """Whether the block may be the text's first paragraph, set apart from the others."""
    return block.tag == sheet.trunk[1] and shapes.is_prose(block)
