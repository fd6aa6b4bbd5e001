"""The set strata, lowest first: place texts, remember blocks, sum clusters up. Each reads only what is below it.

What is out of date is in the database; each step takes some of it, in a transaction of its own, and marks what
depends on it. A stop anywhere loses nothing.
"""

from __future__ import annotations

import secrets
import sys
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.clean.draft import clean_text
from crawler.clean.memory import doubted, is_sighted, recall, with_changes
from crawler.clean.witnesses import Witnesses
from crawler.identify.keys import naming
from crawler.identify.links import find_links
from crawler.match import encoder, thresholds
from crawler.match.elect import elect
from crawler.match.overrule import as_decided, chosen_origin
from crawler.match.signing import as_signed
from crawler.match.sketch import key_hash, names, sketch
from crawler.match.translated import LEAD, LEAST, SPOKEN, Story, is_day, opposite, primary, translations
from crawler.overruling import decided, rulings
from crawler.records import KEPT_ROLES, Recalled
from storage import clusters, dirty, holders, memory, overrules, pages, revisions, search, seen
from storage import translations as spoken
from storage.batches import PER_STATEMENT
from storage.engine import consult, transact
from storage.field import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.records import Block, Decision, Found, Member, Summary
    from crawler.rulings import Holding
    from crawler.sites.load import Sites
    from storage.store import Store

    Progress = Callable[[str, int, int], None]
    Cluster = tuple[Sequence[Member], Found | None]
    """The pages of a cluster, and the origin that a person named."""
    Settle = Callable[[Sequence[Cluster]], Sequence[Summary]]

_ALL: Final = "all"
_BATCH: Final = 32
_TEXTS: Final = 64
"""Texts whose blocks are counted in one transaction."""


@dataclass(slots=True)
class Drained:
    """What one drain did: pages read, captures rejected by reason, texts placed, clusters summed up."""

    pages: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    clusters: int = 0


def drain_sets(store: Store, sites: Sites, report: Progress, done: Drained, settle: Settle) -> None:
    """Bring everything above the pages up to date. `settle` sums clusters up: `crawler.match.settle`, for each."""
    _place_texts(store, report, done)
    _remember(store, sites)
    _sum_up_clusters(store, sites, report, done, settle)
    _see_again(store)
    _translate(store)
    _revise(store)


def ledger(blocks: Sequence[Block], decisions: Sequence[Decision]) -> Iterator[tuple[Block, Decision]]:
    """The blocks that could have been taken for the release; the page's own furniture stays in its blocks."""
    for decision in decisions:
        block = blocks[decision.block]
        if decision.role not in KEPT_ROLES and is_sighted(block, decision.role):
            yield block, decision


# -------------------------------------------------------------------------------------------- stratum: texts


def _place_texts(store: Store, report: Progress, done: Drained) -> None:
    """Place every text that is out of date. Better-ranked texts are settled when a worse one is looked at."""

    def place(connection: Connection) -> None:
        marked = [int(key) for key in dirty.waiting(connection, "text", "", sys.maxsize)]
        told = rulings(connection)
        waiting = sorted({*marked, *overrules.save_rulings(connection, told)})
        texts = Texts(
            connection,
            waiting,
            representatives=thresholds.REPRESENTATIVES,
            common=thresholds.COMMON,
            shared=thresholds.SHARED,
            limit=thresholds.CANDIDATES,
            key_hash=key_hash,
        )
        pivots: set[int] = set()
        moved = set(waiting)
        named = holders.keys_of(connection, waiting)
        for n, (text, before, after) in enumerate(elect(texts, waiting, told)):
            pivots.update(pivot for pivot in (before, after) if pivot is not None)
            if before != after:
                moved.add(text)
            if n % _BATCH == 0:
                report("text", min(n, len(waiting)), len(waiting))
        pivots |= texts.write()
        named |= holders.keys_of(connection, sorted(moved))
        pivots |= holders.pivots_naming(connection, sorted(map(key_hash, names(sorted(named)))))
        done.texts += len(waiting)
        dirty.mark(connection, "cluster", map(str, pivots))
        dirty.mark(connection, "memory", map(str, moved))
        store.faults.at("placing")
        dirty.unmark(connection, "text", [str(text) for text in marked])
        report("text", len(waiting), len(waiting))

    if _waits(store, "text"):
        transact(store.engine, place)


# ------------------------------------------------------------------------------------------- stratum: memory


def _remember(store: Store, sites: Sites) -> None:
    """Count the blocks of every text that came, went or moved; whose pages that concerns is out of date."""
    reserved = frozenset(site.family or site.name for site in sites.all if site.tier != "copy")

    def count(connection: Connection) -> bool:
        keys = dirty.waiting(connection, "memory", "", _TEXTS)
        dirty.mark(connection, "cluster", map(str, memory.remember(connection, keys, reserved)))
        dirty.unmark(connection, "memory", keys)
        return bool(keys)

    while _waits(store, "memory") and transact(store.engine, count):
        pass


# ----------------------------------------------------------------------------------------- stratum: clusters


def _sum_up_clusters(store: Store, sites: Sites, report: Progress, done: Drained, settle: Settle) -> None:
    waiting = _waits(store, "cluster")
    while True:
        summed = transact(store.engine, lambda connection: _sum_up(connection, sites, store, settle))
        if not summed:
            return
        done.clusters += summed
        report("cluster", done.clusters, max(done.clusters, waiting))


def _sum_up(connection: Connection, sites: Sites, store: Store, settle: Settle) -> int:
    """Recall what the pages of some clusters show, then sum the clusters up."""
    keys = dirty.waiting(connection, "cluster", "", _BATCH)
    pivots = [int(key) for key in keys]
    said = decided(connection)
    members = {
        pivot: [as_decided(member, said) for member in found]
        for pivot, found in clusters.members(connection, pivots).items()
    }
    recalled = dict(_recalled(connection, members, sites))
    changed = pages.save_recalled(connection, list(recalled.values()))
    elsewhere = pages.pivots_at(connection, [
        member.url for found in members.values() for member in found
        if member.capture in changed and not member.newest
    ])  # fmt: skip
    dirty.mark(connection, "cluster", map(str, elsewhere - set(pivots)))
    held = _holdings(connection, members)
    told = {
        pivot: as_signed(pivot, [_as_recalled(m, recalled.get(m.capture)) for m in found], held)
        for pivot, found in members.items()
    }
    there = {pivot: (found, chosen_origin(found, said, sites)) for pivot, found in told.items() if found}
    summaries = dict.fromkeys(told) | dict(zip(there, settle(list(there.values())), strict=True))
    clusters.save_summaries(connection, summaries, store.now())
    if keys:
        store.faults.at("summing")
    dirty.unmark(connection, "cluster", keys)
    if keys and encoder.is_installed():
        dirty.mark(connection, "language", [_ALL])
    return len(keys)


def _holdings(
    connection: Connection, members: Mapping[int, Sequence[Member]]
) -> Mapping[str, tuple[Holding, ...]]:
    """Who else holds the keys that the texts of these clusters close with."""
    keys = {key for found in members.values() for member in found for key in names(member.keys)}
    return holders.holdings(connection, {key: key_hash(key) for key in sorted(keys)}, thresholds.HOLDS)


def _recalled(
    connection: Connection, members: Mapping[int, Sequence[Member]], sites: Sites
) -> Iterator[tuple[str, Recalled]]:
    """What memory changes on pages of these clusters, and on those where it once changed something."""
    hashes = {s.hash for found in members.values() for m in found if m.tier == "copy" for s in m.sightings}
    seen = memory.seen(connection, sorted(hashes))
    owners = memory.owners(connection, list(members))
    before = pages.recalled_before(connection, [m.capture for found in members.values() for m in found])
    for found in members.values():
        witnesses = Witnesses(found)
        facts = [(m, seen.get(m.family, {}), owners.get(m.text_id, ())) for m in found]
        wanted = [fact for fact in facts if fact[0].capture in before or doubted(*fact[:2], witnesses, fact[2])]
        blocks = pages.read_blocks(connection, [member.capture for member, _, _ in wanted])
        for member, known, possible in wanted:
            page, draft = blocks[member.capture]
            changes = recall(member, page, draft, known, witnesses, possible) if member.tier == "copy" else ()
            if changes or member.capture in before:
                yield member.capture, _as_changed(member, page, draft, changes, sites)


def _as_changed(
    member: Member, blocks: Sequence[Block], draft: Sequence[Decision], changes: tuple[Decision, ...], sites: Sites
) -> Recalled:
    """What follows for a page from what memory changed on it."""
    decisions = with_changes(draft, changes)
    told = clean_text(blocks, decisions, (KEPT_ROLES | {"addition"}) - {"trailer"})
    return Recalled(
        capture=member.capture,
        changes=changes,
        removed=tuple(ledger(blocks, decisions)),
        text=clean_text(blocks, decisions),
        told=sketch(told, naming(_still(member, changes), member.tier)),
        links=find_links(member.url, blocks, decisions, sites),
    )


def _still(member: Member, changes: Sequence[Decision]) -> tuple[Found, ...]:
    """The keys of the page but for those that stand in blocks that are not the release after all."""
    gone = {change.block for change in changes if change.role not in KEPT_ROLES}
    return tuple(key for key in member.found if key.block not in gone)


def _as_recalled(member: Member, recalled: Recalled | None) -> Member:
    """The page as memory has it."""
    if recalled is None or not recalled.changes:
        return member
    return replace(
        member,
        text=recalled.text,
        text_id=recalled.told.id,
        words=recalled.told.words,
        found=_still(member, recalled.changes),
        links=recalled.links,
    )


def _waits(store: Store, stratum: str) -> int:
    return consult(store.engine, lambda connection: dirty.count(connection, stratum))


# --------------------------------------------------------------------------------------------- stratum: seen


def _see_again(store: Store) -> None:
    """Write until when pages were seen that answered as before; nothing else follows from that."""

    def refresh(connection: Connection) -> bool:
        urls = dirty.waiting(connection, "seen", "", PER_STATEMENT)
        seen.refresh(connection, urls)
        dirty.unmark(connection, "seen", urls)
        return bool(urls)

    while _waits(store, "seen") and transact(store.engine, refresh):
        pass


# ----------------------------------------------------------------------------------------- stratum: languages


def _translate(store: Store) -> None:
    """Look which clusters say the same in two languages: all of them anew, from what the clusters say now."""

    def compare(connection: Connection) -> None:
        if encoder.is_installed():
            found = translations(list(_stories(connection)))
            spoken.replace_all(connection, [asdict(each) for each in found])
        dirty.unmark(connection, "language", [_ALL])

    if _waits(store, "language"):
        transact(store.engine, compare)


def _revise(store: Store) -> None:
    """Number anew which exported rows say something else than before, and index them: when all is written."""

    def compare(connection: Connection) -> bool:
        keys = dirty.waiting(connection, "row", "", PER_STATEMENT)
        changed = revisions.revise(connection, keys, secrets.token_hex(4))
        search.index_releases(connection, changed["releases"])
        store.faults.at("revising")
        dirty.unmark(connection, "row", keys)
        return bool(keys)

    while _waits(store, "row") and transact(store.engine, compare):
        pass


def _stories(connection: Connection) -> Iterator[Story]:
    """The clusters that another language has something near in time to, with their vectors."""
    known = [
        (each, primary(each.language), each.day)
        for each in spoken.tellings(connection)
        if each.day is not None and is_day(each.day) and primary(each.language) in SPOKEN
    ]
    beside = opposite([(language, day) for _, language, day in known])
    chosen = [each for each, has in zip(known, beside, strict=True) if has]
    pages_of = spoken.texts_of(connection, [each.capture for each, _, _ in chosen])
    told = {
        each.cluster: f"{page.title}\n{page.text[:LEAD]}"
        for each, _, _ in chosen
        if len((page := pages_of[each.capture]).text) >= LEAST
    }
    vectors = spoken.encode_all(connection, told, encoder.model(), encoder.load()) if told else {}
    for each, language, day in chosen:
        page = pages_of[each.capture]
        if each.cluster in vectors:
            yield Story(
                each.cluster, language, day, each.key, page.family, page.url, f"{page.title}\n{page.text}",
                frozenset(address for _, address in page.links), vectors[each.cluster],
            )  # fmt: skip
