"""The rules that keep the layout: who may import whom, how long a module may be, how many errors there are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import crawler
import settings
import storage
from crawler import errors

ROOT = Path(__file__).parents[2]
PACKAGES = ("crawler", "settings", "storage")
PURE = (
    "crawler/extract/",
    "crawler/clean/",
    "crawler/identify/",
    "crawler/match/",
    "crawler/sites/",
    "crawler/records.py",
    "crawler/rulings.py",
    "crawler/rendering.py",
    "crawler/reservations.py",
)
MAY_STORE = (
    "cli/",
    "derive.py",
    "strata.py",
    "overruling.py",
    "fetch/",
    "spiders/",
    "report/",
    "export/",
    "web/",
    "demo/",
    "alerts/",
)
MAY_CRAWL = ("cli/", "spiders/", "fetch/", "demo/")
LONGEST = 350

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in SOURCES]


def imports(path: Path) -> set[str]:
    """The absolute names of the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reaches(found: set[str], package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in found)


def breaches(name: str, found: set[str]) -> list[str]:
    """The packages that a module imports and may not."""
    wrong: list[str] = []
    inside = name.removeprefix("crawler/")
    if name.startswith(PURE):
        wrong += [
            package for package in ("scrapy", "sqlalchemy", "storage", "settings") if reaches(found, package)
        ]
    if name.startswith("crawler/"):
        if reaches(found, "storage") and not inside.startswith(MAY_STORE):
            wrong.append("storage")
        if reaches(found, "scrapy") and not inside.startswith(MAY_CRAWL):
            wrong.append("scrapy")
    if name.startswith("storage/"):
        ours = {module for module in found if module.partition(".")[0] in {"crawler", "settings"}}
        allowed = {
            "crawler",
            "crawler.records",
            "crawler.rulings",
            "crawler.rendering",
            "crawler.reservations",
            "crawler.errors",
        }
        wrong += sorted(
            m
            for m in ours
            if m not in allowed and not m.startswith(tuple(f"{name}." for name in allowed - {"crawler"}))
        )
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_imports_follow_the_flow(name: str) -> None:
    assert breaches(name, imports(ROOT / name)) == []


def test_a_breach_would_be_told(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        "def f():\n    from storage.tables import Page\n    import scrapy.http\n    import crawler.urls\n"
    )
    found = imports(path)
    assert breaches("crawler/extract/x.py", found) == ["scrapy", "storage", "storage", "scrapy"]
    assert breaches("crawler/flow.py", found) == ["storage", "scrapy"]
    assert breaches("crawler/cli/x.py", found) == []
    assert breaches("storage/x.py", found) == ["crawler.urls"]


@pytest.mark.parametrize("name", ["records", "rulings"])
def test_records_know_nothing_of_ours(name: str) -> None:
    assert not {name for name in imports(ROOT / f"crawler/{name}.py") if name.partition(".")[0] in PACKAGES}


@pytest.mark.parametrize("name", NAMES)
def test_modules_stay_short(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= LONGEST


def test_every_package_has_an_init_and_it_is_empty() -> None:
    for folder in sorted({path.parent for path in SOURCES}):
        init = folder / "__init__.py"
        assert init.is_file(), f"{init} is missing"
        assert init.read_text("utf-8") == "", f"{init} must stay empty"
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_errors_are_few_and_instruct() -> None:
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(found) <= 6
    for each in found:
        assert issubclass(each, errors.TearsheetError)
        assert each.__doc__


@pytest.mark.parametrize("name", NAMES)
def test_names_are_the_fields_own(name: str) -> None:
    words = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert not words & set(Path(name).with_suffix("").parts)


def test_the_packages_are_ours() -> None:
    for package in (crawler, settings, storage):
        assert Path(package.__file__ or "").is_relative_to(ROOT)
