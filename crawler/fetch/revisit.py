"""When to look again at what is known: soon after it came out, then ever more seldom, and in the end not at all.

Pure: the clock is passed in. A schedule is written as `15m until 2h`: every 15 minutes until it is two hours old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

AFTER_FAILURE: Final = timedelta(days=1)
"""What could not be had is asked for again a day later at the soonest, however young it is."""

_FRESH: Final = 2
"""So many intervals long a text that was changed is looked at as if it were younger."""

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SPAN: Final = re.compile(r"([1-9]\d{0,4})([mhd])")


@dataclass(frozen=True, slots=True)
class Step:
    """Look `every` so often until it is `until` old."""

    every: timedelta
    until: timedelta


def read_span(said: str) -> timedelta:
    """A length of time in minutes, hours or days.

    >>> read_span("15m"), read_span("90d")
    (datetime.timedelta(seconds=900), datetime.timedelta(days=90))

    Raises:
        ValueError: it is none.

    """
    found = _SPAN.fullmatch(said.strip())
    if found is None:
        raise ValueError(f"{said!r} is no time such as 15m, 2h or 30d")
    return int(found[1]) * _UNITS[found[2]]


@lru_cache(maxsize=8)  # asked for every page that is settled
def read_steps(said: tuple[str, ...]) -> tuple[Step, ...]:
    """A schedule, youngest first.

    >>> read_steps(("15m until 2h", "1d until 90d"))[1]
    Step(every=datetime.timedelta(days=1), until=datetime.timedelta(days=90))

    Raises:
        ValueError: an entry has another form, or is not for a greater age than the one before it.

    """
    steps: list[Step] = []
    for each in said:
        every, word, until = each.partition(" until ")
        if not word:
            raise ValueError(f"{each!r} is not of the form `15m until 2h`")
        step = Step(read_span(every), read_span(until))
        if steps and step.until <= steps[-1].until:
            raise ValueError(f"{each!r} must be for a greater age than what is before it")
        steps.append(step)
    if not steps:
        raise ValueError("a schedule needs at least one entry")
    return tuple(steps)


def next_look(
    steps: Sequence[Step], since: datetime, now: datetime, changed: datetime | None = None
) -> datetime | None:
    """When to look again at what came out at `since` and is looked at `now`; None: never.

    `changed` is when its text was last seen to change: for two intervals from then it is looked at as often as in
    the step before. A time in the future counts as now.

    >>> steps = read_steps(("15m until 2h", "1d until 90d"))
    >>> out = datetime(2026, 1, 1, tzinfo=UTC)
    >>> [str(next_look(steps, out, out + timedelta(hours=h))) for h in (1, 2, 24 * 90)]
    ['2026-01-01 01:15:00+00:00', '2026-01-02 02:00:00+00:00', 'None']
    """
    at = step_at(steps, now - since)
    if at is None:
        return None
    if changed is not None and now - changed <= _FRESH * steps[at].every:
        at = max(at - 1, 0)
    return now + steps[at].every


def step_at(steps: Sequence[Step], age: timedelta) -> int | None:
    """The place of the step for that age, or None where it is too old for all."""
    return next((n for n, step in enumerate(steps) if age < step.until), None)


def moment(said: str | None) -> datetime | None:
    """A date or moment as pages and tables say it, with its zone (UTC where none is given), or None.

    >>> moment("2025-12-22"), moment("soon")
    (datetime.datetime(2025, 12, 22, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        found = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
