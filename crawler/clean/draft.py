"""Blocks to roles: an ordered list of named calls, each marking the blocks that it can tell.

A block keeps the first role that it is given; what is left unmarked within the release's span is the release.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.anatomy import Span, closing, find_span
from crawler.clean.groups import mark_cut, mark_groups
from crawler.clean.home import mark_outside, stands_between
from crawler.clean.masthead import mark_masthead
from crawler.clean.notes import mark_notes
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
from crawler.records import KEPT_ROLES, Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block, Page, Role
    from crawler.sites.load import Cleaning

_ABOUT = re.compile(
    r"^(?:About|Acerca de|Sobre|Über|À propos d|Informazioni su|О компании|关于|關於)\s?\S", re.IGNORECASE
)
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_TOP: Final = 14
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
    """The first of the lines under a paragraph of the text, with all that follows."""
    text = False
    for block in sheet.blocks[sheet.span.first :]:
        if text and shapes.is_named(block, lines):
            return sheet.blocks[block.n :]
        text = text or (block.kept >= 500 and shapes.is_prose(block))
    return ()


def mark_before(sheet: Sheet) -> None:
    """Mutate the sheet: what stands above the release."""
    title = shapes.fold(sheet.page.title)
    lead = shapes.fold(sheet.blocks[sheet.span.first].text)
    for block in sheet.blocks[: sheet.span.first]:
        if block.kept < 500 and block.n < sheet.span.first - _NEAR:
            sheet.mark([block], "navigation", "above-release")
            continue
        line = shapes.fold(block.text)
        if line and line == title:
            sheet.mark([block], "title", "title")
        elif len(line) > 30 and _repeats(line, lead):
            sheet.mark([block], "duplicate-lead", "above-dateline:repeats-lead")
        elif block.kept >= 500:
            sheet.mark([block], "byline-box", "above-release")
        else:
            sheet.mark([block], "navigation", "above-release")


def mark_doubled_lead(sheet: Sheet) -> None:
    """Mutate the sheet: near the top, a title said again or a block that a later one begins with, cut or glued."""
    title = shapes.fold(sheet.page.title)
    top = [b for b in sheet.inside() if b.n - sheet.span.first < _TOP]
    folded = {block.n: shapes.fold(block.text) for block in top}
    for at, block in enumerate(top):
        line = folded[block.n]
        if line == title and block.linked < 900:
            sheet.mark([block], "title", "title")
        elif len(line) > 30 and any(_is_said_again(block, later, folded) for later in top[at + 1 :]):
            sheet.mark([block], "duplicate-lead", "repeated-below")
        elif shapes.is_prose(block):
            return


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
        text = sheet.span.closed or shapes.is_prose(block) or _ABOUT.match(block.text) is not None
        among = sheet.in_trunk(block) and block.linked < 600 and text
        if (
            block.kept < 500
            and not among
            and not stands_between(sheet, block)
            and not _heads_text(sheet, block)
            and not (sheet.span.closed and closing(block))
        ):
            sheet.mark([block], "other", "not-kept")


def name_parts(sheet: Sheet) -> None:
    """Mutate the sheet: what is left is the release; say which part of it each block is."""
    about = False
    for block in sheet.blocks:
        if block.n in sheet.roles:
            continue
        kind = closing(block)
        about = about or (_ABOUT.match(block.text) is not None and len(block.text) < 80)
        if kind in {"source", "original", "pointer", "media"} or (
            shapes.is_address(block) and len(block.text) > 12
        ):
            sheet.mark([block], "trailer", f"trailer:{kind or 'address'}")
        elif kind == "contact":
            sheet.mark([block], "contact", "contact")
        elif about or _ABOUT.match(block.text):
            sheet.mark([block], "about", "about")
        elif shapes.is_heading(block) and not shapes.is_prose(block):
            sheet.mark([block], "subhead", "subhead")
        else:
            sheet.mark([block], "body", "body")


# ------------------------------------------------------------------------------------------------ questions


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


def _is_said_again(block: Block, later: Block, folded: dict[int, str]) -> bool:
    """Whether a later block begins with this one; or is it: the next one, or a caption."""
    if folded[block.n] == folded[later.n]:
        return later.n == block.n + 1 or not shapes.is_prose(block)
    return _repeats(folded[block.n], folded[later.n])


def _repeats(line: str, whole: str) -> bool:
    """Whether a folded line is the beginning of another text, cut, or that beginning twice over."""
    if len(line) < len(whole) and whole.startswith(line.rpartition(" ")[0] or line):
        return True
    half = line[: len(line) // 2]
    return len(half) > 30 and line.endswith(half[-25:]) and whole.startswith(half[:-8])
