"""The site's notes at the end of a text, in the element that holds it: told by their words, from below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.closing import closing
from crawler.clean.widgets import role_of_heading

if TYPE_CHECKING:
    from crawler.clean.sheet import Sheet
    from crawler.records import Block, Role

_TEXT: Final = 2
"""Paragraphs that are left in any case."""
_LONGEST: Final = 300
"""Characters of a note: a paragraph is longer."""
_LINE: Final = 140
"""Characters of the line that says where a post stood first."""


def mark_notes(sheet: Sheet) -> None:
    """Mutate the sheet: at the end of an open text, what a carrier says about it, itself or its readers."""
    if sheet.span.closed:
        return
    blocks = sheet.inside()
    prose = [block.n for block in blocks if shapes.is_prose(block)]
    for block in reversed(blocks):
        if len(prose) <= _TEXT and block.n <= (prose or [block.n])[-1]:
            return
        role = _role(sheet, block)
        if role is None:
            return
        sheet.mark([block], role, f"tail:{role}")
        prose = [n for n in prose if n < block.n]


def _role(sheet: Sheet, block: Block) -> Role | None:
    """The role of a note that may stand below a text, or None."""
    role: Role | None = None
    if closing(block) is not None and not shapes.is_copyright(block):
        return None
    size, said = len(block.text), shapes.says_address(block)
    if (size <= _LONGEST and not said and shapes.is_carrier_note(block)) or shapes.is_copyright(block):
        role = "disclaimer"
    elif size <= _LINE and not said and shapes.tells_origin(block):
        role = "attribution-footer"
    elif shapes.is_author_note(block, sheet.names):
        role = "byline-box"
    elif size <= _LONGEST and not said and shapes.invites(block):
        role = "newsletter"
    elif shapes.is_tags(block):
        role = "related"
    elif shapes.is_credit(block):
        role = "other"
    elif block.linked >= 500 or not sheet.in_trunk(block):
        role = role_of_heading(block)
    return role
