"""The report as a value: what is in it, before anybody decides how it looks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.errors import TearsheetError
from crawler.export.decisions import concerning, read_decisions, tell_decision
from crawler.records import ATTACHING
from crawler.report.league import is_independent
from crawler.report.wording import find_host
from crawler.reservations import UNQUOTED
from storage import lookups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from crawler.export.decisions import Said
    from crawler.records import Parent
    from storage.rows import CopyRow, Holdings, ReleaseRow, Tally

SAMPLE: Final = 220
"""Characters of a removed block that are shown."""

SAMPLES: Final = 3
"""Different removed blocks that are shown for one rule."""

_OWN: Final = frozenset({"origin", "wire"})


@dataclass(frozen=True, slots=True)
class Carrier:
    """A page that carries a release or links to it. Coverages are per mille; `headline` is set if it differs.

    `differences` are those from the text that it was held against, by class; `record` is the capture behind it,
    `signals` what it reserves: of one that may not be quoted there is no headline.
    """

    url: str
    host: str
    family: str
    relation: str
    cover_release: int
    cover_copy: int
    first_seen: str | None
    last_seen: str | None
    published_at: str | None
    headline: str | None
    language: str
    versions: int
    removed: int
    why: str
    differences: dict[str, int]
    contradictions: tuple[str, ...]
    missing_since: str | None
    parent: Parent | None
    record: str
    sha256: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """What one rule removed from the pages of one release. `samples` are beginnings, the most frequent first."""

    role: str
    rule: str
    blocks: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What a person decided about a page of a release: its id, how it stands, and all of it in a line."""

    id: str
    state: str
    told: str


@dataclass(frozen=True, slots=True)
class Story:
    """One release: who published it, who carried it, who only links to it, what was removed.

    `outlets` counts families among the copies, `hosts` the names they are served under, `independent` the families
    that have it from the origin or a wire themselves, as far as is known; `signals` are what the page reserves
    whose text stands for it: where it may not be quoted there is no excerpt.
    """

    cluster: str
    key: str | None
    url: str | None
    wire_urls: tuple[str, ...]
    title: str
    excerpt: str
    language: str
    published_at: str | None
    first_copy_at: str | None
    own: tuple[Carrier, ...]
    copies: tuple[Carrier, ...]
    linked: tuple[Carrier, ...]
    outlets: int
    hosts: int
    independent: int
    cuts: tuple[Cut, ...]
    decided: tuple[DecisionLine, ...]
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `key` is what it was asked for, None for everything."""

    key: str | None
    holdings: Holdings | None
    stories: tuple[Story, ...]
    copies: int
    outlets: int
    hosts: int
    independent: int
    removed: int
    unattached: int
    unattached_outlets: int
    rejected: tuple[Tally, ...]
    refused: tuple[Tally, ...]
    stale: int


def gather(connection: Connection, key: str | None = None) -> Report:
    """Read the report on everything, or on the one release that `key` names.

    Raises:
        TearsheetError: there is no such release.

    """
    if key is None:
        stories = tuple(_read_stories(connection))
    else:
        cluster = lookups.find_cluster(connection, key)
        one = read_story(connection, cluster) if cluster else None
        if one is None:
            raise TearsheetError(f"{key}: no release of that name; `tearsheet releases` lists them")
        stories = (one,)
    copies = [copy for story in stories for copy in story.copies]
    lone, lone_families = (0, 0) if key else lookups.unattached(connection)
    return Report(
        key=key,
        holdings=lookups.holdings(connection),
        stories=tuple(sorted(stories, key=lambda story: (-len(story.copies), story.key or "~", story.cluster))),
        copies=len(copies),
        outlets=len({copy.family for copy in copies}),
        hosts=len({copy.host for copy in copies}),
        independent=len({copy.family for copy in copies if is_independent(copy)}),
        removed=sum(cut.blocks for story in stories for cut in story.cuts),
        unattached=lone,
        unattached_outlets=lone_families,
        rejected=() if key else lookups.rejections(connection),
        refused=() if key else lookups.refusals(connection),
        stale=sum(lookups.dirty(connection).values()),
    )


def report_on(story: Story, holdings: Holdings | None = None, stale: int = 0) -> Report:
    """The report on one release alone; what the store holds in all is said where it is known."""
    return Report(
        key=story.key or story.cluster,
        holdings=holdings,
        stories=(story,),
        copies=len(story.copies),
        outlets=story.outlets,
        hosts=story.hosts,
        independent=story.independent,
        removed=sum(cut.blocks for cut in story.cuts),
        unattached=0,
        unattached_outlets=0,
        rejected=(),
        refused=(),
        stale=stale,
    )


def read_story(connection: Connection, cluster: str) -> Story | None:
    """One release; None where there is no such cluster, or it is no release."""
    for release in lookups.releases(connection, cluster=cluster, texts="excerpt"):
        return _story(connection, release, lookups.linking(connection, release), read_decisions(connection))
    return None


def _read_stories(connection: Connection) -> Iterator[Story]:
    """All releases. The pages that only link to one are read once, not once a release."""
    linking: dict[str, dict[str, CopyRow]] = {}
    for row in lookups.copies(connection, relations=lookups.LINKING, texts="excerpt"):
        for name in filter(None, (row.key, row.release)):
            linking.setdefault(name, {})[row.url] = row
    said = read_decisions(connection)
    for release in tuple(lookups.releases(connection, texts="excerpt")):
        named = linking.get(release.key or "", {}) | linking.get(release.url or "", {})
        yield _story(connection, release, named.values(), said)


def _story(
    connection: Connection,
    release: ReleaseRow,
    linking: Iterable[CopyRow],
    said: tuple[Said, ...],
) -> Story:
    rows = tuple(lookups.copies(connection, cluster=release.cluster, texts="excerpt"))
    unquoted = [row.capture for row in rows if UNQUOTED & set(row.signals)]
    carriers = [_carrier(row, release.title) for row in rows]
    attached = sorted((c for c in carriers if c.relation in ATTACHING), key=_when)
    copies = tuple(c for c in attached if c.relation not in _OWN)
    beside = [_carrier(row, release.title) for row in linking if row.cluster != release.cluster]
    beside += [c for c in carriers if c.relation in lookups.LINKING]
    return Story(
        cluster=release.cluster,
        key=release.key,
        url=release.url,
        wire_urls=release.wire_urls,
        title=release.title,
        excerpt="" if UNQUOTED & set(release.signals) else release.text,
        language=release.language,
        published_at=release.published_at,
        first_copy_at=release.first_copy_at,
        own=tuple(c for c in attached if c.relation in _OWN),
        copies=copies,
        linked=tuple(sorted(beside, key=_when)),
        outlets=len({c.family for c in copies}),
        hosts=len({c.host for c in copies}),
        independent=len({c.family for c in copies if is_independent(c)}),
        cuts=_cuts(lookups.cuts(connection, release.cluster, SAMPLE + 1, unquoted)),
        signals=release.signals,
        decided=tuple(
            DecisionLine(each.one.id, each.state, tell_decision(each))
            for each in concerning(said, {row.url for row in rows} | {release.key or ""})
        ),
    )


def _when(carrier: Carrier) -> tuple[str, str]:
    return (carrier.first_seen or "~", carrier.url)


def _carrier(row: CopyRow, title: str) -> Carrier:
    match = row.match
    differs = row.title.casefold().split() != title.casefold().split()
    return Carrier(
        url=row.url,
        host=find_host(row.url),
        family=row.family,
        relation=row.relation,
        cover_release=match.cover_release if match else 0,
        cover_copy=match.cover_copy if match else 0,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        published_at=row.published_at,
        headline=row.title if differs and not UNQUOTED & set(row.signals) else None,
        language=row.language,
        versions=row.versions,
        removed=sum(row.removed.values()),
        why=match.why if match else "",
        differences=dict(match.differences) if match else {},
        contradictions=match.contradictions if match else (),
        missing_since=row.missing_since,
        parent=match.parent if match else None,
        record=row.capture,
        sha256=row.payload_sha256,
        signals=row.signals,
    )


def _cuts(found: Iterable[tuple[str, str, str, int, int]]) -> tuple[Cut, ...]:
    blocks: Counter[tuple[str, str]] = Counter()
    said: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for role, rule, text, times, _ in found:
        blocks[role, rule] += times
        said.setdefault((role, rule), []).extend([(-times, text)] if text else ())
    cuts = (Cut(role, rule, blocks[role, rule], tuple(_samples(said[role, rule]))) for role, rule in blocks)
    return tuple(sorted(cuts, key=lambda cut: (-cut.blocks, cut.role, cut.rule)))


def _samples(said: list[tuple[int, str]]) -> Iterator[str]:
    for _, text in sorted(said)[:SAMPLES]:
        yield text if len(text) <= SAMPLE else text[:SAMPLE].rstrip() + "…"
