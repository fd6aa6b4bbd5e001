"""Derived rows: written whole, read as values. Every function works within the caller's transaction."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from sqlalchemy import delete, func, insert, literal, select

from crawler.records import Block, Claim, Decision, Found, Member, PageRead, Rejected, Sketch, Summary
from storage import tables as t
from storage.engine import insert_missing, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

_PER_STATEMENT: Final = 400
"""Values in one IN list: well under the limits of both databases."""


# -------------------------------------------------------------------------------------------------- dirty work


def mark(connection: Connection, stratum: str, keys: Iterable[str]) -> None:
    """Note that these are out of date."""
    insert_missing(connection, t.Dirty, [{"stratum": stratum, "key": key} for key in set(keys)])


def unmark(connection: Connection, stratum: str, keys: Sequence[str]) -> None:
    """Note that these are up to date again."""
    for at in range(0, len(keys), _PER_STATEMENT):
        part = keys[at : at + _PER_STATEMENT]
        connection.execute(delete(t.Dirty).where(t.Dirty.stratum == stratum, t.Dirty.key.in_(part)))


def dirty(connection: Connection, stratum: str, after: str, limit: int) -> list[str]:
    """The next keys of a stratum that are out of date, in order, after the given one."""
    wanted = select(t.Dirty.key).where(t.Dirty.stratum == stratum, t.Dirty.key > after)
    return list(connection.scalars(wanted.order_by(t.Dirty.key).limit(limit)))


def count_dirty(connection: Connection, stratum: str) -> int:
    """How many keys of the stratum are out of date."""
    counted = connection.scalar(select(func.count()).select_from(t.Dirty).where(t.Dirty.stratum == stratum))
    return counted or 0


def mark_all_pages(connection: Connection) -> None:
    """Note that every capture is to be read again."""
    stratum = select(literal("page"), t.Capture.id).where(
        ~select(t.Dirty.key).where(t.Dirty.stratum == "page", t.Dirty.key == t.Capture.id).exists()
    )
    connection.execute(insert(t.Dirty).from_select(["stratum", "key"], stratum))


def locations(connection: Connection, captures: Sequence[str]) -> dict[str, tuple[str, int, int]]:
    """Where the captures' records lie: file, offset, length."""
    place = t.Location
    wanted = select(place.capture, place.file, place.offset, place.length).where(place.capture.in_(captures))
    return {row.capture: (row.file, row.offset, row.length) for row in connection.execute(wanted)}


# -------------------------------------------------------------------------------------------------- page stages


def pack_blocks(blocks: Sequence[Block], decisions: Sequence[Decision]) -> bytes:
    """Blocks with their roles, small enough to keep for every page."""
    return zlib.compress(msgspec.msgpack.encode((blocks, decisions)), 1)


def unpack_blocks(packed: bytes) -> tuple[tuple[Block, str, str], ...]:
    """The blocks of a page, each with its role and the rule that gave it."""
    blocks, decisions = msgspec.msgpack.decode(
        zlib.decompress(packed), type=tuple[tuple[Block, ...], tuple[Decision, ...]]
    )
    return tuple((blocks[d.block], d.role, d.rule) for d in decisions)


def save_pages(connection: Connection, read: Sequence[tuple[str, PageRead | Rejected]]) -> None:
    """Replace what is derived of these captures alone, and note what that puts out of date.

    `read` holds capture ids, each with its page or the reason why it is none.
    """
    captures = [capture for capture, _ in read]
    before = _texts_of(connection, captures)
    for table in (t.PageKey, t.Claim, t.Removed, t.Page, t.Rejected):
        _delete_in(connection, table, "capture", captures)
    pages = [(capture, page) for capture, page in read if isinstance(page, PageRead)]
    _insert(connection, t.Page, [_page_row(capture, page) for capture, page in pages])
    _insert(connection, t.PageKey, [row for capture, page in pages for row in _key_rows(capture, page.keys)])
    _insert(connection, t.Claim, [row for capture, page in pages for row in _claim_rows(capture, page.claims)])
    _insert(connection, t.Removed, [row for capture, page in pages for row in _removed_rows(capture, page)])
    _insert(connection, t.Rejected, [_rejected_row(c, r) for c, r in read if isinstance(r, Rejected)])
    _save_texts(connection, [page.sketch for _, page in pages])
    mark(connection, "text", {str(page.sketch.id) for _, page in pages} | {str(text) for text in before.values()})
    urls = {page.url for _, page in pages} | _urls_of(connection, captures)
    mark(connection, "text", map(str, _texts_at(connection, urls)))
    _forget_copies(connection, urls)
    unmark(connection, "page", captures)


def _forget_copies(connection: Connection, urls: set[str]) -> None:
    """Drop the copies at URLs that no capture shows as a page any more."""
    wanted = sorted(map(storable, urls))
    left = set(_scalars_in(connection, select(t.Page.url), t.Page.url, wanted))
    gone = [url for url in wanted if url not in left]
    for table in (t.Copy, t.Match, t.Version):
        _delete_in(connection, table, "url", gone)


def _page_row(capture: str, page: PageRead) -> dict[str, Any]:
    return {
        "capture": capture,
        "url": storable(page.url),
        "site": page.site,
        "family": page.family,
        "tier": page.tier,
        "title": storable(page.title),
        "language": page.language,
        "published_at": page.published_at,
        "dateline": page.dateline,
        "text": storable(page.text),
        "text_id": page.sketch.id,
        "blocks": page.blocks,
        "rules": page.rules,
    }


def _key_rows(capture: str, keys: Sequence[Found]) -> list[dict[str, Any]]:
    return [
        {"capture": capture, "n": n, "scheme": key.scheme, "value": storable(key.value), "rung": key.rung,
         "place": key.where, "url": storable(key.url), "block": key.block, "quoted": storable(key.quoted)}
        for n, key in enumerate(keys)
    ]  # fmt: skip


def _claim_rows(capture: str, claims: Sequence[Claim]) -> list[dict[str, Any]]:
    return [
        {"capture": capture, "n": n, "kind": claim.kind, "value": storable(claim.value)}
        for n, claim in enumerate(claims)
    ]


def _removed_rows(capture: str, page: PageRead) -> list[dict[str, Any]]:
    return [
        {"capture": capture, "block": block.n, "role": decision.role, "rule": decision.rule,
         "path": block.path, "text": storable(block.text)}
        for block, decision in page.removed
    ]  # fmt: skip


def _rejected_row(capture: str, rejected: Rejected) -> dict[str, Any]:
    return {"capture": capture, "stage": rejected.stage, "reason": rejected.reason,
            "detail": storable(rejected.detail)}  # fmt: skip


def _save_texts(connection: Connection, sketches: Sequence[Sketch]) -> None:
    new = {sketch.id: sketch for sketch in sketches}
    known = set(_scalars_in(connection, select(t.DistinctText.id), t.DistinctText.id, list(new)))
    fresh = [sketch for text, sketch in new.items() if text not in known]
    _insert(connection, t.DistinctText, [
        {"id": s.id, "digest": s.digest, "words": s.words, "keys": list(s.keys), "pivot": None, "why": "",
         "hashes": np.asarray(s.hashes, dtype="<i8").tobytes()}
        for s in fresh
    ])  # fmt: skip
    _insert(connection, t.Posting, [
        {"hash": hashed, "pivot": False, "text": sketch.id} for sketch in fresh for hashed in sketch.hashes
    ])  # fmt: skip


def _texts_of(connection: Connection, captures: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(captures), _PER_STATEMENT):
        part = captures[at : at + _PER_STATEMENT]
        rows = connection.execute(select(t.Page.capture, t.Page.text_id).where(t.Page.capture.in_(part)))
        found.update((row.capture, row.text_id) for row in rows)
    return found


def _texts_at(connection: Connection, urls: Iterable[str]) -> set[int]:
    """The texts of every capture of these URLs: which of them is the newest may have changed."""
    return set(_scalars_in(connection, select(t.Page.text_id), t.Page.url, sorted(map(storable, urls))))


def _urls_of(connection: Connection, captures: Sequence[str]) -> set[str]:
    return set(_scalars_in(connection, select(t.Capture.url), t.Capture.id, captures))


# --------------------------------------------------------------------------------------------------- set stages


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
    for at in range(0, len(wanted), _PER_STATEMENT):
        rows = connection.execute(
            select(t.Page.url, t.Capture.fetched_at, t.Page.capture)
            .join(t.Capture, t.Capture.id == t.Page.capture)
            .where(t.Page.url.in_(wanted[at : at + _PER_STATEMENT]))
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
    for at in range(0, len(captures), _PER_STATEMENT):
        part = captures[at : at + _PER_STATEMENT]
        rows += connection.execute(
            select(*table.__table__.columns).where(table.capture.in_(part)).order_by(table.capture, table.n)
        ).all()
    return rows


def save_summary(connection: Connection, pivot: int, summary: Summary | None, now: str) -> None:
    """Replace the rows of the cluster under this pivot; None where it has no pages any more."""
    old = connection.execute(select(t.Cluster.id, t.Cluster.founder).where(t.Cluster.pivot == pivot)).one_or_none()
    ids = [*([old.id] if old else []), *([summary.id] if summary else [])]
    _delete_in(connection, t.Cluster, "id", ids)
    _delete_in(connection, t.Release, "cluster", ids)
    if old is not None and (summary is None or summary.id != old.id):
        insert_missing(connection, t.Alias, [{"old": old.id, "founder": old.founder, "at": now}])
    if summary is None:
        return
    _insert(connection, t.Cluster, [{
        "id": summary.id, "pivot": pivot, "founder": summary.founder, "canonical": summary.canonical,
        "pages": summary.pages, "families": summary.families,
    }])  # fmt: skip
    if summary.release is not None:
        row = {name: getattr(summary.release, name) for name in summary.release.__slots__}
        row["wire_urls"] = list(summary.release.wire_urls)
        _insert(connection, t.Release, [{"cluster": summary.id, **row}])
    _save_matches(connection, summary)


def _save_matches(connection: Connection, summary: Summary) -> None:
    urls = [url for url, _, _, _ in summary.matches]
    for table in (t.Copy, t.Match, t.Version):
        _delete_in(connection, table, "url", urls)
    _insert(connection, t.Match, [
        {"url": url, "release": release, "key": key, "relation": match.relation, "cover_copy": match.cover_copy,
         "cover_release": match.cover_release, "rung": match.rung, "why": match.why,
         "evidence": list(match.evidence), "contradictions": list(match.contradictions)}
        for url, match, release, key in summary.matches
    ])  # fmt: skip
    captures = _captures_at(connection, urls)
    versions = {url: _versions(url, captures[url]) for url in urls}
    _insert(connection, t.Version, [row for url in urls for row in versions[url]])
    _insert(connection, t.Copy, [
        {"url": url, "capture": captures[url][-1].capture, "cluster": summary.id, "site": captures[url][-1].site,
         "family": captures[url][-1].family, "first_seen": captures[url][0].fetched_at,
         "last_seen": captures[url][-1].fetched_at, "versions": len(versions[url])}
        for url in urls
    ])  # fmt: skip


def _captures_at(connection: Connection, urls: Sequence[str]) -> dict[str, list[Any]]:
    """All pages of each URL, oldest first."""
    found: dict[str, list[Any]] = {url: [] for url in urls}
    for at in range(0, len(urls), _PER_STATEMENT):
        rows = connection.execute(
            select(
                t.Page.url, t.Page.capture, t.Page.site, t.Page.family, t.DistinctText.digest, t.Capture.fetched_at
            )
            .join(t.Capture, t.Capture.id == t.Page.capture)
            .join(t.DistinctText, t.DistinctText.id == t.Page.text_id)
            .where(t.Page.url.in_(urls[at : at + _PER_STATEMENT]))
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


# ------------------------------------------------------------------------------------------------- small pieces


def _insert(connection: Connection, table: type[t.Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


def _delete_in(connection: Connection, table: type[t.Base], column: str, values: Sequence[Any]) -> None:
    for at in range(0, len(values), _PER_STATEMENT):
        connection.execute(delete(table).where(table.__table__.c[column].in_(values[at : at + _PER_STATEMENT])))


def _scalars_in(connection: Connection, wanted: Any, column: Any, values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for at in range(0, len(values), _PER_STATEMENT):
        found += connection.scalars(wanted.where(column.in_(values[at : at + _PER_STATEMENT])))
    return found
