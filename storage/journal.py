"""What became of clusters: merged, split, renamed, gone. Append-only; within the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import func, select

from crawler.rulings import cluster_id
from storage import tables as t
from storage.batches import insert_rows, rows_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.records import Summary

What = Literal["merge", "split", "renamed", "gone"]

_ALONE: Final = "stands for itself"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: `cluster` is the id that counts afterwards, `other` the one that went or, in a split, came."""

    seq: int
    at: str
    what: What
    cluster: str
    other: str | None
    why: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a capture stands now: its text's pivot, the id of the cluster under it, and why it is there."""

    pivot: int
    cluster: str
    why: str


def changes(connection: Connection, cluster: str) -> tuple[ChangeRow, ...]:
    """What became of a cluster, oldest first."""
    c = t.Change
    wanted = select(c.seq, c.at, c.what, c.cluster, c.other, c.why).where(
        (c.cluster == cluster) | (c.other == cluster)
    )
    return tuple(ChangeRow(**row) for row in connection.execute(wanted.order_by(c.seq)).mappings())


def note_changes(connection: Connection, lost: Sequence[Any], summaries: Mapping[int, Summary], now: str) -> None:
    """Note what becomes of clusters, before their rows are replaced.

    `lost` are the rows (id, founder) of clusters that are not under their pivot any more, `summaries` those that
    are to be written, by pivot.
    """
    rows = [*_left(connection, lost), *_split(connection, summaries)]
    insert_rows(connection, t.Change, [
        {"at": now, "what": what, "cluster": cluster, "other": other, "why": why}
        for what, cluster, other, why in rows
    ])  # fmt: skip


def _left(connection: Connection, lost: Sequence[Any]) -> Iterator[tuple[What, str, str | None, str]]:
    """What became of each cluster that is no more: where its founder stands tells."""
    for row in lost:
        place = _place(connection, row.founder)
        if place is None:
            yield "gone", row.id, None, "its first page is gone"
        elif place.cluster != row.id:
            merged = _is_known(connection, place.cluster)
            why = place.why if merged else "a page was captured before its first one"
            yield "merge" if merged else "renamed", place.cluster, row.id, why


def _split(
    connection: Connection, summaries: Mapping[int, Summary]
) -> Iterator[tuple[What, str, str | None, str]]:
    """The clusters that are new and have pages of another one, which its founder did not leave."""
    of = {url: pivot for pivot, summary in summaries.items() for url, *_ in summary.matches}
    before: dict[int, dict[str, int]] = {pivot: {} for pivot in summaries}
    for url, cluster in _clusters_at(connection, list(of)):
        before[of[url]][cluster] = before[of[url]].get(cluster, 0) + 1
    for pivot, clusters in before.items():
        mine = summaries[pivot].id
        if not clusters.keys() - {mine} or mine in clusters or _is_known(connection, mine):
            continue
        for cluster, pages in sorted(clusters.items()):
            founder = _founder(connection, cluster)
            place = _place(connection, founder) if founder else None
            if place is not None and place.pivot != pivot:
                said = f"{pages} {'page' if pages == 1 else 'pages'} of it stand for themselves"
                yield "split", place.cluster, mine, said


def _is_known(connection: Connection, cluster: str) -> bool:
    """Whether a cluster had that id until now; its row may be gone, to come again under another pivot."""
    copies = select(t.Copy.url).where(t.Copy.cluster == cluster).limit(1)
    row = select(t.Cluster.id).where(t.Cluster.id == cluster)
    return connection.scalar(row) is not None or connection.scalar(copies) is not None


def _clusters_at(connection: Connection, urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The clusters that the copies at these addresses were in."""
    wanted = select(t.Copy.url, t.Copy.cluster)
    yield from ((row.url, row.cluster) for row in rows_in(connection, wanted, t.Copy.url, urls))


def _founder(connection: Connection, cluster: str) -> str | None:
    found = connection.scalar(select(t.Cluster.founder).where(t.Cluster.id == cluster))
    return found or connection.scalar(select(t.Alias.founder).where(t.Alias.old == cluster))


def _place(connection: Connection, capture: str) -> _Place | None:
    """Where the capture stands; None where it is no page any more."""
    p, x, c = t.Page, t.DistinctText, t.Capture
    stands = select(x.pivot, x.why).join(p, p.text_id == x.id)
    here = connection.execute(stands.where(p.capture == capture, x.pivot.is_not(None))).first()
    if here is None:
        return None
    taken = func.coalesce(c.fetched_at, "")
    pages = select(taken, p.url, p.capture).join(x, x.id == p.text_id).join(c, c.id == p.capture)
    under = pages.where(x.pivot == here.pivot)
    first = connection.scalar(
        select(func.min(taken)).join(p, p.capture == c.id).join(x, x.id == p.text_id).where(x.pivot == here.pivot)
    )
    founder = min(tuple(row) for row in connection.execute(under.where(taken == first)))[2]
    why = here.why
    if why == _ALONE:  # then the others came to it
        why = connection.scalar(stands.with_only_columns(x.why).where(p.capture == founder)) or why
    return _Place(here.pivot, cluster_id(founder), why)
