"""Widgets among the paragraphs: price boxes, single lines, headed lists, and what stands below the text."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.clean import shapes
from crawler.clean.anatomy import closing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.clean.sheet import Sheet
    from crawler.records import Block, Role

_CELLS: Final = frozenset({"td", "th"})
_LISTED: Final = frozenset({"li", "td", "th", "dd", "dt", "blockquote", "pre"})
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_PLAIN: Final = frozenset({"div", "span", "section", "aside"})
_RUN: Final = 3
_MOSTLY_LINKED: Final = 700
_OTHERS: Final = 1
_HALF_LINKED: Final = 500
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


def mark_groups(sheet: Sheet) -> None:
    """Mutate the sheet: a widget's heading and what it heads, until the text goes on where it stood before."""
    heading: Block | None = None
    before: Counter[tuple[str, str]] = Counter()
    enough = 1 if sheet.span.dateline else 2
    blocks = sheet.inside()
    for at, block in enumerate(blocks):
        if heading is not None and (
            _resumes(sheet, block, before, heading) or _heads_section(sheet, block, heading)
        ):
            _give_back_subheads(sheet, blocks[:at], block)
            heading = None
        if heading is not None:
            sheet.mark([block], "related", f"under:{name_of(heading)}")
        elif before.total() >= enough and _heads_widget(sheet, blocks, at):
            sheet.mark([block], role_of_heading(block) or "related", "heading")
            heading = block if _are_items(sheet, blocks[at + 1 : at + 8]) else None
        elif shapes.is_prose(block) and (block.kept >= 500 or block.n == sheet.span.first):
            before[sheet.stands(block)] += 1


def _give_back_subheads(sheet: Sheet, above: Sequence[Block], resumed: Block) -> None:
    """Mutate the sheet: a sub-head right above the paragraph with which the text goes on belongs to the text."""
    for block in reversed(above):
        rule = sheet.roles[block.n][1] if block.n in sheet.roles else ""
        level = sheet.stands(block)[0] == sheet.stands(resumed)[0] and block.linked < _HALF_LINKED
        if not (rule.startswith("under:") and level and shapes.is_heading(block) and not shapes.is_stamp(block)):
            return
        del sheet.roles[block.n]


def mark_tail(sheet: Sheet) -> None:
    """Mutate the sheet: below the last paragraph of the trunk, what is of another kind is the site's."""
    if sheet.span.closed:
        return
    blocks = sheet.inside()
    trunk = [b.n for b in blocks if sheet.in_trunk(b) and shapes.is_prose(b)]
    if len(trunk) < _RUN:
        return
    for block in blocks:
        if block.n <= trunk[-1] or sheet.in_trunk(block) or closing(block) or _is_set_apart(block):
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


def _is_set_apart(block: Block) -> bool:
    """Whether the block is in a list, a table or a quotation, which are of another kind by their nature."""
    return block.tag in _LISTED or "/blockquote" in block.path


def ticker_runs(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of runs of at least three price-box lines, one other short line allowed between two."""
    found: list[Block] = []
    run: list[Block] = []
    count = others = 0
    for block in [*blocks, None]:
        if block is not None and block.tag not in _CELLS and shapes.is_ticker_line(block):
            run.append(block)
            count, others = count + 1, 0
            continue
        if block is not None and run and len(block.text) <= 40 and run[-1].n == block.n - 1 and others < _OTHERS:
            run.append(block)
            others += 1
            continue
        if count >= _RUN:
            while run and not shapes.is_ticker_line(run[-1]):
                run.pop()
            found += run
        run, count, others = [], 0, 0
    return found


def name_of(heading: Block) -> str:
    """What a widget's heading is called in the rule of what stands under it: its words, folded, not too many."""
    return shapes.fold(heading.text)[:40]


def role_of_heading(block: Block) -> Role | None:
    """The role of a widget that this line heads, or None."""
    if not shapes.is_widget_heading(block):
        return None
    line = shapes.fold(block.text)
    if line.startswith("share") or line in {"分享到"}:
        return "share"
    if "comment" in line or line.startswith("leave a"):
        return "comments"
    if line.startswith(("market", "live price", "price")):
        return "ticker"
    return "related"


def role_of_line(sheet: Sheet, block: Block) -> Role | None:
    """The role of a block that is a widget all by itself, or None."""
    role: Role | None = None
    headline = 20 <= len(block.text) <= 240 and leads_elsewhere(sheet, block)
    if shapes.is_pointer(block) or headline or _is_link_row(sheet, block) or shapes.is_stamp(block):
        role = "related"
    elif shapes.is_read_more(block) or (block.linked >= 900 and len(block.text) <= 45 and _is_last(sheet, block)):
        role = "read-more"
    elif shapes.is_origin_note(block, sheet.page.title, sheet.names):
        role = "attribution-footer"
    elif _is_invitation(sheet, block) or shapes.is_form_line(block):
        role = "newsletter"
    elif shapes.is_share(block):
        role = "share"
    elif shapes.is_advert(block):
        role = "advert"
    elif not sheet.in_trunk(block) and shapes.is_disclaimer(block):
        role = "disclaimer"
    return role


def leads_elsewhere(sheet: Sheet, block: Block) -> bool:
    """Whether the block is wholly a link to another page of the same site."""
    return shapes.is_list_link(block) and _stay_here(sheet, block)


def _is_link_row(sheet: Sheet, block: Block) -> bool:
    """Whether the block is little but links to other pages of the same site, side by side."""
    return len(block.links) >= _RUN and block.linked >= _MOSTLY_LINKED and _stay_here(sheet, block)


def _is_invitation(sheet: Sheet, block: Block) -> bool:
    """Whether the block invites to subscribe or follow: a line, or the last paragraph of what is no release."""
    if not shapes.is_newsletter(block):
        return False
    if not shapes.is_prose(block):
        return True
    return sheet.span.dateline is None and not closing(block) and _is_last(sheet, block)


def _stay_here(sheet: Sheet, block: Block) -> bool:
    """Whether the block has links, and all lead to other pages of the same site."""
    if not block.links:
        return False
    here = urlsplit(sheet.page.url).hostname
    try:
        return all(urlsplit(href).hostname in {None, here} and not href.startswith("#") for href in block.links)
    except ValueError:
        return True


def _is_last(sheet: Sheet, block: Block) -> bool:
    """Whether no paragraph of the text follows the block."""
    return not any(
        sheet.in_trunk(later) and shapes.is_prose(later) for later in sheet.inside() if later.n > block.n
    )


def _heads_widget(sheet: Sheet, blocks: Sequence[Block], at: int) -> bool:
    """Whether the block heads a widget: its words say so and no paragraph of the text follows at once.

    A heading outside the vocabulary counts where what it heads is a list of headlines, or of teasers, that has no
    heading of its own, and it does not stand among the paragraphs.
    """
    block, below = blocks[at], blocks[at + 1 : at + 8]
    if not shapes.is_heading(block) or shapes.is_prose(block) or block.tag in _LISTED:
        return False
    follows = bool(below) and shapes.is_prose(below[0]) and sheet.in_trunk(below[0])
    if shapes.is_widget_heading(block):
        return not follows
    headed = bool(below) and shapes.is_widget_heading(below[0])
    return not follows and not headed and not sheet.in_trunk(block) and _look_listed(below)


def _are_items(sheet: Sheet, blocks: Sequence[Block]) -> bool:
    """Whether blocks are what a widget lists: headlines that link, one said twice, a stamp; or nothing kept."""
    return _look_listed(blocks) or not any(block.kept >= 500 or sheet.in_trunk(block) for block in blocks)


def _look_listed(blocks: Sequence[Block]) -> bool:
    """Whether blocks have the shape of a list of other stories."""
    links = sum(shapes.is_list_link(block) for block in blocks[:4])
    twice = any(a.text == b.text and len(a.text) > 20 for a, b in pairwise(blocks))
    return links >= 2 or twice or any(shapes.is_stamp(block) for block in blocks)


def _heads_section(sheet: Sheet, block: Block, heading: Block) -> bool:
    """Whether the text goes on with a sub-head: one beside the paragraphs, where the widget's heading was not."""
    return (
        block.tag in _HEADINGS
        and sheet.is_beside(block)
        and sheet.places.holder(heading) != sheet.places.holder(block)
        and not shapes.is_widget_heading(block)
    )


def _resumes(sheet: Sheet, block: Block, before: Counter[tuple[str, str]], heading: Block) -> bool:
    """Whether the text goes on: a paragraph where paragraphs stood before.

    Where the widget's heading stood as the paragraphs do, the paragraph may be a teaser: it is none below a list
    of bare headlines, two or more that lead away.
    """
    if not shapes.is_prose(block) or block.kept < 500 or not before[sheet.stands(block)]:
        return False
    if sheet.span.closed or sheet.stands(heading) != sheet.stands(block):
        return True
    above = sheet.blocks[heading.n + 1 : block.n]
    while above and above[-1].linked < _HALF_LINKED and shapes.is_heading(above[-1]):
        above = above[:-1]  # the text's own sub-head
    return len(above) > 1 and all(leads_elsewhere(sheet, each) for each in above[-2:])
