"""From whom a copy has its text: the origin, the wire or another outlet, as far as the pages tell.

Changes that two copies share and nobody else has are what they have from each other: the one with fewer of them is
nearer to the release. Failing that, the addresses in a copy's own text say where it is from.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal

from crawler.match import thresholds as t
from crawler.match.align import align
from crawler.records import Parent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.records import Found, Member

_RARE: Final = 3
"""A change that more than this part of the families have (a third, and more than two) is a text of its own."""

_LONG: Final = 8
"""Words left out in one place that are a change; fewer may be a line that cleaning lost."""

Home = Literal["origin", "wire"]
Change = tuple[int, int, tuple[str, ...]]
"""Where in the release a copy says something else, from which word to which, and what it says there."""


def trace(copies: Sequence[Member], references: Sequence[Member], keys: Sequence[Found]) -> dict[str, Parent]:
    """For each copy its most likely parent, by address, or that it is unknown.

    `references` are the texts that stand for the release, the first of them the one that changes are counted
    against; `keys` name it, strongest first. Confidence is in per cent. The outcome follows from the set of
    copies.
    """
    changes = {copy.url: _changes(copy, references[0]) for copy in copies}
    families: dict[Change, set[str]] = defaultdict(set)
    for copy in copies:
        for change in changes[copy.url]:
            families[change].add(copy.family)
    most = max(2, len({copy.family for copy in copies}) // _RARE)
    rare = {url: frozenset(c for c in found if 1 < len(families[c]) <= most) for url, found in changes.items()}
    return {copy.url: _parent(copy, copies, changes, rare, references, keys) for copy in copies}


def _changes(copy: Member, reference: Member) -> frozenset[Change]:
    """Where the copy differs from the release inside: words put for others, put in, or many left out."""
    words = tuple(copy.words.split(" "))
    found = align(words, tuple(reference.words.split(" ")))
    changes = set()
    for one, following in zip(found.passages, found.passages[1:], strict=False):
        mine = words[one.a + one.length : following.a]
        start, end = one.b + one.length, following.b
        if mine or end - start >= _LONG:
            changes.add((start, end, mine))
    return frozenset(changes)


def _parent(
    copy: Member,
    copies: Sequence[Member],
    changes: Mapping[str, frozenset[Change]],
    rare: Mapping[str, frozenset[Change]],
    references: Sequence[Member],
    keys: Sequence[Found],
) -> Parent:
    linked = _linked(copy, copies)
    if linked is not None:
        return Parent("outlet", linked.url, 90, "its text names that page")
    shared = [
        (len(rare[copy.url] & rare[other.url]), other)
        for other in copies
        if other.family != copy.family and _is_nearer(other, copy, changes)
    ]
    best = min(
        shared, key=lambda pair: (-pair[0], len(changes[pair[1].url]), _time(pair[1]), pair[1].url), default=None
    )
    if best is not None and best[0]:
        n, other = best
        said = f"{n} {'change that' if n == 1 else 'changes that'} only few outlets share"
        return Parent("outlet", other.url, min(90, 40 + 15 * n), said)
    return _source(copy, references, keys)


def _linked(copy: Member, copies: Sequence[Member]) -> Member | None:
    """Another outlet's page of this release whose address or item id stands in the copy's own text."""
    inside = {(key.scheme, key.value) for key in copy.found if key.where != "url"}
    addresses = {key.url for key in copy.found if key.where != "url"}
    named = [
        other
        for other in copies
        if other.family != copy.family
        and (
            other.url in addresses
            or any((key.scheme, key.value) in inside for key in other.found if key.where == "url")
        )
    ]
    return min(named, key=lambda other: (_time(other), other.url), default=None)


def _is_nearer(other: Member, copy: Member, changes: Mapping[str, frozenset[Change]]) -> bool:
    """Whether the other page can be where the copy is from: it changed no more, and is not known to be later."""
    if not changes[other.url] <= changes[copy.url]:
        return False
    if changes[other.url] < changes[copy.url]:
        return True
    return bool(_time(other)) and bool(_time(copy)) and _time(other) < _time(copy)


def _time(member: Member) -> str:
    """When the page says that it was published: a claim, used only to tell which of two like pages came first."""
    return member.published_at or ""


def _source(copy: Member, references: Sequence[Member], keys: Sequence[Found]) -> Parent:
    """Whether the copy is from the wire or from the origin: by the ids in its closing lines, else by its words."""
    named = {(key.scheme, key.value) for key in copy.found if key.where == "trailer"}
    for key in sorted(keys, key=lambda key: -key.rung):  # a wire's text names the origin too
        if key.rung <= 2 and (key.scheme, key.value) in named:
            kind: Home = "origin" if key.rung == 1 else "wire"
            return Parent(kind, key.url, 80, f"its closing lines name the {kind}'s page")
    homes = [member for member in references if member.tier != "copy"]
    if not homes:
        return Parent("unknown", None, 0, "no page that it could be from is known")
    words = tuple(copy.words.split(" "))
    held = [(align(words, tuple(home.words.split(" "))), home) for home in homes]
    found, home = max(held, key=lambda pair: (pair[0].cover_a + pair[0].cover_b, pair[1].tier, pair[1].url))
    if found.cover_a < t.WHOLE:
        return Parent("unknown", None, 0, "too little of it is the origin's or the wire's")
    sure = 60 if len({one.cover_a + one.cover_b for one, _ in held}) > 1 else 40
    kind = "origin" if home.tier == "origin" else "wire"
    return Parent(kind, home.url, sure, f"{found.cover_a / 10:.0f} % of it is the {kind}'s text")
