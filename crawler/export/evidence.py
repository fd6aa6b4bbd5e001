"""One page's evidence as an object: what `explain --json` prints, as `schemas/explain-1.json` says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crawler.export.blocks import place_blocks
from crawler.export.decisions import decision_row
from crawler.export.ladder import climb, weigh_claims
from crawler.export.recollections import recall_values
from crawler.export.rows import copy_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.export.blocks import Placed
    from crawler.export.decisions import Said
    from crawler.export.ladder import Ladder, Step, Weighed
    from crawler.sites.load import Sites
    from storage.rows import CopyRow, Evidence, Observation, TranslationRow


def evidence_object(found: Evidence, sites: Sites, said: Sequence[Said] = ()) -> dict[str, Any]:
    """Everything that is known of an address: the copy's row, ladder, claims, blocks, versions, captures."""
    copy = found.copy
    ladder = climb(found, sites)
    return {
        "url": found.url,
        "page": copy_row(copy, locations=True) if copy else None,
        "key": copy.key if copy else None,
        "dateline": found.dateline,
        "decision": _decision(copy, ladder) if copy else None,
        "keys": [_key(step) for step in ladder.steps],
        "decided": [decision_row(each) for each in said],
        "translations": [_translation(each) for each in found.translations],
        "claims": [_claim(weighed) for weighed in weigh_claims(found, sites)],
        "blocks": [_block(placed) for placed in (place_blocks(copy, recall_values(found)) if copy else ())],
        "versions": [
            {"first_seen": v.first_seen, "last_seen": v.last_seen, "text_sha256": v.text_sha256}
            for v in found.versions
        ],
        "captures": [_observation(seen) for seen in found.observations],
    }


def _decision(copy: CopyRow, ladder: Ladder) -> dict[str, Any]:
    """Which rung decided, which disagreed, and how the text itself stands to that."""
    match = copy.match
    return {
        "rung": ladder.decided,
        "disagreed": list(ladder.disagreed),
        "words": ladder.words,
        "why": match.why if match else "",
        "contradictions": list(match.contradictions) if match else [],
    }


def _translation(other: TranslationRow) -> dict[str, Any]:
    row = asdict(other)
    return row | {
        "cosine": other.cosine / 1000,
        "margin": other.margin / 1000,
        "figures": other.figures / 1000,
        "evidence": list(other.evidence),
    }


def _key(step: Step) -> dict[str, Any]:
    key = step.key
    return {
        "key": f"{key.scheme}:{key.value}",
        "rung": key.rung,
        "where": key.where,
        "block": key.block,
        "url": key.url,
        "quoted": key.quoted,
        "made_at": step.made_at,
        "standing": step.standing,
    }


def _claim(weighed: Weighed) -> dict[str, Any]:
    return {
        "kind": weighed.claim.kind,
        "value": weighed.claim.value,
        "key": weighed.key,
        "points_to": weighed.target,
        "agrees": weighed.agrees,
    }


def _block(placed: Placed) -> dict[str, Any]:
    return {
        "block": placed.block.n,
        "kept": placed.is_kept,
        "role": placed.role,
        "rule": placed.rule,
        "reason": placed.reason,
        "path": placed.block.path,
        "start": placed.start,
        "end": placed.end,
        "text": placed.block.text,
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
