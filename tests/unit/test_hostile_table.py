"""The table in docs/hostile.md names tests that exist, and counts what it lists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAID = (ROOT / "docs" / "hostile.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| \*\*(.+?)\*\*(.*?) \| (.+?) \|$", SAID, re.MULTILINE)
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", SAID)))
NUMBERS = [*range(1, 71), *range(81, 111)]


@lru_cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), TESTS, ids=[name for _, name in TESTS])
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in functions(path)


def test_every_item_is_there_once_with_a_result_and_its_test() -> None:
    assert [int(number) for number, *_ in ROWS] == NUMBERS
    for number, _, result, _, tests in ROWS:
        assert result in {"holds", "in part", "not built"}, number
        assert (tests == "—") == (result == "not built"), number


def test_the_counts_are_those_of_the_table() -> None:
    found = re.search(
        r"Of the (\d+) items of A to F, H and I, (\d+) hold, (\d+) hold in part and (\d+) are not built; "
        r"of the (\d+) of J, (\d+) hold, (\d+) hold in part and (\d+) are not built",
        SAID,
    )
    assert found is not None
    told = [int(figure) for figure in found.groups()]
    for first, rows in (
        (0, [row for row in ROWS if int(row[0]) < 104]),
        (4, [row for row in ROWS if int(row[0]) > 103]),
    ):
        results = Counter(row[2] for row in rows)
        assert told[first : first + 4] == [
            len(rows),
            *(results[word] for word in ("holds", "in part", "not built")),
        ]


def test_no_pickle_is_read_from_the_disk() -> None:
    """What is unpickled comes from the process that started this one, and nothing else is."""
    users = [
        path.relative_to(ROOT).as_posix()
        for package in ("crawler", "settings", "storage")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\b(?:pickle|marshal|shelve|dill)\b", path.read_text("utf-8"))
    ]
    assert users == ["crawler/derive.py"]
    assert not re.search(r"pickle\.load\(", (ROOT / "crawler/derive.py").read_text("utf-8"))
