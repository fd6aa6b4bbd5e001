"""Whose a key is that texts with other words close with: the release's, or only what a foreign text signs with.

A forged or quoting last line costs its author nothing, so that it makes a release only where no better witness of
that release is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.identify.keys import NAMING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.records import Member
    from crawler.rulings import Holding


def as_signed(pivot: int, members: Sequence[Member], holdings: Mapping[str, Sequence[Holding]]) -> list[Member]:
    """The pages of a cluster; a key in closing lines that another cluster holds is one they only sign with.

    `holdings` say of each key that several clusters name how each of them does. Nothing is taken from a cluster in
    which an origin's or a wire's own page stands.
    """
    if any(key.where == "url" and key.rung <= NAMING for m in members if m.tier != "copy" for key in m.found):
        return list(members)
    return [_signed(pivot, member, holdings) for member in members]


def _signed(pivot: int, member: Member, holdings: Mapping[str, Sequence[Holding]]) -> Member:
    closing = [key for key in member.found if key.where == "trailer" and key.rung <= NAMING]
    held = {
        key
        for key in closing
        if is_held_elsewhere(pivot, member.language, holdings.get(f"{key.scheme}:{key.value}", ()))
    }
    if not held:
        return member
    if min(key.rung for key in held) == min(key.rung for key in closing):
        held = set(closing)  # who signs with one release's id can write down any other's
    return replace(member, found=tuple(replace(k, where="signed") if k in held else k for k in member.found))


def is_held_elsewhere(pivot: int, language: str, holdings: Iterable[Holding]) -> bool:
    """Whether elsewhere more families name the key in this language, or as many with its own page among them."""
    here = [each for each in holdings if each.language == language]
    mine = max(((each.families, each.home) for each in here if each.pivot == pivot), default=(0, False))
    return any((each.families, each.home) > mine for each in here if each.pivot != pivot)
