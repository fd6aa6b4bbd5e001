"""What a person should hear of, as it follows from the store; and the outbox that it waits in.

Everything is derived again after each run, and has an id of its own: what was noted before is not noted twice,
and what a crash left out is noted by the next run. Nothing from before alerts were switched on is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import func, or_, select, update

from crawler.records import ATTACHING
from storage import tables as t
from storage.batches import PER_STATEMENT
from storage.engine import insert_missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

Kind = Literal["copy", "altered", "gone", "widget", "yield"]
Channel = Literal["mail", "webhook"]

CARRIED: Final = tuple(sorted(ATTACHING - {"origin", "wire"}))
MOST: Final = 1000
"""Alerts of one kind that one run may give."""

RUNS: Final = 3
"""Runs in a row whose lists must have named something before it is news that they name nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell: `which` makes it another one than the same kind's about the same subject."""

    kind: Kind
    subject: str
    says: str
    release: str | None = None
    which: str = ""

    @property
    def id(self) -> str:
        """The same for the same thing, whenever it is found."""
        told = "\n".join((self.kind, self.subject, self.release or "", self.which))
        return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert of the outbox."""

    id: str
    kind: str
    subject: str
    release: str | None
    says: str
    made_at: str
    mailed_at: str | None
    posted_at: str | None
    fault: str | None


def begin(connection: Connection, now: str) -> str:
    """Since when alerts are kept: now, where they were not before."""
    empty = dict.fromkeys(("release", "mailed_at", "posted_at", "fault"))
    row = {"id": "begin", "kind": "begin", "subject": "", "says": "", "made_at": now, **empty}
    insert_missing(connection, t.Alert, [row])
    return str(connection.scalar(select(t.Alert.made_at).where(t.Alert.id == "begin")))


def note(connection: Connection, events: Iterable[Event], now: str) -> None:
    """Put into the outbox what is not there yet."""
    rows = [
        {"id": e.id, "kind": e.kind, "subject": e.subject, "release": e.release, "says": e.says, "made_at": now}
        for e in events
    ]
    for at in range(0, len(rows), PER_STATEMENT):
        insert_missing(connection, t.Alert, rows[at : at + PER_STATEMENT])


def waiting(connection: Connection, channel: Channel, limit: int) -> tuple[AlertRow, ...]:
    """What was not yet sent that way, the oldest first."""
    query = _rows().where(_sent(channel).is_(None)).order_by(t.Alert.made_at, t.Alert.id).limit(limit)
    return tuple(AlertRow(*row) for row in connection.execute(query))


def newest(connection: Connection, limit: int) -> tuple[AlertRow, ...]:
    """The newest alerts, newest first."""
    query = _rows().order_by(t.Alert.made_at.desc(), t.Alert.id).limit(limit)
    return tuple(AlertRow(*row) for row in connection.execute(query))


def settle(connection: Connection, channel: Channel, ids: Sequence[str], now: str, fault: str | None) -> None:
    """Note that they were sent, or why they were not."""
    values = {"fault": fault} if fault else {_sent(channel).key: now, "fault": None}
    connection.execute(update(t.Alert).where(t.Alert.id.in_(ids)).values(**values))


def copies_since(connection: Connection, since: str, clusters: Collection[str] | None) -> Iterator[Event]:
    """New copies, altered ones with their differences by class, and such as are gone; of these clusters or all."""
    c, m, r = t.Copy, t.Match, t.Release
    query = (
        select(c.url, c.first_seen, c.missing_since, m.relation, m.differences, r.key, r.url.label("of"), r.title)
        .join(m, m.url == c.url)
        .join(r, r.cluster == c.cluster)
        .where(m.relation.in_(CARRIED), or_(c.last_seen >= since, c.missing_since >= since))
        .order_by(c.last_seen.desc(), c.url)
        .limit(MOST)
    )
    if clusters is not None:
        query = query.where(r.cluster.in_(clusters))
    for row in connection.execute(query):
        release = row.key or row.of
        if (row.first_seen or "") >= since:
            yield Event("copy", row.url, f"{row.relation} copy of {row.title}", release)
        if row.differences:
            told = ", ".join(f"{count} {name}" for name, count in sorted(row.differences.items()))
            yield Event("altered", row.url, f"altered ({told}): {row.title}", release, told)
        if (row.missing_since or "") >= since:
            yield Event("gone", row.url, f"gone: {row.title}", release, row.missing_since)


def widgets_since(connection: Connection, since: str, never: Mapping[str, Sequence[str]]) -> Iterator[Event]:
    """Lines in clean texts of which their site's file says that they must `never` be there; by site."""
    for site, lines in sorted(never.items()):
        text = func.coalesce(t.Recalled.text, t.Page.text)
        query = (
            select(t.Copy.url, text)
            .join(t.Page, t.Page.capture == t.Copy.capture)
            .outerjoin(t.Recalled, t.Recalled.capture == t.Copy.capture)
            .where(t.Copy.site == site, t.Copy.last_seen >= since)
            .order_by(t.Copy.url)
            .limit(MOST)
        )
        for url, said in connection.execute(query):
            begins = [line.casefold() for line in said.split("\n")]
            for line in lines:
                if any(each.startswith(line.casefold()) for each in begins):
                    says = f"a widget of {site} is back in a clean text: {line}"
                    yield Event("widget", url, says, which=line)


def dry_sites(connection: Connection, least: Mapping[str, int]) -> Iterator[Event]:
    """Sites whose lists named nothing in the last run that read them, after `RUNS` in which they named something;
    and those that named fewer than their file says at `least`, for the first time.
    """
    query = select(t.Run.id, t.Run.outcome).where(t.Run.outcome.is_not(None)).order_by(t.Run.started_at.desc())
    past: dict[str, list[int]] = {}
    last: str | None = None
    for identity, outcome in connection.execute(query.limit(10 * (RUNS + 1))):
        sites = (outcome or {}).get("sites")
        if not isinstance(sites, dict):
            continue
        last = last or identity
        for name, counts in sites.items():
            if counts.get("lists") and (identity == last or name in past):
                past.setdefault(name, []).append(int(counts.get("listed", 0)))
    for name, (now, *before) in sorted(past.items()):
        if now == 0 and len(before) >= RUNS and all(before[:RUNS]):
            yield Event("yield", name, f"the lists of {name} name nothing any more", which=str(last))
        elif now < least.get(name, 0) and not (before and before[0] < least[name]):
            says = f"the lists of {name} name {now}; its file says at least {least[name]}"
            yield Event("yield", name, says, which=str(last))


def _rows() -> Any:
    a = t.Alert
    columns = (a.id, a.kind, a.subject, a.release, a.says, a.made_at, a.mailed_at, a.posted_at, a.fault)
    return select(*columns).where(a.kind != "begin")


def _sent(channel: Channel) -> Any:
    return t.Alert.mailed_at if channel == "mail" else t.Alert.posted_at
