"""Looking things up: read-only queries over the derived rows, answered as frozen values.

Every function takes a `Connection` and none writes. What can be long is an iterator over a server-side cursor,
so that no table is ever held in memory; one `reading` block sees one state of the database.
Order is by code point on every database, whatever its collation.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import case, func, or_, select

from crawler.records import Decision, Location, Match, Parent
from storage import tables as t
from storage.permissions import signals_of
from storage.rows import CopyRow, Holdings, ReleaseRow, RemovedRow, RunRow, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import Connection, Engine, Executable, Row, Select

    from crawler.reservations import Signal

Texts = Literal["whole", "excerpt"]

EXCERPT: Final = 400
"""Characters of a text where only the beginning of it is asked for."""

LINKING: Final = ("paraphrase", "citation", "sibling")
"""Relations that link a page to a release without making it a copy."""

_LEFT_OUT: Final = t.Removed.role != "title"
"""The title stands beside the text as a field of its own: it is not lost, so it is not counted as removed."""

_BATCH: Final = 500


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database until it is closed; it never waits for the writer."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(reads=True, **level) as connection:
        yield connection


def dirty(connection: Connection) -> dict[str, int]:
    """How many things are out of date, by stratum; empty when the derived rows are current."""
    query = (
        select(t.Dirty.stratum, func.count().label("things")).group_by(t.Dirty.stratum).order_by(t.Dirty.stratum)
    )
    return {row.stratum: row.things for row in connection.execute(query)}


def releases(
    connection: Connection,
    *,
    cluster: str | None = None,
    clusters: Collection[str] | None = None,
    texts: Texts = "whole",
) -> Iterator[ReleaseRow]:
    """The releases, or those of a cluster or some, by key, address and cluster; those without a key last."""
    r = t.Release
    # fmt: off
    query = select(
        r.cluster, r.key, r.url, r.wire_urls, r.title, _shown(r.text, texts).label("text"), r.language,
        r.published_at, r.copies, r.families, r.first_copy_at, r.supports, t.Cluster.canonical,
        t.Capture.url.label("shown"),
    ).order_by(r.key.is_(None), _plain(connection, r.key), _plain(connection, func.coalesce(r.url, "")), r.cluster)
    # fmt: on
    query = query.outerjoin(t.Cluster, t.Cluster.id == r.cluster)
    query = query.outerjoin(t.Capture, t.Capture.id == t.Cluster.canonical)
    if cluster is not None:
        query = query.where(r.cluster == cluster)
    if clusters is not None:
        query = query.where(r.cluster.in_(clusters))
    for batch in _stream(connection, query, partitions=True):
        signals = signals_of(connection, [(row.shown, row.canonical) for row in batch if row.shown])
        for row in batch:
            values = row._asdict()
            lists = {
                "wire_urls": tuple(values["wire_urls"] or ()),
                "supports": tuple((having, of) for having, of in values["supports"] or ()),
                "signals": signals.get(values.pop("canonical"), ()),
            }
            del values["shown"]
            yield ReleaseRow(**(values | lists))


def copies(
    connection: Connection,
    *,
    url: str | None = None,
    urls: Collection[str] | None = None,
    cluster: str | None = None,
    relations: Sequence[str] = (),
    texts: Texts = "whole",
    blocks: bool = False,
) -> Iterator[CopyRow]:
    """The copies by address: all, that of an address or some, those of a cluster, those of some relations."""
    query = _copy_query(texts, blocks=blocks).order_by(_plain(connection, t.Copy.url))
    if url is not None:
        query = query.where(t.Copy.url == url)
    if urls is not None:
        query = query.where(t.Copy.url.in_(urls))
    if cluster is not None:
        query = query.where(t.Copy.cluster == cluster)
    if relations:
        query = query.where(t.Match.relation.in_(relations))
    for batch in _stream(connection, query, partitions=True):
        counts = _removed_counts(connection, [row.capture for row in batch])
        signals = signals_of(connection, [(row.url, row.capture) for row in batch])
        for row in batch:
            yield _copy(row, counts.get(row.capture, {}), signals[row.capture])


def linking(connection: Connection, release: ReleaseRow, *, texts: Texts = "excerpt") -> Iterator[CopyRow]:
    """Pages of other clusters that only link to a release: they cite, retell or resemble it; by address."""
    same = [
        column == value for column, value in ((t.Match.release, release.url), (t.Match.key, release.key)) if value
    ]
    if not same:
        return
    urls = sorted(connection.scalars(select(t.Match.url).where(t.Match.relation.in_(LINKING), or_(*same))))
    for at in range(0, len(urls), _BATCH):
        for row in copies(connection, urls=urls[at : at + _BATCH], texts=texts):
            if row.cluster != release.cluster:
                yield row


def removed(
    connection: Connection, *, roles: Sequence[str] = (), urls: Collection[str] | None = None
) -> Iterator[RemovedRow]:
    """The ledgers of copies' newest captures, by address and place in the page; of some roles, some addresses."""
    query = (
        select(
            t.Copy.url, t.Copy.capture, t.Copy.site, t.Copy.family, t.Copy.cluster,
            t.Removed.block, t.Removed.role, t.Removed.rule, t.Removed.path, t.Removed.text,
            t.Capture.fetched_at.label("captured_at"), t.Page.rules,
        )
        .join(t.Removed, t.Removed.capture == t.Copy.capture)
        .join(t.Page, t.Page.capture == t.Copy.capture)
        .join(t.Capture, t.Capture.id == t.Copy.capture)
        .where(_LEFT_OUT)
        .order_by(_plain(connection, t.Copy.url), t.Removed.block)
    )  # fmt: skip
    if roles:
        query = query.where(t.Removed.role.in_(roles))
    if urls is not None:
        query = query.where(t.Copy.url.in_(urls))
    for row in _stream(connection, query):
        yield RemovedRow(**row._asdict())


def cuts(
    connection: Connection, cluster: str, length: int, unquoted: Sequence[str] = ()
) -> Iterator[tuple[str, str, str, int, int]]:
    """What was removed from the pages of a cluster: (role, rule, beginning of the text, times, families).

    Of what is from the captures `unquoted` the text is left empty.
    """
    r, said = t.Removed, func.substr(t.Removed.text, 1, length)
    shown = case((r.capture.in_(unquoted), ""), else_=said) if unquoted else said
    cut = (
        select(r.role, r.rule, shown.label("said"), t.Copy.family)
        .join(t.Copy, t.Copy.capture == r.capture)
        .where(t.Copy.cluster == cluster, _LEFT_OUT)
        .subquery()
    )
    query = select(cut.c.role, cut.c.rule, cut.c.said, func.count(), func.count(cut.c.family.distinct())).group_by(
        cut.c.role, cut.c.rule, cut.c.said
    )
    for row in connection.execute(query):
        yield row[0], row[1], row[2], row[3], row[4]


def find_cluster(connection: Connection, named: str) -> str | None:
    """The cluster that a person means: its id, an id it once had, a key, a release's or a copy's address."""
    scheme, _, value = named.partition(":")
    newest = select(t.Copy.cluster).join(t.PageKey, t.PageKey.capture == t.Copy.capture)
    attempts: tuple[Select[str], ...] = (
        select(t.Cluster.id).where(t.Cluster.id == named),
        # What an old id stood for is where its founding capture's text stands now.
        select(t.Cluster.id)
        .join(t.DistinctText, t.DistinctText.pivot == t.Cluster.pivot)
        .join(t.Page, t.Page.text_id == t.DistinctText.id)
        .join(t.Alias, t.Alias.founder == t.Page.capture)
        .where(t.Alias.old == named),
        select(t.Release.cluster).where(t.Release.key == named).order_by(t.Release.cluster),
        select(t.Release.cluster).where(t.Release.url == named).order_by(t.Release.cluster),
        select(t.Copy.cluster).where(t.Copy.url == named),
        newest.where(t.PageKey.scheme == scheme, t.PageKey.value == value).order_by(
            t.PageKey.rung, t.Copy.cluster
        ),
        newest.where(t.PageKey.url == named).order_by(t.PageKey.rung, t.Copy.cluster),
    )
    for attempt in attempts if ":" in named else attempts[:2]:  # a key or an address has one, an id has none
        found = connection.execute(attempt.limit(1)).first()
        if found is not None:
            return found[0]
    return None


def runs(connection: Connection, limit: int) -> Iterator[RunRow]:
    """The newest runs, newest first."""
    r = t.Run
    query = (
        select(r.id, r.verb, r.started_at, r.ended_at, r.outcome).order_by(r.started_at.desc(), r.id).limit(limit)
    )
    for row in connection.execute(query):
        yield RunRow(**row._asdict())


def rejections(connection: Connection) -> tuple[Tally, ...]:
    """Captures that are no page of text, counted by stage and reason, most first; the example is a URL."""
    r = t.Rejected
    query = (
        select(r.stage, r.reason, func.count(), func.min(_plain(connection, t.Capture.url)))
        .join(t.Capture, t.Capture.id == r.capture)
        .group_by(r.stage, r.reason)
        .order_by(func.count().desc(), r.stage, r.reason)
    )
    return tuple(Tally(*row) for row in connection.execute(query))


def refusals(connection: Connection) -> tuple[Tally, ...]:
    """Input that never became a capture, counted by reason, most first; the example is a source."""
    r = t.Refused
    query = (
        select(r.reason, func.count(), func.min(_plain(connection, r.source)))
        .group_by(r.reason)
        .order_by(func.count().desc(), r.reason)
    )
    return tuple(Tally("intake", reason, count, example) for reason, count, example in connection.execute(query))


def unattached(connection: Connection) -> tuple[int, int]:
    """How many pages belong to no release, and of how many families."""
    query = (
        select(func.count(), func.count(t.Copy.family.distinct()))
        .outerjoin(t.Match, t.Match.url == t.Copy.url)
        .outerjoin(t.Release, t.Release.cluster == t.Copy.cluster)
        .where(or_(t.Match.relation.is_(None), t.Match.relation == "unrelated", t.Release.cluster.is_(None)))
        .where(or_(t.Match.relation.is_(None), t.Match.relation.not_in(LINKING)))
    )
    found = connection.execute(query.select_from(t.Copy)).one()
    return found[0], found[1]


def holdings(connection: Connection) -> Holdings:
    """What the store holds in all."""
    c = t.Capture
    query = select(func.count(), func.count(c.url.distinct()), func.min(c.fetched_at), func.max(c.fetched_at))
    return Holdings(*connection.execute(query).one())


def _copy_query(texts: Texts, *, blocks: bool) -> Select[Any]:
    columns: list[Any] = [
        t.Copy.url, t.Copy.capture, t.Copy.cluster, t.Copy.site, t.Copy.family, t.Page.title,
        _shown(func.coalesce(t.Recalled.text, t.Page.text), texts).label("text"),
        t.Page.language, t.Page.published_at, t.Copy.first_seen,
        t.Copy.last_seen, t.Copy.missing_since, t.Copy.versions,
        t.Capture.fetched_at.label("captured_at"), t.Capture.payload_sha256,
        t.Page.rules, t.Match.release, t.Match.key, t.Match.relation, t.Match.cover_copy, t.Match.cover_release,
        t.Match.rung, t.Match.why, t.Match.evidence, t.Match.contradictions, t.Match.against, t.Match.differences,
        t.Match.parent,
        t.Location.file, t.Location.offset.label("place_offset"), t.Location.length.label("place_length"),
    ]  # fmt: skip
    return (
        select(*columns, *([t.Page.blocks, t.Recalled.changes] if blocks else []))
        .select_from(t.Copy)
        .join(t.Page, t.Page.capture == t.Copy.capture)
        .outerjoin(t.Recalled, t.Recalled.capture == t.Copy.capture)
        .join(t.Capture, t.Capture.id == t.Copy.capture)
        .outerjoin(t.Match, t.Match.url == t.Copy.url)
        .outerjoin(t.Location, t.Location.capture == t.Copy.capture)
    )


_MATCH: Final = (
    "relation", "cover_copy", "cover_release", "rung", "why", "evidence", "contradictions", "against",
    "differences", "parent",
)  # fmt: skip
_PLACE: Final = ("file", "place_offset", "place_length")


def _copy(row: Row[*tuple[Any, ...]], counts: dict[str, int], signals: tuple[Signal, ...]) -> CopyRow:
    values = row._asdict()
    found = {name: values.pop(name) for name in _MATCH}
    place = [values.pop(name) for name in _PLACE]
    changes = values.pop("changes", None) or ()
    return CopyRow(
        **values,
        changes=tuple(Decision(*change) for change in changes),
        match=_match(found) if found["relation"] is not None else None,
        place=Location(*place) if place[0] is not None else None,
        removed=counts,
        signals=signals,
    )


def _match(found: dict[str, Any]) -> Match:
    lists = {name: tuple(found[name] or ()) for name in ("evidence", "contradictions")}
    parent = Parent(**found["parent"]) if found["parent"] else None
    return Match(
        **(found | lists | {"differences": tuple((found["differences"] or {}).items()), "parent": parent})
    )


def _removed_counts(connection: Connection, captures: Sequence[str]) -> dict[str, dict[str, int]]:
    r = t.Removed
    query = (
        select(r.capture, r.role, func.count())
        .where(r.capture.in_(captures), _LEFT_OUT)
        .group_by(r.capture, r.role)
        .order_by(r.capture, r.role)
    )
    counts: dict[str, dict[str, int]] = {}
    for capture, role, count in connection.execute(query):
        counts.setdefault(capture, {})[role] = count
    return counts


def _shown(column: Any, texts: Texts) -> Any:
    return column if texts == "whole" else func.substr(column, 1, EXCERPT)


def _plain(connection: Connection, column: Any) -> Any:
    """The column in code point order: SQLite's own; PostgreSQL orders by language unless told."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def _stream(connection: Connection, query: Executable, *, partitions: bool = False) -> Iterator[Any]:
    result = connection.execute(query, execution_options={"yield_per": _BATCH})
    try:
        yield from result.partitions() if partitions else result
    finally:
        if not connection.closed:  # a reader that stopped half way, as `head` does, has closed it already
            result.close()
