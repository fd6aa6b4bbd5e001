"""One clean text for each release, for corpora: what stands for all of its copies, and nothing twice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from crawler.export.privacy import leave_out_contacts
from crawler.identify.issuers import issuer_of
from storage.compared import canonical_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from storage.rows import ReleaseRow


def read_corpus(
    connection: Connection, releases: Iterable[ReleaseRow], *, contacts: bool, roles: tuple[str, ...] = ()
) -> Iterator[dict[str, Any]]:
    """The texts, in the order of the releases; of those with the same words the first alone.

    Without `contacts` the paragraphs that name whom the press can ask are left out, and addresses and telephone
    numbers elsewhere masked. `roles` picks the blocks that make a text.
    """
    given: set[bytes] = set()
    for release in releases:
        stands = canonical_text(connection, release.cluster) if roles or not contacts else None
        blocks = stands.blocks if stands else ()
        text = "\n".join(block.text for block, role, _ in blocks if role in roles) if roles else release.text
        if not contacts:
            text = leave_out_contacts(text, blocks)
        words = hashlib.sha256(" ".join(text.casefold().split()).encode()).digest()
        if text.strip() and words not in given:
            given.add(words)
            yield _row(release, text)


def _row(release: ReleaseRow, text: str) -> dict[str, Any]:
    return {
        "cluster": release.cluster,
        "key": release.key,
        "url": release.url,
        "title": release.title,
        "text": text,
        "language": release.language,
        "issuer": issuer_of(release.text),
        "published_at": release.published_at,
        "first_copy_at": release.first_copy_at,
        "copies": release.copies,
        "families": release.families,
        "support": _support(release),
        "signals": list(release.signals),
    }


def _support(release: ReleaseRow) -> float | None:
    """How much of the text the outlets show that could, from 0 to 1."""
    able = sum(of for _, of in release.supports)
    return round(sum(having for having, _ in release.supports) / able, 3) if able else None
