"""Blocks to roles: an ordered list of named calls, each marking the blocks that it can tell.

A block keeps the first role that it is given; what is left unmarked within the release's span is the release.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.anatomy import Span, find_span
from crawler.clean.closing import closing
from crawler.clean.groups import mark_cut, mark_groups
from crawler.clean.home import mark_outside, stands_between
from crawler.clean.leads import mark_before, mark_doubled_lead
from crawler.clean.masthead import mark_masthead
from crawler.clean.notes import mark_notes
from crawler.clean.parts import mark_links, name_parts
from crawler.clean.sections import reaches, section_of
from crawler.clean.sheet import Sheet, find_trunk
from crawler.clean.widgets import (
    leads_elsewhere,
    mark_lines,
    mark_tail,
    mark_teasers,
    mark_tickers,
    role_of_heading,
    role_of_line,
    ticker_runs,
)
from crawler.identify.datelines import read_dateline
from crawler.records import KEPT_ROLES, Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block, Page, Role
    from crawler.sites.load import Cleaning

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_NEAR: Final = 30


def draft(page: Page, names: tuple[str, ...], cleaning: Cleaning | None) -> tuple[Span, tuple[Decision, ...]]:
    """Decide the role of every block.

    `names` are the site's names, folded, as its own notes may say them; `cleaning` is what its file adds.

    Raises:
        ValueError: nothing on the page was kept.

    """
    sheet = Sheet(page, find_span(page.blocks), names, cleaning)
    find_trunk(sheet)
    mark_site_lines(sheet)
    mark_before(sheet)
    mark_masthead(sheet)
    mark_doubled_lead(sheet)
    mark_after(sheet)
    mark_links(sheet)
    mark_tickers(sheet)
    mark_lines(sheet)
    mark_groups(sheet)
    mark_cut(sheet)
    mark_notes(sheet)
    mark_outside(sheet)
    mark_tail(sheet)
    mark_teasers(sheet)
    mark_unkept(sheet)
    name_parts(sheet)
    decisions = tuple(Decision(block.n, *sheet.roles[block.n]) for block in page.blocks)
    return sheet.span, decisions


def clean_text(blocks: Sequence[Block], decisions: Sequence[Decision], roles: frozenset[str] = KEPT_ROLES) -> str:
    """The blocks of these roles, joined by newlines: by default all of the release."""
    return "\n".join(tidy(blocks[d.block].text) for d in decisions if d.role in roles)


def tidy(text: str) -> str:
    """A kept block's text without what a feed's icon left in it.

    >>> tidy("Cision View original content:https://www.example.com/a.html")
    'View original content:https://www.example.com/a.html'
    """
    return re.sub(r"^Cision\s+(?=View original)", "", text)


# ------------------------------------------------------------------------------------------ the calls, in order


def mark_site_lines(sheet: Sheet) -> None:
    """Mutate the sheet: lines and widgets that the site's file names, and what stands outside of its container."""
    cleaning = sheet.cleaning
    if cleaning is None:
        return
    if cleaning.below:
        sheet.mark(_below(sheet, cleaning.below), "other", "site:below")
    if cleaning.lines:
        sheet.mark((b for b in sheet.blocks if shapes.is_named(b, cleaning.lines)), "other", "site:line")
    if cleaning.hints:
        sheet.mark((b for b in sheet.blocks if shapes.is_within(b, cleaning.hints)), "other", "site:hint")
    if any(block.kept >= 500 and shapes.is_within(block, cleaning.within) for block in sheet.blocks):
        outside = (b for b in sheet.inside() if not shapes.is_within(b, cleaning.within))
        sheet.mark(outside, "other", "site:outside")


def _below(sheet: Sheet, lines: tuple[str, ...]) -> Sequence[Block]:
    """The first of the lines under a paragraph of the text, with all that follows.

    Above the release's own closing lines it is a box between paragraphs: the site's part has not begun yet.
    """
    text = False
    for block in sheet.blocks[sheet.span.first :]:
        if text and shapes.is_named(block, lines) and not _goes_on(sheet, block):
            return sheet.blocks[block.n :]
        text = text or (block.kept >= 500 and shapes.is_prose(block))
    return ()


def _goes_on(sheet: Sheet, line: Block) -> bool:
    """Whether the release closes further down, and no other one begins before."""
    if not sheet.span.closed or line.n >= sheet.span.last:
        return False
    return not any(read_dateline(block.text) for block in sheet.blocks[line.n : sheet.span.last + 1])


def mark_after(sheet: Sheet) -> None:
    """Mutate the sheet: nothing below a closed release is the release's. Tickers and the like get their names."""
    rest = sheet.blocks[sheet.span.last + 1 :]
    if sheet.span.closed:
        sheet.mark(ticker_runs(rest), "ticker", "below-trailer:ticker")
        role: Role = "other"
        for block in rest:
            if block.kept < 300 and block.n > sheet.span.last + _NEAR:
                sheet.mark([block], "navigation", "below-trailer")  # the page's foot
                continue
            heading = role_of_heading(block)
            role = heading if heading in {"related", "ticker", "comments"} else role
            sheet.mark([block], role_of_line(sheet, block) or heading or role, "below-trailer")
    else:
        sheet.mark(rest, "navigation", "below-last-kept")


def mark_unkept(sheet: Sheet) -> None:
    """Mutate the sheet: what trafilatura left out stays out, but for paragraphs that stand among the others."""
    for block in sheet.inside():
        if block.n == sheet.span.first and sheet.span.dateline:
            continue
        text = sheet.span.closed or shapes.is_prose(block) or section_of(block) is not None
        among = sheet.in_trunk(block) and block.linked < 600 and text
        if (
            block.kept < 500
            and not among
            and not stands_between(sheet, block)
            and not _heads_text(sheet, block)
            and not _is_anatomy(sheet, block)
        ):
            sheet.mark([block], "other", "not-kept")


# ------------------------------------------------------------------------------------------------ questions


def _is_anatomy(sheet: Sheet, block: Block) -> bool:
    """Whether the block is a closing line, an end mark among the paragraphs, or says how to reach somebody."""
    kind = closing(block)
    if sheet.span.closed and kind is not None:
        return True
    return sheet.in_trunk(block) and (kind == "end" or reaches(block))


def _heads_text(sheet: Sheet, block: Block) -> bool:
    """Whether the block is a sub-heading, a link or not: a heading right above one of the text's paragraphs."""
    below = sheet.blocks[block.n + 1 : block.n + 2]
    return (
        block.tag in _HEADINGS
        and bool(below)
        and shapes.is_heading(block)
        and not leads_elsewhere(sheet, block)
        and all(
            sheet.in_trunk(b) and b.kept >= 500 and shapes.is_prose(b) and b.n not in sheet.roles for b in below
        )
        and sheet.stands(block)[0] == sheet.trunk[0]
    )
