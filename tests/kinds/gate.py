"""The gate of the matching: shares of copies found and counts of others merged, and their floors.

`alone`: no text names a key, so that the longest, often the most polluted, stands for the release. `named`: the
release itself names one, as origins and wires do.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from tests.kinds.copies import KINDS, OTHERS, labelled
from tests.kinds.measure import Found, measure, place

PATH: Final = Path(__file__).with_name("floors.toml")
RELEASES: Final = 60
SEED: Final = 1

Floors = dict[str, dict[str, float]]
"""For each column and kind a share of copies, or a number of others."""


def load_floors() -> Floors:
    return msgspec.toml.decode(PATH.read_bytes(), type=Floors)


@cache
def measured() -> dict[str, dict[str, Found]]:
    """Both columns, measured once a run."""
    texts = tuple(labelled(RELEASES, SEED))
    return {name: measure(texts, place(texts, named=named)) for name, named in (("alone", False), ("named", True))}


def figures(found: dict[str, dict[str, Found]]) -> Floors:
    """What is measured, in the form of the floors."""
    return {
        name: {kind: column[kind].share for kind in KINDS} | {kind: column[kind].found for kind in OTHERS}
        for name, column in found.items()
    }


def worse(one: float, other: float, kind: str) -> bool:
    """Whether a figure of that kind is worse than another: fewer copies found, more others merged."""
    return one > other if kind in OTHERS else one < other


def raised(floors: Floors, now: Floors) -> Floors:
    """The better of both, figure by figure."""

    def better(name: str, kind: str, figure: float) -> float:
        floor = floors.get(name, {}).get(kind, figure)
        return figure if worse(floor, figure, kind) else floor

    return {
        name: {kind: better(name, kind, figure) for kind, figure in column.items()} for name, column in now.items()
    }
