"""Widgets among the paragraphs: a heading and what it heads, and what stands below a text that was cut."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.clean.closing import closing
from crawler.clean.stamps import is_dated, is_stamp
from crawler.clean.widgets import leads_elsewhere, role_of_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.clean.sheet import Sheet
    from crawler.records import Block

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_HALF_LINKED: Final = 500
_TEXT: Final = 2
"""Paragraphs after which a text may be over."""
_DATED: Final = 2
"""Lines with a date that a list of stories has, where no other sign of one is."""
_NEVER: Final = 1 << 30


def mark_groups(sheet: Sheet) -> None:
    """Mutate the sheet: a widget's heading and what it heads, until the text goes on where it stood before."""
    heading: Block | None = None
    above = _Above()
    blocks = sheet.inside()
    end = _cut_at(sheet)
    for at, block in enumerate(blocks):
        if heading is not None and (
            _resumes(sheet, block, above, heading) or _heads_section(sheet, block, heading)
        ):
            _give_back_subheads(sheet, blocks[:at], block)
            heading = None
        if heading is not None:
            sheet.mark([block], "related", f"under:{name_of(heading)}")
        elif above.is_enough(sheet, block, ended=block.n > end) and _heads_widget(sheet, blocks, at, above):
            sheet.mark([block], role_of_heading(block) or "related", "heading")
            heading = block if _are_items(sheet, blocks[at + 1 : at + 8]) else None
        elif (shapes.is_prose(block) and block.kept >= 500) or _is_dateline(sheet, block):
            above.add(sheet, block)


def mark_cut(sheet: Sheet) -> None:
    """Mutate the sheet: below the line that leads to the rest of a cut text, what stands apart from it."""
    end = _cut_at(sheet)
    if sheet.span.closed or end == _NEVER:
        return
    held = {sheet.places.holder(block) for block in sheet.blocks[sheet.span.first : end] if sheet.in_trunk(block)}
    for block in sheet.inside():
        if block.n > end and sheet.places.holder(block) not in held and closing(block) is None:
            sheet.mark([block], "other", "below-read-more")


class _Above:
    """The paragraphs above a heading: where they stand, by kind and by the very element."""

    __slots__ = ("held", "kinds")

    def __init__(self) -> None:
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.held: set[str] = set()

    def add(self, sheet: Sheet, block: Block) -> None:
        """Count a paragraph."""
        self.kinds[sheet.stands(block)] += 1
        self.held.add(sheet.places.holder(block))

    def is_apart(self, sheet: Sheet, block: Block) -> bool:
        """Whether the block stands in none of the elements that hold the paragraphs."""
        return sheet.places.holder(block) not in self.held

    def is_enough(self, sheet: Sheet, block: Block, *, ended: bool) -> bool:
        """Whether the text may be over at a heading: after two paragraphs, or one of which more is known.

        That it is a release's lead, or ended in a line that leads away, or that the heading stands apart from it.
        """
        known = ended or sheet.span.dateline is not None
        if self.kinds.total() >= _TEXT:
            return True
        return self.kinds[sheet.trunk] > 0 and (known or self.is_apart(sheet, block))


def _cut_at(sheet: Sheet) -> int:
    """The place of the line that leads away to the rest of the text, no paragraph of it below; else `_NEVER`."""
    last = max((b.n for b in sheet.inside() if sheet.in_trunk(b) and shapes.is_prose(b)), default=_NEVER)
    for n, (role, _) in sorted(sheet.roles.items()):
        if n > last and role == "read-more" and n <= sheet.span.last and sheet.blocks[n].linked >= _HALF_LINKED:
            return n
    return _NEVER


def _is_dateline(sheet: Sheet, block: Block) -> bool:
    return sheet.span.dateline is not None and block.n == sheet.span.first


def _give_back_subheads(sheet: Sheet, above: Sequence[Block], resumed: Block) -> None:
    """Mutate the sheet: a sub-head right above the paragraph with which the text goes on belongs to the text."""
    for block in reversed(above):
        rule = sheet.roles[block.n][1] if block.n in sheet.roles else ""
        level = sheet.stands(block)[0] == sheet.stands(resumed)[0] and block.linked < _HALF_LINKED
        if not (rule.startswith("under:") and level and shapes.is_heading(block) and not is_stamp(block.text)):
            return
        del sheet.roles[block.n]


def name_of(heading: Block) -> str:
    """What a widget's heading is called in the rule of what stands under it: its words, folded, not too many."""
    return shapes.fold(heading.text)[:40]


def _heads_widget(sheet: Sheet, blocks: Sequence[Block], at: int, above: _Above) -> bool:
    """Whether the block heads a widget: its words say so and no paragraph of the text follows at once.

    Beside the paragraphs, what follows must be what a widget lists, or nothing. A heading outside the vocabulary
    counts where what it heads is a list of headlines, or of teasers, that has no heading of its own, and it does
    not stand among the paragraphs.
    """
    block, below = blocks[at], blocks[at + 1 : at + 8]
    if not shapes.is_heading(block) or shapes.is_prose(block) or block.tag in shapes.LISTED:
        return False
    if below and shapes.is_prose(below[0]) and sheet.in_trunk(below[0]):
        return False
    if shapes.is_widget_heading(block):
        return above.is_apart(sheet, block) or not below or _are_items(sheet, below)
    if below and shapes.is_widget_heading(below[0]):
        return False
    return not sheet.in_trunk(block) and not shapes.is_set_apart(block) and _look_listed(below)


def _are_items(sheet: Sheet, blocks: Sequence[Block]) -> bool:
    """Whether blocks are what a widget lists: headlines that link, one said twice, a stamp; or nothing kept."""
    return _look_listed(blocks) or not any(block.kept >= 500 or sheet.in_trunk(block) for block in blocks)


def _look_listed(blocks: Sequence[Block]) -> bool:
    """Whether blocks have the shape of a list of other stories."""
    links = sum(shapes.is_list_link(block) for block in blocks[:4])
    twice = any(a.text == b.text and len(a.text) > 20 for a, b in pairwise(blocks))
    if links >= 2 or twice or any(is_stamp(block.text) for block in blocks):
        return True
    return (
        sum(
            is_dated(block.text) and not shapes.is_sentence(block) and not shapes.is_set_apart(block)
            for block in blocks
        )
        >= _DATED
    )


def _heads_section(sheet: Sheet, block: Block, heading: Block) -> bool:
    """Whether the text goes on with a sub-head: one beside the paragraphs, where the widget's heading was not."""
    return (
        block.tag in _HEADINGS
        and sheet.is_beside(block)
        and sheet.places.holder(heading) != sheet.places.holder(block)
        and not shapes.is_widget_heading(block)
    )


def _resumes(sheet: Sheet, block: Block, above: _Above, heading: Block) -> bool:
    """Whether the text goes on: a paragraph where paragraphs stood before.

    Where the widget's heading stood as the paragraphs do, the paragraph may be a teaser: it is none below a list
    of bare headlines, two or more that lead away.
    """
    if not shapes.is_prose(block) or block.kept < 500 or not above.kinds[sheet.stands(block)]:
        return False
    if sheet.span.closed or sheet.stands(heading) != sheet.stands(block):
        return True
    items = sheet.blocks[heading.n + 1 : block.n]
    while items and items[-1].linked < _HALF_LINKED and shapes.is_heading(items[-1]):
        items = items[:-1]  # the text's own sub-head
    return len(items) > 1 and all(leads_elsewhere(sheet, each) for each in items[-2:])
