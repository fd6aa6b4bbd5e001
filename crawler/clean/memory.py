"""What one page alone cannot know: its blocks against the site's other releases and the release's other copies.

Three questions, each with an answer that depends on the set of pages alone:

- **site memory**: does this site show the block under other releases, and nobody else at all?
- **sibling memory**: do other families' copies of this release have the block, or go on without it?
- **ownership**: is the block the beginning of another text?

`doubted` asks them of the sightings alone, which is cheap; only pages with something to decide are read again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from crawler.clean import shapes
from crawler.clean.draft import clean_text
from crawler.clean.ownership import give_to_owners
from crawler.clean.widgets import role_of_heading
from crawler.match.tokens import tokenise
from crawler.records import ISSUER_ROLES, KEPT_ROLES, Decision, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.clean.witnesses import Witnesses
    from crawler.records import Block, Member, Owner, Role, Seen

_LEDGER_ROLES: Final = frozenset({"duplicate-lead", "ticker", "related", "disclaimer", "read-more", "newsletter",
                                  "attribution-footer"})  # fmt: skip
_RESTORED: Final = frozenset({"related", "other", "disclaimer", "newsletter", "byline-box", "navigation"})
"""Roles out of which siblings bring a block back."""

_OFTEN: Final = 3
"""Releases of a site under which a block is furniture though no copy elsewhere says so."""

_TWICE: Final = 2
_SENTENCE: Final = 8
"""Words below which a block is no sentence that an outlet could add."""

_SHARED: Final = 0.6
"""Share of a block's word runs that other copies must have for the block to be theirs though cut otherwise."""

_FEW: Final = 3
"""A box of furniture holds at most this part of the text: a third."""

_LEAST: Final = 25
"""Words that must be left of a text: memory never takes it all."""


def is_sighted(block: Block, role: str) -> bool:
    """Whether a block is the release, or could have been taken for it: what the ledger and memory keep."""
    return role != "title" and (role in KEPT_ROLES or block.kept >= 300 or role in _LEDGER_ROLES)


def sight(blocks: Sequence[Block], decisions: Sequence[Decision]) -> tuple[Sighting, ...]:
    """The blocks by which other pages are compared with this one, in order."""
    found = []
    for decision in decisions:
        block = blocks[decision.block]
        if is_sighted(block, decision.role):
            line = shapes.fold(block.text)
            if line:
                found.append(Sighting(block.n, _hash(line), line.count(" ") + 1, decision.role))
    return tuple(found)


@lru_cache(maxsize=8192)
def _hash(line: str) -> int:
    return int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest(), "little", signed=True)


def doubted(member: Member, seen: Mapping[int, Seen], witnesses: Witnesses, owners: Sequence[Owner]) -> bool:
    """Whether memory may have something to say of the page: asked of its sightings, without reading its blocks.

    `seen` says of the page's site how it shows the blocks of these hashes, where it shows them under more than
    one release; `owners` are other texts whose beginning the page's text shares.
    """
    if member.tier != "copy":
        return False
    if owners:
        return True
    if witnesses.families < _TWICE and not any(sighting.hash in seen for sighting in member.sightings):
        return False
    told = _Told(member, seen, witnesses)
    return any(told.verdict(sighting) is not None for sighting in member.sightings)


def recall(
    member: Member,
    blocks: Sequence[Block],
    decisions: Sequence[Decision],
    seen: Mapping[int, Seen],
    witnesses: Witnesses,
    owners: Sequence[Owner],
) -> tuple[Decision, ...]:
    """The decisions that memory changes on a page that is a copy, in the order of its blocks.

    `blocks` and `decisions` are the page's and its draft's. The rules are `memory:site`, `memory:container`,
    `memory:addition`, `memory:owned` and, for what comes back, `memory:sibling`.
    """
    told = _Told(member, seen, witnesses)
    changes = give_to_owners(member, blocks, decisions, witnesses, owners)
    for sighting in member.sightings:
        verdict = told.verdict(sighting) if sighting.block not in changes else None
        block = blocks[sighting.block]
        if verdict is None:
            continue
        if verdict.role in KEPT_ROLES or witnesses.share(block.text, member) < _SHARED:
            changes[block.n] = replace(verdict, role=_named(block, verdict.role))
    _follow_containers(blocks, decisions, told, changes)
    if len(tokenise(clean_text(blocks, with_changes(decisions, changes.values())))) < _LEAST:
        return ()
    return tuple(changes[n] for n in sorted(changes))


class _Told:
    """What is known of each of a page's sightings, with what stands before and after them in the release."""

    def __init__(self, member: Member, seen: Mapping[int, Seen], witnesses: Witnesses) -> None:
        self._member, self._seen, self._witnesses = member, seen, witnesses
        kept = [s for s in member.sightings if s.role in KEPT_ROLES]
        self.first = kept[0].block if kept else -1
        self.kept = frozenset(s.hash for s in kept)
        self.shared = frozenset(s.block for s in kept if self.carried(s))
        self.closed = any(s.role == "trailer" for s in kept)
        self._before, self._after = self._neighbours()
        self._alone: Counter[tuple[int | None, int | None]] = Counter()
        for sighting in kept:
            if not self.carried(sighting):
                self._alone[self._place(sighting)] += sighting.size

    def _neighbours(self) -> tuple[dict[int, int | None], dict[int, int | None]]:
        """For each sighting the hashes of the nearest blocks before and after it that other copies have too.

        Those that the draft left out count: several lines that it missed stand beside each other.
        """
        before: dict[int, int | None] = {}
        after: dict[int, int | None] = {}
        for places, order in ((before, 1), (after, -1)):
            last: int | None = None
            for sighting in self._member.sightings[::order]:
                places[sighting.block] = last
                if sighting.role in KEPT_ROLES | _RESTORED and self.carried(sighting):
                    last = sighting.hash
        return before, after

    def carried(self, sighting: Sighting) -> int:
        """How many other families' copies of this release have the block."""
        return self._witnesses.carriers(sighting.hash, self._member.family)

    def lacking(self, sighting: Sighting) -> int:
        """How many other families' copies go from the block before to the block after without this one.

        An origin's or a wire's copy counts for two.
        """
        return self._witnesses.without(*self._place(sighting), self._member.family)

    def _place(self, sighting: Sighting) -> tuple[int | None, int | None]:
        return self._before[sighting.block], self._after[sighting.block]

    def is_furniture(self, sighting: Sighting) -> bool:
        """Whether the site shows the block under other releases, where it cannot be an issuer's.

        One copy that goes on without the block may have left it out. Where only this site is known, a release
        must be open: what stands before closing lines is the issuer's.
        """
        seen = self._seen.get(sighting.hash)
        if seen is None or seen.releases < _TWICE or self.carried(sighting):
            return False
        lacking, often = self.lacking(sighting), seen.releases >= _OFTEN and seen.families == 1
        if sighting.role in ISSUER_ROLES:
            return lacking >= _TWICE and often
        return lacking >= _TWICE or (often and (lacking > 0 or not self.closed))

    def verdict(self, sighting: Sighting) -> Decision | None:
        """What memory decides of the block, or None where the draft stands."""
        if sighting.role not in KEPT_ROLES:
            return Decision(sighting.block, "body", "memory:sibling") if self._is_missed(sighting) else None
        if sighting.block == self.first or sighting.role == "trailer":
            return None
        if self.is_furniture(sighting):
            return Decision(sighting.block, "other", "memory:site")
        alone = (
            not self.carried(sighting) and sighting.role not in ISSUER_ROLES and sighting.hash not in self._seen
        )
        if alone and self._alone[self._place(sighting)] >= _SENTENCE and self.lacking(sighting) >= _TWICE:
            return Decision(sighting.block, "addition", "memory:addition")
        return None

    def _is_missed(self, sighting: Sighting) -> bool:
        """Whether the draft left out a line of the release: other copies have it, in this place."""
        if sighting.role not in _RESTORED or sighting.size < _TWICE or sighting.hash in self.kept:
            return False
        if sighting.hash in self._seen:
            return False
        before, after = self._place(sighting)
        return self._witnesses.within(before, sighting.hash, after, self._member.family) >= _TWICE


def _named(block: Block, role: Role) -> Role:
    """The name of a piece of furniture, where its words tell."""
    if role != "other":
        return role
    heading = role_of_heading(block)
    if heading is not None:
        return heading
    if shapes.is_disclaimer(block):
        return "disclaimer"
    return "newsletter" if shapes.is_newsletter(block) else "other"


def _follow_containers(
    blocks: Sequence[Block], decisions: Sequence[Decision], told: _Told, changes: dict[int, Decision]
) -> None:
    """Add to the changes: what stands in the box of a short line of furniture, whatever it holds on this page.

    The box is the highest element around the line that holds no block of the release. Sure to be the release are
    the first block, those that other copies have, and those that stand where most of the text does; a box that
    holds much of the text is none.
    """
    anchors = [n for n, d in changes.items() if d.rule == "memory:site" and shapes.is_heading(blocks[n])]
    if not anchors:
        return
    kept = [d.block for d in decisions if d.role in KEPT_ROLES and d.block not in changes]
    mass: Counter[str] = Counter()
    for n in kept:
        mass[_holder(blocks[n])] += len(blocks[n].text)
    main = mass.most_common(1)[0][0] if mass else ""
    sure = [blocks[n].path for n in kept if n == told.first or n in told.shared or _holder(blocks[n]) == main]
    for anchor in anchors:
        box = _box(blocks[anchor].path, sure)
        inside = [n for n in kept if box and (blocks[n].path == box or blocks[n].path.startswith(box + "/"))]
        if _FEW * sum(len(blocks[n].text) for n in inside) <= mass.total():
            changes.update((n, Decision(n, "related", "memory:container")) for n in inside)


def _holder(block: Block) -> str:
    return block.path.rpartition("/")[0]


def _box(path: str, sure: Sequence[str]) -> str | None:
    """The highest ancestor of the path, or the path itself, that holds none of the sure ones."""
    box = None
    while path.count("/") > 2 and not any(p == path or p.startswith(path + "/") for p in sure):
        box, path = path, path.rpartition("/")[0]
    return box


def with_changes(decisions: Sequence[Decision], changes: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions with the changed ones in their places."""
    changed = {change.block: change for change in changes}
    return tuple(changed.get(d.block, d) for d in decisions)
