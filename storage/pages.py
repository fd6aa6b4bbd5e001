"""Pages as rows: what the page stages say of a capture, replaced whole. Within the caller's transaction."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from sqlalchemy import select

from crawler.records import Block, Claim, Decision, Found, PageRead, Recalled, Rejected, Sketch
from storage import tables as t
from storage.batches import PER_STATEMENT, delete_in, insert_plain, insert_rows, rows_in, scalars_in
from storage.dirty import mark, mark_rows, unmark
from storage.engine import storable
from storage.memory import pack_sightings, save_sightings
from storage.permissions import mark_hosts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, RowMapping


Drawn = tuple[tuple[Block, ...], tuple[Decision, ...]]
"""The blocks of a page and, one for each, the decisions of its draft."""


def locations(connection: Connection, captures: Sequence[str]) -> dict[str, tuple[str, int, int]]:
    """Where the captures' records lie: file, offset, length."""
    place = t.Location
    wanted = select(place.capture, place.file, place.offset, place.length).where(place.capture.in_(captures))
    return {row.capture: (row.file, row.offset, row.length) for row in connection.execute(wanted)}


def answers(connection: Connection, captures: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The captures' addresses, and with which status they came."""
    c = t.Capture
    wanted = select(c.id, c.url, c.status).where(c.id.in_(captures))
    return {row.id: (row.url, row.status) for row in connection.execute(wanted)}


def pack_blocks(blocks: Sequence[Block], decisions: Sequence[Decision]) -> bytes:
    """Blocks with their roles, small enough to keep for every page."""
    return zlib.compress(msgspec.msgpack.encode((blocks, decisions)), 1)


def unpack_blocks(packed: bytes, changes: Sequence[Decision] = ()) -> tuple[tuple[Block, str, str], ...]:
    """The blocks of a page, each with its role and the rule that gave it; `changes` are what memory changed."""
    blocks, decisions = _unpacked(packed)
    changed = {change.block: change for change in changes}
    return tuple((blocks[d.block], d.role, d.rule) for d in (changed.get(d.block, d) for d in decisions))


def _unpacked(packed: bytes) -> Drawn:
    drawn: Drawn = msgspec.msgpack.decode(zlib.decompress(packed), type=Drawn)
    return drawn


def read_blocks(connection: Connection, captures: Sequence[str]) -> dict[str, Drawn]:
    """The blocks of these pages, and the decisions of their drafts."""
    wanted = select(t.Page.capture, t.Page.blocks)
    rows = rows_in(connection, wanted, t.Page.capture, captures)
    return {row.capture: _unpacked(row.blocks) for row in rows}


def recalled_before(connection: Connection, captures: Sequence[str]) -> set[str]:
    """Those of the pages on which memory changed something."""
    return set(scalars_in(connection, select(t.Recalled.capture), t.Recalled.capture, captures))


def save_recalled(connection: Connection, recalled: Sequence[Recalled]) -> set[str]:
    """Replace what memory changed on these pages, and their ledgers; the captures whose text changed with that."""
    captures = [each.capture for each in recalled]
    wanted = select(t.Recalled.capture, t.Recalled.digest)
    before = {row.capture: row.digest for row in rows_in(connection, wanted, t.Recalled.capture, captures)}
    delete_in(connection, t.Recalled, "capture", captures)
    delete_in(connection, t.Removed, "capture", captures)
    insert_rows(connection, t.Recalled, [
        {"capture": each.capture, "changes": [[c.block, c.role, c.rule] for c in each.changes],
         "text": storable(each.text), "digest": each.told.digest}
        for each in recalled
        if each.changes
    ])  # fmt: skip
    insert_rows(connection, t.Removed, [
        row for each in recalled for row in removed_rows(each.capture, each.removed)
    ])  # fmt: skip
    after = {each.capture: each.told.digest for each in recalled if each.changes}
    return {capture for capture in captures if before.get(capture) != after.get(capture)}


def pivots_at(connection: Connection, urls: Sequence[str]) -> set[int]:
    """The pivots under which any page of these URLs stands."""
    wanted = select(t.DistinctText.pivot).join(t.Page, t.Page.text_id == t.DistinctText.id)
    found = scalars_in(connection, wanted.where(t.DistinctText.pivot.is_not(None)), t.Page.url, urls)
    return set(found)


def save_pages(connection: Connection, read: Sequence[tuple[str, PageRead | Rejected | None]]) -> None:
    """Replace what is derived of these captures alone, and note what that puts out of date.

    `read` holds capture ids, each with its page or the reason why it is none; with None it only loses both.
    """
    captures = [capture for capture, _ in read]
    before = _pages_of(connection, captures)
    for table in (t.PageKey, t.Claim, t.Removed, t.Recalled, t.Page, t.Rejected):
        delete_in(connection, table, "capture", captures)
    pages = [(capture, page) for capture, page in read if isinstance(page, PageRead)]
    rows = [_page_row(capture, page) for capture, page in pages]
    insert_rows(connection, t.Page, rows)
    gone = save_sightings(connection, before, rows)
    insert_rows(connection, t.PageKey, [row for capture, page in pages for row in _key_rows(capture, page.keys)])
    insert_rows(
        connection, t.Claim, [row for capture, each in read if each for row in _claim_rows(capture, each.claims)]
    )
    insert_rows(
        connection, t.Removed, [row for capture, page in pages for row in removed_rows(capture, page.removed)]
    )
    insert_rows(connection, t.Rejected, [_rejected_row(c, r) for c, r in read if isinstance(r, Rejected)])
    save_texts(connection, [page.sketch for _, page in pages])
    mark(connection, "text", {str(page.sketch.id) for _, page in pages} | {str(row["text_id"]) for row in before})
    mark(connection, "memory", [f"block {hashed}" for hashed in gone])
    urls = {page.url for _, page in pages} | _urls_of(connection, captures)
    mark(connection, "text", map(str, _texts_at(connection, urls)))
    mark_rows(connection, "copies", urls)
    mark_hosts(connection, urls)
    _forget_copies(connection, urls)
    unmark(connection, "page", captures)


def pass_over(connection: Connection, captures: Sequence[str]) -> None:
    """Read nothing of captures that repeat the one before them: only until when that was seen is out of date."""
    held = [*scalars_in(connection, select(t.Page.capture), t.Page.capture, captures),
            *scalars_in(connection, select(t.Rejected.capture), t.Rejected.capture, captures)]  # fmt: skip
    if held:  # they were read before what they repeat was known
        save_pages(connection, [(capture, None) for capture in held])
    unmark(connection, "page", captures)
    mark(connection, "seen", _urls_of(connection, captures))


def _forget_copies(connection: Connection, urls: set[str]) -> None:
    """Drop the copies at URLs that no capture shows as a page any more."""
    wanted = sorted(map(storable, urls))
    left = set(scalars_in(connection, select(t.Page.url), t.Page.url, wanted))
    gone = [url for url in wanted if url not in left]
    for table in (t.Copy, t.Match, t.Version):
        delete_in(connection, table, "url", gone)


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
        "sightings": pack_sightings(page.sightings),
        "links": [[storable(name), storable(address)] for name, address in page.links],
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


def removed_rows(capture: str, removed: Sequence[tuple[Block, Decision]]) -> list[dict[str, Any]]:
    """The rows of a page's ledger."""
    return [
        {"capture": capture, "block": block.n, "role": decision.role, "rule": decision.rule,
         "path": block.path, "text": storable(block.text)}
        for block, decision in removed
    ]  # fmt: skip


def _rejected_row(capture: str, rejected: Rejected) -> dict[str, Any]:
    return {"capture": capture, "stage": rejected.stage, "reason": rejected.reason,
            "detail": storable(rejected.detail)}  # fmt: skip


def save_texts(connection: Connection, sketches: Sequence[Sketch]) -> None:
    """Store the texts that are new; their fingerprints are when they are placed (`storage.field`)."""
    new = {sketch.id: sketch for sketch in sketches}
    known = set(scalars_in(connection, select(t.DistinctText.id), t.DistinctText.id, list(new)))
    fresh = [sketch for text, sketch in new.items() if text not in known]
    insert_rows(connection, t.DistinctText, [
        {"id": s.id, "digest": s.digest, "words": s.words, "keys": list(s.keys), "star": None, "pivot": None,
         "why": "", "hashes": np.asarray(s.hashes, dtype="<i8").tobytes(),
         "opening": np.asarray(s.opening, dtype="<i8").tobytes()}
        for s in fresh
    ])  # fmt: skip
    insert_plain(connection, t.Opening, [(hashed, sketch.id) for sketch in fresh for hashed in sketch.opening])


def _pages_of(connection: Connection, captures: Sequence[str]) -> list[RowMapping]:
    """What the captures' pages were: their texts, families and sightings."""
    p = t.Page
    wanted = select(p.capture, p.family, p.text_id, p.sightings)
    found: list[RowMapping] = []
    for at in range(0, len(captures), PER_STATEMENT):
        part = captures[at : at + PER_STATEMENT]
        found += connection.execute(wanted.where(p.capture.in_(part))).mappings()
    return found


def _texts_at(connection: Connection, urls: Iterable[str]) -> set[int]:
    """The texts of every capture of these URLs: which of them is the newest may have changed."""
    return set(scalars_in(connection, select(t.Page.text_id), t.Page.url, sorted(map(storable, urls))))


def _urls_of(connection: Connection, captures: Sequence[str]) -> set[str]:
    return set(scalars_in(connection, select(t.Capture.url), t.Capture.id, captures))
