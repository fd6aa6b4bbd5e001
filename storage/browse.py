"""Parts of the long lists, for readers that page through them: a page of ids behind a cursor, and a search.

Each answer is bounded, and every value of a reader is a parameter of a statement, never a part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from crawler.records import ATTACHING
from storage import tables as t
from storage.lookups import Texts, copies, releases
from storage.search import having

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from storage.rows import CopyRow, ReleaseRow

MOST: Final = 200
"""Rows of one page of a list."""

_PICKUPS: Final = sorted(ATTACHING - {"origin", "wire"})


def page_of_releases(connection: Connection, after: str = "", limit: int = 50) -> list[str]:
    """The clusters of releases behind `after`, in the order of their ids."""
    query = select(t.Release.cluster).where(t.Release.cluster > after)
    return list(connection.scalars(query.order_by(t.Release.cluster).limit(min(limit, MOST))))


def newest_releases(connection: Connection, limit: int = 50, skip: int = 0) -> list[str]:
    """The clusters of the releases whose first copy was seen last."""
    r = t.Release
    query = select(r.cluster).order_by(func.coalesce(r.first_copy_at, r.published_at, "").desc(), r.cluster)
    return list(connection.scalars(query.offset(min(skip, 10_000)).limit(min(limit, MOST))))


def page_of_copies(
    connection: Connection,
    after: str = "",
    limit: int = 50,
    *,
    cluster: str = "",
    family: str = "",
) -> list[str]:
    """The captures that copies show now, behind the capture `after`; of one release or outlet."""
    query = select(t.Copy.capture).where(t.Copy.capture > after)
    if cluster:
        query = query.where(t.Copy.cluster == cluster)
    if family:
        query = query.where(t.Copy.family == family)
    return list(connection.scalars(query.order_by(t.Copy.capture).limit(min(limit, MOST))))


def urls_of(connection: Connection, captures: Collection[str]) -> dict[str, str]:
    """The address of each of these captures that a copy shows now, found by way of the page: that has an index."""
    query = (
        select(t.Copy.capture, t.Copy.url)
        .join(t.Page, t.Page.url == t.Copy.url)
        .where(t.Page.capture.in_(captures), t.Copy.capture == t.Page.capture)
    )
    rows = connection.execute(query)
    return {capture: url for capture, url in rows}  # noqa: C416 (rows are no pairs to the type checker)


def copy_rows(connection: Connection, captures: Sequence[str], texts: Texts = "whole") -> list[CopyRow]:
    """The copies that show these captures now, in their order."""
    urls = urls_of(connection, captures)
    rows = {row.capture: row for row in copies(connection, urls=sorted(urls.values()), texts=texts)}
    return [rows[capture] for capture in captures if capture in rows]


def release_rows(connection: Connection, clusters: Sequence[str], texts: Texts = "whole") -> list[ReleaseRow]:
    """The releases of these clusters, in their order."""
    rows = {row.cluster: row for row in releases(connection, clusters=clusters, texts=texts)}
    return [rows[cluster] for cluster in clusters if cluster in rows]


def count_kept(connection: Connection) -> tuple[int, int, int]:
    """How many captures, copies and releases there are: what a database counts without reading them."""
    counts = (select(func.count()).select_from(table) for table in (t.Capture, t.Copy, t.Release))
    captures, pages, found = (connection.execute(each).scalar_one() for each in counts)
    return captures, pages, found


def newest_copies(
    connection: Connection, limit: int = 50, *, cluster: str = "", key_scheme: str = ""
) -> list[tuple[str, str]]:
    """The newest copies (capture, first sight), newest first: all, those of a release, of an issuer's scheme."""
    first = func.coalesce(t.Copy.first_seen, "")
    query = (
        select(t.Copy.capture, first)
        .join(t.Match, t.Match.url == t.Copy.url)
        .where(t.Match.relation.in_(_PICKUPS))
    )
    if cluster:
        query = query.where(t.Copy.cluster == cluster)
    if key_scheme:
        query = query.where(t.Match.key.startswith(f"{key_scheme}:", autoescape=True))
    rows = connection.execute(query.order_by(first.desc(), t.Copy.capture).limit(min(limit, MOST)))
    return [(capture, at) for capture, at in rows]


def search_releases(connection: Connection, words: str, limit: int = 50) -> list[str]:
    """The clusters of releases with all of these words in title or text, or whose copies' outlet has that name."""
    r = t.Release
    found = having(connection, words)
    named = select(t.Copy.cluster).where(t.Copy.family == words.strip().lower()).distinct()
    query = (
        select(r.cluster)
        .where(r.cluster.in_(named) if found is None else or_(r.cluster.in_(found), r.cluster.in_(named)))
        .order_by(func.coalesce(r.first_copy_at, "").desc(), r.cluster)
    )
    return list(connection.scalars(query.limit(min(limit, MOST))))
