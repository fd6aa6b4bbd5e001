"""The gate: how good text, keys, titles, times and languages are over all pages, and the floors under that.

`floors.toml` has the floors, which only `raise_floors.py` writes and never lowers, and what is `open`: statements
of a person that do not hold yet.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from crawler.flow import Read
from crawler.match.tokens import tokenise
from tests.pages.reading import CASES, ROOT, expected, ideal, read, statements, told

PATH: Final = ROOT / "floors.toml"
FIELDS: Final = ("title", "published_at", "language", "key")
_RUN: Final = 4


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All but `leak` are better where they are higher; `leak` is the share of widgets' lines still in the text."""

    text_f1: float
    leak: float
    title: float
    published_at: float
    language: float
    key: float

    def rounded(self) -> Figures:
        """To four places, never to the better side."""
        values = {name: int(value * 10_000) / 10_000 for name, value in msgspec.structs.asdict(self).items()}
        return Figures(**{**values, "leak": -(-self.leak * 10_000 // 1) / 10_000})


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `floors.toml` holds."""

    floors: Figures
    open: tuple[tuple[str, str, str], ...] = ()


def load_gate() -> Gate:
    return msgspec.toml.decode(PATH.read_bytes(), type=Gate)


OPEN: Final = [list(each) for each in load_gate().open]


def measure() -> Figures:
    """Over all pages that have a text; one that is refused though it has one counts as nothing right."""
    cases = [case for case in CASES if not expected(case).rejected]
    held = {
        what: [t == w for each in said(cases, what) for t, w in [told(each)]] for what in (*FIELDS, "excludes")
    }
    return Figures(
        text_f1=mean([agreement(case) for case in cases]),
        leak=1 - mean(held["excludes"]),
        **{what: mean(held[what]) for what in FIELDS},
    )


def said(cases: list[str], what: str) -> list[tuple[str, str, str]]:
    return [each for case in cases for each in statements(case) if each[1] == what]


def agreement(case: str) -> float:
    """F1 of the four-word runs that the text and the ideal one have in common."""
    found = read(case)
    if not isinstance(found, Read):
        return 0.0
    have, want = runs(found.draft.text), runs(ideal(case))
    return 2 * (have & want).total() / max(1, have.total() + want.total())


def runs(text: str) -> Counter[tuple[str, ...]]:
    words = tokenise(text)
    return Counter(words[n : n + _RUN] for n in range(max(1, len(words) - _RUN + 1)))


def mean(values: list[bool] | list[float]) -> float:
    return sum(values) / max(1, len(values))


def better(one: Figures, other: Figures, name: str) -> bool:
    """Whether a figure is better in the one than in the other."""
    first, second = getattr(one, name), getattr(other, name)
    return bool(first < second if name == "leak" else first > second)


def table(measured: Figures, floors: Figures) -> str:
    """Measured figures beside their floors, and the pages whose text falls short, worst first."""
    lines = [f"{len(CASES)} pages", f"{'':14}{'measured':>10}{'floor':>10}"]
    for name, floor in msgspec.structs.asdict(floors).items():
        more = "  can be raised" if better(measured.rounded(), floors, name) else ""
        lines.append(f"{name:14}{getattr(measured, name):10.4f}{floor:10.4f}{more}")
    short = sorted((agreement(case), case) for case in CASES if not expected(case).rejected)
    lines += [f"{case:40}{f1:10.4f}" for f1, case in short if f1 < 0.99995]
    return "\n".join(lines)
