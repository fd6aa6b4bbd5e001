"""How long a page was seen as it is: captures that only say what the one before them said, and 304 answers.

A capture repeats another where that is the capture of its address right before it, with the same payload. It is
evidence, but no page of its own: nothing is read of it, and it only lengthens the time that the page was seen.
What is in between (redirects, answers such as 503) does not count, an answer that nothing is there does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from storage import tables as t
from storage.batches import PER_STATEMENT, VALUES, rows_in, scalars_for
from storage.dirty import mark, mark_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Select

    from crawler.records import Capture

NOT_MODIFIED: Final = 304
GONE: Final = (404, 410)
"""Answers that say that nothing is there any more."""

TELLING: Final = (0, 200, *GONE)
"""Answers that say what an address shows; 0 is a file."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an address: when it was first named, when the release came out that it carries, and when
    its text was last seen to change.
    """

    named: str | None = None
    published: str | None = None
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One archived answer: when it came, its status, and where its record lies (file, offset, length)."""

    fetched_at: str
    status: int
    place: tuple[str, int, int]


def last_of(connection: Connection, url: str, until: str, but: int = 0) -> Answer | None:
    """The last answer that a crawl of ours got at that address until then, leaving out those of status `but`."""
    c, place = t.Capture, t.Location
    wanted = (
        select(c.fetched_at, c.status, place.file, place.offset, place.length)
        .join(place, place.capture == c.id)
        .where(c.url == url, c.fetched_at <= until, c.origin == "crawl", c.status != but)
        .order_by(c.fetched_at.desc(), c.id.desc())
        .limit(1)
    )
    row = connection.execute(wanted).first()
    return Answer(row.fetched_at, row.status, (row.file, row.offset, row.length)) if row else None


def mark_arrivals(connection: Connection, captures: Sequence[Capture]) -> None:
    """Note what new captures put out of date: themselves, and those behind them, which may repeat them now."""
    again = [capture.url for capture in captures if capture.status == NOT_MODIFIED]
    fresh = [capture.id for capture in captures if capture.status != NOT_MODIFIED]
    mark(connection, "seen", again)
    mark(connection, "page", [*fresh, *_behind(connection, fresh)])


def mark_behind(connection: Connection, captures: Sequence[str]) -> None:
    """Note that what is right behind these captures, whose records are gone, may repeat them no more."""
    mark(connection, "page", _behind(connection, captures))


def repeats(connection: Connection, captures: Sequence[str]) -> set[str]:
    """Those of the captures that say what the one before them said, and no more."""
    return set(scalars_for(connection, _repeats(), captures))


def seen_until(connection: Connection, pages: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Until when each page was seen as it is, by its capture; `pages` are (url, capture), all of each URL."""
    url_of = {capture: url for url, capture in pages}
    until: dict[str, str] = {}
    urls, c = sorted(set(url_of.values())), t.Capture
    for at in range(0, len(urls), PER_STATEMENT):
        wanted = select(c.id, c.url, c.fetched_at, c.status, c.mime, c.payload_sha256).where(
            c.url.in_(urls[at : at + PER_STATEMENT]), c.fetched_at.is_not(None)
        )
        standing: dict[str, Any] = {}
        for row in connection.execute(wanted.order_by(c.url, c.fetched_at, c.id)):
            page = standing.get(row.url)
            if row.id in url_of:
                standing[row.url] = row
                until[row.id] = row.fetched_at
            elif row.status in GONE:
                standing.pop(row.url, None)
            elif page is not None and _shows(row, page):
                until[page.id] = row.fetched_at
    return until


def refresh(connection: Connection, urls: Sequence[str]) -> None:
    """Write until when the copies at these addresses were seen; nothing else of them changes."""
    copies = _at(connection, t.Copy, urls)
    pages = _at(connection, t.Page, [row.url for row in copies])
    until = seen_until(connection, [(row.url, row.capture) for row in pages])
    newest = {row.url: until.get(row.capture) for row in copies}
    missing = missing_since(connection, newest)
    for url, last in newest.items():
        seen = {"last_seen": last, "missing_since": missing.get(url)}
        connection.execute(update(t.Copy).where(t.Copy.url == url).values(**seen))
    mark_rows(connection, "copies", newest)
    for row in pages:
        version = update(t.Version).where(t.Version.url == row.url, t.Version.last_capture == row.capture)
        connection.execute(version.values(last_seen=until.get(row.capture)))


def missing_since(connection: Connection, last_seen: Mapping[str, str | None]) -> dict[str, str]:
    """Since when an address has answered 404 or 410, where nothing else came after it was last seen as a page."""
    c = t.Capture
    found: dict[str, list[Any]] = {}
    urls = sorted(url for url, seen in last_seen.items() if seen)
    for at in range(0, len(urls), PER_STATEMENT):
        part = urls[at : at + PER_STATEMENT]
        gone = select(c.url).where(c.url.in_(part), c.status.in_(GONE)).distinct()
        wanted = select(c.url, c.fetched_at, c.status).where(c.url.in_(gone), c.fetched_at.is_not(None))
        for row in connection.execute(wanted.order_by(c.fetched_at)):
            if row.fetched_at > (last_seen[row.url] or ""):
                found.setdefault(row.url, []).append(row)
    return {url: rows[0].fetched_at for url, rows in found.items() if all(row.status in GONE for row in rows)}


def history(connection: Connection, key: str, capture: str | None) -> History:
    """What is known of an address of the frontier, whose capture is the last that was made of it."""
    named = connection.scalar(_NAMED, {"key": key})
    if capture is None:
        return History(named)
    query = (
        select(t.Release.published_at, t.Copy.versions, func.max(t.Version.first_seen))
        .select_from(t.Capture)
        .join(t.Copy, t.Copy.url == t.Capture.url)
        .join(t.Version, t.Version.url == t.Copy.url)
        .outerjoin(t.Release, t.Release.cluster == t.Copy.cluster)
        .where(t.Capture.id == capture)
        .group_by(t.Release.published_at, t.Copy.versions)
    )
    row = connection.execute(query).first()
    return History(named, row[0], row[2] if row[1] > 1 else None) if row else History(named)


def _at(connection: Connection, table: type[t.Copy] | type[t.Page], urls: Sequence[str]) -> list[Any]:
    """The rows of these addresses: url and capture."""
    return list(rows_in(connection, select(table.url, table.capture), table.url, urls))


def _behind(connection: Connection, captures: Sequence[str]) -> list[str]:
    """The captures right behind these, of the same addresses."""
    return [capture for capture in scalars_for(connection, _followers(), captures) if capture is not None]


# ------------------------------------------------- what is asked for every page, put together once


_NAMED: Final = select(func.min(t.Lead.seen_at)).where(t.Lead.url_key == bindparam("key"))


@cache
def _repeats() -> Select[str]:
    c, before = t.Capture, aliased(t.Capture)
    previous = (
        select(before.id)
        .join(t.Location, t.Location.capture == before.id)
        .where(before.url == c.url, before.status.in_(TELLING), _earlier(before, c))
        .order_by(before.fetched_at.desc(), before.id.desc())
        .limit(1)
        .correlate(c)
        .scalar_subquery()
    )
    other = aliased(t.Capture)
    same = and_(other.payload_sha256 == c.payload_sha256, other.status == c.status, other.mime == c.mime)
    wanted = select(c.id).join(other, other.id == previous)
    return wanted.where(same, c.status.in_(TELLING), c.id.in_(VALUES))


@cache
def _followers() -> Select[str | None]:
    c, after = t.Capture, aliased(t.Capture)
    following = (
        select(after.id)
        .where(after.url == c.url, after.status.in_(TELLING), _earlier(c, after))
        .order_by(after.fetched_at, after.id)
        .limit(1)
        .correlate(c)
        .scalar_subquery()
    )
    return select(following).where(c.id.in_(VALUES))


def _earlier(one: Any, other: Any) -> Any:
    """Whether a capture was made before another; one without a time is neither before nor behind any."""
    same_time = and_(one.fetched_at == other.fetched_at, one.id < other.id)
    return or_(one.fetched_at < other.fetched_at, same_time)


def _shows(row: Any, page: Any) -> bool:
    told = (row.status, row.mime, row.payload_sha256)
    return row.status == NOT_MODIFIED or told == (page.status, page.mime, page.payload_sha256)
