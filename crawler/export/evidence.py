"""One page's evidence as an object: what `explain --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.export.rows import copy_row
from crawler.records import KEPT_ROLES
from storage.pages import unpack_blocks

if TYPE_CHECKING:
    from crawler.records import Block, Found
    from storage.rows import CopyRow, Evidence, Observation


def read_blocks(copy: CopyRow) -> tuple[tuple[Block, str, str], ...]:
    """The blocks of a page in document order, each with its role and the rule that gave it."""
    return unpack_blocks(copy.blocks, copy.changes) if copy.blocks is not None else ()


def agrees(key: Found, copy: CopyRow) -> bool | None:
    """Whether a key is the one the page was put to; None where it is of another scheme, or the page has none."""
    scheme, _, value = (copy.key or "").partition(":")
    return key.value == value if key.scheme == scheme else None


def evidence_object(found: Evidence) -> dict[str, Any]:
    """Everything that is known of an address: the copy's row, blocks, keys, claims, versions, captures."""
    copy = found.copy
    return {
        "url": found.url,
        "page": copy_row(copy, locations=True) if copy else None,
        "key": copy.key if copy else None,
        "dateline": found.dateline,
        "keys": [
            {
                "key": f"{key.scheme}:{key.value}",
                "rung": key.rung,
                "where": key.where,
                "block": key.block,
                "url": key.url,
                "quoted": key.quoted,
                "agrees": agrees(key, copy) if copy else None,
            }
            for key in found.keys
        ],
        "claims": [{"kind": claim.kind, "value": claim.value} for claim in found.claims],
        "blocks": [
            {
                "block": block.n,
                "kept": role in KEPT_ROLES,
                "role": role,
                "rule": rule,
                "path": block.path,
                "text": block.text,
            }
            for block, role, rule in (read_blocks(copy) if copy else ())
        ],
        "versions": [
            {"first_seen": v.first_seen, "last_seen": v.last_seen, "text_sha256": v.text_sha256}
            for v in found.versions
        ],
        "captures": [_observation(seen) for seen in found.observations],
    }


def _observation(seen: Observation) -> dict[str, Any]:
    place = seen.place
    return {
        "record": seen.capture,
        "fetched_at": seen.fetched_at,
        "status": seen.status,
        "mime": seen.mime,
        "length": seen.length,
        "sha256": seen.payload_sha256,
        "origin": seen.origin,
        "flags": seen.flags,
        "location": {"file": place.file, "offset": place.offset, "length": place.length} if place else None,
        "rejected": {"stage": seen.stage, "reason": seen.reason, "detail": seen.detail} if seen.reason else None,
    }
