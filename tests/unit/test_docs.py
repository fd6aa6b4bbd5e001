"""What the command line says of itself, and that the README speaks of every verb."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from crawler.cli.main import VERBS, main

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert importlib.util.find_spec(f"crawler.cli.{verb}"), f"{verb} is offered, and has no module"
    with pytest.raises(SystemExit) as stopped:
        main([verb, "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert VERBS[verb].split()[0] in said
    assert "--data" in said


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert [verb for verb in VERBS if f"\n    {verb} " not in said] == []


@pytest.mark.skipif(not README.exists(), reason="there is no README yet")
@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_names_every_verb(verb: str) -> None:
    assert f"tearsheet {verb}" in README.read_text("utf-8"), f"README.md says nothing of `tearsheet {verb}`"
