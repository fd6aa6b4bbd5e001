"""Where blocks stand: the element that holds a block, by itself and as a kind of place."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.records import Block

_INDEX = re.compile(r"\[\d+\]")


class Places:
    """The places of one page's blocks."""

    __slots__ = ("_kinds", "_shared")

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._shared = frozenset(path for path, n in Counter(block.path for block in blocks).items() if n > 1)
        self._kinds: dict[str, str] = {}

    def holder(self, block: Block) -> str:
        """The path of the element that holds the block: that of its element, or its own where it holds several."""
        return block.path if block.path in self._shared else block.path.rpartition("/")[0]

    def stands(self, block: Block) -> tuple[str, str]:
        """What holds the block, and its element: places of the same kind are equal, whatever their number."""
        holder = self.holder(block)
        kind = self._kinds.get(holder)
        if kind is None:
            kind = self._kinds[holder] = _INDEX.sub("", holder)
        return kind, block.tag


def common(paths: Iterable[str]) -> str:
    """The path of the innermost element that holds all of these, or "" where there is none.

    >>> common(["/html/body/div[1]/p[1]", "/html/body/div[1]/div[2]/p[1]"])
    '/html/body/div[1]'
    """
    held: list[str] | None = None
    for path in set(paths):
        steps = path.split("/")
        if held is None:
            held = steps
            continue
        same = 0
        for ours, theirs in zip(held, steps, strict=False):
            if ours != theirs:
                break
            same += 1
        del held[same:]
    return "/".join(held or ())
