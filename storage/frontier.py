"""The frontier: which addresses are to be fetched, and how each stands. Plain functions on a connection.

    queued -> leased -> archived (with the response) -> done (with the leads that it gave)
                     -> done (an item: its text is read from the archive afterwards)
                     -> queued again, not before a time (a failure that may pass)
                     -> failed | blocked, with the reason

What became of a lease whose run died says `storage.leases`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, bindparam, func, literal_column, or_, select, update

from storage import tables as t
from storage.engine import insert_missing, replace
from storage.ready import earliest, heads
from storage.seen import TELLING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import BindParameter, Connection, Select

    from crawler.records import Lead

    _Query = Select[str, str, str, str, str, int, int, str | None, int]

_CHUNK: Final = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """A lead with what the frontier needs of its address. `fault` is why it must not be fetched, if so."""

    key: str
    host: str
    lead: Lead
    depth: int = 0
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One address of the frontier."""

    key: str
    url: str
    host: str
    site: str
    kind: str
    depth: int
    attempts: int
    capture: str | None = None
    suspect: bool = False
    """Whether a run died while it was under way, and nothing has come of it since."""


def offer(connection: Connection, entries: Sequence[Entry], now: str, *, again: bool = False) -> int:
    """Put addresses on the frontier and note who named them; answers how many were not on it before.

    With `again` those that are done, failed or blocked are queued once more.
    """
    fresh = 0
    unique = {entry.key: entry for entry in reversed(entries)}
    chosen = list(unique.values())[::-1]
    for first in range(0, len(chosen), _CHUNK):
        part = chosen[first : first + _CHUNK]
        keys = [entry.key for entry in part]
        known = set(connection.execute(select(t.Frontier.url_key).where(t.Frontier.url_key.in_(keys))).scalars())
        new = [entry for entry in part if entry.key not in known]
        insert_missing(connection, t.Frontier, [_new_row(entry) for entry in new])
        fresh += len(new)
        sound = [entry.key for entry in part if entry.fault is None and entry.key in known]
        if again and sound:
            _queue_again(connection, sound)
    insert_missing(connection, t.Lead, [_lead_row(entry, now) for entry in entries])
    return fresh


def queue_due(connection: Connection, sites: Collection[str], now: str) -> int:
    """Queue what is settled and whose time to be looked at again has come; of pages, those that carry a release.

    Any other story is fetched once: that it stands unchanged tells nothing of a release.
    """
    f = t.Frontier
    carries = (
        select(t.Release.cluster)
        .join(t.Copy, t.Copy.cluster == t.Release.cluster)
        .join(t.Capture, t.Capture.url == t.Copy.url)
        .where(t.Capture.id == f.capture)
        .exists()
    )
    due = (
        update(f)
        .where(
            f.state.in_(["done", "failed", "blocked"]),
            f.not_before <= now,
            f.site.in_(list(sites)),
            or_(f.kind != "item", f.state != "done", carries),
        )
        .values(state="queued", attempts=0, not_before=None)
    )
    return int(connection.execute(due).rowcount)


def lease(
    connection: Connection,
    owner: str,
    now: str,
    limit: int,
    *,
    hosts_busy: Collection[str],
    sites: Collection[str],
    items_first: Collection[str] = (),
) -> tuple[Row, ...]:
    """Take up to `limit` addresses of those sites, at most one for each host that is ready and not busy.

    Lists come before items, but on the sites of `items_first`; shallow ones before deep ones. Suspects are not
    among them.
    """
    told = {"sites": list(sites), "busy": list(hosts_busy), "now": now}
    if items_first:
        told["mixed"] = list(items_first)
    answer = connection.execute(_leasable(items_first=bool(items_first)), told)
    found = (row for part in answer.partitions(max(1, limit)) for row in map(_as_row, part))
    rows = tuple(islice(_one_a_host(found), limit))
    _mark_leased(connection, rows, owner)
    return rows


def lease_suspect(
    connection: Connection, owner: str, now: str, sites: Collection[str], *, died: bool
) -> tuple[Row, ...]:
    """Take the address of those sites that is ready and broke the fewest leases, if one did.

    With `died` one that was alone under way when a run died, else one that never was.
    """
    told = {"sites": list(sites), "now": now}
    rows = tuple(map(_as_row, connection.execute(_suspects(died=died), told)))
    _mark_leased(connection, rows, owner)
    return rows


def _mark_leased(connection: Connection, rows: Sequence[Row], owner: str) -> None:
    if rows:
        connection.execute(_LEASE, [{"row": row.key, "owner": owner} for row in rows])


def settle(
    connection: Connection,
    key: str,
    state: str,
    reason: str | None,
    *,
    capture: str | None = None,
    not_before: str | None = None,
    failed: bool = False,
) -> None:
    """Say what came of an address, which clears it of every suspicion. `failed` counts the attempt as one that
    did not succeed.
    """
    forgets = not failed and state != "archived"  # an answer that may yet turn out to be a refusal
    told = {"row": key, "to": state, "why": reason, "until": not_before, "with": capture}
    connection.execute(_SETTLE, {**told, "kept": int(not forgets), "more": int(failed)})


def hold_host(connection: Connection, host: str, until: str, reason: str) -> None:
    """Leave a host alone until then; an earlier wish that goes further stays."""
    known = connection.execute(select(t.Host.not_before).where(t.Host.name == host)).scalar()
    if known is None or known < until:
        replace(connection, t.Host, [{"name": host, "not_before": until, "reason": reason}])


def next_ready(connection: Connection, sites: Collection[str]) -> str | None:
    """When the next queued address of those sites may be fetched (empty: now), or None where there is none."""
    found: str | None = connection.execute(earliest(), {"sites": list(sites)}).scalar()
    return found


def archived(connection: Connection, sites: Collection[str]) -> tuple[Row, ...]:
    """The addresses whose response is stored and whose leads are not."""
    query = _rows().where(t.Frontier.state == "archived", t.Frontier.site.in_(list(sites)))
    return _as_rows(connection, query.order_by(t.Frontier.url_key))


def named_hosts(connection: Connection) -> frozenset[str]:
    """The hosts of queued addresses that belong to no site: somebody named them one by one."""
    query = select(t.Frontier.host).where(t.Frontier.site == "", t.Frontier.state.in_(["queued", "leased"]))
    return frozenset(connection.execute(query.distinct()).scalars())


def count_states(connection: Connection, sites: Collection[str] | None = None) -> dict[str, int]:
    """How many addresses stand in each state."""
    query = select(t.Frontier.state, func.count()).group_by(t.Frontier.state)
    if sites is not None:
        query = query.where(t.Frontier.site.in_(list(sites)))
    return {row.state: row[1] for row in connection.execute(query)}


def count_waiting(connection: Connection, sites: Collection[str] | None, now: str) -> int:
    """How many queued addresses wait because something went wrong, not because a run takes only so many."""
    f = t.Frontier
    mine = select(func.count()).select_from(f)
    if sites is not None:
        mine = mine.where(f.site.in_(list(sites)))
    failing = mine.where(f.state == literal_column("'queued'"), f.reason.is_not(None))  # as the index has it
    count = connection.execute(failing).scalar_one()
    held = connection.execute(select(t.Host.name).where(t.Host.not_before > now)).scalars().all()
    for first in range(0, len(held), _CHUNK):
        on_held = mine.where(f.host.in_(held[first : first + _CHUNK]), f.reason.is_(None))
        in_doubt = f.state.concat("") == "queued"  # or SQLite would go through all that is queued, not these hosts
        count += connection.execute(on_held.where(in_doubt)).scalar_one()
    return count


def place_of(connection: Connection, capture: str) -> tuple[str, int, int] | None:
    """Where a capture's record lies: file, offset and length."""
    row = connection.execute(_PLACE, {"capture": capture}).first()
    return (row.file, row.offset, row.length) if row else None


def payload_before(connection: Connection, url: str, capture: str) -> str | None:
    """The payload's digest of the latest other capture of the address that tells what it shows, or None."""
    found: str | None = connection.execute(_BEFORE, {"address": url, "but": capture}).scalar()
    return found


def _one_a_host(rows: Iterable[Row]) -> Iterator[Row]:
    """The first of each host: one that belongs to two sites has two."""
    seen: set[str] = set()
    for row in rows:
        if row.host not in seen:
            seen.add(row.host)
            yield row


def _as_rows(connection: Connection, query: _Query) -> tuple[Row, ...]:
    return tuple(map(_as_row, connection.execute(query)))


def _as_row(row: Any) -> Row:
    return Row(
        row.url_key, row.url, row.host, row.site, row.kind, row.depth, row.attempts, row.capture, row.breaks > 0
    )


def _rows() -> _Query:
    f = t.Frontier
    return select(f.url_key, f.url, f.host, f.site, f.kind, f.depth, f.attempts, f.capture, f.breaks)


# ---------------------------------------------------------------- what every page asks, put together once


@cache
def _leasable(*, items_first: bool) -> _Query:
    f = t.Frontier
    chosen = select(heads(items_first=items_first).subquery())
    return _rows().where(f.url_key.in_(chosen)).order_by(f.lane, f.depth, f.url_key)


@cache
def _suspects(*, died: bool) -> _Query:
    f = t.Frontier
    now: BindParameter[str] = bindparam("now")
    query = (
        _rows()
        .outerjoin(t.Host, t.Host.name == f.host)
        .where(
            f.state == "queued",
            f.breaks > literal_column("0"),  # as the index has it
            f.alone > 0 if died else f.alone == 0,
            f.site.in_(bindparam("sites", expanding=True)),
            or_(f.not_before.is_(None), f.not_before <= now),
            or_(t.Host.not_before.is_(None), t.Host.not_before <= now),
        )
    )
    return query.order_by(f.breaks, f.depth, f.url_key).limit(1)


_ONE: Final = update(t.Frontier).where(t.Frontier.url_key == bindparam("row"))
_LEASE: Final = _ONE.values(state="leased", leased_by=bindparam("owner"))
_SETTLE: Final = _ONE.values(
    state=bindparam("to"),
    reason=bindparam("why"),
    not_before=bindparam("until"),
    leased_by=None,
    breaks=0,
    alone=0,
    capture=func.coalesce(bindparam("with", type_=String), t.Frontier.capture),
    attempts=t.Frontier.attempts * bindparam("kept") + bindparam("more"),
)
_PLACE: Final = select(t.Location.file, t.Location.offset, t.Location.length).where(
    t.Location.capture == bindparam("capture")
)
_BEFORE: Final = (
    select(t.Capture.payload_sha256)
    .where(t.Capture.url == bindparam("address"), t.Capture.id != bindparam("but"), t.Capture.status.in_(TELLING))
    .order_by(t.Capture.fetched_at.desc())
    .limit(1)
)


def _queue_again(connection: Connection, keys: Sequence[str]) -> None:
    again = update(t.Frontier).where(
        t.Frontier.url_key.in_(keys), t.Frontier.state.in_(["done", "failed", "blocked"])
    )
    connection.execute(again.values(state="queued", attempts=0, not_before=None, reason=None))


def _new_row(entry: Entry) -> dict[str, object]:
    return {
        "url_key": entry.key,
        "url": entry.lead.url,
        "host": entry.host,
        "site": entry.lead.site,
        "kind": entry.lead.kind,
        "lane": int(entry.lead.kind == "item"),
        "state": "queued" if entry.fault is None else "blocked",
        "depth": entry.depth,
        "attempts": 0,
        "breaks": 0,
        "alone": 0,
        "reason": None if entry.fault is None else f"blocked:{entry.fault}",
    }


def _lead_row(entry: Entry, now: str) -> dict[str, object]:
    lead = entry.lead
    return {
        "url_key": entry.key,
        "source": lead.source,
        "why": lead.why,
        "release_hint": lead.release_hint,
        "seen_at": now,
    }
