"""Texts that are held against each other: a page as its capture shows it, and the release that is nearest to it.

Read-only, like `storage.lookups`; what `diff` prints.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, func, select

from crawler.records import Decision
from storage import tables as t
from storage.pages import unpack_blocks
from storage.rows import TextRow

if TYPE_CHECKING:
    from collections.abc import Sequence

_AT_ONCE = 500


def read_text(connection: Connection, capture: str) -> TextRow | None:
    """The title and the clean text of a capture, with its blocks as finally decided; None where it is no page."""
    query = (
        select(
            t.Page.url, t.Page.capture, t.Page.family, t.Page.title, t.Page.language, t.Page.blocks,
            func.coalesce(t.Recalled.text, t.Page.text).label("text"), t.Recalled.changes,
            t.Capture.fetched_at.label("captured_at"),
        )
        .join(t.Capture, t.Capture.id == t.Page.capture)
        .outerjoin(t.Recalled, t.Recalled.capture == t.Page.capture)
        .where(t.Page.capture == capture)
    )  # fmt: skip
    row = connection.execute(query).first()
    if row is None:
        return None
    values = row._asdict()
    changes = tuple(Decision(*change) for change in values.pop("changes") or ())
    decided = unpack_blocks(values.pop("blocks"), changes)
    return TextRow(**values, blocks=tuple(decided))


def texts_against(connection: Connection, cluster: str, most: int) -> list[tuple[str, str, str]]:
    """The first copies of a cluster, by address: capture, clean text, and the text that it was held against.

    Copies that were held against nothing are left out.
    """
    query = (
        select(t.Copy.capture, t.Match.against)
        .join(t.Match, t.Match.url == t.Copy.url)
        .where(t.Copy.cluster == cluster, t.Match.against.is_not(None))
        .order_by(t.Copy.url)
        .limit(most)
    )
    pairs = [(capture, against) for capture, against in connection.execute(query) if against is not None]
    texts = read_texts(connection, sorted({capture for pair in pairs for capture in pair}))
    return [(capture, texts[capture], texts[against]) for capture, against in pairs if against in texts]


def read_texts(connection: Connection, captures: Sequence[str]) -> dict[str, str]:
    """The clean texts of captures that are pages."""
    text = func.coalesce(t.Recalled.text, t.Page.text)
    query = select(t.Page.capture, text).outerjoin(t.Recalled, t.Recalled.capture == t.Page.capture)
    found: dict[str, str] = {}
    for at in range(0, len(captures), _AT_ONCE):
        rows = connection.execute(query.where(t.Page.capture.in_(captures[at : at + _AT_ONCE])))
        found.update((capture, said) for capture, said in rows)
    return found


def find_nearest(connection: Connection, capture: str, least: int) -> str | None:
    """The capture whose text stands for the release that shares most with a page that belongs to none, or None.

    `least`: fingerprints in common, below which nothing is near.
    """
    text, posting = t.DistinctText, t.Posting
    own = connection.execute(
        select(text.hashes, text.pivot).join(t.Page, t.Page.text_id == text.id).where(t.Page.capture == capture)
    ).first()
    if own is None:
        return None
    hashes = np.frombuffer(own.hashes, dtype="<i8").tolist()
    shared: Counter[int] = Counter()
    for at in range(0, len(hashes), _AT_ONCE):
        query = (
            select(posting.text, func.count())
            .where(posting.hash.in_(hashes[at : at + _AT_ONCE]), posting.pivot.is_(True))
            .group_by(posting.text)
        )
        shared.update({pivot: count for pivot, count in connection.execute(query) if pivot != own.pivot})
    for pivot, count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if count < least:
            return None
        found = connection.execute(
            select(t.Cluster.canonical)
            .join(t.Release, t.Release.cluster == t.Cluster.id)
            .where(t.Cluster.pivot == pivot)
        ).scalar()
        if found is not None:
            return str(found)
    return None


def find_named(connection: Connection, key: str) -> str | None:
    """The capture whose text stands for the release of that key, or None."""
    query = (
        select(t.Cluster.canonical).join(t.Release, t.Release.cluster == t.Cluster.id).where(t.Release.key == key)
    )
    found = connection.execute(query.order_by(t.Cluster.id)).scalar()
    return None if found is None else str(found)


def canonical_text(connection: Connection, cluster: str) -> TextRow | None:
    """The page whose text stands for a cluster, or None."""
    capture = connection.scalar(select(t.Cluster.canonical).where(t.Cluster.id == cluster))
    return read_text(connection, capture) if capture is not None else None
