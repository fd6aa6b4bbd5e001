"""Pages that show several stories, each under a headline that leads to it: lists of leads, and no copies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block

SEVERAL: Final = "several"
"""Why such a page is rejected."""

_FEWEST: Final = 3
"""Stories that make a list."""

_OPENING: Final = 15
"""Words of running text that a headline's story begins with."""

_SHARE: Final = 800
"""Share of the page's running text, per mille, that stands under such headlines."""

_LINKED: Final = 900
_PROSE: Final = 500
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
_INDEX = re.compile(r"\[\d+\]")


def lists_stories(blocks: Sequence[Block], url: str) -> bool:
    """Whether the running text of a page is that of several stories, whose headlines lead elsewhere on its site.

    The sections are of one shape, and each ends with what holds its headline. Teasers beside a story are none: the
    story's own text stands under no such headline.
    """
    heads = [block for block in blocks if block.tag in _HEADINGS and _target(block, url)]
    shapes: dict[str, list[Block]] = {}
    for block in heads:
        shapes.setdefault(_INDEX.sub("", block.path), []).append(block)
    alike = max(shapes.values(), key=len, default=[])
    if len({_target(block, url) for block in alike}) < _FEWEST:
        return False
    begins = {block.n for block in alike}
    sizes: dict[int, int] = {}
    total, under, home = 0, -1, ""
    for block in blocks:
        if block.n in begins:
            under, home = block.n, block.path.rpartition("/")[0]
        words = len(block.text.split()) if block.linked < _PROSE and block.tag not in _HEADINGS else 0
        if words >= _OPENING // 2:
            total += words
            if under >= 0 and (block.path == home or block.path.startswith(home + "/")):
                sizes[under] = sizes.get(under, 0) + words
    told = [size for size in sizes.values() if size >= _OPENING]
    return len(told) >= _FEWEST and 1000 * sum(told) >= _SHARE * total


def _target(block: Block, url: str) -> str:
    """Where a headline leads: another page of the same host; empty where it does not."""
    if block.linked < _LINKED or not block.links:
        return ""
    try:
        target, own = urlsplit(urljoin(url, block.links[0])), urlsplit(url)
    except ValueError:
        return ""
    same = (target.path.rstrip("/"), target.query) == (own.path.rstrip("/"), own.query)
    here = (target.hostname or "").removeprefix("www.") == (own.hostname or "").removeprefix("www.")
    return f"{target.path}?{target.query}" if here and not same and target.path.strip("/") else ""
