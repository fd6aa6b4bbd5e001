"""What trafilatura keeps, mapped back onto our blocks: its word on each block is a share, not a yes or no."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from rapidfuzz.distance import LCSseq
from trafilatura import bare_extraction

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.records import Block

_TOKEN = re.compile(r"\w+")
_FIRST_SYMBOL: Final = 0x10000
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # "discarding data" is a value here, not a warning


def vote(tree: HtmlElement, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with their `kept` share, per mille of the block's tokens.

    Trafilatura is never asked to deduplicate (its answer would depend on the pages before) and never told or
    asked the address. Node identity is lost inside it, so that its text is aligned with ours, token by token.
    """
    document = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    text = document.text if document is not None and not isinstance(document, dict) else ""
    kept = _TOKEN.findall(text or "")
    if not kept:
        return blocks
    tokens: list[str] = []
    owner: list[int] = []
    for block in blocks:
        own = _TOKEN.findall(block.text)
        tokens += own
        owner += [block.n] * len(own)
    symbols: defaultdict[str, str] = defaultdict(map(chr, count(_FIRST_SYMBOL)).__next__)
    page, main = ("".join(map(symbols.__getitem__, words)) for words in (tokens, kept))
    counted, total = [0] * len(blocks), [0] * len(blocks)
    for n in owner:
        total[n] += 1
    for operation in LCSseq.opcodes(page, main):
        if operation.tag == "equal":
            for at in range(operation.src_start, operation.src_end):
                counted[owner[at]] += 1
    return tuple(
        replace(block, kept=1000 * counted[block.n] // total[block.n]) if counted[block.n] else block
        for block in blocks
    )
