"""A period against another: what appeared in either, by outlet, issuer, wire, language and relation."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from crawler.errors import UsageError
from crawler.report.league import is_independent, name_issuer, name_wires

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.report.gather import Carrier, Story

KINDS: Final = {
    "all": "Everything",
    "outlet": "Outlets",
    "issuer": "Issuers",
    "wire": "Wires",
    "language": "Languages",
    "relation": "Relations",
}
"""What is counted apart, with its heading."""

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of UTC, the first and the last included."""

    first: date
    last: date

    def __str__(self) -> str:
        """As people read it: a whole month by its name, a day alone, else the first and the last."""
        if self == _month(self.first.year, self.first.month):
            return f"{self.first:%Y-%m}"
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    def has(self, moment: str | None) -> bool:
        """Whether a moment, as it is stored, lies in it."""
        return moment is not None and self.first.isoformat() <= moment[:10] <= self.last.isoformat()

    def before(self) -> Period:
        """The one right before it: of a whole month the month before, else as many days.

        >>> str(read_period("2026-03").before()), str(read_period("2026-01-08/2026-01-14").before())
        ('2026-02', '2026-01-01 to 2026-01-07')
        """
        last = self.first - timedelta(days=1)
        if self == _month(self.first.year, self.first.month):
            return _month(last.year, last.month)
        return Period(last - (self.last - self.first), last)


@dataclass(frozen=True, slots=True)
class Figures:
    """What appeared in a period: copies first seen in it, of how many releases, at how many outlets.

    `independent`: outlets that have the text from the origin or a wire themselves, as far as is known.
    """

    releases: int
    copies: int
    outlets: int
    independent: int


@dataclass(frozen=True, slots=True)
class Change:
    """The figures of one thing of a kind of `KINDS` in both periods."""

    kind: str
    name: str
    before: Figures
    now: Figures


@dataclass(frozen=True, slots=True)
class Periods:
    """One period against another: everything together first, then by kind, what has most copies in both first."""

    now: Period
    before: Period
    changes: tuple[Change, ...]

    def of(self, kind: str) -> tuple[Change, ...]:
        """The changes of a kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def read_period(said: str) -> Period:
    """A period as people write it: two days with a slash between them (ISO 8601), a month, or a day.

    Raises:
        UsageError: it is none of these, or ends before it begins.

    """
    month = _MONTH.fullmatch(said)
    first, _, last = said.partition("/")
    try:
        found = _month(*map(int, month.groups())) if month else Period(_day(first), _day(last or first))
    except ValueError as error:
        raise UsageError(f"{said}: no period; give days, 2026-01-01/2026-01-31, or a month, 2026-01") from error
    if found.last < found.first:
        raise UsageError(f"{said}: ends before it begins")
    return found


def compare_periods(stories: Sequence[Story], now: Period, before: Period) -> Periods:
    """What appeared in either period, by the first sight of each copy."""
    seen: tuple[dict[tuple[str, str], list[tuple[str, Carrier]]], ...] = (defaultdict(list), defaultdict(list))
    for story in stories:
        for copy in story.copies:
            for each, period in zip(seen, (before, now), strict=True):
                if period.has(copy.first_seen):
                    for named in _names(story, copy):
                        each[named].append((story.cluster, copy))
    changes = [
        Change(kind, name, *(_count(each.get((kind, name), ())) for each in seen))
        for kind, name in {**seen[0], **seen[1]}
    ]
    places = tuple(KINDS)
    changes.sort(key=lambda one: (places.index(one.kind), -one.before.copies - one.now.copies, one.name))
    return Periods(now, before, tuple(changes))


def periods_object(found: Periods) -> dict[str, Any]:
    """The comparison for programs."""
    now, before = ({"first": str(each.first), "last": str(each.last)} for each in (found.now, found.before))
    return {"now": now, "before": before, "changes": [asdict(change) for change in found.changes]}


def period_lines(found: Periods) -> Iterator[dict[str, Any]]:
    """The comparison as flat rows."""
    for change in found.changes:
        yield {
            "kind": change.kind,
            "name": change.name,
            **{f"{name}_before": value for name, value in asdict(change.before).items()},
            **asdict(change.now),
        }


def _names(story: Story, copy: Carrier) -> Iterator[tuple[str, str]]:
    yield "all", ""
    yield "outlet", copy.family
    yield "issuer", name_issuer(story)
    for wire in name_wires(story) or ("not known",):
        yield "wire", wire
    yield "language", copy.language or "not known"
    yield "relation", copy.relation


def _count(copies: Sequence[tuple[str, Carrier]]) -> Figures:
    return Figures(
        releases=len({cluster for cluster, _ in copies}),
        copies=len(copies),
        outlets=len({copy.family for _, copy in copies}),
        independent=len({copy.family for _, copy in copies if is_independent(copy)}),
    )


def _day(said: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said, re.ASCII):
        raise ValueError(said)
    return date.fromisoformat(said)


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return Period(first, first.replace(day=calendar.monthrange(year, month)[1]))
