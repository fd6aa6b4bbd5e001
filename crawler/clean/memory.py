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
from crawler.clean.widgets import role_of_heading
from crawler.match.align import align
from crawler.match.tokens import tokenise
from crawler.records import KEPT_ROLES, Decision, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.clean.witnesses import Witnesses
    from crawler.records import Block, Member, Owner, Role, Seen

_LEDGER_ROLES: Final = frozenset({"duplicate-lead", "ticker", "related", "disclaimer", "read-more", "newsletter",
                                  "attribution-footer"})  # fmt: skip
_ISSUERS: Final = frozenset({"about", "contact", "trailer"})
"""Roles of what an issuer repeats under its releases: no site's furniture where only one site is known."""

_RESTORED: Final = frozenset({"related", "other", "disclaimer", "newsletter", "byline-box", "navigation"})
"""Roles out of which siblings bring a block back."""

_OFTEN: Final = 3
"""Releases of a site under which a block is furniture though no copy elsewhere says so."""

_TWICE: Final = 2
_SENTENCE: Final = 8
"""Words below which a block is no sentence that an outlet could add."""

_TEASER: Final = 15
_OWNED: Final = 850
"""Share of a block's words, per mille, that must be the owner's."""

_OPENING: Final = 30
"""Words of its owner within which a teaser begins: a dateline and a wire's own sentence may stand before."""

_GAP: Final = 10
"""Words of its owner that may be missing between two paragraphs of it that stand here."""

_SHARED: Final = 0.6
"""Share of a block's word runs that other copies must have for the block to be theirs though cut otherwise."""

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
    changes = _give_to_owners(member, blocks, decisions, witnesses, owners)
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
        """For each sighting the hashes of the nearest blocks before and after it that other copies have too."""
        before: dict[int, int | None] = {}
        after: dict[int, int | None] = {}
        for places, order in ((before, 1), (after, -1)):
            last: int | None = None
            for sighting in self._member.sightings[::order]:
                places[sighting.block] = last
                if sighting.role in KEPT_ROLES and self.carried(sighting):
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
        if sighting.role in _ISSUERS:
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
        alone = not self.carried(sighting) and sighting.role not in _ISSUERS and sighting.hash not in self._seen
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

    The box is the highest element around the line that holds no block of the release; blocks that other copies
    have, and those that stand where the release begins, are sure to be the release.
    """
    anchors = [n for n, d in changes.items() if d.rule == "memory:site" and shapes.is_heading(blocks[n])]
    if not anchors:
        return
    kept = [d.block for d in decisions if d.role in KEPT_ROLES and d.block not in changes]
    holder = blocks[told.first].path.rpartition("/")[0]
    sure = [blocks[n].path for n in kept if blocks[n].path.rpartition("/")[0] == holder or n in told.shared]
    for anchor in anchors:
        box = _box(blocks[anchor].path, sure)
        for n in kept:
            if box and (blocks[n].path == box or blocks[n].path.startswith(box + "/")):
                changes.setdefault(n, Decision(n, "related", "memory:container"))


def _box(path: str, sure: Sequence[str]) -> str | None:
    """The highest ancestor of the path, or the path itself, that holds none of the sure ones."""
    box = None
    while path.count("/") > 2 and not any(p == path or p.startswith(path + "/") for p in sure):
        box, path = path, path.rpartition("/")[0]
    return box


def _give_to_owners(
    member: Member,
    blocks: Sequence[Block],
    decisions: Sequence[Decision],
    witnesses: Witnesses,
    owners: Sequence[Owner],
) -> dict[int, Decision]:
    """The blocks that are another text, from its beginning on, and that text's title."""
    hashes = {s.block: s.hash for s in member.sightings}
    kept = [d.block for d in decisions if d.role in KEPT_ROLES - {"trailer"}]
    open_to = [n for n in kept[1:] if n not in hashes or not witnesses.carriers(hashes[n], member.family)]
    owned: set[int] = set()
    for owner in owners:
        owned |= _owned(blocks, open_to, owner)
    size = {n: len(blocks[n].text) for n in kept}
    if 2 * sum(size[n] for n in owned) > sum(size.values()):
        return {}  # the page is mostly another's text: a copy that matching did not find, or a list of openings
    return {n: Decision(n, "related", "memory:owned") for n in owned}


def _owned(blocks: Sequence[Block], candidates: Sequence[int], owner: Owner) -> set[int]:
    """Those of the blocks that are the owner's text.

    A paragraph in common is none yet: a quotation, or what an issuer repeats, may be one. It is a teaser where it
    stands under the owner's title, is cut off, or goes on for another paragraph.
    """
    titles = {shapes.fold(title) for title in owner.titles} - {""}
    found: set[int] = set()
    reached: int | None = None  # how far into the owner's text the paragraphs before went
    for at, n in enumerate(candidates):
        span = _span_in(blocks[n], owner)
        if span is None:
            continue
        goes_on = reached is not None and abs(span[0] - reached) <= _GAP
        if goes_on:
            found |= {candidates[at - 1], n}
        elif span[0] <= _OPENING and _is_teased(blocks, n, titles):
            found.add(n)
        reached = span[1] if goes_on or span[0] <= _OPENING else None
    return found | {n for n in candidates if found and shapes.fold(blocks[n].text) in titles}


def _is_teased(blocks: Sequence[Block], n: int, titles: set[str]) -> bool:
    """Whether a block that another text begins with is cut off, or stands under or after that text's title."""
    line = shapes.fold(blocks[n].text)
    above = {shapes.fold(block.text) for block in blocks[max(0, n - 2) : n]}
    return (
        shapes.is_cut(blocks[n])
        or bool(above & titles)
        or any(title in line[: len(title) + 40] for title in titles)
    )


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


def with_changes(decisions: Sequence[Decision], changes: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions with the changed ones in their places."""
    changed = {change.block: change for change in changes}
    return tuple(changed.get(d.block, d) for d in decisions)
