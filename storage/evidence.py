"""Everything that is known of one address: what was fetched, where it lies, what it said, what came of it.

Read-only, like `storage.lookups`; what `explain` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from crawler.records import Claim, Found, Location
from storage import tables as t
from storage.lookups import copies, releases
from storage.memory import count_carriers, count_releases, owners, unpack_sightings
from storage.rows import Evidence, Observation, Pending, Recollection, VersionRow
from storage.translations import others

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from crawler.records import Owner
    from storage.rows import CopyRow


def evidence(connection: Connection, spellings: Sequence[str]) -> Evidence | None:
    """What is known of the first of these spellings of an address that was ever captured, or None."""
    for url in spellings:
        observations = _observations(connection, url)
        if observations:
            return _evidence(connection, url, observations)
    return None


def find_capture(connection: Connection, begins: str) -> tuple[str, Observation] | None:
    """The capture whose id begins so, with its address; None where there is none, or several."""
    c = t.Capture
    query = select(c.id, c.url).where(c.id >= begins, c.id < f"{begins}g").limit(2)
    found = connection.execute(query).all()
    if len(found) != 1:
        return None
    capture, url = found[0]
    return url, next(seen for seen in _observations(connection, url) if seen.capture == capture)


def pending(connection: Connection, spellings: Sequence[str], url_keys: Sequence[str]) -> Pending | None:
    """What is known of an address that has no capture, or None where it was never heard of."""
    f = t.Frontier
    waits = connection.execute(
        select(f.state, f.reason).where(f.url_key.in_(url_keys)).order_by(f.url_key)
    ).first()
    leads = connection.execute(
        select(t.Lead.source, t.Lead.why)
        .where(t.Lead.url_key.in_(url_keys))
        .order_by(t.Lead.seen_at, t.Lead.source)
    )
    refusals = connection.execute(
        select(t.Refused.reason, t.Refused.detail)
        .where(t.Refused.source.in_(spellings))
        .order_by(t.Refused.seen_at, t.Refused.reason)
    )
    known = Pending(
        state=waits.state if waits else None,
        reason=waits.reason if waits else None,
        leads=tuple((source, why) for source, why in leads),
        refusals=tuple((reason, detail) for reason, detail in refusals),
    )
    return known if waits or known.leads or known.refusals else None


def states(connection: Connection, url: str) -> tuple[tuple[str | None, str, str, str], ...]:
    """The states of a page, oldest first: since when it was seen so, its title, its clean text, its language."""
    v, p, r = t.Version, t.Page, t.Recalled
    rows = connection.execute(
        select(v.first_seen, p.title, func.coalesce(r.text, p.text), p.language)
        .join(p, p.capture == v.first_capture)
        .outerjoin(r, r.capture == v.first_capture)
        .where(v.url == url)
        .order_by(v.first_seen, v.first_capture)
    )
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def _evidence(connection: Connection, url: str, observations: tuple[Observation, ...]) -> Evidence:
    copy = next(copies(connection, url=url, blocks=True), None)
    capture = copy.capture if copy else ""
    k, c, v = t.PageKey, t.Claim, t.Version
    keys = connection.execute(
        select(k.scheme, k.value, k.rung, k.place, k.url, k.block, k.quoted)
        .where(k.capture == capture)
        .order_by(k.n)
    )
    claims = connection.execute(select(c.kind, c.value).where(c.capture == capture).order_by(c.n))
    versions = connection.execute(
        select(v.first_capture, v.last_capture, v.first_seen, v.last_seen, v.text_sha256)
        .where(v.url == url)
        .order_by(v.first_seen, v.first_capture)
    )
    return Evidence(
        url=url,
        observations=observations,
        copy=copy,
        release=next(releases(connection, cluster=copy.cluster, texts="excerpt"), None) if copy else None,
        dateline=connection.execute(select(t.Page.dateline).where(t.Page.capture == capture)).scalar(),
        keys=tuple(_found(row) for row in keys),
        claims=tuple(Claim(*row) for row in claims),
        versions=tuple(VersionRow(*row) for row in versions),
        recollections=_recollect(connection, copy) if copy and copy.changes else {},
        owners=_owners(connection, copy) if copy else (),
        translations=others(connection, copy.cluster) if copy else (),
    )


def _recollect(connection: Connection, copy: CopyRow) -> dict[int, Recollection]:
    """What is known now of the blocks that memory decided on."""
    decided = {change.block for change in copy.changes}
    packed = connection.execute(select(t.Page.sightings).where(t.Page.capture == copy.capture)).scalar_one()
    hashes = {s.block: s.hash for s in unpack_sightings(packed) if s.block in decided}
    wanted = sorted(set(hashes.values()))
    releases = count_releases(connection, copy.family, wanted)
    carriers = count_carriers(connection, copy.cluster, copy.family, wanted)
    return {n: Recollection(releases.get(h, 0), carriers.get(h, 0)) for n, h in hashes.items()}


def _owners(connection: Connection, copy: CopyRow) -> tuple[Owner, ...]:
    """The texts whose beginning the page's text shares, where some of its blocks are another's."""
    if all(change.rule != "memory:owned" for change in copy.changes):
        return ()
    p, x = t.Page, t.DistinctText
    query = select(x.id, x.pivot).join(p, p.text_id == x.id).where(p.capture == copy.capture)
    text, pivot = connection.execute(query).one()
    return owners(connection, [pivot]).get(text, ()) if pivot is not None else ()


def _observations(connection: Connection, url: str) -> tuple[Observation, ...]:
    c, p, r = t.Capture, t.Location, t.Rejected
    query = (
        select(
            c.id, c.fetched_at, c.status, c.mime, c.payload_sha256, c.length, c.origin, c.flags,
            p.file, p.offset, p.length, r.stage, r.reason, r.detail,
        )
        .where(c.url == url)
        .outerjoin(p, p.capture == c.id)
        .outerjoin(r, r.capture == c.id)
        .order_by(c.fetched_at, c.id)
    )  # fmt: skip
    return tuple(_observation(row) for row in connection.execute(query))


def _observation(row: Row[*tuple[Any, ...]]) -> Observation:
    place = Location(*row[8:11]) if row[8] is not None else None
    cells: tuple[Any, ...] = (*row[:8], place, *row[11:])
    return Observation(*cells)


def _found(row: Row[*tuple[Any, ...]]) -> Found:
    return Found(*row)
