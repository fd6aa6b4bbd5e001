"""The gate: no figure over all pages may fall below its floor."""

from __future__ import annotations

import msgspec

from tests.pages.gate import Figures, better, load_gate, measure, table
from tests.pages.raise_floors import raised


def test_no_figure_falls_below_its_floor() -> None:
    floors, measured = load_gate().floors, measure()
    print("\n" + table(measured, floors))  # noqa: T201 (shown with -s, and where the test fails)
    low = [name for name in msgspec.structs.asdict(floors) if better(floors, measured.rounded(), name)]
    assert low == []


def test_a_floor_is_raised_and_never_lowered() -> None:
    floors = Figures(text_f1=0.9, leak=0.1, title=0.9, published_at=0.9, language=0.9, key=0.9)
    measured = Figures(text_f1=0.95, leak=0.05, title=0.8, published_at=0.9, language=1.0, key=0.2)
    assert raised(floors, measured) == Figures(
        text_f1=0.95, leak=0.05, title=0.9, published_at=0.9, language=1.0, key=0.9
    )
    assert raised(floors, floors) == floors


def test_titles_times_and_languages_are_right_on_nearly_all_pages() -> None:
    measured = measure()
    assert min(measured.title, measured.published_at, measured.language) >= 0.95
