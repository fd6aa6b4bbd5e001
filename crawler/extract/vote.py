"""What trafilatura keeps, mapped back onto our blocks: its word on each block is a share, not a yes or no."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from itertools import count
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from rapidfuzz.distance import LCSseq
from trafilatura import bare_extraction

from crawler.extract.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

    from crawler.records import Block

_TOKEN = re.compile(r"\w+")
_FIRST_SYMBOL: Final = 0x10000
_KEPT: Final = 500
_PARAGRAPH: Final = 80
_LINKED: Final = 300
_BOTH: Final = 2
_GAP: Final = 4
"""Other blocks that may stand between two parts of a text."""
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
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
    ends = [0]
    for block in blocks:
        tokens += _TOKEN.findall(block.text)
        ends.append(len(tokens))
    symbols: defaultdict[str, str] = defaultdict(map(chr, count(_FIRST_SYMBOL)).__next__)
    page, main = ("".join(map(symbols.__getitem__, words)) for words in (tokens, kept))
    counted = _count(_runs(page, main, frozenset(ends)), ends)
    return _carry_on(
        tuple(
            replace(block, kept=1000 * counted[n] // (ends[n + 1] - ends[n])) if counted[n] else block
            for n, block in enumerate(blocks)
        )
    )


def _count(runs: Iterable[tuple[int, int]], ends: Sequence[int]) -> Counter[int]:
    """How many tokens of these stretches each block has. A block's tokens are those between two of the ends."""
    counted: Counter[int] = Counter()
    for start, end in runs:
        at, n = start, bisect_right(ends, start) - 1
        while at < end:
            stop = min(end, ends[n + 1])
            counted[n] += stop - at
            at, n = stop, n + 1
    return counted


def _runs(page: str, main: str, ends: frozenset[int]) -> list[tuple[int, int]]:
    """The stretches of the page that are the main text, moved so that they begin and end with a block.

    The aligner is free to take the last word of a menu for the first of the text, where both are the same.
    """
    runs: list[tuple[int, int, int]] = []
    for operation in LCSseq.opcodes(page, main):
        if operation.tag != "equal":
            continue
        start, end, at = operation.src_start, operation.src_end, operation.dest_start
        while runs and runs[-1][2] + runs[-1][1] - runs[-1][0] == at:
            before, stop, since = runs[-1]
            moved = _slide(page, ends, (before, stop, start, end))
            if not moved:
                break
            start, at = start + moved, at + moved
            if stop + moved > before:
                runs[-1] = (before, stop + moved, since)
                break
            runs.pop()
        if start < end:
            runs.append((start, end, at))
    return [(start, end) for start, end, _ in runs]


def _slide(page: str, ends: frozenset[int], gap: tuple[int, int, int, int]) -> int:
    """How far to move a gap between two stretches, left or right, so that more of its ends are ends of blocks."""
    before, stop, start, end = gap

    def edges(by: int) -> int:
        return (stop + by in ends) + (start + by in ends)

    best, most = 0, edges(0)
    by = 0
    while most < _BOTH and stop + by > before and page[stop + by - 1] == page[start + by - 1]:
        by -= 1
        if edges(by) > most:
            best, most = by, edges(by)
    by = 0
    while most < _BOTH and start + by < end and page[stop + by] == page[start + by]:
        by += 1
        if edges(by) > most:
            best, most = by, edges(by)
    return best


def _carry_on(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Keep too what goes on with the text: paragraphs in elements of the same kind and class, next to it.

    Sites set a text in several containers, with a box between them; trafilatura takes the first.
    """
    places = Places(blocks)
    mass: Counter[tuple[str, str]] = Counter()
    prose = [block for block in blocks if len(block.text) >= _PARAGRAPH and block.linked < _LINKED]
    for block in prose:
        if block.kept >= _KEPT:
            mass[places.stands(block)] += len(block.text)
    if not mass:
        return blocks
    trunk = mass.most_common(1)[0][0]
    alike = [block for block in prose if places.stands(block) == trunk]
    text = [block for block in alike if block.kept >= _KEPT]
    looks = {block.hints for block in text}
    own = {block.n for block in alike if block.hints in looks}
    more = _next_to(blocks[text[-1].n + 1 :], own, trunk, places)
    more |= _next_to(reversed(blocks[: text[0].n]), own, trunk, places)
    return tuple(replace(block, kept=1000) if block.n in more else block for block in blocks) if more else blocks


def _next_to(blocks: Iterable[Block], own: set[int], trunk: tuple[str, str], places: Places) -> set[int]:
    """The paragraphs among these blocks, until too many others stand between, or the heading of another text."""
    found: set[int] = set()
    others = 0
    for block in blocks:
        if block.n in own:
            found.add(block.n)
            others = 0
            continue
        others += 1
        if others > _GAP or (block.tag in _HEADINGS and places.stands(block)[0] != trunk[0]):
            break
    return found
