"""Clusters as rows: their pages as values, their summaries replaced whole. Within the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from crawler.records import Claim, Found, Member, Sketch, Summary
from storage import tables as t
from storage.batches import PER_STATEMENT, delete_in, insert_rows
from storage.engine import insert_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def load_text(connection: Connection, text: int) -> Sketch | None:
    """A distinct text by its id."""
    row = connection.execute(select(t.DistinctText).where(t.DistinctText.id == text)).one_or_none()
    if row is None:
        return None
    hashes = tuple(np.frombuffer(row.hashes, dtype="<i8").tolist())
    return Sketch(row.id, row.digest, row.words, tuple(row.keys), hashes)


def members(connection: Connection, pivot: int) -> list[Member]:
    """Every page whose text stands under the pivot."""
    text = t.DistinctText
    wanted = (
        select(t.Page, t.Capture.fetched_at, text.words, text.keys)
        .join(t.Capture, t.Capture.id == t.Page.capture)
        .join(text, text.id == t.Page.text_id)
        .where(text.pivot == pivot)
    )
    rows = connection.execute(wanted.with_only_columns(
        t.Page.capture, t.Page.url, t.Page.site, t.Page.family, t.Page.tier, t.Page.title, t.Page.language,
        t.Page.published_at, t.Page.text, t.Page.text_id, t.Capture.fetched_at, text.words, text.keys,
    )).all()  # fmt: skip
    captures = [row.capture for row in rows]
    newest = _newest(connection, {row.url for row in rows})
    found = _keys_of(connection, captures)
    claims = _claims_of(connection, captures)
    return [
        Member(
            capture=row.capture, url=row.url, fetched_at=row.fetched_at, site=row.site, family=row.family,
            tier=row.tier, title=row.title, language=row.language, published_at=row.published_at, text=row.text,
            text_id=row.text_id, words=row.words, keys=tuple(row.keys), found=tuple(found.get(row.capture, ())),
            claims=tuple(claims.get(row.capture, ())), newest=newest[row.url] == row.capture,
        )
        for row in rows
    ]  # fmt: skip


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


def save_summary(connection: Connection, pivot: int, summary: Summary | None, now: str) -> None:
    """Replace the rows of the cluster under this pivot; None where it has no pages any more."""
    old = connection.execute(select(t.Cluster.id, t.Cluster.founder).where(t.Cluster.pivot == pivot)).one_or_none()
    ids = [*([old.id] if old else []), *([summary.id] if summary else [])]
    delete_in(connection, t.Cluster, "id", ids)
    delete_in(connection, t.Release, "cluster", ids)
    if old is not None and (summary is None or summary.id != old.id):
        insert_missing(connection, t.Alias, [{"old": old.id, "founder": old.founder, "at": now}])
    if summary is None:
        return
    insert_rows(connection, t.Cluster, [{
        "id": summary.id, "pivot": pivot, "founder": summary.founder, "canonical": summary.canonical,
        "pages": summary.pages, "families": summary.families,
    }])  # fmt: skip
    if summary.release is not None:
        row = {name: getattr(summary.release, name) for name in summary.release.__slots__}
        row["wire_urls"] = list(summary.release.wire_urls)
        insert_rows(connection, t.Release, [{"cluster": summary.id, **row}])
    _save_matches(connection, summary)


def _save_matches(connection: Connection, summary: Summary) -> None:
    urls = [url for url, _, _, _ in summary.matches]
    for table in (t.Copy, t.Match, t.Version):
        delete_in(connection, table, "url", urls)
    insert_rows(connection, t.Match, [
        {"url": url, "release": release, "key": key, "relation": match.relation, "cover_copy": match.cover_copy,
         "cover_release": match.cover_release, "rung": match.rung, "why": match.why,
         "evidence": list(match.evidence), "contradictions": list(match.contradictions)}
        for url, match, release, key in summary.matches
    ])  # fmt: skip
    captures = _captures_at(connection, urls)
    versions = {url: _versions(url, captures[url]) for url in urls}
    insert_rows(connection, t.Version, [row for url in urls for row in versions[url]])
    insert_rows(connection, t.Copy, [
        {"url": url, "capture": captures[url][-1].capture, "cluster": summary.id, "site": captures[url][-1].site,
         "family": captures[url][-1].family, "first_seen": captures[url][0].fetched_at,
         "last_seen": captures[url][-1].fetched_at, "versions": len(versions[url])}
        for url in urls
    ])  # fmt: skip


def _captures_at(connection: Connection, urls: Sequence[str]) -> dict[str, list[Any]]:
    """All pages of each URL, oldest first."""
    found: dict[str, list[Any]] = {url: [] for url in urls}
    for at in range(0, len(urls), PER_STATEMENT):
        rows = connection.execute(
            select(
                t.Page.url, t.Page.capture, t.Page.site, t.Page.family, t.DistinctText.digest, t.Capture.fetched_at
            )
            .join(t.Capture, t.Capture.id == t.Page.capture)
            .join(t.DistinctText, t.DistinctText.id == t.Page.text_id)
            .where(t.Page.url.in_(urls[at : at + PER_STATEMENT]))
        )
        for row in rows:
            found[row.url].append(row)
    return {url: sorted(rows, key=lambda row: (row.fetched_at or "", row.capture)) for url, rows in found.items()}


def _versions(url: str, captures: Sequence[Any]) -> list[dict[str, Any]]:
    """Runs of captures with one text."""
    runs: list[dict[str, Any]] = []
    for row in captures:
        if not runs or runs[-1]["text_sha256"] != row.digest:
            runs.append({"url": url, "first_capture": row.capture, "first_seen": row.fetched_at,
                         "text_sha256": row.digest})  # fmt: skip
        runs[-1].update(last_capture=row.capture, last_seen=row.fetched_at)
    return runs
