"""A vendor's pickup list held against the store: what is confirmed, altered, gone, unknown, and what it lacks."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from crawler.errors import TearsheetError
from crawler.export.comparison import tell_counts
from crawler.records import ATTACHING
from crawler.urls import spellings, url_key
from storage import lookups
from storage.evidence import evidence, pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from crawler.report.pickup import Listed
    from storage.rows import CopyRow

State = Literal["confirmed", "altered", "dead", "other release", "no copy", "not had", "never seen", "missed"]

STATES: Final[dict[State, str]] = {
    "confirmed": "carries the release, word for word",
    "altered": "carries the release, changed or in part",
    "dead": "carried the release, and answers 404 or 410 since",
    "other release": "carries another release",
    "no copy": "was captured, and is no copy",
    "not had": "is known, and could not be fetched or read",
    "never seen": "was never captured: `tearsheet crawl --urls` fetches it",
    "missed": "is a copy that the list does not have",
}
"""What may come of an address, in words, in the order of the result."""

_WHOLE: Final = frozenset({"origin", "wire", "verbatim"})


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one address. `row` is its row in the list, None where it has none; `record` its capture."""

    state: State
    url: str
    row: int | None
    outlet: str
    relation: str | None
    release: str | None
    why: str
    first_seen: str | None
    last_seen: str | None
    record: str | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The whole result: the list in its order, then what it lacks by address; counts by state."""

    lines: tuple[Line, ...]
    counts: dict[str, int]
    families_listed: int
    families_missed: int


def reconcile(connection: Connection, listed: Sequence[Listed], key: str | None = None) -> Reconciled:
    """Hold a list against the store; against one release, or against those whose copies it names.

    Raises:
        TearsheetError: there is no release of that key.

    """
    wanted = {_cluster(connection, key)} if key else set()
    found = [(each, find_copy(connection, each.url)) for each in listed]
    if not key:
        wanted = {copy.cluster for _, copy in found if copy is not None and copy.relation in ATTACHING}
    lines = [_line(connection, each, copy, wanted) for each, copy in found]
    have = {copy.url for _, copy in found if copy is not None}
    families = {copy.family for _, copy in found if copy is not None and copy.cluster in wanted}
    missed = [copy for copy in _carried(connection, wanted) if copy.url not in have]
    lines += [_told("missed", copy, None, _missed(copy, families)) for copy in missed]
    counted = Counter(line.state for line in lines)
    return Reconciled(
        lines=tuple(lines),
        counts={state: counted[state] for state in STATES if counted[state]},
        families_listed=len(families),
        families_missed=len({copy.family for copy in missed} - families),
    )


def reconciled_object(found: Reconciled) -> dict[str, Any]:
    """The result for programs."""
    return asdict(found)


def _cluster(connection: Connection, key: str) -> str:
    cluster = lookups.find_cluster(connection, key)
    if cluster is None:
        raise TearsheetError(f"{key}: no release of that name; `tearsheet releases` lists them")
    return cluster


def find_copy(connection: Connection, url: str) -> CopyRow | None:
    """The copy at an address, in any spelling of it, with the beginning of its text."""
    for spelling in spellings(url):
        found = next(lookups.copies(connection, url=spelling, texts="excerpt"), None)
        if found is not None:
            return found
    return None


def _carried(connection: Connection, clusters: Iterable[str]) -> list[CopyRow]:
    """The copies of some releases; the origin's and the wire's own pages are no pickup."""
    return sorted(
        (
            copy
            for cluster in clusters
            for copy in lookups.copies(connection, cluster=cluster, texts="excerpt")
            if copy.relation in ATTACHING and copy.relation not in {"origin", "wire"}
        ),
        key=lambda copy: copy.url,
    )


def _line(connection: Connection, listed: Listed, copy: CopyRow | None, wanted: set[str]) -> Line:
    if copy is None:
        return _unread(connection, listed)
    if copy.relation not in ATTACHING:
        return _told("no copy", copy, listed, f"{copy.relation}: {copy.match.why}" if copy.match else "")
    if copy.cluster not in wanted:
        return _told("other release", copy, listed, copy.match.why if copy.match else "")
    if copy.missing_since:
        return _told("dead", copy, listed, f"seen until {copy.last_seen}, gone on {copy.missing_since}")
    counts = dict(copy.match.differences) if copy.match else {}
    if copy.relation in _WHOLE and not counts:
        return _told("confirmed", copy, listed, copy.match.why if copy.match else "")
    return _told("altered", copy, listed, ", ".join(filter(None, (copy.relation, tell_counts(counts)))))


def _told(state: State, copy: CopyRow, listed: Listed | None, why: str) -> Line:
    return Line(
        state=state,
        url=listed.url if listed else copy.url,
        row=listed.row if listed else None,
        outlet=(listed.outlet if listed else "") or copy.family,
        relation=copy.relation,
        release=copy.release,
        why=why,
        first_seen=copy.first_seen,
        last_seen=copy.last_seen,
        record=copy.capture,
    )


def _missed(copy: CopyRow, families: set[str]) -> str:
    return f"{copy.family} is on the list with another address" if copy.family in families else copy.relation


def _unread(connection: Connection, listed: Listed) -> Line:
    """An address without a page: given up, refused, waiting, or never heard of."""
    named = spellings(listed.url)
    seen = evidence(connection, named)
    if seen is not None:
        last = seen.observations[-1]
        why = last.reason or f"status {last.status}"
        return Line("not had", listed.url, listed.row, listed.outlet, None, None, why, None, None, last.capture)
    known = pending(connection, named, [url_key(one) for one in named if "://" in one])
    if known is not None:
        why = known.reason or next((reason for reason, _ in known.refusals), None) or known.state or "known"
        return Line("not had", listed.url, listed.row, listed.outlet, None, None, why, None, None, None)
    return Line("never seen", listed.url, listed.row, listed.outlet, None, None, "", None, None, None)
