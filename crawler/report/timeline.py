"""When the copies of a release appeared, and how long they stayed: counted from what was seen, said modestly."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.report.gather import Carrier

WIRE_HOURS: Final = 48
"""Hours after which the pickup reports of wires stop counting."""

DAYS: Final = (1, 7, 30, 90)
"""Days after its first sight on which a copy is asked after."""

_TICKS: Final = ((1, "1 h"), (6, "6 h"), (24, "1 day"), (168, "7 days"), (720, "30 days"), (2160, "90 days"))
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Appearance:
    """A copy, when it appeared, in hours after the first one, and how many outlets had appeared by then.

    `said`: the page states that time itself; it counts where it lies between the release and our first sight.
    """

    carrier: Carrier
    at: datetime
    hours: float
    outlets: int
    said: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The appearances in their order, and marks on the way; `x` of either is a share of the width, 0 to 1."""

    appearances: tuple[Appearance, ...]
    hours: float
    outlets: int
    ticks: tuple[tuple[float, str], ...]
    wire_line: float | None

    def x(self, hours: float) -> float:
        """Where so many hours lie: close to the beginning an hour takes more room than later."""
        return math.log1p(hours) / math.log1p(self.hours)

    def spots(self, *, said: bool | None = None) -> Iterator[tuple[Appearance, float, float]]:
        """The appearances (those `said` or not) with their place, as shares of the width and of the height."""
        for each in self.appearances:
            if said is None or each.said is said:
                yield each, self.x(each.hours), each.outlets / self.outlets


@dataclass(frozen=True, slots=True)
class Survival:
    """How many copies were seen so many days after their first sight or later, were gone, or nobody knows."""

    days: int
    there: int
    gone: int
    unknown: int


def trace(copies: Sequence[Carrier], released_at: str | None) -> Timeline | None:
    """The timeline of some copies; None where no time is known of any."""
    released = _moment(released_at)
    dated = [(*when, copy) for copy in copies if (when := _appeared(copy, released)) is not None]
    if not dated:
        return None
    dated.sort(key=lambda each: (each[0], each[2].url))
    first = dated[0][0]
    outlets: set[str] = set()
    found = []
    for at, said, copy in dated:
        outlets.add(copy.family)
        found.append(Appearance(copy, at, (at - first) / timedelta(hours=1), len(outlets), said))
    hours = max(found[-1].hours * 1.05, 1.0)
    scale = Timeline(tuple(found), hours, len(outlets), (), None)
    return Timeline(
        scale.appearances,
        hours,
        len(outlets),
        tuple((scale.x(at), label) for at, label in _TICKS if at <= hours),
        scale.x(WIRE_HOURS) if hours >= WIRE_HOURS else None,
    )


def survive(copies: Sequence[Carrier]) -> tuple[Survival, ...]:
    """What is known of the copies so many days after each was first seen."""
    return tuple(_survival(copies, days) for days in DAYS)


def _survival(copies: Sequence[Carrier], days: int) -> Survival:
    there = gone = 0
    for copy in copies:
        first, last, missing = (_moment(at) for at in (copy.first_seen, copy.last_seen, copy.missing_since))
        if first is None:
            continue
        due = first + timedelta(days=days)
        if last is not None and last >= due:
            there += 1
        elif missing is not None and missing <= due:
            gone += 1
    return Survival(days, there, gone, len(copies) - there - gone)


def _appeared(copy: Carrier, released: datetime | None) -> tuple[datetime, bool] | None:
    seen, said = _moment(copy.first_seen), _moment(copy.published_at)
    if said is not None and (released is None or said >= released) and (seen is None or said <= seen):
        return said, True
    return (seen, False) if seen is not None else None


def _moment(said: str | None) -> datetime | None:
    """A moment with its zone, in UTC; a day alone is no moment."""
    if said is None or not _MOMENT.fullmatch(said):
        return None
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
