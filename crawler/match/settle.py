"""A cluster's pages to one summary: which key names it, which text stands for it, how each page relates to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.identify.keys import NAMING, key_of_url, naming
from crawler.identify.moments import made_at
from crawler.match import thresholds as t
from crawler.match.canonical import reconstruct
from crawler.match.descent import trace
from crawler.match.differences import COMPARED, Side, count_differences
from crawler.match.overrule import ADDRESS, PERSON, at_home
from crawler.match.relation import relate
from crawler.match.rungs import decide, disagreements, gather
from crawler.match.views import count_items
from crawler.records import ATTACHING, Match, Release, Summary
from crawler.rulings import cluster_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.match.align import Alignment
    from crawler.match.differences import Counts
    from crawler.match.rungs import Common
    from crawler.records import Found, Member, Relation
    from crawler.sites.load import Sites

_RUNGS: Final = {
    PERSON: "person",
    0: "none",
    1: "origin-id",
    2: "wire-id",
    3: "item-id",
    4: "title-day",
    5: "text",
}
_SAYS: Final = {"body": "its running text names", "signed": "its closing lines name another text's"}
"""How a page of its own names a release, by where it does."""

_STATES: Final = 4
"""States of an origin's or a wire's page that copies are held against: the newest ones."""

_FULL: Final = 0.8
"""A text this long beside the second family's longest can stand for the release: no stub, no outlier rules."""


def settle(members: Sequence[Member], sites: Sites, origin: Found | None = None) -> Summary:
    """Sum up a cluster. The outcome follows from the set of members, not from their order.

    `origin` is the one that a person named, which stands above all others.
    """
    if origin is not None:
        members = [at_home(member, origin) for member in members]
    ordered = sorted(members, key=lambda member: (member.fetched_at or "", member.url, member.capture))
    founder = ordered[0]
    references = _references(ordered)
    canonical = references[0]
    keys = _naming_keys(ordered, sites)
    if origin is not None:
        keys = (origin, *(key for key in keys if key.rung > 1 and key.scheme != origin.scheme))
    families = {member.family for member in ordered}
    common = gather(ordered)
    count = cache(count_differences)  # many copies have one text
    matches = tuple(
        (
            member.url,
            *_match(member, references, keys, sites, common, count, alone=len({m.url for m in ordered}) == 1),
        )
        for member in ordered
        if member.newest
    )
    copies = [url for url, match, _, _ in matches if match.relation in ATTACHING - {"origin", "wire"}]
    parents = trace([member for member in ordered if member.newest and member.url in copies], references, keys)
    release = None
    if keys or len(families) > 1:
        release = _release(ordered, canonical, keys, frozenset(copies), sites)
    return Summary(
        id=cluster_id(founder.capture),
        founder=founder.capture,
        canonical=canonical.capture,
        pages=len(ordered),
        families=len(families),
        release=release,
        matches=tuple(
            (url, replace(match, parent=parents.get(url)), address, key) for url, match, address, key in matches
        ),
    )


def _references(members: Sequence[Member]) -> tuple[Member, ...]:
    """The texts that copies are held against, the one that stands for the release first.

    An origin's article, the wire's text of it (which has a lead of its own) and what most carriers show are
    three texts of one release; a copy may be a faithful one of any, or of a state that was corrected since. Where
    origin or wire is there, what one outlet alone carries is no text of the release: it would be held against
    itself, whatever it changed.
    """
    homes = [_states(members, tier) for tier in ("origin", "wire")]
    most = _most_carried(members)
    own = [state for states in homes for state in states[:1]]
    shared = len({member.family for member in members if member.words == most.words}) > 1
    older = [state for states in homes for state in states[1:_STATES]]
    distinct: dict[int, Member] = {}
    for member in (*own, *([most] if shared or not own else []), *older):
        distinct.setdefault(member.text_id, member)
    return tuple(distinct.values())


def _states(members: Sequence[Member], tier: str) -> list[Member]:
    """The full texts of a tier's own pages, the newest first: a stub that came later is no correction, and neither
    is one that ends before a whole one does because it broke off.
    """
    at_home = [member for member in members if member.tier == tier]
    enough = _FULL * max((len(member.words) for member in at_home), default=0)
    full = [member for member in at_home if len(member.words) >= enough]
    whole = max((len(member.words) for member in full if not member.cut), default=0)
    return sorted(
        full,
        key=lambda m: (not m.cut or len(m.words) >= whole, m.fetched_at or "", len(m.words), m.capture),
        reverse=True,
    )


def _most_carried(members: Sequence[Member]) -> Member:
    """The text that stands for the release where neither origin nor wire is known.

    Of the full texts, those that many families carry, word for word; of these one that closes with the release's
    own keys, since a copy that was cut short has none, and then the longest; of two alike the one whose response
    did not break off.
    """
    longest: dict[str, int] = defaultdict(int)
    carried: dict[str, set[str]] = defaultdict(set)
    closed: set[str] = set()
    for member in members:
        longest[member.family] = max(longest[member.family], len(member.words))
        carried[member.words].add(member.family)
        if member.keys:
            closed.add(member.words)
    lengths = sorted(longest.values(), reverse=True)
    enough = _FULL * lengths[min(1, len(lengths) - 1)]
    full = [member for member in members if len(member.words) >= enough]
    most = max(len(carried[member.words]) for member in full)
    chosen = [
        member
        for member in full
        if 2 * len(carried[member.words]) >= most or (member.words in closed and len(carried[member.words]) > 1)
    ]
    return min(
        chosen, key=lambda m: (m.words not in closed, not m.keys, -len(m.words), m.cut, m.text_id, m.capture)
    )


def _naming_keys(members: Sequence[Member], sites: Sites) -> tuple[Found, ...]:
    """The keys that name the release, one for each scheme, strongest rung first, each as most families have it.

    A page's own address names it where the page is the origin's or the wire's; else a key must stand in the
    release's own closing lines.
    """
    votes: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    places: dict[tuple[int, str, str], list[Found]] = defaultdict(list)
    for member in members:
        for key in naming(member.found, member.tier):
            name = (key.rung, key.scheme, key.value)
            votes[name].add(member.family)
            places[name].append(key)
    chosen: dict[tuple[int, str], tuple[int, str, str]] = {}
    for name in sorted(votes, key=lambda name: (-len(votes[name]), name)):
        chosen.setdefault(name[:2], name)
    return tuple(_preferred(places[chosen[slot]], sites) for slot in sorted(chosen))


def _preferred(keys: Sequence[Found], sites: Sites) -> Found:
    """Of one key's addresses the one on the host that the site's file prefers."""

    def order(key: Found) -> tuple[int, str]:
        host = urlsplit(key.url).hostname or ""
        site = sites.of_host(host)
        hosts = site.hosts if site else ()
        return (hosts.index(host) if host in hosts else len(hosts), key.url)

    return min(keys, key=order)


def _match(
    member: Member,
    references: Sequence[Member],
    keys: Sequence[Found],
    sites: Sites,
    common: Common,
    count: Callable[[Side, Side], Counts],
    *,
    alone: bool,
) -> tuple[Match, str | None, str | None]:
    """The member's match, the release's address where it is attached, and the key that it is about."""
    if not keys and alone:
        return _lone(member)
    relation, found, reference = _nearest(member, references)
    named = {(key.scheme, key.value) for key in member.found if key.where != "body"}
    below, shared = decide(member, common)
    rung = next((key.rung for key in keys if (key.scheme, key.value) in named or key.rung == PERSON), below)
    rung = PERSON if member.linked and rung > NAMING else rung
    if member.tier != "copy" and any(
        key.where == "url" and (key.scheme, key.value) in {(k.scheme, k.value) for k in keys}
        for key in member.found
    ):
        relation = "origin" if member.tier == "origin" else "wire"
    elif member.language != reference.language and found.cover_a < t.TRANSLATED:
        relation = "translation"
    elif member.linked and relation not in ATTACHING:
        relation = "edited"
    key = _name(keys)
    match = Match(
        relation=relation,
        cover_copy=found.cover_a,
        cover_release=found.cover_b,
        rung=_RUNGS[rung],
        why=_why(relation, found, rung, keys),
        evidence=(*_said(member, keys), *shared),
        contradictions=(*_contradictions(member, keys, sites), *disagreements(member, common)),
        against=reference.capture,
        differences=count(_side(member), _side(reference)) if relation in COMPARED else (),
    )
    attached = (keys[0].url or None) if keys and relation in ATTACHING else None
    return match, attached, key


def _said(member: Member, keys: Sequence[Found]) -> Iterator[str]:
    """The strings that name the release on this page, and what a person said of it."""
    if keys and keys[0].rung == PERSON:
        yield f"person: {keys[0].quoted}"
    for key in member.found:
        if 0 < key.rung <= NAMING:
            yield f"{key.where}, block {key.block}: {key.quoted}"


def _name(keys: Sequence[Found]) -> str | None:
    """The key that names the release; none where a person named an address that no site file knows."""
    return f"{keys[0].scheme}:{keys[0].value}" if keys and keys[0].scheme != ADDRESS else None


def _nearest(member: Member, references: Sequence[Member]) -> tuple[Relation, Alignment, Member]:
    """The reference that has most in common with the page, and how the page relates to it."""
    words = tuple(member.words.split(" "))
    held = [(*relate(words, tuple(reference.words.split(" "))), reference) for reference in references]
    return max(held, key=lambda one: one[1].cover_a + one[1].cover_b)


def _side(member: Member) -> Side:
    return Side(member.title, member.text, member.language, member.links, (member.family,))


def _lone(member: Member) -> tuple[Match, str | None, str | None]:
    """A page that no other is like and that names nothing as its own: it may still cite a release."""
    named = [key for key in member.found if key.rung <= NAMING]
    said = [key for key in named if key.where in _SAYS]
    cited = min(
        said, key=lambda key: (key.where != "signed", key.rung if key.where == "signed" else 0), default=None
    )
    if cited is None:
        return (
            Match("unrelated", 0, 0, _RUNGS[0], "no other page has this text, and it names no origin"),
            None,
            None,
        )
    why = f"{_SAYS[cited.where]} {cited.scheme}:{cited.value}, and its words are its own"
    place = "trailer" if cited.where == "signed" else cited.where
    match = Match("citation", 0, 0, _RUNGS[cited.rung], why, (f"{place}, block {cited.block}: {cited.quoted}",))
    return match, None, f"{cited.scheme}:{cited.value}"


def _why(relation: Relation, found: Alignment, rung: int, keys: Sequence[Found]) -> str:
    mine, its = found.cover_a / 10, found.cover_b / 10
    share = f"{mine:.0f} % of the copy is the release's, {its:.0f} % of the release is here"
    named = {
        PERSON: "a person said so",
        1: f"names the origin {keys[0].value}" if keys else "",
        2: "names the wire's release",
        3: "has the item id that another page has, and its words",
        4: "has the title and the day of another outlet's page, and its words",
    }.get(rung, "found by its words")
    return f"{relation}: {named}; {share}"


def _contradictions(member: Member, keys: Sequence[Found], sites: Sites) -> tuple[str, ...]:
    """Keys and claims of the page that say another release than the one it was put to."""
    ours = {key.scheme: key.value for key in keys}
    if keys and keys[0].rung == PERSON:  # no other origin is the release's
        ours = {key.scheme: "" for key in member.found if key.rung == 1} | ours
    said = [
        f"its {key.where} names {key.scheme}:{key.value}"
        for key in member.found
        if key.rung <= NAMING and key.where != "body" and ours.get(key.scheme, key.value) != key.value
    ]
    for claim in member.claims:
        claimed = key_of_url(claim.value, sites) if claim.value[:4].lower() == "http" else None
        if claimed and claimed.rung <= NAMING and ours.get(claimed.scheme, claimed.value) != claimed.value:
            said.append(f"its {claim.kind} claims {claimed.scheme}:{claimed.value}")
    return tuple(dict.fromkeys(said))


def _release(
    members: Sequence[Member], canonical: Member, keys: Sequence[Found], copies: frozenset[str], sites: Sites
) -> Release:
    carried = [member for member in members if member.url in copies]
    told = reconstruct(canonical, [*carried, *(member for member in members if member.tier != "copy")])
    return Release(
        key=_name(keys),
        url=(keys[0].url or None) if keys else None,
        wire_urls=tuple(sorted({key.url for key in keys if key.rung == 2})),
        title=canonical.title,
        text=told.text,
        supports=told.supports,
        language=canonical.language,
        published_at=canonical.published_at if canonical.tier != "copy" else _origin_made_at(keys, sites),
        copies=count_items([member for member in carried if member.newest]),
        families=len({member.family for member in carried}),
        first_copy_at=min((member.fetched_at for member in carried if member.fetched_at), default=None),
    )


def _origin_made_at(keys: Sequence[Found], sites: Sites) -> str | None:
    """When the origin's id was made, where the id tells."""
    moments = (made_at(key, sites) for key in keys if key.rung == 1)
    return next((moment for moment in moments if moment), None)
