"""Widgets among the paragraphs: price boxes, single lines, and what stands below the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.clean import shapes
from crawler.clean.closing import closing
from crawler.clean.figures import has_quote
from crawler.clean.stamps import is_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.clean.sheet import Sheet
    from crawler.records import Block, Role

_CELLS: Final = frozenset({"td", "th"})
_PLAIN: Final = frozenset({"div", "span", "section", "aside"})
_RUN: Final = 3
_WORDED: Final = 2
"""Lines with the words of a price box that make one, where there is a price."""
_MOSTLY_LINKED: Final = 700
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_NAMED: Final = 40
_MAIL: Final = ("mailto:", "tel:")
_NO_PAGE: Final = ("#", *_MAIL)
_OTHERS: Final = 2
_TEASERS: Final = 4
"""Blocks of two teasers."""


def mark_tickers(sheet: Sheet) -> None:
    """Mutate the sheet: three or more lines of a price box in a row, with the short line that heads them."""
    blocks = sheet.inside()
    run = ticker_runs(blocks)
    sheet.mark(run, "ticker", "shape:ticker")
    for block in run[:1]:
        above = [b for b in blocks if b.n == block.n - 1 and shapes.is_heading(b) and not shapes.is_prose(b)]
        sheet.mark((b for b in above if not sheet.in_trunk(b)), "ticker", "shape:ticker-heading")


def mark_lines(sheet: Sheet) -> None:
    """Mutate the sheet: single lines that are a widget by themselves."""
    for block in sheet.inside()[1 if sheet.span.dateline else 0 :]:
        role = role_of_line(sheet, block)
        if role is not None:
            sheet.mark([block], role, f"line:{role}")
        if role == "newsletter":
            sheet.mark(_boxed_with(sheet, block), role, f"under:{shapes.fold(block.text)[:_NAMED]}")


def mark_tail(sheet: Sheet) -> None:
    """Mutate the sheet: below the last paragraph of the trunk, what is of another kind is the site's."""
    if sheet.span.closed:
        return
    blocks = sheet.inside()
    trunk = [b.n for b in blocks if sheet.in_trunk(b) and shapes.is_prose(b)]
    if len(trunk) < _RUN:
        return
    for block in blocks:
        if block.n <= trunk[-1] or sheet.in_trunk(block) or closing(block) or shapes.is_set_apart(block):
            continue
        other_kind = block.tag in _PLAIN and sheet.trunk[1] not in _PLAIN
        if other_kind or (block is blocks[-1] and not shapes.is_prose(block)):
            sheet.mark([block], "disclaimer" if shapes.is_disclaimer(block) else "other", "tail:other-element")


def mark_teasers(sheet: Sheet) -> None:
    """Mutate the sheet: at the end of an open text, two or more headlines that link away, each with its teaser."""
    if sheet.span.closed:
        return
    blocks = [block for block in sheet.inside() if block.kept >= 500 or leads_elsewhere(sheet, block)]
    start = len(blocks)
    while start >= 2 and leads_elsewhere(sheet, blocks[start - 2]) and shapes.is_prose(blocks[start - 1]):
        start -= 2
    if len(blocks) - start >= _TEASERS:
        sheet.mark(blocks[start:], "related", "tail:teasers")


def ticker_runs(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of runs of three price-box lines or more, up to two other short lines allowed between two.

    A price box has quotes or words of its kind; of lines with such words two are enough. Where each figure has a
    line before it that names it, the words must be there: it may be a release's table.
    """
    found: list[Block] = []
    run: list[Block] = []
    others = 0
    for block in [*blocks, None]:
        if block is not None and block.tag not in _CELLS and shapes.is_ticker_line(block):
            run.append(block)
            others = 0
            continue
        if block is not None and run and len(block.text) <= 40 and run[-1].n == block.n - 1 and others < _OTHERS:
            run.append(block)
            others += 1
            continue
        if len(run) >= _WORDED:
            found += _price_box(run[: len(run) - others])
        run, others = [], 0
    return found


def _price_box(run: list[Block]) -> list[Block]:
    """The run, if it is a price box; else nothing."""
    lines = [block for block in run if shapes.is_ticker_line(block)]
    worded = sum(map(shapes.is_ticker_word, lines))
    quoted = any(has_quote(line.text) for line in lines)
    if worded:
        return run if len(lines) >= _RUN or (worded >= _WORDED and quoted) else []
    return run if len(lines) >= _RUN and quoted and 2 * (len(run) - len(lines)) < len(lines) else []


def role_of_heading(block: Block) -> Role | None:
    """The role of a widget that this line heads, or None."""
    return shapes.widget_of(block)


def role_of_line(sheet: Sheet, block: Block) -> Role | None:
    """The role of a block that is a widget all by itself, or None."""
    role: Role | None = None
    headline = 20 <= len(block.text) <= 240 and leads_elsewhere(sheet, block)
    if shapes.is_read_more(block):
        role = "read-more"
    elif shapes.is_pointer(block) or headline or _is_link_row(sheet, block) or is_stamp(block.text):
        role = "related"
    elif _is_last_link(sheet, block):
        role = "read-more"
    elif shapes.is_advert(block):
        role = "advert"
    elif shapes.is_origin_note(block, sheet.page.title, sheet.names) and closing(block) is None:
        role = "attribution-footer"
    elif _is_invitation(sheet, block) or shapes.is_form_line(block):
        role = "newsletter"
    elif shapes.is_share(block):
        role = "share"
    elif not sheet.in_trunk(block):
        role = role_of_note(sheet, block)
    return role


def role_of_note(sheet: Sheet, block: Block) -> Role | None:
    """The role of a block that is a note of the site's wherever it stands apart from the text, or None."""
    role: Role | None = None
    if shapes.is_disclaimer(block) or shapes.is_copyright(block):
        role = "disclaimer"
    elif shapes.tells_origin(block):
        role = "attribution-footer"
    elif shapes.is_author_note(block, sheet.names):
        role = "byline-box"
    elif shapes.is_tags(block):
        role = "related"
    return role


def leads_elsewhere(sheet: Sheet, block: Block) -> bool:
    """Whether the block is wholly a link to another page of the same site."""
    return shapes.is_list_link(block) and _stay_here(sheet, block)


def _boxed_with(sheet: Sheet, heading: Block) -> list[Block]:
    """What stands under an invitation that heads a box of its own, a box that holds no paragraph of the text."""
    box = sheet.places.holder(heading)
    inside = heading.tag in _HEADINGS and bool(sheet.home) and box.startswith(f"{sheet.home}/")
    if not inside or any(f"{place}/".startswith(f"{box}/") for place in sheet.beside):
        return []
    return [b for b in sheet.blocks[heading.n + 1 :] if f"{sheet.places.holder(b)}/".startswith(f"{box}/")]


def _is_link_row(sheet: Sheet, block: Block) -> bool:
    """Whether the block is little but links to other pages of the same site, side by side."""
    return len(block.links) >= _RUN and block.linked >= _MOSTLY_LINKED and _stay_here(sheet, block)


def _stay_here(sheet: Sheet, block: Block) -> bool:
    """Whether the block has links, and all lead to other pages of the same site."""
    if not block.links:
        return False
    here = urlsplit(sheet.page.url).hostname
    try:
        return all(
            urlsplit(href).hostname in {None, here} and not href.startswith(_NO_PAGE) for href in block.links
        )
    except ValueError:
        return True


def _is_invitation(sheet: Sheet, block: Block) -> bool:
    """Whether the block invites to subscribe or follow: a line, or the last paragraph of what is no release.

    A line with an address, amid the text and in no form, is the issuer's.
    """
    if not shapes.is_newsletter(block):
        return False
    if not shapes.is_prose(block):
        return "form" in block.hints or not (sheet.in_trunk(block) and shapes.says_address(block))
    return sheet.span.dateline is None and not closing(block) and _is_last(sheet, block)


def _is_last_link(sheet: Sheet, block: Block) -> bool:
    """Whether the block is a short link below the text, and nobody's address."""
    return (
        block.linked >= 900
        and len(block.text) <= 45
        and not any(href.startswith(_MAIL) for href in block.links)
        and _is_last(sheet, block)
    )


def _is_last(sheet: Sheet, block: Block) -> bool:
    """Whether no paragraph of the text follows the block."""
    return not any(
        sheet.in_trunk(later) and shapes.is_prose(later) for later in sheet.inside() if later.n > block.n
    )
