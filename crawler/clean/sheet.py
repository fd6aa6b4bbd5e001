"""The working sheet of one page: its blocks, where they stand, and the role of each as the calls go by."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.clean.shapes import is_prose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.clean.anatomy import Span
    from crawler.records import Block, Page, Role
    from crawler.sites.load import Cleaning

_INDEX = re.compile(r"\[\d+\]")


@dataclass(slots=True)
class Sheet:
    """The working sheet of one page: its blocks and, as the calls go by, the role and rule of each."""

    page: Page
    span: Span
    names: tuple[str, ...]
    cleaning: Cleaning | None
    roles: dict[int, tuple[Role, str]] = field(default_factory=dict)
    trunk: tuple[str, str] = ("", "")
    mass: Counter[tuple[str, str]] = field(default_factory=Counter)
    split: frozenset[str] = frozenset()

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
        holder = block.path if block.path in self.split else block.path.rpartition("/")[0]
        return _INDEX.sub("", holder), block.tag

    def in_trunk(self, block: Block) -> bool:
        """Whether the block stands where most of the text stands, in an element of the same kind."""
        return self.stands(block) == self.trunk


def find_trunk(sheet: Sheet) -> None:
    """Mutate the sheet: find the container, and the kind of element, that hold most of the kept prose."""
    sheet.split = frozenset(path for path, n in Counter(block.path for block in sheet.blocks).items() if n > 1)
    for block in sheet.blocks[sheet.span.first : sheet.span.last + 1]:
        if block.kept >= 500 and is_prose(block):
            sheet.mass[sheet.stands(block)] += len(block.text)
    first = sheet.stands(sheet.blocks[sheet.span.first])
    if sheet.span.dateline and sheet.mass[first]:
        sheet.trunk = first  # the text goes on where its dateline stands, whatever teasers weigh elsewhere
    elif sheet.mass:
        sheet.trunk = sheet.mass.most_common(1)[0][0]
