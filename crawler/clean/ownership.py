"""Whose text a block is: the beginning of another page's text is a teaser here, whatever it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.clean import shapes
from crawler.match.align import align
from crawler.match.tokens import tokenise
from crawler.records import ISSUER_ROLES, KEPT_ROLES, Decision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.clean.witnesses import Witnesses
    from crawler.records import Block, Member, Owner

_TEASER: Final = 15
"""Words below which a block is no teaser of anybody's text."""

_OWNED: Final = 850
"""Share of a block's words, per mille, that must be the owner's."""

_OPENING: Final = 30
"""Words of its owner within which a teaser begins: a dateline and a wire's own sentence may stand before."""

_GAP: Final = 10
"""Words of its owner that may be missing between two paragraphs of it that stand here."""


def give_to_owners(
    member: Member,
    blocks: Sequence[Block],
    decisions: Sequence[Decision],
    witnesses: Witnesses,
    owners: Sequence[Owner],
) -> dict[int, Decision]:
    """The blocks that are another text, from its beginning on, and that text's title."""
    hashes = {s.block: s.hash for s in member.sightings}
    kept = [d.block for d in decisions if d.role in KEPT_ROLES - {"trailer"}]
    open_to = {
        n: decisions[n].role in ISSUER_ROLES
        for n in kept[1:]
        if n not in hashes or not witnesses.carriers(hashes[n], member.family)
    }
    owned: set[int] = set()
    for owner in owners:
        owned |= _owned(blocks, open_to, owner)
    size = {n: len(blocks[n].text) for n in kept}
    if 2 * sum(size[n] for n in owned) > sum(size.values()):
        return {}  # the page is mostly another's text: a copy that matching did not find, or a list of openings
    return {n: Decision(n, "related", "memory:owned") for n in owned}


def _owned(blocks: Sequence[Block], candidates: Mapping[int, bool], owner: Owner) -> set[int]:
    """Those of the blocks that are the owner's text.

    A paragraph in common is none yet: a quotation, or what an issuer repeats, may be one. It is a teaser where it
    stands under the owner's title, is cut off, or goes on for another paragraph. `candidates` says which blocks
    may be the owner's, and whether they are an issuer's boilerplate: for these the title alone decides.
    """
    titles = {shapes.fold(title) for title in owner.titles} - {""}
    found: set[int] = set()
    reached: int | None = None  # how far into the owner's text the paragraphs before went
    before = -1
    for n, issuers in candidates.items():
        span = _span_in(blocks[n], owner)
        if span is None:
            continue
        goes_on = not issuers and reached is not None and abs(span[0] - reached) <= _GAP
        if goes_on:
            found |= {before, n}
        elif span[0] <= _OPENING and (_is_titled(blocks, n, titles) or (not issuers and shapes.is_cut(blocks[n]))):
            found.add(n)
        before = n
        reached = span[1] if not issuers and (goes_on or span[0] <= _OPENING) else None
    return found | {n for n in candidates if found and shapes.fold(blocks[n].text) in titles}


def _is_titled(blocks: Sequence[Block], n: int, titles: set[str]) -> bool:
    """Whether a block stands under one of the titles, or begins with it."""
    line = shapes.fold(blocks[n].text)
    above = {shapes.fold(block.text) for block in blocks[max(0, n - 2) : n]}
    return bool(above & titles) or any(title in line[: len(title) + 40] for title in titles)


def _span_in(block: Block, owner: Owner) -> tuple[int, int] | None:
    """From which word of the owner's text to which the block reaches, where it is nearly all the owner's."""
    words = tokenise(block.text)
    if len(words) < _TEASER:
        return None
    found = align(words, owner.words)
    if found.cover_a < _OWNED:
        return None
    last = found.passages[-1]
    return found.passages[0].b, last.b + last.length
