"""What other programs read: one dictionary per row, keys in a fixed order, described by `schemas/*.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from crawler.export.annotations import annotate
from crawler.export.blocks import read_blocks
from crawler.export.corpus import read_corpus
from crawler.export.decisions import decision_rows
from crawler.export.privacy import mask, mask_copy, mask_release, mask_text
from crawler.export.vocabularies import read_articles, read_ninjs
from crawler.records import ATTACHING
from storage import lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from storage.rows import CopyRow, ReleaseRow, RemovedRow

Row = dict[str, Any]

SCHEMAS: Final = {
    "releases": "releases-1.json",
    "copies": "copies-1.json",
    "removed": "removed-1.json",
    "annotations": "annotations-1.json",
    "overrules": "overrules-1.json",
    "corpus": "corpus-1.json",
}
"""The schema of each kind of row. A key that is added keeps the number; anything else makes a new file."""

DOCUMENTS: Final = {"articles": "articles-1.json", "ninjs": "ninjs-3.0.json"}
"""The schemas of what is written in the words of others: objects without columns, JSON Lines alone."""

SHARED: Final = frozenset({*DOCUMENTS, "corpus"})
"""The kinds that are made to be handed on: whom the press can ask is masked in them, unless it is asked for."""

OBJECTS: Final = {"explain": "explain-1.json", "diff": "diff-1.json"}
"""The schemas of what `explain --json` and `diff --json` print, likewise."""


def read_rows(
    connection: Connection,
    kind: str,
    *,
    roles: tuple[str, ...] = (),
    locations: bool = False,
    only: tuple[str, ...] | None = None,
    without: frozenset[str] = frozenset(),
    contacts: bool | None = None,
) -> Iterator[Row]:
    """The rows of a kind (of `SCHEMAS` or `DOCUMENTS`) in a fixed order, as the schema of that kind says.

    `roles` picks the blocks that make the text of a copy or of a corpus, the ledger entries, or what is annotated;
    `locations` adds where in the archive a copy's record lies; `only` names the copies (by address) or releases
    (by cluster) whose rows are wanted; pages with a signal of `without` are left out. `contacts` says whether
    addresses and telephone numbers of people are shown: by default where the kind is not of `SHARED`.
    """
    shown = kind not in SHARED if contacts is None else contacts

    def copies(**wanted: Any) -> Iterator[CopyRow]:
        found = lookups.copies(connection, **wanted | ({} if shown else {"blocks": True}))
        return (copy if shown else mask_copy(copy) for copy in found if not without & set(copy.signals))

    def releases() -> Iterator[ReleaseRow]:
        found = lookups.releases(connection, clusters=only)
        return (release for release in found if not without & set(release.signals))

    def shown_releases() -> Iterator[ReleaseRow]:
        return (release if shown else mask_release(connection, release) for release in releases())

    def line(copy: CopyRow) -> Row:
        row = copy_row(copy, roles=roles, locations=locations)
        return row if shown or not roles else row | {"text": mask_text(row["text"], read_blocks(copy))}

    def removed() -> Iterator[RemovedRow]:
        open_ = {copy.capture for copy in copies(urls=only, texts="excerpt")} if without else None
        found = lookups.removed(connection, roles=roles, urls=only)
        open_rows = (row for row in found if open_ is None or row.capture in open_)
        return (row if shown else replace(row, text=mask(row.text)) for row in open_rows)

    readers: dict[str, Callable[[], Iterator[Row]]] = {
        "releases": lambda: map(release_row, shown_releases()),
        "copies": lambda: map(line, copies(urls=only, blocks=bool(roles))),
        "removed": lambda: map(removed_row, removed()),
        "annotations": lambda: (
            annotation for copy in copies(texts="excerpt", blocks=True) for annotation in annotate(copy, roles)
        ),
        "overrules": lambda: decision_rows(connection),
        "articles": lambda: read_articles(shown_releases(), copies),
        "ninjs": lambda: read_ninjs(shown_releases(), copies),
        "corpus": lambda: read_corpus(connection, releases(), contacts=shown, roles=roles),
    }
    return readers[kind]()


def read_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of the rows of a kind, or of what `explain` or `diff` prints, with those that it names."""
    schema = _load_schema((SCHEMAS | DOCUMENTS | OBJECTS)[kind])
    if kind == "explain":
        schema["$defs"] = {
            "copy": _load_schema(SCHEMAS["copies"]),
            "overrule": _load_schema(SCHEMAS["overrules"]),
        } | schema.get("$defs", {})
    return schema


def _load_schema(name: str) -> dict[str, Any]:
    text = resources.files("crawler.export").joinpath("schemas", name).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def release_row(release: ReleaseRow) -> Row:
    """One release."""
    return {
        "key": release.key,
        "url": release.url,
        "wire_urls": list(release.wire_urls),
        "title": release.title,
        "text": release.text,
        "language": release.language,
        "published_at": release.published_at,
        "copies": release.copies,
        "families": release.families,
        "first_copy_at": release.first_copy_at,
        "cluster": release.cluster,
        "support": [list(pair) for pair in release.supports],
        "signals": list(release.signals),
    }


def copy_row(copy: CopyRow, *, roles: tuple[str, ...] = (), locations: bool = False) -> Row:
    """One page. `release` is set only where the relation attaches the page to it."""
    match = copy.match
    return {
        "url": copy.url,
        "site": copy.site,
        "family": copy.family,
        "cluster": copy.cluster,
        "release": copy.release if copy.relation in ATTACHING else None,
        "relation": copy.relation,
        "key_rung": match.rung if match and match.rung not in {"", "none"} else None,
        "title": copy.title,
        "text": _text(copy, roles),
        "language": copy.language,
        "published_at": copy.published_at,
        "first_seen": copy.first_seen,
        "last_seen": copy.last_seen,
        "missing_since": copy.missing_since,
        "coverage": {
            "copy": share(match.cover_copy) if match else 0.0,
            "release": share(match.cover_release) if match else 0.0,
        },
        "differences": dict(match.differences) if match else {},
        "evidence": {
            "why": match.why if match else "",
            "found": list(match.evidence) if match else [],
            "contradictions": list(match.contradictions) if match else [],
        },
        "removed": dict(sorted(copy.removed.items())),
        "versions": copy.versions,
        "parent": asdict(match.parent) if match and match.parent else None,
        "captured_at": copy.captured_at,
        "archive": _archive(copy, locations=locations),
        "rules_version": copy.rules,
        "signals": list(copy.signals),
    }


def removed_row(removed: RemovedRow) -> Row:
    """One block that was left out of a copy's text."""
    return {
        "url": removed.url,
        "site": removed.site,
        "family": removed.family,
        "cluster": removed.cluster,
        "block": removed.block,
        "role": removed.role,
        "rule": removed.rule,
        "path": removed.path,
        "text": removed.text,
        "captured_at": removed.captured_at,
        "record": removed.capture,
        "rules_version": removed.rules,
    }


def share(per_mille: int) -> float:
    """Per mille as a share of 1.

    >>> share(985)
    0.985
    """
    return round(per_mille / 1000, 3)


def _archive(copy: CopyRow, *, locations: bool) -> Row:
    archive: Row = {"record": copy.capture, "sha256": copy.payload_sha256}
    if locations:
        place = copy.place
        archive["location"] = (
            {"file": place.file, "offset": place.offset, "length": place.length} if place else None
        )
    return archive


def _text(copy: CopyRow, roles: tuple[str, ...]) -> str:
    if not roles or copy.blocks is None:
        return copy.text
    return "\n".join(block.text for block, role, _ in read_blocks(copy) if role in roles)
