"""No pattern of ours can be made slow: each is tried against what makes careless ones explode."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import time

import pytest

import crawler

EVIL = {
    "a": "a" * 50_000,
    "blanks": " " * 50_000,
    "slashes": "/" * 50_000,
    "brackets": "((" * 20_000,
    "figures": "1." * 20_000,
    "source": "SOURCE " * 8_000,
    "figures and blanks": "1 " * 20_000,
    "addresses": "http://" * 7_000,
    "dashes": "- " * 20_000,
    "lines": "\n" * 50_000,
    "capitals": "Aa, " * 12_000,
}
SLOW = 0.5
_EXTRA = "crawler.fetch.browser"


def patterns() -> dict[str, re.Pattern[str]]:
    found = {}
    for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
        if not module.name.endswith("__main__") and (
            module.name != _EXTRA or importlib.util.find_spec("playwright")
        ):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    found[f"{module.name}.{name}"] = value
    return found


FOUND = patterns()


def test_they_are_found() -> None:
    assert len(FOUND) > 30


@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_pattern_is_fast_on_anything(name: str) -> None:
    for kind, text in EVIL.items():
        for way in (FOUND[name].search, FOUND[name].fullmatch):
            started = time.process_time()
            way(text + "\x00!")
            assert time.process_time() - started < SLOW, f"{way.__name__} of {kind}"
