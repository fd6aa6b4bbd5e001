"""The table of the quality benchmark, for people (it pastes into Markdown) and for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.benchmarks import glue
from tests.benchmarks.corpora import ALL
from tests.benchmarks.extractors import EXTRACTORS, installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measure import Row, Worse

TOLERATED = 0.02
"""What a page may lose against bare trafilatura before it counts as broken."""


TIME = "time: a multiple of bare trafilatura's in the same run, and noisy."


def as_json(rows: Sequence[Row], worse: Sequence[Worse]) -> str:
    """One object: the versions that ran, the rows, the pages that got worse."""
    whole = {
        "versions": _versions(),
        "rows": [asdict(row) for row in rows],
        "worse": [asdict(page) for page in worse],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def as_text(rows: Sequence[Row], worse: Sequence[Worse] | None) -> str:
    """The table, the versions below it, and the pages that got worse where they were asked for."""
    used = [name for name in ALL if any(name in row.figures for row in rows)]
    head = ["corpus", "system", *(name.replace("_", " ") for name in used), "time", "note"]
    body = [
        [
            row.corpus,
            row.system,
            *(_shown(row.figures.get(name)) for name in used),
            "" if row.time is None else f"{row.time:.2f}",
            row.note,
        ]
        for row in rows
    ]
    versions = ", ".join(f"{name} {number}" for name, number in _versions().items())
    said = [_table([head, *body]), f"{TIME} {versions}."]
    return "\n\n".join(said if worse is None else [*said, _worse(worse)])


def _shown(figure: float | None) -> str:
    if figure is None:
        return ""
    return str(figure) if isinstance(figure, int) else f"{figure:.4f}"


def _table(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = []
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        rows.append(f"| {' | '.join(cells)} |")
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([rows[0], rule, *rows[1:]])


def _worse(pages: Sequence[Worse]) -> str:
    broken = sum(page.bare - page.f1 > TOLERATED for page in pages)
    head = f"{len(pages)} pages are worse than bare trafilatura's, {broken} of them by more than {TOLERATED}"
    if not pages:
        return head
    lines = [[page.url, f"{page.f1:.4f}", f"{page.bare:.4f}", f"{page.f1 - page.bare:+.4f}"] for page in pages]
    return f"{head}:\n\n{_table([['page', 'f1', 'bare f1', 'difference'], *lines])}"


def _versions() -> dict[str, str]:
    packages = dict([*((each.package, each.module) for each in EXTRACTORS), glue.NEEDS])
    found = {package: installed(package, module) for package, module in packages.items()}
    return {package: number for package, number in found.items() if number}
