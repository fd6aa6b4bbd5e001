"""Keys of a release, read from its text and links: what stands in it names it, what stands below it does not.

Rungs of the ladder: 1 an origin's id, 2 a wire's release id, 3 an item id of a wire or a carrier.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from crawler.records import KEPT_ROLES, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.records import Block, Decision, Tier
    from crawler.sites.load import Sites

    Where = Literal["trailer", "body", "url"]

NAMING: Final = 2
"""The last rung whose keys name a release; those below only hint at it."""

_ADDRESS = re.compile(
    r"(?:https?://|\bwww\.)[^\s<>\"'\u00a0\u3000()\[\]{}|\\^`\u201c\u201d\u2018\u2019\u00ab\u00bb]{4,}",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=\w)(?=https?://)", re.IGNORECASE)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BLANK_END = re.compile(r"(?:%c2%a0|%20)+$", re.IGNORECASE)
_STOPS: Final = ".,;:!?\u2026\u3002\uff0c\uff1b\u3001"
_WORD = re.compile(r"[^\s<>\"'()\[\]{}|\\^`\u201c\u201d\u2018\u2019]+")
_MAX_BROKEN: Final = 300
_LINES: Final = 2
_MAX_ADDRESS: Final = 2000
_ENDING: Final = 4
_COUNTED: Final = 2
"""Blocks whose tracking links must have a wire's id, that it counts like one in the closing lines."""


def find_keys(
    url: str, blocks: Sequence[Block], decisions: Sequence[Decision], sites: Sites, *, dated: bool = False
) -> tuple[Found, ...]:
    """Every key in the release's own blocks and in the page's address, in reading order.

    `decisions` says which blocks are the release. An address counts as `trailer` where it stands in one of
    the release's closing lines, as `body` where it stands in running text. A wire's id in tracking links counts
    as `trailer` too where the release has a dateline (`dated`) and several blocks have that id and no other: a
    wire counts the clicks on all links of its release, and a story that quotes one has one. Of an item id the
    first place is kept.
    """
    kept = [d for d in decisions if d.role in KEPT_ROLES]
    found = [key for key, _ in _in_address(url, "url", -1, sites)]
    closing = {d.block for d in kept[-_ENDING:] if d.role == "trailer"} | {
        d.block for d in kept if d.role == "trailer" and d.rule in {"trailer:original", "trailer:pointer"}
    }
    counted: list[Found] = []
    for decision in kept:
        block = blocks[decision.block]
        where: Where = "trailer" if decision.block in closing else "body"
        for spellings, glued, is_image in read_addresses(block):
            at: Where = "body" if is_image else where
            carried = (tuple(_in_address(one, at, block.n, sites, glued=glued)) for one in spellings)
            for key, is_counted in next(filter(None, carried), ()):
                found.append(key)
                if is_counted and key.rung <= NAMING:
                    counted.append(key)
    own = _own_ids(counted) if dated else frozenset()
    return tuple(_each_once(replace(k, where="trailer") if k in own else k for k in found))


def naming(keys: Sequence[Found], tier: Tier) -> tuple[Found, ...]:
    """The keys that say which release the page is: of origins and wires, in the closing lines.

    The page's own address says it too where the page is the origin's or the wire's.
    """
    return tuple(
        k for k in keys if k.rung <= NAMING and (k.where == "trailer" or (k.where == "url" and tier != "copy"))
    )


def hinting(keys: Sequence[Found], sites: Sites) -> tuple[Found, ...]:
    """The item ids that copies on other sites carry too: none of a scheme of which the page has several."""
    values: dict[str, dict[str, Found]] = defaultdict(dict)
    for key in keys:
        if key.rung > NAMING and key.scheme in sites.joining:
            values[key.scheme].setdefault(key.value, key)
    return tuple(key for found in values.values() if len(found) == 1 for key in found.values())


def key_of_url(url: str, sites: Sites) -> Found | None:
    """The strongest key that an address itself carries, or None."""
    return min((key for key, _ in _in_address(url, "url", -1, sites)), key=lambda key: key.rung, default=None)


def read_addresses(block: Block) -> Iterator[tuple[Sequence[str], bool, bool]]:
    """The addresses of a block's links, images and text, each once: with whether it was read, or is an image's.

    One that was read may have been broken by the end of a line: then what follows may belong to it, and the longer
    spellings come along. An image names nothing: it is as good as running text, wherever it stands.
    """
    seen: set[str] = set()
    for n, link in enumerate((*block.links, *block.images)):
        href = _BLANK_END.sub("", link[: _MAX_ADDRESS + 1].strip())
        address = f"https:{href}" if href.startswith("//") else href
        if len(address) <= _MAX_ADDRESS and address not in seen and address[:4].lower() == "http":
            seen.add(address)
            yield (address,), False, n >= len(block.links)
    if "://" not in block.text and "ww." not in block.text.lower():
        return
    text = block.text.translate(_INVISIBLE)
    for run in _ADDRESS.finditer(text):
        pieces = _GLUED.split(run[0])
        for piece in pieces:
            address = _BLANK_END.sub("", piece.rstrip(_STOPS))
            address = address if address[:4].lower() == "http" else f"https://{address}"
            if len(address) <= _MAX_ADDRESS and address not in seen:
                seen.add(address)
                yield (address, *(_unbroken(address, text, run.end()) if piece is pieces[-1] else ())), True, False


def _unbroken(address: str, text: str, end: int) -> Iterator[str]:
    """The address with one or two of the words that follow, where it may have been broken at a line's end."""
    for word in islice(_WORD.finditer(text, end, end + _MAX_BROKEN), _LINES):
        if word.start() > end + 1 or (text[end] != "\n" and address[-1] not in "-/_"):
            return  # a line breaks anywhere, a blank stands for a break where words may be parted
        address, end = address + word[0].rstrip(_STOPS), word.end()
        yield address


def _in_address(
    address: str, where: Where, block: int, sites: Sites, *, glued: bool = False
) -> Iterator[tuple[Found, bool]]:
    """The keys of an address, each with whether a tracking link has it and not its target."""
    for carried in sites.read(address, glued=glued):
        scheme, value, rung, url, counted = carried
        yield Found(scheme, value, rung, where, url, block, address[:500]), counted


def _own_ids(counted: Sequence[Found]) -> frozenset[Found]:
    """Of the ids in tracking links those that several blocks have and that are the only ones of their scheme."""
    by_scheme: dict[str, list[Found]] = defaultdict(list)
    for key in counted:
        by_scheme[key.scheme].append(key)
    return frozenset(
        key
        for keys in by_scheme.values()
        if len({k.value for k in keys}) == 1 and len({k.block for k in keys}) >= _COUNTED
        for key in keys
    )


def _each_once(keys: Iterable[Found]) -> Iterator[Found]:
    """The keys without repetitions; of one on a rung that only hints the first."""
    seen: set[object] = set()
    for key in keys:
        mark: object = key if key.rung <= NAMING else (key.scheme, key.value)
        if mark not in seen:
            seen.add(mark)
            yield key
