"""When to look again, and schedules that say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.fetch.revisit import moment, next_look, read_span, read_steps
from settings.app import Watch, load_config

OUT = datetime(2026, 3, 2, 9, tzinfo=UTC)
STEPS = read_steps(Watch().pages)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(minutes=15)),
        (timedelta(hours=2) - timedelta(seconds=1), timedelta(minutes=15)),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=2), timedelta(days=1)),
        (timedelta(days=14), timedelta(days=7)),
        (timedelta(days=90) - timedelta(seconds=1), timedelta(days=7)),
        (timedelta(days=90), None),
        (timedelta(days=9000), None),
        (timedelta(days=-3), timedelta(minutes=15)),
    ],
)
def test_intervals(age: timedelta, wait: timedelta | None) -> None:
    now = OUT + age
    assert next_look(STEPS, OUT, now) == (now + wait if wait is not None else None)


def test_a_text_that_changed_is_looked_at_sooner_for_a_while() -> None:
    now = OUT + timedelta(days=20)
    assert next_look(STEPS, OUT, now, now - timedelta(days=14)) == now + timedelta(days=1)
    assert next_look(STEPS, OUT, now, now - timedelta(days=15)) == now + timedelta(days=7)
    assert next_look(STEPS, OUT, OUT, OUT) == OUT + timedelta(minutes=15)
    assert next_look(STEPS, OUT, OUT + timedelta(days=90), OUT + timedelta(days=90)) is None


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=2))
def test_an_older_copy_never_waits_less(ages: list[int]) -> None:
    waits = []
    for age in sorted(ages):
        now = OUT + timedelta(seconds=age)
        when = next_look(STEPS, OUT, now)
        waits.append(timedelta.max if when is None else when - now)
    assert waits == sorted(waits)


@pytest.mark.parametrize("said", [[], ["15m"], ["15m until"], ["0m until 2h"], ["1d until 2h", "2d until 1h"],
                                  ["15 until 2h"], ["-1m until 2h"], ["15m until 2w"]])  # fmt: skip
def test_a_schedule_that_cannot_be_read(said: list[str]) -> None:
    with pytest.raises(ValueError, match=r"is (not|no) |must be|needs"):
        read_steps(tuple(said))


def test_the_config_file_says_which_key_is_wrong(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "tearsheet.toml"
    file.write_text('[watch]\npages = ["often"]\n')
    with pytest.raises(UsageError, match=r"often.*15m until 2h.*watch"):
        load_config(file, {})
    file.write_text('[watch]\npages = ["1d until 30d"]\nlists = "3h"\n')
    assert read_span(load_config(file, {}).watch.lists) == timedelta(hours=3)


def test_moments() -> None:
    assert moment("2026-03-02T09:00:00Z") == moment("2026-03-02T17:00:00+08:00") == OUT
    assert moment(None) is moment("") is moment("Monday") is None
