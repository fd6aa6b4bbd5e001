"""The working sheet of one page: its blocks, where they stand, and the role of each as the calls go by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.clean.shapes import is_prose
from crawler.extract.places import Places, common

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.clean.anatomy import Span
    from crawler.records import Block, Page, Role
    from crawler.sites.load import Cleaning

_STRAY: Final = 7
"""What weighs less than one part in so many of the text may be a stray."""
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_RUN: Final = 3
"""Paragraphs that make a text."""
_ELSEWHERE: Final = 3
"""A home that leaves out more than one part in so many of the text is none."""


@dataclass(slots=True)
class Sheet:
    """The working sheet of one page: its blocks and, as the calls go by, the role and rule of each.

    `trunk` is the kind of place where most of the text stands; `home` the element that holds all of its
    paragraphs, of which `top` is the first and `bottom` the last, `beside` the elements that hold each of them,
    `looks` the class words around them. Without a text of some length these are empty.
    """

    page: Page
    span: Span
    names: tuple[str, ...]
    cleaning: Cleaning | None
    places: Places = field(init=False)
    roles: dict[int, tuple[Role, str]] = field(default_factory=dict)
    trunk: tuple[str, str] = ("", "")
    home: str = ""
    top: int = -1
    bottom: int = -1
    beside: frozenset[str] = frozenset()
    looks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Find out where the blocks stand."""
        self.places = Places(self.page.blocks)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The page's blocks."""
        return self.page.blocks

    def mark(self, blocks: Iterable[Block], role: Role, rule: str) -> None:
        """Give the role to those that have none yet."""
        for block in blocks:
            self.roles.setdefault(block.n, (role, rule))

    def inside(self) -> list[Block]:
        """The blocks within the span that have no role yet."""
        return [b for b in self.blocks[self.span.first : self.span.last + 1] if b.n not in self.roles]

    def stands(self, block: Block) -> tuple[str, str]:
        """What holds the block, and its element: places of the same kind are equal, whatever their number."""
        return self.places.stands(block)

    def in_trunk(self, block: Block) -> bool:
        """Whether the block stands where most of the text stands, in an element of the same kind."""
        return self.places.stands(block) == self.trunk and (not self.home or self.at_home(block))

    def at_home(self, block: Block) -> bool:
        """Whether the block stands in the element that holds the text's paragraphs."""
        holder = self.places.holder(block)
        return holder == self.home or holder.startswith(self.home + "/")

    def is_beside(self, block: Block) -> bool:
        """Whether the block is an element between the text's paragraphs, neither in a box nor bare text."""
        holder = self.places.holder(block)
        return self.top < block.n < self.bottom and holder in self.beside and holder != block.path


def find_trunk(sheet: Sheet) -> None:
    """Mutate the sheet: find the kind of place that holds most of the kept prose, and the element around it.

    Where the release begins with a dateline its own place is the trunk, whatever teasers weigh elsewhere, and
    whether the text there was kept or not.
    """
    span = sheet.span
    prose = [b for b in sheet.blocks[span.first :] if is_prose(b)]
    kept = [b for b in prose if b.kept >= 500 and b.n <= span.last]
    text = _begun(sheet, prose) if span.dateline else ()
    if text:
        sheet.trunk = sheet.stands(text[0])
        sheet.span = replace(span, last=max(span.last, text[-1].n))
    else:
        mass: Counter[tuple[str, str]] = Counter()
        for block in kept:
            mass[sheet.stands(block)] += len(block.text)
        if mass:
            sheet.trunk = mass.most_common(1)[0][0]
        text = tuple(block for block in kept if sheet.in_trunk(block))
    if len(text) >= _RUN:
        _find_home(sheet, text, kept)


def _begun(sheet: Sheet, prose: Sequence[Block]) -> tuple[Block, ...]:
    """The paragraphs that stand where the dateline stands: those that were kept, or all where none was."""
    first = sheet.stands(sheet.blocks[sheet.span.first])
    there = [block for block in prose if sheet.stands(block) == first]
    kept = tuple(block for block in there if block.kept >= 500 and block.n <= sheet.span.last)
    return kept or (tuple(there) if len(there) >= _RUN else ())


def _find_home(sheet: Sheet, text: Sequence[Block], kept: Sequence[Block]) -> None:
    """Mutate the sheet: the innermost element that holds the text, if it leaves out little of what was kept.

    One that leaves out much is none, or its parent is; but a dateline is right against any number of teasers.
    """
    text = _without_strays(sheet, text)
    home = common(map(sheet.places.holder, text))
    for block in kept:  # a text that begins or ends beside the container that holds the rest of it
        holder = sheet.places.holder(block)
        if block.tag not in _HEADINGS and home.startswith(holder + "/"):
            home = holder
    last = home if sheet.span.dateline else ""
    around = home.rpartition("/")[0]
    sheet.home = next((path for path in (home, around) if _holds_most(sheet, path, kept)), last)
    if not sheet.home:
        return
    sheet.top, sheet.bottom = text[0].n, text[-1].n
    sheet.beside = frozenset(map(sheet.places.holder, text))
    beside = {*sheet.beside, sheet.home}
    sheet.looks = frozenset(hint for b in (*text, *kept) if sheet.places.holder(b) in beside for hint in b.hints)


def _without_strays(sheet: Sheet, text: Sequence[Block]) -> tuple[Block, ...]:
    """The paragraphs of the element that holds most of the text, and others of some weight, or alike, or between.

    A box may stand in the same kind of place as the text and still be far away.
    """
    mass: Counter[str] = Counter()
    for block in text:
        mass[sheet.places.holder(block)] += len(block.text)
    main, most = mass.most_common(1)[0]
    if most * 2 < mass.total():
        return tuple(text)
    sure = [block for block in text if sheet.places.holder(block) == main]
    first, last = sure[0].n, sure[-1].n
    looks = {block.hints for block in sure if block.hints}
    return tuple(
        block
        for block in text
        if first <= block.n <= last
        or block.hints in looks
        or mass[sheet.places.holder(block)] * _STRAY >= mass.total()
    )


def _holds_most(sheet: Sheet, path: str, kept: Sequence[Block]) -> bool:
    """Whether the element holds all but a part of what was kept."""
    sheet.home = path
    elsewhere = sum(len(block.text) for block in kept if not sheet.at_home(block))
    return elsewhere * _ELSEWHERE <= sum(len(block.text) for block in kept)
