"""Clusters as rows: their pages as values, their summaries replaced whole. Within the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from crawler.records import Claim, Found, Member, Release, Sketch, Summary
from crawler.rulings import LINKED
from storage import seen
from storage import tables as t
from storage.batches import PER_STATEMENT, delete_in, insert_rows
from storage.captures import is_cut
from storage.dirty import mark_rows
from storage.engine import insert_missing
from storage.journal import note_changes
from storage.memory import unpack_sightings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Standing:
    """A text as it is stored: whether a page still has it, what it follows and the pivot it stands under."""

    sketch: Sketch
    used: bool
    star: int | None
    pivot: int | None


def load_texts(connection: Connection, texts: Sequence[int]) -> list[Standing]:
    """The distinct texts of these ids."""
    text = t.DistinctText
    used = select(t.Page.capture).where(t.Page.text_id == text.id).exists().label("used")
    wanted = select(
        text.id, text.digest, text.words, text.keys, text.hashes, text.opening, text.star, text.pivot, used
    )
    found = []
    for row in connection.execute(wanted.where(text.id.in_(texts))):
        hashes, opening = (tuple(np.frombuffer(cell, dtype="<i8").tolist()) for cell in (row.hashes, row.opening))
        sketch = Sketch(row.id, row.digest, row.words, tuple(row.keys), hashes, opening)
        found.append(Standing(sketch, bool(row.used), row.star, row.pivot))
    return found


def members(connection: Connection, pivots: Sequence[int]) -> dict[int, list[Member]]:
    """Every page whose text stands under one of the pivots, by pivot; none for a pivot that has no pages."""
    text = t.DistinctText
    wanted = (
        select(
            text.pivot, t.Page.capture, t.Page.url, t.Page.site, t.Page.family, t.Page.tier, t.Page.title,
            t.Page.language, t.Page.published_at, t.Page.text, t.Page.text_id, t.Page.sightings,
            t.Page.links,
            t.Capture.fetched_at, t.Capture.flags, text.words, text.keys, text.why,
        )
        .join(t.Page, t.Page.text_id == text.id)
        .join(t.Capture, t.Capture.id == t.Page.capture)
        .where(text.pivot.in_(pivots))
    )  # fmt: skip
    rows = connection.execute(wanted).all()
    captures = [row.capture for row in rows]
    newest = _newest(connection, {row.url for row in rows})
    found = _keys_of(connection, captures)
    claims = _claims_of(connection, captures)
    grouped: dict[int, list[Member]] = {pivot: [] for pivot in pivots}
    for row in rows:
        member = Member(
            capture=row.capture, url=row.url, fetched_at=row.fetched_at, site=row.site, family=row.family,
            tier=row.tier, title=row.title, language=row.language, published_at=row.published_at, text=row.text,
            text_id=row.text_id, words=row.words, keys=tuple(row.keys), found=tuple(found.get(row.capture, ())),
            claims=tuple(claims.get(row.capture, ())), newest=newest[row.url] == row.capture,
            sightings=unpack_sightings(row.sightings), linked=row.why == LINKED,
            links=tuple((name, address) for name, address in row.links), cut=is_cut(row.flags),
        )  # fmt: skip
        grouped[row.pivot].append(member)
    return grouped


def _newest(connection: Connection, urls: set[str]) -> dict[str, str]:
    """The newest capture of each URL that is a page."""
    best: dict[str, tuple[str, str]] = {}
    wanted = sorted(urls)
    for at in range(0, len(wanted), PER_STATEMENT):
        rows = connection.execute(
            select(t.Page.url, t.Capture.fetched_at, t.Page.capture)
            .join(t.Capture, t.Capture.id == t.Page.capture)
            .where(t.Page.url.in_(wanted[at : at + PER_STATEMENT]))
        )
        for url, fetched_at, capture in rows:
            best[url] = max(best.get(url, ("", "")), (fetched_at or "", capture))
    return {url: capture for url, (_, capture) in best.items()}


def _keys_of(connection: Connection, captures: Sequence[str]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for row in _rows_in(connection, t.PageKey, captures):
        key = Found(row.scheme, row.value, row.rung, row.place, row.url, row.block, row.quoted)
        found.setdefault(row.capture, []).append(key)
    return found


def _claims_of(connection: Connection, captures: Sequence[str]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for row in _rows_in(connection, t.Claim, captures):
        found.setdefault(row.capture, []).append(Claim(row.kind, row.value))
    return found


def _rows_in(connection: Connection, table: type[t.PageKey] | type[t.Claim], captures: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for at in range(0, len(captures), PER_STATEMENT):
        part = captures[at : at + PER_STATEMENT]
        rows += connection.execute(
            select(*table.__table__.columns).where(table.capture.in_(part)).order_by(table.capture, table.n)
        ).all()
    return rows


def save_summaries(connection: Connection, summaries: Mapping[int, Summary | None], now: str) -> None:
    """Replace the rows of the clusters under these pivots; None where one has no pages any more."""
    there = {pivot: summary for pivot, summary in summaries.items() if summary is not None}
    old = connection.execute(
        select(t.Cluster.pivot, t.Cluster.id, t.Cluster.founder).where(t.Cluster.pivot.in_(list(summaries)))
    ).all()
    gone = [row for row in old if row.pivot not in there or there[row.pivot].id != row.id]
    note_changes(connection, gone, there, now)
    ids = sorted({row.id for row in old} | {summary.id for summary in there.values()})
    delete_in(connection, t.Cluster, "id", ids)
    delete_in(connection, t.Release, "cluster", ids)
    insert_missing(connection, t.Alias, [{"old": row.id, "founder": row.founder, "at": now} for row in gone])
    insert_rows(connection, t.Cluster, [
        {"id": summary.id, "pivot": pivot, "founder": summary.founder, "canonical": summary.canonical,
         "pages": summary.pages, "families": summary.families}
        for pivot, summary in there.items()
    ])  # fmt: skip
    insert_rows(connection, t.Release, [
        {"cluster": summary.id, **_release_row(summary.release)}
        for summary in there.values()
        if summary.release is not None
    ])  # fmt: skip
    mark_rows(connection, "releases", ids)
    _save_matches(connection, list(there.values()))


def _release_row(release: Release) -> dict[str, Any]:
    row = {name: getattr(release, name) for name in release.__slots__}
    return {**row, "wire_urls": list(release.wire_urls), "supports": [list(pair) for pair in release.supports]}


def _save_matches(connection: Connection, summaries: Sequence[Summary]) -> None:
    cluster_of = {url: summary.id for summary in summaries for url, _, _, _ in summary.matches}
    urls = list(cluster_of)
    for table in (t.Copy, t.Match, t.Version):
        delete_in(connection, table, "url", urls)
    insert_rows(connection, t.Match, [
        {"url": url, "release": release, "key": key, "relation": match.relation, "cover_copy": match.cover_copy,
         "cover_release": match.cover_release, "rung": match.rung, "why": match.why,
         "evidence": list(match.evidence), "contradictions": list(match.contradictions),
         "against": match.against, "differences": dict(match.differences),
         "parent": asdict(match.parent) if match.parent else None}
        for summary in summaries
        for url, match, release, key in summary.matches
    ])  # fmt: skip
    captures = _captures_at(connection, urls)
    until = seen.seen_until(connection, [(url, row.capture) for url in urls for row in captures[url]])
    versions = {url: _versions(url, captures[url], until) for url in urls}
    last = {url: until.get(captures[url][-1].capture) for url in urls if captures[url]}
    missing = seen.missing_since(connection, last)
    mark_rows(connection, "copies", urls)
    insert_rows(connection, t.Version, [row for url in urls for row in versions[url]])
    insert_rows(connection, t.Copy, [
        {"url": url, "capture": newest.capture, "cluster": cluster_of[url], "site": newest.site,
         "family": newest.family, "first_seen": captures[url][0].fetched_at, "last_seen": last[url],
         "missing_since": missing.get(url), "versions": len(versions[url])}
        for url in urls
        for newest in captures[url][-1:]
    ])  # fmt: skip


def _captures_at(connection: Connection, urls: Sequence[str]) -> dict[str, list[Any]]:
    """All pages of each URL, oldest first."""
    found: dict[str, list[Any]] = {url: [] for url in urls}
    for at in range(0, len(urls), PER_STATEMENT):
        rows = connection.execute(
            select(
                t.Page.url,
                t.Page.capture,
                t.Page.site,
                t.Page.family,
                t.Capture.fetched_at,
                func.coalesce(t.Recalled.digest, t.DistinctText.digest).label("digest"),
            )
            .outerjoin(t.Recalled, t.Recalled.capture == t.Page.capture)
            .join(t.Capture, t.Capture.id == t.Page.capture)
            .join(t.DistinctText, t.DistinctText.id == t.Page.text_id)
            .where(t.Page.url.in_(urls[at : at + PER_STATEMENT]))
        )
        for row in rows:
            found[row.url].append(row)
    return {url: sorted(rows, key=lambda row: (row.fetched_at or "", row.capture)) for url, rows in found.items()}


def _versions(url: str, captures: Sequence[Any], until: Mapping[str, str]) -> list[dict[str, Any]]:
    """Runs of captures with one text, each seen until its last capture was."""
    runs: list[dict[str, Any]] = []
    for row in captures:
        if not runs or runs[-1]["text_sha256"] != row.digest:
            runs.append({"url": url, "first_capture": row.capture, "first_seen": row.fetched_at,
                         "text_sha256": row.digest})  # fmt: skip
        runs[-1].update(last_capture=row.capture, last_seen=until.get(row.capture))
    return runs
