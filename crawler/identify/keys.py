"""Keys of a release, read from its text and links: what stands in it names it, what stands below it does not.

Rungs of the ladder: 1 an origin's id, 2 a wire's release id, 3 an item id of a carrier (mirrors share it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from crawler.identify.tracking import unwrap
from crawler.records import Found
from crawler.sites.template import CHECKS, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.records import Block, Decision, Tier
    from crawler.sites.load import Sites

RUNG: Final = {"origin": 1, "wire": 2, "copy": 3}

_ADDRESS = re.compile(
    r"https?://[^\s<>\"'\u00a0\u3000()\[\]{}|\\^`]+[^\s<>\"'\u00a0\u3000()\[\]{}|\\^`.,;:!?\u2026\u3002]"
)
_MAX_ADDRESS: Final = 2000
_ENDING: Final = 4


def find_keys(url: str, blocks: Sequence[Block], decisions: Sequence[Decision], sites: Sites) -> tuple[Found, ...]:
    """Every key in the release's own blocks and in the page's address, in reading order.

    `decisions` says which blocks are the release. An address counts as `trailer` where it stands in one of
    the release's closing lines, as `body` where it stands in running text.
    """
    kept = [d for d in decisions if d.role in {"body", "subhead", "quote", "about", "contact", "trailer"}]
    found = [*_in_address(url, url, "url", -1, sites)]
    closing = {d.block for d in kept[-_ENDING:] if d.role == "trailer"} | {
        d.block for d in kept if d.role == "trailer" and d.rule in {"trailer:original", "trailer:pointer"}
    }
    for decision in kept:
        block = blocks[decision.block]
        where: Literal["trailer", "body"] = "trailer" if decision.block in closing else "body"
        for address in _addresses(block):
            found += _in_address(address, address, where, block.n, sites)
    return tuple(dict.fromkeys(found))


def naming(keys: Sequence[Found], tier: Tier) -> tuple[Found, ...]:
    """The keys that say which release the page is: of origins and wires, in the closing lines.

    The page's own address says it too where the page is the origin's or the wire's.
    """
    return tuple(
        k for k in keys if k.rung <= 2 and (k.where == "trailer" or (k.where == "url" and tier != "copy"))
    )


def key_of_url(url: str, sites: Sites) -> Found | None:
    """The key that an address itself carries, or None."""
    return next(_in_address(url, url, "url", -1, sites), None)


def _addresses(block: Block) -> Iterator[str]:
    """The addresses of a block's links, then those that stand in its text, each once."""
    for address in dict.fromkeys([*block.links, *_ADDRESS.findall(block.text)]):
        if len(address) <= _MAX_ADDRESS and address.lower().startswith("http"):
            yield address


def _in_address(
    address: str, quoted: str, where: Literal["trailer", "body", "url"], block: int, sites: Sites
) -> Iterator[Found]:
    target = unwrap(address)
    if target is None:
        return
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
    except ValueError:
        return
    site = sites.of_host(host)
    if site is None:
        return
    for grammar, template in site.key_templates:
        values = template.match(parts.path) or template.match(f"{parts.path}?{parts.query}")
        if values is not None and CHECKS[grammar.check](values["id"]) is not None:
            url = fill(grammar.canonical, {**values, "host": host}) if grammar.canonical else target
            yield Found(grammar.scheme, values["id"], RUNG[site.tier], where, url, block, quoted[:500])
            return
