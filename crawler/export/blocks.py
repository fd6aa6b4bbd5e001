"""A page as its blocks: which are kept, which are not and why, and where each stands in the page's visible text.

The **visible text** of a page is its blocks in document order, joined by newlines; positions in it count
characters (Unicode code points) from 0, and an end is the position behind the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.clean.groups import name_of
from crawler.clean.shapes import is_heading
from crawler.export.rules import tell_rule
from crawler.records import KEPT_ROLES
from storage.pages import unpack_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.records import Block
    from storage.rows import CopyRow

_UNDER: Final = "under:"


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its role, the rule that gave it, that rule in words, and its place in the visible text."""

    block: Block
    role: str
    rule: str
    reason: str
    start: int
    end: int

    @property
    def is_kept(self) -> bool:
        """Whether it is part of the release."""
        return self.role in KEPT_ROLES

    @property
    def is_removed(self) -> bool:
        """Whether it was left out; the headline is not: it is a field of its own."""
        return self.role != "title" and not self.is_kept


def read_blocks(copy: CopyRow) -> tuple[tuple[Block, str, str], ...]:
    """The blocks of a page in document order, each with its role and the rule that gave it, as finally decided.

    The one place that knows how they are stored.
    """
    return unpack_blocks(copy.blocks, copy.changes) if copy.blocks is not None else ()


def place_blocks(copy: CopyRow, known: Mapping[int, Mapping[str, str]] | None = None) -> tuple[Placed, ...]:
    """The blocks of a page, each with its reason in words and its place in the visible text.

    `known` may have values for the reasons of some blocks (see `crawler.export.rules`).
    """
    decided = read_blocks(copy)
    reasons = _reasons(decided, known or {})
    placed, at = [], 0
    for (block, role, rule), reason in zip(decided, reasons, strict=True):
        placed.append(Placed(block, role, rule, reason, at, at + len(block.text)))
        at += len(block.text) + 1
    return tuple(placed)


def visible_text(placed: Iterable[Placed]) -> str:
    """The page's visible text: what the positions count in."""
    return "\n".join(each.block.text for each in placed)


def _reasons(decided: Sequence[tuple[Block, str, str]], known: Mapping[int, Mapping[str, str]]) -> Iterator[str]:
    """Each block's rule in words. A heading that a rule names is given as the page writes it, not folded."""
    headings: dict[str, str] = {}
    named = any(rule.startswith(_UNDER) for _, _, rule in decided)
    for block, _, rule in decided:
        if rule.startswith(_UNDER):
            name = rule.removeprefix(_UNDER)
            yield tell_rule(rule, {"detail": headings.get(name, name)})
        else:
            yield tell_rule(rule, known.get(block.n))
        if named and is_heading(block):
            headings[name_of(block)] = block.text
