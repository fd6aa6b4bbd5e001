"""The matching benchmark, run on a few invented releases, so that it still runs when it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "matching.py"), *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_every_kind_is_measured() -> None:
    done = run("--releases", 6, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["texts"] == 6 * 15
    assert said["pairs"] is None
    for name in ("alone", "named"):
        column = said["kinds"][name]
        assert column["verbatim"] == {"found": 6, "of": 6}
        assert column["quoted"] == {"found": 0, "of": 6}


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, "--releases", 2)
    assert done.returncode == 2
    assert "pairs.csv" in done.stderr
