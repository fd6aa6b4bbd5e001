"""The parts of a release: what is left when all calls are done, each block by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.closing import SOFT, STRONG, closing, is_links_heading
from crawler.clean.sections import reaches, section_of

if TYPE_CHECKING:
    from crawler.clean.sections import Section
    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_ADDRESS: Final = 12
_BELOW: Final = 12
_KINDS: Final = {
    "source": "source",
    "credit": "source",
    "original": "original",
    "pointer": "pointer",
    "media": "media",
    "attached": "media",
    "notice": "notice",
    "end": "end",
}
_AMONG: Final = frozenset({"credit", "end"})
"""Closing lines that stand among paragraphs too, below a table or between two parts: there they close nothing."""


def mark_links(sheet: Sheet) -> None:
    """Mutate the sheet: "Related Links" below the last line, with its addresses: the release's, not a widget's."""
    if not sheet.span.closed:
        return
    below = sheet.blocks[: sheet.span.last + 1][-_BELOW:]
    heading = next((block.n for block in below if is_links_heading(block)), None)
    if heading is not None and any(closing(block) in STRONG | SOFT for block in below if block.n < heading):
        sheet.mark(sheet.blocks[heading : sheet.span.last + 1], "trailer", "trailer:address")


def name_parts(sheet: Sheet) -> None:
    """Mutate the sheet: what is left is the release; say which part of it each block is.

    A section goes on until another begins: the issuer's own words stand at the end of a release.
    """
    section: Section | None = None
    issuer = False
    for block in sheet.blocks:
        if block.n in sheet.roles:
            continue
        kind = _closing_kind(sheet, block)
        if kind is not None:
            sheet.mark([block], "trailer", f"trailer:{kind}")
            continue
        headed = section_of(block)
        section = headed or section
        issuer = issuer or section == "about"
        if section == "contact" and headed is None and not _is_of_contact(block):
            section = "about" if issuer else None
        if section == "contact":
            sheet.mark([block], "contact", "contact")
        elif section == "about":
            sheet.mark([block], "about", "about")
        elif shapes.is_heading(block) and not shapes.is_prose(block):
            sheet.mark([block], "subhead", "subhead")
        else:
            sheet.mark([block], "body", "body")


def _closing_kind(sheet: Sheet, block: Block) -> str | None:
    """Which closing line the block is, as its rule names it, or None."""
    kind = closing(block)
    if kind is None:
        return "address" if len(block.text) > _ADDRESS and shapes.is_address(block) else None
    return None if kind in _AMONG and block.n < sheet.bottom else _KINDS[kind]


def _is_of_contact(block: Block) -> bool:
    """Whether the block can be a line of a contact: a name, a place, a number, and no running text."""
    return reaches(block) or not shapes.is_prose(block)
