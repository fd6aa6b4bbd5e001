"""The addresses that a release gives: those of its links and in its words, by a name that outlives a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.identify.keys import NAMING, read_addresses
from crawler.identify.tracking import unwrap
from crawler.records import KEPT_ROLES
from crawler.urls import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.records import Block, Decision
    from crawler.sites.load import Sites


def find_links(
    url: str, blocks: Sequence[Block], decisions: Sequence[Decision], sites: Sites
) -> tuple[tuple[str, str], ...]:
    """Each address in the release's own blocks once, as (name, address), in reading order.

    The name is the key that the address carries (`cgtn:1JjihOzBpvi`), else the address that a tracking link stands
    for, without what makes no difference. Links of the page to its own site are the site's, not the release's,
    unless they carry a key.
    """
    family = sites.family_of(url)
    found: dict[str, str] = {}
    for decision in decisions:
        if decision.role in KEPT_ROLES:
            for spellings, glued, is_image in read_addresses(blocks[decision.block]):
                if not is_image:
                    address = _spelled(spellings, sites, glued=glued)
                    for name in _name(address, family, sites, glued=glued):
                        found.setdefault(name, address)
    return tuple(found.items())


def _spelled(spellings: Sequence[str], sites: Sites, *, glued: bool) -> str:
    """The first spelling that carries a key; that which stands there where none does."""
    if len(spellings) == 1:
        return spellings[0]
    return next((one for one in spellings if any(sites.read(one, glued=glued))), spellings[0])


def _name(address: str, family: str, sites: Sites, *, glued: bool) -> Iterator[str]:
    for scheme, value, rung, *_ in sites.read(address, glued=glued):
        if rung <= NAMING:
            yield f"{scheme}:{value}"
            return
    try:
        target = unwrap(address, sites.trackers)
        if target is not None and sites.family_of(target) != family:
            yield normalise(target).partition("://")[2].removeprefix("www.").rstrip("/")
    except ValueError:  # a page may link to anything
        return
