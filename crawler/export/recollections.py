"""What memory knows of a page's blocks now, as values for the sentences of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean.shapes import fold
from crawler.export.blocks import read_blocks
from crawler.match.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block, Owner
    from storage.rows import Evidence

_RUN: Final = 8
"""Words in a row by which a block is found in the text that owns it."""


def recall_values(found: Evidence) -> dict[int, dict[str, str]]:
    """For each block that memory decided on what its sentence can name: releases, sites, the page that owns it.

    A block in a site's box has the count of the line by which the box is known: the nearest one in the tree.
    """
    if found.copy is None or not found.copy.changes:
        return {}
    blocks = {block.n: block for block, _, _ in read_blocks(found.copy)}
    anchors = [blocks[change.block] for change in found.copy.changes if change.rule == "memory:site"]
    values: dict[int, dict[str, str]] = {}
    for change in found.copy.changes:
        block = blocks[change.block]
        counted = block if change.rule != "memory:container" else _nearest(block, anchors)
        known = found.recollections.get(counted.n)
        owner = _owner(block, found.owners) if change.rule == "memory:owned" else None
        values[block.n] = {
            **({"releases": str(known.releases)} if known and known.releases > 1 else {}),
            **({"sites": str(known.families)} if known and known.families > 1 else {}),
            **({"page": f"“{owner}”"} if owner else {}),
        }
    return values


def _nearest(block: Block, anchors: Sequence[Block]) -> Block:
    """The anchor whose element has most ancestors in common with the block's; the block itself without any."""

    def shared(anchor: Block) -> int:
        pairs = zip(anchor.path.split("/"), block.path.split("/"), strict=False)
        return next((n for n, (mine, its) in enumerate(pairs) if mine != its), len(block.path))

    return max(anchors, key=shared, default=block)


def _owner(block: Block, owners: Sequence[Owner]) -> str | None:
    """The title of the text whose title the block is, or in whose beginning its first words stand."""
    line = fold(block.text)
    run = " ".join(tokenise(block.text)[:_RUN])
    for owner in owners:
        if owner.titles and (line in map(fold, owner.titles) or f" {run} " in f" {' '.join(owner.words)} "):
            return owner.titles[0]
    return None
