"""The benchmarks of the index, the frontier and what is read, run small, so that they still run when needed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run(script: str, *words: object) -> Any:
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / script), *map(str, words), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_index_is_measured_as_it_grows() -> None:
    said = run("scale.py", "--releases", 60, "--beside", 60)
    (last,) = said["scale"]
    assert last["releases"] == 60
    assert last["megabytes"]["posting"] > 0
    assert last["megabytes"]["rows"] > 30 * 60
    assert last["lookup"]["wall 50"] > 0
    sides = {"tearsheet"} | ({"datasketch"} if importlib.util.find_spec("datasketch") else set())
    assert {name.split()[0] for name in said["beside"]["milliseconds"]} == sides
    assert said["beside"]["recall"]["first quarter"]["tearsheet"] == 1


def test_the_frontier_is_asked() -> None:
    said = run("frontier.py", "--rows", 1000, "--hosts", 20)
    assert set(said) == {"1000"}
    assert said["1000"]["lease 16"][0] > 0


def test_the_report_is_written_beside_the_export() -> None:
    said = run("report.py", "--copies", 300, "--releases", 6, "--rounds", 1)
    assert said["export copies"]["times_export"] == 1
    for name, figures in said.items():
        assert figures["megabytes"] > 0, name


def test_the_dashboard_is_read_beside_a_bare_page() -> None:
    said = run("pages.py", "--copies", 120, "--releases", 6, "--requests", 16)
    assert set(said) == {"start", "search", "release", "copy", "difference"}
    for turns in said.values():
        for figures in turns.values():
            assert figures["ratio"] > 0
