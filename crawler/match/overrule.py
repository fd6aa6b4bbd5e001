"""What people decided, as the election and the summing up are told it. People name pages by address, texts follow.

The newest of two decisions that contradict each other counts, whatever the order in which pages and decisions
came: everything here is a function of the decisions and of which page has which text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.identify.keys import NAMING, key_of_url
from crawler.match.sketch import names
from crawler.records import Found
from crawler.rulings import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.records import Member
    from crawler.rulings import Overrule
    from crawler.sites.load import Sites

PERSON: Final = -1
"""The rung above all others: a person said so."""

ADDRESS: Final = "url"
"""The scheme of an origin that a person named by an address in which no site file finds a key."""


def is_address(name: str) -> bool:
    """Whether a name is the address of a page; else it is a key.

    >>> is_address("https://a.example/1"), is_address("cgtn:1JjihOzBpvi")
    (True, False)
    """
    return "://" in name


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions that count, by name.

    `group` gives each name that is linked the name that its group goes by, `linked` the newest link that names it;
    `apart` the names from which a name is kept, each with the number of the decision; `out` the pages that are
    taken out of another's release; `origins` are newest first. `beaten` gives for each decision that does not
    count the newer one that it contradicts.
    """

    group: Mapping[str, str] = field(default_factory=dict)
    linked: Mapping[str, int] = field(default_factory=dict)
    apart: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    out: frozenset[str] = frozenset()
    origins: tuple[Overrule, ...] = ()
    beaten: Mapping[str, str] = field(default_factory=dict)


def resolve(overrules: Iterable[Overrule]) -> Decided:
    """The decisions that count: from the newest to the oldest, each that contradicts none of the newer ones.

    What is linked is one group; it contradicts a decision that two names of one group are kept apart.
    """
    groups = _Groups()
    linked: dict[str, int] = {}
    apart: dict[str, dict[str, int]] = defaultdict(dict)
    kept: list[Overrule] = []
    origins: dict[str, Overrule] = {}
    out: set[str] = set()
    beaten: dict[str, str] = {}
    for one in sorted(overrules, key=lambda one: (-one.n, one.id)):
        if one.kind == "origin":
            if one.subject in origins:
                beaten[one.id] = origins[one.subject].id
            else:
                origins[one.subject] = one
            continue
        against = _against(one, kept, groups)
        if against is not None:
            beaten[one.id] = against.id
            continue
        kept.append(one)
        if one.kind == "link":
            groups.join(one.subject, one.object)
            for name in (one.subject, one.object):
                linked.setdefault(name, one.n)
            continue
        if one.kind == "unlink":
            out.add(one.subject)
        for name, other in ((one.subject, one.object), (one.object, one.subject)):
            apart[name].setdefault(other, one.n)
    group = {name: groups.of(name) for name in linked}
    return Decided(group, linked, dict(apart), frozenset(out), tuple(origins.values()), beaten)


class _Groups:
    """Names that are one, by the least of them."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def of(self, name: str) -> str:
        while name in self._of:
            name = self._of[name]
        return name

    def join(self, one: str, other: str) -> None:
        least, more = sorted((self.of(one), self.of(other)))
        if least != more:
            self._of[more] = least


def _against(one: Overrule, kept: Sequence[Overrule], groups: _Groups) -> Overrule | None:
    """The newest of the kept decisions that this one contradicts."""
    mine, its = groups.of(one.subject), groups.of(one.object)
    if one.kind != "link":
        same = (k for k in kept if k.kind == "link" and groups.of(k.subject) == mine)
        return next(same, None) if mine == its else None
    pair = {mine, its}
    apart = (k for k in kept if k.kind != "link" and {groups.of(k.subject), groups.of(k.object)} == pair)
    return next(apart, None) if mine != its else None


def rule(decided: Decided, carriers: Mapping[str, Iterable[int]]) -> dict[int, Ruling]:
    """What the decisions say of each text. `carriers` are for each name the texts of its page or with its key.

    A key that is linked stands for the best-ranked text that names it, one that is kept apart for all of them.
    """
    texts = {name: sorted(set(found)) for name, found in carriers.items()}
    leaders = _leaders(decided, texts)
    since: dict[int, int] = defaultdict(int)
    for name, n in decided.linked.items():
        for text in _linked(name, texts):
            since[text] = max(since[text], n)
    closed: dict[int, dict[int, int]] = defaultdict(dict)
    for name, others in decided.apart.items():
        for other, n in others.items():
            for text in texts.get(name, ()):
                for kept in texts.get(other, ()):
                    if kept != text:
                        closed[text][kept] = max(n, closed[text].get(kept, 0))
    return {
        text: Ruling(
            leaders[text] if leaders.get(text, text) != text else None,
            since[text],
            tuple(sorted(closed[text].items())),
        )
        for text in sorted(leaders.keys() | closed.keys())
    }


def _linked(name: str, texts: Mapping[str, Sequence[int]]) -> Sequence[int]:
    found = texts.get(name, ())
    return found if is_address(name) else found[:1]


def _leaders(decided: Decided, texts: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """For each linked text the best-ranked one of its group; a text that pages of two groups have joins these."""
    members: dict[str, set[int]] = defaultdict(set)
    for name, group in decided.group.items():
        members[group].update(_linked(name, texts))
    joined: dict[int, set[int]] = {}
    for found in members.values():
        whole = set(found).union(*(joined.get(text, ()) for text in found))
        joined.update((text, whole) for text in whole)
    return {text: min(whole) for text, whole in joined.items()}


# ------------------------------------------------------------------------------------- of a cluster's pages


def as_decided(member: Member, decided: Decided) -> Member:
    """The page as people's decisions leave it: whether it is linked, and without the names that they take from it.

    A page that was taken out of a release does not name one by its closing lines; its own address still does.
    """
    if member.url in decided.group and not member.linked:
        member = replace(member, linked=True)
    if member.url not in decided.out:
        return member
    return replace(member, found=tuple(key for key in member.found if key.rung > NAMING or key.where == "url"))


def chosen_origin(members: Iterable[Member], decided: Decided, sites: Sites) -> Found | None:
    """The origin that a person named for these pages' release, the newest decision first, or None."""
    pages = list(members)
    of = {member.url for member in pages if member.newest} | {n for m in pages for n in names(m.keys)}
    chosen = next((one for one in decided.origins if one.subject in of), None)
    if chosen is None:
        return None
    said = quote(chosen)
    if not is_address(chosen.object):
        scheme, _, value = chosen.object.partition(":")
        places = (k.url for m in pages for k in m.found if (k.scheme, k.value) == (scheme, value))
        return Found(scheme, value, PERSON, "url", min(places, default=""), -1, said)
    key = key_of_url(chosen.object, sites)
    if key is None or key.rung > NAMING:
        return Found(ADDRESS, chosen.object, PERSON, "url", chosen.object, -1, said)
    return replace(key, rung=PERSON, where="url", block=-1, quoted=said)


def quote(one: Overrule) -> str:
    """Who decided it, when and why, as evidence."""
    return f"{one.by} said so on {one.at[:10]}" + (f": {one.why}" if one.why else "")


def at_home(member: Member, origin: Found) -> Member:
    """The page as the origin's own where a person's origin is its address."""
    own = any(k.where == "url" and (k.scheme, k.value) == (origin.scheme, origin.value) for k in member.found)
    if member.url != origin.url and not own:
        return member
    return replace(member, tier="origin", found=(*member.found, replace(origin, rung=PERSON)))
